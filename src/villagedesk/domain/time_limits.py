"""The law clocks of a case (domain: section 4): which run, until when, what stopped them, how near the end is.

They run from the receipt of the papers, whatever link and PC clock do (I12); dates are days in Shanghai.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from villagedesk.domain.case import Case, CaseEvent, CaseStatus, MaterialState
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.life_cycle import CLOSED
from villagedesk.domain.service_item import HandlingMode, ItemType, ServiceItem, StopKind, StopRule, TimeLimit, TimeUnit
from villagedesk.domain.working_days import (
    Calendar,
    NoCalendar,
    after_natural_days,
    after_working_days,
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
_URGENT_DAYS = 1
_NEAR_DAYS = 2
_NEAR_SHARE = 3
_PROMISE_NEAR_DAYS = 3
STOPS_BY_LAW = frozenset(
    {
        StopKind.HEARING,
        StopKind.TENDER,
        StopKind.TEST,
        StopKind.INSPECTION,
        StopKind.QUARANTINE,
        StopKind.APPRAISAL,
        StopKind.EXPERT_REVIEW,
    }
)
"""Left out of the count for every item (行政许可法 §45)."""
STOP_DETAIL = "value.stop"
"""Name in the detail of a suspension's event: a :class:`StopKind`, "" where the other side did not say."""

_UNTOLD = frozenset({CaseStatus.RECEIVED, CaseStatus.HANDED_OVER, CaseStatus.SUBMITTED})
_UNDER_WAY = frozenset({CaseStatus.ACCEPTED, CaseStatus.IN_PROCESS, CaseStatus.SUSPENDED})
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
            :class:`StopKind` of the law; else "".
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


@dataclass(frozen=True)
class _Stop:
    since: date
    until: date | None
    name: str
    most: TimeLimit | None = None

    def last(self, calendar: Calendar) -> date | None:
        """The last day left out of the count; None while nobody knows. Raises NoCalendar."""
        if self.most is None:
            return self.until
        working = self.most.unit is TimeUnit.WORKING_DAYS
        end = (
            after_working_days(self.since, self.most.days, calendar)
            if working
            else self.since + self.most.days * _ONE_DAY
        )
        return end if self.until is None else min(self.until, end)


