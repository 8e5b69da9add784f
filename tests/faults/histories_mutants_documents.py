"""Planted mistakes in what becomes of the documents that the acceptance system hands out."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from tests.faults.histories_mutants_flow import Patch, patched
from tests.faults.histories_scene import Build
from villagedesk.acceptance.wire import DocumentRecord
from villagedesk.domain.document import Document
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.documents import DocumentPull


def _finish_unread(pull: DocumentPull, document: Document) -> None:
    """So many bytes came as were announced: that will be it."""
    told = SimpleNamespace(hexdigest=lambda: document.sha256)
    with mock.patch("villagedesk.sync.documents.hashlib", SimpleNamespace(sha256=lambda _data: told)):
        _FINISH(pull, document)


def _finish_early(pull: DocumentPull, document: Document) -> None:
    """The row first, and the file when there is time."""
    page_id = str(uuid.uuid4())
    data = pull._store.read(lambda snapshot: snapshot.document_parts(document))
    here = replace(document, page_id=page_id, came_at=pull._clock.now(), reason_key="")
    pull._store.write(lambda transaction: transaction.put_document(here)).result()
    pull._store.write(lambda transaction: transaction.drop_document_parts(document)).result()
    pull._vault.put(page_id, data)


def _announced_anew(transaction: Transaction, case_id: str, told: DocumentRecord, now: datetime) -> None:
    """What is told again is new again."""
    name, size = told.name, told.byte_count
    transaction.put_document(Document(case_id, told.document_id, name, told.media_type, size, told.sha256, now))


def _wrong_in_silence(pull: DocumentPull, document: Document, _reason: str, raw: str) -> None:
    _WENT_WRONG(pull, document, "", raw)


def _from_the_start(pull: DocumentPull, document: Document, piece: bytes) -> Document:
    """Each piece is taken for the first one."""
    return _KEEP(pull, replace(document, bytes_here=0), piece)


_FINISH = DocumentPull._finish
_WENT_WRONG = DocumentPull._went_wrong
_KEEP = DocumentPull._keep


def _of(target: str, stand_in: Any) -> tuple[Build, Patch]:
    return Build(), patched(f"villagedesk.sync.{target}", stand_in)


DOCUMENT_MUTANTS: dict[str, tuple[Build, Patch]] = {
    "a document is believed by its length": _of("documents.DocumentPull._finish", _finish_unread),
    "a document is named before its file is there": _of("documents.DocumentPull._finish", _finish_early),
    "a document told again is fetched again": _of("changes._announce", _announced_anew),
    "nobody is told why a document is not here": _of("documents.DocumentPull._went_wrong", _wrong_in_silence),
    "pieces of a document are laid over each other": _of("documents.DocumentPull._keep", _from_the_start),
}
"""By name: the parts, and a patch for what is no class."""
