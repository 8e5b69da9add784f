"""New catalogues of the county: asked for when the link is back and about every hour, never in the way of a case.

A package comes in pieces, which are kept as they come (:mod:`villagedesk.sync.catalogue_part`), so that a cut line or a
restart of either side costs one piece at most. Only the whole is looked at, and it alone says whether it is the
county's.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from typing import Protocol

from villagedesk.acceptance.port import (
    CATALOGUE_PIECE,
    AcceptanceFailure,
    AcceptanceSystem,
    Busy,
    CatalogueBegun,
    CataloguePiece,
    Refused,
)
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.sync.catalogue_part import CataloguePart
from villagedesk.sync.documents import piece_size
from villagedesk.sync.gate import ASKED_STANDS
from villagedesk.sync.pace import Pace
from villagedesk.sync.retry import RetryPolicy

_LOG = logging.getLogger(__name__)
_EVERY = 3600.0
_SHA256 = re.compile(r"[0-9a-f]{64}")
"""How our contract names a package; another system's name says nothing of the bytes."""


class CatalogueInbox(Protocol):
    """Whoever puts a catalogue in use."""

    def have(self) -> int:
        """The version in use."""

    def arrived(self, data: bytes) -> object:
        """Check a package as a whole and put it in use.

        Raises:
            InputProblem: it is refused, and nothing was changed.
            EnvironmentProblem: it could not be stored.
        """


class CataloguePull:
    """Fetches one piece at a time. Used by one thread, but for :meth:`link_returned`, which the one that watches the
    link calls.

    Args:
        uniform: gives a number between two, for the waits.
        part: keeps what came; unless given, for this run of the program only.
        pace: holds what comes to the limit.
        gone: whether the program ends, and nobody waits any more.
    """

    def __init__(
        self,
        acceptance: AcceptanceSystem,
        inbox: CatalogueInbox,
        clock: Clock,
        uniform: Callable[[float, float], float],
        *,
        part: CataloguePart | None = None,
        pace: Pace | None = None,
        gone: Callable[[], bool] = lambda: False,
        retry: RetryPolicy | None = None,
        piece_bytes: int = CATALOGUE_PIECE,
    ) -> None:
        self._acceptance = acceptance
        self._inbox = inbox
        self._clock = clock
        self._uniform = uniform
        self._part = part or CataloguePart()
        self._pace = pace or Pace()
        self._gone = gone
        self._retry = retry or RetryPolicy()
        self._piece_bytes = piece_bytes
        self._failures = 0
        self._anew = 0
        """How often a package was begun anew since one came whole: its pieces are no progress."""
        self._due = 0.0
        self._asked = 0.0
        self._refused = ""
        self._not_stored: tuple[int, bytes] | None = None
        """A package that found no room, with the version in use when it came."""

    def is_due(self) -> bool:
        """Whether to ask now."""
        return self._clock.monotonic() >= self._due

    def link_returned(self) -> None:
        """What failed waits for its time no more, but for what the acceptance system asked, as at the gate."""
        if self._failures:
            asked = min(self._asked, self._clock.monotonic() + ASKED_STANDS)
            self._due, self._failures = min(self._due, asked), 0

    def run(self) -> bool:
        """Ask once; gives whether another catalogue is in use now. What fails is tried again later, and a package that
        was refused is not sent again. A login that is refused stops nothing here: whoever asks for the changes next
        hears of it too, and no case is to wait for a catalogue."""
        self._wait(self._retry.spread(_EVERY, self._uniform))
        data: bytes | None = None
        try:
            have = self._inbox.have()
            data = self._whole(have)
            if data is None:
                self._failures = 0
                return False
            self._not_stored = have, data
            self._inbox.arrived(data)
        except AcceptanceFailure as failure:
            if _begins_anew(failure):
                self._part.drop()
                self._wait(self._retry.network(self._anew, self._uniform))
                self._anew += 1
            else:
                self._failed(failure)
            return False
        except InputProblem as problem:
            self._failures = 0
            self._not_stored = None
            self._refused = hashlib.sha256(data or b"").hexdigest()
            _LOG.info("the county's catalogue was refused: %s", problem.key)
            return False
        except EnvironmentProblem as problem:
            self._failed(problem)
            _LOG.info("the county's catalogue could not be stored: %s", problem.key)
            return False
        self._failures = 0
        self._not_stored = None
        self._due = 0.0  # a delta may have a successor
        return True

    def _whole(self, have: int) -> bytes | None:
        """The package, once all of it is here; None while pieces are to come, or when there is none."""
        if self._not_stored is not None and self._not_stored[0] == have:
            return self._not_stored[1]
        self._not_stored = None
        begun = self._part.begun
        if begun is None or begun.here < begun.whole:
            piece = self._ask(have, begun)
            if piece is None:
                self._part.drop()
                return None
            begun = piece.begun
            if begun.here == begun.whole == len(piece.data):
                self._part.drop()
                return self._checked(begun, piece.data)
            self._part.keep(piece)
            if begun.here < begun.whole:
                self._due = 0.0
                return None
        data = self._part.data
        self._part.drop()  # first, or a crash would have it put in use twice
        return self._checked(begun, data)

    def _ask(self, have: int, begun: CatalogueBegun | None) -> CataloguePiece | None:
        size = piece_size(self._pace, self._piece_bytes)
        self._pace.take(size if begun is None else min(size, begun.whole - begun.here), self._gone)
        return self._acceptance.catalogue(have, self._refused, begun, size)

    def _checked(self, begun: CatalogueBegun, data: bytes) -> bytes:
        """Raises Refused where the pieces are not of that package, which is no reason to refuse the package itself."""
        if _SHA256.fullmatch(begun.name) and hashlib.sha256(data).hexdigest() != begun.name:
            raise Refused("sync.reason.wrong_hash", f"{len(data)} bytes, another hash", "changed")
        self._anew = 0
        return data

    def _failed(self, failure: Exception) -> None:
        self._wait(self._retry.again(self._failures, failure, self._uniform))
        if isinstance(failure, Busy) and failure.retry_after is not None:
            self._asked = self._due
        self._failures += 1

    def _wait(self, seconds: float) -> None:
        self._due = self._clock.monotonic() + seconds


def _begins_anew(failure: AcceptanceFailure) -> bool:
    return isinstance(failure, Refused) and failure.code == "changed"
