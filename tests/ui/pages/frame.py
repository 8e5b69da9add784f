"""The frame and the lists in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from tests.ui.pages.base import Page


class FramePage(Page):
    """What is there on every screen."""

    def title(self) -> str:
        """The screen's name."""
        return self.text("screen_title")

    def new_case(self) -> None:
        """F2."""
        self.press(Qt.Key.Key_F2)
        self.wait_for("item_search")

    def status(self) -> str:
        """The bottom line's words."""
        return " · ".join(self.text(name) for name in ("status_link", "status_queue", "status_devices"))


class TodayPage(FramePage):
    """The first screen."""

    def todos(self) -> list[str]:
        """What there is to do."""
        return self.rows("todo_list") if self.seen("todo_list") else []

    def table(self, name: str = "taken_in_today") -> list[list[str]]:
        """The cells that can be seen."""
        view = self.widget(name, QTableView)
        model = view.model()
        columns = [column for column in range(model.columnCount()) if not view.isColumnHidden(column)]
        return [[str(model.index(row, column).data()) for column in columns] for row in range(model.rowCount())]


class CasesPage(TodayPage):
    """All cases."""

    def cases(self) -> list[list[str]]:
        """The rows."""
        return self.table("case_table") if self.seen("case_table") else []
