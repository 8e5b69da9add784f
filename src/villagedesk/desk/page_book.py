"""The pages of a case, changed one act at a time: one transaction with its line in the log, and one step to take back.

A page a submission names is never changed but by a correction, and a changed page is a new row: what was frozen stays
what it is (design: decision 2).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from villagedesk.desk.acting import Acting
from villagedesk.desk.drafts import open_case, put_open
from villagedesk.desk.page_history import NotedAnew, PageAct, PageHistory
from villagedesk.desk.page_places import need_unqueued, open_for, renumbered
from villagedesk.domain.case import Case, CaseEvent, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction, Vault


def _nothing(_transaction: Transaction, case: Case) -> Case:
    return case


@dataclass(frozen=True)
class Edit:
    """One act.

    Args:
        kind: of its event.
        page_id: of the page it is about: one that is there, or the new one.
        change: gets the case's pages, gives them as they shall be; orders are counted anew. May raise InputProblem.
        beside: what else happens in the same transaction; gives the case as it shall be.
        detail: of the event, beside page and material.
    """

    kind: str
    page_id: str
    change: Callable[[list[Page]], Sequence[Page]]
    beside: Callable[[Transaction, Case], Case] = _nothing
    detail: Mapping[str, str] = field(default_factory=dict)


class PageBook:
    """Changes pages and takes changes back; asks for no right itself. All raise InputProblem ``intake.gone``,
    ``intake.not_a_draft``, ``life.page_queued``, EnvironmentProblem ``store.*``; nothing was changed then."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, acting: Acting) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._acting = acting
        self.history = PageHistory()
        self._one_at_a_time = threading.Lock()
        """What was done is noted in the order it was done, and nothing is done while an act is taken back."""

    def do(self, case_id: str, edit: Edit) -> Page:
        """Change the pages; gives the page it is about as it is now, or as it was where it was taken out.

        Raises:
            InputProblem: what ``edit.change`` raises.
        """

        def work(transaction: Transaction) -> PageAct:
            before = list(transaction.pages(case_id))
            try:
                after = renumbered(edit.change(list(before)))
            except InputProblem:
                open_case(transaction, case_id)  # a case that is gone is told rather than its page
                raise
            gone = [page for page in before if page not in after]
            came = [page for page in after if page not in before]
            about = next(page for page in (*after, *before) if page.page_id == edit.page_id)
            touched = frozenset({page.requirement_id for page in (*gone, *came, about)})
            case = self._open(transaction, case_id, touched)
            need_unqueued(transaction, case, gone)
            if gone:
                transaction.replace_pages(case_id, after)
            else:
                for page in came:
                    transaction.add_page(page)
            changed = edit.beside(transaction, case)
            self._finish(transaction, changed, edit.kind, about, edit.detail)
            now = transaction.pages(case_id)
            noted = _noted_anew(case, changed)
            return PageAct(edit.kind, case_id, about, touched, _of(before, touched), _of(now, touched), noted)

        with self._one_at_a_time:
            act = self._store.write(work).result()
            self.history.note(act)
        return act.page

    def undo(self, case_id: str) -> PageAct:
        """Take the last act of this session back.

        Raises:
            InputProblem: ``scanning.nothing_to_undo``; ``scanning.cannot_undo`` when the pages were changed by another
                way since, or a file of before is gone.
        """
        with self._one_at_a_time:
            act = self.history.last(case_id)
            if act is None:
                raise InputProblem("scanning.nothing_to_undo")
            if not self._are_here(act) or not self._store.write(partial(self._take_back, act)).result():
                self.history.forget_case(case_id)
                raise InputProblem("scanning.cannot_undo")
            self.history.forget(act)
        return act

    def put_back(self, page_id: str, case_id: str) -> None:
        """Put a page that was taken out back where it was, whatever was done since, within the same session.

        Raises:
            InputProblem: ``scanning.page_gone``.
        """
        act = self.history.removal_of(case_id, page_id)
        if act is None or not self._vault.verify(act.page.page_id, act.page.sha256):
            raise InputProblem("scanning.page_gone")
        page = act.page

        def work(transaction: Transaction) -> None:
            case = self._open(transaction, case_id, frozenset({page.requirement_id}))
            pages = list(transaction.pages(case_id))
            own = [place for place, one in enumerate(pages) if one.requirement_id == page.requirement_id]
            first = own[0] if own else len(pages)
            pages.insert(first + min(page.order - 1, len(own)), page)
            transaction.replace_pages(case_id, renumbered(pages))
            self._finish(transaction, case, "page_restored", page, {})

        with self._one_at_a_time:
            self._store.write(work).result()
            self.history.forget(act)

    def close(self) -> None:
        """Remove the files of pages that were taken out or replaced in this session; photographs of which no page is
        left end."""
        pages, cases = self.history.touched()
        if not cases:
            return

        def work(transaction: Transaction) -> Sequence[str]:
            for case_id in cases:
                origins = (one for page in transaction.pages(case_id) for one in transaction.origins(page.page_id))
                used = {origin.capture_id for origin in origins}
                settled = {one.capture_id for one in transaction.captures(case_id) if not one.waits}
                transaction.end_captures(case_id, settled - used)
            return transaction.unnamed_pages(pages)

        for page_id in self._store.write(work).result():
            self._vault.remove(page_id, pages[page_id].sha256)

    def _take_back(self, act: PageAct, transaction: Transaction) -> bool:
        """Put the pages as they were before the act, and what it noted of their material unless that was noted anew
        since; False where the pages are not as it left them."""
        pages = transaction.pages(act.case_id)
        if _of(pages, act.requirement_ids) != act.after:
            return False
        case = self._open(transaction, act.case_id, act.requirement_ids)
        need_unqueued(transaction, case, [page for page in act.after if page not in act.before])
        others = [page for page in pages if page.requirement_id not in act.requirement_ids]
        transaction.replace_pages(act.case_id, [*others, *act.before])
        case = _noted_as_before(case, act.noted)
        kind = "page_restored" if act.kind == "page_removed" else "page_undone"
        self._finish(transaction, case, kind, act.page, {"undone": act.kind})
        return True

    def _are_here(self, act: PageAct) -> bool:
        return all(self._vault.verify(page.page_id, page.sha256) for page in act.before if page not in act.after)

    def _open(self, transaction: Transaction, case_id: str, requirement_ids: frozenset[str]) -> Case:
        (case, *_) = (open_for(transaction, case_id, requirement_id) for requirement_id in sorted(requirement_ids))
        return case

    def _finish(self, transaction: Transaction, case: Case, kind: str, page: Page, detail: Mapping[str, str]) -> None:
        now = self._clock.now()
        put_open(transaction, replace(case, updated_at=now))
        said = {"requirement": page.requirement_id, "page_id": page.page_id, **detail}
        transaction.append_event(CaseEvent(case.case_id, now, self._acting.clerk, kind, detail=said))


def _noted_anew(before: Case, after: Case) -> tuple[NotedAnew, ...]:
    then = {one.requirement_id: one for one in before.materials}
    now = {one.requirement_id: one for one in after.materials}
    names = then | now
    return tuple(NotedAnew(then.get(name), now.get(name)) for name in names if then.get(name) != now.get(name))


def _noted_as_before(case: Case, noted: Sequence[NotedAnew]) -> Case:
    materials = case.materials
    for one in noted:
        known = one.after or one.before
        now = next((there for there in materials if known and there.requirement_id == known.requirement_id), None)
        if now == one.after:
            put_back = () if one.before is None else (one.before,)
            materials = (*(there for there in materials if there is not now), *put_back)
    return replace(case, materials=materials)


def _of(pages: Sequence[Page], requirement_ids: frozenset[str]) -> tuple[Page, ...]:
    return tuple(page for page in pages if page.requirement_id in requirement_ids)
