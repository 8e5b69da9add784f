"""Reading for statistics: counted by SQL where a count is all that is wanted, and of the logs only lines that move."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent, CaseStatus, RunningCases
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.desk_hours import CLOSES, LEFT, OPENS, DoorLine
from villagedesk.domain.life_cycle import CLOSED
from villagedesk.domain.milestones import ENDED
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.statistics import MovedCase, TakenIn
from villagedesk.store import case_groups
from villagedesk.store.case_words import numbered_so, numbers_in
from villagedesk.store.register_reads import received_between, written_later
from villagedesk.store.schema import CASE_EVENTS, CASE_NUMBERS, CASES, EVALUATIONS, TO_HAND_OUT

_COUNTED = sorted(one.value for one in ENDED | CLOSED | {CaseStatus.REFUSED, CaseStatus.RETURNED})
"""Moves that statistics of a time ask for."""
_DOORS = sorted(deed.value for deed in OPENS | CLOSES)
_STATUS = {status.value: status for status in CaseStatus}
# The case first and then its lines by their own index; left to itself SQLite may read the whole log.
_MOVES = """
SELECT c.case_id, c.item_code, c.item_version, c.item_name, c.mode, c.status, c.received_at, c.accepted_at,
    c.limit_date, e.at, e.actor, e.kind, e.from_status, e.to_status, e.detail, e.seq
FROM json_each(?) AS wanted CROSS JOIN cases AS c ON c.case_id = wanted.value
CROSS JOIN case_events AS e INDEXED BY case_events_of_case ON e.case_id = c.case_id
WHERE e.to_status IS NOT NULL
"""
_SEQ = itemgetter(15)
_ALL = 1 << 60


class SqlStatisticsReads:
    """The part of the domain's Snapshot that statistics are made of.

    Args:
        connection: in a transaction.
    """

    connection: Connection

    def taken_in(self, first: date, last: date) -> Sequence[TakenIn]:
        """Cases by their day of receipt, from the first day to the last in Shanghai."""
        day = func.substr(CASES.c.local_no, 1, 6)
        # beside max() SQLite gives the other columns of the row that has it
        newest = func.max(CASES.c.local_no)
        chosen = (
            select(day, CASES.c.item_code, CASES.c.item_name, CASES.c.mode, func.count(), newest)
            .where(received_between(first, last))
            .group_by(day, CASES.c.item_code, CASES.c.mode)
        )
        return [
            TakenIn(_day_of(begin), code, name, HandlingMode(mode), count, number)
            for begin, code, name, mode, count, number in self.connection.execute(chosen)
        ]

    def cases_moved(self, since: datetime, until: datetime) -> Sequence[str]:
        """Cases of whose log a line of that time says that they ended, were delivered, or came back for correction."""
        moved = CASE_EVENTS.c.to_status.in_(_COUNTED)
        then = and_(*_between(CASE_EVENTS.c.at, since, until))
        chosen = select(CASE_EVENTS.c.case_id).distinct().where(moved, or_(then, written_later(since, until)))
        return list(self.connection.execute(chosen).scalars())

    def cases_to_be_handed_out(self) -> Sequence[str]:
        """Cases whose result waits for the villager."""
        named = f"SELECT case_id FROM cases INDEXED BY cases_to_hand_out WHERE {TO_HAND_OUT}"
        return list(self.connection.exec_driver_sql(named).scalars())

    def cases_of_group(self, group: RunningCases) -> Sequence[str]:
        """Cases of that group of running ones."""
        numbers = numbers_in(case_groups.numbers_of_group(self.connection, group), _ALL)
        chosen = select(CASE_NUMBERS.c.case_id).where(numbered_so(numbers))
        return list(self.connection.execute(chosen).scalars())

    def moves(self, case_ids: Collection[str]) -> Sequence[MovedCase]:
        """These cases with their moves; one that is not here any more is left out."""
        lines: dict[str, list[Any]] = {}
        for row in self.connection.exec_driver_sql(_MOVES, (json.dumps(list(case_ids)),)):
            lines.setdefault(row[0], []).append(row)
        # sorted here, one by one: SQLite would sort all of them together
        return [_case(rows[0], sorted(rows, key=_SEQ)) for rows in lines.values()]

    def evaluation_counts(self, since: datetime, until: datetime) -> Mapping[int, int]:
        """How many evaluations of that time there are, by level."""
        chosen = select(EVALUATIONS.c.level, func.count().label("said"))
        chosen = chosen.where(*_between(EVALUATIONS.c.at, since, until)).group_by(EVALUATIONS.c.level)
        return {row.level: row.said for row in self.connection.execute(chosen)}

    def door_lines(self, since: datetime, until: datetime) -> tuple[Sequence[DoorLine], bool]:
        """Who opened and closed the program in that time, in the order it was written, and whether the last of these
        lines is the last there is. Where it was left open in a PC that slept, the lock that tells when follows them,
        however late it was written."""
        events = CASE_EVENTS.c
        doors = (events.case_id == STATION, events.kind.in_(_DOORS))
        every = select(events.seq, events.at, events.actor, events.kind, events.detail).where(*doors)
        chosen = every.where(*_between(events.at, since, until)).order_by(events.seq)
        rows = list(self.connection.execute(chosen))
        if not rows:
            return [], False
        lines = [_door_line(row) for row in rows]
        after = list(self.connection.execute(every.where(events.seq > rows[-1].seq).order_by(events.seq).limit(2)))
        if after and (next_line := _door_line(after[0])).left is not None:
            lines.append(next_line)
            del after[0]
        return lines, not after


def _between(column: Any, since: datetime, until: datetime) -> tuple[Any, Any]:
    return column >= utc_text(since), column < utc_text(until)


def _day_of(begin: str) -> date:
    return date(2000 + int(begin[:2]), int(begin[2:4]), int(begin[4:]))


def _case(row: Any, rows: Sequence[Any]) -> MovedCase:
    received, accepted = (moment_of(text) if text else None for text in row[6:8])
    state = (HandlingMode(row[4]), _STATUS[row[5]], received, accepted, row[8])
    return MovedCase(row[0], row[1], row[2], row[3], *state, [_event(one) for one in rows])


def _door_line(row: Any) -> DoorLine:
    left = json.loads(row.detail).get(LEFT)
    return DoorLine(moment_of(row.at), row.actor, Deed(row.kind), moment_of(left) if left else None)


def _event(row: Any) -> CaseEvent:
    before, to = row[12], row[13]
    said = {} if row[14] == "{}" else json.loads(row[14])
    return CaseEvent(
        row[0], moment_of(row[9]), row[10], row[11], _STATUS[before] if before else None, _STATUS[to], said
    )
