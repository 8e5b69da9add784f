"""A day as the clerk typed it, of something that has happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from villagedesk.domain.case import Case
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.domain.problems import InputProblem


def typed_day(typed: str, first: date, today: date) -> date:
    """The day; today where nothing was typed.

    Args:
        first: it cannot have been before.

    Raises:
        InputProblem: ``day.unknown``, ``day.future``, ``day.before`` (``first``) with the field ``on``.
    """
    if not typed.strip():
        return today
    try:
        day = read_date(typed)
    except NoDate:
        raise InputProblem("day.unknown", field="on") from None
    if day > today:
        raise InputProblem("day.future", field="on")
    if day < first:
        raise InputProblem("day.before", field="on", first=first.isoformat())
    return day


def first_day_of(case: Case) -> date:
    """The day its papers were taken in; no day of it lies before."""
    return date.min if case.received_at is None else case.received_at.astimezone(SHANGHAI).date()


def some_moment_of(day: date, now: datetime) -> datetime:
    """Some moment of that day in Shanghai, never one to come."""
    return min(datetime.combine(day, time(12), SHANGHAI).astimezone(UTC), now)
