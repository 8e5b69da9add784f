"""The official number, typed or scanned back, with what the desk says of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.fields import Field
from villagedesk.ui.scans import TAKES_SCANS
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_ASKS = frozenset({"bridge.number_like_ours", "bridge.number_personal", "bridge.number_length"})
"""Looked at again and confirmed, the number is taken."""


class NumberFields(QWidget):
    """Number, query code and day; the number asks once more when it looks like something else."""

    def __init__(self, surroundings: Surroundings, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = surroundings.words
        self._looked_again = ""
        self.number = Field(
            words, f"{name}_number", words("bridge.number.number"), hint=words("bridge.number.hint"), parent=self
        )
        self.number.edit.setProperty(TAKES_SCANS, True)
        self.code = Field(
            words, f"{name}_code", words("bridge.number.code"), hint=words("bridge.number.code_hint"), parent=self
        )
        self.code.edit.setProperty(TAKES_SCANS, True)
        self.day = Field(
            words, f"{name}_day", words("bridge.number.day"), hint=words("bridge.number.day_hint"), parent=self
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        for field in (self.number, self.code, self.day):
            column.addWidget(field)

    def given(self) -> NumberGiven:
        """As it stands in the fields."""
        sure = bool(self._looked_again) and self._looked_again == self.number.text
        return NumberGiven(self.number.text, self.code.text, self.day.text if self.day.isVisibleTo(self) else "", sure)

    def begin(self, number: str = "", code: str = "") -> None:
        """Only what is given stands there."""
        self._looked_again = ""
        for field, text in ((self.number, number), (self.code, code), (self.day, "")):
            field.edit.setText(text)
            field.tell(None)

    @property
    def typed(self) -> tuple[str, str, str]:
        """Number, query code and day as they stand there."""
        return self.number.text, self.code.text, self.day.text

    def put_typed(self, typed: tuple[str, str, str]) -> None:
        """What was typed at an earlier visit."""
        for field, text in zip((self.number, self.code, self.day), typed, strict=True):
            field.edit.setText(text)

    def tell(self, problem: Problem) -> bool:
        """Show what is wrong beside its field; False when it belongs to none of them."""
        fields = {"number": self.number, "query_code": self.code, "on": self.day}
        wrong = fields.get(problem.field)
        for field in fields.values():
            field.tell(None)
        if wrong is None:
            return False
        again = problem.key in _ASKS
        self._looked_again = self.number.text if again else ""
        wrong.tell(Sentence(problem.key, problem.params, "warn" if again else "bad"))
        wrong.look_again()
        return True

    def next_empty(self, edit: QWidget | None) -> QLineEdit | None:
        """The number, when Enter is pressed on another field while it is empty."""
        return self.number.edit if not self.number.text.strip() and edit is not self.number.edit else None


class NumberCard(QFrame):
    """Signals:
    entered(str): the number is kept, and is this.
    refused(): something about it is said beside a field.
    """

    entered = Signal(str)
    refused = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = ""
        self._busy = False
        words = surroundings.words
        self.setObjectName("number_card")
        self.setProperty("role", "card")
        self.fields = NumberFields(surroundings, "bridge", self)
        self._trouble = SentenceLabel(words, "bridge_trouble", self)
        self._trouble.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(plain_label(words("bridge.number.title"), "h2", self))
        column.addWidget(wrapping_label(words("bridge.number.means"), "quiet", self))
        column.addWidget(self.fields)
        column.addWidget(self._trouble)

    def begin(self, case_id: str, number: str, code: str) -> None:
        """Ask for that case's number; a correction's is there already."""
        self._case_id = case_id
        self.fields.begin(number, code)
        self._trouble.hide()

    def confirm(self) -> None:
        """Keep it."""
        if self._busy:
            return
        self._busy = True
        numbers, case_id, given = self._with.desk.official_numbers, self._case_id, self.fields.given()
        self._with.background.run(self, lambda: numbers.enter(case_id, given), self._done, failed=self._failed)

    def _done(self, number: str) -> None:
        self._busy = False
        self._trouble.hide()
        self.entered.emit(number)

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        beside = self.fields.tell(problem)
        self._trouble.setVisible(not beside)
        self._trouble.tell(None if beside else Sentence(problem.key, problem.params, "bad"))
        self.refused.emit()
