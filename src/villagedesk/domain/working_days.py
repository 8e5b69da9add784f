"""Counting working days 工作日 and natural days, with the national holidays and their make-up working days.

Which days are off is data (``catalogue/calendar.py``); a year without data is told, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from villagedesk.domain.problems import Problem

_SATURDAY = 5
_LONGEST_DAYS = 3660
_ONE_DAY = timedelta(days=1)


class NoCalendar(Problem):
    """The State Council's notice of that year's holidays is not among the data."""

    def __init__(self, year: int) -> None:
        super().__init__("domain.calendar.no_year", year=year)
        self.year = year


@dataclass(frozen=True)
class YearOff:
    """What the State Council's notice says of one year 部分节假日安排.

    Args:
        source: the notice, e.g. 国办发明电〔2025〕7号; "" where the program knew the year by itself.
        holidays: days off, weekends among them or not.
        workdays: weekend days worked instead 调休上班.
    """

    source: str
    holidays: frozenset[date]
    workdays: frozenset[date]


@dataclass(frozen=True)
class Calendar:
    """The years there is data for."""

    years: Mapping[int, YearOff] = field(default_factory=dict)
    _counted: dict[int, list[int]] = field(default_factory=dict, compare=False, repr=False)

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day. Raises NoCalendar for a year without data."""
        year = self.years.get(day.year)
        if year is None:
            raise NoCalendar(day.year)
        if day in year.workdays:
            return True
        return day.weekday() < _SATURDAY and day not in year.holidays

    def working_until(self, day: date) -> int:
        """Working days of that year up to and with that day; a year is counted once. Raises NoCalendar."""
        counted = self._counted.get(day.year)
        if counted is None:
            first = date(day.year, 1, 1)
            days = (first + number * _ONE_DAY for number in range((date(day.year, 12, 31) - first).days + 1))
            counted = self._counted[day.year] = list(accumulate(self.is_working(one) for one in days))
        return counted[day.timetuple().tm_yday - 1]

    def with_years(self, others: Mapping[int, YearOff]) -> Calendar:
        """This one with other years put in, or in the place of those it has."""
        return Calendar({**self.years, **others})


def after_working_days(start: date, days: int, calendar: Calendar) -> date:
    """The last day of a limit in working days; the day of receipt is not counted (民法典 §201, 行政许可法 §82).

    Args:
        start: the day of receipt.
        days: 0 is the same day.

    Raises:
        NoCalendar: when the limit reaches into a year without data.
        ValueError: for a limit nobody sets.
    """
    _check(days)
    day = start
    while days:
        day += _ONE_DAY
        days -= calendar.is_working(day)
    return day


def after_natural_days(start: date, days: int, calendar: Calendar) -> date:
    """The last day of a limit in natural days, rolled forward where it ends on a day off (民法典 §203).

    Raises:
        NoCalendar: when the end lies in a year without data.
        ValueError: for a limit nobody sets.
    """
    _check(days)
    day = start + timedelta(days=days)
    while days and not calendar.is_working(day):
        day += _ONE_DAY
    return day


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after ``start`` up to and with ``end``; negative when ``end`` lies before. Raises NoCalendar."""
    if end < start:
        return -working_days_between(end, start, calendar)
    if end == start:
        return 0
    first = start + _ONE_DAY
    whole = sum(calendar.working_until(date(year, 12, 31)) for year in range(first.year, end.year))
    return whole + calendar.working_until(end) - calendar.working_until(first) + calendar.is_working(first)


def _check(days: int) -> None:
    if not 0 <= days <= _LONGEST_DAYS:
        raise ValueError(f"no limit has {days} days")
