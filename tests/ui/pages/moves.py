"""Carried cases whose item moved to the acceptance system."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPushButton

from tests.ui.pages.base import let_pass
from tests.ui.pages.frame import TodayPage
from villagedesk.ui.digit_keys import ALONE_MS

_KEYS = {"enter": Qt.Key.Key_1, "bind": Qt.Key.Key_2, "stay": Qt.Key.Key_3}


class MoveScreen(TodayPage):
    """改为系统受理."""

    def open(self) -> None:
        """From the first screen's line; waits until it was read."""
        self.click("nav_today")
        self.until(lambda: any("改成系统受理" in row for row in self.todos()))
        place = next(number for number, row in enumerate(self.todos()) if "改成系统受理" in row)
        self.widget("todo_list", QListWidget).setCurrentRow(place)
        self.widget("todo_list", QListWidget).setFocus()
        self.enter()
        self.wait_for("move_list")
        self.until(lambda: self.window.background.idle and self.focused() == "move_list")

    def cases(self) -> list[str]:
        """The rows in words."""
        return self.rows("move_list") if self.seen("move_list") else []

    def mark(self, words: str) -> None:
        """Go to the row with these words."""
        shown = self.widget("move_list", QListWidget)
        place = next(number for number, row in enumerate(self.cases()) if words in row)
        shown.setCurrentRow(place)
        shown.setFocus()
        self.until(lambda: words in self.text("move_title") or words in self.text("move_facts"))

    def choose(self, way: str) -> None:
        """Press the digit of a way."""
        self.widget("move_list", QListWidget).setFocus()
        self.press(_KEYS[way])
        let_pass(ALONE_MS + 50)

    def go(self) -> str:
        """What the primary button says."""
        return self.widget("primary_button", QPushButton).text()

    def said(self) -> str:
        """What came of it."""
        return self.text("move_said") if self.seen("move_said") else ""

    def carry_out(self) -> None:
        """Do what is chosen, and wait until it is done."""
        self.click("primary_button")
        self.until(lambda: self.said() != "" and self.window.background.idle)
