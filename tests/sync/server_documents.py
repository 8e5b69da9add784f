"""The documents that the model of the acceptance system hands out, in pieces, whole or spoilt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from villagedesk.acceptance.port import Refused
from villagedesk.acceptance.wire import DocumentRecord, sha256_hex
from villagedesk.domain.document import PDF, Document

if TYPE_CHECKING:
    from tests.sync.server_line import Fault

T = TypeVar("T")


class ServerDocuments:
    """What the server has under the name of each document, and what a piece of it looks like to who asks."""

    def __init__(self) -> None:
        self.documents: dict[tuple[str, str], bytes] = {}
        self.on_document: Callable[[Document, int], None] = lambda _document, _start: None
        """Told of each piece that is asked for, before it comes."""

    def _call(self, name: str, act: Callable[[], T], *, distort: Callable[[Fault, T], T] | None = None) -> T:
        raise NotImplementedError

    def hand_out(self, case_id: str, document_id: str, content: bytes) -> DocumentRecord:
        """The server has that content under that name from now on; gives how it is announced."""
        self.documents[case_id, document_id] = content
        return DocumentRecord(
            document_id=document_id,
            name=document_id,
            media_type=PDF,
            byte_count=len(content),
            sha256=sha256_hex(content),
        )

    def document(self, document: Document, start: int, length: int) -> bytes:
        def act() -> bytes:
            content = self.documents.get((document.case_id, document.document_id))
            if content is None:
                raise Refused("sync.reason.refused", "404 unknown_document", "unknown_document")
            if sha256_hex(content) != document.sha256:
                raise Refused("results.reason.changed", "416", "changed")
            return content[start : start + length]

        def distort(_fault: Fault, piece: bytes) -> bytes:
            return bytes((piece[0] ^ 1,)) + piece[1:] if piece else piece

        self.on_document(document, start)
        return self._call("document", act, distort=distort)

    def length_of(self, sha256: str) -> int:
        """Of the document with that digest; a server tells it with each piece."""
        return next(len(one) for one in self.documents.values() if sha256_hex(one) == sha256)
