"""What a line of a list of cases shows, read in one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, distinct, func, or_, select

from villagedesk.domain.outbox import MOVED_BACK, Operation, SendingState
from villagedesk.store.schema import CASES, OUTBOX, PAGE_TRANSFERS, PAGES

# an action that was given up says nothing of its case, nor what was taken back with the move to the acceptance system,
# nor what the villager said of the service
_SAYS_NOTHING = or_(
    OUTBOX.c.operation == Operation.EVALUATE.value,
    and_(
        OUTBOX.c.state == SendingState.CANCELLED.value,
        or_(OUTBOX.c.operation != Operation.SUBMIT.value, OUTBOX.c.reason_key == MOVED_BACK),
    ),
)
_NEWEST_STATE, _NEWEST_REASON = (
    select(column)
    .where(OUTBOX.c.case_id == CASES.c.case_id, ~_SAYS_NOTHING)
    .order_by(OUTBOX.c.seq.desc())
    .limit(1)
    .scalar_subquery()
    for column in (OUTBOX.c.state, OUTBOX.c.reason_key)
)
_PAGES_TOTAL = select(func.count(distinct(PAGES.c.sha256))).where(PAGES.c.case_id == CASES.c.case_id).scalar_subquery()
_PAGES_DONE = (
    select(func.count(distinct(PAGES.c.sha256)))
    .select_from(PAGES.join(PAGE_TRANSFERS, PAGE_TRANSFERS.c.sha256 == PAGES.c.sha256))
    .where(PAGES.c.case_id == CASES.c.case_id, PAGE_TRANSFERS.c.done == 1)
    .scalar_subquery()
)


def line_query() -> Select[Any]:
    """What a line of a list shows; made anew at each call.

    A statement several threads derive others from is not safe on CPython 3.11: ``where`` copies its ``__dict__``, a
    collection within that copy lets another thread change it, and the interpreter ends by a segmentation fault
    (seen; from 3.12 on a collection waits for the end of the instruction).
    """
    return select(
        CASES.c.case_id,
        CASES.c.local_no,
        CASES.c.applicant_name,
        CASES.c.item_name,
        CASES.c.status,
        CASES.c.updated_at,
        CASES.c.received_at,
        CASES.c.acceptance_no,
        _NEWEST_STATE.label("sending_state"),
        _NEWEST_REASON.label("sending_reason"),
        _PAGES_TOTAL.label("pages_total"),
        _PAGES_DONE.label("pages_done"),
    )
