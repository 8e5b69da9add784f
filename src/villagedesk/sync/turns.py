"""Threads that take one turn after another, rest in between, are woken, and are ended by nothing but their stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic

from villagedesk.domain.clock import Clock
from villagedesk.domain.fault_trace import fault_lines
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.status import Told

Turn = Callable[[], float | None]
"""Does one thing; gives the seconds to rest, None until woken."""

_LOG = logging.getLogger(__name__)
_AFTER_TROUBLE = 60.0
"""Seconds until the next try after a full disk, or a fault of this program."""
LOOK_AT_LEAST = 60.0
"""Seconds: a wait is cut into pieces of this length, so that a sleeping PC or a moved clock is noticed."""
CLOCK_GAP = 10.0
"""Seconds the PC's clock may run otherwise than its count of seconds in one rest."""


class Turns:
    """Threads, one a turn, from :meth:`start` to :meth:`stop`, once.

    Args:
        turns: by the name of their thread.
        deaf: those that sleep on when they are woken or called.
        told: hears of troubles of this PC, and of their end.
        slept: called when the clock shows that the PC slept, or was set.
    """

    def __init__(
        self, clock: Clock, turns: dict[str, Turn], deaf: frozenset[str], told: Told, slept: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._told = told
        self._slept = slept
        self._listening = frozenset(turns) - deaf
        self._woken: frozenset[str] = frozenset()
        self._called: frozenset[str] = frozenset()
        self.changed = threading.Condition()
        """Held while what the turns share is looked at or changed."""
        self.stopping = False
        self._threads = [
            threading.Thread(target=self._loop, args=(name, turn), name=name, daemon=True)
            for name, turn in turns.items()
        ]

    def start(self) -> None:
        """Begin all."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something was committed: let those who rest take their turn now, but for those whose last one came to grief;
        a commit at each key that is pressed would have them fail as often."""
        with self.changed:
            self._woken = self._listening
            self.changed.notify_all()

    def call(self) -> None:
        """Somebody wants it: let all who rest take their turn now."""
        with self.changed:
            self._called = self._listening
            self.wake()

    def heard(self, name: str) -> None:
        """It looked already, in the middle of its turn."""
        with self.changed:
            self._woken -= {name}
            self._called -= {name}

    def pause(self, seconds: float) -> None:
        """Wait in a turn, at most so long, for anything to change."""
        with self.changed:
            if not self.stopping:
                self.changed.wait(seconds)

    def forbid(self) -> None:
        """No further turn begins."""
        with self.changed:
            self.stopping = True
            self.changed.notify_all()

    def join(self, seconds: float) -> bool:
        """Wait for the turns under way; gives whether all ended in that time."""
        until = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _loop(self, name: str, turn: Turn) -> None:
        """Turn and rest until stopped. All of it is guarded: telling of a trouble meets the same disk."""
        seconds: float | None = 0.0
        problem, troubled = "", False
        while not self.stopping:
            try:
                if problem:
                    self._told.tell(problem_key=problem)
                self._rest(name, seconds, troubled=troubled)
                if self.stopping:
                    return
                seconds = turn()
                if problem:
                    self._told.tell(problem_key="")
                problem, troubled = "", False
            except EnvironmentProblem as met:
                seconds, problem, troubled = _AFTER_TROUBLE, met.key, True
            except Exception as error:
                if self.stopping:
                    return
                _LOG.error("trying again in %.0f s after %s", _AFTER_TROUBLE, "\n".join(fault_lines(error)))
                seconds, problem, troubled = _AFTER_TROUBLE, "", True

    def _rest(self, name: str, seconds: float | None, *, troubled: bool) -> None:
        """Wait that long, or until woken or called, stopped, or the clock shows that the PC slept."""
        left = LOOK_AT_LEAST if seconds is None else min(seconds, LOOK_AT_LEAST)
        wall, steady = self._clock.now(), self._clock.monotonic()
        with self.changed:
            if left > 0:
                self.changed.wait_for(
                    lambda: self.stopping or name in (self._called if troubled else self._woken), left
                )
            self._woken -= {name}
            self._called -= {name}
        gone = (self._clock.now() - wall).total_seconds() - (self._clock.monotonic() - steady)
        if abs(gone) > CLOCK_GAP:
            self._slept()
