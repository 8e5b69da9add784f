"""Steps of a row that its history tells, as lines of the case's log."""

from __future__ import annotations

from datetime import datetime

from villagedesk.domain.audit import PROGRAM
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import OutboxRow
from villagedesk.domain.repositories import Transaction

REGISTERED = "sync.step.registered"
ENROLLED = "sync.step.enrolled"
_MOST_RAW = 500


def note_step(transaction: Transaction, row: OutboxRow, what: str, raw: str, now: datetime) -> None:
    """Each kind of trouble, and each step, once for ever: a line that comes and goes for weeks must not fill the log.
    How it stands now the row itself says.

    Args:
        what: message key; "" notes nothing.
        raw: as the other side put it.
    """
    if not what:
        return
    for known in transaction.events(row.case_id):
        if known.kind == "sending" and (known.detail["action_id"], known.detail["reason"]) == (row.action_id, what):
            return
    detail = {"action_id": row.action_id, "reason": what, "said": raw[:_MOST_RAW]}
    transaction.append_event(CaseEvent(row.case_id, now, PROGRAM, "sending", detail=detail))
