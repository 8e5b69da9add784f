"""The law clocks of cases in words: what must be done until when, how many days are left, and in which colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.items import Items
from villagedesk.desk.life_views import ClockView
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.clock_stops import STOPS_BY_LAW
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right
from villagedesk.domain.time_limits import (
    ClockKind,
    LawClock,
    Nearness,
    hangs_on_log,
    law_clocks,
    organ_clocks,
)
from villagedesk.domain.working_days import Calendar

_RUNNING = (
    CaseStatus.RECEIVED,
    CaseStatus.HANDED_OVER,
    CaseStatus.SUBMITTED,
    CaseStatus.ACCEPTED,
    CaseStatus.IN_PROCESS,
    CaseStatus.SUSPENDED,
)
_MOST_OF_A_STATE = 5_000
"""Cases of one state whose dates are looked at, the longest unchanged first."""
_MOST_DUE = 100
_MOST_READ = 400
"""Cases that are read whole, because their dates alone say that the end is near; their log may put it off."""
_DECEMBER = 12
_CALM = (Nearness.FAR, Nearness.STOPPED)
_ELSEWHERE = frozenset({ClockKind.PROMISED_PAPER, ClockKind.SAME_DAY})
"""Promised papers have a list of their own; that something was not sent on its day is told of the whole queue."""
_TONES = {
    Nearness.FAR: "good",
    Nearness.NEAR: "warn",
    Nearness.URGENT: "warn",
    Nearness.OVER: "bad",
    Nearness.STOPPED: "calm",
    Nearness.UNKNOWN: "warn",
}


@dataclass(frozen=True)
class DueCase:
    """A case with the clock that is nearest to its end."""

    case: Case
    view: ClockView


class Clocks:
    """Counts the clocks of cases that are read already; asks for no right, so no screen gets it.

    Args:
        calendar: the years there is data for, as they are now.
    """

    def __init__(self, clock: Clock, items: Items, calendar: Callable[[], Calendar]) -> None:
        self._clock = clock
        self._items = items
        self._calendar = calendar

    def of_case(self, snapshot: Snapshot, case: Case) -> tuple[ClockView, ...]:
        """The clocks that run in a case, soonest first."""
        today = self.today()
        item = bound_item(self._items, case)
        events = snapshot.events(case.case_id) if hangs_on_log(case) else ()
        clocks = law_clocks(case, item, events, today, self._calendar())
        return tuple(ClockView(clock, _sentence(clock, today)) for clock in clocks)

    def due(self, snapshot: Snapshot) -> tuple[DueCase, ...]:
        """Cases with a clock of the organ that is near its end, over, or cannot be counted; the worst first. Promised
        papers and results to hand over have lists of their own."""
        found: list[DueCase] = []
        for case_id in self._near(snapshot)[:_MOST_READ]:
            case = snapshot.case(case_id)
            views = [view for view in self.of_case(snapshot, case) if view.clock.kind not in _ELSEWHERE]
            near = [view for view in views if view.clock.nearness not in _CALM]
            found += [DueCase(case, min(near, key=_worst))] if near else []
            if len(found) == _MOST_DUE:
                break
        return tuple(sorted(found, key=lambda one: _worst(one.view)))

    def _near(self, snapshot: Snapshot) -> list[str]:
        """Cases whose dates say that the end is near or over, or cannot be counted; the nearest first."""
        today, calendar = self.today(), self._calendar()
        known: dict[object, list[LawClock]] = {}
        found: list[tuple[date, str]] = []
        for status in _RUNNING:
            for case in snapshot.running_cases(status, _MOST_OF_A_STATE):
                days = (case.received_at and _day(case.received_at), case.accepted_at and _day(case.accepted_at))
                same = (status, case.mode, case.item_code, case.item_version, *days, case.limit_date)
                if same not in known:
                    known[same] = organ_clocks(case, bound_item(self._items, case), (), today, calendar)
                ends = [
                    clock.due or date.max
                    for clock in known[same]
                    if clock.nearness not in _CALM and clock.kind not in _ELSEWHERE
                ]
                found += [(min(ends), case.case_id)] if ends else []
        return [case_id for _, case_id in sorted(found)]

    def unknown_year(self, due: tuple[DueCase, ...]) -> int:
        """The year whose holidays are wanted and not known: one a clock runs into, this year's, and from December on
        the next one's; 0 when there is none."""
        years = self._calendar().years
        today = self.today()
        wanted = {one.view.clock.no_calendar for one in due} | {today.year}
        if today.month == _DECEMBER:
            wanted.add(today.year + 1)
        return min((year for year in wanted if year and year not in years), default=0)

    def today(self) -> date:
        """The date in Shanghai, whatever zone the PC is set to."""
        return self._clock.now().astimezone(SHANGHAI).date()


class ClockDesk:
    """Reads clocks. Calls block and may come from several threads."""

    def __init__(self, store: Store, clocks: Clocks, acting: Acting) -> None:
        self._store = store
        self._clocks = clocks
        self._acting = acting

    def of_case(self, case_id: str) -> tuple[ClockView, ...]:
        """The clocks that run in a case, soonest first. Raises InputProblem ``intake.gone``."""
        self._acting.need(Right.SEE_PERSONS)
        try:
            return self._store.read(lambda snapshot: self._clocks.of_case(snapshot, snapshot.case(case_id)))
        except KeyError:
            raise InputProblem("intake.gone") from None

    def due(self, limit: int = 50) -> tuple[DueCase, ...]:
        """Cases with a clock of the organ that is near its end, over, or cannot be counted; the worst first."""
        self._acting.need(Right.SEE_PERSONS)
        return self._store.read(self._clocks.due)[:limit]


_OF_OTHERS = frozenset({ClockKind.TOWNSHIP, ClockKind.SAME_DAY})
_RANK = {"bad": 0, "warn": 1, "calm": 2, "good": 3}


def _worst(view: ClockView) -> tuple[int, date]:
    return _RANK[view.sentence.tone], view.clock.due or date.max


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _sentence(clock: LawClock, today: date) -> Sentence:
    params: dict[str, object] = {"name": _subject(clock), "year": clock.no_calendar}
    if clock.due is not None:
        params |= {"month": clock.due.month, "day": clock.due.day}
    if clock.days_left is not None:
        params["left"] = abs(clock.days_left)
    tone = _TONES[clock.nearness]
    if clock.kind in _OF_OTHERS:
        params["days"] = (today - clock.start).days
    elif clock.due is not None and clock.due <= today:
        tone = "bad"
    return Sentence(f"clock.{clock.kind}.{_case_of(clock, today)}", params, tone)


def _subject(clock: LawClock) -> str | Sentence:
    return Sentence(f"life.stop.{clock.subject}") if clock.subject in STOPS_BY_LAW else clock.subject


def _case_of(clock: LawClock, today: date) -> str:
    """Which of a clock's sentences it is."""
    if clock.due is None:
        if clock.nearness is Nearness.STOPPED:
            return "stopped"
        return "unknown" if clock.no_calendar else "unread"
    if clock.kind in _OF_OTHERS:
        return "waits" if clock.nearness is Nearness.FAR else "over"
    if clock.days_left is None:
        return "ended" if clock.due < today else "until"
    if clock.due == today:
        return "today"
    if clock.days_left == 0:  # the last day is a day off, or was the last one worked
        return "ended" if clock.due < today else "until"
    if clock.days_left < 0:
        return f"over_{clock.unit}"
    unsure = "_unsure" if clock.unsure else ""
    return f"left_{clock.unit}{unsure}"
