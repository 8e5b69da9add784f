"""The wait of a whole station: while it is closed, nothing of the queue is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from villagedesk.acceptance.port import AcceptanceFailure, Busy
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
        self._asked_by: AcceptanceFailure | None = None
        self._for: AcceptanceFailure | None = None

    def closed_until(self) -> datetime | None:
        """None when it is open."""
        if self._until is not None and self._reached(self._until):
            self.open()
        return self._until

    def closed_for(self) -> AcceptanceFailure | None:
        """What its present end was set for; None when it is open, and for the short while that chance decides after the
        link came back."""
        return None if self.closed_until() is None else self._for

    def close(self, seconds: float, failure: AcceptanceFailure) -> None:
        """From now on for so long, and never less than the acceptance system asked for last: one round may meet its
        word and, on another connection, one that it cut.

        Args:
            failure: what was met; one in which the acceptance system itself says how long is asked for.
        """
        until = self._clock.now() + timedelta(seconds=seconds)
        if isinstance(failure, Busy) and failure.retry_after is not None:
            self._asked, self._asked_by = until, failure
        self._until, self._for = until, failure
        self._keep_what_was_asked(self._asked)

    def link_returned(self, seconds: float) -> None:
        """Only so long from now, but for what the acceptance system asked."""
        now = self._clock.now()
        self._until, self._for = now + timedelta(seconds=seconds), None
        if self._asked is not None:
            self._keep_what_was_asked(min(self._asked, now + timedelta(seconds=ASKED_STANDS)))

    def clock_moved(self, by: timedelta) -> None:
        """Somebody set the PC's clock: the wait stays as long as it was."""
        self._until = None if self._until is None else self._until + by
        self._asked = None if self._asked is None else self._asked + by

    def open(self) -> None:
        """The clerk says *send now*, or the time is there."""
        self._until = self._asked = self._asked_by = self._for = None

    def _keep_what_was_asked(self, asked: datetime | None) -> None:
        if asked is not None and self._until is not None and asked > self._until:
            self._until, self._for = asked, self._asked_by
