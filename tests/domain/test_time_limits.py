"""The law clocks: which run in which state, from when, until when, and what stops them (domain: section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.holidays import CALENDAR
from villagedesk.domain.case import Applicant, Case, CaseEvent, CaseStatus, Material, MaterialState
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.service_item import (
    HandlingMode,
    ItemType,
    MaterialForm,
    ServiceItem,
    StopKind,
    StopRule,
    TimeLimit,
    TimeUnit,
)
from villagedesk.domain.time_limits import ClockKind, LawClock, Nearness, hangs_on_log, law_clocks
from villagedesk.domain.working_days import working_days_between

S = CaseStatus
ITEM = ServiceItem(
    "X-1",
    1,
    "试用事项",
    HandlingMode.SYSTEM,
    ItemType.PROMISED,
    "本村居民",
    "乡政府",
    (),
    promised_limit=TimeLimit(10, TimeUnit.WORKING_DAYS),
    legal_limit=TimeLimit(20, TimeUnit.WORKING_DAYS),
)
PUBLICITY = StopRule(StopKind.PUBLICITY, "公示7天", "《审核确认办法》", 7)
CASE = Case(
    "case", "X-1", 1, "试用事项", HandlingMode.SYSTEM, S.RECEIVED, "王会计",
    datetime(2026, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 23, 1, tzinfo=UTC),
    Applicant("欧阳试用"), revision=1, received_at=datetime(2026, 11, 23, 1, tzinfo=UTC),
)  # fmt: skip


def at(text: str, hour: int = 12) -> datetime:
    """That hour of a day in China."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), SHANGHAI) + timedelta(hours=hour)


def moved(when: str, before: CaseStatus, after: CaseStatus, **detail: str) -> CaseEvent:
    return CaseEvent(
        "case",
        at(when),
        "acceptance_system",
        "change",
        before,
        after,
        {f"value.{name}": text for name, text in detail.items()},
    )


def clocks(
    case: Case, today: str, events: Sequence[CaseEvent] = (), item: ServiceItem | None = ITEM
) -> tuple[LawClock, ...]:
    return law_clocks(case, item, events, date.fromisoformat(today), CALENDAR)


def under_way(accepted: str, status: CaseStatus = S.ACCEPTED, **changes: str) -> Case:
    return replace(CASE, status=status, accepted_at=at(accepted), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [S.RECEIVED, S.SUBMITTED])
def test_the_correction_runs_five_working_days_from_the_receipt_of_the_papers(status: CaseStatus) -> None:
    """行政许可法 §32; I12: from the papers, whether they were sent or not."""
    (clock,) = clocks(replace(CASE, status=status), "2026-11-23")
    assert (clock.kind, clock.start, clock.due) == (ClockKind.CORRECTION, date(2026, 11, 23), date(2026, 11, 30))
    assert (clock.days_left, clock.unit, clock.nearness) == (5, TimeUnit.WORKING_DAYS, Nearness.FAR)


@pytest.mark.parametrize(
    ("today", "left", "nearness"),
    [
        ("2026-11-25", 3, Nearness.FAR),
        ("2026-11-26", 2, Nearness.NEAR),
        ("2026-11-27", 1, Nearness.URGENT),
        ("2026-11-28", 1, Nearness.URGENT),  # a Saturday: the Monday is left
        ("2026-11-30", 0, Nearness.URGENT),
        ("2026-12-01", -1, Nearness.OVER),
        ("2026-12-05", -4, Nearness.OVER),
        ("2026-11-01", 21, Nearness.FAR),  # the PC's clock was set back: the last day stays
    ],
)
def test_green_yellow_red(today: str, left: int, nearness: Nearness) -> None:
    (clock,) = clocks(CASE, today)
    assert (clock.due, clock.days_left, clock.nearness) == (date(2026, 11, 30), left, nearness)


