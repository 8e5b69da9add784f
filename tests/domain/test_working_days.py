"""Limits in working and natural days against dates counted by hand on the State Council's notices."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.holidays import CALENDAR
from villagedesk.domain.working_days import (
    Calendar,
    NoCalendar,
    after_natural_days,
    after_working_days,
    working_days_between,
)

# start, working days, last day; each counted by hand on the year's notice
WORKING = [
    # 国办发明电〔2023〕7号: 春节 10-17 Feb off, Sundays 4 and 18 Feb worked; 9 Feb (除夕) is an ordinary Friday
    ("2024-02-08", 5, "2024-02-21"),  # 9, (10-17 off) 18, 19, 20, 21
    ("2024-02-04", 5, "2024-02-09"),  # received on a make-up Sunday: 5, 6, 7, 8, 9
    ("2024-02-02", 1, "2024-02-04"),  # Friday; the Sunday is worked
    # 清明 4-6 Apr off, Sunday 7 Apr worked
    ("2024-04-03", 5, "2024-04-11"),  # 7, 8, 9, 10, 11
    # 劳动节 1-5 May off, Sunday 28 Apr and Saturday 11 May worked
    ("2024-04-26", 2, "2024-04-29"),  # 28, 29
    ("2024-04-30", 5, "2024-05-10"),  # 6, 7, 8, 9, 10
    ("2024-04-30", 6, "2024-05-11"),  # … and the Saturday
    # 端午 Monday 10 June, with the weekend before it
    ("2024-06-07", 1, "2024-06-11"),
    # 中秋 15-17 Sep off, Saturday 14 Sep worked
    ("2024-09-13", 5, "2024-09-23"),  # 14, 18, 19, 20, 23
    # 国庆 1-7 Oct off, Sunday 29 Sep and Saturday 12 Oct worked
    ("2024-09-30", 5, "2024-10-12"),  # 8, 9, 10, 11, 12
    ("2024-09-27", 2, "2024-09-30"),  # 29, 30
    # over New Year, 国办发明电〔2024〕12号: only Wednesday 1 Jan off
    ("2024-12-30", 5, "2025-01-07"),  # 31, 2, 3, 6, 7
    # 春节 28 Jan-4 Feb off, Sunday 26 Jan and Saturday 8 Feb worked
    ("2025-01-24", 5, "2025-02-07"),  # 26, 27, 5, 6, 7
    ("2025-01-24", 6, "2025-02-08"),
    # 清明 4-6 Apr
    ("2025-04-03", 1, "2025-04-07"),
    # 劳动节 1-5 May, Sunday 27 Apr worked
    ("2025-04-25", 5, "2025-05-06"),  # 27, 28, 29, 30, 6
    # 端午 31 May-2 June
    ("2025-05-30", 1, "2025-06-03"),
    # 国庆和中秋 1-8 Oct, Sunday 28 Sep and Saturday 11 Oct worked; 20 days of 行政许可法 §42
    ("2025-09-26", 20, "2025-10-30"),  # 28, 29, 30, 9, 10, 11, 13-17, 20-24, 27, 28, 29, 30
    ("2025-10-08", 1, "2025-10-09"),  # received on a holiday
    # over New Year, 国办发明电〔2025〕7号: 1-3 Jan off, Sunday 4 Jan worked
    ("2025-12-31", 5, "2026-01-08"),  # 4, 5, 6, 7, 8
    # 春节 15-23 Feb, Saturdays 14 and 28 Feb worked
    ("2026-02-13", 5, "2026-02-27"),  # 14, 24, 25, 26, 27
    ("2026-02-13", 6, "2026-02-28"),
    # 清明 4-6 Apr
    ("2026-04-03", 1, "2026-04-07"),
    # 劳动节 1-5 May, Saturday 9 May worked
    ("2026-04-30", 5, "2026-05-11"),  # 6, 7, 8, 9, 11
    # 端午 19-21 June
    ("2026-06-18", 2, "2026-06-23"),
    # 中秋 25-27 Sep, Sunday 20 Sep worked
    ("2026-09-18", 5, "2026-09-24"),  # 20, 21, 22, 23, 24
    ("2026-09-18", 6, "2026-09-28"),
    # 国庆 1-7 Oct, Saturday 10 Oct worked
    ("2026-09-30", 5, "2026-10-13"),  # 8, 9, 10, 12, 13
    # ordinary weeks
    ("2026-11-23", 5, "2026-11-30"),
    ("2026-11-23", 20, "2026-12-21"),
    ("2026-11-22", 1, "2026-11-23"),  # received on a Sunday
    ("2026-11-20", 0, "2026-11-20"),  # 即办件: the same day
    ("2026-11-21", 0, "2026-11-21"),  # … also on a Saturday
]

# start, natural days, last day; rolled forward over days off (民法典 §203)
NATURAL = [
    ("2026-11-23", 7, "2026-11-30"),  # a Monday
    ("2026-11-22", 6, "2026-11-30"),  # 28 Nov is a Saturday
    ("2026-09-20", 5, "2026-09-28"),  # 25 Sep: 中秋, off to the 27th
    ("2026-09-11", 15, "2026-09-28"),  # 26 Sep lies in it
    ("2026-01-31", 15, "2026-02-24"),  # 15 Feb: 春节, off to the 23rd
    ("2025-09-01", 30, "2025-10-09"),  # 1 Oct: off to the 8th
    ("2024-09-14", 15, "2024-09-29"),  # a Sunday that is worked
    ("2024-04-27", 30, "2024-05-27"),
    ("2026-04-06", 0, "2026-04-06"),
]

DAYS = st.dates(date(2024, 1, 1), date(2026, 9, 1))


@pytest.mark.parametrize(("start", "days", "last"), WORKING)
def test_working_days_as_counted_by_hand(start: str, days: int, last: str) -> None:
    assert after_working_days(date.fromisoformat(start), days, CALENDAR) == date.fromisoformat(last)


@pytest.mark.parametrize(("start", "days", "last"), NATURAL)
def test_natural_days_as_counted_by_hand(start: str, days: int, last: str) -> None:
    assert after_natural_days(date.fromisoformat(start), days, CALENDAR) == date.fromisoformat(last)


@given(DAYS, st.integers(0, 60))
def test_a_limit_ends_on_a_working_day_with_exactly_so_many_in_it(start: date, days: int) -> None:
    last = after_working_days(start, days, CALENDAR)
    assert last >= start + timedelta(days=days * 5 // 7 - 2)
    assert working_days_between(start, last, CALENDAR) == days
    assert days == 0 or CALENDAR.is_working(last)
    assert after_working_days(start, days + 1, CALENDAR) > last


@given(DAYS, st.integers(1, 60))
def test_natural_days_never_end_early_nor_on_a_day_off(start: date, days: int) -> None:
    last = after_natural_days(start, days, CALENDAR)
    assert last >= start + timedelta(days=days)
    assert CALENDAR.is_working(last)
    between = start + timedelta(days=days)
    while between < last:
        assert not CALENDAR.is_working(between)
        between += timedelta(days=1)


@given(DAYS, DAYS, st.integers(0, 30))
def test_who_hands_in_later_has_no_earlier_end(one: date, other: date, days: int) -> None:
    first, second = sorted((one, other))
    for after in (after_working_days, after_natural_days):
        assert days == 0 or after(first, days, CALENDAR) <= after(second, days, CALENDAR)


@given(DAYS, DAYS)
def test_days_between_count_the_same_both_ways(one: date, other: date) -> None:
    assert working_days_between(one, other, CALENDAR) == -working_days_between(other, one, CALENDAR)


@pytest.mark.parametrize("count", [after_working_days, after_natural_days])
def test_a_year_without_notice_is_told_not_guessed(count: object) -> None:
    assert callable(count)
    with pytest.raises(NoCalendar) as told:
        count(date(2026, 12, 20), 20, CALENDAR)
    assert (told.value.year, told.value.key) == (2027, "domain.calendar.no_year")
    with pytest.raises(NoCalendar):
        Calendar().is_working(date(2026, 11, 23))


@pytest.mark.parametrize("days", [-1, 100_000])
def test_a_limit_nobody_sets_is_refused(days: int) -> None:
    for count in (after_working_days, after_natural_days):
        with pytest.raises(ValueError, match="no limit"):
            count(date(2026, 1, 5), days, CALENDAR)
