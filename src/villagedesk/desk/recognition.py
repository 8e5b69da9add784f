"""What a page says (issue: the document camera): read by a process of its own, proposed beside the picture, and written
into the draft only as the clerk's own act. Nothing is filled in, moved or followed by itself."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from villagedesk.desk.door_views import Sentence
from villagedesk.desk.draft_book import DraftBook
from villagedesk.desk.reading_targets import Target, targets_of
from villagedesk.desk.reading_views import Offer, ProposedValue, Recognised, RecognisedPaper, Suggestion
from villagedesk.desk.typed_values import put_in
from villagedesk.desk.views import DraftView, Proposal
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import Case, CaseEvent, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.form_check import FORM
from villagedesk.domain.identity import DocumentKind, check_document
from villagedesk.domain.paper_title import PaperTitle
from villagedesk.domain.party import PartyRole
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.typed_text import fold_code
from villagedesk.imaging.fields.codes_said import said_by
from villagedesk.imaging.fields.household_register import MEMBER
from villagedesk.imaging.fields.id_card import BACK, FRONT
from villagedesk.imaging.fields.papers import PagePapers, papers_on
from villagedesk.imaging.fields.values import FOR_EVER, Certainty, Knowledge, ReadField, ReadPaper, ReadValue
from villagedesk.imaging.recognising.page_text import PageText

SETTING = "reading.off"
_WHO_APPLIES = (frozenset({FRONT}), frozenset({MEMBER}))
_MOST_KEPT = 24
_MOST_FAILURES = 3
_REST = timedelta(minutes=10)
"""After so many pages that broke the process, one after the other, none is tried for a while."""


class PageReader(Protocol):
    """Reads pages in a process of its own (:class:`villagedesk.imaging.recognising.reading_process.ReadingProcess`)."""

    def read(self, page: bytes) -> PageText:
        """What an encoded page says. Raises EnvironmentProblem ``reading.*``."""

    def close(self) -> None:
        """End it."""


@dataclass(frozen=True)
class ReadingRules:
    """What the rules of reading are given from ``resources/recognition``.

    Args:
        titles: kinds of papers.
        lookalikes: as of :class:`villagedesk.imaging.fields.values.Knowledge`.
        roles: as of :func:`villagedesk.desk.reading_targets.targets_of`.
        groups: ethnic groups by name, without the word for group → code of GB/T 3304.
    """

    titles: tuple[PaperTitle, ...] = ()
    lookalikes: Mapping[str, str] | None = None
    roles: Mapping[str, Sequence[str]] | None = None
    groups: Mapping[str, str] | None = None


class Recognition:
    """Pages read, proposed and accepted. Calls block and may come from several threads; what was read of a page is kept
    in memory for a while and nowhere else.

    Args:
        reader: None where this window has none.
        image: a kept page's picture, by page_id and case_id, as :meth:`villagedesk.desk.scanning.Scanning.image`.
        to_read: that of a page that waits, by proposal_id, as :meth:`villagedesk.desk.scanning.Scanning.to_read`.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        drafts: DraftBook,
        reader: PageReader | None,
        image: Callable[[str, str], bytes],
        to_read: Callable[[str], bytes],
        rules: ReadingRules,
    ) -> None:
        self._store = store
        self._clock = clock
        self._drafts = drafts
        self._reader = reader
        self._image = image
        self._to_read = to_read
        self._rules = rules
        self._guard = threading.Lock()
        self._read: OrderedDict[bytes, PageText] = OrderedDict()
        self._failures = 0
        self._failed_at = clock.now()

    def on(self) -> bool:
        """Whether pages are read: where there is a reader, unless it was turned off."""
        return self._reader is not None and not self._store.read(_is_off)

    def turn(self, on: bool) -> None:
        """Have pages read or not, from now on and after the next start; logged. What is so already is left."""
        self._drafts.need(Right.SAFEGUARD)
        text = "" if on else "off"
        clerk = self._drafts.counter.acting.clerk
        event = CaseEvent(
            STATION, self._clock.now(), clerk, str(Deed.READING_TURNED), detail={"on": "yes" if on else "no"}
        )

        def work(transaction: Transaction) -> None:
            if (transaction.setting(SETTING) or "") != text:
                transaction.put_setting(SETTING, text)
                transaction.append_event(event)

        self._store.write(work).result()

    def read_proposal(self, proposal: Proposal) -> Recognised:
        """What a page says that waits for the clerk's yes.

        Raises:
            EnvironmentProblem: ``reading.off``, ``reading.memory``, ``reading.broke``: nothing was read, and nothing
                else is hindered by it.
            InputProblem: ``intake.*`` where the draft is gone.
        """
        self._drafts.need(Right.WORK)
        text = self._text_of(proposal.image, lambda: self._to_read(proposal.proposal_id))
        return self._recognised(proposal.case_id, proposal.requirement_id, proposal.image, text)

    def read_page(self, page_id: str, case_id: str) -> Recognised:
        """What a kept page says. Raises as :meth:`read_proposal`, and as ``Scanning.image``."""
        self._drafts.need(Right.WORK)
        pages = self._store.read(lambda snapshot: snapshot.pages(case_id))
        requirement_id = next((page.requirement_id for page in pages if page.page_id == page_id), "")
        picture = self._image(page_id, case_id)
        return self._recognised(case_id, requirement_id, picture, self._text_of(picture, lambda: picture))

    def card_pages(self, draft: DraftView) -> tuple[Page, ...]:
        """The kept pages of a draft that may show who applies: identity cards first, then registers. Cheap."""
        if self._reader is None:
            return ()
        found: list[Page] = []
        for kinds in _WHO_APPLIES:
            titles = [title for title in self._rules.titles if title.kind in kinds]
            lines = {one.requirement_id for one in draft.item.materials if any(t.can_be_for(one) for t in titles)}
            found += [page for page in draft.pages if page.requirement_id in lines and page not in found]
        return tuple(found)

    def shows_front(self, page_id: str, case_id: str) -> bool | None:
        """Whether a kept page of an identity card shows its front, or its back; None where nothing tells, or pages are
        not read.

        Raises:
            As ``Scanning.image``.
        """
        self._drafts.need(Right.WORK)
        picture = self._image(page_id, case_id)
        try:
            text = self._text_of(picture, lambda: picture)
        except EnvironmentProblem:
            return None
        sides = {FRONT, BACK}.intersection(self._papers_of(text).kinds)
        return FRONT in sides if len(sides) == 1 else None

    def accept(self, case_id: str, offer: Offer, fields: Collection[ReadField]) -> DraftView:
        """Write the chosen values into the draft, as the clerk's own act; the log says which fields were proposed and
        which were taken, never their values.

        Raises:
            InputProblem: ``intake.gone``, ``intake.not_a_draft``.
        """
        self._drafts.need(Right.WORK)
        chosen = [value for value in offer.values if value.place and value.field in fields]
        values = {value.place: value.value for value in chosen}
        for value in chosen:
            if value.field is ReadField.NUMBER and not value.place.startswith(FORM):
                values |= _document_kind(value)

        def change(_: Transaction, case: Case) -> tuple[Case, dict[str, str]]:
            names = {field.name for field in self._drafts.item_of(case).fields}
            detail = {
                "paper": offer.paper,
                "target": offer.target,
                "proposed": " ".join(str(value.field) for value in offer.values if value.place),
                "taken": " ".join(str(value.field) for value in chosen),
            }
            return put_in(case, values, names).case, detail

        return replace(self._drafts.changed(case_id, "reading_taken", change), filled=offer.target)

    def close(self) -> None:
        """End the reader, also in the middle of a page, and forget what was read."""
        if self._reader is not None:
            self._reader.close()
        with self._guard:
            self._read.clear()

    def _recognised(self, case_id: str, requirement_id: str, picture: bytes, text: PageText) -> Recognised:
        view = self._drafts.view(case_id)
        case, item = view.case, view.item
        found = self._papers_of(text)
        requirement = next((one for one in item.materials if one.requirement_id == requirement_id), None)
        papers = []
        for paper in found.papers:
            targets = targets_of(paper, case, item, requirement, self._rules.roles or {})
            offers = [self._offer(paper, target, case, item) for target in targets]
            papers.append(
                RecognisedPaper(
                    paper.kind,
                    Sentence(f"reading.paper.{paper.kind}"),
                    tuple(offers) or (self._offer(paper, None, case, item),),
                )
            )
        codes = tuple(said_by(code) for code in text.codes)
        suggestion = self._suggestion(found, view, requirement_id)
        return Recognised(
            case_id, requirement_id, picture, text.quarter_turns, found.kinds, tuple(papers), codes, suggestion
        )

    def _papers_of(self, text: PageText) -> PagePapers:
        areas, lookalikes = self._drafts.counter.known_areas, self._rules.lookalikes or {}
        return papers_on(text, self._rules.titles, Knowledge(self._drafts.today(), areas, lookalikes))

    def _text_of(self, picture: bytes, to_read: Callable[[], bytes]) -> PageText:
        """What a page says, known by the picture the clerk sees, read once."""
        if self._reader is None or not self.on():
            raise EnvironmentProblem("reading.off")
        key = hashlib.sha256(picture).digest()
        with self._guard:
            known = self._read.get(key)
            resting = self._failures >= _MOST_FAILURES and self._clock.now() - self._failed_at < _REST
        if known is not None:
            return known
        if resting:
            raise EnvironmentProblem("reading.broke")
        try:
            text = self._reader.read(to_read())
        except EnvironmentProblem:
            with self._guard:
                self._failures, self._failed_at = self._failures + 1, self._clock.now()
            raise
        with self._guard:
            self._failures = 0
            self._read[key] = text
            while len(self._read) > _MOST_KEPT:
                self._read.popitem(last=False)
        return text

    def _offer(self, paper: ReadPaper, target: Target | None, case: Case, item: ServiceItem) -> Offer:
        places = target.places if target is not None else {}
        form = {field.name for field in item.fields}
        values = []
        for value in paper.values:
            place = places.get(value.field, "")
            if place.startswith(FORM) and place.removeprefix(FORM) not in form:
                place = ""
            values.append(self._proposed(value, place, case))
        if _is_another(values):
            values = [replace(value, ticked=False) for value in values]
        name = target.name if target is not None else ""
        who = target.who if target is not None else Sentence("reading.nobody")
        return Offer(paper.kind, name, who, tuple(values))

    def _proposed(self, value: ReadValue, place: str, case: Case) -> ProposedValue:
        text, shown = value.text, Sentence("reading.plain", {"text": value.text})
        if value.field is ReadField.ETHNIC_GROUP:
            code = (self._rules.groups or {}).get(value.text, "")
            place = place if code else ""
            text = code or value.text
            shown = Sentence(f"domain.ethnic_group.{code}") if code else shown
        elif value.field is ReadField.SEX:
            shown = Sentence(f"ui.sex.{value.text}")
        elif value.field in (ReadField.BIRTH_DATE, ReadField.VALID_FROM, ReadField.VALID_UNTIL):
            shown = Sentence("reading.for_ever") if value.text == FOR_EVER else _day(value.text)
        there = _value_at(case, place) if place else ""
        same = bool(there) and _like(there) == _like(text)
        sure = value.certainty is Certainty.CLEAR and value.field is not ReadField.NAME
        return ProposedValue(
            value.field,
            text,
            shown,
            value.certainty,
            value.outlines,
            tuple(Sentence(one.key, one.params, "warn") for one in value.remarks),
            place,
            self._words_of(value.field, there),
            same,
            ticked=bool(place) and not there and sure,
        )

    def _words_of(self, field: ReadField, there: str) -> str:
        if field is ReadField.ETHNIC_GROUP:
            return next((name for name, code in (self._rules.groups or {}).items() if code == there), there)
        return there

    def _suggestion(self, found: PagePapers, view: DraftView, requirement_id: str) -> Suggestion | None:
        """The line a page seems to belong to, where it is not the one it is for."""
        titles = [title for kind in found.kinds[:1] for title in self._rules.titles if title.kind == kind]
        fitting = [one for one in view.item.materials if any(title.can_be_for(one) for title in titles)]
        if not fitting or any(one.requirement_id == requirement_id for one in fitting):
            return None
        have = {page.requirement_id for page in view.pages}
        shown = {line.requirement.requirement_id for line in view.checklist if line.needed is not False}
        asked = [one for one in fitting if one.requirement_id in shown] or fitting
        best = next((one for one in asked if one.requirement_id not in have), asked[0])
        return Suggestion(titles[0].kind, best.requirement_id, best.name)


