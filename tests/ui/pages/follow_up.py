"""What villagers say of the service, and calling them back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from tests.ui.pages.base import let_pass
from tests.ui.pages.frame import TodayPage
from villagedesk.ui.digit_keys import ALONE_MS


class RatingScreen(TodayPage):
    """请您评价, as the villager has it before her."""

    def come(self) -> None:
        """Wait until it is there."""
        self.wait_for("rate_question")
        self.until(lambda: self.focused() == "rate_step")

    def key(self, key: Qt.Key) -> None:
        """One key, long enough alone."""
        self.press(key)
        let_pass(ALONE_MS + 50)

    def thanked(self) -> str:
        """What it says at the end."""
        self.until(lambda: self.seen("rate_thanks") and self.focused() == "rate_back")
        return self.text("rate_thanks")

    def all_words(self) -> str:
        """Every word on the screen."""
        from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

        shown = [widget for widget in self.window.findChildren(QWidget) if widget.isVisible()]
        said = [one.text() for one in shown if isinstance(one, QLabel | QAbstractButton | QLineEdit)]
        return " ".join([*said, *(one.accessibleName() for one in shown)])


class CallBackScreen(TodayPage):
    """电话回访."""

    def open(self) -> None:
        """From the first screen's line; waits until it was read."""
        self.click("nav_today")
        self.until(lambda: any("电话回访" in row for row in self.todos()))
        place = next(number for number, row in enumerate(self.todos()) if "电话回访" in row)
        self.widget("todo_list", QListWidget).setCurrentRow(place)
        self.widget("todo_list", QListWidget).setFocus()
        self.enter()
        self.wait_for("call_list")
        self.until(lambda: self.window.background.idle and self.focused() == "call_list")

    def calls(self) -> list[str]:
        """The rows in words."""
        return self.rows("call_list") if self.seen("call_list") else []

    def act(self, key: Qt.Key) -> None:
        """Press the digit of what came of the call."""
        self.widget("call_list", QListWidget).setFocus()
        self.press(key)
        let_pass(ALONE_MS + 50)

    def said(self) -> str:
        """What was noted."""
        return self.text("call_said") if self.seen("call_said") else ""
