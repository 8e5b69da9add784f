"""Counts cases into the figures of a time: by what their logs say and by the law's clocks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from villagedesk.domain.case import CaseEvent, CaseStatus, RunningCases
from villagedesk.domain.case_ends import FINISHED, Ending, Outcome, ending_of
from villagedesk.domain.clock import SHANGHAI, midnight
from villagedesk.domain.milestones import milestones
from villagedesk.domain.service_item import HandlingMode, ServiceItem
from villagedesk.domain.statistics import DayFigures, Finish, ItemFigures, ModeFigures, MovedCase, TakenIn, median
from villagedesk.domain.time_limits import ClockKind, Nearness, organ_clocks
from villagedesk.domain.working_days import Calendar, NoCalendar, working_days_between

ItemOf = Callable[[str, int], ServiceItem | None]
"""Gives the item of that code and version, the newest where that one was never kept, None where there is none."""
_MOVING = frozenset({CaseStatus.SUSPENDED, CaseStatus.RETURNED})


class Counting:
    """Takes cases one after the other; gives what they make together.

    Args:
        first, last: days in Shanghai, both counted in.
        today: in Shanghai, for what is over now.
    """

    def __init__(self, first: date, last: date, today: date, item_of: ItemOf, calendar: Calendar) -> None:
        self._since, self._until = midnight(first), midnight(last + timedelta(days=1))
        self._today = today
        self._item_of = item_of
        self._calendar = calendar
        self._taken_in = Counter[date]()
        self._finished_on = Counter[date]()
        self._delivered = Counter[date]()
        self._names: dict[str, tuple[str, str]] = {}
        self._of_item: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._of_mode: defaultdict[HandlingMode, Counter[str]] = defaultdict(Counter)
        self._days_of_item: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._outcomes = Counter[Outcome]()
        self._since_receipt = Counter[int]()
        self._since_acceptance = Counter[int]()
        self._judged = Counter[str]()
        self._over = Counter[ClockKind]()
        self._known: dict[tuple[object, ...], str] = {}

    def take_in(self, counts: Iterable[TakenIn]) -> None:
        """Count what was received."""
        for one in counts:
            self._taken_in[one.day] += one.count
            self._of_item[one.item_code]["taken_in"] += one.count
            self._of_mode[one.mode]["taken_in"] += one.count
            self._call(one.item_code, one.newest, one.item_name)

    def moved(self, case: MovedCase) -> None:
        """Count what happened to a case in that time."""
        self._call(case.item_code, "", case.item_name)
        came_back = sum(self._came_back(event) for event in case.events)
        if came_back:
            self._of_item[case.item_code]["corrections"] += came_back
            self._of_item[case.item_code]["corrected"] += 1
        reached = milestones(case.events)
        delivered = reached.delivered
        if delivered is not None and self._within(delivered.happened):
            self._delivered[_day(delivered.happened)] += 1
        ending = ending_of(case.events, reached)
        if ending is None or not self._within(ending.event.happened):
            return
        self._outcomes[ending.outcome] += 1
        if ending.outcome in FINISHED:
            self._finished_on[_day(ending.event.happened)] += 1
            self._of_item[case.item_code]["finished"] += 1
            self._of_mode[case.mode]["finished"] += 1
            self._finished(case, ending)

    def running(self, case: MovedCase) -> None:
        """Count a case that goes on, where a limit of the organ is over."""
        item = self._item_of(case.item_code, case.item_version)
        clocks = organ_clocks(case, item, case.events, self._today, self._calendar)
        over = [clock.kind for clock in clocks if clock.nearness is Nearness.OVER]
        if over:
            self._call(case.item_code, "", case.item_name)
            self._over[over[0]] += 1
            self._of_item[case.item_code]["over"] += 1

    def may_be_over(self, group: RunningCases) -> bool:
        """Whether a limit of such cases is over by their dates; their logs may only put it off."""
        item = self._item_of(group.item_code, group.item_version)
        clocks = organ_clocks(group, item, (), self._today, self._calendar)
        return any(clock.nearness is Nearness.OVER for clock in clocks)

    def days(self) -> dict[date, DayFigures]:
        """What happened on each day on which something did."""
        found = sorted({*self._taken_in, *self._finished_on, *self._delivered})
        return {day: DayFigures(self._taken_in[day], self._finished_on[day], self._delivered[day]) for day in found}

    def items(self) -> tuple[ItemFigures, ...]:
        """By item, the ones with most cases first."""
        found = [
            ItemFigures(
                code,
                self._names[code][1],
                counts["taken_in"],
                counts["finished"],
                counts["corrections"],
                counts["corrected"],
                counts["late"],
                counts["over"],
                median(self._days_of_item[code]),
            )
            for code, counts in self._of_item.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.taken_in, -one.finished, -one.over, one.code)))

    def modes(self) -> dict[HandlingMode, ModeFigures]:
        """By mode, of those that occur."""
        return {
            mode: ModeFigures(self._of_mode[mode]["taken_in"], self._of_mode[mode]["finished"])
            for mode in HandlingMode
            if mode in self._of_mode
        }

    def outcomes(self) -> dict[Outcome, int]:
        """How they ended, of the outcomes that occur."""
        return {outcome: self._outcomes[outcome] for outcome in Outcome if self._outcomes[outcome]}

    def finish(self) -> Finish:
        """How long they took."""
        judged = self._judged
        return Finish(
            dict(self._since_receipt),
            dict(self._since_acceptance),
            judged["in_time"],
            judged["late"],
            judged["no_limit"],
            judged["no_calendar"],
        )

    def over_now(self) -> dict[ClockKind, int]:
        """Cases over a limit now, by its kind."""
        return dict(self._over)

    def _finished(self, case: MovedCase, ending: Ending) -> None:
        ended = _day(ending.event.happened)
        try:
            if case.received_at is not None:
                days = max(0, working_days_between(_day(case.received_at), ended, self._calendar))
                self._since_receipt[days] += 1
                self._days_of_item[case.item_code][days] += 1
            if case.accepted_at is not None and _day(case.accepted_at) <= ended:
                self._since_acceptance[working_days_between(_day(case.accepted_at), ended, self._calendar)] += 1
        except NoCalendar:
            self._judged["no_calendar"] += 1
        word = self._word(case, ending)
        self._judged[word] += 1
        if word == "late":
            self._of_item[case.item_code]["late"] += 1

    def _word(self, case: MovedCase, ending: Ending) -> str:
        """Whether it ended in time. Of cases without stops the same dates say the same, so thousands of them are
        counted once."""
        plain = all(event.to_status not in _MOVING and "value.limit_date" not in event.detail for event in case.events)
        if not plain:
            return _in_time(case, ending, self._item_of(case.item_code, case.item_version), self._calendar)
        received, accepted = _day_or_none(case.received_at), _day_or_none(case.accepted_at)
        ended = _day(ending.event.happened)
        key = (case.item_code, case.item_version, case.mode, received, accepted, case.limit_date, ended)
        if key not in self._known:
            item = self._item_of(case.item_code, case.item_version)
            self._known[key] = _in_time(case, ending, item, self._calendar)
        return self._known[key]

    def _came_back(self, event: CaseEvent) -> bool:
        back = event.to_status is CaseStatus.RETURNED and event.from_status is not CaseStatus.RETURNED
        return back and self._within(event.happened)

    def _within(self, moment: datetime) -> bool:
        return self._since <= moment < self._until

    def _call(self, code: str, newest: str, name: str) -> None:
        known = self._names.get(code)
        if known is None or newest > known[0]:
            self._names[code] = (newest, name)


def _in_time(case: MovedCase, ending: Ending, item: ServiceItem | None, calendar: Calendar) -> str:
    """``in_time``, ``late`` or ``no_limit``: how the clock of the decision stood on the day a case ended.

    It runs from the acceptance 受理 (行政许可法 §42), of what the village does itself from the receipt. Other clocks
    say nothing here: that of the correction ends in the acceptance, that of the delivery begins afterwards.
    """
    spot = case.mode is HandlingMode.ON_THE_SPOT
    then = RunningCases(
        CaseStatus.RECEIVED if spot else CaseStatus.IN_PROCESS,
        case.mode,
        case.item_code,
        case.item_version,
        _day_or_none(case.received_at),
        _day_or_none(case.accepted_at),
        case.limit_date,
        1,
    )
    ended = _day(ending.event.happened)
    for clock in organ_clocks(then, item, case.events[: ending.place + 1], ended, calendar):
        if clock.kind is not ClockKind.DECISION:
            continue
        if clock.due is not None:
            return "late" if clock.due < ended else "in_time"
        if clock.no_calendar > ended.year:  # its last day lies in a year to come, whose holidays nobody knows yet
            return "in_time"
    return "no_limit"


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _day_or_none(moment: datetime | None) -> date | None:
    return None if moment is None else _day(moment)
