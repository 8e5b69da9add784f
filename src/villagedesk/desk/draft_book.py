"""The drafts of the window: read, checked and changed, each change with its event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from villagedesk.desk.acting import Acting
from villagedesk.desk.checks import CheckedDraft, check_draft
from villagedesk.desk.correction_views import correction_view
from villagedesk.desk.drafts import completes, is_overtaken, open_case, put_open, put_typed, typed_case, waits_for
from villagedesk.desk.items import Items
from villagedesk.desk.persons import check_persons
from villagedesk.desk.reuse import borrowed_by
from villagedesk.desk.typed_values import PutIn, put_in
from villagedesk.desk.views import DraftView, FieldTrouble, ListRow, Missing, Sentence
from villagedesk.desk.wording import business_sentence
from villagedesk.devices.ports import IdReader
from villagedesk.domain.case import Case, CaseEvent, CaseLine, CaseStatus, Page
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.life_cycle import CLOSED
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode, ServiceItem
from villagedesk.domain.station import StationFile

_MOST_EARLIER = 50
_MATERIAL_STEP = 3
_DECIDED = CLOSED | {CaseStatus.REFUSED, CaseStatus.CONCLUDED, CaseStatus.RESULT_WAITING, CaseStatus.DELIVERED}


@dataclass(frozen=True)
class Counter:
    """Who takes in, and where.

    Args:
        known_areas: prefixes of area codes for the warning beside identity numbers.
        reader: None where the window has no card reader.
    """

    acting: Acting
    station: StationFile
    known_areas: Set[str]
    reader: IdReader | None = None


class Watch(Protocol):
    """Looks at something of this PC that the clerk should know of while she takes in."""

    def troubles(self) -> tuple[FieldTrouble, ...]:
        """What is wrong, belonging to no field and hindering nothing."""


class DraftBook:
    """What every use case of a draft needs; asks for no right itself.

    Args:
        counter: who takes in, and where.
        watches: what may be wrong with this PC.
    """

    def __init__(self, store: Store, clock: Clock, items: Items, counter: Counter, watches: Sequence[Watch]) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self.counter = counter
        self._watches = watches

    def changed(
        self, case_id: str, kind: str, change: Callable[[Transaction, Case], tuple[Case, dict[str, str]]]
    ) -> DraftView:
        """Change a draft, or a case that is being corrected, and write its event in one transaction."""
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            again, detail = change(transaction, open_case(transaction, case_id))
            put_open(transaction, replace(again, updated_at=now))
            transaction.append_event(self.event(case_id, now, kind, **detail))

        self._store.write(work).result()
        return self.view(case_id)

    def typed(self, case_id: str, values: Mapping[str, str], step: int | None, kind: str) -> DraftView:
        """Put values in; those that could not be kept are ``refused`` in the view, and the others are saved, also when
        the case went on while it was corrected: the view says so then."""
        now = self._clock.now()

        def work(transaction: Transaction) -> PutIn:
            case = typed_case(transaction, case_id)
            names = {field.name for field in self.item_of(case).fields}
            put = put_in(case, values, names)
            again = replace(put.case, step=case.step if step is None else step)
            if again == case:
                return put
            put_typed(transaction, replace(again, updated_at=now))
            # which fields, never what was typed into them: the log is shown, and kept longest
            detail = {"fields": " ".join(put.changed), "step": str(again.step)}
            transaction.append_event(self.event(case_id, now, kind, **detail))
            return put

        put = self._store.write(work).result()
        view = self.view(case_id)
        refused = (FieldTrouble(one.field, Sentence(one.key, one.params, "bad")) for one in put.refused)
        told = (FieldTrouble(one.field, Sentence(one.key, one.params, "warn"), blocking=False) for one in put.told)
        return replace(view, troubles=(*refused, *told, *view.troubles), refused=put.refused)

    def newest(self, code: str) -> ServiceItem:
        try:
            return self._items.get(code)
        except KeyError:
            raise InputProblem("intake.item_gone") from None

    def item_of(self, case: Case) -> ServiceItem:
        """The version the draft was begun under: with the village's own office while it is the newest, which also
        stands in where the other was never kept here."""
        try:
            newest = self._items.get(case.item_code)
        except KeyError:
            newest = None
        if newest is not None and newest.version == case.item_version:
            return newest
        return self._items.of_case(case) or self.newest(case.item_code)

    def moved_item(self, snapshot: Snapshot, case: Case) -> ServiceItem | None:
        """The item of a case that is carried although its item is taken in by the acceptance system now, as that wants
        it; None for any other case."""
        if not completes(case) or self._items.mode_in(snapshot, case.item_code) is not HandlingMode.SYSTEM:
            return None
        return self.newest(case.item_code)

    def check(self, snapshot: Snapshot, case: Case, item: ServiceItem, pages: tuple[Page, ...]) -> CheckedDraft:
        today = self.today()
        areas = self.counter.known_areas
        persons = check_persons(case, item, today, areas)
        borrowed = borrowed_by(snapshot, case, item, pages, persons.applicant, persons.parties, today)
        checked = check_draft(case, item, pages, persons, borrowed, today, areas)
        return replace(checked, missing=(*checked.missing, *_unconfirmed(snapshot, case)))

    def view(self, case_id: str) -> DraftView:
        return self._store.read(lambda snapshot: self._view(snapshot, typed_case(snapshot, case_id)))

    def _view(self, snapshot: Snapshot, case: Case) -> DraftView:
        item = self.item_of(case)
        pages = tuple(snapshot.pages(case.case_id))
        checked = self.check(snapshot, case, item, pages)
        drafting = case.status is CaseStatus.DRAFT
        return DraftView(
            case=case,
            item=item,
            pages=pages,
            birth_date=checked.birth_date,
            sex=checked.applicant.sex,
            troubles=(
                *_unsendable(snapshot, case),
                *checked.troubles,
                *(one for watch in self._watches for one in watch.troubles()),
            ),
            missing=checked.missing,
            saved_at=case.updated_at,
            form_shown=checked.form_shown,
            checklist=checked.checklist,
            questions=checked.questions,
            duplicates=_duplicates(snapshot, case, checked.applicant.document_number),
            # what was taken in stays bound to the version its papers were checked against
            changes=self._items.changes(case) if drafting else None,
            waiting=tuple(one for one in snapshot.captures(case.case_id) if one.waits),
            correction=None if drafting else correction_view(snapshot, case, item, pages, checked),
        )

    def need(self, right: Right) -> None:
        self.counter.acting.need(right)

    def today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()

    def event(self, case_id: str, at: datetime, kind: str, **detail: str) -> CaseEvent:
        return CaseEvent(case_id, at, self.counter.acting.clerk, kind, detail=detail)


def _unsendable(snapshot: Snapshot, case: Case) -> Iterator[FieldTrouble]:
    """Why a correction cannot be sent now, or at all."""
    waits = waits_for(snapshot, case)
    if waits:
        yield FieldTrouble("", Sentence(waits, {}, "warn"), blocking=False)
    elif is_overtaken(snapshot, case):
        yield FieldTrouble("", Sentence("correction.overtaken", {}, "bad"), blocking=False)


def _unconfirmed(snapshot: Snapshot, case: Case) -> Iterator[Missing]:
    """Photographs the clerk has neither kept nor dropped: one of them may be the page she believes to be there."""
    waiting = [one for one in snapshot.captures(case.case_id) if one.waits]
    if waiting:
        sentence = Sentence("intake.missing.unconfirmed", {"count": len(waiting)}, "bad")
        yield Missing(_MATERIAL_STEP, sentence, requirement_id=waiting[0].requirement_id)


def _duplicates(snapshot: Snapshot, draft: Case, document_number: str) -> tuple[ListRow, ...]:
    """Cases of the same person and item that are not decided yet."""
    if not document_number.strip():
        return ()
    return tuple(
        ListRow(_line(case), business_sentence(case.status))
        for case in snapshot.cases_of_person(document_number, _MOST_EARLIER)
        if case.item_code == draft.item_code and case.case_id != draft.case_id and case.status not in _DECIDED
    )


def _line(case: Case) -> CaseLine:
    return CaseLine(
        case_id=case.case_id,
        local_no=case.local_no,
        applicant_name=case.applicant.name,
        item_name=case.item_name,
        status=case.status,
        updated_at=case.updated_at,
        received_at=case.received_at,
        acceptance_no=case.acceptance_no,
    )
