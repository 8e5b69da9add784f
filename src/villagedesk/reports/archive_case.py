"""What an archive package says of one case: which files it has, what they are called, and all that is known of it.

Laid out after GB/T 42727-2023 and DA/T 85-2019 as far as known here: a folder for each case, in it the papers handed
in (申请材料), what was written on the way (办理过程文书) and what came of it (办理结果), with metadata and a list of
files. What folders and parts are called is data (``archive.folder.*``, ``archive.part.*`` in the message catalogue).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from villagedesk.domain.case import Case, CaseEvent, Material, Page
from villagedesk.domain.document import PDF, Document, DocumentOrigin
from villagedesk.domain.evaluation import CallBack, Evaluation
from villagedesk.domain.handover import Batch
from villagedesk.domain.milestones import milestones
from villagedesk.domain.outbox import OutboxRow
from villagedesk.domain.party import Party
from villagedesk.domain.printing import PrintJob
from villagedesk.domain.station import StationFile
from villagedesk.domain.visit import Visit
from villagedesk.reports.archive_carried import batches_told, call_backs_told, evaluations_told, visit_told

VERSION = 3
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", PDF: "pdf", "application/zip": "zip"}
Text = Callable[..., str]
"""Gives the text of a message key, filled with its named values."""


class Part(StrEnum):
    """The parts of a case's folder."""

    MATERIALS = "materials"
    PAPERS = "papers"
    RESULTS = "results"


_PART_OF = {
    DocumentOrigin.AUTHORIZATION: Part.MATERIALS,  # the applicant hands it in, with his other papers
    DocumentOrigin.HANDOVER: Part.PAPERS,
    DocumentOrigin.DELIVERY: Part.PAPERS,
    DocumentOrigin.NOTICE: Part.PAPERS,
    DocumentOrigin.RESULT: Part.RESULTS,
    DocumentOrigin.SYSTEM: Part.RESULTS,
}


class FileState(StrEnum):
    """Whether a file is in the package, and why not."""

    HERE = "here"
    EXPIRED = "expired"
    """Its time was over and it was removed; its hash is all there is."""
    MISSING = "missing"
    """It ought to lie at the station, and could not be read."""
    NOT_CAME = "not_came"
    """Announced by the acceptance system, and not here yet."""


@dataclass(frozen=True)
class ArchivedCase:
    """One case as it goes into the package.

    Args:
        pages: by requirement and order.
        events: its log, oldest first.
        expired: ids of files that were removed when their time was over.
        papers: its print jobs, oldest first.
        documents: what the acceptance system handed out, and what was scanned here.
        outbox: what was sent of it, oldest first.
        item: the version of its item as JSON text, "" where that is not kept.
        batches: in which it was carried to the township; ``visit``: the home visit on which it was begun.
        evaluations, call_backs: what the villager said, and whom somebody called about it.
    """

    case: Case
    pages: Sequence[Page]
    events: Sequence[CaseEvent]
    expired: frozenset[str] = frozenset()
    papers: Sequence[PrintJob] = ()
    documents: Sequence[Document] = ()
    outbox: Sequence[OutboxRow] = ()
    item: str = ""
    batches: Sequence[Batch] = ()
    visit: Visit | None = None
    evaluations: Sequence[Evaluation] = ()
    call_backs: Sequence[CallBack] = ()


@dataclass(frozen=True)
class ArchivedFile:
    """One file of a case.

    Args:
        name: below the case's folder; "" when it is not in the package.
        title: what it is called in the list of files, 材料名_序号 for a page.
        at: when it was made or came.
        more: what the metadata says of it besides.
    """

    part: Part
    name: str
    title: str
    page_id: str
    sha256: str
    media_type: str
    state: FileState
    at: datetime
    more: Mapping[str, object]


def folder_of(case: Case) -> str:
    """The case's folder, named by its 收件流水号."""
    return plain(case.local_no or case.case_id)


def plain(text: str) -> str:
    """Fit for a name that every program and every code page reads."""
    return re.sub(r"[^0-9A-Za-z-]", "_", text)[:40] or "_"


