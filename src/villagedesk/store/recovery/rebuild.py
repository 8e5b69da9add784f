"""A new database of what was read from a damaged one, with every rule of today's schema in force from its first row.

A row that no rule takes is left out and counted. The log is chained anew behind a first line that says so; outbox rows
keep their states, and the setting ``restored`` has the sync engine ask about each before it sends anything.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import Clock, utc_text
from villagedesk.domain.local_no import next_epoch, parse_local_no
from villagedesk.domain.milestones import IMPORTED
from villagedesk.domain.outbox import SENDS, Operation, OutboxRow
from villagedesk.domain.restoring import RESTORED, Reason, Restoration
from villagedesk.store import rows
from villagedesk.store.recovery.lost_cases import case_again
from villagedesk.store.recovery.pages import Value
from villagedesk.store.recovery.remains import Remains
from villagedesk.store.recovery.shapes import Shape
from villagedesk.store.schema import (
    CALL_BACKS,
    CAPTURES,
    CASE_EVENTS,
    CASES,
    DOCUMENT_PARTS,
    DOCUMENTS,
    ENDED_CAPTURES,
    EPOCHS,
    EVALUATIONS,
    EXPIRED_PAGES,
    HANDOVER_BATCHES,
    HANDOVER_LINES,
    LINK_DAYS,
    LOCAL_NUMBERS,
    META,
    OUTBOX,
    PAGE_ORIGINS,
    PAGE_TRANSFERS,
    PAGES,
    PRINT_JOBS,
    SENT_PAGES,
    SETTINGS,
    VISITS,
)
from villagedesk.store.transaction import SqlTransaction
from villagedesk.store.waiting_papers import ask_about_waiting_papers

Values = dict[str, Value]
_PLAIN = (
    *(SENT_PAGES, PRINT_JOBS, DOCUMENTS, DOCUMENT_PARTS, CAPTURES, PAGE_ORIGINS, ENDED_CAPTURES),
    *(HANDOVER_BATCHES, HANDOVER_LINES, EVALUATIONS, CALL_BACKS, VISITS),
    *(PAGE_TRANSFERS, LOCAL_NUMBERS, LINK_DAYS, SETTINGS),
)
# handed over to the township is none of them: a proxy case that moved to system acceptance keeps that state and sends
_NOTHING_TO_SEND = frozenset(
    {CaseStatus.DRAFT, CaseStatus.WITHDRAWN, CaseStatus.VOID, CaseStatus.RETURNED_TO_APPLICANT}
)
_NAMING = (PAGES, SENT_PAGES, PRINT_JOBS, DOCUMENTS, HANDOVER_LINES, EVALUATIONS, CALL_BACKS, VISITS)
"""Tables whose rows say that there was a case: where its own row is gone, it is made again for them."""
COUNTED = (
    *(CASES, PAGES, OUTBOX, CASE_EVENTS, PRINT_JOBS, SENT_PAGES, DOCUMENTS, CAPTURES),
    *(HANDOVER_BATCHES, HANDOVER_LINES, EVALUATIONS, CALL_BACKS, VISITS),
    *(EXPIRED_PAGES, LOCAL_NUMBERS, SETTINGS),
)
"""Tables a report names, in its order."""


@dataclass(frozen=True)
class Asked:
    """What a recovery goes by beside what is left of the database.

    Args:
        clerk: who recovers, for the log.
        newest_local_no: the newest receipt number at hand, "" when there is none.
        letters: those the backup medium knows to be taken.
    """

    clerk: str
    newest_local_no: str = ""
    letters: frozenset[str] = frozenset()


@dataclass
class Rebuilt:
    """What came of it.

    Args:
        kept: rows per table; ``refused`` those read that no rule took.
        again: cases made again from their submission or log.
        unqueued: cases whose newest submission is gone, so that nobody here knows whether it was sent.
        epoch: the letter new numbers carry; ``letters`` are all that are taken now, it among them.
    """

    kept: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    again: int = 0
    unqueued: int = 0
    epoch: str = ""
    letters: frozenset[str] = frozenset()


class Rebuilder:
    """Fills a new, migrated, otherwise empty database in one transaction.

    Args:
        connection: in a transaction.
        audit_key: 32 bytes, :attr:`villagedesk.store.keys.DataKey.audit`.
        told: called with each row written.
    """

    def __init__(
        self,
        connection: Connection,
        audit_key: bytes,
        clock: Clock,
        shapes: Mapping[str, Shape],
        remains: Remains,
        asked: Asked,
        told: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._shapes = shapes
        self._remains = remains
        self._clerk = asked.clerk
        self._newest = asked.newest_local_no
        self._taken = asked.letters
        self._told = told
        self._into = SqlTransaction(connection, audit_key, clock)
        self._done = Rebuilt()
        self._again: list[str] = []
        self._unqueued: list[str] = []

    def rebuild(self) -> Rebuilt:
        """Do it.

        Raises:
            InputProblem: ``domain.local_no.*`` when the newest number is none, or every letter was used.
        """
        old = {str(row["name"]): str(row["value"]) for row in self._read(META)}
        events = self._parsed(CASE_EVENTS, rows.event_of)
        outbox = self._parsed(OUTBOX, rows.outbox_of)
        known = self._cases(events, outbox)
        self._epochs(old, known.values())
        self._insert(EXPIRED_PAGES, self._read(EXPIRED_PAGES))
        self._outbox(outbox, known, {event.case_id for _, event in events if event.kind == IMPORTED})
        self._insert(PAGES, [row for row in self._read(PAGES) if row["case_id"] in known])
        for table in _PLAIN:
            found = self._read(table)
            self._insert(table, [row for row in found if row.get("case_id") is None or row["case_id"] in known])
        self._log(old, events)
        return self._done

    def _read(self, table: Table) -> list[Values]:
        """Rows as they were found, newest first, so that of two in one place the newer one stays."""
        found = self._remains.tables[table.name].rows
        shape = self._shapes[table.name]
        return [shape.values(rowid, found[rowid]) for rowid in sorted(found, reverse=True)]

    def _parsed(self, table: Table, parse: Callable[[Any], Any]) -> list[tuple[Values, Any]]:
        """Rows with what they say, oldest first; those that say nothing the domain knows are refused."""
        parsed: list[tuple[Values, Any]] = []
        for values in reversed(self._read(table)):
            try:
                parsed.append((values, parse(SimpleNamespace(**values))))
            except (ValueError, KeyError, TypeError):
                self._refuse(table)
        return parsed

    def _cases(self, events: list[tuple[Values, CaseEvent]], outbox: list[tuple[Values, OutboxRow]]) -> dict[str, Case]:
        known: dict[str, Case] = {}
        for _, case in self._parsed(CASES, rows.case_of):
            self._put(case, known)
        by_case: dict[str, list[CaseEvent]] = defaultdict(list)
        for _, event in events:
            by_case[event.case_id].append(event)
        rows_of: dict[str, list[OutboxRow]] = defaultdict(list)
        for _, row in outbox:
            rows_of[row.case_id].append(row)
        named = {str(row["case_id"]) for table in _NAMING for row in self._read(table)}
        for case_id in sorted((named | rows_of.keys()) - known.keys()):
            case = case_again(case_id, by_case[case_id], rows_of[case_id], self._clock.now())
            if case is not None and self._put(case, known):
                self._again.append(case_id)
        self._done.again = len(self._again)
        return known

    def _put(self, case: Case, known: dict[str, Case]) -> bool:
        try:
            self._into.put_case(case)
        except ValueError:
            self._refuse(CASES)
            return False
        known[case.case_id] = case
        self._count(CASES)
        return True

    def _epochs(self, old: Mapping[str, str], cases: Iterable[Case]) -> None:
        used = {"A", old.get("epoch", "A")} | self._taken
        used.update(case.local_no[7] for case in cases if case.local_no is not None and len(case.local_no) > 7)
        used.update(str(row["epoch"]) for row in self._read(LOCAL_NUMBERS))
        on_record = list(reversed(self._read(EPOCHS)))
        used.update(str(row["epoch"]) for row in on_record)
        if self._newest:
            used.add(parse_local_no(self._newest).epoch)
        self._insert(EPOCHS, on_record)
        unrecorded = used - {row["epoch"] for row in on_record}
        now, station = self._clock.now(), old.get("installation_id", "")
        self._insert(
            EPOCHS,
            [
                {
                    "epoch": epoch,
                    "installation_id": station if epoch == old.get("epoch") else "",
                    "since": utc_text(now),
                }
                for epoch in sorted(unrecorded)
            ],
        )
        self._done.epoch = next_epoch(used)
        self._done.letters = frozenset(used | {self._done.epoch})
        made = {"name": "created_at", "value": old.get("created_at", utc_text(now))}
        self._connection.execute(META.insert(), [{"name": "installation_id", "value": station}, made])

    def _outbox(
        self, outbox: list[tuple[Values, OutboxRow]], known: Mapping[str, Case], imported: Collection[str]
    ) -> None:
        self._insert(OUTBOX, [values for values, row in outbox if row.case_id in known])
        there = {(row.case_id, row.revision) for _, row in outbox}
        for case in known.values():
            # an item that sends has a row for every revision; without it nobody here knows whether it went out
            sends = Operation.SUBMIT in SENDS[case.mode] and case.status not in _NOTHING_TO_SEND
            if sends and case.case_id not in imported and (case.case_id, case.revision) not in there:
                self._unqueued.append(case.case_id)
        self._done.unqueued = len(self._unqueued)

    def _log(self, old: Mapping[str, str], events: list[tuple[Values, CaseEvent]]) -> None:
        now = self._clock.now()
        installation_id = str(uuid.uuid4())
        detail = {
            "kept": str(len(events)),
            "lost": str(self._remains.tables[CASE_EVENTS.name].lost()),
            "old_head": old.get("audit_head", ""),
            "epoch": self._done.epoch,
        }
        self._into.append_event(CaseEvent(STATION, now, self._clerk, Deed.DATABASE_RECOVERED, detail=detail))
        for _, event in events:
            self._into.append_event(event)
            self._count(CASE_EVENTS)
        for case_ids, what in ((self._again, "case"), (self._unqueued, "submission")):
            for case_id in case_ids:
                lost = CaseEvent(case_id, now, self._clerk, Deed.DATABASE_RECOVERED, detail={"lost": what})
                self._into.append_event(lost)
        ask_about_waiting_papers(self._into, now, self._clerk)
        self._into.begin_epoch(self._done.epoch, installation_id)
        newest = max((event.at for _, event in events), default=now)
        told = Restoration(now, newest, Reason.RECOVERY, self._done.epoch, installation_id, self._newest)
        self._into.put_setting(RESTORED, told.to_text())

    def _insert(self, table: Table, values: Iterable[Values]) -> None:
        statement = table.insert()
        for row in values:
            try:
                # a refused statement undoes itself only: what was inserted before stays
                self._connection.execute(statement, row)
            except IntegrityError:
                self._refuse(table)
            else:
                self._count(table)

    def _count(self, table: Table) -> None:
        self._done.kept[table.name] = self._done.kept.get(table.name, 0) + 1
        self._told()

    def _refuse(self, table: Table) -> None:
        self._done.refused[table.name] = self._done.refused.get(table.name, 0) + 1
