"""The calendar of working days: chinesecalendar's years, and data files for the years it does not know yet.

A file ``<year>.toml`` is written from the State Council's yearly notice and wins over the library, so that a mistake
can be mended, and next year added, without a new program::

    year = 2027
    source = "国办发明电〔2026〕…号"
    holidays = ["2027-01-01"]
    workdays = []
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from villagedesk.catalogue.checked_table import CheckedTable, read_toml
from villagedesk.domain.working_days import Calendar, YearOff

_FIRST_YEAR, _LAST_YEAR = 2004, 2100
_SATURDAY = 5
_MOST_DAYS = 80


def load_calendar(folder: Path) -> Calendar:
    """Every year there is data for.

    Args:
        folder: holds the data files; it need not be there.

    Raises:
        Problem: ``catalogue.unreadable``, ``catalogue.bad_file`` (``file``, ``entry``).
    """
    found: dict[int, YearOff] = {}
    for file in sorted(folder.glob("*.toml")):
        year, off = year_of(read_toml(file))
        found[year] = off
    return Calendar(_known_years()).with_years(found)


def year_of(table: CheckedTable) -> tuple[int, YearOff]:
    """One year, from a file or a package.

    Raises:
        Problem: ``catalogue.bad_file``: a date of another year, given twice, or a make-up day that is no weekend day.
    """
    year = table.whole_number("year", at_least=_FIRST_YEAR)
    if year > _LAST_YEAR:
        raise table.bad("year")
    source = table.text("source")
    holidays = _days(table, "holidays", year)
    workdays = _days(table, "workdays", year)
    table.finish()
    if not holidays:
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


def _known_years() -> Mapping[int, YearOff]:
    # not needed before the first window
    from chinese_calendar import constants  # noqa: PLC0415

    holidays, workdays = frozenset(constants.holidays), frozenset(constants.workdays)
    return {
        year: YearOff(
            "chinesecalendar",
            frozenset(day for day in holidays if day.year == year),
            frozenset(day for day in workdays if day.year == year),
        )
        for year in {day.year for day in holidays}
    }
