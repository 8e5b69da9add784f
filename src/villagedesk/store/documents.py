"""Documents the acceptance system hands out: what is known of them, and the pieces that came so far.

The pieces lie in the database, because that is encrypted and each is there as a whole or not at all; the whole document
goes into the vault like a page, and the pieces go in the same transaction that names it. One whose file was lost keeps
its row and has pieces again, at first an empty one: by them it is found among all that ever came.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, select, tuple_
from sqlalchemy.dialects.sqlite import insert

from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.document import Document, DocumentOrigin
from villagedesk.store.rows import NAMES_AT_ONCE, AnyRow, Values
from villagedesk.store.schema import CASES, DOCUMENT_PARTS, DOCUMENTS, EXPIRED_PAGES
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
_BEGIN_PARTS = _ADD_PART.on_conflict_do_nothing()
_ADD_PART = _ADD_PART.on_conflict_do_update(
    index_elements=["case_id", "document_id", "sha256", "start"], set_={"data": _ADD_PART.excluded.data}
)

_KEY = ("case_id", "document_id", "sha256")
_HAS_PARTS = tuple_(*(DOCUMENTS.c[name] for name in _KEY)).in_(select(*(DOCUMENT_PARTS.c[name] for name in _KEY)))
_GIVEN_UP = exists().where(EXPIRED_PAGES.c.page_id == DOCUMENTS.c.page_id)
_LOST = and_(_HAS_PARTS, DOCUMENTS.c.page_id != "", DOCUMENTS.c.reason_key != "", ~_GIVEN_UP)


class DocumentReads(WorkLists):
    """The part of the domain's Snapshot that tells of documents."""

    def documents(self, case_id: str) -> Sequence[Document]:
        """The case's documents, in the order they were announced."""
        return self._documents(DOCUMENTS.c.case_id == case_id)

    def documents_on_the_way(self) -> Sequence[Document]:
        """Documents that are not here, the first announced first; none whose time is over."""
        # asked apart: an OR of both would read all documents that ever came
        found = [*self._documents(DOCUMENTS.c.page_id == ""), *self._documents(_LOST)]
        return sorted(found, key=lambda one: (one.told_at, one.document_id, one.sha256))

    def documents_of_pages(self, page_ids: Collection[str]) -> Sequence[Document]:
        """Documents whose file is one of these pages, of which there may be any number."""
        names, found = sorted(page_ids), list[Document]()
        for start in range(0, len(names), NAMES_AT_ONCE):
            some = names[start : start + NAMES_AT_ONCE]
            found += self._documents(and_(DOCUMENTS.c.page_id != "", DOCUMENTS.c.page_id.in_(some)))
        return found

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
        """Insert or replace; what was announced of its length and hash stays. One whose file was lost is on the way
        again.

        Raises:
            ValueError: when there is no such case.
        """
        if self.connection.execute(select(CASES.c.case_id).where(CASES.c.case_id == document.case_id)).first() is None:
            raise ValueError("a document of no case")
        self.connection.execute(_PUT, _values(document))
        if document.page_id and not document.is_here:
            self.connection.execute(_BEGIN_PARTS, {**_key_of(document), "start": 0, "data": b""})

    def add_document_part(self, document: Document, data: bytes) -> None:
        """Keep the piece that follows ``bytes_here``; the caller puts the document with its new count."""
        self.connection.execute(_ADD_PART, {**_key_of(document), "start": document.bytes_here, "data": data})

    def drop_document_parts(self, document: Document) -> None:
        """Its pieces are not needed any more, or were wrong; the caller puts the document after."""
        self.connection.execute(DOCUMENT_PARTS.delete().where(_is(DOCUMENT_PARTS, document)))


def _key_of(document: Document) -> dict[str, Any]:
    return dict(zip(_KEY, document.key, strict=True))


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
        "origin": document.origin.value,
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
        origin=DocumentOrigin(row.origin),
    )
