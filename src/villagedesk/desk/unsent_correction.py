"""What of a correction was not sent before its case went on: kept, and shown beside what the case says (I11)."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.desk.conflict_views import Version, between, changes_view
from villagedesk.desk.door_views import Sentence
from villagedesk.desk.drafts import is_overtaken, typed_case
from villagedesk.desk.life_views import UnsentView
from villagedesk.desk.snags import last_submission
from villagedesk.domain.case import Case, CaseEvent, Material, MaterialState
from villagedesk.domain.outbox import OutboxRow
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.to_look_at import looked_at, to_look_at
from villagedesk.domain.unsent import BEGUN, UNSENT, UNSENT_SEEN


def unsent_view(
    snapshot: Snapshot, case: Case, item: ServiceItem | None, rows: Sequence[OutboxRow], events: Sequence[CaseEvent]
) -> UnsentView | None:
    """What was not sent; None where nothing was changed, or it can still be sent."""
    if not is_overtaken(snapshot, case):
        return None
    typed = typed_case(snapshot, case.case_id)
    pages = [(page.requirement_id, page.sha256) for page in snapshot.pages(case.case_id)]
    sent = _pages_sent(rows)
    theirs = _version(case, case.materials, pages if sent is None else sent)
    ours = _version(typed, _noted(typed, case), pages)
    differences = tuple(between(ours, theirs, item))
    if not differences:
        return None
    begun = max((place for place, event in enumerate(events) if event.kind == BEGUN), default=-1)
    since = events[begun + 1 :]
    overtaken = max((place for place, event in enumerate(since) if UNSENT in event.detail), default=-1)
    seen = max((place for place, event in enumerate(since) if event.kind == UNSENT_SEEN), default=-1)
    standing = Sentence("correction.unsent.kept" if overtaken < 0 else "correction.unsent.overtaken", {}, "warn")
    return UnsentView(standing, differences, unread=overtaken > seen)


def looked_if_all_is_read(transaction: Transaction, case: Case) -> None:
    """Take a case off the list of those to look at, unless something of it is still to be read, be it behind a
    submission that is in conflict."""
    rows, events = transaction.outbox_of_case(case.case_id), transaction.events(case.case_id)
    unsent = unsent_view(transaction, case, None, rows, events)
    if changes_view(case, None, events) is None and not (unsent is not None and unsent.unread):
        looked_at(transaction, case.case_id)


def take_off_what_is_read(transaction: Transaction) -> None:
    """Take off that list what is shown nowhere, so that no clerk could: a correction went unsent in which nothing was
    changed, or what differed differs no more."""
    for case_id in to_look_at(transaction):
        looked_if_all_is_read(transaction, transaction.case(case_id))


def _pages_sent(rows: Sequence[OutboxRow]) -> Sequence[tuple[str, str]] | None:
    last = last_submission(rows)
    try:
        manifest = RevisionPayload.model_validate_json(last.payload).manifest if last is not None else []
    except ValidationError:
        return None
    return [(entry.requirement_id, entry.sha256) for entry in manifest]


def _noted(typed: Case, case: Case) -> Sequence[Material]:
    """Without what was noted as not needed when the correction was opened: nobody did that."""
    there = {one.requirement_id for one in case.materials}
    return [one for one in typed.materials if one.state is not MaterialState.NOT_NEEDED or one.requirement_id in there]


def _version(case: Case, materials: Sequence[Material], pages: Sequence[tuple[str, str]]) -> Version:
    return Version(case.item_name, case.local_no, case.applicant, case.parties, case.form, materials, pages)
