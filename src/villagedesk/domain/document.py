"""Papers of a case beside its materials: what the acceptance system hands out (results, notices of the organ), and what
was scanned here: a signed paper, a result that the township gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PDF = "application/pdf"
MAX_DOCUMENT_BYTES = 32 * 1024 * 1024
"""What is longer is not fetched: it would fill the disk and the line of a village. The clerk is told."""
TRIES = 3
"""A document whose bytes were not those announced is fetched so often, then the clerk is told and asked."""
LOST = "results.reason.lost"
"""It was here, and its file is missing or damaged: what was announced is fetched again into the same file."""


class DocumentOrigin(StrEnum):
    """Where a document comes from; words ``document.origin.<value>``, but for the first."""

    SYSTEM = ""
    """The acceptance system handed it out."""
    AUTHORIZATION = "authorization"
    """The signed ProxyAuthorization 授权委托书."""
    HANDOVER = "handover"
    """The HandoverList 材料移交清单 that the township signed."""
    DELIVERY = "delivery"
    """The signed DeliveryRecord 送达回证."""
    RESULT = "result"
    """A result the township gave on paper."""
    NOTICE = "notice"
    """Another paper of the township's: a notice it issued."""


SCANNED_HERE = frozenset(DocumentOrigin) - {DocumentOrigin.SYSTEM}
"""Nobody can send these again."""


FOR_THE_APPLICANT = frozenset({DocumentOrigin.SYSTEM, DocumentOrigin.RESULT, DocumentOrigin.NOTICE})
"""What is handed to him; the others are the station's own proofs."""


@dataclass(frozen=True)
class Document:
    """A document of a case, from the moment it is announced; its file lies in the vault once it is whole here.

    Args:
        document_id: as the acceptance system names it; the same name with another hash is another document.
        name: in the acceptance system's words.
        byte_count, sha256: as announced.
        told_at: when it was announced here.
        page_id: of its file in the vault, "" until that is whole and its hash is the one announced. It stays when that
            file is lost, and the one fetched again takes its place.
        bytes_here: how many bytes came so far, kept over restarts.
        failures: how often what came was wrong.
        reason_key: message key of why it is not here, "" while nothing is wrong.
        origin: where it comes from.
    """

    case_id: str
    document_id: str
    name: str
    media_type: str
    byte_count: int
    sha256: str
    told_at: datetime
    page_id: str = ""
    came_at: datetime | None = None
    bytes_here: int = 0
    failures: int = 0
    reason_key: str = ""
    origin: DocumentOrigin = DocumentOrigin.SYSTEM

    @property
    def is_here(self) -> bool:
        """Whether it is whole and verified; only then it is shown."""
        return bool(self.page_id) and not self.reason_key

    @property
    def is_given_up(self) -> bool:
        """Whether it is fetched no more by itself; the clerk can ask for it again."""
        lost_for_good = self.origin in SCANNED_HERE
        return not self.is_here and (lost_for_good or self.failures >= TRIES or self.byte_count > MAX_DOCUMENT_BYTES)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other."""
        return self.case_id, self.document_id, self.sha256
