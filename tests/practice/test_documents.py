"""Documents handed out: a range costs its own bytes."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime

import pytest

from tests.practice.village import Village, page, payload
from villagedesk.acceptance.wire import DocumentRecord, sha256_hex
from villagedesk.practice.documents import Piece, document_of, keep_document
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.ranges import Span
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.storage import Storage

_LARGE = 8 * 1024 * 1024
_PIECE = 64 * 1024


def handed_out(server: PracticeServer, case_id: str, content: bytes) -> Storage:
    storage = Storage(f"sqlite:///{server.practice.folder / 'acceptance.sqlite'}")
    record = DocumentRecord(
        document_id="result-1",
        name="结果",
        media_type="application/pdf",
        byte_count=len(content),
        sha256=sha256_hex(content),
    )
    with storage.write() as connection:
        keep_document(connection, case_id, record, content, datetime.now(UTC))
    return storage


def test_a_range_takes_only_its_bytes_into_memory(shared_server: PracticeServer, shared_village: Village) -> None:
    record, content = payload(), page("large", _LARGE)
    shared_village.put(record)
    storage = handed_out(shared_server, record.case_id, content)
    station = shared_server.practice.division_code
    middle = Span(_LARGE // 2, _LARGE // 2 + _PIECE - 1, sha256_hex(content))
    document_of(storage, station, record.case_id, "result-1", Span(0, 0))  # what is made once is made
    tracemalloc.start()
    try:
        found = document_of(storage, station, record.case_id, "result-1", middle)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    storage.close()
    assert found.content == content[middle.first : middle.first + _PIECE]
    assert (found.first, found.length, found.sha256) == (middle.first, _LARGE, sha256_hex(content))
    assert most < 8 * _PIECE


def test_a_range_of_a_document_that_is_another_by_now_is_the_whole(
    shared_server: PracticeServer, shared_village: Village
) -> None:
    record, content = payload(), page("other", 100)
    shared_village.put(record)
    storage = handed_out(shared_server, record.case_id, content)
    station = shared_server.practice.division_code

    def asked(span: Span) -> Piece:
        return document_of(storage, station, record.case_id, "result-1", span)

    assert asked(Span(10, 19, "0" * 64)).content == content
    assert asked(Span(90, 10**14)).content == content[90:]
    assert asked(Span(99, None)).content == content[99:]
    with pytest.raises(WireProblem, match="range"):
        asked(Span(100, None))
    storage.close()
