"""What leaves at the moment, over all connections: measured, held to the limit, and collapsed connections cut.

A TCP connection that lost several packets in a row sits out time-outs that double each time, while its siblings go on
(RFC 6298). A fresh one begins with ten packets at once (RFC 6928), and the page goes on where the server has come to;
what a cut costs is what was under way, which is little just because the connection had collapsed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

from villagedesk.sync.pace import Pace

_SLOWEST = 2000.0
"""Bytes per second: no connection is expected to be slower."""


@dataclass(frozen=True)
class Collapse:
    """When a connection is given up for a fresh one.

    Args:
        alone: seconds without a byte, when no sibling moves either: then it is the line, and patience costs nothing.
        beside: seconds without a byte while siblings move; three doublings of the first time-out.
        last: seconds without a byte of the few that are left over, when the work runs out: nobody else uses what they
            leave of the line, and a case is through only with its last page.
        held: bytes that may be with the system and the line: what a connection needs for them at the rate of its
            siblings comes on top, once more while it waits for the answer.
        span: seconds over which rates are compared.
        share: of its siblings' median rate, below which it has collapsed.
        worth: bytes it must still have to send, or the fresh connection would cost more than it brings.
    """

    alone: float = 12.0
    beside: float = 4.0
    last: float = 2.5
    held: int = 16 * 1024
    span: float = 6.0
    share: float = 0.2
    worth: int = 24 * 1024


class Sending:
    """One request's bytes on their way; is the port's PageWatch.

    Args:
        key: the page.
        total: bytes of this request.
        now: seconds on a clock that never jumps.
    """

    def __init__(self, key: str, total: int, pace: Pace, now: Callable[[], float]) -> None:
        self.key = key
        self.total = total
        self.count = 0
        self.left_out = False
        self._pace = pace
        self._now = now
        self._cut: Callable[[], None] | None = None
        self.is_cut = False
        self._waits = False
        self._moved_at = now()
        self._seen: deque[tuple[float, int]] = deque([(now(), 0)])

    def begin(self, cut: Callable[[], None]) -> None:
        self._cut = cut
        if self.is_cut:
            cut()

    def admit(self, count: int) -> None:
        self._waits = True
        try:
            self._pace.take(count, lambda: self.is_cut)
        finally:
            self._waits = False
            self._moved_at = self._now()
        if self.is_cut:
            raise ConnectionAbortedError("cut by this program")

    def handed(self, count: int) -> None:
        if count > self.count:
            self.count = count
            self._moved_at = self._now()

    def cut(self, *, left_out: bool = False) -> None:
        """Break it off. Harmless when it has ended.

        Args:
            left_out: the page is no longer wanted, or not now.
        """
        self.left_out = self.left_out or left_out
        self.is_cut = True
        if self._cut is not None:
            self._cut()

    def look(self, span: float) -> tuple[float, float]:
        """Bytes a second over the last ``span`` seconds, and seconds since the last byte; 0.0 while a limit holds it.
        Belongs to the thread that supervises."""
        now, count = self._now(), self.count
        self._seen.append((now, count))
        while len(self._seen) > 2 and now - self._seen[1][0] >= span:
            self._seen.popleft()
        then, before = self._seen[0]
        rate = (count - before) / (now - then) if now > then else 0.0
        return rate, 0.0 if self._waits else now - self._moved_at

    @property
    def age(self) -> float:
        """Seconds over which its rate is known."""
        return self._seen[-1][0] - self._seen[0][0]


@dataclass
class Traffic:
    """Everything under way. Safe to use from several threads.

    Args:
        pace: the bandwidth limit over all connections.
        width: connections that carry pages at the moment.
    """

    pace: Pace = field(default_factory=Pace)
    collapse: Collapse = field(default_factory=Collapse)
    now: Callable[[], float] = monotonic
    width: int = 0
    bytes_per_second: float = 0.0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._live: list[Sending] = []
        self._ended_bytes = 0
        self._most = 0
        self._usual = 0.0
        self._totals: deque[tuple[float, int]] = deque()

    @contextmanager
    def sending(self, key: str, total: int) -> Iterator[Sending]:
        """Bytes of one request, supervised while the block lasts."""
        one = Sending(key, total, self.pace, self.now)
        with self._lock:
            self._live.append(one)
        try:
            yield one
        finally:
            with self._lock:
                self._live.remove(one)
                self._ended_bytes += one.count

    def handed(self) -> int:
        """All page bytes handed on so far."""
        with self._lock:
            return self._ended_bytes + sum(one.count for one in self._live)

    def under_way(self) -> dict[str, int]:
        """By page, bytes handed on by the requests that are under way."""
        with self._lock:
            return {one.key: one.count for one in self._live}

    def leave_out(self, wanted: Callable[[str], bool]) -> None:
        """Cut what is not wanted any more."""
        with self._lock:
            live = list(self._live)
        for one in live:
            if not wanted(one.key):
                one.cut(left_out=True)

    def supervise(self) -> None:
        """Measure, and cut what collapsed. Call a few times a second, from one thread."""
        now, total = self.now(), self.handed()
        self._totals.append((now, total))
        while len(self._totals) > 2 and now - self._totals[1][0] >= self.collapse.span / 2:
            self._totals.popleft()
        then, before = self._totals[0]
        self.bytes_per_second = (total - before) / (now - then) if now > then else 0.0
        with self._lock:
            live = list(self._live)
        for one in self._collapsed(live):
            one.cut()

    def rest(self) -> None:
        """Nothing is under way."""
        self._totals.clear()
        self._most, self._usual = 0, 0.0
        self.bytes_per_second, self.width = 0.0, 0

    def _collapsed(self, live: list[Sending]) -> list[Sending]:
        rule = self.collapse
        looks = [(one, *one.look(rule.span)) for one in live]
        moving = any(still < rule.beside / 2 for _one, _rate, still in looks)
        self._most = max(self._most, len(live))
        few = len(live) * 4 <= self._most
        if not few:
            self._usual = median(rate for _one, rate, _still in looks)
        patience = rule.last if few else rule.beside if moving else rule.alone
        given_up = []
        for one, rate, still in looks:
            siblings = [other_rate for other, other_rate, _still in looks if other is not one]
            slow = (
                len(siblings) >= 2
                and one.age >= rule.span
                and one.total - one.count >= rule.worth
                and rate < rule.share * median(siblings)
                and self.pace.limit <= 0
            )
            draining = rule.held * (2 if one.count == one.total else 1) / max(self._usual, _SLOWEST)
            if slow or still > patience + draining:
                given_up.append(one)
        return given_up
