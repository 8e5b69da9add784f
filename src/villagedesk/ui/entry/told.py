"""What came of restoring or recovering, one sentence beneath the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.buttons import on_key
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SentenceLabel, Words
from villagedesk.ui.theme import GAP


class Told(QWidget):
    """Sentences, named ``<name>_1``… in their order."""

    def __init__(self, words: Words, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._name = name
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)

    def tell(self, sentences: Sequence[Sentence]) -> None:
        """Show these instead of those before."""
        clear(self._column)
        for number, sentence in enumerate(sentences, start=1):
            label = SentenceLabel(self._words, f"{self._name}_{number}", self)
            label.tell(sentence)
            self._column.addWidget(label)
        self.setAccessibleName("\n".join(map(self._words.of, sentences)))


def turning_keys(card: EntryCard) -> tuple[QShortcut, QShortcut]:
    """Page up and down for sentences that are longer than a small screen; off until there are any, for lists need them
    before."""
    keys = (
        on_key(card, Qt.Key.Key_PageDown, lambda: card.turn(1), repeat=True),
        on_key(card, Qt.Key.Key_PageUp, lambda: card.turn(-1), repeat=True),
    )
    for key in keys:
        key.setEnabled(False)
    return keys
