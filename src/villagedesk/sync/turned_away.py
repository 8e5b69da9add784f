"""Whom a 401 or 403 is about: the station, or the one thing that was asked for. The first time it is taken for the
station's, which enrols again. Where that was accepted, and the same thing is turned away once more while the station is
heard, it is that thing's alone: it must not hold up the others for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from villagedesk.acceptance.port import AcceptanceFailure, LoginNeeded, Refused, Unanswered


class TurnedAway:
    """Safe to use from several threads.

    Args:
        is_heard: asks the system at once whether the station's credential counts.
    """

    def __init__(self, is_heard: Callable[[], bool] = lambda: False) -> None:
        self._is_heard = is_heard
        self._lock = threading.Lock()
        self._since: set[Hashable] = set()
        self._before: set[Hashable] = set()

    def enrolled(self) -> None:
        """The enrolment was accepted."""
        with self._lock:
            self._before |= self._since
            self._since.clear()

    def alone(self, what: Hashable) -> bool:
        """Whether the 401 or 403 that was just met is about that alone; otherwise it is the station's. The station may
        have been revoked a second time meanwhile, so that is asked."""
        with self._lock:
            if what not in self._before:
                self._since.add(what)
                return False
        return self._is_heard()


def of_one_row(failure: LoginNeeded) -> AcceptanceFailure:
    """What it means for a row that alone is turned away. A 403 is the system's decision; a 401 is none, for no other
    content would be heard instead."""
    if failure.forbidden:
        return Refused("sync.reason.not_allowed", failure.raw)
    return Unanswered("sync.reason.not_heard", failure.raw)
