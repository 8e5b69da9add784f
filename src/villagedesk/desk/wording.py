"""The domain's sentence table with the values its sentences take, as views want them."""

from __future__ import annotations

from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case, CaseLine, CaseStatus
from villagedesk.domain.outbox import (
    CLOSED_STATES,
    HELD_FOR_HANDS,
    HELD_STATES,
    OPEN_STATES,
    PERHAPS_ENTERED,
    TRAY_STATES,
    Operation,
    OutboxRow,
    SendingState,
    is_entered_by_hand,
    is_held_for_hands,
    is_perhaps_entered,
    was_moved_back,
)
from villagedesk.domain.printing import CHOOSE_PRINTER, PERHAPS_PRINTED, PaperKind, PrintJob, PrintJobState
from villagedesk.domain.sentences import sentence_for

_WAITS_BY_HAND = frozenset({CaseStatus.RECEIVED, CaseStatus.HANDED_OVER})
_SETTLED = {
    SendingState.SENT: Sentence("desk.sending.sent", {}, "good"),
    SendingState.DONE: Sentence("desk.sending.done", {}, "good"),
    SendingState.SUPERSEDED: Sentence("desk.sending.superseded"),
}


def business_sentence(status: CaseStatus, *, by_hand: bool = False) -> Sentence:
    """The business state alone.

    Args:
        by_hand: the case was entered into the acceptance system by hand, which is never called 已上报 (I3).
    """
    if by_hand and status is CaseStatus.SUBMITTED:
        return _ENTERED
    return _of(status, None, 0, 0, online=False)


def sending_sentence(
    status: CaseStatus,
    row: OutboxRow,
    done: int,
    total: int,
    *,
    online: bool,
    paused: bool,
    by_hand: bool = False,
    held_up: bool = False,
) -> Sentence:
    """The sending state alone; 已上报 only for a row that has its receipt (I3).

    Args:
        done, total: pages of the case that have come across, and all.
        paused: the clerk has stopped the whole queue.
        by_hand: the station has no interface, so nothing goes out by itself.
        held_up: the acceptance system answers, but nothing of the whole station goes on now.
    """
    if is_entered_by_hand(row):
        return _ENTERED
    if by_hand and row.state in OPEN_STATES:
        return _to_do(row)
    if is_held_for_hands(row):
        return _TO_LOOK_UP if is_perhaps_entered(row) else _to_do(row)
    if row.operation is Operation.WITHDRAW and row.state not in CLOSED_STATES:
        return _withdrawing(_held(row.state, paused), online, held_up)
    state = _held(row.state, paused)
    return _SETTLED.get(row.state) or _of(status, state, done, total, online=online, held_up=held_up)


_ENTERED = Sentence("bridge.state.entered", {}, "good")
_TO_ENTER = Sentence("bridge.state.to_enter", {}, "warn")
_TO_DO_BY_HAND = Sentence("bridge.state.to_do", {}, "warn")
_TO_LOOK_UP = Sentence("bridge.state.to_look_up", {}, "warn")


def _to_do(row: OutboxRow) -> Sentence:
    return _TO_ENTER if row.operation is Operation.SUBMIT else _TO_DO_BY_HAND


def speaks(row: OutboxRow) -> bool:
    """Whether a row says something of its case: an action that was given up does not, nor what was taken back with the
    move to the acceptance system, nor what the villager said of the service."""
    if was_moved_back(row) or row.operation is Operation.EVALUATE:
        return False
    return row.operation is Operation.SUBMIT or row.state is not SendingState.CANCELLED


def _withdrawing(state: SendingState, online: bool, held_up: bool) -> Sentence:
    if state in TRAY_STATES:
        return Sentence("life.withdrawing.refused", {}, "bad")
    if state in HELD_STATES:
        return Sentence("life.withdrawing.held", {}, "warn")
    if not online:
        return Sentence("life.withdrawing.asked_offline", {}, "warn")
    return Sentence("life.withdrawing.asked_held_up" if held_up else "life.withdrawing.asked", {}, "warn")


def line_sentence(
    line: CaseLine, *, online: bool, paused: bool, by_hand: bool = False, held_up: bool = False
) -> Sentence:
    """Both states as the one sentence of a list row; the arguments are those of :func:`sending_sentence`."""
    if line.sending_state == SendingState.CANCELLED and line.acceptance_no:
        # the official number of a case that was not sent was given by the clerk who entered it
        return _ENTERED if line.status is CaseStatus.SUBMITTED else business_sentence(line.status)
    if by_hand and line.status in _WAITS_BY_HAND and line.sending_state in OPEN_STATES:
        return _TO_ENTER
    if line.sending_state == SendingState.PAUSED and line.sending_reason in HELD_FOR_HANDS:
        if line.sending_reason == PERHAPS_ENTERED:
            return _TO_LOOK_UP
        return _TO_ENTER if line.status in _WAITS_BY_HAND | {CaseStatus.RETURNED} else _TO_DO_BY_HAND
    sending = _held(SendingState(line.sending_state), paused) if line.sending_state else None
    return _of(line.status, sending, line.pages_done, line.pages_total, online=online, held_up=held_up)


def print_sentence(job: PrintJob, case: Case) -> Sentence:
    """What to do about a paper that has not come out."""
    told = {"name": case.applicant.name, "paper": paper_name(job.kind)}
    if job.reason_key == PERHAPS_PRINTED:
        return Sentence("desk.todo.print_perhaps", told, "warn")
    if job.state is PrintJobState.FAILED:
        return Sentence("desk.todo.print_failed", told, "warn")
    if job.reason_key == CHOOSE_PRINTER:
        return Sentence("desk.todo.print_choose", told, "warn")
    return Sentence("desk.todo.print_held" if job.where else "desk.todo.print_waiting", told, "warn")


def paper_name(kind: PaperKind) -> Sentence:
    """What a paper is called."""
    return Sentence(f"paper_kind.{kind}")


def size_text(byte_count: int) -> str:
    """A size as people read it, e.g. ``2.1 MB``; never 0 of something that is there."""
    if byte_count < 1024 * 1024:
        return f"{-(-byte_count // 1024)} KB"
    return f"{byte_count / (1024 * 1024):.1f} MB"


def _held(state: SendingState, paused: bool) -> SendingState:
    """What is enqueued while the whole queue is stopped goes no further than what was paused one by one."""
    return SendingState.PAUSED if paused and state in OPEN_STATES else state


def _of(
    status: CaseStatus, sending: SendingState | None, done: int, total: int, *, online: bool, held_up: bool = False
) -> Sentence:
    found = sentence_for(status, sending, online, held_up=held_up)
    return Sentence(found.key, {"done": done, "total": total}, str(found.tone))
