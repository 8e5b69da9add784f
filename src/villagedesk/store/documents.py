"""Documents the acceptance system hands out: what is known of them, and the pieces that came so far.

The pieces lie in the database, because that is encrypted and each is there as a whole or not at all; the whole document
goes into the vault like a page, and the pieces go in the same transaction that names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, select
from sqlalchemy.dialects.sqlite import insert

from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.document import Document
from villagedesk.store.rows import AnyRow, Values
from villagedesk.store.schema import CASES, DOCUMENT_PARTS, DOCUMENTS
from villagedesk.store.work_lists import WorkLists

_PUT = insert(DOCUMENTS)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["case_id", "document_id", "sha256"],
    set_={
        name: _PUT.excluded[name]
        for name in ("name", "media_type", "page_id", "came_at", "bytes_here", "failures", "reason_key")
    },
)

_ADD_PART = insert(DOCUMENT_PARTS)
_ADD_PART = _ADD_PART.on_conflict_do_update(
    index_elements=["case_id", "document_id", "sha256", "start"], set_={"data": _ADD_PART.excluded.data}
)


class DocumentReads(WorkLists):
    """The part of the domain's Snapshot that tells of documents."""

    def documents(self, case_id: str) -> Sequence[Document]:
        """The case's documents, in the order they were announced."""
        return self._documents(DOCUMENTS.c.case_id == case_id)

    def documents_on_the_way(self) -> Sequence[Document]:
        """Documents that are not here, the first announced first."""
        return self._documents(DOCUMENTS.c.page_id == "")

    def document_parts(self, document: Document) -> bytes:
        """What of it has come so far, in one piece."""
        chosen = select(DOCUMENT_PARTS.c.data).where(_is(DOCUMENT_PARTS, document)).order_by(DOCUMENT_PARTS.c.start)
        return b"".join(self.connection.execute(chosen).scalars())

    def _documents(self, which: ColumnElement[bool]) -> Sequence[Document]:
        chosen = select(DOCUMENTS).where(which)
        chosen = chosen.order_by(DOCUMENTS.c.told_at, DOCUMENTS.c.document_id, DOCUMENTS.c.sha256)
        return [_document_of(row) for row in self.connection.execute(chosen)]


class DocumentWrites(DocumentReads):
    """The part of the domain's Transaction that keeps them."""

    def put_document(self, document: Document) -> None:
        """Insert or replace; what was announced of its length and hash stays.

        Raises:
            ValueError: when there is no such case.
        """
        if self.connection.execute(select(CASES.c.case_id).where(CASES.c.case_id == document.case_id)).first() is None:
            raise ValueError("a document of no case")
        self.connection.execute(_PUT, _values(document))

    def add_document_part(self, document: Document, data: bytes) -> None:
        """Keep the piece that follows ``bytes_here``; the caller puts the document with its new count."""
        values: dict[str, Any] = {name: value for name, value in _values(document).items() if name in _KEY}
        self.connection.execute(_ADD_PART, {**values, "start": document.bytes_here, "data": data})

    def drop_document_parts(self, document: Document) -> None:
        """Its pieces are not needed any more, or were wrong."""
        self.connection.execute(DOCUMENT_PARTS.delete().where(_is(DOCUMENT_PARTS, document)))


_KEY = ("case_id", "document_id", "sha256")


def _is(table: Table, document: Document) -> ColumnElement[bool]:
    return and_(*(table.c[name] == getattr(document, name) for name in _KEY))


def _values(document: Document) -> Values:
    return {
        "case_id": document.case_id,
        "document_id": document.document_id,
        "sha256": document.sha256,
        "name": document.name,
        "media_type": document.media_type,
        "byte_count": document.byte_count,
        "told_at": utc_text(document.told_at),
        "page_id": document.page_id,
        "came_at": utc_text(document.came_at) if document.came_at else None,
        "bytes_here": document.bytes_here,
        "failures": document.failures,
        "reason_key": document.reason_key,
    }


def _document_of(row: AnyRow) -> Document:
    return Document(
        case_id=row.case_id,
        document_id=row.document_id,
        name=row.name,
        media_type=row.media_type,
        byte_count=row.byte_count,
        sha256=row.sha256,
        told_at=moment_of(row.told_at),
        page_id=row.page_id,
        came_at=moment_of(row.came_at) if row.came_at else None,
        bytes_here=row.bytes_here,
        failures=row.failures,
        reason_key=row.reason_key,
    )
