"""A case 办件 with its applicant, materials, pages and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.party import ApplicantKind, Party, PartyRole
from villagedesk.domain.service_item import HandlingMode, MaterialForm

ON = "on"
"""In the detail of a line that was written later than what it tells of, e.g. from a paper register: the day of that in
Shanghai, ISO."""


class CaseStatus(StrEnum):
    """Business states only; sending is in :mod:`villagedesk.domain.outbox` and never stored on a case."""

    DRAFT = "draft"
    RECEIVED = "received"
    HANDED_OVER = "handed_over"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    RETURNED = "returned_for_correction"
    IN_PROCESS = "in_process"
    SUSPENDED = "suspended"
    CONCLUDED = "concluded"
    RESULT_WAITING = "result_waiting"
    DELIVERED = "delivered"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"
    VOID = "void"
    RETURNED_TO_APPLICANT = "returned_to_applicant"


@dataclass(frozen=True)
class Applicant:
    """Who applies. In a draft the values are as typed; from ``received`` on they are checked and folded.

    Args:
        document_kind: a :class:`villagedesk.domain.identity.DocumentKind` value.
        document_number: the number on that document, folded (upper case, no spaces) once checked.
        birth_date: ISO, typed where the number does not say it, else as the number says; "" unknown.
        sex: a :class:`villagedesk.domain.resident_id.Sex` value, likewise.
        ethnic_group: 民族, code of GB/T 3304 as a card reader gave it or the clerk chose; unknown codes are kept.
    """

    name: str = ""
    document_kind: str = "resident_id"
    document_number: str = ""
    phone: str = ""
    address: str = ""
    kind: ApplicantKind = ApplicantKind.NATURAL
    birth_date: str = ""
    sex: str = ""
    ethnic_group: str = ""


class MaterialState(StrEnum):
    """What became of a checklist line."""

    TAKEN = "taken"
    SEEN = "seen"
    """查看原件后退还: the original was looked at and handed back at once; its photographed pages are the copy."""
    PROMISED = "promised"
    """容缺: comes later, by ``promised_until``."""
    REUSED = "reused"
    """From an earlier case of the same person, still valid."""
    NEEDED = "needed"
    """The clerk said that its condition holds, and it has not come yet; kept in drafts only."""
    NOT_NEEDED = "not_needed"
    """The clerk said that its condition does not hold; kept in drafts only."""


class Trust(StrEnum):
    """How far a material can be trusted 可信等级 (domain: section 6)."""

    ISSUED = "A"
    CHECKED = "B"
    """Checked against the original at the window."""
    UPLOADED = "C"
    """By the applicant: a file or a phone picture."""
    DECLARED = "D"
    """Self-declared."""


@dataclass(frozen=True)
class Material:
    """One paper of a checklist line 材料, taken or not.

    Args:
        returned: the paper was given back to the villager.
        promised_until: last day, ISO date, of a promised one.
        reused_from: case_id the pages come from, of a reused one.
    """

    requirement_id: str
    name: str
    form: MaterialForm
    copies: int
    returned: bool = False
    state: MaterialState = MaterialState.TAKEN
    trust: Trust = Trust.CHECKED
    promised_until: str = ""
    reused_from: str = ""


@dataclass(frozen=True)
class Page:
    """One scanned side of a material 页; its bytes lie in the vault under ``page_id``.

    Args:
        page_id: UUID text. A reuse is a second row (other case) with the same page_id.
        order: 1-based within the requirement.
        sha256: hex digest of the page's bytes, which is also its name on the wire.
        byte_count: length of the page's bytes.
        width, height: pixels.
        dpi: resolution on the paper as far as known.
    """

    page_id: str
    case_id: str
    requirement_id: str
    order: int
    sha256: str
    byte_count: int
    media_type: str
    width: int
    height: int
    dpi: int
    captured_at: datetime


@dataclass(frozen=True)
class Case:
    """One matter of one applicant.

    Args:
        case_id: UUID text, made when the draft begins.
        local_no: 收件流水号, None until taken in.
        revision: 0 in a draft, 1 at intake, counted up by every corrected re-submission.
        step: where the clerk was in the intake (1–4), so that a draft reopens there.
        acceptance_no, query_code: the acceptance system's, "" until a change brings them; text, never parsed.
        remote_state: the acceptance system's raw state code, kept as it came.
        limit_date, accepting_organ, lookup_url: as the acceptance system told them with the acceptance, "" before; the
            last is where the applicant can look the case up.
        township_no: the number the township gave a case that was carried there, as it was told here; "" before. It is
            the acceptance system's only where somebody binds it.
        form: the item's own fields by name, as :class:`villagedesk.domain.form_field.FieldKind` writes them.
        parties: agent, guardian, legal representative, contact; each role at most once.
    """

    case_id: str
    item_code: str
    item_version: int
    item_name: str
    mode: HandlingMode
    status: CaseStatus
    clerk: str
    created_at: datetime
    updated_at: datetime
    applicant: Applicant = Applicant()
    parties: tuple[Party, ...] = ()
    materials: tuple[Material, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    local_no: str | None = None
    revision: int = 0
    step: int = 1
    received_at: datetime | None = None
    acceptance_no: str = ""
    query_code: str = ""
    remote_state: str = ""
    accepted_at: datetime | None = None
    limit_date: str = ""
    accepting_organ: str = ""
    lookup_url: str = ""
    township_no: str = ""

    @property
    def official_no(self) -> str:
        """The number of whoever decides: the acceptance system's; of a proxy case it has nothing of, the township's."""
        proxy = self.mode is HandlingMode.PROXY
        return self.acceptance_no or (self.township_no if proxy else "")

    def party(self, role: PartyRole) -> Party | None:
        """Whoever has that role."""
        return next((party for party in self.parties if party.role is role), None)


@dataclass(frozen=True)
class CaseEvent:
    """One line of a case's append-only log: who, when, from, to, why.

    Args:
        kind: e.g. ``"taken_in"``, ``"page_added"``, ``"printed"``, ``"status"``, ``"sent"``, ``"decision"``.
        actor: the clerk's name, or :data:`villagedesk.domain.audit.SYSTEM`.
        detail: short structured values of the event (no page contents).
    """

    case_id: str
    at: datetime
    actor: str
    kind: str
    from_status: CaseStatus | None = None
    to_status: CaseStatus | None = None
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def happened(self) -> datetime:
        """When it happened: some moment of the day that :data:`ON` names, else when the line was written."""
        try:
            return _noon(date.fromisoformat(self.detail.get(ON, ""))) or self.at
        except ValueError:
            return self.at


@dataclass(frozen=True)
class CaseLine:
    """One row of the case list, with state and reason of its newest outbox row ("" when it has none)."""

    case_id: str
    local_no: str | None
    applicant_name: str
    item_name: str
    status: CaseStatus
    updated_at: datetime
    received_at: datetime | None
    acceptance_no: str
    sending_state: str = ""
    sending_reason: str = ""
    pages_done: int = 0
    pages_total: int = 0


@dataclass(frozen=True)
class RunningCases:
    """Cases whose limits hang on the same days; of thousands of cases these are read in a moment.

    Args:
        received_on, accepted_on: days in Shanghai, None where that was not.
        count: how many such cases there are.
    """

    status: CaseStatus
    mode: HandlingMode
    item_code: str
    item_version: int
    received_on: date | None
    accepted_on: date | None
    limit_date: str
    count: int

    @property
    def received_at(self) -> datetime | None:
        """Some moment of that day."""
        return _noon(self.received_on)

    @property
    def accepted_at(self) -> datetime | None:
        """Some moment of that day."""
        return _noon(self.accepted_on)


def _noon(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(12), SHANGHAI)
