"""Papers handed out at the window that are no case's own: guides, the list for the wall, the hint about what is
missing (domain: section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.drafts import corrects
from villagedesk.desk.intake_views import ChecklistLine
from villagedesk.desk.items import Items
from villagedesk.desk.straight_printing import print_straight
from villagedesk.desk.to_bring import promised_until, to_bring
from villagedesk.desk.typed_values import APPLICANT_FIELDS, PARTY_FIELDS
from villagedesk.desk.views import DraftView, Missing, Sentence
from villagedesk.devices.ports import Printer
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, MaterialState
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.form_check import FORM
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import Office
from villagedesk.domain.station import StationFile
from villagedesk.papers import item_list, missing_materials, service_guide
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.item_words import form_words
from villagedesk.papers.missing_materials import MissingPaper
from villagedesk.reports.report_file import save_report

_PAPERS_STEP = 3


class Handouts:
    """They go straight to the printer, or into a folder as PDF. Calls block and may come from several threads.

    Every ``print_…`` gives whether it came out; False when the printer took it and keeps it, for want of paper or the
    like. They raise EnvironmentProblem ``printing.straight_no_printer``, ``printing.straight_not_printed`` or
    ``printer.*``; every ``save_…`` gives the file and raises EnvironmentProblem ``store.disk_full`` or
    ``store.write_failed``.

    Args:
        draft: gives a draft with its checklist.
        text: gives the text of a message key.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        items: Items,
        acting: Acting,
        station: StationFile,
        fonts: FontSet,
        printer: Printer | None,
        draft: Callable[[str], DraftView],
        text: Callable[..., str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._acting = acting
        self._station = station
        self._fonts = fonts
        self._printer = printer
        self._draft = draft
        self._text = text

    def print_guide(self, code: str) -> bool:
        """The guide of an item. Raises InputProblem ``items.gone``."""
        self._acting.need(Right.WORK)
        return print_straight(self._printer, self._guide(code), "zhinan")

    def save_guide(self, code: str, folder: Path) -> Path:
        """The same as a file. Raises InputProblem ``items.gone``."""
        self._acting.need(Right.WORK)
        pdf = self._guide(code)
        return self._saved(pdf, folder, "handouts.guide_file", name=self._items.get(code).name)

    def print_item_list(self) -> bool:
        """The list of what is handled here."""
        self._acting.need(Right.WORK)
        return print_straight(self._printer, self._item_list(), "qingdan")

    def save_item_list(self, folder: Path) -> Path:
        """The same as a file."""
        self._acting.need(Right.WORK)
        return self._saved(self._item_list(), folder, "handouts.list_file")

    def print_missing(self, case_id: str) -> bool:
        """What a draft or a case still lacks; told in its log.

        Raises:
            InputProblem: ``intake.gone``, ``handouts.nothing_missing``.
        """
        self._acting.need(Right.WORK)
        pdf, count = self._missing(case_id)
        came_out = print_straight(self._printer, pdf, "quexiang")
        self._told(case_id, count)
        return came_out

    def save_missing(self, case_id: str, folder: Path) -> Path:
        """The same as a file. Raises as :meth:`print_missing`."""
        self._acting.need(Right.WORK)
        pdf, count = self._missing(case_id)
        file = self._saved(pdf, folder, "handouts.missing_file")
        self._told(case_id, count)
        return file

    def _guide(self, code: str) -> bytes:
        try:
            item = self._items.get(code)
        except KeyError:
            raise InputProblem("items.gone") from None
        station = self._station
        content = service_guide.GuideContent(station.name, item, self._today().date(), station.practice)
        return service_guide.render(content, self._fonts)

    def _item_list(self) -> bytes:
        station = self._station
        items, office = self._items.handled(), self._items.office()
        content = item_list.ItemListContent(station.name, items, office, self._today().date(), station.practice)
        return item_list.render(content, self._fonts)

    def _missing(self, case_id: str) -> tuple[bytes, int]:
        try:
            case, corrected = self._store.read(
                lambda snapshot: (snapshot.case(case_id), corrects(snapshot, snapshot.case(case_id)))
            )
        except KeyError:
            raise InputProblem("intake.gone") from None
        papers: tuple[MissingPaper, ...] = ()
        others: tuple[str, ...] = ()
        if corrected or case.status is CaseStatus.DRAFT:
            view = self._draft(case_id)
            papers = tuple(self._paper(line) for line in view.checklist if _is_open(line))
            promised = tuple(self._paper(line) for line in view.checklist if _is_promised(line))
            asked = (self._to_fill_in(view, one) for one in view.missing if one.step < _PAPERS_STEP)
            others = tuple(dict.fromkeys(asked))  # a field, and each row of a table, is named once
            office = view.item.office
        else:
            promised = tuple(self._promised(case))
            item = bound_item(self._items, case)
            office = item.office if item is not None else Office()
        if not (papers or promised or others):
            raise InputProblem("handouts.nothing_missing")
        content = missing_materials.MissingContent(
            station_name=self._station.name,
            local_no=case.local_no or "",
            applicant_name=case.applicant.name,
            item_name=case.item_name,
            papers=papers,
            promised=promised,
            others=others,
            printed_at=self._clock.now(),
            clerk_name=self._acting.clerk,
            contact="，".join(one for one in (office.phone, office.hours) if one),
            practice=self._station.practice,
        )
        return missing_materials.render(content, self._fonts), len(papers) + len(promised) + len(others)

    def _to_fill_in(self, view: DraftView, one: Missing) -> str:
        """What the villager has to say at the window; the sentence beside the field is the clerk's."""
        if one.field.startswith(FORM):
            name = one.field.removeprefix(FORM).partition(".")[0]
            labels = {field.name: field.label for field in view.item.fields}
            label = labels.get(name, "")
        else:
            label = self._label(one.field)
        return self._text("handouts.fill_in", label=label) if label else self._said(one.sentence)

    def _label(self, place: str) -> str:
        """Of a person's field; "" for what is none."""
        role, _, name = place.rpartition(".")
        if name not in APPLICANT_FIELDS | PARTY_FIELDS:
            return ""
        label = self._text(f"handouts.field.{name}")
        return self._text(f"handouts.field_of.{role}", label=label) if role else label

    def _paper(self, line: ChecklistLine) -> MissingPaper:
        sentences = (promised_until(line.promised_until),) if _is_promised(line) else to_bring(line)
        return MissingPaper(
            line.requirement.name,
            form_words(line.requirement),
            (*(self._said(one) for one in sentences), *line.requirement.points),
        )

    def _promised(self, case: Case) -> Iterator[MissingPaper]:
        item = bound_item(self._items, case)
        for material in case.materials:
            if material.state is not MaterialState.PROMISED:
                continue
            known = {one.requirement_id: one for one in item.materials} if item is not None else {}
            requirement = known.get(material.requirement_id)
            until = self._said(promised_until(material.promised_until))
            form = form_words(requirement) if requirement is not None else ""
            yield MissingPaper(material.name, form, (until, *(requirement.points if requirement is not None else ())))

    def _said(self, sentence: Sentence) -> str:
        params = {
            name: self._said(value) if isinstance(value, Sentence) else value for name, value in sentence.params.items()
        }
        return self._text(sentence.key, **params)

    def _saved(self, pdf: bytes, folder: Path, key: str, **params: str) -> Path:
        made = f"{self._today():%Y%m%d-%H%M%S}"
        name = self._text(key, made=made, **params)
        file = folder / "".join("-" if char in '\\/:*?"<>|' else char for char in name)
        save_report(file, pdf)
        return file

    def _told(self, case_id: str, count: int) -> None:
        """The villager was told of so many things."""

        def work(transaction: Transaction) -> None:
            detail = {"count": str(count)}
            event = CaseEvent(case_id, self._clock.now(), self._acting.clerk, "missing_told", detail=detail)
            transaction.append_event(event)

        self._store.write(work).result()

    def _today(self) -> datetime:
        return self._clock.now().astimezone(SHANGHAI)


def _is_open(line: ChecklistLine) -> bool:
    """Wanted and not there; also what is wanted only if something holds that nobody has answered yet: the villager is
    told everything at once."""
    return line.needed is None or (line.needed and not line.done)


def _is_promised(line: ChecklistLine) -> bool:
    return line.state is MaterialState.PROMISED and line.done
