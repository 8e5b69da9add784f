"""A case whose row is gone but of which other rows speak: made again from what was sent and from its log.

Nothing is made up: what neither a payload nor the log tells stays empty, and the log says that it was made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from villagedesk.domain.case import Applicant, Case, CaseEvent, CaseStatus, Material
from villagedesk.domain.clock import moment_of
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.service_item import HandlingMode, MaterialForm


def case_again(case_id: str, events: Sequence[CaseEvent], rows: Sequence[OutboxRow], now: datetime) -> Case | None:
    """The case as far as it can be told; None when nothing says that it was more than a draft.

    Args:
        events: of its log, oldest first, as far as they are left.
        rows: its outbox rows, oldest first, as far as they are left.
        now: stands for the moments nobody knows any more.
    """
    status = next((event.to_status for event in reversed(events) if event.to_status is not None), None)
    if status in (None, CaseStatus.DRAFT):
        if not rows:
            return None
        status = CaseStatus.RECEIVED
    if status is CaseStatus.RECEIVED and any(_is_sent(row) for row in rows):
        status = CaseStatus.SUBMITTED
    moments = [event.at for event in events] + [row.created_at for row in rows]
    bare = Case(
        case_id=case_id,
        item_code="",
        item_version=0,
        item_name="",
        mode=HandlingMode.SYSTEM if rows else HandlingMode.PROXY,
        status=status or CaseStatus.RECEIVED,
        clerk=events[0].actor if events else "",
        created_at=min(moments, default=now),
        updated_at=max(moments, default=now),
        revision=max((row.revision for row in rows), default=1),
        received_at=min(moments, default=now),
        local_no=next((number for event in events if (number := event.detail.get("local_no"))), None),
    )
    for row in reversed(rows):
        if row.operation is Operation.SUBMIT:
            try:
                return _with_payload(bare, json.loads(row.payload))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # the manual bridge's payloads are no JSON
    return bare


def _is_sent(row: OutboxRow) -> bool:
    return row.operation is Operation.SUBMIT and row.state is SendingState.SENT


def _with_payload(bare: Case, payload: Mapping[str, Any]) -> Case:
    """The case with what its submission said. Raises ValueError, KeyError, TypeError on another payload than ours."""
    applicant = payload["applicant"]
    return replace(
        bare,
        item_code=str(payload["item_code"]),
        item_version=int(payload["item_version"]),
        item_name=str(payload["item_name"]),
        clerk=str(payload["clerk"]),
        local_no=str(payload["local_no"]),
        received_at=moment_of(payload["received_at"]),
        applicant=Applicant(
            name=str(applicant["name"]),
            document_kind=str(applicant["document_kind"]),
            document_number=str(applicant["document_number"]),
            phone=str(applicant["phone"]),
            address=str(applicant["address"]),
            kind=ApplicantKind(applicant["kind"]),
        ),
        materials=tuple(
            Material(str(one["requirement_id"]), str(one["name"]), MaterialForm(one["form"]), int(one["copies"]))
            for one in payload["materials"]
        ),
        form={str(name): str(value) for name, value in payload["form"].items()},
    )
