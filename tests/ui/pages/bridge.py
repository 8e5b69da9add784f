"""The pages on which cases are entered by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from tests.ui.pages.settings import SettingsPage


class BridgePage(SettingsPage):
    """What waits, and one case of it."""

    def open_list(self) -> None:
        """The list, read."""
        self.click("nav_bridge")
        self.wait_for("bridge_count")
        self.until(lambda: self.window.background.idle)

    def enter_first(self) -> None:
        """The case that has waited longest."""
        self.open_list()
        self.until(lambda: self.focused() == "bridge_list")
        self.press(Qt.Key.Key_Return)
        self.wait_for("bridge_who")
        self.until(lambda: self.window.background.idle)

    def boxes(self) -> dict[str, str]:
        """Each box that can be copied: its button's name → what a screen reader says of it."""
        found = [one for one in self.window.findChildren(QPushButton) if one.objectName().startswith("bridge_copy_")]
        return {one.objectName(): one.accessibleName() for one in found if one.isVisibleTo(self.window)}

    @staticmethod
    def clipboard() -> str:
        """What would be pasted."""
        return QApplication.clipboard().text()
