"""New catalogues of the county: asked for when the link is back and about every hour, never in the way of a case."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import Protocol

from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.sync.retry import RetryPolicy

_LOG = logging.getLogger(__name__)
_EVERY = 3600.0


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
    """Asks for one package at a time. Used by one thread.

    Args:
        uniform: gives a number between two, for the waits.
    """

    def __init__(
        self,
        acceptance: AcceptanceSystem,
        inbox: CatalogueInbox,
        clock: Clock,
        uniform: Callable[[float, float], float],
        retry: RetryPolicy | None = None,
    ) -> None:
        self._acceptance = acceptance
        self._inbox = inbox
        self._clock = clock
        self._uniform = uniform
        self._retry = retry or RetryPolicy()
        self._failures = 0
        self._due = 0.0
        self._refused = ""

    def is_due(self) -> bool:
        """Whether to ask now."""
        return self._clock.monotonic() >= self._due

    def run(self) -> bool:
        """Ask once; gives whether another catalogue is in use now. What fails is tried again later, and a package that
        was refused is not sent again. A login that is refused stops nothing here: whoever asks for the changes next
        hears of it too, and no case is to wait for a catalogue."""
        self._wait(self._retry.spread(_EVERY, self._uniform))
        data: bytes | None = None
        try:
            data = self._acceptance.catalogue(self._inbox.have(), self._refused)
            if data is None:
                self._failures = 0
                return False
            self._inbox.arrived(data)
        except AcceptanceFailure as failure:
            self._failed(failure)
            return False
        except InputProblem as problem:
            self._failures = 0
            self._refused = hashlib.sha256(data or b"").hexdigest()
            _LOG.info("the county's catalogue was refused: %s", problem.key)
            return False
        except EnvironmentProblem as problem:
            self._failed(problem)
            _LOG.info("the county's catalogue could not be stored: %s", problem.key)
            return False
        self._failures = 0
        self._due = 0.0  # a delta may have a successor
        return True

    def _failed(self, failure: Exception) -> None:
        self._wait(self._retry.again(self._failures, failure, self._uniform))
        self._failures += 1

    def _wait(self, seconds: float) -> None:
        self._due = self._clock.monotonic() + seconds
