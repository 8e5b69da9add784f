"""The clerk's decisions about rows on their way, each with its line in the case's log (I5, I10).

Every function is given a transaction, so that a use case can put its own writes beside it; the commit wakes the
engine. ``clerk`` is the name that the log
shows, ``now`` is aware, UTC.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from villagedesk.acceptance.wire import sha256_hex
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import (
    CLOSED_STATES,
    ENTERED_BY_HAND,
    HELD_FOR_HANDS,
    HELD_STATES,
    MOVED_BACK,
    NOT_ENTERED,
    OPEN_STATES,
    PERHAPS_ENTERED,
    Operation,
    OutboxRow,
    SendingState,
    goes_by_hand,
    is_entered_by_hand,
    is_held_for_hands,
)
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.sync.entry_begun import doubt_entry, end_entry, note_by_hand
from villagedesk.sync.rows import advance
from villagedesk.sync.table import Event, NoSuchTransition

_QUEUE = "sync.queue_paused"
_HELD_SINGLY = "sync.held_singly"
"""The action_ids that were paused one by one when the whole queue was stopped, or since."""
_FIRST = "sync.first"
_MOVED_BACK = "moved_back"
"""What the log calls the decision to take a move to the acceptance system back."""
_PAUSED = frozenset({SendingState.PAUSED})
_GIVEN_UP = frozenset({Event.WITHDRAWN, Event.DROPPED})


class StillHeld(NamedTuple):
    """What stays held when the queue goes on.

    Args:
        singly: rows that a clerk paused one by one.
        for_hands: rows that were entered by hand, or perhaps were.
    """

    singly: int
    for_hands: int


def queue_is_paused(snapshot: Snapshot) -> bool:
    """Whether the clerk has stopped the whole queue."""
    return snapshot.setting(_QUEUE) == "yes"


def pause_queue(transaction: Transaction, clerk: str, now: datetime) -> None:
    """Stop the whole queue until :func:`resume_queue`, also what will be enqueued later. What is on its way is held
    where it is, and what is held already stays so; a decision is logged for each row held by this one."""
    if not queue_is_paused(transaction):
        _hold_singly(transaction, frozenset(row.action_id for row in transaction.outbox(_PAUSED)))
        transaction.put_setting(_QUEUE, "yes")
    for row in transaction.outbox(OPEN_STATES - _PAUSED):
        _decide(transaction, row.action_id, Event.PAUSED, clerk, now)


def resume_queue(transaction: Transaction, clerk: str, now: datetime) -> StillHeld:
    """Let what :func:`pause_queue` stopped go on where it stood; a decision is logged for each. What was paused one by
    one stays so, and so does what was entered by hand or may have been: that is looked at one by one."""
    singly = _held_singly(transaction)
    transaction.put_setting(_QUEUE, "")
    _hold_singly(transaction, frozenset())
    still = StillHeld(0, 0)
    for row in transaction.outbox(_PAUSED):
        if is_held_for_hands(row):
            still = still._replace(for_hands=still.for_hands + 1)
        elif row.action_id in singly:
            still = still._replace(singly=still.singly + 1)
        else:
            resume(transaction, row.action_id, clerk, now)
    return still


def pause(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Hold one row. Raises NoSuchTransition when it is closed, held or in the tray."""
    row = _decide(transaction, action_id, Event.PAUSED, clerk, now)
    if queue_is_paused(transaction):
        _hold_singly(transaction, _held_singly(transaction) | {action_id})
    return row


