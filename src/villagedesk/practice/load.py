"""How much the practice system takes on at once, what it advises, and when it asks those it turns away to come back.

Measured against: 2,600 villages whose VPN returns in one second. What is turned away is turned away *before* anything
of it is done, so that a refusal never hides a piece of work that is already stored.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from villagedesk.practice.faults import RouteKind


class Work(StrEnum):
    """Requests that share one line. What belongs to none (health, asking after one case) is always taken.

    Fetching stands with the lists: documents come on the day all come back, and can wait for the records.
    """

    RECORDS = "records"
    PAGES = "pages"
    LISTS = "lists"
    POLLS = "polls"


_WORK: dict[RouteKind, Work] = {
    RouteKind.ENROL: Work.RECORDS,
    RouteKind.REPLACE: Work.RECORDS,
    RouteKind.REVISION: Work.RECORDS,
    RouteKind.ACTION: Work.RECORDS,
    RouteKind.PAGE_CREATE: Work.PAGES,
    RouteKind.PAGE_OFFSET: Work.PAGES,
    RouteKind.PAGE_CHUNK: Work.PAGES,
    RouteKind.PAGE_DELETE: Work.PAGES,
    RouteKind.CASES: Work.LISTS,
    RouteKind.CATALOGUE: Work.LISTS,
    RouteKind.DOCUMENT: Work.LISTS,
    RouteKind.HELD_REVISION: Work.LISTS,
    RouteKind.CHANGES: Work.POLLS,
}
_BEGINS_A_PAGE = frozenset({RouteKind.PAGE_CREATE, RouteKind.PAGE_OFFSET})


def work_of(kind: RouteKind | None) -> Work | None:
    """The line a request stands in; None for what is never turned away."""
    return None if kind is None else _WORK.get(kind)


@dataclass(frozen=True)
class LoadLimits:
    """How much is taken on.

    Args:
        most: requests of one work under way together, those that wait for their turn included.
        records_at_once: of the records in the database together; the rest wait, their body read.
        longest_wait: seconds; while a record has waited longer for its turn, no further one is taken. A slow database
            makes the line shorter than ``most``, so that nobody is kept until he gives up and asks what became of it.
        connections: more than so many, and only what is never turned away is answered, and bytes of uploads that have
            begun.
        most_connections: one more than this is cut before it says anything.
        longest_away: seconds; nobody is asked to stay away longer.
    """

    most: dict[Work, int] = field(
        default_factory=lambda: {Work.RECORDS: 128, Work.PAGES: 512, Work.LISTS: 16, Work.POLLS: 3000}
    )
    records_at_once: int = 6
    longest_wait: float = 3.0
    connections: int = 4000
    most_connections: int = 5000
    longest_away: float = 120.0

    @classmethod
    def for_connections(cls, most: int) -> LoadLimits:
        """The usual limits where no more than ``most`` connections can be held."""
        return cls(connections=most * 4 // 5, most_connections=most)


_WIDEST = 16
"""Connections for one village at most (design: section 1–16 connections)."""
_POLLS_GO_FIRST = 0.5
"""From this share of the records' line on, nobody new may wait for changes."""
_PAGES_BEGIN_TO = 0.75
"""Of the pages' line: what is left is for bytes of uploads that have begun, so that none is sent for nothing."""
_POLL_AWAY = 10.0
_POLLS_A_SECOND = 10.0
"""So many of those turned away are asked to come back in one second: each of them costs a TLS handshake, and 2,600 that
all come back within half a minute would cost more than the records they stand aside for."""
_RATE_OVER = 5.0


