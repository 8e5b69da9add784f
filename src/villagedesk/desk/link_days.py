"""Notes how long the link was there, day by day, for the statistics: looked at every few seconds, written every few
minutes, so that a kill loses no more than that, and the disk hardly hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.domain.clock import Clock
from villagedesk.domain.link_days import LinkDay, split_by_day
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Store, Transaction

_LOOK_S = 10.0
_WRITE_S = 300.0
_LONGEST_LOOK_S = 60.0
"""Between two looks; when more has passed, the PC slept, or stood still so long that nobody knows what the link did."""
_CLOCKS_AGREE_S = 2.0
"""How far the two clocks may differ over one look: of one that was set, or ran on through a sleep, nothing is known."""


@dataclass(frozen=True)
class LinkRhythm:
    """Seconds: between two looks at the link, and between two times that what was seen is written."""

    look: float = _LOOK_S
    write: float = _WRITE_S


class LinkDays:
    """Watches from :meth:`start` to :meth:`close`, in a thread of its own.

    Args:
        seen: whether the acceptance system answers now; None while nobody looks: before the first look, and where no
            interface was granted.
    """

    def __init__(
        self, store: Store, clock: Clock, seen: Callable[[], bool | None], rhythm: LinkRhythm | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._seen = seen
        self._rhythm = rhythm or LinkRhythm()
        self._last: tuple[datetime, float, bool | None] | None = None
        self._waiting: dict[date, tuple[float, float]] = {}
        self._written = clock.monotonic()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link-days", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and write what was seen. What cannot be written now, on a full disk, is lost: some minutes."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        self.look()
        self.write()

    def look(self) -> None:
        """Count the time since the last look by what was seen then."""
        now, monotonic, seen = self._clock.now(), self._clock.monotonic(), self._seen()
        last, self._last = self._last, (now, monotonic, seen)
        if last is None or last[2] is None:
            return
        passed, by_clock = monotonic - last[1], (now - last[0]).total_seconds()
        if not 0 < passed <= _LONGEST_LOOK_S or abs(by_clock - passed) > _CLOCKS_AGREE_S:
            return
        for day, seconds in split_by_day(last[0], now):
            watched, up = self._waiting.get(day, (0.0, 0.0))
            self._waiting[day] = (watched + seconds, up + seconds * last[2])

    def write(self) -> None:
        """Add the whole seconds to what is kept of their days, in one transaction; fractions wait. Where the disk takes
        nothing, all of them wait."""
        self._written = self._clock.monotonic()
        times = [LinkDay(day, int(watched), int(up)) for day, (watched, up) in self._waiting.items()]
        times = [time for time in times if time.watched_seconds]
        if not times:
            return

        def work(transaction: Transaction) -> None:
            for time in times:
                transaction.add_link_time(time)

        try:
            self._store.write(work).result()
        except Problem:
            return
        for time in times:
            watched, up = self._waiting[time.day]
            self._waiting[time.day] = (watched - time.watched_seconds, up - time.up_seconds)
        newest = max(self._waiting)
        self._waiting = {newest: self._waiting[newest]}  # no more comes to the days before

    def tick(self) -> None:
        """Look, and write where that is due."""
        self.look()
        if self._clock.monotonic() - self._written >= self._rhythm.write:
            self.write()

    def _run(self) -> None:
        self.tick()
        while not self._closing.wait(self._rhythm.look):
            self.tick()
