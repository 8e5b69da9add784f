"""Wire models of the default contract, version 1 (design: section 4).

JSON in UTF-8; unknown fields are ignored, unknown codes kept; a change carries its ``action_id``. Hashes are lower-case
hex SHA-256, times ISO 8601 in UTC, byte counts in bytes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    StringConstraints,
    ValidationError,
)

from villagedesk.domain.told_text import tamed

WIRE_VERSION = 1
MAX_BODY_BYTES = 4 * 1024 * 1024
"""Cap on a body after gzip is undone, both ways."""
MAX_PAGE_BYTES = 64 * 1024 * 1024
MAX_CATALOGUE_BYTES = 24 * 1024 * 1024
"""Cap on a catalogue package."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ShortText = Annotated[str, StringConstraints(max_length=400)]
DivisionCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{11}$")]
EpochLetter = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]?$")]
"""Of the numbers this PC prints (``villagedesk.domain.local_no``); "" where a peer knows nothing of epochs."""
Told = Annotated[str, AfterValidator(tamed)]
"""What the other side says in words, to be shown and printed: without control and bidi characters, cut at 2,000."""
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]
_Item = TypeVar("_Item")
Several = Annotated[list[_Item], FailFast()]
"""A list that is refused at its first wrong entry: pydantic would note each of a million wrong ones (2.4 GB of memory
for a body of 4 MB)."""


MAX_VALUES = 200
_MOST_CHANGES = 2000
UNREADABLE = "unreadable"


def _few(values: object) -> object:
    """Refuse a table of a million entries before each of them is looked at. Raises ValueError."""
    if isinstance(values, dict) and len(values) > MAX_VALUES:
        raise ValueError("too many entries")
    return values


