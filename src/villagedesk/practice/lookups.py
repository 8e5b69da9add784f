"""What the system holds of a case or a station, to reconcile."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from villagedesk.acceptance.wire import CaseAnswer, CaseListAnswer, ReceiptAnswer, RevisionPayload, RevisionState
from villagedesk.practice.records import unknown_case
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import ACTION_IDS, CASES, PAGES, RECEIPTS, REVISIONS


def case_answer(storage: Storage, division_code: str, case_id: str) -> CaseAnswer:
    """Highest committed revision, all revisions with the hashes they miss, action ids taken.

    Raises:
        WireProblem: 404 ``unknown_case``, also for a case of another station.
    """
    cases = _answers(storage, division_code, CASES.c.case_id == case_id)
    if not cases:
        raise unknown_case()
    return cases[0]


def case_list(storage: Storage, division_code: str) -> CaseListAnswer:
    """Every case of a station, in the order they came."""
    return CaseListAnswer(cases=_answers(storage, division_code, CASES.c.division_code == division_code))


def _answers(storage: Storage, division_code: str, which: ColumnElement[bool]) -> list[CaseAnswer]:
    mine = which & (CASES.c.division_code == division_code)
    with storage.read() as connection:
        case_ids = connection.execute(
            select(CASES.c.case_id).where(mine).order_by(CASES.c.first_seen_at, CASES.c.case_id)
        ).scalars()
        revisions: dict[str, list[Row[Any]]] = {case_id: [] for case_id in case_ids}
        for row in connection.execute(
            select(REVISIONS)
            .join(CASES, CASES.c.case_id == REVISIONS.c.case_id)
            .where(mine)
            .order_by(REVISIONS.c.revision)
        ):
            revisions[row.case_id].append(row)
        receipts = {
            (row.case_id, row.revision): ReceiptAnswer.model_validate_json(row.body)
            for row in connection.execute(
                select(RECEIPTS).join(CASES, CASES.c.case_id == RECEIPTS.c.case_id).where(mine)
            )
        }
        actions: dict[str, list[str]] = defaultdict(list)
        for row in connection.execute(
            select(ACTION_IDS)
            .join(CASES, CASES.c.case_id == ACTION_IDS.c.case_id)
            .where(mine)
            .order_by(ACTION_IDS.c.revision, ACTION_IDS.c.action_id)
        ):
            actions[row.case_id].append(row.action_id)
        pages = set(connection.execute(select(PAGES.c.sha256).where(PAGES.c.division_code == division_code)).scalars())
    return [
        CaseAnswer(
            case_id=case_id,
            committed_revision=max((row.revision for row in rows if row.state == "committed"), default=0),
            revisions=[_revision_state(row, pages, receipts.get((case_id, row.revision))) for row in rows],
            actions=actions[case_id],
        )
        for case_id, rows in revisions.items()
    ]


def _revision_state(row: Row[Any], pages: set[str], receipt: ReceiptAnswer | None) -> RevisionState:
    missing: list[str] = []
    if row.state == "registered":
        manifest = RevisionPayload.model_validate_json(row.payload).manifest
        missing = [name for name in dict.fromkeys(entry.sha256 for entry in manifest) if name not in pages]
    return RevisionState(
        revision=row.revision,
        state=row.state,
        payload_sha256=row.payload_sha256,
        action_id=row.action_id,
        missing=missing,
        receipt=receipt,
    )
