"""One question of the annex form: what is asked, the answer, and beneath it what the program saw by itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from villagedesk.desk.annex_views import Proposed
from villagedesk.desk.views import Sentence
from villagedesk.domain.annex_words import read_count
from villagedesk.ui.fields import Choice
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label
from villagedesk.ui.theme import GAP

_LEAST_WIDTH = 230


class Answer(QWidget):
    """Signals:
    changed(): another answer was given.

    Args:
        name: of the column; the widget's object name is ``annex_<name>``.
        counts: whether a number is asked for, else yes or no.
    """

    changed = Signal()

    def __init__(self, words: Words, name: str, *, counts: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._proposed: Proposed | None = None
        question = words(f"ui.annex.question.{name}")
        title = plain_label(question, "h3", self)
        self._choice = None if counts else Choice(f"annex_{name}", question, self)
        self._edit = QLineEdit(self) if counts else None
        if self._choice is not None:
            for text, answer in (("ui.annex.choose", None), ("ui.annex.yes", True), ("ui.annex.no", False)):
                self._choice.addItem(words(text), answer)
            self._choice.activated.connect(self._changed)
        if self._edit is not None:
            self._edit.setObjectName(f"annex_{name}")
            self._edit.setAccessibleName(question)
            self._edit.textEdited.connect(self._changed)
        title.setBuddy(self.field)
        self.setFocusProxy(self.field)
        self.setMinimumWidth(_LEAST_WIDTH)
        self._said = SentenceLabel(words, f"annex_{name}_said", self)
        self._said.setMinimumHeight(self._said.fontMetrics().height() + GAP // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addWidget(title)
        column.addWidget(self.field)
        column.addWidget(self._said)
        column.addStretch(1)

    @property
    def field(self) -> Choice | QLineEdit:
        """What the answer is given in."""
        found = self._choice or self._edit
        assert found is not None
        return found

    @property
    def value(self) -> bool | int | None:
        """The answer, None for none; what is no number is none."""
        if self._choice is not None:
            answer = self._choice.currentData()
            return answer if isinstance(answer, bool) else None
        assert self._edit is not None
        return read_count(self._edit.text())

    @property
    def wrong(self) -> bool:
        """Whether something is typed that is no number."""
        return self._edit is not None and bool(self._edit.text().strip()) and self.value is None

    def show_answer(self, value: bool | int | None, proposed: Proposed | None) -> None:
        """Show an answer as it was given, and what the program saw."""
        self._proposed = proposed
        if self._choice is not None:
            self._choice.setCurrentIndex(0 if value is None else 1 if value else 2)
        if self._edit is not None:
            self._edit.setText("" if value is None else str(value))
        self._tell()

    def look_again(self) -> None:
        """Put the cursor here."""
        self.field.setFocus()
        if self._edit is not None:
            self._edit.selectAll()

    def _changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        said = self._sentence()
        self._said.tell(said)
        self.field.setAccessibleDescription(self._said.accessibleName())

    def _sentence(self) -> Sentence | None:
        if self.wrong:
            return Sentence("ui.annex.no_number", {}, "bad")
        if self._proposed is None:
            return None
        why = self._words.of(self._proposed.why)
        if self.value is not None and self.value != self._proposed.answer:
            return Sentence("ui.annex.differs", {"why": why}, "warn")
        return Sentence("ui.annex.proposed", {"why": why}, "calm")
