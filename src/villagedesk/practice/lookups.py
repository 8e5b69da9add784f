"""What the system holds of a case or a station, to reconcile."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from villagedesk.acceptance.wire import (
    MAX_BODY_BYTES,
    CaseAnswer,
    CaseListAnswer,
    CaseSummary,
    ReceiptAnswer,
    RevisionPayload,
    RevisionState,
)
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.records import owned_case, unknown_case
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import ACTION_IDS, CASES, PAGES, RECEIPTS, REVISIONS

MOST_CASES = 500
"""In one piece of the list."""
_PIECE_BYTES = MAX_BODY_BYTES // 2
"""Over this a piece ends early. The half that is left is for the one case that goes in whatever its size."""
_NAMES_A_QUERY = 5000
_HIGHEST_REVISION = 9999
"""A number that fits no integer of the database is asked for nowhere."""
_NO_REVISION: Mapping[str, Any] = {"applicant": {"name": "", "document_number": ""}, "received_at": ""}


def case_answer(storage: Storage, division_code: str, case_id: str) -> CaseAnswer:
    """Highest committed revision, all revisions with the hashes they miss, action ids taken.

    Raises:
        WireProblem: 404 ``unknown_case``, also for a case of another station.
    """
    cases = _answers(storage, division_code, CASES.c.case_id == case_id)
    if not cases:
        raise unknown_case()
    return cases[0]


def case_list(storage: Storage, division_code: str, after: str, limit: int) -> CaseListAnswer:
    """A station's cases in order of their ids, one piece of them.

    Args:
        after: ``next`` of the piece before, which is its last case id; "" for the first piece.
        limit: cases at most. There are fewer when they would fill too many bytes, but never none while some are left.
    """
    with storage.read() as connection:
        names = list(
            connection.execute(
                select(CASES.c.case_id)
                .where(CASES.c.division_code == division_code, CASES.c.case_id > after)
                .order_by(CASES.c.case_id)
                .limit(limit + 1)
            ).scalars()
        )
    piece = _answers(storage, division_code, CASES.c.case_id.in_(names[:limit]))
    sizes = accumulate(len(case.model_dump_json()) for case in piece)
    fitting = max(1, sum(size <= _PIECE_BYTES for size in sizes))
    cut = len(names) > limit or fitting < len(piece)
    piece = piece[:fitting]
    return CaseListAnswer(cases=piece, next=piece[-1].case_id if cut else "")


def held_revision(storage: Storage, division_code: str, case_id: str, revision: int) -> bytes:
    """The record held as this revision, in the bytes it came in.

    Raises:
        WireProblem: 404 ``unknown_case``, also for a case of another station; 404 ``unknown_revision``.
    """
    with storage.read() as connection:
        owned_case(connection, division_code, case_id)
        found = select(REVISIONS.c.payload).where(REVISIONS.c.case_id == case_id, REVISIONS.c.revision == revision)
        within = 1 <= revision <= _HIGHEST_REVISION
        payload = connection.execute(found).scalar_one_or_none() if within else None
    if payload is None:
        raise WireProblem(404, "unknown_revision", "没有这个版本")
    return bytes(payload)


def _answers(storage: Storage, division_code: str, which: ColumnElement[bool]) -> list[CaseAnswer]:
    mine = which & (CASES.c.division_code == division_code)
    with storage.read() as connection:
        cases = {row.case_id: row for row in connection.execute(select(CASES).where(mine).order_by(CASES.c.case_id))}
        revisions: dict[str, list[Row[Any]]] = {case_id: [] for case_id in cases}
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
        named = {row.action_id: _named_pages(row) for rows in revisions.values() for row in rows}
        held = _held(connection, division_code, sorted({name for names in named.values() for name in names}))
    return [
        CaseAnswer(
            case_id=case_id,
            committed_revision=max((row.revision for row in rows if row.state == "committed"), default=0),
            revisions=[
                RevisionState(
                    revision=row.revision,
                    state=row.state,
                    payload_sha256=row.payload_sha256,
                    action_id=row.action_id,
                    missing=[name for name in named[row.action_id] if name not in held],
                    receipt=receipts.get((case_id, row.revision)),
                    reason=row.reason,
                )
                for row in rows
            ],
            actions=actions[case_id],
            summary=_summary(cases[case_id], rows),
        )
        for case_id, rows in revisions.items()
    ]


def _summary(case: Row[Any], revisions: Sequence[Row[Any]]) -> CaseSummary:
    """Which case it is, as its newest revision says. Read without the model: only two of its texts are wanted."""
    newest: Mapping[str, Any] = json.loads(revisions[-1].payload) if revisions else _NO_REVISION
    return CaseSummary(
        local_no=case.local_no,
        item_name=case.item_name,
        applicant_name=newest["applicant"]["name"],
        document_number=newest["applicant"]["document_number"],
        received_at=newest["received_at"],
        state=case.state,
        acceptance_no=case.acceptance_no or "",
    )


def _named_pages(row: Row[Any]) -> list[str]:
    """The pages a registered revision may still miss; a committed one has them, a rejected one wants none."""
    if row.state != "registered":
        return []
    manifest = RevisionPayload.model_validate_json(row.payload).manifest
    return list(dict.fromkeys(entry.sha256 for entry in manifest))


def _held(connection: Connection, division_code: str, names: Sequence[str]) -> set[str]:
    """Which of these pages are there."""
    held: set[str] = set()
    for start in range(0, len(names), _NAMES_A_QUERY):
        some = names[start : start + _NAMES_A_QUERY]
        found = select(PAGES.c.sha256).where(PAGES.c.division_code == division_code, PAGES.c.sha256.in_(some))
        held.update(connection.execute(found).scalars())
    return held
