"""The annex form: its questionnaire, and the page that joins many."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget

from tests.ui.pages.settings import SettingsPage

_CTRL = Qt.KeyboardModifier.ControlModifier


class AnnexScreen(SettingsPage):
    """基础设施和人员情况统计表."""

    def open_form(self) -> None:
        """From the overview; waits until the answers were read."""
        self.open("annex")
        self.wait_for("annex_saved")
        self.until(lambda: self.text("annex_saved") != "")

    def beneath(self, name: str) -> str:
        """What is said beneath a question."""
        return self.text(f"annex_{name}_said")

    def answer(self, name: str, text: str) -> None:
        """Answer a question by keys."""
        self.tab_to(f"annex_{name}")
        if isinstance(self.focus(), QLineEdit):
            self.press(Qt.Key.Key_A, _CTRL)
            self.type(text)
            return
        for _ in range(3):
            if self.chosen(f"annex_{name}") == text:
                return
            self.press(Qt.Key.Key_Down)
        self.press(Qt.Key.Key_Home)
        while self.chosen(f"annex_{name}") != text:
            self.press(Qt.Key.Key_Down)

    def to_merge(self) -> None:
        """The page that joins."""
        self.tab_to("annex_merge")
        self.enter()
        self.wait_for("annex_path")

    def read_forms(self, place: Path) -> None:
        """Type where they are, and read them."""
        self.tab_to("annex_path")
        self.type(str(place))
        self.enter()
        self.until(lambda: self.seen("annex_sum") and self.window.background.idle)

    def troubled(self) -> list[str]:
        """The rows to decide about."""
        return self.rows("annex_rows") if self.seen("annex_rows") else []

    def row_list(self) -> QListWidget:
        """Their list."""
        return self.widget("annex_rows", QListWidget)

    def refused(self) -> list[str]:
        """Files that gave nothing."""
        return [one.text() for one in self.window.findChildren(QLabel, "annex_refused_line") if one.isVisible()]
