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


class Papers(QWidget):
    """Signals:
    worked(): an act succeeded, and the case should be read again.
    look_wanted(PaperView): show the paper, as it was printed last or would be printed.
    """

    worked = Signal()
    look_wanted = Signal(object)

    def __init__(self, surroundings: Surroundings, case_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = case_id
        self._busy = False
        self._shown: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        self._hint = PrintLine(surroundings, PaperKind.MISSING_MATERIALS.value, self)
        self._hint.worked.connect(self.worked)
        self._print_hint = button(
            "print_missing",
            surroundings.words("ui.review.print_missing"),
            partial(self.print, PaperKind.MISSING_MATERIALS),
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._column.addLayout(self._rows)
        self._column.addWidget(self._print_hint, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._hint)
        on_enter(self, lambda: None)

    def show_papers(self, papers: Sequence[PaperView], lacks: bool) -> None:
        """Each paper: printable or why not, and where its newest print stands; drawn anew only when something changed,
        so that the cursor stays.

        Args:
            lacks: something is still to be brought, which can be told on paper.
        """
        self._print_hint.setVisible(lacks)
        if tuple(papers) == self._shown:
            return
        self._shown = tuple(papers)
        clear(self._rows)
        for paper in papers:
            self._rows.addLayout(self._paper_row(paper))

    def print(self, kind: PaperKind) -> None:
        """Print a paper, or once more."""
        printing, case_id = self._with.desk.printing, self._case_id
        self._run(lambda: printing.print(case_id, kind))

    def print_set(self) -> None:
        """Print all that the present step needs."""
        sets, case_id = self._with.desk.print_sets, self._case_id
        self._run(lambda: sets.print(case_id))

    def _paper_row(self, paper: PaperView) -> QVBoxLayout:
        words, kind = self._with.words, paper.kind
        name = words(f"paper_kind.{kind.value}")
        column = QVBoxLayout()
        column.setSpacing(GAP // 2)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(wrapping_label(name, "h3"), 1)
        if self._with.may(Right.WORK):
            look = button(f"look_{kind.value}", words("ui.case.look"), partial(self.look_wanted.emit, paper))
            look.setAccessibleName(words("ui.case.look_at", paper=name))
            look.setEnabled(paper.printable or bool(paper.jobs))
            act = button(
                f"print_{kind.value}",
                words("ui.case.print_again") if paper.jobs else words("ui.case.print"),
                partial(self.print, kind),
                icons=self._with.icons,
                icon="printer",
            )
            act.setAccessibleName(f"{act.accessibleName()}　{name}")
            act.setEnabled(paper.printable)
            row.addWidget(look)
            row.addWidget(act)
        column.addLayout(row)
        if paper.why_not is not None:
            why = SentenceLabel(words, f"why_not_{kind.value}")
            why.tell(paper.why_not)
            column.addWidget(why)
        if paper.jobs:
            line = PrintLine(self._with, kind.value, self)
            line.tell(paper.jobs[-1])
            line.worked.connect(self.worked)
            column.addWidget(line)
            if len(paper.jobs) > 1:
                column.addWidget(wrapping_label(words("ui.case.printed_times", count=len(paper.jobs)), "small"))
        elif paper.printable:
            column.addWidget(wrapping_label(words("ui.case.not_printed"), "quiet"))
        return column

    def _run(self, work: Callable[[], object]) -> None:
        if self._busy:
            return
        self._busy = True
        self._with.background.run(
            self, work, self._done, failed=self._failed, words=self._with.words("ui.print.working")
        )

    def _done(self, made: object) -> None:
        self._busy = False
        if isinstance(made, PrintJob) and made.kind is PaperKind.MISSING_MATERIALS:
            self._hint.tell(made)
        self.worked.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._with.background.problem.emit(problem)
