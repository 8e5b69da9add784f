"""One question before something that cannot be taken back: what it means, yes, no."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.sentences import SentenceLabel, Words
from villagedesk.ui.theme import GAP


class Ask(QFrame):
    """Asked once, above the page's buttons, so that it is in sight. The focus is on the no."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._act: Callable[[], None] | None = None
        self._before: QWidget | None = None
        self.setObjectName("ask")
        self.setProperty("role", "notice-warn")
        self._question = SentenceLabel(words, "ask_question", self)
        self._sure = button("ask_sure", "", self._yes, parent=self)
        self._leave = button("ask_leave", words("ui.ask.leave"), self._no, key="Esc", parent=self)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(self._leave)
        row.addWidget(self._sure)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(self._question)
        column.addLayout(row)
        self.hide()

    @property
    def asking(self) -> bool:
        """Whether the question is on the screen."""
        return not self.isHidden()

    def ask(self, question: Sentence, sure: str, act: Callable[[], None], before: QWidget) -> None:
        """Ask.

        Args:
            question: says what it means.
            sure: the words on the yes.
            act: called once on yes.
            before: gets the focus back on no.
        """
        self._act, self._before = act, before
        self._question.tell(question)
        self._sure.setText(sure)
        self._sure.setAccessibleName(sure)
        self.show()
        self._leave.setFocus()

    def stop(self) -> bool:
        """As if no had been said; False when nothing was asked."""
        if not self.asking:
            return False
        self._no()
        return True

    def _yes(self) -> None:
        act, self._act = self._act, None
        self.hide()
        if act is not None:
            act()

    def _no(self) -> None:
        self._act = None
        self.hide()
        if self._before is not None:
            self._before.setFocus()
