"""Taking a case in 收件: a draft that is always saved, then everything in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from villagedesk.desk.bound_item import bound_to, fitting
from villagedesk.desk.correcting import Correcting
from villagedesk.desk.draft_book import Counter, DraftBook, Watch
from villagedesk.desk.drafts import draft_of, open_case
from villagedesk.desk.forms import defaults_of
from villagedesk.desk.intake_views import EarlierPersonView, Reusable
from villagedesk.desk.items import Items
from villagedesk.desk.known_persons import (
    card_notices,
    card_role,
    card_values,
    earlier_person,
    earlier_values,
    earlier_views,
    replaced,
)
from villagedesk.desk.material_notes import Wish, noted
from villagedesk.desk.reuse import borrow, find_sources, reusable_view
from villagedesk.desk.taking_in import TakingIn
from villagedesk.desk.views import DraftView, TakenIn
from villagedesk.domain.case import Case, CaseStatus, MaterialState, Trust
from villagedesk.domain.clock import Clock
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import MaterialForm

_FIRST_STEP, _LAST_STEP = 1, 4


class Intake:
    """Drafts and their taking in. All calls block and may come from several threads.

    A case that is being corrected is typed into, photographed and noted like a draft. Every call that names a draft
    raises InputProblem ``intake.gone`` or ``intake.not_a_draft`` where there is none,
    and EnvironmentProblem ``store.*`` when it could not be saved; nothing was changed then.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        counter: Counter,
        watches: Sequence[Watch],
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._drafts = DraftBook(store, clock, items, counter, watches)
        self._taking_in = TakingIn(store, vault, clock, items, self._drafts)
        self._correcting = Correcting(store, vault, clock, self._drafts)

    def start(self, item_code: str) -> DraftView:
        """Make a draft of that item and save it.

        Raises:
            InputProblem: ``intake.item_gone``.
        """
        self._drafts.need(Right.WORK)
        item = self._drafts.newest(item_code)
        now = self._clock.now()
        case = Case(
            case_id=str(uuid.uuid4()),
            item_code=item.code,
            item_version=item.version,
            item_name=item.name,
            mode=item.mode,
            status=CaseStatus.DRAFT,
            clerk=self._drafts.counter.acting.clerk,
            created_at=now,
            updated_at=now,
            step=2,
            form=defaults_of(item),
        )
        case = replace(case, applicant=fitting(case.applicant, item))

        def work(transaction: Transaction) -> None:
            transaction.put_case(case)
            transaction.append_event(self._drafts.event(case.case_id, now, "draft_started", item=item.code))

        self._store.write(work).result()
        return self._drafts.view(case.case_id)

    def open(self, case_id: str) -> DraftView:
        """An existing draft, where the clerk left it."""
        self._drafts.need(Right.WORK)
        return self._drafts.view(case_id)

    def view(self, case_id: str) -> DraftView:
        """The draft as it is saved."""
        self._drafts.need(Right.SEE_PERSONS)
        return self._drafts.view(case_id)

    def type(self, case_id: str, values: Mapping[str, str], step: int) -> DraftView:
        """Save what was typed, right or wrong, and the step the clerk is on.

        Args:
            values: as typed, by field: those of :class:`villagedesk.domain.case.Applicant` (``name`` …), of a party
                (``agent.name`` …, with ``agent.present`` ``yes`` or ``no`` where the clerk says that there is one or
                none), of the item's form (``form.<field>``).

        What cannot be kept is ``refused`` in the view, and everything else is saved.

        Raises:
            ValueError: for a field, kind of applicant or document kind that does not exist.
        """
        self._drafts.need(Right.WORK)
        return self._drafts.typed(case_id, values, min(max(step, _FIRST_STEP), _LAST_STEP), "typed")

    def earlier_persons(
        self, text: str, limit: int = 20, kinds: Set[ApplicantKind] = frozenset(ApplicantKind)
    ) -> tuple[EarlierPersonView, ...]:
        """People known from earlier cases, by name, pinyin, last four digits or phone; newest first.

        Args:
            kinds: natural or legal persons, whichever fits the place that is to be filled.
        """
        self._drafts.need(Right.SEE_PERSONS)
        return self._store.read(lambda snapshot: earlier_views(snapshot, text, limit, kinds))

    def use_person(self, case_id: str, role: str, from_case_id: str, document_number: str) -> DraftView:
        """Fill in somebody known from an earlier case; the view's ``replaced`` holds whose values stood there.

        Args:
            role: ``"applicant"`` or a :class:`villagedesk.domain.party.PartyRole` value.
            from_case_id, document_number: the case in which the person is known, and their number there.

        Raises:
            InputProblem: ``intake.person_gone``.
            ValueError: for a role that does not exist.
        """
        self._drafts.need(Right.WORK)
        case = self._store.read(lambda snapshot: open_case(snapshot, case_id))
        person = self._store.read(lambda snapshot: earlier_person(snapshot, from_case_id, document_number))
        if person is None:
            raise InputProblem("intake.person_gone")
        view = self._drafts.typed(case_id, earlier_values(role, person, case), None, "person_taken")
        return replace(view, filled=role, replaced=replaced(role, person.name, person.document_number, case))

    def read_card(self, case_id: str, role: str) -> DraftView:
        """Read the card that lies on the reader and fill in what it says; what the card does not say stays. The view's
        ``replaced`` holds whose values stood there.

        Args:
            role: as of :meth:`use_person`; beside an organisation the applicant's card is its representative's, as
                ``filled`` says.

        Raises:
            InputProblem, EnvironmentProblem: ``reader.*``; ``reader.none`` without a reader.
            ValueError: for a role that does not exist.
        """
        self._drafts.need(Right.WORK)
        reader = self._drafts.counter.reader
        if reader is None:
            raise EnvironmentProblem("reader.none")
        case = self._store.read(lambda snapshot: open_case(snapshot, case_id))
        role = card_role(role, case)
        card = reader.read()
        view = self._drafts.typed(case_id, card_values(role, card, case), None, "card_read")
        notice = card_notices(role, card, self._drafts.today())
        return replace(view, notice=notice, filled=role, replaced=replaced(role, card.name, card.number, case))

    def set_material(
        self,
        case_id: str,
        requirement_id: str,
        state: MaterialState | None,
        *,
        promised_until: str = "",
        trust: Trust | None = None,
        returned: bool | None = None,
        form: MaterialForm | None = None,
        copies: int | None = None,
    ) -> DraftView:
        """Note how a paper of the checklist stands.

        Args:
            state: None takes back what was noted; pages that were photographed stay and mean that it was taken.
                ``REUSED`` only for a paper that is reused already (:meth:`reuse`); leaving it lets its pages go.
            promised_until: last day of a promised one, as typed; "" for the longest the item allows.
            trust, returned: None for no change.
            form, copies: what was taken, where it is not what the item asks for; None for no change.

        Raises:
            InputProblem: ``intake.requirement_gone``, ``intake.cannot_waive``, ``intake.cannot_give_back``,
                ``intake.missing.no_promise``, ``intake.missing.promise_day``, ``intake.date_shape``,
                ``intake.no_such_date``.
            ValueError: ``REUSED`` for a paper that is not; copies out of range.
        """
        self._drafts.need(Right.WORK)
        wish = Wish(state, promised_until, trust, returned, form, copies)

        def change(transaction: Transaction, case: Case) -> tuple[Case, dict[str, str]]:
            item = self._drafts.item_of(case)
            pages = tuple(transaction.pages(case_id))
            checked = self._drafts.check(transaction, case, item, pages)
            again, kept = noted(case, pages, item, requirement_id, wish, checked.facts, self._drafts.today())
            if kept != pages:
                transaction.replace_pages(case_id, kept)
            return again, {"requirement": requirement_id, "state": str(state) if state else ""}

        return self._drafts.changed(case_id, "material_noted", change)

    def answer(self, case_id: str, requirement_ids: Sequence[str], *, needed: bool) -> DraftView:
        """Say whether the papers of some :class:`Question` are needed.

        Raises:
            InputProblem: ``intake.requirement_gone``, ``intake.cannot_waive``.
        """
        self._drafts.need(Right.WORK)
        wish = Wish(MaterialState.NEEDED if needed else MaterialState.NOT_NEEDED)

        def change(transaction: Transaction, case: Case) -> tuple[Case, dict[str, str]]:
            item = self._drafts.item_of(case)
            pages = tuple(transaction.pages(case_id))
            facts = self._drafts.check(transaction, case, item, pages).facts
            for name in requirement_ids:
                case, _ = noted(case, pages, item, name, wish, facts, self._drafts.today())
            return case, {"requirement": " ".join(requirement_ids), "state": str(wish.state)}

        return self._drafts.changed(case_id, "material_noted", change)

    def reusable(self, case_id: str) -> tuple[Reusable, ...]:
        """Papers of earlier cases of the same person that still serve; the newest for each line of the checklist."""
        self._drafts.need(Right.SEE_PERSONS)

        def work(snapshot: Snapshot) -> tuple[Reusable, ...]:
            case = open_case(snapshot, case_id)
            item = self._drafts.item_of(case)
            checked = self._drafts.check(snapshot, case, item, tuple(snapshot.pages(case_id)))
            found = find_sources(snapshot, case, item, checked.applicant, checked.parties, self._drafts.today())
            wanted = [one for one in item.materials if one.requirement_id in found]
            return tuple(reusable_view(one, found[one.requirement_id]) for one in wanted)

        return self._store.read(work)

    def reuse(self, case_id: str, requirement_id: str, from_case_id: str) -> DraftView:
        """Take an earlier case's paper again, one of :meth:`reusable`; its pages are named a second time.

        Raises:
            InputProblem: ``intake.not_reusable``; ``intake.has_pages`` while pages were photographed for that line.
        """
        self._drafts.need(Right.WORK)

        def change(transaction: Transaction, case: Case) -> tuple[Case, dict[str, str]]:
            item = self._drafts.item_of(case)
            pages = tuple(transaction.pages(case_id))
            checked = self._drafts.check(transaction, case, item, pages)
            found = find_sources(transaction, case, item, checked.applicant, checked.parties, self._drafts.today())
            source = found.get(requirement_id)
            if source is None or source.case.case_id != from_case_id:
                raise InputProblem("intake.not_reusable")
            if not all(self._vault.verify(page.page_id, page.sha256) for page in source.pages):
                raise InputProblem("intake.not_reusable")
            before = next((one for one in case.materials if one.requirement_id == requirement_id), None)
            reused = before is not None and before.state is MaterialState.REUSED
            if not reused and any(page.requirement_id == requirement_id for page in pages):
                raise InputProblem("intake.has_pages")
            material, borrowed = borrow(case, item.requirement(requirement_id), source)
            others = [page for page in pages if page.requirement_id != requirement_id]
            transaction.replace_pages(case_id, [*others, *borrowed])
            kept = [one for one in case.materials if one.requirement_id != requirement_id]
            detail = {"requirement": requirement_id, "from": from_case_id, "local_no": source.case.local_no or ""}
            return replace(case, materials=(*kept, material)), detail

        return self._drafts.changed(case_id, "paper_reused", change)

    def adopt(self, case_id: str) -> DraftView:
        """Go on under the item's newest version; the clerk has seen what changed. A draft that is there already stays
        as it is.

        Raises:
            InputProblem: ``intake.item_gone``.
        """
        self._drafts.need(Right.WORK)
        view = self._drafts.view(case_id)
        if view.case.item_version == self._drafts.newest(view.case.item_code).version:
            return view

        def change(transaction: Transaction, _: Case) -> tuple[Case, dict[str, str]]:
            case = draft_of(transaction, case_id)
            item = self._drafts.newest(case.item_code)
            detail = {"item": item.code, "before": str(case.item_version), "after": str(item.version)}
            return bound_to(case, item), detail

        return self._drafts.changed(case_id, "item_adopted", change)

    def change_item(self, case_id: str, code: str) -> DraftView:
        """Go on with another item: persons, what was typed into fields of the same name, and pages of the same paper
        stay in use; everything else stays in the draft and comes back with the item it belongs to.

        Raises:
            InputProblem: ``intake.item_gone``.
        """
        self._drafts.need(Right.WORK)
        item = self._drafts.newest(code)

        def change(transaction: Transaction, _: Case) -> tuple[Case, dict[str, str]]:
            case = draft_of(transaction, case_id)
            asked = {one.requirement_id for one in item.materials}
            reused = {one.requirement_id for one in case.materials if one.state is MaterialState.REUSED} - asked
            if reused:  # only named here, so nothing is lost with them
                pages = [page for page in transaction.pages(case_id) if page.requirement_id not in reused]
                transaction.replace_pages(case_id, pages)
            kept = tuple(one for one in case.materials if one.requirement_id not in reused)
            again = replace(bound_to(case, item), materials=kept)
            return again, {"before": case.item_code, "item": item.code}

        return self._drafts.changed(case_id, "item_chosen_anew", change)

    def take_in(self, case_id: str) -> TakenIn:
        """Check everything again, verify every page, then one transaction: case, numbers, events, outbox row.

        When this returns, the case is saved as the design defines it (invariant I1).

        Raises:
            InputProblem: ``intake.not_ready`` (``count``), ``intake.unanswered`` (``count``) until every question has
                its :meth:`answer`, ``intake.item_changed`` until :meth:`adopt`, ``domain.local_no.day_full``;
                ``intake.sent_before`` (``local_no``) for a draft out of a backup whose case the acceptance system has.
            EnvironmentProblem: ``intake.page_damaged`` (``name``, ``order``); the draft is as it was.
        """
        self._drafts.need(Right.WORK)
        return self._taking_in.take_in(case_id)

    def correct(self, case_id: str) -> DraftView:
        """Open a case that came back 退回补正, was refused at the door or given up, to correct its papers and values
        with the same calls as a draft's. What was corrected stays saved; nothing goes out before
        :meth:`send_corrected`.

        Raises:
            InputProblem: ``intake.gone``; ``desk.sending.cannot_mend`` when nobody asks for it.
        """
        self._drafts.need(Right.WORK)
        return self._correcting.begin(case_id)

    def send_corrected(self, case_id: str) -> None:
        """Send a corrected case as its next revision, checked like a draft that is taken in.

        Raises:
            InputProblem: ``intake.not_ready`` (``count``), ``intake.gone``, ``intake.not_a_draft`` when it is not
                being corrected.
            EnvironmentProblem: ``intake.page_damaged`` (``name``, ``order``).
        """
        self._drafts.need(Right.WORK)
        self._correcting.send(case_id)

    def discard(self, case_id: str) -> None:
        """Throw a draft away with its pages, the papers printed of it and those that came back signed."""
        self._drafts.need(Right.WORK)
        now = self._clock.now()

        def work(transaction: Transaction) -> list[tuple[str, str]]:
            draft_of(transaction, case_id)
            files = {page.page_id: page.sha256 for page in transaction.pages(case_id)}
            files |= {job.page_id: job.sha256 for job in transaction.print_jobs(case_id)}
            files |= {one.page_id: one.sha256 for one in transaction.documents(case_id)}
            transaction.append_event(self._drafts.event(case_id, now, "discarded"))
            return [(page_id, files[page_id]) for page_id in transaction.remove_draft(case_id) if page_id in files]

        for page_id, sha256 in self._store.write(work).result():
            self._vault.remove(page_id, sha256)