class WireModel(BaseModel):
    """Ignores fields a newer peer may send."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class EnrolRequest(WireModel):
    """``POST /v1/stations/enrol``: idempotent on ``one_time_code`` + ``credential_sha256``.

    The credential itself is made by the client and never sent here; every later request carries
    ``Authorization: Bearer <division_code>.<credential>``.
    """

    division_code: DivisionCode
    one_time_code: Identifier
    credential_sha256: Sha256
    installation_id: Identifier
    epoch: EpochLetter = ""


class ReplaceRequest(WireModel):
    """``POST /v1/stations/replace``: a database restored from a backup, or recovered, takes the station's place.

    Sent with ``Authorization: Bearer <division_code>.<OLD credential>``, which the call revokes; idempotent on
    ``credential_sha256``, also when it comes with the old credential again.

    Args:
        restored_at: when the backup was put back, ISO 8601 in UTC; "" when not known.
        newest_local_no: the newest number on a receipt that was at hand; "" when none was.
    """

    division_code: DivisionCode
    credential_sha256: Sha256
    installation_id: Identifier
    epoch: EpochLetter
    restored_at: ShortText = ""
    newest_local_no: ShortText = ""


class EnrolAnswer(WireModel):
    """The station is known; the same answer for the same request, for ever.

    Args:
        epoch: the letter granted: the one asked for, or another when some other installation of the station ever had
            that. "" from a server that knows nothing of epochs: the one asked for stands.
    """

    division_code: str
    enrolled_at: str
    epoch: EpochLetter = ""


class Health(WireModel):
    """``GET /v1/health``, needs no credential."""

    system: Literal["villagedesk-acceptance"]
    time: str
    wire_versions: Several[int]
    catalogue_version: Count = 0
    connections: Count = 4


class ApplicantRecord(WireModel):
    """Who applies. What stands behind the address may be missing from an older PC."""

    kind: str
    name: ShortText
    document_kind: str
    document_number: ShortText
    phone: ShortText = ""
    address: ShortText = ""
    birth_date: ShortText = ""
    sex: ShortText = ""
    ethnic_group: ShortText = ""


class PartyRecord(WireModel):
    """Somebody else of the case: its agent, guardian, legal representative or contact, by ``role``.

    Args:
        relation: to the applicant, a code; codes not known are kept.
        scope, until: what an agent may do, and the last day, ISO; "" for this matter only.
    """

    role: ShortText
    name: ShortText
    document_kind: ShortText = ""
    document_number: ShortText = ""
    phone: ShortText = ""
    relation: ShortText = ""
    scope: ShortText = ""
    until: ShortText = ""


class MaterialRecord(WireModel):
    """A paper of a checklist line. One from an older PC that says no state was taken and checked.

    Args:
        state: ``taken``, ``seen``, ``promised`` or ``reused``.
        trust: 可信等级, A to D.
        promised_until: last day of a promised one, ISO.
        reused_from: case_id of the case a reused one comes from.
    """

    requirement_id: Identifier
    name: ShortText
    form: str
    copies: int = Field(ge=0, le=999)
    state: ShortText = "taken"
    trust: ShortText = "B"
    returned: bool = False
    promised_until: ShortText = ""
    reused_from: ShortText = ""


class ManifestEntry(WireModel):
    """One page the revision consists of."""

    requirement_id: Identifier
    order: int = Field(ge=1, le=9999)
    sha256: Sha256
    byte_count: int = Field(ge=1, le=MAX_PAGE_BYTES)
    media_type: ShortText


class RevisionPayload(WireModel):
    """Body of ``PUT /v1/cases/{case_id}/revisions/{n}``: record and manifest, frozen before the first socket opens."""

    wire_version: int
    action_id: Identifier
    station: ShortText
    clerk: ShortText
    case_id: Identifier
    revision: int = Field(ge=1, le=9999)
    local_no: Identifier
    item_code: Identifier
    item_version: int
    item_name: ShortText
    received_at: str
    applicant: ApplicantRecord
    parties: Annotated[list[PartyRecord], Field(max_length=20), FailFast()] = Field(default_factory=list)
    materials: Several[MaterialRecord]
    form: Annotated[dict[str, str], BeforeValidator(_few)] = Field(default_factory=dict)
    manifest: Annotated[list[ManifestEntry], Field(max_length=2000), FailFast()]

    def to_bytes(self) -> bytes:
        """The exact bytes to freeze and send."""
        return self.model_dump_json().encode()


class RegisteredAnswer(WireModel):
    """202: the record is kept, these pages are still missing. Gives no acceptance number."""

    state: Literal["registered"]
    case_id: str
    revision: int
    payload_sha256: Sha256
    missing: Several[Sha256]


class ReceiptAnswer(WireModel):
    """201: committed; the server keeps record and every page. Same content → the same receipt for ever."""

    state: Literal["committed"]
    receipt_id: Identifier
    case_id: str
    revision: int
    action_id: str
    payload_sha256: Sha256
    pages: Several[Sha256]
    committed_at: str


class ConflictAnswer(WireModel):
    """Extension members of the 409 problem: what the server holds under that key."""

    code: str = ""
    message: str = ""
    held_sha256: ShortText = ""
    held_revision: int = 0


class ProblemAnswer(WireModel):
    """RFC 9457 problem with our stable ``code`` and a ``message`` in words (``application/problem+json``)."""

    type: str = "about:blank"
    title: str = ""
    status: int
    code: Told
    message: Told


class RevisionState(WireModel):
    """What the server holds of one revision.

    Args:
        reason: why it was rejected, in words; missing from a server that does not give it.
    """

    revision: int
    state: Literal["registered", "committed", "rejected"]
    payload_sha256: Sha256
    action_id: str
    missing: Several[Sha256]
    receipt: ReceiptAnswer | None = None
    reason: Told = ""


class CaseSummary(WireModel):
    """Enough of a case to tell a clerk which one it is, where the PC that took it in is lost.

    Args:
        document_number: the applicant's; a server may keep it to itself.
    """

    local_no: Told = ""
    item_name: Told = ""
    applicant_name: Told = ""
    document_number: Told = ""
    received_at: Told = ""
    state: Told = ""
    acceptance_no: Told = ""


class CaseAnswer(WireModel):
    """``GET /v1/cases/{case_id}``; 404 with code ``unknown_case`` when the server never heard of it.

    ``summary`` is missing from a server that does not give it.
    """

    case_id: str
    committed_revision: int
    revisions: Several[RevisionState]
    actions: Several[str]
    summary: CaseSummary | None = None


class CaseListAnswer(WireModel):
    """``GET /v1/cases?station=&after=&limit=``: to reconcile, in pieces, because an answer has a cap.

    ``next`` is what to ask ``after`` for the following piece, "" when this is the last (or the server knows no pieces).
    """

    cases: Several[CaseAnswer]
    next: Annotated[str, StringConstraints(max_length=400)] = ""


class DocumentRecord(WireModel):
    """A document the acceptance system hands out for a case, e.g. its result; fetched by
    ``GET /v1/cases/{case_id}/documents/{document_id}`` with ``Range``, and believed when its hash is this one."""

    document_id: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,64}$")]
    name: Told = ""
    media_type: Told = ""
    byte_count: Count
    sha256: Sha256


class WantedRecord(WireModel):
    """One thing a correction wants: a paper of the checklist, or one nobody here knows; what is wrong with it, and how
    it must be."""

    requirement_id: Told = ""
    name: Told = ""
    wrong: Told = ""
    standard: Told = ""


class Change(WireModel):
    """One thing that happened to a case on the other side. ``kind`` is open: unknown kinds are kept and shown.

    Known kinds: ``accepted`` (acceptance_no, query_code, at, organ, limit_date, lookup_url), ``refused`` (reason, and
    of the organ's notice notice_no, organ, at, legal_basis, right_organ, review_organ), ``correction_asked`` (reason,
    wanted, deadline, and of the notice notice_no, organ, at, legal_basis), ``in_process``, ``concluded`` (result). A
    notice without its number was not issued, and is not printed.

    Args:
        documents: handed out with it, whatever its kind.
        wanted: item by item what a correction wants.
        fields: what the acceptance system has now in fields of the application that it changed: by ``applicant.phone``,
            ``form.amount`` and the like.
    """

    sequence: Count
    case_id: Identifier
    kind: Told
    at: Told
    state_code: Told = ""
    values: Annotated[dict[Told, Told], BeforeValidator(_few)] = Field(default_factory=dict)
    documents: Annotated[list[DocumentRecord], Field(max_length=MAX_VALUES), FailFast()] = Field(default_factory=list)
    wanted: Annotated[list[WantedRecord], Field(max_length=MAX_VALUES), FailFast()] = Field(default_factory=list)
    fields: Annotated[dict[Told, Told], BeforeValidator(_few)] = Field(default_factory=dict)


def _readable(entries: object) -> object:
    """A change that cannot be read becomes one of a kind nobody knows, with its raw text, so that it is kept and holds
    up no other. Of more entries than any answer has, the first wrong one refuses the whole."""
    if not isinstance(entries, list) or len(entries) > _MOST_CHANGES:
        return entries
    return [_change_of(entry) for entry in entries]


def _change_of(entry: object) -> Change:
    try:
        return Change.model_validate(entry)
    except ValidationError:
        told: dict[str, Any] = entry if isinstance(entry, dict) else {}
        raw = json.dumps(entry, ensure_ascii=False)
        sequence, case_id = told.get("sequence"), told.get("case_id")
        return Change(
            sequence=sequence if type(sequence) is int and 0 <= sequence < 2**63 else 0,
            case_id=case_id if isinstance(case_id, str) and 0 < len(case_id) <= 64 else "?",
            kind=UNREADABLE,
            at=sha256_hex(raw.encode())[:16],
            values={"raw": raw},
        )


class ChangesAnswer(WireModel):
    """``GET /v1/changes?after=cursor&wait=seconds``: long poll; an empty list when nothing came in time."""

    changes: Annotated[Several[Change], BeforeValidator(_readable)]
    cursor: ShortText


class ActionPayload(WireModel):
    """Body of ``PUT /v1/cases/{case_id}/actions/{action_id}``: withdrawal, delivery, evaluation."""

    wire_version: int
    action_id: Identifier
    station: ShortText
    clerk: ShortText
    operation: str
    at: str
    values: Annotated[dict[str, str], BeforeValidator(_few)] = Field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The exact bytes to freeze and send."""
        return self.model_dump_json().encode()


class ActionAnswer(WireModel):
    """201 first, 200 when repeated; the same content for ever."""

    action_id: str
    case_id: str
    payload_sha256: Sha256
    taken_at: str


def sha256_hex(data: bytes) -> str:
    """Lower-case hex SHA-256."""
    return hashlib.sha256(data).hexdigest()
