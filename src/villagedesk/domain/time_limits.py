"""The law clocks of a case (domain: section 4): which run, until when, what stopped them, how near the end is.

They run from the receipt of the papers, whatever link and PC clock do (I12); dates are days in Shanghai.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from villagedesk.domain.case import Case, CaseEvent, CaseStatus, MaterialState
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.clock_stops import UNDER_WAY, Stop, last_day, since_told, stops_of, told_day
from villagedesk.domain.life_cycle import CLOSED
from villagedesk.domain.service_item import HandlingMode, ItemType, ServiceItem, TimeLimit, TimeUnit
from villagedesk.domain.working_days import (
    Calendar,
    NoCalendar,
    working_days_between,
)

CORRECTION_DAYS = 5
"""A correction is told once and completely within 5 working days of receiving the papers (行政许可法 §32)."""
DELIVERY_DAYS = 10
"""A decision is delivered within 10 working days (行政许可法 §44)."""
_CORRECTION = TimeLimit(CORRECTION_DAYS, TimeUnit.WORKING_DAYS)
_DELIVERY = TimeLimit(DELIVERY_DAYS, TimeUnit.WORKING_DAYS)
_AT_ONCE = TimeLimit(0, TimeUnit.WORKING_DAYS)
"""即办件 end the same day."""
_ASK = TimeLimit(CORRECTION_DAYS, TimeUnit.WORKING_DAYS)
"""After so long the township, too, should have said whether the papers will do."""
_URGENT_DAYS = 1
_NEAR_DAYS = 2
_NEAR_SHARE = 3
_PROMISE_NEAR_DAYS = 3
_UNTOLD = frozenset({CaseStatus.RECEIVED, CaseStatus.HANDED_OVER, CaseStatus.SUBMITTED})
RUNNING = _UNTOLD | UNDER_WAY
"""States in which a clock of the organ runs before there is a result."""
TO_HAND_OUT = frozenset({CaseStatus.CONCLUDED, CaseStatus.RESULT_WAITING})
"""States in which the villager is to get the result."""
HANDS_OUT = frozenset({HandlingMode.SYSTEM, HandlingMode.PROXY})
"""Modes whose result comes from elsewhere and is handed out; the others end at the window."""
_PAPERS_CAME = frozenset({CaseStatus.DRAFT, CaseStatus.RETURNED})
_ONE_DAY = timedelta(days=1)


class ClockKind(StrEnum):
    """What a clock is for; words ``clock.<value>`` in the message catalogue."""

    CORRECTION = "correction"
    """Tell what is wrong with the papers, or they count as accepted from the day of receipt."""
    SAME_DAY = "same_day"
    """即办件 end the same day (domain: section 4). What still keeps one that was taken in from its end is the line or
    the organ, so its passing is told and never red; the 5 days of the correction run beside it."""
    TOWNSHIP = "township"
    """A proxy case lies with the township. The 5 days of §32 tell the clerk to pass on what came, and by handing it
    over she has: what is wrong with the papers is the township's to say. So this counts from the hand-over, only asks
    her to call there when it stays silent, and is never red."""
    DECISION = "decision"
    """The item's promised limit, else its legal one, from acceptance."""
    DELIVERY = "delivery"
    PROMISED_PAPER = "promised_paper"
    """The villager brings what was promised."""


class Nearness(StrEnum):
    """How near the end is: green, yellow, red; stopped and unknown have no colour."""

    FAR = "far"
    NEAR = "near"
    URGENT = "urgent"
    """Today or the next day."""
    OVER = "over"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class LawClock:
    """One clock.

    Args:
        start: the day it runs from, which is not counted.
        due: the last day; None while it is stopped, or where a year has no calendar.
        days_left: 0 on the last day, negative after it, in ``unit``; None without ``due``.
        no_calendar: the year without data, 0 where there is none.
        told: the date came from the acceptance system and was not counted here.
        subject: of a promised paper: its name; of a stopped clock: what stops it by the item's rule, e.g. 公示7天, or a
            :class:`StopKind` of the law; of a told date that cannot be read: that, raw; else "".
        unsure: a suspension that may stop it was not counted, because nobody said by which rule.
    """

    kind: ClockKind
    start: date
    due: date | None
    days_left: int | None
    unit: TimeUnit
    nearness: Nearness
    no_calendar: int = 0
    told: bool = False
    subject: str = ""
    unsure: bool = False


