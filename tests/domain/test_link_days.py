"""Time split at midnight in Shanghai: nothing lost, nothing on another day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.link_days import LinkDay, split_by_day

moments = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1), timezones=st.just(UTC))


@given(moments, st.timedeltas(timedelta(), timedelta(days=3)))
def test_the_parts_make_the_whole_and_lie_on_their_days(since: datetime, length: timedelta) -> None:
    parts = list(split_by_day(since, since + length))
    assert abs(sum(seconds for _, seconds in parts) - length.total_seconds()) < 1e-3
    assert all(0 < seconds <= 86_400 for _, seconds in parts)
    days = [day for day, _ in parts]
    first, last = since.astimezone(SHANGHAI).date(), (since + length).astimezone(SHANGHAI).date()
    wanted = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert days == wanted or days == wanted[:-1]  # a time that ends at midnight has nothing on the day after
    assert all(seconds == 86_400 for _, seconds in parts[1:-1])


def test_midnight_is_that_of_shanghai() -> None:
    since = datetime(2026, 11, 30, 15, 59, 30, tzinfo=UTC)  # 23:59:30 in Shanghai
    parts = [(date(2026, 11, 30), 30.0), (date(2026, 12, 1), 15.0)]
    assert list(split_by_day(since, since + timedelta(seconds=45))) == parts


def test_a_time_that_ends_before_it_began_is_none() -> None:
    since = datetime(2026, 11, 30, tzinfo=UTC)
    assert list(split_by_day(since, since - timedelta(hours=1))) == []


def test_a_day_nobody_looked_has_no_share() -> None:
    assert LinkDay(date(2026, 11, 23), 0, 0).share is None
    assert LinkDay(date(2026, 11, 23), 400, 100).share == 0.25
