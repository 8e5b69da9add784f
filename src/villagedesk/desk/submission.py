"""The outbox row that submits a case: everything the acceptance system is told of it, as bytes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from villagedesk.acceptance.wire import (
    WIRE_VERSION,
    ApplicantRecord,
    ManifestEntry,
    MaterialRecord,
    PartyRecord,
    RevisionPayload,
    sha256_hex,
)
from villagedesk.domain.case import Case, Page
from villagedesk.domain.clock import utc_text
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.station import StationFile


def submit_row(case: Case, pages: Sequence[Page], station: StationFile, now: datetime) -> OutboxRow:
    """The outbox row that submits a case's present revision; its action_id is made here, once for ever (I2).

    Raises:
        ValueError: when the case was not taken in.
    """
    if case.local_no is None or case.received_at is None:
        raise ValueError("only a case that was taken in can be sent")
    action_id = str(uuid.uuid4())
    payload = RevisionPayload(
        wire_version=WIRE_VERSION,
        action_id=action_id,
        station=station.division_code,
        clerk=case.clerk,
        case_id=case.case_id,
        revision=case.revision,
        local_no=case.local_no,
        item_code=case.item_code,
        item_version=case.item_version,
        item_name=case.item_name,
        received_at=utc_text(case.received_at),
        applicant=_applicant(case),
        parties=_parties(case),
        materials=_materials(case),
        form=dict(case.form),
        manifest=_manifest(pages),
    ).to_bytes()
    return OutboxRow(
        action_id=action_id,
        case_id=case.case_id,
        operation=Operation.SUBMIT,
        revision=case.revision,
        state=SendingState.QUEUED,
        payload=payload,
        payload_sha256=sha256_hex(payload),
        wire_version=WIRE_VERSION,
        created_at=now,
        updated_at=now,
    )


def _applicant(case: Case) -> ApplicantRecord:
    applicant = case.applicant
    return ApplicantRecord(
        kind=str(applicant.kind),
        name=applicant.name,
        document_kind=applicant.document_kind,
        document_number=applicant.document_number,
        phone=applicant.phone,
        address=applicant.address,
        birth_date=applicant.birth_date,
        sex=applicant.sex,
        ethnic_group=applicant.ethnic_group,
    )


def _parties(case: Case) -> list[PartyRecord]:
    return [
        PartyRecord(
            role=str(party.role),
            name=party.name,
            document_kind=party.document_kind if party.document_number else "",
            document_number=party.document_number,
            phone=party.phone,
            relation=party.relation,
            scope=party.scope,
            until=party.until,
        )
        for party in case.parties
    ]


def _materials(case: Case) -> list[MaterialRecord]:
    return [
        MaterialRecord(
            requirement_id=one.requirement_id,
            name=one.name,
            form=str(one.form),
            copies=one.copies,
            state=str(one.state),
            trust=str(one.trust),
            returned=one.returned,
            promised_until=one.promised_until,
            reused_from=one.reused_from,
        )
        for one in case.materials
    ]


def _manifest(pages: Sequence[Page]) -> list[ManifestEntry]:
    return [
        ManifestEntry(
            requirement_id=page.requirement_id,
            order=page.order,
            sha256=page.sha256,
            byte_count=page.byte_count,
            media_type=page.media_type,
        )
        for page in pages
    ]
