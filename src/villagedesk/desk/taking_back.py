"""Taking back what of a case was to be sent, or is sent: used by every change that ends a case's way (I5, I10)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from villagedesk.acceptance.wire import WIRE_VERSION, ActionPayload, sha256_hex
from villagedesk.desk.case_possible import is_out, withdrawal_under_way
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import utc_text
from villagedesk.domain.life_cycle import CaseChange, after
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.station import StationFile
from villagedesk.sync import decisions


def action_row(
    case_id: str, operation: Operation, values: dict[str, str], clerk: str, station: StationFile, now: datetime
) -> OutboxRow:
    """The outbox row of an action on a case; its action_id is made here, once for ever (I2)."""
    action_id = str(uuid.uuid4())
    payload = ActionPayload(
        wire_version=WIRE_VERSION,
        action_id=action_id,
        station=station.division_code,
        clerk=clerk,
        operation=str(operation),
        at=utc_text(now),
        values=values,
    ).to_bytes()
    return OutboxRow(
        action_id=action_id,
        case_id=case_id,
        operation=operation,
        revision=0,
        state=SendingState.QUEUED,
        payload=payload,
        payload_sha256=sha256_hex(payload),
        wire_version=WIRE_VERSION,
        created_at=now,
        updated_at=now,
    )


def cancel_what_waits(transaction: Transaction, case_id: str, clerk: str, now: datetime) -> None:
    """Cancel every row of a case that never left this PC or lies in the tray; each is a logged decision."""
    for row in transaction.outbox_of_case(case_id):
        if row.state in TRAY_STATES:
            decisions.drop(transaction, row.action_id, clerk, now)
        elif row.state in OPEN_STATES and decisions.never_left(row):
            decisions.withdraw_unsent(transaction, row.action_id, clerk, now)


def standing_without_it(case: Case, snapshot: Snapshot) -> CaseStatus:
    """Where a case stands when its newest revision was cancelled: one that was there before still waits for its
    correction, which must not fall from sight."""
    rows = snapshot.outbox_of_case(case.case_id)
    sent = any(row.operation is Operation.SUBMIT and row.state is SendingState.SENT for row in rows)
    on_the_way = any(row.operation is Operation.SUBMIT and row.state in OPEN_STATES for row in rows)
    return CaseStatus.RETURNED if case.status is CaseStatus.RECEIVED and sent and not on_the_way else case.status


def stand_without_it(transaction: Transaction, case: Case, clerk: str, now: datetime) -> None:
    """Put a case whose newest revision was given up where it stands then, with a line in its log where it moves."""
    status = standing_without_it(case, transaction)
    if status is not case.status:
        transaction.put_case(replace(case, status=status, updated_at=now))
        transaction.append_event(CaseEvent(case.case_id, now, clerk, "status", case.status, status))


def close_if_nothing_went(transaction: Transaction, case_id: str, clerk: str, now: datetime) -> None:
    """End a withdrawal that waits behind a submission which was given up before anything of the case was there: nobody
    is left to answer it, so the case is withdrawn now, and with it whatever else of it was still to go."""
    rows = transaction.outbox_of_case(case_id)
    waiting = withdrawal_under_way(rows)
    case = transaction.case(case_id)
    if waiting is None or not decisions.never_left(waiting) or is_out(case, rows):
        return
    cancel_what_waits(transaction, case_id, clerk, now)
    status = after(case.status, CaseChange.WITHDRAWN)
    transaction.put_case(replace(case, status=status, updated_at=now))
    transaction.append_event(CaseEvent(case_id, now, clerk, CaseChange.WITHDRAWN, case.status, status))
