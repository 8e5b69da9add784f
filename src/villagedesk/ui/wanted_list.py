"""What a correction wants, item by item, and until when."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence, Snag
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SentenceLabel, Words
from villagedesk.ui.theme import GAP


class WantedList(QWidget):
    """Hidden where the acceptance system gave no list and no day."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._shown: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP // 2)
        self.hide()

    def show_wanted(self, snag: Snag | None, *, lines: bool = True) -> None:
        """Replace the list.

        Args:
            lines: a line for each; else all in one, where room is dear.
        """
        wanted = () if snag is None else snag.wanted
        deadline = "" if snag is None else snag.deadline
        if (wanted, deadline) == self._shown:
            return
        self._shown = (wanted, deadline)
        clear(self._column)
        sentences = [one.sentence for one in wanted]
        if sentences and not lines:
            said = "；".join(self._words.of(sentence) for sentence in sentences)
            sentences = [Sentence("correction.all", {"said": said}, "bad")]
        if deadline:
            sentences.append(Sentence("correction.deadline", {"deadline": deadline}, "warn"))
        for number, sentence in enumerate(sentences, start=1):
            label = SentenceLabel(self._words, f"wanted_{number}", self)
            label.tell(sentence)
            self._column.addWidget(label)
        self.setVisible(bool(sentences))
