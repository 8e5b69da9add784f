"""Noon of one day in the village, for tests and screenshots: what today shows does not hang on the day they run."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from types import ModuleType

import pytest

from villagedesk.app import system_clock
from villagedesk.domain.clock import SHANGHAI
from villagedesk.ui import months, top_line
from villagedesk.ui.settings import log

_TO_NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI) - datetime.now(SHANGHAI)
"""In December, next year's holidays stand among what is to be done; and at midnight a day ends between what is done and
what is shown."""


class _OneDay(datetime):
    passed = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + _TO_NOON + cls.passed


def days_pass(patched: pytest.MonkeyPatch, days: int) -> None:
    """So many days later."""
    time_passes(patched, timedelta(days=days))


def time_passes(patched: pytest.MonkeyPatch, time: timedelta) -> None:
    """So much later; earlier where it is negative."""
    patched.setattr(_OneDay, "passed", _OneDay.passed + time)


def begin_at_noon(patched: pytest.MonkeyPatch, *more: ModuleType) -> None:
    """From now on the program's clock and screens, and those modules, go on from noon of that day."""
    for module in (system_clock, log, months, top_line, *more):
        patched.setattr(module, "datetime", _OneDay)
