"""The moment a draft becomes a case: all checked again, then everything in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from villagedesk.desk.draft_book import DraftBook
from villagedesk.desk.drafts import draft_of
from villagedesk.desk.items import Items
from villagedesk.desk.missing_here import sent_before
from villagedesk.desk.submission import submit_row
from villagedesk.desk.views import TakenIn
from villagedesk.domain.case import CaseEvent, CaseStatus, Page
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.outbox import SENDS, Operation
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.service_item import HandlingMode

_TRIES = 3


class TakingIn:
    """Takes drafts in; asks for no right itself. Raises as :meth:`villagedesk.desk.intake.Intake.take_in`."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, items: Items, drafts: DraftBook) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._drafts = drafts

    def take_in(self, case_id: str) -> TakenIn:
        """Verify every page, then write; again where a page came or went in between."""
        for _ in range(_TRIES):
            pages = self._store.read(lambda snapshot: tuple(snapshot.pages(draft_of(snapshot, case_id).case_id)))
            verify_pages(self._store, self._vault, self._drafts, case_id, pages)
            try:
                taken = self._store.write(partial(self._take_in, case_id=case_id, verified=pages)).result()
            except PagesChanged:
                continue  # another page came or went between verifying and writing: verify again
            self._items.taken_in(self._store.read(lambda snapshot: snapshot.case(case_id)).item_code)
            return taken
        raise EnvironmentProblem("store.write_failed")

    def _take_in(self, transaction: Transaction, case_id: str, verified: Sequence[Page]) -> TakenIn:
        case = draft_of(transaction, case_id)
        pages = tuple(transaction.pages(case_id))
        if {(page.page_id, page.sha256) for page in pages} != {(page.page_id, page.sha256) for page in verified}:
            raise PagesChanged
        before = sent_before(transaction, case_id)
        if before is not None:
            raise InputProblem("intake.sent_before", local_no=before.local_no)
        item = self._drafts.newest(case.item_code)
        if self._items.changes(case) is not None:
            raise InputProblem("intake.item_changed")
        now = self._clock.now()
        checked = self._drafts.check(transaction, case, item, pages)
        checked.must_be_ready()
        local_no = transaction.take_local_no(now.astimezone(SHANGHAI).date())
        case = replace(
            case,
            status=CaseStatus.RECEIVED,
            applicant=checked.applicant,
            parties=checked.parties,
            form=checked.form,
            materials=checked.materials,
            # the item's version the papers were checked against is the one the case stays bound to
            item_version=item.version,
            item_name=item.name,
            # what is guided only has no papers and no life after; the draft goes the way it was begun for
            mode=case.mode if item.mode is HandlingMode.GUIDED else item.mode,
            clerk=self._drafts.counter.acting.clerk,
            local_no=local_no,
            revision=1,
            received_at=now,
            updated_at=now,
        )
        transaction.put_case(case)
        transaction.count_item_use(item.code, now)
        transaction.append_event(
            CaseEvent(
                case_id,
                now,
                self._drafts.counter.acting.clerk,
                "taken_in",
                CaseStatus.DRAFT,
                CaseStatus.RECEIVED,
                {"local_no": local_no, "pages": str(len(pages))},
            )
        )
        sends = Operation.SUBMIT in SENDS[case.mode]
        if sends:
            row = submit_row(case, pages, self._drafts.counter.station, now)
            transaction.add_outbox(row)
            transaction.append_event(self._drafts.event(case_id, now, "queued", action_id=row.action_id, revision="1"))
        return TakenIn(case_id, local_no, now, len(pages), sends)


def verify_pages(store: Store, vault: Vault, drafts: DraftBook, case_id: str, pages: Sequence[Page]) -> None:
    """Read every page back. Raises EnvironmentProblem ``intake.page_damaged`` (``name``, ``order``)."""
    for page in pages:
        if not vault.verify(page.page_id, page.sha256):
            item = drafts.item_of(store.read(lambda snapshot: snapshot.case(case_id)))
            names = {one.requirement_id: one.name for one in item.materials}
            name = names.get(page.requirement_id, page.requirement_id)
            raise EnvironmentProblem("intake.page_damaged", name=name, order=page.order)


class PagesChanged(Exception):
    """The pages in the transaction are not those that were verified; nothing was written."""