def files_of(archived: ArchivedCase, text: Text) -> tuple[ArchivedFile, ...]:
    """All its files in their order, also those that are not here; each content once."""
    found = [*_materials(archived, text), *_documents(archived, text)]
    first = {(one.page_id, one.sha256): one for one in found if one.name}
    papers = [
        replace(one, name=first[one.page_id, one.sha256].name) if (one.page_id, one.sha256) in first else one
        for one in _papers(archived, text)
    ]
    order = list(Part)
    return tuple(sorted([*found, *papers], key=lambda one: order.index(one.part)))


def _materials(archived: ArchivedCase, text: Text) -> list[ArchivedFile]:
    """Pages in the order of the papers they belong to, as the case lists them; then pages of no paper of it."""
    folder, files = text("archive.folder.materials"), list[ArchivedFile]()
    names = {material.requirement_id: material.name for material in archived.case.materials}
    names |= {page.requirement_id: page.requirement_id for page in archived.pages if page.requirement_id not in names}
    for place, (requirement_id, name) in enumerate(names.items(), start=1):
        own = [page for page in archived.pages if page.requirement_id == requirement_id]
        for number, page in enumerate(sorted(own, key=lambda one: one.order), start=1):
            state = FileState.EXPIRED if page.page_id in archived.expired else FileState.HERE
            stem = f"{folder}/{place:02d}-{plain(requirement_id)}-{number:03d}"
            more = {
                "requirement_id": requirement_id,
                "order": page.order,
                "bytes": page.byte_count,
                "width": page.width,
                "height": page.height,
                "dpi": page.dpi,
            }
            place_of = (Part.MATERIALS, _named(stem, page.media_type, state), f"{name}_{number}")
            content = (page.page_id, page.sha256, page.media_type)
            files.append(ArchivedFile(*place_of, *content, state, page.captured_at, more))
    return files


def _papers(archived: ArchivedCase, text: Text) -> list[ArchivedFile]:
    folder, files = text("archive.folder.papers"), list[ArchivedFile]()
    for number, job in enumerate(archived.papers, start=1):
        state = FileState.EXPIRED if job.page_id in archived.expired else FileState.HERE
        title = text(f"paper_kind.{job.kind}")
        if job.reprint:
            title = text("archive.reprint", title=title, count=job.reprint)
        stem = f"{folder}/{number:02d}-{plain(job.kind)}-{job.reprint}"
        more = {
            "kind": job.kind,
            "reprint": job.reprint,
            "print_state": job.state,
            "copies": job.copies,
            "where": job.where,
            "reason": job.reason_key,
        }
        place = (Part.PAPERS, _named(stem, PDF, state), title)
        files.append(ArchivedFile(*place, job.page_id, job.sha256, PDF, state, job.created_at, more))
    return files


def _documents(archived: ArchivedCase, text: Text) -> list[ArchivedFile]:
    files = list[ArchivedFile]()
    for number, document in enumerate(archived.documents, start=1):
        part = _PART_OF[document.origin]
        if document.page_id and document.page_id in archived.expired:
            state = FileState.EXPIRED
        elif document.is_here:
            state = FileState.HERE
        else:
            state = FileState.MISSING if document.page_id else FileState.NOT_CAME
        more = {
            "document_id": document.document_id,
            "name": document.name,
            "origin": document.origin.value,
            "bytes": document.byte_count,
            "announced": document.told_at.isoformat(),
        }
        stem = f"{text(f'archive.folder.{part}')}/{number:02d}-{document.origin or 'result'}"
        place = (part, _named(stem, document.media_type, state), document.name)
        content = (document.page_id, document.sha256, document.media_type)
        files.append(ArchivedFile(*place, *content, state, document.came_at or document.told_at, more))
    return files


def _named(stem: str, media_type: str, state: FileState) -> str:
    return f"{stem}.{_ENDINGS.get(media_type, 'bin')}" if state is FileState.HERE else ""


