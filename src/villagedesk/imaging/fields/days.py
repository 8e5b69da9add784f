"""Days as papers print them."""

from __future__ import annotations

import re
from datetime import date

_CHINESE = re.compile(r"([12][0-9]{3})年([01]?[0-9])月([0-3]?[0-9])日?")
_POINTED = re.compile(r"([12][0-9]{3})[.\-/,:·]([01]?[0-9])[.\-/,:·]([0-3]?[0-9])(?![0-9])")
_LIKE_DIGITS = str.maketrans("OoIl|", "00111")


def day_in(text: str) -> str:
    """The first day a text names, ISO; "" where there is none, or none that a calendar has."""
    plain = text.translate(_LIKE_DIGITS)
    for shape in (_CHINESE, _POINTED):
        for match in shape.finditer(plain):
            day = _day(*match.groups())
            if day:
                return day
    return ""


def span_in(text: str, for_ever: str) -> tuple[str, str] | None:
    """From when until when, ISO, of ``2015.01.01-2035.01.01``, also where points were not read.

    Args:
        for_ever: what stands in place of the second day on a card that does not expire; given back as it is.
    """
    plain = text.translate(_LIKE_DIGITS)
    digits = "".join(char for char in plain if char.isdigit())
    first = _day(digits[:4], digits[4:6], digits[6:8])
    if not first:
        return None
    if len(digits) == 8 and for_ever in plain:
        return first, for_ever
    second = _day(digits[8:12], digits[12:14], digits[14:16]) if len(digits) == 16 else ""
    return (first, second) if second else None


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
