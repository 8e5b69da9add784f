"""Between the domain's dataclasses and rows of the tables."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row

from villagedesk.domain.case import (
    Applicant,
    Case,
    CaseEvent,
    CaseLine,
    CaseStatus,
    Material,
    MaterialState,
    Page,
    Trust,
)
from villagedesk.domain.catalogue import Catalogue, CatalogueOrigin
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.outbox import Operation, OutboxRow, PageTransfer, SendingState
from villagedesk.domain.party import ApplicantKind, Party, PartyRole
from villagedesk.domain.printing import PaperKind, PaperSize, PrintJob, PrintJobState
from villagedesk.domain.service_item import HandlingMode, MaterialForm
from villagedesk.store.search import fold

Values = dict[str, Any]
AnyRow = Row[*tuple[Any, ...]]
NAMES_AT_ONCE = 500
"""So many are named in one question at most: the database has an end to that."""


def _text_of(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moment_of(text)


def case_values(case: Case) -> Values:
    """A row of ``cases``."""
    applicant = case.applicant
    return {
        "case_id": case.case_id,
        "local_no": case.local_no,
        "item_code": case.item_code,
        "item_version": case.item_version,
        "item_name": case.item_name,
        "mode": case.mode.value,
        "status": case.status.value,
        "clerk": case.clerk,
        "created_at": utc_text(case.created_at),
        "updated_at": utc_text(case.updated_at),
        "received_at": _text_of(case.received_at),
        "accepted_at": _text_of(case.accepted_at),
        "revision": case.revision,
        "step": case.step,
        "applicant_name": applicant.name,
        "name_folded": fold(applicant.name),
        "applicant": _json(
            {
                "document_kind": applicant.document_kind,
                "document_number": applicant.document_number,
                "phone": applicant.phone,
                "address": applicant.address,
                "kind": applicant.kind.value,
                "birth_date": applicant.birth_date,
                "sex": applicant.sex,
                "ethnic_group": applicant.ethnic_group,
            }
        ),
        "parties": _json([{**asdict(party), "role": party.role.value} for party in case.parties]),
        "promised_until": min((one.promised_until for one in case.materials if one.promised_until), default=""),
        "materials": _json(
            [
                {
                    "requirement_id": material.requirement_id,
                    "name": material.name,
                    "form": material.form.value,
                    "copies": material.copies,
                    "returned": material.returned,
                    "state": material.state.value,
                    "trust": material.trust.value,
                    "promised_until": material.promised_until,
                    "reused_from": material.reused_from,
                }
                for material in case.materials
            ]
        ),
        "form": _json(dict(case.form)),
        "acceptance_no": case.acceptance_no,
        "township_no": case.township_no,
        "query_code": case.query_code,
        "remote_state": case.remote_state,
        "limit_date": case.limit_date,
        "accepting_organ": case.accepting_organ,
        "lookup_url": case.lookup_url,
    }


def case_text(case: Case) -> str:
    """A whole case as JSON text."""
    return _json(case_values(case))


def case_of_text(text: str) -> Case:
    """The case of :func:`case_text`."""
    return case_of(SimpleNamespace(**json.loads(text)))


def parties_of(text: str) -> tuple[Party, ...]:
    """The people besides the applicant, as ``cases.parties`` keeps them."""
    return tuple(Party(**{**party, "role": PartyRole(party["role"])}) for party in json.loads(text))


def case_of(row: AnyRow | SimpleNamespace) -> Case:
    """The case of a row of ``cases``."""
    applicant = json.loads(row.applicant)
    return Case(
        case_id=row.case_id,
        item_code=row.item_code,
        item_version=row.item_version,
        item_name=row.item_name,
        mode=HandlingMode(row.mode),
        status=CaseStatus(row.status),
        clerk=row.clerk,
        created_at=moment_of(row.created_at),
        updated_at=moment_of(row.updated_at),
        applicant=Applicant(
            name=row.applicant_name,
            document_kind=applicant["document_kind"],
            document_number=applicant["document_number"],
            phone=applicant["phone"],
            address=applicant["address"],
            kind=ApplicantKind(applicant["kind"]),
            # what came with a later schema is not in rows written before
            birth_date=applicant.get("birth_date", ""),
            sex=applicant.get("sex", ""),
            ethnic_group=applicant.get("ethnic_group", ""),
        ),
        parties=parties_of(row.parties),
        materials=tuple(
            Material(
                requirement_id=material["requirement_id"],
                name=material["name"],
                form=MaterialForm(material["form"]),
                copies=material["copies"],
                returned=material["returned"],
                state=MaterialState(material.get("state", MaterialState.TAKEN)),
                trust=Trust(material.get("trust", Trust.CHECKED)),
                promised_until=material.get("promised_until", ""),
                reused_from=material.get("reused_from", ""),
            )
            for material in json.loads(row.materials)
        ),
        form=json.loads(row.form),
        local_no=row.local_no,
        revision=row.revision,
        step=row.step,
        received_at=_moment(row.received_at),
        acceptance_no=row.acceptance_no,
        township_no=getattr(row, "township_no", ""),  # not in a correction that was begun with an earlier schema
        query_code=row.query_code,
        remote_state=row.remote_state,
        accepted_at=_moment(row.accepted_at),
        limit_date=row.limit_date,
        accepting_organ=row.accepting_organ,
        lookup_url=row.lookup_url,
    )


def case_line_of(row: AnyRow) -> CaseLine:
    """One row of the case list, as ``snapshot`` selects it."""
    sends = row.sending_state is not None
    return CaseLine(
        case_id=row.case_id,
        local_no=row.local_no,
        applicant_name=row.applicant_name,
        item_name=row.item_name,
        status=CaseStatus(row.status),
        updated_at=moment_of(row.updated_at),
        received_at=_moment(row.received_at),
        acceptance_no=row.acceptance_no,
        sending_state=row.sending_state or "",
        sending_reason=row.sending_reason or "",
        pages_done=row.pages_done if sends else 0,
        pages_total=row.pages_total if sends else 0,
    )


def page_values(page: Page) -> Values:
    """A row of ``pages``."""
    return {
        "case_id": page.case_id,
        "requirement_id": page.requirement_id,
        "page_order": page.order,
        "page_id": page.page_id,
        "sha256": page.sha256,
        "byte_count": page.byte_count,
        "media_type": page.media_type,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "captured_at": utc_text(page.captured_at),
    }


def page_of(row: AnyRow) -> Page:
    """The page of a row of ``pages``."""
    return Page(
        page_id=row.page_id,
        case_id=row.case_id,
        requirement_id=row.requirement_id,
        order=row.page_order,
        sha256=row.sha256,
        byte_count=row.byte_count,
        media_type=row.media_type,
        width=row.width,
        height=row.height,
        dpi=row.dpi,
        captured_at=moment_of(row.captured_at),
    )


def event_of(row: AnyRow) -> CaseEvent:
    """The event of a row of ``case_events``."""
    return CaseEvent(
        case_id=row.case_id,
        at=moment_of(row.at),
        actor=row.actor,
        kind=row.kind,
        from_status=CaseStatus(row.from_status) if row.from_status else None,
        to_status=CaseStatus(row.to_status) if row.to_status else None,
        detail=json.loads(row.detail),
    )


def catalogue_values(catalogue: Catalogue) -> Values:
    """A row of ``catalogues``, without its place."""
    return {
        "version": catalogue.version,
        "made_at": utc_text(catalogue.made_at),
        "origin": catalogue.origin.value,
        "sha256": catalogue.sha256,
        "content": catalogue.content,
        "installed_at": utc_text(catalogue.installed_at),
    }


def catalogue_of(row: AnyRow) -> Catalogue:
    """The catalogue of a row of ``catalogues``."""
    return Catalogue(
        version=row.version,
        made_at=moment_of(row.made_at),
        origin=CatalogueOrigin(row.origin),
        sha256=row.sha256,
        content=row.content,
        installed_at=moment_of(row.installed_at),
    )


def outbox_values(row: OutboxRow) -> Values:
    """A row of ``outbox``, without its place in the queue."""
    return {
        "action_id": row.action_id,
        "case_id": row.case_id,
        "operation": row.operation.value,
        "revision": row.revision,
        "state": row.state.value,
        "payload": row.payload,
        "payload_sha256": row.payload_sha256,
        "wire_version": row.wire_version,
        "created_at": utc_text(row.created_at),
        "updated_at": utc_text(row.updated_at),
        "return_state": row.return_state.value if row.return_state else None,
        "frozen_at": _text_of(row.frozen_at),
        "attempts": row.attempts,
        "next_try_at": _text_of(row.next_try_at),
        "reason_key": row.reason_key,
        "reason_raw": row.reason_raw,
        "receipt": row.receipt,
    }


def outbox_of(row: AnyRow) -> OutboxRow:
    """The outbox row of a row of ``outbox``."""
    return OutboxRow(
        action_id=row.action_id,
        case_id=row.case_id,
        operation=Operation(row.operation),
        revision=row.revision,
        state=SendingState(row.state),
        payload=bytes(row.payload),
        payload_sha256=row.payload_sha256,
        wire_version=row.wire_version,
        created_at=moment_of(row.created_at),
        updated_at=moment_of(row.updated_at),
        return_state=SendingState(row.return_state) if row.return_state else None,
        frozen_at=_moment(row.frozen_at),
        attempts=row.attempts,
        next_try_at=_moment(row.next_try_at),
        reason_key=row.reason_key,
        reason_raw=row.reason_raw,
        receipt=row.receipt,
    )


def transfer_values(transfer: PageTransfer) -> Values:
    """A row of ``page_transfers``."""
    return {
        "sha256": transfer.sha256,
        "location": transfer.location,
        "offset": transfer.offset,
        "length": transfer.length,
        "done": int(transfer.done),
    }


def transfer_of(row: AnyRow) -> PageTransfer:
    """The transfer of a row of ``page_transfers``."""
    return PageTransfer(row.sha256, row.location, row.offset, row.length, bool(row.done))


def print_job_values(job: PrintJob) -> Values:
    """A row of ``print_jobs``, without its place in the queue."""
    return {
        "job_id": job.job_id,
        "case_id": job.case_id,
        "kind": job.kind.value,
        "reprint": job.reprint,
        "page_id": job.page_id,
        "sha256": job.sha256,
        "state": job.state.value,
        "created_at": utc_text(job.created_at),
        "place": job.where,
        "reason_key": job.reason_key,
        "about": job.about,
        "copies": job.copies,
        "paper": job.paper.value,
        "printer": job.printer,
        "ticket": job.ticket,
    }


def print_job_of(row: AnyRow) -> PrintJob:
    """The print job of a row of ``print_jobs``."""
    return PrintJob(
        job_id=row.job_id,
        case_id=row.case_id,
        kind=PaperKind(row.kind),
        reprint=row.reprint,
        page_id=row.page_id,
        sha256=row.sha256,
        state=PrintJobState(row.state),
        created_at=moment_of(row.created_at),
        where=row.place,
        reason_key=row.reason_key,
        about=row.about,
        copies=row.copies,
        paper=PaperSize(row.paper),
        printer=row.printer,
        ticket=row.ticket,
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