class Load:
    """What is under way. Belongs to the server's loop.

    Args:
        monotonic: seconds of a clock that only goes forward.
        uniform: gives a number between two bounds.
    """

    def __init__(
        self,
        limits: LoadLimits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.limits = limits or LoadLimits()
        self.connections = 0
        self.under_way: dict[Work, int] = dict.fromkeys(Work, 0)
        self.worst: dict[Work, int] = dict.fromkeys(Work, 0)
        self.taken: dict[Work, int] = dict.fromkeys(Work, 0)
        self.turned_away: dict[Work, int] = dict.fromkeys(Work, 0)
        self.worst_connections = 0
        self._monotonic = monotonic
        self._uniform = uniform
        self._turns = asyncio.Semaphore(self.limits.records_at_once)
        self._waiting: dict[object, float] = {}
        self._rates: dict[Work, _Rate] = {work: _Rate(monotonic) for work in Work}
        self._promised: dict[Work, float] = dict.fromkeys(Work, 0.0)

    def connected(self) -> bool:
        """Count a connection; gives whether it may stay."""
        self.connections += 1
        self.worst_connections = max(self.worst_connections, self.connections)
        return self.connections <= self.limits.most_connections

    def disconnected(self) -> None:
        """Count it no more."""
        self.connections -= 1

    def crowded(self) -> bool:
        """Whether there are so many connections that those who are turned away should close theirs."""
        return self.connections > self.limits.connections

    def seconds_away(self, kind: RouteKind) -> int | None:
        """None: the request is taken. Else the seconds after which its sender may come back."""
        work = _WORK[kind]
        full = self._share(work) >= (_PAGES_BEGIN_TO if kind in _BEGINS_A_PAGE else 1.0)
        if work is Work.POLLS:
            full |= self._share(Work.RECORDS) >= _POLLS_GO_FIRST
        if work is Work.RECORDS:
            full |= self._waited() > self.limits.longest_wait
        if not full and (kind is RouteKind.PAGE_CHUNK or not self.crowded()):
            return None
        self.turned_away[work] += 1
        return self._appointment(work)

    @contextlib.asynccontextmanager
    async def taking(self, work: Work, *, newcomer: bool = True) -> AsyncIterator[None]:
        """The request is under way.

        Args:
            newcomer: it is the first of its work on its connection. Only these tell how fast others can be let in: a
                village that was let in comes at once with its next record, and its place is not free till its last.
        """
        self.under_way[work] += 1
        self.taken[work] += 1
        self.worst[work] = max(self.worst[work], self.under_way[work])
        try:
            yield
        finally:
            self.under_way[work] -= 1
            if newcomer:
                self._rates[work].count()

    @contextlib.asynccontextmanager
    async def records_turn(self) -> AsyncIterator[None]:
        """A record's turn in the database; waits for it, who came first goes first."""
        me = object()
        self._waiting[me] = self._monotonic()
        try:
            await self._turns.acquire()
        finally:
            del self._waiting[me]
        try:
            yield
        finally:
            self._turns.release()

    def advised_connections(self) -> int:
        """How many connections one village should open now: 16 where nothing is going on, 1 where all is full."""
        used = max(self._share(Work.RECORDS), self._share(Work.PAGES), self.connections / self.limits.connections)
        return max(1, round(_WIDEST * (1.0 - min(1.0, used))))

    def report(self) -> dict[str, object]:
        """Counts since the start, for whoever looks at the practice system."""
        return {
            "limits": asdict(self.limits),
            "connections": self.connections,
            "worst_connections": self.worst_connections,
            "under_way": self.under_way,
            "worst": self.worst,
            "taken": self.taken,
            "turned_away": self.turned_away,
        }

    def _waited(self) -> float:
        """Seconds of the one who has waited longest."""
        first = next(iter(self._waiting.values()), None)
        return 0.0 if first is None else self._monotonic() - first

    def _share(self, work: Work) -> float:
        return self.under_way[work] / self.limits.most[work]

    def _appointment(self, work: Work) -> int:
        """Seconds from now. Each one turned away gets a later moment than the one before, as far apart as this system
        has lately been letting newcomers in; what is left over is decided by chance, so that whole seconds spread
        too."""
        now = self._monotonic()
        if work is Work.POLLS:
            begin, a_second = _POLL_AWAY, _POLLS_A_SECOND
        else:
            a_second = self._rates[work].a_second()
            begin = self.under_way[work] / a_second
        moment = max(self._promised[work], now + begin) + 1.0 / a_second
        self._promised[work] = min(moment, now + self.limits.longest_away)
        away = min(moment - now, self._uniform(self.limits.longest_away / 2, self.limits.longest_away))
        return max(1, int(away + self._uniform(0.0, 1.0)))


class _Rate:
    """How many newcomers a second were done with lately; never less than a few, so that a quiet minute promises no long
    wait."""

    _SLOWEST = 5.0

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._since = monotonic()
        self._finished = 0
        self._before = 0.0

    def count(self) -> None:
        """One more is finished."""
        self._roll()
        self._finished += 1

    def a_second(self) -> float:
        """Over the last seconds."""
        self._roll()
        gone = self._monotonic() - self._since
        now = (self._finished + self._before * (_RATE_OVER - gone)) / _RATE_OVER
        return max(self._SLOWEST, now)

    def _roll(self) -> None:
        gone = self._monotonic() - self._since
        if gone >= _RATE_OVER:
            self._before = self._finished / gone
            self._finished = 0
            self._since = self._monotonic()
