"""The statistics."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from tests.ui.pages.frame import TodayPage


class StatisticsScreen(TodayPage):
    """统计."""

    def open(self) -> None:
        """From the navigation; waits until it was counted."""
        self.click("nav_statistics")
        self.wait_for("statistics_period")
        self.counted()

    def counted(self) -> None:
        """Wait until nothing is counted any more."""
        self.until(lambda: self.window.background.idle and self.seen("tile_taken_in") | self._other_tab())

    def choose_period(self, text: str) -> None:
        """Go to that time in the list by keyboard; waits until it was counted."""
        self.tab_to("statistics_period")
        box = self.widget("statistics_period", QComboBox)
        steps = box.findText(text) - box.currentIndex()
        for _ in range(abs(steps)):
            self.press(Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
        assert self.chosen("statistics_period") == text
        self.counted()

    def tab(self, name: str) -> None:
        """Go to that tab by keyboard."""
        self.tab_to(f"statistics_tab_{name}")
        self.enter()
        self.until(lambda: self.widget(f"statistics_tab_{name}", QPushButton).isChecked())

    def tile(self, name: str) -> str:
        """The figure in large."""
        return self.text(f"tile_{name}")

    def figures(self, name: str) -> list[list[str]]:
        """The cells of a part's table; none where it says that there is nothing."""
        return self.table(f"table_{name}") if self.seen(f"table_{name}") else []

    def none(self, name: str) -> str:
        """What a part says where there is nothing."""
        return self.text(f"none_{name}") if self.seen(f"none_{name}") else ""

    def described(self, name: str) -> str:
        """What a screen reader tells of a part's chart."""
        return self.widget(f"chart_{name}", QWidget).accessibleDescription()

    def said(self) -> str:
        """What came of the last act."""
        return self.text("statistics_said") if self.seen("statistics_said") else ""

    def _other_tab(self) -> bool:
        return any(self.seen(f"tile_{name}") for name in ("days", "evaluations", "open_days"))
