"""The barcode scanner goes straight to the case, from any screen; one that is left saves what was typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from villagedesk.domain.paper_no import is_batch_no
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.background import Lane
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.wedge import Scan, Told, Wedge

TAKES_SCANS = "takes_scans"
"""Property of a field that a number is scanned into: what is no local number for certain stays there."""


class Scans(QObject):
    """Looks up what was scanned anywhere in ``root``.

    Args:
        search: a number that is not certainly ours stays there: Enter searches for it.
        listening: whether a scan may open a case just now.
        screen: the one that is shown: a number that is not certainly ours goes to it where it waits for one.

    Signals:
        case_wanted(str): the case_id of the receipt that was scanned.
        batch_wanted(str): the number of the list of a batch, as it was scanned.
        hurried(): see :class:`villagedesk.ui.wedge.Wedge`.
    """

    case_wanted = Signal(str)
    batch_wanted = Signal(str)
    hurried = Signal()

    def __init__(
        self,
        surroundings: Surroundings,
        root: QWidget,
        search: QLineEdit,
        listening: Callable[[], bool],
        screen: Callable[[], Screen],
    ) -> None:
        super().__init__(root)
        self._with = surroundings
        self._search = search
        self._listening = listening
        self._screen = screen
        self._wedge = Wedge(root)
        self._wedge.scanned.connect(self._scanned)
        self._wedge.hurried.connect(self.hurried)

    def _scanned(self, scan: Scan) -> None:
        focus = QApplication.focusWidget()
        meant = focus is self._search or (focus is not None and bool(focus.property(TAKES_SCANS)))
        searching = meant and not scan.certain
        if not self._listening() or searching:
            self._wedge.answer(scan, Told.NOT_OURS)
            return
        if scan.certain and not meant and self._screen().take_own_number(scan.text):
            self._wedge.answer(scan, Told.OPENED)
            return
        if is_batch_no(scan.text):
            self._wedge.answer(scan, Told.OPENED)
            self.batch_wanted.emit(scan.text)
            return
        if not scan.certain and self._screen().take_number(scan.text):
            self._wedge.answer(scan, Told.OPENED)
            return

        def found(case_id: str | None) -> None:
            if case_id is not None:
                self._wedge.answer(scan, Told.OPENED)
                dialog = QApplication.activeModalWidget()
                if isinstance(dialog, QDialog):
                    dialog.reject()
                self.case_wanted.emit(case_id)
            elif scan.certain or not scan.in_field:
                self._wedge.answer(scan, Told.UNKNOWN)
                self._with.background.problem.emit(InputProblem("ui.wedge.unknown", number=scan.text))
            else:
                self._wedge.answer(scan, Told.NOT_OURS)

        def failed(problem: Problem) -> None:
            self._wedge.answer(scan, Told.NOT_OURS)
            if scan.certain:
                self._with.background.problem.emit(problem)

        cases = self._with.desk.cases
        self._with.background.run(self, lambda: cases.by_number(scan.text), found, lane=Lane.READS, failed=failed)
