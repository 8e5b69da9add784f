"""The wait of a whole station: while it is closed, nothing of the queue is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from villagedesk.domain.clock import Clock

ASKED_STANDS = 120.0
"""Seconds that a server's word outlives a link that came back. It is kept, or a link that flickers would bring the herd
back to a server that has just sent it away; not for its whole hour, because a gateway may have said it whose tunnel was
down, and nobody knows whether it is still true."""


class Gate:
    """Belongs to the thread that steps.

    Args:
        reached: whether a moment is there, also after somebody moved the clock.
    """

    def __init__(self, clock: Clock, reached: Callable[[datetime], bool]) -> None:
        self._clock = clock
        self._reached = reached
        self._until: datetime | None = None
        self._asked: datetime | None = None

    def closed_until(self) -> datetime | None:
        """None when it is open."""
        if self._until is not None and self._reached(self._until):
            self._until = self._asked = None
        return self._until

    def close(self, seconds: float, *, asked: bool = False) -> None:
        """From now on for so long, and never less than the acceptance system asked for last: one round may meet its
        word and, on another connection, one that it cut.

        Args:
            asked: the acceptance system itself said how long.
        """
        until = self._clock.now() + timedelta(seconds=seconds)
        if asked:
            self._asked = until
        self._until = until if self._asked is None else max(until, self._asked)

    def link_returned(self, seconds: float) -> None:
        """Only so long from now, but for what the acceptance system asked."""
        now = self._clock.now()
        self._until = now + timedelta(seconds=seconds)
        if self._asked is not None:
            self._until = max(self._until, min(self._asked, now + timedelta(seconds=ASKED_STANDS)))

    def clock_moved(self, by: timedelta) -> None:
        """Somebody set the PC's clock: the wait stays as long as it was."""
        self._until = None if self._until is None else self._until + by
        self._asked = None if self._asked is None else self._asked + by

    def open(self) -> None:
        """The clerk says *send now*."""
        self._until = self._asked = None