def described(archived: ArchivedCase, files: Sequence[ArchivedFile], station: StationFile) -> str:
    """The metadata of a case, JSON."""
    case = archived.case
    reached = milestones(archived.events)
    value = {
        "format": "villagedesk-archived-case",
        "version": VERSION,
        "station": {"division_code": station.division_code, "name": station.name, "practice": station.practice},
        "item": {
            "code": case.item_code,
            "version": case.item_version,
            "name": case.item_name,
            "mode": case.mode,
            "content": json.loads(archived.item) if archived.item else None,
        },
        "numbers": {
            "case_id": case.case_id,
            "local_no": case.local_no,
            "revision": case.revision,
            "acceptance_no": case.acceptance_no,
            "township_no": case.township_no,
            "query_code": case.query_code,
        },
        "applicant": {
            "kind": case.applicant.kind,
            "name": case.applicant.name,
            "document_kind": case.applicant.document_kind,
            "document_number": case.applicant.document_number,
            "phone": case.applicant.phone,
            "address": case.applicant.address,
            "birth_date": case.applicant.birth_date,
            "sex": case.applicant.sex,
            "ethnic_group": case.applicant.ethnic_group,
        },
        "parties": [_party(party) for party in case.parties],
        "form": dict(case.form),
        "status": case.status,
        "conclusion": reached.conclusion or None,
        "remote_state": case.remote_state,
        "accepting_organ": case.accepting_organ,
        "lookup_url": case.lookup_url,
        "limit_date": case.limit_date,
        "clerk": case.clerk,
        "times": {
            "created": case.created_at.isoformat(),
            "changed": case.updated_at.isoformat(),
            "received": _moment(case.received_at),
            "accepted": _moment(case.accepted_at),
            "handed_over": _at(reached.handed_over),
            "concluded": _at(reached.concluded),
            "delivered": _at(reached.delivered),
        },
        "materials": [_material(material, files) for material in case.materials],
        "files": [_file(one) for one in files],
        "visit": visit_told(archived.visit),
        "batches": batches_told(case.case_id, archived.batches),
        "evaluations": evaluations_told(archived.evaluations),
        "call_backs": call_backs_told(archived.call_backs),
        "sent": [_sent(row) for row in archived.outbox],
        "events": [_event(event) for event in archived.events],
    }
    return json.dumps(value, ensure_ascii=False, indent=1)


def _party(party: Party) -> dict[str, object]:
    return {
        "role": party.role,
        "name": party.name,
        "document_kind": party.document_kind,
        "document_number": party.document_number,
        "phone": party.phone,
        "relation": party.relation,
        "scope": party.scope,
        "until": party.until,
    }


def _material(material: Material, files: Sequence[ArchivedFile]) -> dict[str, object]:
    return {
        "requirement_id": material.requirement_id,
        "name": material.name,
        "form": material.form,
        "copies": material.copies,
        "pages": sum(one.more.get("requirement_id") == material.requirement_id for one in files),
        "state": material.state,
        "trust": material.trust,
        "promised_until": material.promised_until,
        "reused_from": material.reused_from,
        "returned": material.returned,
    }


def _file(one: ArchivedFile) -> dict[str, object]:
    return {
        "part": one.part,
        "file": one.name,
        "title": one.title,
        "sha256": one.sha256,
        "media_type": one.media_type,
        "state": one.state,
        "at": one.at.isoformat(),
        **one.more,
    }


def _sent(row: OutboxRow) -> dict[str, object]:
    return {
        "action_id": row.action_id,
        "operation": row.operation,
        "revision": row.revision,
        "state": row.state,
        "payload_sha256": row.payload_sha256,
        "frozen": _moment(row.frozen_at),
        "receipt": row.receipt,
    }


def _event(event: CaseEvent) -> dict[str, object]:
    return {
        "at": event.at.isoformat(),
        "actor": event.actor,
        "kind": event.kind,
        "from_status": event.from_status,
        "to_status": event.to_status,
        "detail": dict(event.detail),
    }


def _at(event: CaseEvent | None) -> str | None:
    return None if event is None else event.happened.isoformat()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