class CaseDates(Protocol):
    """What the organ's clocks of a case hang on; every :class:`Case` has it."""

    @property
    def status(self) -> CaseStatus: ...

    @property
    def mode(self) -> HandlingMode: ...

    @property
    def received_at(self) -> datetime | None: ...

    @property
    def accepted_at(self) -> datetime | None: ...

    @property
    def limit_date(self) -> str: ...


def law_clocks(
    case: Case, item: ServiceItem | None, events: Sequence[CaseEvent], today: date, calendar: Calendar
) -> tuple[LawClock, ...]:
    """The clocks that run in a case, soonest first: the organ's, and those of promised papers; 即办件's day is last.

    Args:
        item: the version the case is bound to; None when it is not here any more.
        events: the case's log, oldest first; only changes of its state are looked at.
        today: the date in Shanghai.
    """
    clocks = [*organ_clocks(case, item, events, today, calendar)]
    if case.status not in CLOSED | {CaseStatus.DRAFT}:
        clocks += [
            _promised(material.name, date.fromisoformat(material.promised_until), case, today)
            for material in case.materials
            if material.state is MaterialState.PROMISED and material.promised_until
        ]
    return tuple(sorted(clocks, key=_soonest))


def _soonest(clock: LawClock) -> tuple[bool, bool, date]:
    """The one that can be too late first."""
    return clock.kind is ClockKind.SAME_DAY, clock.due is None, clock.due or clock.start


def organ_clocks(
    case: CaseDates, item: ServiceItem | None, events: Sequence[CaseEvent], today: date, calendar: Calendar
) -> list[LawClock]:
    """The clocks of the organ that run in a case. Without its log (``events`` empty) none ends later than with it: a
    stop and a correction only put the end off.

    Args:
        item, events, today: as for :func:`law_clocks`.
    """
    clocks: list[LawClock] = []
    if case.status in _UNTOLD and case.received_at is not None:
        start = _day(_papers_came(events) or case.received_at)
        if case.mode is HandlingMode.ON_THE_SPOT:
            limit = _limit(item) or _AT_ONCE
            clocks.append(_counted(ClockKind.DECISION, start, limit, (), today, calendar))
        elif case.status is CaseStatus.HANDED_OVER and case.mode is HandlingMode.PROXY:
            handed_over = _last_into(events, CaseStatus.HANDED_OVER)
            clocks.append(
                _calm(
                    _counted(
                        ClockKind.TOWNSHIP,
                        start if handed_over is None else _day(handed_over),
                        _ASK,
                        (),
                        today,
                        calendar,
                    )
                )
            )
        else:
            if item is not None and item.item_type is ItemType.AT_ONCE:
                clocks.append(_calm(_counted(ClockKind.SAME_DAY, start, _AT_ONCE, (), today, calendar)))
            clocks.append(_counted(ClockKind.CORRECTION, start, _CORRECTION, (), today, calendar))
    if case.status in UNDER_WAY and case.accepted_at is not None:
        clocks += _decision(case, item, events, today, calendar)
    if case.status in TO_HAND_OUT and case.mode in HANDS_OUT:
        concluded = _last_into(events, CaseStatus.CONCLUDED) or _last_into(events, CaseStatus.RESULT_WAITING)
        if concluded is not None:
            clocks.append(_counted(ClockKind.DELIVERY, _day(concluded), _DELIVERY, (), today, calendar))
    return clocks


def _decision(
    case: CaseDates, item: ServiceItem | None, events: Sequence[CaseEvent], today: date, calendar: Calendar
) -> list[LawClock]:
    if case.accepted_at is None:
        return []
    start = _day(case.accepted_at)
    limit = _limit(item)
    told = told_day(case.limit_date)
    if told is not None:
        return [_told(start, told, limit, item, events, today, calendar)]
    clocks = []
    if case.limit_date.strip():
        unit = TimeUnit.WORKING_DAYS if limit is None else limit.unit
        unread = LawClock(ClockKind.DECISION, start, None, None, unit, Nearness.UNKNOWN)
        clocks.append(replace(unread, told=True, subject=case.limit_date.strip()))
    if limit is not None:
        stops, unsure = stops_of(item, events)
        clocks.append(replace(_counted(ClockKind.DECISION, start, limit, stops, today, calendar), unsure=unsure))
    return clocks


