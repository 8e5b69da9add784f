"""重新登记: a new station file, for when the acceptance system no longer knows this station's credential."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class RenewalCard(QFrame):
    """Hidden until it is offered.

    Signals:
        renewed(): a new station file was taken.
    """

    renewed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._busy = False
        words = surroundings.words
        self.setObjectName("renewal")
        self.setProperty("role", "card")
        self._file = Field(words, "renewal_file", words("ui.renewal.file"), hint=words("ui.renewal.hint"), parent=self)
        self._file.add_beside(button("renewal_choose", words("ui.renewal.choose"), self._choose, parent=self))
        self._said = SentenceLabel(words, "renewal_said", self)
        self._said.hide()
        row = QHBoxLayout()
        row.addWidget(button("renewal_go", words("ui.renewal.go"), self._renew, parent=self))
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        # a station without an interface reads one in when it is granted
        about = "bridge.granted" if surroundings.desk.bridge.by_hand() else "ui.renewal"
        column.addWidget(plain_label(words(f"{about}.title"), "h2", self))
        column.addWidget(wrapping_label(words(f"{about}.means"), "quiet", self))
        column.addWidget(self._file)
        column.addLayout(row)
        column.addWidget(self._said)
        self.hide()

    def offer(self, *, needed: bool) -> None:
        """Show it while it is needed, to whoever may use it; what was said of a renewal stays until then."""
        self.setVisible(self._with.may(Right.SAFEGUARD) and (needed or not self._said.isHidden()))

    def begin(self) -> None:
        """Nothing typed, nothing said."""
        self._file.edit.clear()
        self._file.tell(None)
        self._said.hide()

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self._with.words("ui.renewal.choose"))
        if chosen:
            self._file.edit.setText(chosen)
            self._renew()

    def _renew(self) -> None:
        # Windows' own "copy as path" brings quotation marks along.
        typed = self._file.text.strip().strip('"')
        if not typed:
            self._file.tell(Sentence("ui.renewal.empty", tone="bad"))
            self._file.look_again()
            return
        if self._busy:
            return
        self._busy = True
        renewal = self._with.desk.station_renewal
        self._with.background.run(
            self,
            lambda: renewal.renew(Path(typed)),
            self._done,
            failed=self._failed,
            words=self._with.words("ui.renewal.working"),
        )

    def _done(self, station: StationFile) -> None:
        self._busy = False
        self._file.edit.clear()
        self._file.tell(None)
        self._said.tell(Sentence("ui.renewal.done", {"name": station.name}, "good"))
        self._said.show()
        self.renewed.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        if isinstance(problem, InputProblem):
            self._file.tell(Sentence(problem.key, problem.params, "bad"))
            self._file.look_again()
        else:
            self._with.background.problem.emit(problem)
