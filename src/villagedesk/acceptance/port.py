"""The port to the unified acceptance system: what sync asks, what it may be answered, and how it can fail.

Every adapter (the default HTTP contract, a province's own system, the simulation) speaks these words only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from villagedesk.acceptance.wire import (
    CaseAnswer,
    CaseListAnswer,
    ChangesAnswer,
    EnrolRequest,
    Health,
    ReplaceRequest,
)
from villagedesk.domain.document import Document

CATALOGUE_NAME = re.compile(r"[\x21\x23-\x7e]{1,200}")
"""What may name a catalogue package: the ASCII characters of an ``ETag`` (RFC 9110, section 8.8.3)."""
CATALOGUE_PIECE = 64 * 1024
"""Bytes of a catalogue package that a cut costs at most, as of a document."""


class AcceptanceFailure(Exception):
    """A request did not have its effect, or nobody knows.

    Args:
        reason: message key for the clerk (``sync.reason.*``; ``results.reason.*`` of a document).
        raw: what the other side or the system said, for the technician; no personal data.
    """

    def __init__(self, reason: str, raw: str = "") -> None:
        super().__init__(f"{reason}: {raw}")
        self.reason = reason
        self.raw = raw


class NoConnection(AcceptanceFailure):
    """No connection was made: surely nothing was sent."""


class Unanswered(AcceptanceFailure):
    """Bytes may have left and no whole answer of the system's own came (cut, 5xx but 503, HTML, wrong hash)."""


class Busy(AcceptanceFailure):
    """429 or 503. ``retry_after`` in seconds, None when not said."""

    def __init__(self, reason: str, raw: str = "", retry_after: float | None = None) -> None:
        super().__init__(reason, raw)
        self.retry_after = retry_after


class LoginNeeded(AcceptanceFailure):
    """401 or 403: the station's credential is not accepted, or (403, ``forbidden``) does not allow what was asked."""

    def __init__(self, reason: str, raw: str = "", *, forbidden: bool = False) -> None:
        super().__init__(reason, raw)
        self.forbidden = forbidden


class Refused(AcceptanceFailure):
    """4xx about the content. ``code`` is the server's stable code."""

    def __init__(self, reason: str, raw: str = "", code: str = "") -> None:
        super().__init__(reason, raw)
        self.code = code


class NoSuchCall(Refused):
    """The system itself says that it has no such call (404, 405 or 501), whatever is asked of it."""


class Conflicting(AcceptanceFailure):
    """409: other content is held under that key."""

    def __init__(self, reason: str, raw: str = "", held_sha256: str = "") -> None:
        super().__init__(reason, raw)
        self.held_sha256 = held_sha256


class UploadGone(AcceptanceFailure):
    """tus 404 or 410: create the upload again."""


class OffsetMoved(AcceptanceFailure):
    """tus 409: ask for the offset and go on from there."""


class Mangled(OffsetMoved):
    """tus 460: what arrived is not what was sent, though the line's own checks let it pass. Send it with checksums."""


@dataclass(frozen=True)
class Registered:
    """202 with the hashes still missing."""

    payload_sha256: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Committed:
    """201; ``receipt`` is the receipt's JSON text as it came."""

    payload_sha256: str
    pages: tuple[str, ...]
    receipt: str


@dataclass(frozen=True)
class CatalogueBegun:
    """What came of a catalogue package.

    Args:
        name: the system's for exactly these bytes (a strong ``ETag`` without its quotes); "" where it gave none.
        here: bytes that came, from the first on.
        whole: bytes of the package.
    """

    name: str
    here: int
    whole: int


@dataclass(frozen=True)
class CataloguePiece:
    """Bytes of a catalogue package, unchecked.

    Args:
        begun: what is here of it with these bytes.
        data: the last of them.
    """

    begun: CatalogueBegun
    data: bytes


@dataclass(frozen=True)
class ActionTaken:
    """200 or 201 on an action."""

    payload_sha256: str
    answer: str


class PageWatch(Protocol):
    """Who looks on while a page's bytes leave. Called by the thread that sends."""

    def begin(self, cut: Callable[[], None]) -> None:
        """It begins; ``cut`` breaks it off, from any thread."""

    def admit(self, count: int) -> None:
        """So many bytes are next: return when they may leave.

        Raises:
            OSError: they may not; the request is broken off.
        """

    def handed(self, count: int) -> None:
        """So many bytes of this request have been handed on by now."""


class AcceptanceSystem(Protocol):
    """The remote system. Calls block, may come from several threads, and raise AcceptanceFailure only."""

    def health(self) -> Health:
        """The system's own word that it is there."""

    def enrol(self, request: EnrolRequest) -> str:
        """Make the station known; repeating it is harmless. Gives the epoch granted, "" when the one asked for
        stands."""

    def replace(self, request: ReplaceRequest) -> str:
        """Put a new credential in the place of the one used so far, which is refused from then on; repeating it is
        harmless. Gives the epoch granted, "" when the one asked for stands.

        Raises:
            LoginNeeded: the credential used so far is refused already, or the system cannot replace one: a new station
                file is needed.
        """

    def put_revision(self, case_id: str, revision: int, payload: bytes) -> Registered | Committed:
        """Send the frozen bytes."""

    def put_action(self, case_id: str, action_id: str, payload: bytes) -> ActionTaken:
        """Send a withdrawal, delivery or evaluation."""

    def case(self, case_id: str) -> CaseAnswer | None:
        """What the system holds; None when it says itself that it does not know the case."""

    def cases(self, after: str = "") -> Iterator[CaseListAnswer]:
        """Everything it holds of this station, piece by piece, or what follows the piece that named ``after``. Each
        piece is asked for when it is wanted, so AcceptanceFailure comes while iterating.

        Raises:
            NoSuchCall: the system has no such list.
        """

    def changes(self, after: str, wait_seconds: float) -> ChangesAnswer:
        """What happened since a cursor ("" from the beginning); waits up to that long."""

    def catalogue(
        self, have: int, refused: str = "", begun: CatalogueBegun | None = None, length: int = CATALOGUE_PIECE
    ) -> CataloguePiece | None:
        """Bytes of the newest catalogue package as it was signed, which is whole or what changed since version
        ``have``; None when ``have`` is the newest, or the newest is the one whose SHA-256 is ``refused``.

        Args:
            begun: what is here of it already; what comes follows on that.
            length: bytes at most, unless the system gives it as a whole only.

        Raises:
            Refused: with the code ``changed``, the newest is not the one that was begun.
        """

    def document(self, document: Document, start: int, length: int) -> bytes:
        """Bytes of a document from ``start`` on, at most ``length`` unless the system gives it as a whole only.

        Raises:
            Refused: the system does not have it, or has another under its name.
        """

    def held_revision(self, case_id: str, revision: int) -> bytes | None:
        """The record the system holds as that revision, as it was sent; None when it does not say."""

    def create_upload(self, sha256: str, length: int, media_type: str) -> str:
        """Begin a page; gives its location."""

    def upload_offset(self, location: str) -> int:
        """How many bytes the system holds (HEAD)."""

    def send_chunk(
        self, location: str, offset: int, chunk: bytes, *, watch: PageWatch | None = None, proven: bool = False
    ) -> int:
        """PATCH bytes at an offset; gives the new offset.

        Args:
            watch: looks on.
            proven: with a checksum where the system takes one; the chunk then counts as a whole or not at all.

        Raises:
            Mangled: another content arrived.
        """
