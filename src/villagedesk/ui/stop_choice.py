"""For what a case was suspended: asked for where a clerk notes by hand that it was."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.told_by_hand import NOT_SAID, STOPS
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.fields import Choice
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label
from villagedesk.ui.theme import GAP


class StopChoice(QWidget):
    """Label, list to choose from, and the sentence that says it must be chosen.

    Args:
        name: object name of the list; the sentence's is ``<name>_trouble``.
    """

    def __init__(self, words: Words, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._list = Choice(name, words("ui.act.stop"), self)
        self._list.setPlaceholderText(words("ui.act.stop_choose"))
        for kind in STOPS:
            self._list.addItem(words(f"item_code.stop_kind.{kind}"), str(kind))
        self._list.addItem(words("ui.act.stop_not_said"), NOT_SAID)
        self.setFocusProxy(self._list)
        title = plain_label(words("ui.act.stop"), "h3", self)
        title.setBuddy(self._list)
        self._trouble = SentenceLabel(words, f"{name}_trouble", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        for part in (title, self._list, self._trouble):
            column.addWidget(part)

    @property
    def chosen(self) -> str:
        """As the desk takes it, "" where nothing is chosen."""
        return str(self._list.currentData() or "")

    def begin(self) -> None:
        """Nothing is chosen: a kind that nobody looked at would stop a law clock that runs."""
        self._list.setCurrentIndex(-1)
        self._say(None)

    def tell(self, problem: Problem) -> bool:
        """Say what is wrong and put the cursor here; False where it is not about this."""
        wrong = problem.field == "stop"
        self._say(Sentence(problem.key, problem.params, "bad") if wrong else None)
        if wrong:
            self._list.setFocus()
        return wrong

    def _say(self, sentence: Sentence | None) -> None:
        self._trouble.tell(sentence)
        self._trouble.setVisible(sentence is not None)
        self._list.setAccessibleDescription(self._trouble.accessibleName())
