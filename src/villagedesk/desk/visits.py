"""Home visits 上门代办 for those who cannot come: planned as drafts, with a list and papers printed beforehand.

The photographs taken there come by :mod:`villagedesk.desk.visit_pictures`; the draft is taken in as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.door_views import Sentence
from villagedesk.desk.intake import Intake
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.printing import PrintDesk
from villagedesk.desk.straight_printing import print_straight
from villagedesk.desk.to_bring import to_bring
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.domain.paper_no import PaperMark, PaperNo
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.domain.typed_text import one_line
from villagedesk.domain.visit import Visit
from villagedesk.papers import visit_list
from villagedesk.papers.fonts import FontSet
from villagedesk.reports.joined_pdf import joined
from villagedesk.reports.report_file import save_new

_LONGEST_NOTE = 100
MOST_PRINTED = 30
"""Visits at once: nobody makes more in a day, and each has sheets of its own."""
Text = Callable[..., str]


@dataclass(frozen=True)
class VisitWish:
    """Whom to visit, as typed.

    Args:
        on: the day; "" where none is set yet.
    """

    item_code: str
    name: str
    address: str
    phone: str = ""
    document_number: str = ""
    on: str = ""
    note: str = ""


@dataclass(frozen=True)
class VisitView:
    """A visit that is planned, or whose papers are not taken in yet.

    Args:
        waiting: photographs that wait in its draft; ``pages`` that are kept already.
        sentence: when, and how far it is.
    """

    visit: Visit
    name: str
    phone: str
    address: str
    item_name: str
    waiting: int
    pages: int
    sentence: Sentence


class Visits:
    """Calls block and may come from several threads.

    Args:
        note: writes a line of the station's log (``AuditDesk.note``).
        text: gives the text of a message key, for what is printed.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        intake: Intake,
        printing: PrintDesk,
        acting: Acting,
        station: StationFile,
        fonts: FontSet,
        printer: PrinterPick,
        note: Callable[..., None],
        text: Text,
    ) -> None:
        self._store = store
        self._clock = clock
        self._intake = intake
        self._printing = printing
        self._acting = acting
        self._station = station
        self._fonts = fonts
        self._printer = printer
        self._note = note
        self._text = text

    def view(self) -> tuple[VisitView, ...]:
        """Those whose papers are not taken in yet, soonest first."""
        self._acting.need(Right.SEE_PERSONS)
        today = self._today()

        def work(snapshot: Snapshot) -> tuple[VisitView, ...]:
            return tuple(_view_of(snapshot, visit, today) for visit in snapshot.visits())

        return self._store.read(work)

    def plan(self, wish: VisitWish) -> Visit:
        """Plan one: a draft is begun with what is known of the applicant.

        Raises:
            InputProblem: ``visit.name_empty`` with the field ``name``, ``visit.address_empty`` with ``address``;
                ``day.unknown``, ``visit.day_past`` with ``on``; ``visit.note_long`` (``limit``) with ``note``;
                ``intake.item_gone`` with ``item``.
        """
        self._acting.need(Right.WORK)
        name, address = one_line(wish.name), one_line(wish.address)
        if not name:
            raise InputProblem("visit.name_empty", field="name")
        if not address:
            raise InputProblem("visit.address_empty", field="address")
        on, note = self._day(wish.on), _note(wish.note)
        case_id = self._intake.start(wish.item_code).case.case_id
        values = {"name": name, "address": address, "phone": wish.phone, "document_number": wish.document_number}
        self._intake.type(case_id, values, 2)

        def work(transaction: Transaction) -> Visit:
            now = self._clock.now()
            number = transaction.take_local_no(now.astimezone(SHANGHAI).date())
            visit = Visit(str(PaperNo(PaperMark.VISIT, number)), case_id, on, note, now, self._acting.clerk)
            transaction.put_visit(visit)
            detail = {"visit": visit.visit_no, "on": on} if on else {"visit": visit.visit_no}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "visit_planned", detail=detail))
            return visit

        return self._store.write(work).result()

    def change(self, visit_no: str, on: str, note: str) -> None:
        """Another day or note. Raises InputProblem ``visit.gone``, and as :meth:`plan`."""
        self._acting.need(Right.WORK)
        said = _note(note)

        def work(transaction: Transaction) -> None:
            visit = _visit(transaction, visit_no)
            now = self._clock.now()
            day = visit.planned_on if on.strip() == visit.planned_on else self._day(on)
            transaction.put_visit(replace(visit, planned_on=day, note=said))
            detail = {"visit": visit_no, "on": day} if day else {"visit": visit_no}
            transaction.append_event(CaseEvent(visit.case_id, now, self._acting.clerk, "visit_planned", detail=detail))

        self._store.write(work).result()

    def print_papers(self, visit_nos: Collection[str]) -> bool:
        """Print the list, a slip and an authorization for each; logged.

        Returns:
            Whether they came out; False when the printer took them and keeps them.

        Raises:
            InputProblem: ``visit.none``, ``visit.too_many`` (``most``), ``visit.gone``.
            EnvironmentProblem: as of :func:`villagedesk.desk.straight_printing.print_straight`.
        """
        self._acting.need(Right.WORK)
        pdf = self._papers(visit_nos)
        self._note(Deed.VISITS_PRINTED, lines=str(len(visit_nos)))  # first: whole addresses and numbers stand on it
        return print_straight(self._printer, pdf, f"shangmen-{self._today():%Y%m%d}")

    def save_papers(self, visit_nos: Collection[str], folder: Path) -> Path:
        """The same as a PDF in that folder; logged. Raises as :meth:`print_papers`; InputProblem ``visit.no_folder``,
        EnvironmentProblem ``store.*``: no file is left then."""
        self._acting.need(Right.WORK)
        pdf = self._papers(visit_nos)
        self._note(Deed.VISITS_SAVED, lines=str(len(visit_nos)))
        try:
            return save_new(folder, f"shangmen-{self._today():%Y%m%d}", ".pdf", pdf)
        except OSError as error:
            raise InputProblem("visit.no_folder") from error

    def _papers(self, visit_nos: Collection[str]) -> bytes:
        if not visit_nos:
            raise InputProblem("visit.none")
        if len(visit_nos) > MOST_PRINTED:
            raise InputProblem("visit.too_many", most=MOST_PRINTED)
        views = {view.visit.visit_no: view for view in self.view()}
        if not set(visit_nos) <= views.keys():
            raise InputProblem("visit.gone")
        chosen = [views[number] for number in visit_nos]
        content = visit_list.VisitListContent(
            station_name=self._station.name,
            slips=tuple(self._slip(view) for view in chosen),
            printed_at=self._clock.now(),
            clerk_name=self._acting.clerk,
            practice=self._station.practice,
        )
        signed = [self._printing.preview(view.visit.case_id, PaperKind.PROXY_AUTHORIZATION) for view in chosen]
        return joined([visit_list.render(content, self._fonts), *signed])

    def _slip(self, view: VisitView) -> visit_list.VisitSlip:
        lines = self._intake.view(view.visit.case_id).checklist
        papers = tuple(
            visit_list.VisitPaper(
                line.requirement.name,
                "；".join(self._text(said.key, **said.params) for said in to_bring(line)),
            )
            for line in lines
            if line.needed is not False
        )
        on = date.fromisoformat(view.visit.planned_on) if view.visit.planned_on else None
        return visit_list.VisitSlip(
            view.visit.visit_no, view.name, view.phone, view.address, view.item_name, view.visit.note, on, papers
        )

    def _day(self, typed: str) -> str:
        if not typed.strip():
            return ""
        try:
            day = read_date(typed)
        except NoDate:
            raise InputProblem("day.unknown", field="on") from None
        if day < self._today():
            raise InputProblem("visit.day_past", field="on")
        return day.isoformat()

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()


