"""The outbox: the only road out. Rows, their states, and which operations send (design: decisions 2 and 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from villagedesk.domain.service_item import HandlingMode


class SendingState(StrEnum):
    """States of an outbox row; the state × event table lies in ``sync/table.py``."""

    QUEUED = "queued"
    SENDING = "sending"
    UPLOADING = "uploading"
    CONFIRMING = "confirming"
    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    LOGIN = "paused_for_login"
    PAUSED = "paused"


CLOSED_STATES = frozenset({SendingState.SENT, SendingState.DONE, SendingState.SUPERSEDED, SendingState.CANCELLED})
TRAY_STATES = frozenset({SendingState.CONFLICT, SendingState.REJECTED})
OPEN_STATES = frozenset(SendingState) - CLOSED_STATES - TRAY_STATES
UNSETTLED_STATES = OPEN_STATES | TRAY_STATES
"""On its way, or waiting for a decision."""
HELD_STATES = frozenset({SendingState.PAUSED, SendingState.LOGIN})
"""Open, and not to go on before somebody says so: the clerk, or the acceptance system by taking the station again."""


class Operation(StrEnum):
    """What an outbox row asks of the acceptance system."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    DELIVER = "deliver"
    EVALUATE = "evaluate"


SENDS: dict[HandlingMode, frozenset[Operation]] = {
    HandlingMode.SYSTEM: frozenset(Operation),
    HandlingMode.PROXY: frozenset(),
    HandlingMode.GUIDED: frozenset(),
    HandlingMode.ON_THE_SPOT: frozenset(),
}
"""Which operations of an item's mode write an outbox row; a mode's move to the system makes proxy cases send."""


ENTERED_BY_HAND = "bridge.entered_by_hand"
"""``reason_key`` of a submission that the clerk entered into the acceptance system by hand. Its row is cancelled by
that logged decision, neither sent nor done: those are compared with the server's list, and what is not found there goes
out again, which would be the case's second time (I2)."""
PERHAPS_ENTERED = "bridge.perhaps_entered"
"""``reason_key`` of a submission that is held back because somebody began to enter it by hand and its number is not
known here: it may be in the acceptance system (I2)."""

NOT_ENTERED = "bridge.not_entered"
"""``reason_key`` of a submission that was called entered by hand and was not. Its row stays cancelled, and the next
revision, which is held back, stands for it."""

MOVED_BACK = "mode_move.taken_back"
"""``reason_key`` of a submission of a proxy case whose move to the acceptance system was undone on its day: nothing of
it left this PC, and it says nothing of the case any more."""

HELD_FOR_HANDS = frozenset({ENTERED_BY_HAND, PERHAPS_ENTERED})
"""Reasons for which the program itself holds a row back."""


@dataclass(frozen=True)
class OutboxRow:
    """One user action on its way out.

    Args:
        action_id: UUID text, made when enqueued, never per attempt: the idempotency key of every request.
        revision: of the case; revisions of one case go strictly one after the other. 0 for actions.
        return_state: where a waiting, paused or login row goes back to.
        payload: the exact bytes to send; rewritten by edits only while ``frozen_at`` is None.
        payload_sha256: hex digest of ``payload``.
        attempts: failures since the last success, for the retry rule.
        reason_key: message key of why it waits or was refused, with ``reason_raw`` as the server put it.
        receipt: the server's receipt as JSON text, "" until sent.
    """

    action_id: str
    case_id: str
    operation: Operation
    revision: int
    state: SendingState
    payload: bytes
    payload_sha256: str
    wire_version: int
    created_at: datetime
    updated_at: datetime
    return_state: SendingState | None = None
    frozen_at: datetime | None = None
    attempts: int = 0
    next_try_at: datetime | None = None
    reason_key: str = ""
    reason_raw: str = ""
    receipt: str = ""


def is_entered_by_hand(row: OutboxRow) -> bool:
    """Whether that submission was entered into the acceptance system by hand."""
    entered = row.state is SendingState.CANCELLED and row.reason_key == ENTERED_BY_HAND
    return entered and row.operation is Operation.SUBMIT


def was_not_entered(row: OutboxRow) -> bool:
    """Whether that submission was called entered by hand, and was not."""
    return row.state is SendingState.CANCELLED and row.reason_key == NOT_ENTERED


def was_moved_back(row: OutboxRow) -> bool:
    """Whether that submission was taken back with the move to the acceptance system that had made it."""
    return row.state is SendingState.CANCELLED and row.reason_key == MOVED_BACK


def is_held_for_hands(row: OutboxRow) -> bool:
    """Whether the program holds a row back because its case was entered by hand, or may have been: the clerk paused
    nothing."""
    return row.state is SendingState.PAUSED and row.reason_key in HELD_FOR_HANDS


def is_perhaps_entered(row: OutboxRow) -> bool:
    """Whether a row is held back until somebody has looked whether its case is in the acceptance system already."""
    return row.state is SendingState.PAUSED and row.reason_key == PERHAPS_ENTERED


def goes_by_hand(rows: Sequence[OutboxRow]) -> bool:
    """Whether a case is known to the acceptance system through the clerk's hands: nothing of it may ever be sent, for
    the system has it under another key and would take it for a second case.

    Args:
        rows: of the case.
    """
    return any(map(is_entered_by_hand, rows))


class SettledKey(NamedTuple):
    """What names a row that is sent or done, without its bytes.

    Args:
        revision: 0 for actions.
        payload_sha256: of the frozen bytes.
    """

    action_id: str
    case_id: str
    revision: int
    payload_sha256: str


@dataclass(frozen=True)
class SendingSize:
    """How much of a case's pages has come across, each content counted once."""

    bytes_done: int = 0
    bytes_total: int = 0
    pages_done: int = 0
    pages_total: int = 0


@dataclass(frozen=True)
class PageTransfer:
    """How far one page's bytes are known to have come; content-addressed, so one row serves every case.

    Args:
        sha256: hex digest of the page's bytes.
        location: the tus upload's address, "" before creation.
        offset: bytes the server has said it holds.
        done: the server's offset equals the page's length.
    """

    sha256: str
    location: str
    offset: int
    length: int
    done: bool
