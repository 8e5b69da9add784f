"""How long the link was there, day by day, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from villagedesk.domain.link_days import LinkDay
from villagedesk.store.schema import LINK_DAYS

_ADD = insert(LINK_DAYS)
_ADD = _ADD.on_conflict_do_update(
    index_elements=["day"],
    set_={name: LINK_DAYS.c[name] + _ADD.excluded[name] for name in ("watched_seconds", "up_seconds")},
)


class SqlLinkDayReads:
    """The part of the domain's Snapshot that tells of it.

    Args:
        connection: in a transaction.
    """

    connection: Connection

    def link_days(self, first: date, last: date) -> Sequence[LinkDay]:
        """The days from the first to the last of which something was noted, in their order."""
        within = LINK_DAYS.c.day.between(first.isoformat(), last.isoformat())
        chosen = select(LINK_DAYS).where(within).order_by(LINK_DAYS.c.day)
        return [
            LinkDay(date.fromisoformat(row.day), row.watched_seconds, row.up_seconds)
            for row in self.connection.execute(chosen)
        ]


class SqlLinkDayWrites:
    """The part of the domain's Transaction that keeps it."""

    connection: Connection

    def add_link_time(self, time: LinkDay) -> None:
        """Add to what was noted of that day."""
        values = {
            "day": time.day.isoformat(),
            "watched_seconds": time.watched_seconds,
            "up_seconds": time.up_seconds,
        }
        self.connection.execute(_ADD, values)
