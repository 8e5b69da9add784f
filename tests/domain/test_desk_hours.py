"""When the window was open, as its log says: pauses left out, crashes said, nothing counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.audit import Deed
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.desk_hours import CLOSES, OPENS, DoorLine, desk_days

IN, OUT, LOCK, UNLOCK = Deed.SIGNED_IN, Deed.SIGNED_OUT, Deed.LOCKED, Deed.UNLOCKED


def line(day: int, time: str, deed: Deed, actor: str = "王会计") -> DoorLine:
    """One of November 2026, in Shanghai's time."""
    hour, minute = map(int, time.split(":"))
    return DoorLine(datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC), actor, deed)


def clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(SHANGHAI):%d %H:%M}"


def test_a_day_with_a_pause_and_somebody_else_after_it() -> None:
    lines = [line(23, "08:30", IN), line(23, "11:30", LOCK), line(23, "14:00", UNLOCK), line(23, "15:00", OUT)]
    lines += [line(23, "15:10", IN, "李文书"), line(23, "17:40", OUT, "李文书")]
    (day,) = desk_days(lines, None)
    assert day.day == date(2026, 11, 23)
    assert (clock(day.opened), clock(day.closed)) == ("23 08:30", "23 17:40")
    assert day.people == ("王会计", "李文书")
    assert day.minutes == 180 + 60 + 150
    assert not day.broken_off and not day.open_now


def test_a_day_that_was_not_closed_in_order_says_so_and_counts_what_is_known() -> None:
    lines = [line(23, "08:30", IN), line(23, "10:00", LOCK), line(23, "10:30", UNLOCK)]  # the power is cut
    lines += [line(24, "08:00", IN), line(24, "08:20", OUT)]
    first, second = desk_days(lines, None)
    assert first.broken_off and first.minutes == 90 and clock(first.closed) == "23 10:00"
    assert not second.broken_off and second.minutes == 20


def test_a_day_that_was_never_closed_has_no_closing() -> None:
    (day,) = desk_days([line(23, "08:30", IN)], None)
    assert day.broken_off and day.closed is None and day.minutes == 0


def test_what_is_open_now_is_no_crash() -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
    (day,) = desk_days([line(23, "08:30", IN)], now)
    assert day.open_now and not day.broken_off and day.closed is None and day.minutes == 90


def test_over_midnight_it_is_open_on_both_days() -> None:
    first, second = desk_days([line(23, "23:00", IN), line(24, "00:30", OUT)], None)
    assert (first.minutes, clock(first.closed)) == (60, "24 00:00")
    assert (second.minutes, clock(second.opened), clock(second.closed)) == (30, "24 00:00", "24 00:30")


def test_a_lock_that_follows_a_lock_closes_nothing_twice() -> None:
    lines = [line(23, "08:00", IN), line(23, "09:00", LOCK), line(23, "10:00", OUT)]
    (day,) = desk_days(lines, None)
    assert day.minutes == 60 and clock(day.closed) == "23 09:00" and not day.broken_off


def test_a_clock_that_was_set_back_counts_no_hour_twice() -> None:
    lines = [line(23, "08:00", IN), line(23, "10:00", OUT), line(23, "09:00", IN), line(23, "11:00", OUT)]
    (day,) = desk_days(lines, None)
    assert day.minutes == 180
    (day,) = desk_days([line(23, "10:00", IN), line(23, "09:00", OUT)], None)
    assert day.broken_off and day.minutes == 0


def test_a_pc_that_slept_over_the_weekend_was_open_until_it_was_left() -> None:
    monday = line(23, "08:03", LOCK)
    friday = line(20, "17:40", LOCK).at
    (day,) = desk_days([line(20, "08:00", IN), replace(monday, left=friday)], None)
    assert (clock(day.opened), clock(day.closed)) == ("20 08:00", "20 17:40")
    assert day.minutes == 9 * 60 + 40 and not day.broken_off
    # as it was written before anybody knew of it
    assert [day.minutes for day in desk_days([line(20, "08:00", IN), monday], None)] == [960, 1440, 1440, 483]


def test_left_before_it_was_opened_tells_nothing() -> None:
    lock = replace(line(23, "12:00", LOCK), left=line(23, "09:30", LOCK).at)  # the clock was set back, and it slept
    (day,) = desk_days([line(23, "10:00", IN), lock], None)
    assert day.broken_off and day.minutes == 0


START = datetime(2026, 11, 1, tzinfo=SHANGHAI)
lines_of_any = st.lists(
    st.tuples(st.timedeltas(timedelta(hours=-3), timedelta(days=2)), st.sampled_from([*OPENS, *CLOSES]), st.booleans()),
    max_size=12,
)


def _in_a_row(steps: list[tuple[timedelta, Deed, bool]]) -> list[DoorLine]:
    at, lines = START, list[DoorLine]()
    for step, deed, other in steps:
        at += step
        lines.append(DoorLine(at, "乙" if other else "甲", deed))
    return lines


@given(lines_of_any)
def test_whatever_is_written_no_day_is_longer_than_a_day(steps: list[tuple[timedelta, Deed, bool]]) -> None:
    lines = _in_a_row(steps)
    found = desk_days(lines, None)
    assert [day.day for day in found] == sorted({day.day for day in found})
    for day in found:
        assert 0 <= day.minutes <= 24 * 60
        assert day.people and day.opened.astimezone(SHANGHAI).date() == day.day
        assert day.closed is None or day.opened <= day.closed
    opened_on = {one.at.astimezone(SHANGHAI).date() for one in lines if one.deed in OPENS}
    assert opened_on <= {day.day for day in found}


@given(
    st.lists(st.tuples(st.integers(1, 600), st.integers(1, 600)), min_size=1, max_size=40),
)
def test_times_closed_in_order_are_all_counted(spells: list[tuple[int, int]]) -> None:
    at, lines, total = START, list[DoorLine](), 0
    for pause, length in spells:
        at += timedelta(minutes=pause)
        lines.append(DoorLine(at, "甲", UNLOCK))
        at += timedelta(minutes=length)
        lines.append(DoorLine(at, "甲", LOCK))
        total += length
    found = desk_days(lines, None)
    assert sum(day.minutes for day in found) == total
    assert not any(day.broken_off for day in found)


@given(st.lists(st.tuples(*[st.integers(1, 6000)] * 3), min_size=1, max_size=20))
def test_no_time_asleep_is_counted(spells: list[tuple[int, int, int]]) -> None:
    at, lines, awake = START, list[DoorLine](), 0
    for pause, length, asleep in spells:
        at += timedelta(minutes=pause)
        lines.append(DoorLine(at, "甲", UNLOCK))
        left = at + timedelta(minutes=length)
        at = left + timedelta(minutes=asleep)
        lines.append(DoorLine(at, "甲", LOCK, left))
        awake += length
    assert sum(day.minutes for day in desk_days(lines, None)) == awake
