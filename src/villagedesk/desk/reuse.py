"""Papers of an earlier case of the same person that still serve 复用: found, and tied to the draft by naming the same
pages."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from villagedesk.desk.checklist import Borrowed, Unfit
from villagedesk.desk.intake_views import Reusable
from villagedesk.domain.case import Applicant, Case, CaseStatus, Material, MaterialState, Page
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.dates import months_later
from villagedesk.domain.party import Party, PartyRole
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.service_item import MaterialForm, MaterialRequirement, ServiceItem

_MOST_CASES = 50
_NO_SOURCE = frozenset({CaseStatus.DRAFT, CaseStatus.VOID})
_WITH_PAGES = frozenset({MaterialState.TAKEN, MaterialState.REUSED})
_PARTY_OF_FACT = {"agent": PartyRole.AGENT, "guardian": PartyRole.GUARDIAN, "minor": PartyRole.GUARDIAN}


@dataclass(frozen=True)
class Source:
    """An earlier paper with its pages.

    Args:
        taken_on: the day it was photographed, in Shanghai; a chain of reuse keeps the first one's.
    """

    case: Case
    material: Material
    pages: tuple[Page, ...]
    taken_on: date


def find_sources(
    snapshot: Snapshot, draft: Case, item: ServiceItem, applicant: Applicant, parties: Sequence[Party], today: date
) -> dict[str, Source]:
    """The newest paper that still serves, for each requirement of the item that has one.

    Args:
        applicant, parties: checked and folded.
        today: the date in Shanghai.
    """
    wanted = [one for one in item.materials if one.valid_months is not None]
    if not wanted or not applicant.document_number:
        return {}
    found: dict[str, Source] = {}
    for case in snapshot.cases_of_person(applicant.document_number, _MOST_CASES):
        if case.case_id == draft.case_id or case.status in _NO_SOURCE:
            continue
        for requirement in wanted:
            if not _of_same_person(requirement, case, applicant, parties):
                continue
            source = source_in(snapshot, case, requirement, today)
            best = found.get(requirement.requirement_id)
            if source is not None and (best is None or source.taken_on > best.taken_on):
                found[requirement.requirement_id] = source
    return found


def source_in(snapshot: Snapshot, case: Case, requirement: MaterialRequirement, today: date) -> Source | None:
    """That case's paper for a requirement, None where it has none that serves on that day."""
    material = next((one for one in case.materials if _serves(one, requirement)), None)
    if material is None:
        return None
    pages = tuple(page for page in snapshot.pages(case.case_id) if page.requirement_id == material.requirement_id)
    expired = snapshot.expired_pages(case.case_id)
    if not pages or len(pages) < requirement.min_pages or any(page.page_id in expired for page in pages):
        return None
    taken_on = min(page.captured_at for page in pages).astimezone(SHANGHAI).date()
    last = valid_until(requirement, taken_on)
    if last is not None and today > last:
        return None
    return Source(case, material, pages, taken_on)


def valid_until(requirement: MaterialRequirement, taken_on: date) -> date | None:
    """The last day an earlier paper serves, None where it serves as long as it is right."""
    return months_later(taken_on, requirement.valid_months) if requirement.valid_months else None


def reusable_view(requirement: MaterialRequirement, source: Source) -> Reusable:
    """What the clerk is offered."""
    last = valid_until(requirement, source.taken_on)
    return Reusable(
        requirement_id=requirement.requirement_id,
        name=requirement.name,
        case_id=source.case.case_id,
        local_no=source.case.local_no or "",
        item_name=source.case.item_name,
        taken_at=min(page.captured_at for page in source.pages),
        pages=len(source.pages),
        valid_until="" if last is None else last.isoformat(),
    )


def borrow(draft: Case, requirement: MaterialRequirement, source: Source) -> tuple[Material, list[Page]]:
    """The note and the rows that tie the draft to those pages; the files are the earlier case's own."""
    material = Material(
        requirement.requirement_id,
        requirement.name,
        requirement.form,
        requirement.copies,
        state=MaterialState.REUSED,
        trust=source.material.trust,
        reused_from=source.case.case_id,
    )
    rows = [
        replace(page, case_id=draft.case_id, requirement_id=requirement.requirement_id, order=order)
        for order, page in enumerate(source.pages, start=1)
    ]
    return material, rows


def borrowed_by(
    snapshot: Snapshot,
    case: Case,
    item: ServiceItem,
    pages: Sequence[Page],
    applicant: Applicant,
    parties: Sequence[Party],
    today: date,
) -> dict[str, Borrowed]:
    """How the reused papers of a draft stand, by requirement: who applies may have been typed anew since, and the case
    they come from given up.

    Args:
        applicant, parties: checked and folded, as they are now.
        today: the date in Shanghai.
    """
    asked = {one.requirement_id: one for one in item.materials}
    found: dict[str, Borrowed] = {}
    for material in case.materials:
        if material.state is not MaterialState.REUSED:
            continue
        name = material.requirement_id
        try:
            earlier = snapshot.case(material.reused_from)
        except KeyError:
            found[name] = Borrowed("", Unfit.NO_MORE)
            continue
        unfit: Unfit | None = Unfit.NO_MORE
        if name in asked:
            own = {page.page_id for page in pages if page.requirement_id == name}
            unfit = _unfit(snapshot, earlier, asked[name], own, applicant, parties, today)
        found[name] = Borrowed(earlier.local_no or "", unfit)
    return found


def _unfit(
    snapshot: Snapshot,
    earlier: Case,
    requirement: MaterialRequirement,
    own: Set[str],
    applicant: Applicant,
    parties: Sequence[Party],
    today: date,
) -> Unfit | None:
    if not _of_same_person(requirement, earlier, applicant, parties):
        return Unfit.OTHER_PERSON
    if earlier.status in _NO_SOURCE:
        return Unfit.VOID
    source = source_in(snapshot, earlier, requirement, today)
    whole = source is not None and own == {page.page_id for page in source.pages}
    return None if whole else Unfit.NO_MORE


def _of_same_person(
    requirement: MaterialRequirement, earlier: Case, applicant: Applicant, parties: Sequence[Party]
) -> bool:
    same = (earlier.applicant.document_kind, earlier.applicant.document_number) == (
        applicant.document_kind,
        applicant.document_number,
    )
    return same and _same_party(requirement, earlier, parties)


def _serves(material: Material, requirement: MaterialRequirement) -> bool:
    same = material.requirement_id == requirement.requirement_id or material.name == requirement.name
    good_enough = requirement.form is MaterialForm.COPY or material.form is MaterialForm.ORIGINAL
    return same and good_enough and material.state in _WITH_PAGES


def _same_party(requirement: MaterialRequirement, earlier: Case, parties: Sequence[Party]) -> bool:
    """A paper of an agent or guardian serves only where that is the same person again."""
    role = _PARTY_OF_FACT.get(requirement.when.fact) if requirement.when else None
    if role is None:
        return True
    now = next((party.document_number for party in parties if party.role is role), "")
    before = earlier.party(role)
    return bool(now) and before is not None and before.document_number == now
