"""One quiet line: what was read on the page in hand, and which material it seems to be. It asks for nothing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.reading_views import Certainty, Recognised
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.buttons import button
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.theme import GAP

LOOK_KEY, MOVE_KEY = "D", "F"


class ReadingNote(QFrame):
    """Hidden while there is nothing to say.

    Signals:
        look_wanted(): show what was read.
        move_wanted(): put the page where it seems to belong.
    """

    look_wanted = Signal()
    move_wanted = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = self._words = surroundings.words
        self.setObjectName("reading_note")
        self._said = SentenceLabel(words, "reading_said", self)
        self._look = button(
            "reading_look", words("ui.reading.look"), self.look_wanted.emit, key=LOOK_KEY, role="small", parent=self
        )
        self._seems = SentenceLabel(words, "reading_seems", self)
        self._move = button("reading_move", "", self.move_wanted.emit, key=MOVE_KEY, role="small", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        for label, act in ((self._said, self._look), (self._seems, self._move)):
            row = QHBoxLayout()
            row.setSpacing(GAP)
            row.addWidget(label, 1)
            row.addWidget(act)
            column.addLayout(row)
        self.clear()

    @property
    def can_move(self) -> bool:
        """Whether the page in hand can be put elsewhere from here."""
        return not self._move.isHidden()

    def clear(self) -> None:
        """Nothing is said."""
        for widget in (self._said, self._look, self._seems, self._move):
            widget.hide()
        self.hide()

    def tell(self, recognised: Recognised) -> None:
        """What was read."""
        self.clear()
        words, read = self._words, recognised
        if read.has_values:
            values = [value for paper in read.papers for value in paper.offers[0].values]
            close = sum(bool(value.remarks) or value.certainty is Certainty.POOR for value in values)
            names = words("ui.reading.and").join(words.of(paper.name) for paper in read.papers)
            key = "ui.reading.said_codes" if not values else "ui.reading.said_close" if close else "ui.reading.said"
            params = {"paper": names, "count": len(values), "close": close, "codes": len(read.codes)}
            self._said.tell(Sentence(key, params, "warn" if close else "calm"))
            self._said.show()
            self._look.show()
        if read.suggestion is not None:
            paper = Sentence(f"reading.paper.{read.suggestion.kind}")
            self._seems.tell(Sentence("ui.reading.seems", {"paper": paper, "name": read.suggestion.name}, "calm"))
            self._seems.show()
            text = words("ui.reading.move", name=read.suggestion.name)
            self._move.setText(f"{text}  {MOVE_KEY}")
            self._move.setAccessibleName(text)
            self._move.show()
        self.setVisible(not self._said.isHidden() or not self._seems.isHidden())

    def tell_problem(self, problem: Problem) -> None:
        """Why nothing was read, in quiet words."""
        self.clear()
        self._said.tell(Sentence(problem.key, problem.params, "calm"))
        self._said.show()
        self.show()
