"""Days as people type them, and ages and spans counted by the calendar."""

from __future__ import annotations

import calendar
import re
from datetime import date

from villagedesk.domain.typed_text import fold_digits

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|([0-9]{2})([0-9]{2}))")
_SIGNS = str.maketrans("./年月", "----", "日 \t\u3000")


class NoDate(ValueError):
    """What was typed is no day.

    Args:
        typed: as it was understood; "" where it has not even the shape of a date.
    """

    def __init__(self, typed: str = "") -> None:
        super().__init__(typed or "no date")
        self.typed = typed


def read_date(typed: str) -> date:
    """A day typed as ``2026-11-23``, ``2026.11.23``, ``2026/11/23``, ``2026年11月23日`` or ``20261123``, in digits of
    either width.

    Raises:
        NoDate: with ``typed`` "" for another shape, else for a day no calendar has.
    """
    plain = fold_digits(typed).translate(_SIGNS).strip("-")
    found = _DATE.fullmatch(plain)
    if not found:
        raise NoDate
    year, month, day, short_month, short_day = found.groups()
    try:
        return date(int(year), int(month or short_month), int(day or short_day))
    except ValueError:
        raise NoDate(plain) from None


def full_years(born: date, day: date) -> int:
    """Age 周岁 on a day, reached on the birthday (on 1 March for who was born on 29 February, in other years)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_later(day: date, months: int) -> date:
    """The same day so many months later, the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
