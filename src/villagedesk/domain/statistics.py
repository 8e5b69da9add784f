"""The figures of a time at the window: what they are made of, and what they say. No person is in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from villagedesk.domain.case import CaseEvent, CaseStatus, RunningCases
from villagedesk.domain.case_ends import FINISHED, Outcome
from villagedesk.domain.desk_hours import DeskDay, DoorLine
from villagedesk.domain.link_days import LinkDay
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.time_limits import ClockKind

LEVELS = (5, 4, 3, 2, 1)
"""Of the evaluation 好差评: 5 非常满意 to 1 非常不满意 (domain: section 2)."""
SATISFIED = 4
"""From this level on somebody is satisfied."""
POOR = 3
"""A level below this is a 差评."""


@dataclass(frozen=True)
class TakenIn:
    """How many cases of an item came in one day in one mode.

    Args:
        day: of receipt, in Shanghai.
        item_name: as the newest of them has it; ``newest`` is its 收件流水号.
    """

    day: date
    item_code: str
    item_name: str
    mode: HandlingMode
    count: int
    newest: str


@dataclass(frozen=True)
class MovedCase:
    """What of a case its clocks and milestones hang on, with the lines of its log that name a state, oldest first."""

    case_id: str
    item_code: str
    item_version: int
    item_name: str
    mode: HandlingMode
    status: CaseStatus
    received_at: datetime | None
    accepted_at: datetime | None
    limit_date: str
    events: Sequence[CaseEvent] = ()


class StatisticsReads(Protocol):
    """The part of a snapshot that statistics are made of. Moments: ``since`` ≤ at < ``until``."""

    def taken_in(self, first: date, last: date) -> Sequence[TakenIn]:
        """Cases by their day of receipt, from the first day to the last in Shanghai."""

    def cases_moved(self, since: datetime, until: datetime) -> Sequence[str]:
        """Cases of whose log a line of that time says that they ended, were delivered, or came back for correction."""

    def cases_to_be_handed_out(self) -> Sequence[str]:
        """Cases whose result waits for the villager."""

    def cases_of_group(self, group: RunningCases) -> Sequence[str]:
        """Cases of that group of running ones."""

    def moves(self, case_ids: Collection[str]) -> Sequence[MovedCase]:
        """These cases with their moves; one that is not here any more is left out."""

    def evaluation_counts(self, since: datetime, until: datetime) -> Mapping[int, int]:
        """How many evaluations of that time there are, by level."""

    def door_lines(self, since: datetime, until: datetime) -> tuple[Sequence[DoorLine], bool]:
        """Who opened and closed the program in that time, in the order it was written, and whether the last of these
        lines is the last there is. Where it was left open in a PC that slept, the lock that tells when follows them,
        however late it was written."""


@dataclass(frozen=True)
class DayFigures:
    """What happened on one day in Shanghai, each by its own day: received 收件, finished 办结, delivered 送达."""

    taken_in: int = 0
    finished: int = 0
    delivered: int = 0


@dataclass(frozen=True)
class Finish:
    """How long the cases took that were finished 办结 in that time, in working days.

    Args:
        since_receipt, since_acceptance: working days → cases; of some the acceptance is not known.
        in_time, late: of those that had a limit: whether its clock was over when they ended.
        no_limit: cases without one, or whose limit nobody told.
        no_calendar: cases whose days could not be counted, for want of a year's holidays.
    """

    since_receipt: Mapping[int, int] = field(default_factory=dict)
    since_acceptance: Mapping[int, int] = field(default_factory=dict)
    in_time: int = 0
    late: int = 0
    no_limit: int = 0
    no_calendar: int = 0

    @property
    def share_in_time(self) -> float | None:
        """0 to 1; None where no case had a limit."""
        judged = self.in_time + self.late
        return self.in_time / judged if judged else None


@dataclass(frozen=True)
class ItemFigures:
    """The same of one item.

    Args:
        corrections: how often a case came back for correction; ``corrected`` how many cases did.
        late: finished in that time after their limit; ``over`` how many are over a limit now, whenever they came in.
    """

    code: str
    name: str
    taken_in: int
    finished: int
    corrections: int
    corrected: int
    late: int
    over: int
    days: float | None
    """Median of working days from receipt to the finish; None where none was finished."""


@dataclass(frozen=True)
class ModeFigures:
    """The same of one mode."""

    taken_in: int = 0
    finished: int = 0


@dataclass(frozen=True)
class Statistics:
    """All of it.

    Args:
        first, last: days in Shanghai, both counted in.
        read_at: when it was counted.
        days: those on which something happened.
        items: the ones with most cases first; those of which nothing happened are left out.
        over_now: cases over a limit of the organ when it was counted, whenever they came in, by its kind.
        levels: evaluations of that time by level.
        by_hand: there is no interface, so no link is looked at.
    """

    first: date
    last: date
    read_at: datetime
    days: Mapping[date, DayFigures]
    items: tuple[ItemFigures, ...]
    modes: Mapping[HandlingMode, ModeFigures]
    outcomes: Mapping[Outcome, int]
    finish: Finish
    over_now: Mapping[ClockKind, int]
    levels: Mapping[int, int]
    desk_days: tuple[DeskDay, ...]
    link_days: tuple[LinkDay, ...]
    by_hand: bool = False

    @property
    def taken_in(self) -> int:
        """收件."""
        return sum(day.taken_in for day in self.days.values())

    @property
    def delivered(self) -> int:
        """送达."""
        return sum(day.delivered for day in self.days.values())

    @property
    def finished(self) -> int:
        """办结, without what was refused or given up."""
        return sum(count for outcome, count in self.outcomes.items() if outcome in FINISHED)

    @property
    def ended(self) -> int:
        """All that came to an end, whatever the outcome."""
        return sum(self.outcomes.values())

    @property
    def corrections(self) -> int:
        """How often cases came back for correction."""
        return sum(item.corrections for item in self.items)

    @property
    def evaluations(self) -> int:
        """How many there are."""
        return sum(self.levels.values())

    @property
    def satisfied(self) -> float | None:
        """The share of the satisfied, 0 to 1; None where nobody said anything."""
        good = sum(count for level, count in self.levels.items() if level >= SATISFIED)
        return good / self.evaluations if self.evaluations else None

    @property
    def poor(self) -> int:
        """差评."""
        return sum(count for level, count in self.levels.items() if level < POOR)


def median(counts: Mapping[int, int]) -> float | None:
    """The median of values counted; the mean of the two in the middle where there is an even number of them; None of
    none."""
    total = sum(counts.values())
    if not total:
        return None
    low, high = (total - 1) // 2, total // 2
    found: list[int] = []
    passed = 0
    for value in sorted(counts):
        before, passed = passed, passed + counts[value]
        found += [value for place in (low, high) if before <= place < passed]
    return sum(found) / len(found)