def test_the_day_is_the_one_in_shanghai() -> None:
    """23:30 UTC on Sunday is Monday morning there, wherever the PC thinks it is."""
    late = replace(CASE, received_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert clocks(late, "2026-11-23")[0].start == date(2026, 11, 23)
    early = replace(CASE, received_at=datetime(2026, 11, 22, 15, 59, tzinfo=UTC))
    assert clocks(early, "2026-11-23")[0].due == date(2026, 11, 27)


def test_the_papers_of_a_correction_begin_it_anew_and_nothing_else_does() -> None:
    again = replace(CASE, revision=2)
    taken = moved("2026-11-23", S.DRAFT, S.RECEIVED)
    corrected = [taken, moved("2026-11-25", S.SUBMITTED, S.RETURNED), moved("2026-12-02", S.RETURNED, S.RECEIVED)]
    assert clocks(again, "2026-12-02", corrected)[0].due == date(2026, 12, 9)
    carried = [taken, moved("2026-11-24", S.RECEIVED, S.HANDED_OVER), moved("2026-12-02", S.HANDED_OVER, S.RECEIVED)]
    assert clocks(again, "2026-12-02", carried)[0].due == date(2026, 11, 30)


def test_the_decision_runs_from_the_acceptance_by_the_promise_then_by_the_law() -> None:
    (clock,) = clocks(under_way("2026-11-02"), "2026-11-10")
    assert (clock.kind, clock.due, clock.told) == (ClockKind.DECISION, date(2026, 11, 16), False)
    (lawful,) = clocks(under_way("2026-11-02"), "2026-11-10", item=replace(ITEM, promised_limit=None))
    assert lawful.due == date(2026, 11, 30)
    none = replace(ITEM, promised_limit=None, legal_limit=None)
    assert clocks(under_way("2026-11-02"), "2026-11-10", item=none) == ()
    assert clocks(under_way("2026-11-02"), "2026-11-10", item=None) == ()
    at_once = replace(none, item_type=ItemType.AT_ONCE)
    assert clocks(under_way("2026-11-02"), "2026-11-02", item=at_once)[0].due == date(2026, 11, 2)


def test_what_the_acceptance_system_says_of_the_limit_counts() -> None:
    (clock,) = clocks(under_way("2026-11-02", limit_date="2026-11-28T00:00:00"), "2026-11-27")
    assert (clock.due, clock.told, clock.days_left) == (date(2026, 11, 28), True, 0)


@pytest.mark.parametrize("told", ["2026-12-7", "2026年12月7日", "2026/12/07", "20261207", "2026-12-07 18:00:00"])
def test_a_told_limit_is_read_however_it_is_written(told: str) -> None:
    (clock,) = clocks(under_way("2026-11-02", limit_date=told), "2026-11-10")
    assert (clock.due, clock.told) == (date(2026, 12, 7), True)


@pytest.mark.parametrize("told", ["月底", "2026-02-30", "T"])
def test_a_told_limit_nobody_can_read_is_told_beside_our_own_count(told: str) -> None:
    counted, unread = clocks(under_way("2026-11-02", limit_date=told), "2026-11-10")
    assert (counted.due, counted.told) == (date(2026, 11, 16), False)
    assert (unread.due, unread.told, unread.subject, unread.nearness) == (None, True, told, Nearness.UNKNOWN)


def accepted(day: str, limit: str) -> CaseEvent:
    return replace(moved(day, S.SUBMITTED, S.ACCEPTED), detail={"value.limit_date": limit})


def test_a_stop_after_the_limit_was_told_puts_it_off_by_the_days_it_took() -> None:
    """Told 7 December, 10 working days from 23 November; stopped by a hearing from the 24th to 10 December."""
    told = accepted("2026-11-23", "2026-12-07")
    stop = moved("2026-11-24", S.IN_PROCESS, S.SUSPENDED, stop="hearing")
    resumed = moved("2026-12-10", S.SUSPENDED, S.IN_PROCESS)
    case = under_way("2026-11-23", S.SUSPENDED, limit_date="2026-12-07")
    (stopped,) = clocks(case, "2026-12-09", [told, stop])
    assert (stopped.due, stopped.nearness, stopped.subject) == (None, Nearness.STOPPED, "hearing")
    # told: 24 … 7; counted 24; left out 25 … 10 (12 working days); 11, 14-18, 21-23
    (on,) = clocks(replace(case, status=S.IN_PROCESS), "2026-12-11", [told, stop, resumed])
    assert (on.due, on.told, on.nearness) == (date(2026, 12, 23), True, Nearness.FAR)
    unexplained = moved("2026-11-24", S.IN_PROCESS, S.SUSPENDED, stop="由县里决定")
    (plain,) = clocks(replace(case, status=S.IN_PROCESS), "2026-12-11", [told, unexplained, resumed])
    assert (plain.due, plain.unsure) == (date(2026, 12, 7), True)


def test_a_newer_limit_holds_the_stops_before_it_and_the_same_again_is_no_newer_one() -> None:
    told = accepted("2026-11-23", "2026-12-07")
    stop = moved("2026-11-24", S.IN_PROCESS, S.SUSPENDED, stop="hearing")
    newer = replace(
        moved("2026-12-10", S.SUSPENDED, S.IN_PROCESS), detail={"change": "resumed", "value.limit_date": "2026-12-22"}
    )
    case = under_way("2026-11-23", S.IN_PROCESS, limit_date="2026-12-22")
    (clock,) = clocks(case, "2026-12-11", [told, stop, newer])
    assert clock.due == date(2026, 12, 22)
    same = replace(newer, detail={"value.limit_date": "2026年12月7日"})
    (clock,) = clocks(replace(case, limit_date="2026-12-07"), "2026-12-11", [told, stop, same])
    assert clock.due == date(2026, 12, 23)


def test_a_late_correction_stops_the_clock_only_by_the_items_rule() -> None:
    rule = StopRule(StopKind.LATE_CORRECTION, "补正", "《审核确认办法》")
    events = [
        moved("2026-11-04", S.IN_PROCESS, S.RETURNED),
        moved("2026-11-11", S.RETURNED, S.RECEIVED),
        moved("2026-11-12", S.SUBMITTED, S.IN_PROCESS),
    ]
    case = under_way("2026-11-02", S.IN_PROCESS)
    assert clocks(case, "2026-11-12", events)[0].due == date(2026, 11, 16)
    (clock,) = clocks(case, "2026-11-12", events, replace(ITEM, stops=(rule,)))
    assert clock.due == date(2026, 11, 23)  # 3, 4; left out 5, 6, 9, 10, 11; 12, 13, 16-20, 23


def test_a_case_handed_over_is_the_townships_and_never_red() -> None:
    case = replace(CASE, status=S.HANDED_OVER, mode=HandlingMode.PROXY)
    events = [moved("2026-11-24", S.RECEIVED, S.HANDED_OVER)]
    (fresh,) = clocks(case, "2026-12-01", events)
    assert (fresh.kind, fresh.start, fresh.due) == (ClockKind.TOWNSHIP, date(2026, 11, 24), date(2026, 12, 1))
    assert fresh.nearness is Nearness.FAR
    (silent,) = clocks(case, "2026-12-30", events)
    assert silent.nearness is Nearness.NEAR


def test_what_ends_at_once_says_so_until_it_is_accepted() -> None:
    at_once = replace(ITEM, promised_limit=None, legal_limit=None, item_type=ItemType.AT_ONCE)
    correction, day = clocks(CASE, "2026-11-23", item=at_once)
    assert (day.kind, day.due, day.nearness) == (ClockKind.SAME_DAY, date(2026, 11, 23), Nearness.FAR)
    assert correction.kind is ClockKind.CORRECTION
    assert clocks(CASE, "2026-11-25", item=at_once)[-1].nearness is Nearness.NEAR


def test_a_day_at_the_window_ends_the_same_day() -> None:
    here = replace(CASE, mode=HandlingMode.ON_THE_SPOT)
    at_once = replace(ITEM, promised_limit=None, legal_limit=None, item_type=ItemType.AT_ONCE)
    (clock,) = clocks(here, "2026-11-24", item=at_once)
    assert (clock.kind, clock.due, clock.nearness) == (ClockKind.DECISION, date(2026, 11, 23), Nearness.OVER)


@pytest.mark.parametrize("mode", [HandlingMode.SYSTEM, HandlingMode.PROXY])
def test_a_result_is_handed_over_within_ten_working_days(mode: HandlingMode) -> None:
    """行政许可法 §44."""
    case = replace(CASE, status=S.RESULT_WAITING, mode=mode)
    events = [moved("2026-11-20", S.IN_PROCESS, S.CONCLUDED), moved("2026-11-26", S.CONCLUDED, S.RESULT_WAITING)]
    (clock,) = clocks(case, "2026-11-26", events)
    assert (clock.kind, clock.start, clock.due) == (ClockKind.DELIVERY, date(2026, 11, 20), date(2026, 12, 4))
    assert clocks(replace(case, mode=HandlingMode.GUIDED), "2026-11-26", events) == ()


def test_a_promised_paper_comes_by_its_day_whatever_day_that_is() -> None:
    paper = Material(
        "photo", "照片", MaterialForm.ORIGINAL, 1, state=MaterialState.PROMISED, promised_until="2026-11-28"
    )
    case = replace(CASE, status=S.ACCEPTED, accepted_at=at("2026-11-23"), materials=(paper,), limit_date="2026-12-31")
    promised = clocks(case, "2026-11-25")[0]
    assert (promised.kind, promised.subject, promised.due) == (ClockKind.PROMISED_PAPER, "照片", date(2026, 11, 28))
    assert (promised.days_left, promised.nearness) == (3, Nearness.NEAR)
    assert clocks(replace(case, status=S.WITHDRAWN), "2026-11-25") == ()
    came = replace(case, materials=(replace(paper, state=MaterialState.TAKEN, promised_until=""),))
    assert [clock.kind for clock in clocks(came, "2026-11-25")] == [ClockKind.DECISION]


@pytest.mark.parametrize(
    "status", [S.DRAFT, S.RETURNED, S.REFUSED, S.DELIVERED, S.ARCHIVED, S.WITHDRAWN, S.VOID, S.RETURNED_TO_APPLICANT]
)
def test_where_nothing_is_owed_no_clock_runs(status: CaseStatus) -> None:
    assert clocks(replace(CASE, status=status), "2026-11-25") == ()


def test_publicity_stops_the_clock_only_where_the_items_rule_says_so() -> None:
    stop = moved("2026-11-05", S.IN_PROCESS, S.SUSPENDED, stop="publicity")
    ended = [stop, moved("2026-11-12", S.SUSPENDED, S.IN_PROCESS)]
    case = under_way("2026-11-02", S.IN_PROCESS)
    with_rule = replace(ITEM, stops=(PUBLICITY,))
    # 3, 4, 5; stopped 6, 9, 10, 11, 12; 13, 16, 17, 18, 19, 20, 23
    assert clocks(case, "2026-11-13", ended, with_rule)[0].due == date(2026, 11, 23)
    plain = clocks(case, "2026-11-13", ended)[0]
    assert (plain.due, plain.unsure) == (date(2026, 11, 16), True)


@pytest.mark.parametrize(
    "kind", ["hearing", "tender", "test", "inspection", "quarantine", "appraisal", "expert_review"]
)
def test_what_the_law_leaves_out_stops_every_items_clock(kind: str) -> None:
    """行政许可法 §45."""
    events = [moved("2026-11-05", S.IN_PROCESS, S.SUSPENDED, stop=kind), moved("2026-11-06", S.SUSPENDED, S.IN_PROCESS)]
    (clock,) = clocks(under_way("2026-11-02", S.IN_PROCESS), "2026-11-13", events)
    assert (clock.due, clock.unsure) == (date(2026, 11, 17), False)


def test_a_stop_without_end_has_no_last_day_and_says_what_stops_it() -> None:
    stop = moved("2026-11-05", S.IN_PROCESS, S.SUSPENDED, stop="hearing")
    (clock,) = clocks(under_way("2026-11-02", S.SUSPENDED), "2026-11-12", [stop])
    assert (clock.due, clock.nearness, clock.subject) == (None, Nearness.STOPPED, "hearing")


@pytest.mark.parametrize(
    ("unit", "due"),
    [
        # 3, 4, 5; left out by the calendar: 6-12; 13, 16-20, 23
        (TimeUnit.NATURAL_DAYS, date(2026, 11, 23)),
        # 3, 4, 5; left out: 6, 9-13, 16; 17-20, 23-25
        (TimeUnit.WORKING_DAYS, date(2026, 11, 25)),
    ],
)
def test_a_stop_that_its_rule_bounds_goes_on_by_itself(unit: TimeUnit, due: date) -> None:
    stop = moved("2026-11-05", S.IN_PROCESS, S.SUSPENDED, stop="publicity")
    item = replace(ITEM, stops=(replace(PUBLICITY, unit=unit),))
    (bounded,) = clocks(under_way("2026-11-02", S.SUSPENDED), "2026-11-24", [stop], item)
    assert bounded.due == due


def test_a_suspension_nobody_explains_stops_nothing_and_is_told() -> None:
    stop = moved("2026-11-05", S.IN_PROCESS, S.SUSPENDED, stop="由县里决定")
    (clock,) = clocks(under_way("2026-11-02", S.SUSPENDED), "2026-11-12", [stop])
    assert (clock.due, clock.unsure) == (date(2026, 11, 16), True)


def test_a_year_without_notice_gives_no_date() -> None:
    (clock,) = clocks(replace(CASE, received_at=at("2026-12-29")), "2026-12-30")
    assert (clock.due, clock.days_left, clock.nearness, clock.no_calendar) == (None, None, Nearness.UNKNOWN, 2027)
    (told,) = clocks(under_way("2026-12-20", limit_date="2027-01-15"), "2026-12-30")
    assert (told.due, told.days_left, told.no_calendar) == (date(2027, 1, 15), None, 2027)


DAYS = st.dates(date(2024, 1, 2), date(2026, 6, 1))


@given(DAYS, st.integers(0, 40), st.sampled_from(TimeUnit), DAYS)
def test_no_clock_ends_before_it_begins(start: date, days: int, unit: TimeUnit, today: date) -> None:
    item = replace(ITEM, promised_limit=TimeLimit(days, unit))
    (clock,) = law_clocks(under_way(start.isoformat()), item, (), today, CALENDAR)
    assert clock.due is not None
    assert clock.due >= start
    assert (clock.nearness is Nearness.OVER) == (clock.due < today)
    assert clock.days_left is not None
    assert clock.days_left * (1 if clock.due >= today else -1) >= 0


@given(DAYS, st.integers(1, 40), st.integers(0, 60), st.integers(0, 40))
def test_a_stop_adds_exactly_the_working_days_it_took(start: date, days: int, wait: int, took: int) -> None:
    item = replace(ITEM, promised_limit=TimeLimit(days, TimeUnit.WORKING_DAYS))
    case = under_way(start.isoformat(), S.IN_PROCESS)
    since = start + timedelta(days=wait)
    until = since + timedelta(days=took)
    events = [
        moved(since.isoformat(), S.IN_PROCESS, S.SUSPENDED, stop="hearing"),
        moved(until.isoformat(), S.SUSPENDED, S.IN_PROCESS),
    ]
    (plain,) = law_clocks(case, item, (), until, CALENDAR)
    (stopped,) = law_clocks(case, item, events, until, CALENDAR)
    assert plain.due is not None
    assert stopped.due is not None
    left_out = working_days_between(since, until, CALENDAR) if since < plain.due else 0
    assert working_days_between(plain.due, stopped.due, CALENDAR) == left_out


@given(st.sampled_from(sorted(CaseStatus)), st.sampled_from(sorted(HandlingMode)), st.booleans())
def test_the_log_is_read_wherever_it_tells_something(status: CaseStatus, mode: HandlingMode, again: bool) -> None:
    """What :func:`hangs_on_log` denies may not change a clock."""
    case = replace(CASE, status=status, mode=mode, revision=2 if again else 1, accepted_at=at("2026-11-02"))
    events = [moved("2026-11-23", S.DRAFT, S.RECEIVED)]
    if again:
        events.append(moved("2026-11-24", S.RETURNED, S.RECEIVED))
    events += [
        moved("2026-11-03", S.IN_PROCESS, S.SUSPENDED, stop="hearing"),
        moved("2026-11-05", S.SUSPENDED, S.IN_PROCESS),
        moved("2026-11-20", S.IN_PROCESS, S.CONCLUDED),
    ]
    if not hangs_on_log(case):
        assert clocks(case, "2026-11-25", events) == clocks(case, "2026-11-25")
