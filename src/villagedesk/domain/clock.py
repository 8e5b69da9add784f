"""Time as the rules see it: injected everywhere, stored in UTC, law clocks in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_LENGTH = len("2026-11-23T01:02:03.000004Z")


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The wall time, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, from no particular start."""


def utc_text(moment: datetime) -> str:
    """An aware moment as sortable ISO 8601 text in UTC with microseconds, e.g. ``2026-11-23T01:02:03.000004Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def midnight(day: date) -> datetime:
    """The moment a day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def moment_of(text: str) -> datetime:
    """The moment behind :func:`utc_text`. Raises ValueError on anything else."""
    # several times as fast as strptime: a list of cases holds thousands of them
    if len(text) != _LENGTH or text[10] != "T" or text[5] == "W" or not text.endswith("Z"):
        raise ValueError("no moment as it is stored")
    return datetime.fromisoformat(text)
