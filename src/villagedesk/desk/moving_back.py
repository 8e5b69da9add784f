"""An item's move to the acceptance system is undone on its first day: its cases are carried again, as far as nothing of
them has left this PC and nothing has happened to them since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from villagedesk.desk.drafts import completes
from villagedesk.desk.items import Items
from villagedesk.desk.move_views import Undone
from villagedesk.desk.moves_decided import forget_move
from villagedesk.desk.snags import last_submission
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import CLOSED
from villagedesk.domain.mode_move import MOVED, MOVED_BACK, ModeMove, Way
from villagedesk.domain.outbox import OPEN_STATES, Operation, OutboxRow, is_entered_by_hand
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode
from villagedesk.sync import decisions
from villagedesk.sync.missing import number_let_go


def move_back(transaction: Transaction, items: Items, move: ModeMove, clerk: str, now: datetime) -> Undone:
    """Take back what was decided by a move.

    Args:
        clerk: who undoes it; ``now`` is aware.
    """
    back, left = 0, list[str]()
    for case_id, one in forget_move(transaction, move.move_id).items():
        if one.way is Way.STAY:
            continue
        if not transaction.statuses([case_id]):
            continue  # a recovered database has not every case
        case, rows = transaction.case(case_id), transaction.outbox_of_case(case_id)
        if case.status in CLOSED:
            continue  # it came to its end since, here: nothing is to be carried
        told = _moved_by(transaction.events(case_id), move)
        row = last_submission(rows)
        if told is None or row is None or not _is_as_it_was(case, rows, row, transaction.events(case_id), told):
            left.append(f"{case.applicant.name} {case.local_no}")
            continue
        for word in filter(_is_unsent_word, rows):  # kept here; a carried case tells nobody
            decisions.withdraw_unsent(transaction, word.action_id, clerk, now)
        decisions.take_move_back(transaction, row.action_id, clerk, now)
        carried = _carried(case, items, told, now)
        transaction.put_case(carried)
        if case.acceptance_no:
            number_let_go(transaction)
        before, to = (case.status, carried.status) if carried.status is not case.status else (None, None)
        detail = {"move": move.move_id}
        if case.acceptance_no:
            detail["number"] = case.acceptance_no
        transaction.append_event(CaseEvent(case_id, now, clerk, MOVED_BACK, before, to, detail))
        back += 1
    return Undone(back, tuple(left))


def _moved_by(events: Sequence[CaseEvent], move: ModeMove) -> CaseEvent | None:
    found = (event for event in reversed(events) if event.kind == MOVED and event.detail.get("move") == move.move_id)
    return next(found, None)


def _is_as_it_was(
    case: Case, rows: Sequence[OutboxRow], row: OutboxRow, events: Sequence[CaseEvent], told: CaseEvent
) -> bool:
    """Whether nothing of a case left this PC since it was moved, and nothing was said of it."""
    others = any(one.state in OPEN_STATES and not _is_unsent_word(one) for one in rows if one is not row)
    if case.mode is not HandlingMode.SYSTEM or others:
        return False
    if told.detail["way"] == Way.ENTER:
        still = replace(case, mode=HandlingMode.PROXY)
        return completes(still) and row.state in OPEN_STATES and decisions.never_left(row)
    since = events[events.index(told) + 1 :]
    went_on = any(event.kind == "change" for event in since) or sum(_moves(event) for event in since) > 1
    return is_entered_by_hand(row) and not went_on


def _is_unsent_word(row: OutboxRow) -> bool:
    """Whether it tells what the villager said of the service, and has not left."""
    return row.operation is Operation.EVALUATE and row.state in OPEN_STATES and decisions.never_left(row)


def _moves(event: CaseEvent) -> bool:
    return event.to_status is not None or event.kind == "number_entered"


def _carried(case: Case, items: Items, told: CaseEvent, now: datetime) -> Case:
    """The case as it was carried before; what was put into it for the acceptance system stays."""
    version = int(told.detail["version"])
    bound = items.bound(case.item_code, version)
    status = CaseStatus(told.detail["status"]) if "status" in told.detail else case.status
    return replace(
        case,
        mode=HandlingMode.PROXY,
        status=status,
        item_version=version,
        item_name=case.item_name if bound is None else bound.name,
        acceptance_no="",
        query_code="",
        updated_at=now,
    )
