"""How many bytes a second may leave, over all connections together: so that a video call over the same line survives.

A token bucket kept as the moment from which on the next byte may leave (the *virtual scheduling* form of the generic
cell rate algorithm, ITU-T I.371): who asks is given a time, in the order of asking, so no connection starves another.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from time import monotonic, sleep

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot

SETTING = "sync.limit_kbit"
"""Kilobits (1,000 bit) a second as digits; "" is no limit."""
_LOOK_EVERY = 1.0
_SLICE = 0.1
"""Seconds: a wait is cut into pieces of this length, so that a changed limit and a pause act at once."""
_BURST = 0.25
"""Seconds' worth that may leave at once after a silence; more would be a stutter in a call."""


def kbit_of(snapshot: Snapshot) -> int:
    """The limit as set, in kbit/s; 0 is none. What is no number limits nothing."""
    text = snapshot.setting(SETTING).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def limit_of(snapshot: Snapshot) -> float:
    """The limit as set, in bytes a second; 0 is none."""
    return kbit_of(snapshot) * 1000 / 8


class Pace:
    """Safe to use from several threads.

    Args:
        limit: gives the limit in bytes a second, 0 for none; asked once a second at most. While it raises
            EnvironmentProblem, what it gave last holds on: a disk that cannot be read breaks no request off.
        now: seconds on a clock that never jumps.
        rest: waits so many seconds.
    """

    def __init__(
        self,
        limit: Callable[[], float] = lambda: 0.0,
        *,
        now: Callable[[], float] = monotonic,
        rest: Callable[[float], None] = sleep,
    ) -> None:
        self._read_limit = limit
        self._now = now
        self._rest = rest
        self._lock = threading.Lock()
        self._limit: float | None = None
        self._looked = 0.0
        self._free_at = 0.0

    @property
    def limit(self) -> float:
        """Bytes a second that hold now, 0 for no limit."""
        self._look()
        with self._lock:
            return self._limit or 0.0

    def take(self, count: int, gone: Callable[[], bool] = lambda: False) -> None:
        """Return when ``count`` bytes may leave.

        Args:
            gone: whether nobody wants them any more; then it returns at once.
        """
        left = float(count)
        while left > 0 and not gone():
            self._look()
            with self._lock:
                limit = self._limit or 0.0
                if limit <= 0:
                    return
                now = self._now()
                begin = max(self._free_at, now - _BURST)
                # Only what the next slice has room for is reserved, so that a raised limit leaves no old promises.
                part = min(left, max(0.0, now + _SLICE - begin) * limit)
                self._free_at = begin + part / limit
                left -= part
                wait = min(_SLICE, max(0.0, self._free_at - now))
            if wait > 0:
                self._rest(wait)

    def _look(self) -> None:
        """Read the limit where it is time; all but the thread that reads go on by the one they know."""
        now = self._now()
        with self._lock:
            if self._limit is not None and now - self._looked < _LOOK_EVERY:
                return
            self._looked = now
        with contextlib.suppress(EnvironmentProblem):
            limit = self._read_limit()
            with self._lock:
                if limit != self._limit:
                    self._limit, self._free_at = limit, now
