"""The clerk's decisions about rows on their way, each with its line in the case's log (I5, I10).

Every function is given a transaction, so that a use case can put its own writes beside it.
"""

from __future__ import annotations

from datetime import datetime

from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import OPEN_STATES, OutboxRow, SendingState
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.sync.rows import advance
from villagedesk.sync.table import Event

_QUEUE = "sync.queue_paused"


def queue_is_paused(snapshot: Snapshot) -> bool:
    """Whether the clerk has stopped the whole queue."""
    return snapshot.setting(_QUEUE) == "yes"


def pause_queue(transaction: Transaction, clerk: str, now: datetime) -> None:
    """Stop everything, also what will be enqueued later."""
    transaction.put_setting(_QUEUE, "yes")
    for row in transaction.outbox(OPEN_STATES - {SendingState.PAUSED}):
        pause(transaction, row.action_id, clerk, now)


def resume_queue(transaction: Transaction, clerk: str, now: datetime) -> None:
    """Let everything go on, single paused rows too."""
    transaction.put_setting(_QUEUE, "")
    for row in transaction.outbox(frozenset({SendingState.PAUSED})):
        resume(transaction, row.action_id, clerk, now)


def pause(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Hold one row. Raises NoSuchTransition when it is closed, held or in the tray."""
    return _decide(transaction, action_id, Event.PAUSED, clerk, now)


def resume(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Let one held row go on. Raises NoSuchTransition when it is not held."""
    return _decide(transaction, action_id, Event.RESUMED, clerk, now)


def withdraw_unsent(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Take a row back that was never frozen.

    Raises:
        NoSuchTransition: when it is not queued.
        ValueError: when its bytes are frozen: what may have been sent is taken back by an action of its own.
    """
    if transaction.outbox_row(action_id).frozen_at is not None:
        raise ValueError("frozen bytes cannot be taken back")
    return _decide(transaction, action_id, Event.WITHDRAWN, clerk, now)


def mend(transaction: Transaction, action_id: str, successor: OutboxRow, clerk: str, now: datetime) -> OutboxRow:
    """Replace a row of the tray by revision n+1, which is queued in the same transaction.

    Raises:
        NoSuchTransition: when the row is not in the tray.
        ValueError: when ``successor`` is not the next revision of the same case.
    """
    row = transaction.outbox_row(action_id)
    if (successor.case_id, successor.revision) != (row.case_id, row.revision + 1):
        raise ValueError("the successor must be the next revision of the same case")
    superseded = _decide(transaction, action_id, Event.MENDED, clerk, now)
    transaction.add_outbox(successor)
    return superseded


def drop(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Give a row of the tray up. Raises NoSuchTransition when it is not there."""
    return _decide(transaction, action_id, Event.DROPPED, clerk, now)


def _decide(transaction: Transaction, action_id: str, event: Event, clerk: str, now: datetime) -> OutboxRow:
    row = transaction.outbox_row(action_id)
    after = advance(row, event, now, reason=row.reason_key, raw=row.reason_raw)
    transaction.update_outbox(after)
    detail = {"action_id": action_id, "decision": event.name.lower(), "from": row.state, "to": after.state}
    transaction.append_event(CaseEvent(row.case_id, now, clerk, "decision", detail=detail))
    return after
