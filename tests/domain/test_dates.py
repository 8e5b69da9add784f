"""Days as typed, ages and spans: expected values read off a calendar."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.dates import NoDate, full_years, months_later, read_date

_READ = (
    ("2026-11-23", date(2026, 11, 23)),
    ("2026.1.3", date(2026, 1, 3)),
    ("2026/01/03", date(2026, 1, 3)),
    ("20260103", date(2026, 1, 3)),
    ("2026年1月3日", date(2026, 1, 3)),
    ("２０２６年１月３日", date(2026, 1, 3)),
    ("2024-02-29", date(2024, 2, 29)),
)


@pytest.mark.parametrize(("typed", "day"), _READ)
def test_a_day_is_read_however_it_is_written(typed: str, day: date) -> None:
    assert read_date(typed) == day


@pytest.mark.parametrize(
    ("typed", "told"),
    [("2026-02-29", "2026-02-29"), ("20261301", "20261301"), ("0000-01-01", "0000-01-01"), ("", ""), ("明天", "")],
)
def test_what_is_no_day_is_told_from_what_is_no_date(typed: str, told: str) -> None:
    with pytest.raises(NoDate) as caught:
        read_date(typed)
    assert caught.value.typed == told


@given(st.text())
def test_anything_typed_is_a_day_or_none(typed: str) -> None:
    with contextlib.suppress(NoDate):
        assert isinstance(read_date(typed), date)


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2008, 11, 23), date(2026, 11, 22), 17),
        (date(2008, 11, 23), date(2026, 11, 23), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 11, 23), date(2026, 11, 23), 0),
    ],
)
def test_age_is_reached_on_the_birthday(born: date, day: date, years: int) -> None:
    assert full_years(born, day) == years


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later
