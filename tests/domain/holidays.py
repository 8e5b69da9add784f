"""The holidays of three years as the State Council's notices have them, written down by hand from the notices:

2024 国办发明电〔2023〕7号, 2025 国办发明电〔2024〕12号, 2026 国办发明电〔2025〕7号 (关于部分节假日安排的通知).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from villagedesk.domain.working_days import Calendar, YearOff


def _days(year: int, *spans: str) -> Iterator[date]:
    """Days of spans such as ``"2.10-2.17"`` or ``"6.10"``."""
    for span in spans:
        first, _, last = span.partition("-")
        day, end = _day(year, first), _day(year, last or first)
        while day <= end:
            yield day
            day += timedelta(days=1)


def _day(year: int, text: str) -> date:
    month, day = text.split(".")
    return date(year, int(month), int(day))


def _year(year: int, source: str, off: tuple[str, ...], worked: tuple[str, ...]) -> YearOff:
    return YearOff(source, frozenset(_days(year, *off)), frozenset(_days(year, *worked)))


NOTICES = {
    2024: _year(
        2024,
        "国办发明电〔2023〕7号",
        # 元旦, 春节, 清明, 劳动节, 端午, 中秋, 国庆
        ("1.1", "2.10-2.17", "4.4-4.6", "5.1-5.5", "6.10", "9.15-9.17", "10.1-10.7"),
        ("2.4", "2.18", "4.7", "4.28", "5.11", "9.14", "9.29", "10.12"),
    ),
    2025: _year(
        2025,
        "国办发明电〔2024〕12号",
        # 元旦, 春节, 清明, 劳动节, 端午, 国庆和中秋
        ("1.1", "1.28-2.4", "4.4-4.6", "5.1-5.5", "5.31-6.2", "10.1-10.8"),
        ("1.26", "2.8", "4.27", "9.28", "10.11"),
    ),
    2026: _year(
        2026,
        "国办发明电〔2025〕7号",
        # 元旦, 春节, 清明, 劳动节, 端午, 中秋, 国庆
        ("1.1-1.3", "2.15-2.23", "4.4-4.6", "5.1-5.5", "6.19-6.21", "9.25-9.27", "10.1-10.7"),
        ("1.4", "2.14", "2.28", "5.9", "9.20", "10.10"),
    ),
}
CALENDAR = Calendar(NOTICES)