def _told(
    start: date,
    told: date,
    limit: TimeLimit | None,
    item: ServiceItem | None,
    events: Sequence[CaseEvent],
    today: date,
    calendar: Calendar,
) -> LawClock:
    """The server wins dates as it wins states, and has counted the stops before it told one; those that began after it
    put the date off, until it tells another."""
    length = TimeLimit((told - start).days, TimeUnit.NATURAL_DAYS) if limit is None else limit
    clock = replace(_closing(ClockKind.DECISION, start, told, length, today, calendar), told=True)
    day, later = since_told(events, told)
    began = day or start
    stops, unsure = stops_of(item, later)
    clock = replace(clock, unsure=unsure)
    if not any(began <= stop.since < told for stop in stops):
        return clock
    try:
        working = length.unit is TimeUnit.WORKING_DAYS
        left = working_days_between(began, told, calendar) if working else (told - began).days
    except NoCalendar as missing:
        return replace(clock, nearness=Nearness.UNKNOWN, no_calendar=missing.year)
    counted = _counted(ClockKind.DECISION, began, TimeLimit(left, length.unit), stops, today, calendar)
    if counted.due is None:
        return replace(counted, start=start, told=True, unsure=unsure)
    put_off = max(counted.due, told)
    return replace(_closing(ClockKind.DECISION, start, put_off, length, today, calendar), told=True, unsure=unsure)


def hangs_on_log(case: Case) -> bool:
    """Whether :func:`law_clocks` finds something in the case's log that the case itself does not say; reading logs is
    what costs where many cases are looked at."""
    if case.status in _UNTOLD:
        return case.revision > 1 or case.status is CaseStatus.HANDED_OVER
    return case.status in UNDER_WAY or (case.status in TO_HAND_OUT and case.mode in HANDS_OUT)


def _limit(item: ServiceItem | None) -> TimeLimit | None:
    if item is None:
        return None
    return item.promised_limit or item.legal_limit or (_AT_ONCE if item.item_type is ItemType.AT_ONCE else None)


def _papers_came(events: Sequence[CaseEvent]) -> datetime | None:
    """When the papers were taken last: at first, or with a correction. Nothing else begins the clock anew (I12)."""
    for event in reversed(events):
        if event.to_status is CaseStatus.RECEIVED and event.from_status in _PAPERS_CAME:
            return event.happened
    return None


def _counted(
    kind: ClockKind, start: date, limit: TimeLimit, stops: Sequence[Stop], today: date, calendar: Calendar
) -> LawClock:
    """A clock whose end is counted here. Days from a stop's first up to its last are left out, at most the rule's."""
    try:
        due = last_day(start, limit, stops, today, calendar)
    except NoCalendar as missing:
        return LawClock(kind, start, None, None, limit.unit, Nearness.UNKNOWN, no_calendar=missing.year)
    if due is None:
        running = next(stop for stop in stops if stop.until is None and stop.most is None)
        return LawClock(kind, start, None, None, limit.unit, Nearness.STOPPED, subject=running.name)
    return _closing(kind, start, due, limit, today, calendar)


def _closing(kind: ClockKind, start: date, due: date, limit: TimeLimit, today: date, calendar: Calendar) -> LawClock:
    """A clock with its end."""
    try:
        left = working_days_between(today, due, calendar) if limit.unit is TimeUnit.WORKING_DAYS else (due - today).days
    except NoCalendar as missing:
        return LawClock(kind, start, due, None, limit.unit, Nearness.UNKNOWN, no_calendar=missing.year)
    if due < today:
        nearness = Nearness.OVER
    elif left <= _URGENT_DAYS:
        nearness = Nearness.URGENT
    elif left <= _NEAR_DAYS or left * _NEAR_SHARE <= limit.days:
        nearness = Nearness.NEAR
    else:
        nearness = Nearness.FAR
    return LawClock(kind, start, due, left, limit.unit, nearness)


def _calm(clock: LawClock) -> LawClock:
    """A clock whose end hangs on others: far until its last day is over, and near after it."""
    if clock.due is None:
        return clock
    over = clock.nearness is Nearness.OVER
    return replace(clock, nearness=Nearness.NEAR if over else Nearness.FAR)


def _promised(name: str, until: date, case: Case, today: date) -> LawClock:
    """A promised paper's last day was agreed on, so nothing is rolled forward."""
    start = _day(case.received_at or case.created_at)
    left = (until - today).days
    if left < 0:
        nearness = Nearness.OVER
    elif left <= _URGENT_DAYS:
        nearness = Nearness.URGENT
    else:
        nearness = Nearness.NEAR if left <= _PROMISE_NEAR_DAYS else Nearness.FAR
    return LawClock(
        ClockKind.PROMISED_PAPER, start, until, left, TimeUnit.NATURAL_DAYS, nearness, told=True, subject=name
    )


def _last_into(events: Sequence[CaseEvent], status: CaseStatus) -> datetime | None:
    for event in reversed(events):
        if event.to_status is status and event.from_status is not status:
            return event.happened
    return None


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
