"""When the acceptance system is asked for all it holds: once a day, and again soon after a list that was cut."""

from __future__ import annotations

from collections.abc import Callable

from villagedesk.acceptance.port import Busy, NoSuchCall
from villagedesk.domain.clock import Clock
from villagedesk.sync.last_word import RECONCILE_EVERY

_EVERY = RECONCILE_EVERY.total_seconds()


class ReconcileTimes:
    """Belongs to the thread that reconciles.

    Args:
        again: seconds until the next try, given the failures before this one and the failure (the ordinary retry rule).
    """

    def __init__(self, clock: Clock, again: Callable[[int, Exception], float]) -> None:
        self._clock = clock
        self._again = again
        self._at: float | None = None
        self._failures = 0
        self._cut = False

    def seconds_left(self) -> float | None:
        """Until it is due, 0 when it is; None: not before the link was there."""
        return None if self._at is None else max(0.0, self._at - self._clock.monotonic())

    def ask_now(self) -> None:
        """Whatever was planned."""
        self._at = self._clock.monotonic()

    def link_returned(self) -> None:
        """It is asked when the link comes the first time; and what the line cut waits for its own time no more."""
        if self._at is None or self._cut:
            self.ask_now()
            self._failures, self._cut = 0, False

    def came(self) -> None:
        """A piece of it, and there is more: what cuts it next is the first failure again."""
        self._failures = min(self._failures, 1)

    def told(self) -> bool:
        """The list came whole, and counts for a day; gives whether it had failed before."""
        had_failed = self._failures > 0
        self._at = self._clock.monotonic() + _EVERY
        self._failures, self._cut = 0, False
        return had_failed

    def failed(self, failure: Exception) -> None:
        """It did not come whole, or could not be kept. A system that has no such list is asked
        tomorrow: what is on its way does not depend on it."""
        wait = _EVERY if isinstance(failure, NoSuchCall) else self._again(self._failures, failure)
        self._at = self._clock.monotonic() + wait
        self._failures += 1
        self._cut = not isinstance(failure, NoSuchCall | Busy)
