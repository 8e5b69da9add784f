"""The part of a store that sync never asks for: statistics and the days of the link."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from villagedesk.domain.case import RunningCases
from villagedesk.domain.desk_hours import DoorLine
from villagedesk.domain.link_days import LinkDay
from villagedesk.domain.statistics import MovedCase, TakenIn

_REAL = "statistics are the real store's"


class NoStatistics:
    """None of it."""

    def taken_in(self, first: date, last: date) -> Sequence[TakenIn]:
        raise NotImplementedError(_REAL)

    def cases_moved(self, since: datetime, until: datetime) -> Sequence[str]:
        raise NotImplementedError(_REAL)

    def cases_to_be_handed_out(self) -> Sequence[str]:
        raise NotImplementedError(_REAL)

    def cases_of_group(self, group: RunningCases) -> Sequence[str]:
        raise NotImplementedError(_REAL)

    def moves(self, case_ids: Collection[str]) -> Sequence[MovedCase]:
        raise NotImplementedError(_REAL)

    def evaluation_counts(self, since: datetime, until: datetime) -> Mapping[int, int]:
        raise NotImplementedError(_REAL)

    def door_lines(self, since: datetime, until: datetime) -> tuple[Sequence[DoorLine], bool]:
        raise NotImplementedError(_REAL)

    def link_days(self, first: date, last: date) -> Sequence[LinkDay]:
        raise NotImplementedError(_REAL)

    def add_link_time(self, time: LinkDay) -> None:
        raise NotImplementedError(_REAL)
