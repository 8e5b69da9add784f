"""New catalogues of the county: asked for when the link is back and about every hour, never in the way of a case."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import Protocol

from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem

_LOG = logging.getLogger(__name__)
_EVERY = 3600.0
_SOON = 300.0
_SPREAD = 0.2
"""Of a wait: 2,600 villages whose link came back together do not ask together again."""


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
    ) -> None:
        self._acceptance = acceptance
        self._inbox = inbox
        self._clock = clock
        self._uniform = uniform
        self._due = 0.0
        self._refused = ""

    def is_due(self) -> bool:
        """Whether to ask now."""
        return self._clock.monotonic() >= self._due

    def run(self) -> bool:
        """Ask once; gives whether another catalogue is in use now. What fails is tried again later, and a package that
        was refused is not sent again."""
        self._wait(_EVERY)
        data: bytes | None = None
        try:
            data = self._acceptance.catalogue(self._inbox.have(), self._refused)
            if data is None:
                return False
            self._inbox.arrived(data)
        except AcceptanceFailure:
            self._wait(_SOON)
            return False
        except InputProblem as problem:
            self._refused = hashlib.sha256(data or b"").hexdigest()
            _LOG.info("the county's catalogue was refused: %s", problem.key)
            return False
        except EnvironmentProblem as problem:
            self._wait(_SOON)
            _LOG.info("the county's catalogue could not be stored: %s", problem.key)
            return False
        self._due = 0.0  # a delta may have a successor
        return True

    def _wait(self, seconds: float) -> None:
        self._due = self._clock.monotonic() + seconds * self._uniform(1 - _SPREAD, 1 + _SPREAD)
