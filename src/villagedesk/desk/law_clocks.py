"""The law clocks of cases in words: what must be done until when, how many days are left, and in which colour."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.items import Items
from villagedesk.desk.life_views import ClockView
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case, CaseStatus, RunningCases
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

_MOST_DUE = 50
"""Cases that are read whole and shown; the others are counted by their dates."""
_MOST_READ = 400
"""Cases that are read whole, because their dates alone say that the end is near; their log may put it off."""
_OFTEN_STOPPED = 4
"""So many more are read of those that are suspended: many of them are stopped, and none is hidden by them."""
_DECEMBER = 12
_CALM = (Nearness.FAR, Nearness.STOPPED)
_ELSEWHERE = frozenset({ClockKind.PROMISED_PAPER, ClockKind.SAME_DAY})
"""Promised papers have a list of their own; that something was not sent on its day is told of the whole queue."""
_TONES = {
    Nearness.FAR: "time",
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


@dataclass(frozen=True)
class Due:
    """What is due.

    Args:
        cases: the worst first.
        count: how many there are in all, told by their dates: of those that were not read, one whose log puts its end
            off is counted all the same.
        no_calendar: years clocks run into and nobody knows the holidays of.
    """

    cases: tuple[DueCase, ...]
    count: int
    no_calendar: frozenset[int]


class Clocks:
    """Counts the clocks of cases that are read already; asks for no right, so no screen gets it.

    Args:
        calendar: the years there is data for, as they are now.
    """

    def __init__(self, clock: Clock, items: Items, calendar: Callable[[], Calendar]) -> None:
        self._clock = clock
        self._items = items
        self._calendar = calendar
        self._guard = threading.Lock()
        self._known: dict[RunningCases, ClockView | None] = {}
        self._known_for: tuple[date, Calendar] | None = None

    def of_case(self, snapshot: Snapshot, case: Case) -> tuple[ClockView, ...]:
        """The clocks that run in a case, soonest first."""
        return self.of_cases(snapshot, (case,))[0]

    def of_cases(self, snapshot: Snapshot, cases: Sequence[Case]) -> tuple[tuple[ClockView, ...], ...]:
        """The same of several cases, whose logs are read at once."""
        today, calendar = self.today(), self._calendar()
        logs = snapshot.logs([case.case_id for case in cases if hangs_on_log(case)])
        found = []
        for case in cases:
            clocks = law_clocks(case, bound_item(self._items, case), logs.get(case.case_id, ()), today, calendar)
            found.append(tuple(ClockView(clock, _sentence(clock, today)) for clock in clocks))
        return tuple(found)

    def due(self, snapshot: Snapshot) -> Due:
        """Cases with a clock of the organ that is near its end, over, or cannot be counted. Promised papers and results
        to hand over have lists of their own."""
        groups = self._near(snapshot)
        count, found, read = sum(group.count for _, group in groups), list[DueCase](), 0
        for _, group in groups:
            likely = 1 if group.status is not CaseStatus.SUSPENDED else _OFTEN_STOPPED
            wanted = min(likely * (_MOST_DUE - len(found)), _MOST_READ - read)
            if wanted <= 0:
                break
            cases = snapshot.cases_running(group, wanted)
            read += len(cases)
            for case, views in zip(cases, self.of_cases(snapshot, cases), strict=True):
                near = [view for view in views if _is_near(view)]
                if near:
                    found.append(DueCase(case, min(near, key=_worst)))
                else:
                    count -= 1
        found.sort(key=lambda one: _worst(one.view))
        years = frozenset(view.clock.no_calendar for view, _ in groups)
        return Due(tuple(found[:_MOST_DUE]), count, years - {0})

    def _near(self, snapshot: Snapshot) -> list[tuple[ClockView, RunningCases]]:
        """Cases whose dates say that the end is near or over, or cannot be counted, with the clock that says so; the
        worst first."""
        today, calendar = self.today(), self._calendar()
        with self._guard:
            if self._known_for != (today, calendar):
                self._known, self._known_for = {}, (today, calendar)
            known = self._known
        found: list[tuple[ClockView, RunningCases]] = []
        for group in snapshot.running_cases():
            same = replace(group, count=0)
            if same not in known:
                clocks = organ_clocks(group, bound_item(self._items, group), (), today, calendar)
                views = [ClockView(clock, _sentence(clock, today)) for clock in clocks]
                known[same] = min(filter(_is_near, views), key=_worst, default=None)
            view = known[same]
            if view is not None:
                found.append((view, group))
        return sorted(found, key=lambda one: _worst(one[0]))

    def unknown_year(self, due: Due) -> int:
        """The year whose holidays are wanted and not known: one a clock runs into, this year's, and from December on
        the next one's; 0 when there is none."""
        years = self._calendar().years
        today = self.today()
        wanted = {*due.no_calendar, today.year}
        if today.month == _DECEMBER:
            wanted.add(today.year + 1)
        return min((year for year in wanted if year not in years), default=0)

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
        return self._store.read(self._clocks.due).cases[:limit]


_OF_OTHERS = frozenset({ClockKind.TOWNSHIP, ClockKind.SAME_DAY})
_RANK = {"bad": 0, "warn": 1, "calm": 2, "time": 3}


def _is_near(view: ClockView) -> bool:
    return view.clock.nearness not in _CALM and view.clock.kind not in _ELSEWHERE


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
    return Sentence(f"item_code.stop_kind.{clock.subject}") if clock.subject in STOPS_BY_LAW else clock.subject


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
