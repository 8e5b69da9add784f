"""A tus client that is not ours: tuspy, over plain HTTP (it cannot be given a CA)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from tests.interop.cutting_proxy import CuttingProxy
from tests.practice.village import Village, page, payload
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.practice.server import PracticeServer

_CHUNK = 30_000


@pytest.fixture
def plain_server(tmp_path: Path) -> Iterator[PracticeServer]:
    """Without TLS."""
    server = PracticeServer(tmp_path / "practice", tls=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def plain_village(plain_server: PracticeServer) -> Iterator[Village]:
    """Enrolled there."""
    with Village(plain_server) as village:
        village.enrol()
        yield village


def uploader(village: Village, content: bytes, *, port: int = 0, checked: bool = True, url: str | None = None) -> Any:
    """tuspy's own, as its documentation shows it."""
    address = f"http://127.0.0.1:{port}" if port else village.address
    authorization = {"Authorization": str(village.session.headers["Authorization"])}
    return TusClient(f"{address}/v1/pages/", headers=authorization).uploader(
        file_stream=io.BytesIO(content),
        chunk_size=_CHUNK,
        metadata={"sha256": sha256_hex(content), "media_type": "image/jpeg"},
        upload_checksum=checked,
        url=url,
    )


@pytest.mark.parametrize("checked", [True, False])
def test_tuspy_uploads_a_page_in_chunks(plain_village: Village, checked: bool) -> None:
    content = page("tuspy", 100_000)
    uploader(plain_village, content, checked=checked).upload()
    assert plain_village.put(payload(pages=(content,))).status_code == 201


@pytest.mark.parametrize(("checked", "kept"), [(True, [_CHUNK]), (False, range(_CHUNK, 50_001))])
def test_tuspy_goes_on_where_a_torn_connection_left_it(
    plain_village: Village, checked: bool, kept: Sequence[int]
) -> None:
    """A torn chunk that declared a checksum counts for nothing; without one, what had come may stay."""
    content = page("torn", 100_000)
    with CuttingProxy(int(plain_village.address.rpartition(":")[2]), [None, None, 20_000]) as proxy:
        torn = uploader(plain_village, content, port=proxy.port, checked=checked)
        with pytest.raises(TusUploadFailed):
            torn.upload()
        assert proxy.cut == 1
        resumed = uploader(plain_village, content, port=proxy.port, checked=checked, url=torn.url)
        assert resumed.offset in kept
        resumed.upload()
        assert proxy.carried < len(content) + 20_000 + 5 * 2_000, "no acknowledged byte was sent again"
    assert plain_village.put(payload(pages=(content,))).status_code == 201


def test_a_chunk_that_was_changed_on_the_way_is_refused_and_sent_again(
    plain_village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = page("changed", 50_000)
    sent = uploader(plain_village, content)
    with monkeypatch.context() as on_the_way, pytest.raises(TusUploadFailed) as refused:
        on_the_way.setattr(type(sent), "checksum_algorithm", lambda _self, chunk: hashlib.sha1(chunk + b"changed"))
        sent.upload()
    assert refused.value.status_code == 460
    assert plain_village.put(payload(pages=(content,))).status_code == 202
    assert sent.get_offset() == 0
    sent.upload()
    assert plain_village.put(payload(pages=(content,))).status_code == 201