def resume(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Let one held row go on; of one that may have been entered by hand this says that it was not. Raises
    NoSuchTransition when it is not held."""
    row = transaction.outbox_row(action_id)
    if row.reason_key == PERHAPS_ENTERED:
        end_entry(transaction, row.case_id)
        transaction.update_outbox(replace(row, reason_key=""))
    return _decide(transaction, action_id, Event.RESUMED, clerk, now)


def put_first(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Send one row before the others; logged. What it waits for by the clock ends, and those put first earlier and not
    closed yet stay so. The caller kicks the engine.

    Raises:
        KeyError: when there is no such row.
        NoSuchTransition: when it is closed, in the tray, or held by the clerk.
    """
    row = transaction.outbox_row(action_id)
    if row.state not in OPEN_STATES or row.state is SendingState.PAUSED:
        raise NoSuchTransition(f"{row.state} cannot be put first")
    after = replace(row, next_try_at=None)
    if row.state is SendingState.WAITING:
        after = advance(row, Event.DUE, now, reason=row.reason_key, raw=row.reason_raw)
    transaction.update_outbox(after)
    earlier = [
        name for name in transaction.setting(_FIRST).split() if name != action_id and _is_open(transaction, name)
    ]
    transaction.put_setting(_FIRST, " ".join([*earlier, action_id]))
    detail = {"action_id": action_id, "decision": "first", "from": row.state, "to": after.state}
    transaction.append_event(CaseEvent(row.case_id, now, clerk, "decision", detail=detail))
    return after


def _held_singly(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(snapshot.setting(_HELD_SINGLY).split())


def _hold_singly(transaction: Transaction, action_ids: frozenset[str]) -> None:
    transaction.put_setting(_HELD_SINGLY, " ".join(sorted(action_ids)))


def firsts(snapshot: Snapshot) -> frozenset[str]:
    """The action_ids a clerk wants sent before the others; closed rows may still be named."""
    return frozenset(snapshot.setting(_FIRST).split())


def _is_open(snapshot: Snapshot, action_id: str) -> bool:
    try:
        return snapshot.outbox_row(action_id).state not in CLOSED_STATES
    except KeyError:
        return False


def never_left(row: OutboxRow) -> bool:
    """Whether nothing of a row can have left this PC: it waits for its first turn, held back or not. A row of a
    restored database may have been sent by the PC its backup came from, frozen here or not; it is confirming."""
    held = row.state in HELD_STATES
    waits = row.return_state if held else row.state
    return row.frozen_at is None and waits is SendingState.QUEUED


def withdraw_unsent(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Take a row back that was never frozen: nothing of it left this PC.

    Raises:
        NoSuchTransition: when it is neither queued nor held before its turn.
        ValueError: when something of it may have left: that is taken back by an action of its own.
    """
    row = transaction.outbox_row(action_id)
    if row.state in OPEN_STATES and not never_left(row):
        raise ValueError("frozen bytes, or what may have left, cannot be taken back")
    return _decide(transaction, action_id, Event.WITHDRAWN, clerk, now)


def take_move_back(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """The item's move to the acceptance system was undone on its day: the case is carried again. Its submission never
    left this PC, or stands for one that the township had entered.

    Raises:
        NoSuchTransition: when it is closed in another way.
        ValueError: when something of it may have left.
    """
    row = transaction.outbox_row(action_id)
    if is_entered_by_hand(row):
        return _decide(transaction, action_id, Event.NOT_ENTERED, clerk, now, MOVED_BACK, _MOVED_BACK)
    if not never_left(row):
        raise ValueError("what may have left cannot be taken back")
    return _decide(transaction, action_id, Event.WITHDRAWN, clerk, now, MOVED_BACK, _MOVED_BACK)


def enter_elsewhere(transaction: Transaction, row: OutboxRow, clerk: str, now: datetime) -> OutboxRow:
    """The township has entered a case into the acceptance system: its submission stands here for that, and is never
    sent (:func:`villagedesk.domain.outbox.goes_by_hand`). The number is written on the case by the caller, in the same
    transaction.

    Args:
        row: a queued submission that is not in the outbox yet.

    Raises:
        ValueError: when it is no submission, or one of its case is open.
    """
    if row.operation is not Operation.SUBMIT:
        raise ValueError("only a submission is entered elsewhere")
    transaction.add_outbox(row)
    return _decide(transaction, row.action_id, Event.ENTERED_BY_HAND, clerk, now, reason=ENTERED_BY_HAND)


def edit_unsent(transaction: Transaction, action_id: str, payload: bytes, clerk: str, now: datetime) -> OutboxRow:
    """Give a row that never left other bytes, under the same action.

    Args:
        payload: names the same action and revision.

    Raises:
        ValueError: when something of it may have left: frozen bytes never change (I4).
    """
    row = transaction.outbox_row(action_id)
    if not never_left(row):
        raise ValueError("what may have left cannot be edited")
    edited = replace(row, payload=payload, payload_sha256=sha256_hex(payload), updated_at=now)
    transaction.update_outbox(edited)
    detail = {"action_id": action_id, "decision": Event.EDITED.name.lower(), "from": row.state, "to": edited.state}
    transaction.append_event(CaseEvent(row.case_id, now, clerk, "decision", detail=detail))
    return edited


def mend(transaction: Transaction, action_id: str, successor: OutboxRow, clerk: str, now: datetime) -> OutboxRow:
    """Replace a row of the tray by revision n+1, which is queued in the same transaction and sent in its turn. The
    replaced row keeps its frozen bytes and what the server said, as superseded.

    The acceptance system takes n+1 when n was rejected or never committed, or when it asked for a correction. A
    correction asked for after the commit has no row in the tray: its n+1 is simply enqueued.

    Args:
        action_id: of the submission in the tray, revision n.
        successor: a queued, not frozen row with an ``action_id`` of its own, revision n+1, whose payload the desk built
            from the case as it is saved now (``RevisionPayload`` naming the same action and revision). The desk writes
            the case's ``revision`` in the same transaction.

    Returns:
        The superseded row.

    Raises:
        KeyError: when there is no such row.
        NoSuchTransition: when the row is not in the tray.
        ValueError: when ``successor`` is not the next revision of the same case as a fresh row, or that revision is in
            the outbox already; the transaction must not be committed then.
    """
    _check_successor(transaction.outbox_row(action_id), successor)
    superseded = _decide(transaction, action_id, Event.MENDED, clerk, now)
    transaction.add_outbox(successor)
    return superseded


def drop(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """Give a row of the tray up: it is cancelled and never sent, the case stays as it is. The reason, if the clerk
    gives one, is the caller's own event in the same transaction.

    Raises:
        KeyError: when there is no such row.
        NoSuchTransition: when it is not in the tray.
    """
    return _decide(transaction, action_id, Event.DROPPED, clerk, now)


def enter_by_hand(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> OutboxRow:
    """The clerk has entered a submission into the acceptance system: it is never sent. The number that the system gave
    is written on the case by the caller, in the same transaction.

    Only for a station without an interface, where no runner drives the row, or for a row that never left this PC, or
    that the program holds back because it may have been entered.

    Raises:
        KeyError: when there is no such row.
        NoSuchTransition: when it is closed already.
        ValueError: when it is no submission.
    """
    if transaction.outbox_row(action_id).operation is not Operation.SUBMIT:
        raise ValueError("only a submission is entered by hand")
    note_by_hand(transaction)
    end_entry(transaction, transaction.outbox_row(action_id).case_id)
    return _decide(transaction, action_id, Event.ENTERED_BY_HAND, clerk, now, reason=ENTERED_BY_HAND)


def not_entered(transaction: Transaction, action_id: str, successor: OutboxRow, clerk: str, now: datetime) -> OutboxRow:
    """What the clerk called entered by hand (:func:`enter_by_hand`) was not: revision n+1 stands for it. It is held
    back, because a clerk who was wrong once may be wrong again (I2): it goes when somebody has looked, or never where
    an earlier revision was entered by hand. The number is taken off the case by the caller, in the same transaction.

    Args:
        successor: as of :func:`mend`.

    Returns:
        The successor, as it is held.

    Raises:
        KeyError: when there is no such row.
        ValueError: when it was not entered by hand, or ``successor`` is not what :func:`mend` takes; the transaction
            must not be committed then.
    """
    row = transaction.outbox_row(action_id)
    if not is_entered_by_hand(row):
        raise ValueError("only what was entered by hand is called not entered")
    _check_successor(row, successor)
    _decide(transaction, action_id, Event.NOT_ENTERED, clerk, now, reason=NOT_ENTERED)
    doubt_entry(transaction, row.case_id)
    by_hand = goes_by_hand(transaction.outbox_of_case(row.case_id))
    held = advance(successor, Event.PAUSED, now, reason=ENTERED_BY_HAND if by_hand else PERHAPS_ENTERED)
    transaction.add_outbox(held)
    return held


def _check_successor(row: OutboxRow, successor: OutboxRow) -> None:
    if (successor.case_id, successor.operation, successor.revision) != (
        row.case_id,
        Operation.SUBMIT,
        row.revision + 1,
    ):
        raise ValueError("the successor must be the next revision of the same case")
    if successor.state is not SendingState.QUEUED or successor.frozen_at is not None:
        raise ValueError("the successor must be queued and not frozen")


def _decide(
    transaction: Transaction,
    action_id: str,
    event: Event,
    clerk: str,
    now: datetime,
    reason: str = "",
    decision: str = "",
) -> OutboxRow:
    row = transaction.outbox_row(action_id)
    # cancelled with such a reason a row reads as entered, which is more than anybody said of what was given up
    kept = "" if event in _GIVEN_UP and row.reason_key in HELD_FOR_HANDS else row.reason_key
    after = advance(row, event, now, reason=reason or kept, raw=row.reason_raw)
    transaction.update_outbox(after)
    decided = decision or event.name.lower()
    detail = {"action_id": action_id, "decision": decided, "from": row.state, "to": after.state}
    transaction.append_event(CaseEvent(row.case_id, now, clerk, "decision", detail=detail))
    return after
