"""Hints and copies of a case that are still to come out: they have no row among its papers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.domain.printing import PrintJob
from villagedesk.ui.background import Lane
from villagedesk.ui.layouts import clear
from villagedesk.ui.print_line import PrintLine
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP


class WaitingPrints(QWidget):
    """A line for each; what came out stays until the list is read anew.

    Signals:
        worked(): an act succeeded.
    """

    worked = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._ids: list[str] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self.hide()

    def read(self, case_id: str) -> None:
        """Which there are now."""
        printing = self._with.desk.printing
        self._with.background.run(
            self, lambda: printing.open_jobs(case_id), self._show, failed=lambda _: None, lane=Lane.READS
        )

    def add(self, job: PrintJob) -> None:
        """One that was just asked for; it may be out before anybody looks."""
        if job.job_id not in self._ids:
            self._ids.append(job.job_id)
            self._add_line(job)

    def _show(self, jobs: tuple[PrintJob, ...]) -> None:
        if not {job.job_id for job in jobs} - {*self._ids}:
            return
        clear(self._column)
        self._ids = [job.job_id for job in jobs]
        for job in jobs:
            self._add_line(job)

    def _add_line(self, job: PrintJob) -> None:
        line = PrintLine(self._with, f"waiting_{self._ids.index(job.job_id) + 1}", self)
        line.tell(job)
        line.worked.connect(self.worked)
        self._column.addWidget(wrapping_label(self._with.words(f"paper_kind.{job.kind.value}"), "h3", self))
        self._column.addWidget(line)
        self.show()
