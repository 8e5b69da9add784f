"""The calendar of working days: chinesecalendar's years, and files for the years it does not know yet.

A file is written from the State Council's yearly notice, so that a mistake can be mended, and next year added, without
a new program. It comes in the county's catalogue (``calendar/<year>.toml``) or by itself::

    year = 2027
    source = "国办发明电〔2026〕…号"
    holidays = ["2027-01-01"]      # every day off that the notice names, weekends among them
    workdays = ["2027-02-14"]      # weekend days worked instead
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.domain.working_days import YearOff

_FIRST_YEAR, _LAST_YEAR = 2004, 2100
_SATURDAY = 5
_MOST_DAYS = 80
_ALWAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
_FEWEST_DAYS = 11
"""全国年节及纪念日放假办法 §2: eleven days, from 2025 on thirteen; the notice names more, with weekends."""


def year_of(table: CheckedTable) -> tuple[int, YearOff]:
    """One year, from a file or a package.

    Raises:
        Problem: ``catalogue.bad_file``: a date of another year, given twice, a make-up day that is no weekend day, or
            fewer holidays than the law gives: half a notice would make limits too short without a word.
    """
    year = table.whole_number("year", at_least=_FIRST_YEAR)
    if year > _LAST_YEAR:
        raise table.bad("year")
    source = table.text("source")
    holidays = _days(table, "holidays", year)
    workdays = _days(table, "workdays", year)
    table.finish()
    if len(holidays) < _FEWEST_DAYS or any(date(year, *day) not in holidays for day in _ALWAYS_OFF):
        raise table.bad("holidays")
    if holidays & workdays or any(day.weekday() < _SATURDAY for day in workdays):
        raise table.bad("workdays")
    return year, YearOff(source, holidays, workdays)


def _days(table: CheckedTable, entry: str, year: int) -> frozenset[date]:
    texts = table.texts(entry)
    try:
        days = frozenset(date.fromisoformat(text) for text in texts)
    except ValueError:
        raise table.bad(entry) from None
    if len(days) != len(texts) or len(days) > _MOST_DAYS or any(day.year != year for day in days):
        raise table.bad(entry)
    return days


def library_years() -> Mapping[int, YearOff]:
    """The years chinesecalendar knows."""
    # not needed before the first window
    from chinese_calendar import constants  # noqa: PLC0415

    holidays, workdays = frozenset(constants.holidays), frozenset(constants.workdays)
    return {
        year: YearOff(
            "",
            frozenset(day for day in holidays if day.year == year),
            frozenset(day for day in workdays if day.year == year),
        )
        for year in {day.year for day in holidays}
    }
