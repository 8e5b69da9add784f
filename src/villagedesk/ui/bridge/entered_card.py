"""The number is kept: what it is, and what of the case still lies outside the encrypted store."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from villagedesk.ui.bridge.left_exports import LeftExports
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class EnteredCard(QFrame):
    """Shown in the place of the number's fields.

    Signals:
    grown(): what lies elsewhere is listed.
    """

    grown = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = surroundings.words
        self.setObjectName("entered_card")
        self.setProperty("role", "card")
        self._number = wrapping_label("", "h1", self)
        self._number.setObjectName("bridge_entered_number")
        self._left = LeftExports(surroundings, "bridge_left", self, beside=False)
        self._left.changed.connect(self.grown)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(plain_label(words("bridge.entered.title"), "h2", self))
        column.addWidget(self._number)
        column.addWidget(wrapping_label(words("bridge.entered.means"), "quiet", self))
        column.addWidget(self._left)
        self.hide()

    def open(self, case_id: str, number: str) -> None:
        """Show the number, and what was saved elsewhere of the case."""
        self._number.setText(number)
        self._left.begin()
        self.show()
        self._left.read(case_id)
