"""A case that came back 退回补正 is opened, corrected page by page and value by value, and sent as its next revision.

A proxy case whose item has moved to the acceptance system is opened the same way, for what that wants besides; it is
saved then and goes nowhere by that (:mod:`villagedesk.desk.mode_moves`).

Until that moment nothing goes out, and the case reads as it was sent. Pages are the case's own at once: those of a
revision that went out stay named by the store (I9), and its frozen bytes are what they are (I4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from villagedesk.desk.case_here import case_here
from villagedesk.desk.correction_views import correction_view
from villagedesk.desk.draft_book import DraftBook
from villagedesk.desk.drafts import completes, open_case
from villagedesk.desk.forms import defaults_of
from villagedesk.desk.sending_again import send_again
from villagedesk.desk.snags import sends_again
from villagedesk.desk.taking_in import PagesChanged, verify_pages
from villagedesk.desk.views import DraftView
from villagedesk.domain.case import Case, Material, MaterialState, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.mode_move import MENDED
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.unsent import BEGUN

_PAPERS_STEP = 3
_TRIES = 3


class Correcting:
    """Opens and sends corrections; asks for no right itself."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, drafts: DraftBook) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._drafts = drafts

    def begin(self, case_id: str) -> DraftView:
        """Open the case where its papers are, or where the clerk left it. Raises as :meth:`Intake.correct`."""

        def work(transaction: Transaction) -> None:
            case = case_here(transaction, case_id)
            moved = self._drafts.moved_item(transaction, case)
            if moved is None and not sends_again(case, transaction.outbox_of_case(case_id)):
                raise InputProblem("desk.sending.cannot_mend")
            if transaction.correction(case_id) is not None:
                return
            now, pages = self._clock.now(), transaction.pages(case_id)
            opened = case if moved is None else under_version(case, moved)
            waived = waived_then(case, self._drafts.item_of(case), pages)
            begun = replace(opened, materials=(*case.materials, *waived), step=_PAPERS_STEP, updated_at=now)
            transaction.put_correction(begun)
            transaction.append_event(self._drafts.event(case_id, now, BEGUN))

        self._store.write(work).result()
        return self._drafts.view(case_id)

    def send(self, case_id: str) -> None:
        """Check everything again, verify every page, then one transaction: the case with its corrected values, the
        next revision's outbox row, the event. Raises as :meth:`Intake.send_corrected`."""
        for _ in range(_TRIES):
            pages = self._store.read(lambda snapshot: tuple(snapshot.pages(open_case(snapshot, case_id).case_id)))
            verify_pages(self._store, self._vault, self._drafts, case_id, pages)
            try:
                self._store.write(partial(self._send, case_id=case_id, verified=pages)).result()
            except PagesChanged:
                continue  # another page came or went between verifying and writing: verify again
            return
        raise EnvironmentProblem("store.write_failed")

    def _send(self, transaction: Transaction, case_id: str, verified: Sequence[Page]) -> None:
        case = open_case(transaction, case_id)
        pages = tuple(transaction.pages(case_id))
        if {*pages} != {*verified}:
            raise PagesChanged
        item = self._drafts.item_of(case)
        checked = self._drafts.check(transaction, case, item, pages)
        checked.must_be_ready()
        changed = correction_view(transaction, case, item, pages, checked)
        corrected = checked.put_into(case)
        # which fields, never what was typed into them: the log is shown, and kept longest
        detail = {"fields": " ".join(changed.fields), "papers": "、".join(changed.papers)}
        counter = self._drafts.counter
        if completes(case):
            now = self._clock.now()
            transaction.put_case(replace(corrected, updated_at=now))
            transaction.end_correction(case_id)
            said = {name: value for name, value in detail.items() if value}
            transaction.append_event(self._drafts.event(case_id, now, MENDED, **said))
            return
        send_again(transaction, corrected, pages, counter.acting.clerk, counter.station, self._clock.now(), detail)


def waived_then(case: Case, item: ServiceItem, pages: Sequence[Page]) -> tuple[Material, ...]:
    """Papers whose condition only the clerk can tell, and which did not hold when the case was taken in: it need not be
    said again.

    Args:
        item: as it was then.
    """
    there = {one.requirement_id for one in case.materials} | {page.requirement_id for page in pages}
    return tuple(
        Material(one.requirement_id, one.name, one.form, one.copies, state=MaterialState.NOT_NEEDED)
        for one in item.materials
        if one.requirement_id not in there and one.when is not None and not one.when.fact
    )


def under_version(case: Case, item: ServiceItem) -> Case:
    """The case as another version of its item asks for it; fields it did not have begin with what that puts there."""
    return replace(case, item_version=item.version, item_name=item.name, form={**defaults_of(item), **case.form})