def _view_of(snapshot: Snapshot, visit: Visit, today: date) -> VisitView:
    case = snapshot.case(visit.case_id)
    waiting = sum(capture.waits for capture in snapshot.captures(visit.case_id))
    pages = len(snapshot.pages(visit.case_id))
    who = case.applicant
    params = {"on": visit.planned_on, "waiting": waiting, "pages": pages}
    if waiting or pages:
        sentence = Sentence("visit.standing.came" if waiting else "visit.standing.pages", params, "warn")
    elif not visit.planned_on:
        sentence = Sentence("visit.standing.no_day", params, "calm")
    else:
        key = "late" if visit.planned_on < today.isoformat() else "planned"
        if visit.planned_on == today.isoformat():
            key = "today"
        sentence = Sentence(f"visit.standing.{key}", params, "time" if key == "planned" else "warn")
    return VisitView(visit, who.name, who.phone, who.address, case.item_name, waiting, pages, sentence)


def _visit(snapshot: Snapshot, visit_no: str) -> Visit:
    for visit in snapshot.visits():
        if visit.visit_no == visit_no:
            return visit
    raise InputProblem("visit.gone")


def _note(typed: str) -> str:
    note = one_line(typed)
    if len(note) > _LONGEST_NOTE:
        raise InputProblem("visit.note_long", field="note", limit=_LONGEST_NOTE)
    return note
