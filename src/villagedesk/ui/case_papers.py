"""The papers of a case: print them, print them again, and say what became of one the printer did not confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import PaperView
from villagedesk.domain.printing import PaperKind, PrintJob
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.handout import Handout
from villagedesk.ui.layouts import clear
from villagedesk.ui.print_words import asks_the_clerk, print_sentence
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP


class Papers(QWidget):
    """Signals:
    worked(): an act succeeded, and the case should be read again.
    """

    worked = Signal()

    def __init__(self, surroundings: Surroundings, case_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = case_id
        self._busy = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        self._hint = Handout(surroundings, self)
        self._print_hint = button(
            "print_missing",
            surroundings.words("ui.review.print_missing"),
            lambda: self._hint.print_missing(case_id),
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._column.addLayout(self._rows)
        self._column.addWidget(self._print_hint, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._hint)
        on_enter(self, lambda: None)

    def show_papers(self, papers: Sequence[PaperView], lacks: bool) -> None:
        """Each paper: printable or why not, and where its newest print stands.

        Args:
            lacks: something is still to be brought, which can be told on paper.
        """
        clear(self._rows)
        self._print_hint.setVisible(lacks)
        for paper in papers:
            self._rows.addLayout(self._paper_row(paper))

    def print(self, kind: PaperKind) -> None:
        """Print a paper, or once more."""
        printing, case_id = self._with.desk.printing, self._case_id
        work = printing.print_receipt if kind is PaperKind.RECEIPT else printing.print_acceptance_notice
        self._run(lambda: work(case_id))

    def _paper_row(self, paper: PaperView) -> QVBoxLayout:
        words, kind = self._with.words, paper.kind
        column = QVBoxLayout()
        column.setSpacing(GAP // 2)
        row = QHBoxLayout()
        row.addWidget(wrapping_label(words(f"ui.paper.{kind.value}"), "h3"), 1)
        if kind is not PaperKind.RECEIPT and self._with.may(Right.WORK):
            act = button(
                f"print_{kind.value}",
                words("ui.case.print_again") if paper.jobs else words("ui.case.print"),
                lambda: self.print(kind),
                icons=self._with.icons,
                icon="printer",
            )
            act.setEnabled(paper.printable)
            row.addWidget(act)
        column.addLayout(row)
        if paper.why_not is not None:
            why = SentenceLabel(words, f"why_not_{kind.value}")
            why.tell(paper.why_not)
            column.addWidget(why)
        if paper.jobs:
            self._add_job(column, kind, paper.jobs[-1])
            if len(paper.jobs) > 1:
                column.addWidget(wrapping_label(words("ui.case.printed_times", count=len(paper.jobs)), "small"))
        elif paper.printable:
            column.addWidget(wrapping_label(words("ui.case.not_printed"), "quiet"))
        return column

    def _add_job(self, column: QBoxLayout, kind: PaperKind, job: PrintJob) -> None:
        words, printing = self._with.words, self._with.desk.printing
        label = SentenceLabel(words, f"job_{kind.value}")
        label.tell(print_sentence(job))
        column.addWidget(label)
        if not asks_the_clerk(job) or not self._with.may(Right.WORK):
            return
        for_job = (
            (f"came_out_{kind.value}", "ui.case.came_out", partial(printing.came_out, job.job_id)),
            (f"retry_{kind.value}", "ui.case.retry", partial(printing.retry, job.job_id)),
        )
        acts = QHBoxLayout()
        acts.setSpacing(GAP)
        for name, text, work in for_job:
            acts.addWidget(button(name, words(text), partial(self._run, work)))
        acts.addStretch(1)
        column.addLayout(acts)

    def _run(self, work: Callable[[], PrintJob]) -> None:
        if self._busy:
            return
        self._busy = True
        self._with.background.run(
            self, work, self._done, failed=self._failed, words=self._with.words("ui.print.working")
        )

    def _done(self, _: PrintJob) -> None:
        self._busy = False
        self.worked.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._with.background.problem.emit(problem)
