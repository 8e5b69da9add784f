"""The result was handed over: a card on the case page that lets the villager say how it was."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from villagedesk.ui.buttons import button
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.theme import GAP


class RateCard(QFrame):
    """Hidden unless she was not asked yet.

    Signals:
        wanted(): turn the screen to her.
    """

    wanted = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rate_card")
        self.setProperty("role", "notice-calm")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 3, GAP, GAP * 3, GAP)
        row.setSpacing(GAP * 2)
        row.addWidget(wrapping_label(words("evaluation.card.ask"), parent=self), 1)
        row.addWidget(button("rate_now", words("evaluation.card.rate"), self.wanted.emit, parent=self))
        self.hide()
