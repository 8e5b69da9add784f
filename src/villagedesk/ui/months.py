"""Months to choose from, newest first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from villagedesk.domain.clock import SHANGHAI


def today() -> date:
    """In Shanghai."""
    return datetime.now(SHANGHAI).date()


def last_months(count: int) -> tuple[date, ...]:
    """The first days of this month in Shanghai and of those before it."""
    months = [today().replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return tuple(months)


def month_data(first: date) -> str:
    """As a list to choose from keeps it."""
    return f"{first:%Y-%m}"


def month_of(data: str) -> tuple[int, int]:
    """Year and month again."""
    year, _, month = data.partition("-")
    return int(year), int(month)
