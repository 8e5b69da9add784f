"""What a correction changes of what was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from villagedesk.desk.checks import CheckedDraft
from villagedesk.desk.drafts import completes
from villagedesk.desk.snags import last_submission, snag_of
from villagedesk.desk.views import Correction
from villagedesk.domain.case import Applicant, Case, Material, Page
from villagedesk.domain.form_check import FORM
from villagedesk.domain.party import PartyRole
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.service_item import ServiceItem
from villagedesk.sync.ledger import manifest_of

IDENTITY = frozenset({"name", "kind", "document_kind", "document_number"})


def correction_view(
    snapshot: Snapshot, case: Case, item: ServiceItem, pages: Sequence[Page], checked: CheckedDraft
) -> Correction:
    """The correction of a case.

    Args:
        case: as it is corrected so far, with ``pages``.
    """
    there, rows = snapshot.case(case.case_id), snapshot.outbox_of_case(case.case_id)
    changed = tuple(_fields(there, checked))
    last = last_submission(rows)
    sent = {(one.requirement_id, one.order, one.sha256) for one in (last and manifest_of(last)) or ()}
    now = {(page.requirement_id, page.order, page.sha256) for page in pages}
    other = sent ^ now if last is not None else set()
    touched = {requirement_id for requirement_id, _, _ in other} | _noted(there.materials, checked.materials)
    names = {one.requirement_id: one.name for one in there.materials}
    names |= {one.requirement_id: one.name for one in item.materials}
    return Correction(
        snag=snag_of(there, rows, snapshot.events(case.case_id)),
        fields=changed,
        papers=tuple(name for requirement_id, name in names.items() if requirement_id in touched),
        identity=not IDENTITY.isdisjoint(changed),
        completes=completes(there),
    )


def _fields(there: Case, checked: CheckedDraft) -> Iterator[str]:
    for field in fields(Applicant):
        if getattr(there.applicant, field.name) != getattr(checked.applicant, field.name):
            yield field.name
    parties = {party.role: party for party in checked.parties}
    for role in PartyRole:
        if there.party(role) != parties.get(role):
            yield str(role)
    for name in sorted(there.form.keys() | checked.form.keys()):
        if there.form.get(name, "") != checked.form.get(name, ""):
            yield f"{FORM}{name}"


def _noted(before: Sequence[Material], after: Sequence[Material]) -> set[str]:
    """Papers of which something else is noted than was sent."""
    return {one.requirement_id for one in {*before} ^ {*after}}
