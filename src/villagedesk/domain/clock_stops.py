"""What stops a law clock (domain: section 4), and the last day of a limit with such days left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.domain.service_item import ServiceItem, StopKind, StopRule, TimeLimit, TimeUnit
from villagedesk.domain.working_days import Calendar, after_natural_days, after_working_days

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

LIMIT_DETAIL = "value.limit_date"
"""Name in the detail of a change's event: the limit it brought."""
OVERTAKEN = "overtaken"
"""Name in the detail of a change's event that came late: later ones were written before it, and theirs stands."""

UNDER_WAY = frozenset({CaseStatus.ACCEPTED, CaseStatus.IN_PROCESS, CaseStatus.SUSPENDED})
"""States in which the organ's limit runs, or is stopped."""
_STOPPED = frozenset({CaseStatus.SUSPENDED, CaseStatus.RETURNED})
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stop:
    """Days left out of a count.

    Args:
        since: the day it began, which is still counted.
        until: the day it ended, which is the last left out; None while it runs.
        name: what stops the clock, by the item's rule or a :class:`StopKind` of the law.
        most: the longest it may take by the item's rule; None without a bound.
    """

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


def stops_of(item: ServiceItem | None, events: Sequence[CaseEvent]) -> tuple[tuple[Stop, ...], bool]:
    """What stops the clock, and whether there was a suspension of which nobody knows whether it does.

    A suspension stops it by the law or by the item's rule; a correction asked for after the acceptance 补正 only by the
    item's rule, from the day it was asked for to the day it came.

    Args:
        events: of the case, oldest first.
    """
    rules = {} if item is None else {rule.kind: rule for rule in item.stops}
    stops: list[Stop] = []
    unsure = False
    open_one: Stop | None = None
    for event in events:
        if event.to_status is event.from_status:
            continue
        if event.from_status in _STOPPED and open_one is not None:
            stops.append(replace(open_one, until=_day(event.happened)))
            open_one = None
        if event.to_status is CaseStatus.SUSPENDED:
            kind = event.detail.get(STOP_DETAIL, "")
            known = StopKind(kind) if kind in set(StopKind) else None
            if known in rules or known in STOPS_BY_LAW:
                open_one = _stop(_day(event.happened), known, rules)
            else:
                unsure = True
        late = event.to_status is CaseStatus.RETURNED and event.from_status in UNDER_WAY
        if late and StopKind.LATE_CORRECTION in rules:
            open_one = _stop(_day(event.happened), StopKind.LATE_CORRECTION, rules)
    if open_one is not None:
        stops.append(open_one)
    return tuple(stops), unsure


def since_told(events: Sequence[CaseEvent], told: date) -> tuple[date | None, Sequence[CaseEvent]]:
    """The day the acceptance system told that date, and what happened after it: the date holds all that was before.

    One that is told again unchanged says nothing new. Where the log has it not, it came with the acceptance.

    Args:
        events: of the case, oldest first.
    """
    place: int | None = None
    for number, event in enumerate(events):
        said = event.detail.get(LIMIT_DETAIL, "") if OVERTAKEN not in event.detail else ""
        if said:
            place = (number if place is None else place) if told_day(said) == told else None
    if place is None:
        accepted = [number for number, event in enumerate(events) if event.to_status is CaseStatus.ACCEPTED]
        if not accepted:
            return None, events
        place = accepted[-1]
    return _day(events[place].happened), events[place + 1 :]


def told_day(text: str) -> date | None:
    """The day of a limit as the acceptance system puts it, with or without a time; None where it cannot be read."""
    day = re.split(r"[T\s]", text.strip(), maxsplit=1)[0]
    try:
        return read_date(day)
    except NoDate:
        return None


def _stop(since: date, kind: StopKind | None, rules: Mapping[StopKind, StopRule]) -> Stop:
    rule = rules.get(kind) if kind is not None else None
    if rule is None:
        return Stop(since, None, str(kind))
    return Stop(since, None, rule.name, TimeLimit(rule.days, rule.unit) if rule.days is not None else None)


def last_day(start: date, limit: TimeLimit, stops: Sequence[Stop], today: date, calendar: Calendar) -> date | None:
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


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
