"""How long the link was there, day by day: time split at midnight in Shanghai."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from villagedesk.domain.clock import SHANGHAI, midnight

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LinkDay:
    """One day in Shanghai.

    Args:
        watched_seconds: for how long the program looked at the link.
        up_seconds: for how long of it the acceptance system answered.
    """

    day: date
    watched_seconds: int
    up_seconds: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where nobody looked."""
        return min(1.0, self.up_seconds / self.watched_seconds) if self.watched_seconds else None


class LinkDayReads(Protocol):
    """The part of a snapshot that tells of it."""

    def link_days(self, first: date, last: date) -> Sequence[LinkDay]:
        """The days from the first to the last of which something was noted, in their order."""


class LinkDayWrites(Protocol):
    """The part of a transaction that keeps it."""

    def add_link_time(self, time: LinkDay) -> None:
        """Add to what was noted of that day."""


def split_by_day(since: datetime, until: datetime) -> Iterator[tuple[date, float]]:
    """The days a time lies on, in Shanghai, and how many seconds of it lie on each; nothing when it ends before it
    began."""
    begins, ends = since.astimezone(SHANGHAI), until.astimezone(SHANGHAI)
    while begins < ends:
        stop = min(midnight(begins.date() + _ONE_DAY), ends)
        yield begins.date(), (stop - begins).total_seconds()
        begins = stop
