"""The page of a case, what can be done with it, and the scanning of a promised paper."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from tests.ui.pages.frame import FramePage
from villagedesk.ui.cards import CardList


class CaseFilePage(FramePage):
    """A case."""

    def find(self, number: str) -> None:
        """By its number, from anywhere."""
        self.press(Qt.Key.Key_F3)
        self.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.type(number)
        self.enter()
        self.until(lambda: self.seen("case_local_no") and self.text("case_local_no") == number)

    def acts(self) -> list[str]:
        """What can be done, in order."""
        return [str(key.split()[0].removeprefix("act_")) for key in self._keys()] if self.seen("case_acts") else []

    def choose(self, act: str) -> None:
        """Open the list by its key and take an entry by its digit."""
        place = self.acts().index(act)
        self.press(Qt.Key.Key_F4)
        self.until(lambda: self.focused() == "case_act_list")
        self.type(str(place + 1))
        self.until(lambda: not self.seen("case_act_list"))

    def facts(self, name: str) -> list[str]:
        """The values under one heading."""
        labels = [one for one in self.window.findChildren(QLabel) if one.objectName().startswith(f"{name}_")]
        return [label.text() for label in labels if label.isVisible()]

    def said(self) -> str:
        """Every visible word of the page."""
        return "\n".join(label.text() for label in self.window.findChildren(QLabel) if label.isVisible())

    def _keys(self) -> list[str]:
        (shown,) = self.window.findChildren(CardList, "case_act_list")
        return [shown.item(row).data(Qt.ItemDataRole.UserRole).key for row in range(shown.count())]