def _is_another(values: Sequence[ProposedValue]) -> bool:
    """Whether the fields hold somebody else than the paper is of: another number, or another name and no number."""
    said = {value.field: value for value in values}
    number, name = said.get(ReadField.NUMBER), said.get(ReadField.NAME)
    if number is not None and number.there:
        return not number.same
    return name is not None and bool(name.there) and not name.same


def _is_off(snapshot: Snapshot) -> bool:
    return snapshot.setting(SETTING) == "off"


def _document_kind(value: ProposedValue) -> dict[str, str]:
    """The kind of document a number shows itself to be of, beside it."""
    try:
        kind = check_document(DocumentKind.RESIDENT_ID, value.value, date.max, frozenset()).kind
    except InputProblem:
        kind = DocumentKind.RESIDENT_ID
    return {value.place.replace("document_number", "document_kind"): str(kind)}


def _value_at(case: Case, place: str) -> str:
    if place.startswith(FORM):
        return case.form.get(place.removeprefix(FORM), "").strip()
    role, _, field = place.rpartition(".")
    holder = case.party(PartyRole(role)) if role else case.applicant
    return "" if holder is None else str(getattr(holder, field)).strip()


def _like(value: str) -> str:
    return fold_code(value)


def _day(text: str) -> Sentence:
    day = date.fromisoformat(text)
    return Sentence("ui.value.date", {"year": day.year, "month": day.month, "day": day.day})
