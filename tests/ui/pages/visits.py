"""上门代办: whom to visit, and the photographs taken there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from tests.ui.pages.proxy import ProxyScreen


class VisitScreen(ProxyScreen):
    """The visits."""

    def open(self) -> None:
        """From 代办, by key."""
        super().open()
        self.press(Qt.Key.Key_F7)
        self.wait_for("visits_count")
        self.at_rest()

    def plan(self, item: str, **fields: str) -> None:
        """Plan a visit: ``fields`` are typed in order."""
        self.press(Qt.Key.Key_N)
        self.until(lambda: self.focused() == "visit_item")
        self.take("visit_item", item)
        for name, text in fields.items():
            self.fill_in(f"visit_{name}", text)
        self.enter()
        self.until(lambda: not self.seen("visit_card"))
        self.at_rest()

    def visits(self) -> list[str]:
        """The rows."""
        return self.rows("visits_list") if self.seen("visits_list") else []


class VisitPicturesScreen(ProxyScreen):
    """The photographs."""

    def open(self) -> None:
        """From the visits, by key."""
        self.press(Qt.Key.Key_F6)
        self.wait_for("pictures_folder")
        self.at_rest()

    def look(self, patched: pytest.MonkeyPatch, folder: str) -> None:
        """Choose a folder, and wait until its pictures were looked at."""
        patched.setattr(QFileDialog, "getExistingDirectory", lambda *_: folder)
        self.press(Qt.Key.Key_F6)
        self.until(lambda: not self.seen("long_work") and (self.seen("pictures_list") or self.seen("pictures_said")))
        self.at_rest()

    def pictures(self) -> list[str]:
        """The rows."""
        return self.rows("pictures_list") if self.seen("pictures_list") else []

    def bring_in(self) -> str:
        """Take what has a visit; gives what is said then."""
        self.enter()
        self.until(lambda: not self.seen("long_work") and self.seen("pictures_said"))
        self.at_rest()
        return self.text("pictures_said")