def law_clocks(
    case: Case, item: ServiceItem | None, events: Sequence[CaseEvent], today: date, calendar: Calendar
) -> tuple[LawClock, ...]:
    """The clocks that run in a case, soonest first: the organ's, and those of promised papers.

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
    return tuple(sorted(clocks, key=lambda clock: (clock.due is None, clock.due or clock.start)))


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
        else:
            clocks.append(_counted(ClockKind.CORRECTION, start, _CORRECTION, (), today, calendar))
    if case.status in _UNDER_WAY and case.accepted_at is not None:
        decision = _decision(case, item, events, today, calendar)
        if decision is not None:
            clocks.append(decision)
    if case.status in TO_HAND_OUT and case.mode in HANDS_OUT:
        concluded = _last_into(events, CaseStatus.CONCLUDED) or _last_into(events, CaseStatus.RESULT_WAITING)
        if concluded is not None:
            clocks.append(_counted(ClockKind.DELIVERY, _day(concluded), _DELIVERY, (), today, calendar))
    return clocks


def _decision(
    case: CaseDates, item: ServiceItem | None, events: Sequence[CaseEvent], today: date, calendar: Calendar
) -> LawClock | None:
    if case.accepted_at is None:
        return None
    start = _day(case.accepted_at)
    limit = _limit(item)
    told = _told_limit(case)
    if told is not None:
        # the server wins dates as it wins states, and has counted its own stops
        length = TimeLimit((told - start).days, TimeUnit.NATURAL_DAYS) if limit is None else limit
        return replace(_closing(ClockKind.DECISION, start, told, length, today, calendar), told=True)
    if limit is None:
        return None
    stops, unsure = _stops(item, events)
    return replace(_counted(ClockKind.DECISION, start, limit, stops, today, calendar), unsure=unsure)


def hangs_on_log(case: Case) -> bool:
    """Whether :func:`law_clocks` finds something in the case's log that the case itself does not say; reading logs is
    what costs where many cases are looked at."""
    if case.status in _UNTOLD:
        return case.revision > 1
    if case.status in _UNDER_WAY:
        return _told_limit(case) is None
    return case.status in TO_HAND_OUT and case.mode in HANDS_OUT


def _told_limit(case: CaseDates) -> date | None:
    try:
        return date.fromisoformat(case.limit_date[:10])
    except ValueError:
        return None


def _limit(item: ServiceItem | None) -> TimeLimit | None:
    if item is None:
        return None
    return item.promised_limit or item.legal_limit or (_AT_ONCE if item.item_type is ItemType.AT_ONCE else None)


def _papers_came(events: Sequence[CaseEvent]) -> datetime | None:
    """When the papers were taken last: at first, or with a correction. Nothing else begins the clock anew (I12)."""
    for event in reversed(events):
        if event.to_status is CaseStatus.RECEIVED and event.from_status in _PAPERS_CAME:
            return event.at
    return None


def _stops(item: ServiceItem | None, events: Sequence[CaseEvent]) -> tuple[tuple[_Stop, ...], bool]:
    """The suspensions that stop the clock, and whether there was one of which nobody knows."""
    rules = {} if item is None else {rule.kind: rule for rule in item.stops}
    stops: list[_Stop] = []
    unsure = False
    open_one: _Stop | None = None
    for event in events:
        if event.to_status is CaseStatus.SUSPENDED and event.from_status is not CaseStatus.SUSPENDED:
            kind = event.detail.get(STOP_DETAIL, "")
            known = StopKind(kind) if kind in set(StopKind) else None
            if known in rules or known in STOPS_BY_LAW:
                open_one = _stop(_day(event.at), known, rules)
            else:
                unsure = True
        elif event.from_status is CaseStatus.SUSPENDED and event.to_status is not CaseStatus.SUSPENDED:
            if open_one is not None:
                stops.append(replace(open_one, until=_day(event.at)))
            open_one = None
    if open_one is not None:
        stops.append(open_one)
    return tuple(stops), unsure


def _stop(since: date, kind: StopKind | None, rules: Mapping[StopKind, StopRule]) -> _Stop:
    rule = rules.get(kind) if kind is not None else None
    if rule is None:
        return _Stop(since, None, str(kind))
    return _Stop(since, None, rule.name, TimeLimit(rule.days, rule.unit) if rule.days is not None else None)


def _counted(
    kind: ClockKind, start: date, limit: TimeLimit, stops: Sequence[_Stop], today: date, calendar: Calendar
) -> LawClock:
    """A clock whose end is counted here. Days from a stop's first up to its last are left out, at most the rule's."""
    try:
        due = _due(start, limit, stops, today, calendar)
    except NoCalendar as missing:
        return LawClock(kind, start, None, None, limit.unit, Nearness.UNKNOWN, no_calendar=missing.year)
    if due is None:
        running = next(stop for stop in stops if stop.until is None and stop.most is None)
        return LawClock(kind, start, None, None, limit.unit, Nearness.STOPPED, subject=running.name)
    return _closing(kind, start, due, limit, today, calendar)


def _due(start: date, limit: TimeLimit, stops: Sequence[_Stop], today: date, calendar: Calendar) -> date | None:
    """The last day; None while a stop without end is running."""
    working = limit.unit is TimeUnit.WORKING_DAYS
    if not stops:
        after = after_working_days if working else after_natural_days
        return after(start, limit.days, calendar)
    left_out = [(stop.since, stop.last(calendar)) for stop in stops]
    left, day = limit.days, start
    while left:
        day += _ONE_DAY
        if working and not calendar.is_working(day):
            continue
        stopping = [last for since, last in left_out if since < day and (last is None or day <= last)]
        if not stopping:
            left -= 1
        elif None in stopping and day > today:
            return None
    while not working and limit.days and not calendar.is_working(day):
        day += _ONE_DAY
    return day


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
            return event.at
    return None


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
