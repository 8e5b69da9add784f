"""Lists of what there is to do, and how much of it: read for the first screen, among very many cases."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, Select, and_, distinct, func, select

from villagedesk.domain.audit import RECEIPT_KINDS
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, RunningCases
from villagedesk.domain.life_cycle import APPLICANT_TOLD, CLOSED
from villagedesk.domain.outbox import OPEN_STATES, SendingState
from villagedesk.store import case_groups, rows
from villagedesk.store.case_words import numbers_in
from villagedesk.store.schema import CASE_EVENTS, CASE_NUMBERS, CASES, OUTBOX, TO_HAND_OUT

_OVER = sorted(status.value for status in CLOSED | {CaseStatus.DRAFT})
_PROMISING = and_(CASES.c.promised_until != "", CASES.c.status.not_in(_OVER))
_TOLD = select(CASE_EVENTS.c.seq).where(CASE_EVENTS.c.case_id == CASES.c.case_id, CASE_EVENTS.c.kind == APPLICANT_TOLD)
_REFUSED_UNTOLD = and_(CASES.c.status == CaseStatus.REFUSED.value, ~_TOLD.exists())


class WorkLists:
    """The part of the domain's Snapshot that tells what waits for somebody.

    Args:
        connection: in a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def running_cases(self) -> Sequence[RunningCases]:
        """All cases in which a clock of the organ runs, counted by what their limits hang on."""
        return case_groups.running_groups(self.connection)

    def cases_running(self, group: RunningCases, limit: int) -> Sequence[Case]:
        """Cases of that group, the newest made first."""
        return self.numbered(case_groups.numbers_of_group(self.connection, group), limit)

    def cases_with_papers_left(self, limit: int) -> tuple[Sequence[Case], int]:
        """Cases refused, withdrawn or void whose papers still lie here, the newest made first, and how many there are
        in all."""
        left = case_groups.with_papers_left(self.connection)
        return self.numbered(left, limit), left.bit_count()

    def refused_untold(self, limit: int) -> Sequence[Case]:
        """Refused cases of which nobody noted that the applicant was told, longest unchanged first."""
        chosen = select(CASES).where(_REFUSED_UNTOLD).order_by(CASES.c.updated_at).limit(limit)
        return [rows.case_of(row) for row in self.connection.execute(chosen)]

    def count_refused_untold(self) -> int:
        """How many there are of those."""
        return self.connection.execute(select(func.count()).select_from(CASES).where(_REFUSED_UNTOLD)).scalar_one()

    def count_to_hand_out(self) -> int:
        """How many cases have a result that the villager is to get."""
        counting = f"SELECT count(*) FROM cases INDEXED BY cases_to_hand_out WHERE {TO_HAND_OUT}"
        found: int = self.connection.exec_driver_sql(counting).scalar_one()
        return found

    def statuses(self, case_ids: Collection[str]) -> Mapping[str, CaseStatus]:
        """Where each of these cases stands, however many they are; one that is not here is left out."""
        chosen = select(CASES.c.case_id, CASES.c.status).where(CASES.c.case_id.in_(_each_of(case_ids)))
        return {case_id: CaseStatus(status) for case_id, status in self.connection.execute(chosen)}

    def numbers_here(self, numbers: Collection[str], *, told: bool = False) -> frozenset[str]:
        """Which of these acceptance_nos, however many, cases here have, whatever letters of them are capitals.

        Args:
            told: a township_no counts too.
        """
        wanted, here = {number.lower() for number in numbers}, set[str]()
        for column in (CASES.c.acceptance_no, *((CASES.c.township_no,) if told else ())):
            # the whole of a partial index is read, which holds the numbers alone: some ms at 100,000 cases
            chosen = select(column).where(column != "", func.lower(column).in_(_each_of(wanted)))
            here |= {number.lower() for number in self.connection.execute(chosen).scalars()} if wanted else set()
        return frozenset(number for number in numbers if number.lower() in here)

    def count_with_promises(self) -> int:
        """How many cases wait for a promised paper."""
        return self.connection.execute(select(func.count()).select_from(CASES).where(_PROMISING)).scalar_one()

    def count_outbox(self, states: frozenset[SendingState]) -> int:
        """How many cases have a row in one of these states."""
        names = sorted(state.value for state in states)
        chosen = select(func.count(distinct(OUTBOX.c.case_id))).where(OUTBOX.c.state.in_(names))
        return self.connection.execute(chosen).scalar_one()

    def count_rows(self, states: frozenset[SendingState]) -> Mapping[SendingState, int]:
        """How many outbox rows stand in each of these states; a state without any is left out."""
        names = sorted(state.value for state in states)
        chosen = select(OUTBOX.c.state, func.count()).where(OUTBOX.c.state.in_(names)).group_by(OUTBOX.c.state)
        return {SendingState(state): count for state, count in self.connection.execute(chosen)}

    def count_paused(self, reason_keys: frozenset[str]) -> int:
        """How many outbox rows are paused for one of these reasons."""
        paused = (OUTBOX.c.state == SendingState.PAUSED.value) & OUTBOX.c.reason_key.in_(sorted(reason_keys))
        return self.connection.execute(select(func.count()).select_from(OUTBOX).where(paused)).scalar_one()

    def newest_receipt(self) -> int:
        """The number in the station's log of the newest line that tells of a receipt, 0 before the first. It grows with
        each receipt, whatever the PC's clock says."""
        told = select(CASE_EVENTS.c.seq).where(CASE_EVENTS.c.kind.in_(sorted(RECEIPT_KINDS)))
        return self.connection.execute(told.order_by(CASE_EVENTS.c.seq.desc()).limit(1)).scalar() or 0

    def logs(self, case_ids: Collection[str]) -> Mapping[str, Sequence[CaseEvent]]:
        """The logs of these cases, oldest first."""
        found: dict[str, list[CaseEvent]] = {case_id: [] for case_id in case_ids}
        chosen = select(CASE_EVENTS).where(CASE_EVENTS.c.case_id.in_(found)).order_by(CASE_EVENTS.c.seq)
        for event in map(rows.event_of, self.connection.execute(chosen)):
            found[event.case_id].append(event)
        return found

    def cases_to_hand_out(self, limit: int) -> Sequence[Case]:
        """Cases sent or carried elsewhere whose result the villager is to get, longest unchanged first."""
        # left to itself SQLite takes the index of states, and reads and sorts every case that is concluded
        naming = "SELECT case_id FROM cases INDEXED BY cases_to_hand_out WHERE {} ORDER BY updated_at LIMIT ?"
        found = self.connection.exec_driver_sql(naming.format(TO_HAND_OUT), (limit,)).scalars().all()
        chosen = select(CASES).where(CASES.c.case_id.in_(found)).order_by(CASES.c.updated_at)
        return [rows.case_of(row) for row in self.connection.execute(chosen)]

    def cases_with_promises(self, limit: int) -> Sequence[Case]:
        """Cases that wait for a promised paper, soonest due first; drafts and closed ones are left out."""
        chosen = select(CASES).where(_PROMISING).order_by(CASES.c.promised_until).limit(limit)
        return [rows.case_of(row) for row in self.connection.execute(chosen)]

    def waiting_cases(self) -> int:
        """How many cases have an open outbox row."""
        return self.count_outbox(OPEN_STATES)

    def numbered(self, cases: int, limit: int) -> list[Case]:
        """The newest cases of a set of the index."""
        chosen = select(CASES).join(CASE_NUMBERS, CASE_NUMBERS.c.case_id == CASES.c.case_id)
        chosen = chosen.where(CASE_NUMBERS.c.made.in_(numbers_in(cases, limit))).order_by(CASE_NUMBERS.c.made.desc())
        return [rows.case_of(row) for row in self.connection.execute(chosen)]


def _each_of(names: Collection[str]) -> Select[tuple[str]]:
    """One value, not one for each name: SQLite takes no more than so many."""
    return select(func.json_each(json.dumps(list(names))).table_valued("value").c.value)
