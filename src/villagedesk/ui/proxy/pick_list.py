"""A list of cards that are ticked with Space."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent

from villagedesk.ui.cards import CardList


class PickList(CardList):
    """Signals:
    toggled(): Space on the chosen row.
    """

    toggled = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space takes in or out."""
        if event.text() == " ":
            self.toggled.emit()
            return
        super().keyPressEvent(event)
