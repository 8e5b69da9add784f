"""Looks again and again where a print job stands, until it is over."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from villagedesk.domain.printing import PrintJob, PrintJobState
from villagedesk.ui.background import Lane
from villagedesk.ui.screen import Surroundings

_LOOK_AGAIN_MS = 700


class PrintWatch(QObject):
    """Signals:
    moved(PrintJob): it stands somewhere else now.
    """

    moved = Signal(object)

    def __init__(self, surroundings: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._widget = parent
        self._job: PrintJob | None = None
        self._timer = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self.look)

    def follow(self, job: PrintJob | None) -> None:
        """Watch that one from now on; None: none."""
        self._job = job
        if job is not None and job.state is PrintJobState.WAITING:
            self._timer.start()
        else:
            self._timer.stop()

    def look(self) -> None:
        """Look now."""
        job = self._job
        if job is None:
            return

        def show(now: PrintJob) -> None:
            if self._job is not None and now.job_id == self._job.job_id and now != self._job:
                self.follow(now)
                self.moved.emit(now)

        printing = self._with.desk.printing
        self._with.background.run(
            self._widget, lambda: printing.job(job.job_id), show, failed=lambda _: None, lane=Lane.READS
        )
