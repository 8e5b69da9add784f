"""The papers of a case: look at them, print them, print them again, and what became of one that did not come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import PaperView
from villagedesk.domain.printing import PaperKind, PrintJob
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.layouts import clear
from villagedesk.ui.print_line import PrintLine
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP
from villagedesk.ui.waiting_prints import WaitingPrints


class Papers(QWidget):
    """Signals:
    worked(): an act succeeded, and the case should be read again.
    look_wanted(PaperView): show the paper, as it was printed last or would be printed.
    printing(QWidget): that row tells where what was just asked for stands.
    """

    worked = Signal()
    look_wanted = Signal(object)
    printing = Signal(object)

    def __init__(self, surroundings: Surroundings, case_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = case_id
        self._busy = False
        self._papers: dict[PaperKind, PaperRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        self._print_hint = button(
            "print_missing",
            surroundings.words("ui.review.print_missing"),
            partial(self.print, PaperKind.MISSING_MATERIALS),
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._waiting = WaitingPrints(surroundings, self)
        self._waiting.worked.connect(self.worked)
        self._column.addLayout(self._rows)
        self._column.addWidget(self._print_hint, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._waiting)
        on_enter(self, lambda: None)

    def show_papers(self, papers: Sequence[PaperView], lacks: bool) -> None:
        """Each paper: printable or why not, and where its newest print stands.

        Args:
            lacks: something is still to be brought, which can be told on paper.
        """
        self._print_hint.setVisible(lacks)
        self._waiting.read(self._case_id)
        if [paper.kind for paper in papers] != [*self._papers]:
            clear(self._rows)
            self._papers = {paper.kind: self._row(paper.kind) for paper in papers}
        for paper in papers:
            self._papers[paper.kind].tell(paper)

    def print(self, kind: PaperKind) -> None:
        """Print a paper, or once more."""
        printing, case_id = self._with.desk.printing, self._case_id
        self._run(lambda: printing.print(case_id, kind))

    def print_set(self) -> None:
        """Print all that the present step needs."""
        sets, case_id = self._with.desk.print_sets, self._case_id
        self._run(lambda: sets.print(case_id))

    def _row(self, kind: PaperKind) -> PaperRow:
        row = PaperRow(self._with, kind, self)
        row.print_wanted.connect(partial(self.print, kind))
        row.look_wanted.connect(self.look_wanted)
        row.worked.connect(self.worked)
        self._rows.addWidget(row)
        return row

    def _run(self, work: Callable[[], object]) -> None:
        if self._busy:
            return
        self._busy = True
        self._with.background.run(
            self, work, self._done, failed=self._failed, words=self._with.words("ui.print.working")
        )

    def _done(self, made: object) -> None:
        self._busy = False
        jobs = made if isinstance(made, tuple) else (made,)
        for job in jobs:
            if isinstance(job, PrintJob) and job.kind is PaperKind.MISSING_MATERIALS:
                self._waiting.add(job)
        rows = [self._papers[job.kind] for job in jobs if isinstance(job, PrintJob) and job.kind in self._papers]
        self.worked.emit()
        if rows:
            self.printing.emit(rows[0])

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._with.background.problem.emit(problem)


class PaperRow(QWidget):
    """One paper. What changes changes in place, so that the cursor stays.

    Signals:
        print_wanted(), look_wanted(PaperView): the button of that name.
        worked(): an act on its newest print succeeded.
    """

    print_wanted = Signal()
    look_wanted = Signal(object)
    worked = Signal()

    def __init__(self, surroundings: Surroundings, kind: PaperKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = self._words = surroundings.words
        self._name = words(f"paper_kind.{kind.value}")
        self._paper: PaperView | None = None
        self._look = button(f"look_{kind.value}", words("ui.case.look"), self._look_at, parent=self)
        self._look.setAccessibleName(words("ui.case.look_at", paper=self._name))
        self._act = button(
            f"print_{kind.value}",
            words("ui.case.print"),
            self.print_wanted.emit,
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._why = SentenceLabel(words, f"why_not_{kind.value}", self)
        self._line = PrintLine(surroundings, kind.value, self)
        self._line.worked.connect(self.worked)
        self._times = wrapping_label("", "small", self)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(wrapping_label(self._name, "h3", self), 1)
        head.addWidget(self._look)
        head.addWidget(self._act)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addLayout(head)
        for widget in (self._why, self._line, self._times):
            column.addWidget(widget)
        for act in (self._look, self._act):
            act.setVisible(surroundings.may(Right.WORK))

    def tell(self, paper: PaperView) -> None:
        """How it stands now."""
        if paper == self._paper:
            return
        self._paper = paper
        words = self._words
        self._look.setEnabled(paper.printable or bool(paper.jobs))
        text = words("ui.case.print_again" if paper.jobs else "ui.case.print")
        self._act.setText(text)
        self._act.setAccessibleName(f"{text}　{self._name}")
        self._act.setEnabled(paper.printable)
        self._why.tell(paper.why_not)
        self._why.setVisible(paper.why_not is not None)
        self._line.tell(paper.jobs[-1] if paper.jobs else None)
        times = words("ui.case.printed_times", count=len(paper.jobs)) if len(paper.jobs) > 1 else ""
        if not paper.jobs and paper.printable:
            times = words("ui.case.not_printed")
        self._times.setText(times)
        self._times.setVisible(bool(times))

    def _look_at(self) -> None:
        if self._paper is not None:
            self.look_wanted.emit(self._paper)
