"""The holidays the law clocks count by: the program's years, those read in from a file here, and the county's.

Next year's notice comes out in November, the county's next catalogue perhaps later, and many stations get none over the
wire: so a file by itself is enough. What the county signed wins over it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from villagedesk.catalogue.calendar import year_of
from villagedesk.catalogue.checked_table import CheckedTable, read_raw
from villagedesk.desk.acting import Acting
from villagedesk.desk.items import Items
from villagedesk.desk.news import News
from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.working_days import Calendar, YearOff

_KEPT = "calendar.years"
_LARGEST = 64 * 1024
"""Bytes of a file; a year takes two thousand."""


@dataclass(frozen=True)
class HolidayYear:
    """Whether there is data for a year, and by which notice."""

    year: int
    sentence: Sentence


class Holidays:
    """Calls may block and come from several threads.

    Raises:
        Problem: ``catalogue.bad_file`` when what was kept cannot be read.
    """

    def __init__(self, store: Store, clock: Clock, items: Items, news: News, acting: Acting) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._news = news
        self._acting = acting
        self._read_in = dict(map(_checked, store.read(_kept).values()))

    def calendar(self) -> Calendar:
        """The years there is data for, as they are now."""
        return self._items.program_calendar().with_years({**self._read_in, **self._items.county_years()})

    def years(self) -> tuple[HolidayYear, ...]:
        """This year and the next one."""
        this = self._clock.now().astimezone(SHANGHAI).year
        known = self.calendar().years
        return tuple(HolidayYear(year, _sentence(year, known.get(year))) for year in (this, this + 1))

    def install_file(self, file: Path) -> int:
        """Read a year in from a file of :mod:`villagedesk.catalogue.calendar`; gives the year.

        Raises:
            InputProblem: ``items.no_file`` (``name``), ``catalogue.unreadable``, ``catalogue.bad_file``: nothing was
                changed.
        """
        self._acting.need(Right.WORK)
        try:
            if file.stat().st_size > _LARGEST:
                raise InputProblem("catalogue.unreadable", file=file.name)
            raw = read_raw(file)
            year, off = year_of(CheckedTable(file.name, raw))
        except OSError:
            raise InputProblem("items.no_file", name=file.name) from None
        except InputProblem:
            raise
        except Problem as problem:
            raise InputProblem(problem.key, field="", **problem.params) from None

        def work(transaction: Transaction) -> None:
            kept = {**_kept(transaction), str(year): dict(raw)}
            transaction.put_setting(_KEPT, json.dumps(kept, ensure_ascii=False, sort_keys=True))
            detail = {"year": str(year), "source": off.source}
            event = CaseEvent(STATION, self._clock.now(), self._acting.clerk, Deed.CALENDAR_INSTALLED, detail=detail)
            transaction.append_event(event)

        self._store.write(work).result()
        self._read_in = {**self._read_in, year: off}
        self._news.tell("items", "cases")
        return year


def _kept(snapshot: Snapshot) -> dict[str, Mapping[str, object]]:
    kept: dict[str, Mapping[str, object]] = json.loads(snapshot.setting(_KEPT) or "{}")
    return kept


def _checked(raw: Mapping[str, object]) -> tuple[int, YearOff]:
    return year_of(CheckedTable(_KEPT, raw))


def _sentence(year: int, off: YearOff | None) -> Sentence:
    if off is None:
        return Sentence("items.holidays.missing", {"year": year}, "warn")
    key = "known" if off.source else "known_by_program"
    return Sentence(f"items.holidays.{key}", {"year": year, "source": off.source}, "good")
