"""The PC's clock against what was recorded last: a PC whose battery is empty wakes up years ago, gives numbers of that
day and counts every limit from it (design: decision 14). Nothing is hindered by it; it is told until the clock is set.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.views import FieldTrouble, Sentence
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.repositories import Store

_LEAST = timedelta(minutes=10)
"""A clock that is put right by some minutes is nothing to be told of."""


class ClockWatch:
    """Tells when the PC's clock is before the last thing recorded here, unless the acceptance system says that it is
    right: then it was wrong before."""

    def __init__(self, store: Store, clock: Clock, link: LinkWords) -> None:
        self._store = store
        self._clock = clock
        self._link = link

    def warning(self) -> Sentence | None:
        """A sentence when it is, None otherwise."""
        newest = self._store.read(lambda snapshot: snapshot.newest_change())
        now = self._clock.now()
        if newest is None or newest - now < _LEAST or self._link.clock_agrees():
            return None
        params = {"now": _said(now), "last": _said(newest)}
        return Sentence("desk.clock_behind", params, "bad")

    def in_short(self) -> Sentence | None:
        """The warning in a few words, for the status line."""
        return Sentence("desk.clock_behind_short", {}, "bad")

    def troubles(self) -> tuple[FieldTrouble, ...]:
        """The warning as a trouble that belongs to no field and hinders nothing."""
        sentence = self.warning()
        return (FieldTrouble("", sentence, blocking=False),) if sentence is not None else ()


def _said(moment: datetime) -> Sentence:
    local = moment.astimezone(SHANGHAI)
    day = {"year": local.year, "month": local.month, "day": local.day}
    return Sentence("desk.moment", {**day, "time": f"{local:%H:%M}"})
