"""The register."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QTableView

from tests.ui.pages.frame import TodayPage


class RegisterScreen(TodayPage):
    """台账."""

    def open(self) -> None:
        """From the navigation; waits until it was read."""
        self.click("nav_register")
        self.wait_for("register_month")
        self.read()

    def read(self) -> None:
        """Wait until nothing is read any more."""
        self.until(lambda: self.window.background.idle and (self.seen("register_table") or self.seen("register_none")))

    def lines(self) -> list[list[str]]:
        """The cells that can be seen."""
        return self.table("register_table") if self.seen("register_table") else []

    def heads(self) -> list[str]:
        """The columns that can be seen."""
        view = self.widget("register_table", QTableView)
        columns = [one for one in range(view.model().columnCount()) if not view.isColumnHidden(one)]
        return [str(view.model().headerData(one, view.horizontalHeader().orientation())) for one in columns]

    def cell(self, row: int, head: str) -> str:
        """One of them."""
        return self.lines()[row][self.heads().index(head)]

    def said(self) -> str:
        """What came of the last act."""
        return self.text("register_said") if self.seen("register_said") else ""

    def whole(self) -> bool:
        """Whether whole numbers are ticked."""
        return self.widget("register_whole", QCheckBox).isChecked()
