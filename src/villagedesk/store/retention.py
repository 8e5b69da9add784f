"""Which page files may go (invariant I9), and taking away those that were given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select, text, union

from villagedesk.domain.case import CaseStatus
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.document import SCANNED_HERE
from villagedesk.domain.outbox import CLOSED_STATES, Operation, SendingState
from villagedesk.domain.printing import PrintJobState
from villagedesk.domain.retention import Held, RetentionCandidate, RetentionPage
from villagedesk.store.schema import (
    CASE_EVENTS,
    CASES,
    DOCUMENTS,
    EXPIRED_PAGES,
    OUTBOX,
    PAGES,
    PRINT_JOBS,
    SENT_PAGES,
)

OVER = (CaseStatus.DELIVERED.value, CaseStatus.ARCHIVED.value)
"""States of a case whose papers are through."""

_CLOSED = sorted(state.value for state in CLOSED_STATES)
_SCANNED = sorted(origin.value for origin in SCANNED_HERE)
_AT_ONCE = 500
# As written text, so that SQLite sees the index of the migration fit; the states are the two of OVER.
_DELIVERED = text(
    "SELECT case_id, min(at) AS delivered_at FROM case_events WHERE to_status IN ('delivered', 'archived')"
    " GROUP BY case_id HAVING min(at) < :before ORDER BY delivered_at, case_id"
)


def held_pages(connection: Connection, page_ids: Iterable[str], delivered_before: datetime) -> Mapping[str, Held]:
    """Which of these pages are still needed, and why; the rest may go.

    A page is judged by every case that names it: as its own, as once sent, as a paper printed for it, or
    as a document that came for it.

    Args:
        delivered_before: the moment before which each of those cases must have been delivered.
    """
    held: dict[str, Held] = {}
    wanted = sorted(set(page_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        held.update(_held(connection, wanted[start : start + _AT_ONCE], utc_text(delivered_before)))
    return held


def _held(connection: Connection, page_ids: Sequence[str], before: str) -> dict[str, Held]:
    naming = union(
        *(
            select(table.c.page_id, table.c.case_id).where(table.c.page_id.in_(page_ids))
            for table in (PAGES, SENT_PAGES, PRINT_JOBS, DOCUMENTS)
        )
    ).subquery()
    delivered = (
        select(func.min(CASE_EVENTS.c.at))
        .where(CASE_EVENTS.c.case_id == naming.c.case_id, CASE_EVENTS.c.to_status.in_(OVER))
        .scalar_subquery()
    )
    unsettled = exists().where(OUTBOX.c.case_id == naming.c.case_id, OUTBOX.c.state.not_in(_CLOSED))
    status = select(CASES.c.status).where(CASES.c.case_id == naming.c.case_id).scalar_subquery()
    held: dict[str, Held] = {}
    chosen = select(naming.c.page_id, status.label("status"), delivered.label("at"), unsettled.label("unsettled"))
    for row in connection.execute(chosen):
        if row.unsettled:
            held[row.page_id] = Held.STILL_OPEN
        elif row.status not in OVER or row.at is None or row.at >= before:
            held.setdefault(row.page_id, Held.NOT_DELIVERED)
    sending = union(
        *(
            select(table.c.page_id, table.c.case_id, table.c.sha256).where(table.c.page_id.in_(page_ids))
            for table in (PAGES, SENT_PAGES)
        )
    ).subquery()
    attested = exists().where(
        OUTBOX.c.case_id == sending.c.case_id,
        OUTBOX.c.operation == Operation.SUBMIT.value,
        OUTBOX.c.state == SendingState.SENT.value,
        func.instr(OUTBOX.c.receipt, sending.c.sha256) > 0,
    )
    for page_id in connection.execute(select(sending.c.page_id).where(~attested)).scalars():
        held.setdefault(page_id, Held.NOT_ATTESTED)
    scanned = select(DOCUMENTS.c.page_id).where(DOCUMENTS.c.page_id.in_(page_ids), DOCUMENTS.c.origin.in_(_SCANNED))
    for page_id in connection.execute(scanned).scalars():
        held.setdefault(page_id, Held.ONLY_HERE)
    waiting = select(PRINT_JOBS.c.page_id).where(
        PRINT_JOBS.c.page_id.in_(page_ids),
        PRINT_JOBS.c.state.in_([PrintJobState.WAITING.value, PrintJobState.FAILED.value]),
    )
    for page_id in connection.execute(waiting).scalars():
        held.setdefault(page_id, Held.PRINTING)
    return held


def candidates(connection: Connection, delivered_before: datetime) -> list[RetentionCandidate]:
    """Cases delivered before that moment which still have files, oldest delivery first."""
    delivered = {
        row.case_id: moment_of(row.delivered_at)
        for row in connection.execute(_DELIVERED, {"before": utc_text(delivered_before)})
    }
    found: list[RetentionCandidate] = []
    case_ids = list(delivered)
    for start in range(0, len(case_ids), _AT_ONCE):
        chosen = case_ids[start : start + _AT_ONCE]
        pages = _files_of(connection, chosen)
        held = held_pages(connection, (page_id for files in pages.values() for page_id, _ in files), delivered_before)
        columns = select(CASES.c.case_id, CASES.c.local_no, CASES.c.item_name).where(CASES.c.case_id.in_(list(pages)))
        named = {row.case_id: row for row in connection.execute(columns)}
        for case_id in chosen:
            if case_id in named:
                files = tuple(
                    RetentionPage(page_id, sha256, size, held.get(page_id))
                    for (page_id, sha256), size in pages[case_id].items()
                )
                row = named[case_id]
                found.append(RetentionCandidate(case_id, row.local_no or "", row.item_name, delivered[case_id], files))
    return found


def _files_of(connection: Connection, case_ids: Sequence[str]) -> dict[str, dict[tuple[str, str], int]]:
    """Per case the files it names that were not given up, with their length where a row knows it."""
    files: dict[str, dict[tuple[str, str], int]] = {}
    for table in (SENT_PAGES, PRINT_JOBS, PAGES, DOCUMENTS):
        size: Any = table.c.byte_count if table in (PAGES, DOCUMENTS) else text("0")
        given_up = exists().where(EXPIRED_PAGES.c.page_id == table.c.page_id, EXPIRED_PAGES.c.sha256 == table.c.sha256)
        rows = connection.execute(
            select(table.c.case_id, table.c.page_id, table.c.sha256, size).where(
                table.c.case_id.in_(case_ids), table.c.page_id != "", ~given_up
            )
        )
        for case_id, page_id, sha256, length in rows:
            files.setdefault(case_id, {})[page_id, sha256] = length
    return files
