"""What can be done with a case now, from its state and from what of it has left this PC. Pure.

A case that never left is changed here and is done with. What the acceptance system has, or may have, is taken back by
an action that goes after it; until the answer comes the case stands where the other side says (design: decision 15), so
that a withdrawal that meets an acceptance on its way leaves one truth.
"""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Material, MaterialState
from villagedesk.domain.life_cycle import APPLICANT_TOLD, TRANSITIONS, CaseChange
from villagedesk.domain.outbox import (
    CLOSED_STATES,
    OPEN_STATES,
    SENDS,
    TRAY_STATES,
    Operation,
    OutboxRow,
    SendingState,
    goes_by_hand,
)
from villagedesk.domain.service_item import HandlingMode
from villagedesk.sync.decisions import never_left

_BY_CLERK = (
    CaseChange.HANDED_OVER,
    CaseChange.TAKEN_BACK,
    CaseChange.CONCLUDED,
    CaseChange.DELIVERED,
    CaseChange.ARCHIVED,
    CaseChange.WITHDRAWN,
    CaseChange.RETURNED_TO_APPLICANT,
    CaseChange.VOIDED,
)
"""In the order a screen offers them."""
_ONLY_HERE = frozenset({CaseStatus.RECEIVED, CaseStatus.HANDED_OVER})
_TO_HAND_OUT = frozenset({CaseStatus.CONCLUDED, CaseStatus.RESULT_WAITING})


def possible_changes(case: Case, rows: Sequence[OutboxRow]) -> tuple[CaseChange, ...]:
    """What the clerk can do; each is accepted by :class:`villagedesk.desk.case_changes.CaseChanges`, nothing else is.

    Args:
        rows: of the case, oldest first.
    """
    if withdrawal_under_way(rows) is not None:
        return ()
    return tuple(
        change for change in _BY_CLERK if change in TRANSITIONS[case.status] and _is_possible(case, rows, change)
    )


def is_out(case: Case, rows: Sequence[OutboxRow]) -> bool:
    """Whether the acceptance system has the case, or may have it, through the outbox; what was entered by hand is taken
    back there by hand.

    Args:
        rows: of the case, oldest first.
    """
    if not rows or goes_by_hand(rows):  # without a row it never went from here, e.g. one of a paper register
        return False
    spoken_of = case.status not in _ONLY_HERE and Operation.WITHDRAW in SENDS[case.mode]
    return spoken_of or any(_may_be_there(row) for row in rows)


def withdrawal_under_way(rows: Sequence[OutboxRow]) -> OutboxRow | None:
    """The withdrawal that was asked for and has no answer yet; None where there is none."""
    return next((row for row in rows if row.operation is Operation.WITHDRAW and row.state in OPEN_STATES), None)


def returnable(case: Case) -> tuple[Material, ...]:
    """Papers that are here and can be given back to the villager."""
    if case.status is CaseStatus.DRAFT:
        return ()
    return tuple(one for one in case.materials if one.state is MaterialState.TAKEN and not one.returned)


def is_untold(case: Case, events: Sequence[CaseEvent]) -> bool:
    """Whether a case was refused and nobody noted that the applicant knows.

    Args:
        events: of the case.
    """
    return case.status is CaseStatus.REFUSED and all(event.kind != APPLICANT_TOLD for event in events)


def promised(case: Case) -> tuple[Material, ...]:
    """Papers the villager is still to bring."""
    if not takes_promised(case):
        return ()
    return tuple(one for one in case.materials if one.state is MaterialState.PROMISED)


def takes_promised(case: Case) -> bool:
    """Whether papers that were promised are still taken."""
    return CaseChange.ACCEPTED in TRANSITIONS[case.status] and case.status is not CaseStatus.DELIVERED


def _may_be_there(row: OutboxRow) -> bool:
    if row.operation is not Operation.SUBMIT:
        return False
    on_the_way = row.state in OPEN_STATES and not never_left(row)
    return bool(row.receipt) or row.state in (SendingState.SENT, SendingState.CONFLICT) or on_the_way


def _is_possible(case: Case, rows: Sequence[OutboxRow], change: CaseChange) -> bool:
    on_the_way = any(row.state in OPEN_STATES and not never_left(row) for row in rows)
    if change is CaseChange.CONCLUDED:
        here = case.mode is HandlingMode.ON_THE_SPOT and case.status in (CaseStatus.RECEIVED, CaseStatus.IN_PROCESS)
        back = case.mode is HandlingMode.PROXY and case.status in _ONLY_HERE
        return here or back
    if change in (CaseChange.HANDED_OVER, CaseChange.TAKEN_BACK):
        return case.mode is HandlingMode.PROXY
    if change is CaseChange.DELIVERED:
        return case.status in _TO_HAND_OUT and case.mode is not HandlingMode.GUIDED
    if change is CaseChange.ARCHIVED:
        return all(row.state in CLOSED_STATES for row in rows)
    if change is CaseChange.VOIDED:
        return not is_out(case, rows)
    if change is CaseChange.RETURNED_TO_APPLICANT:
        return not on_the_way
    return not any(row.operation is Operation.WITHDRAW and row.state in TRAY_STATES for row in rows)
