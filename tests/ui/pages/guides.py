"""办事指南 and 指导网办."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QListWidget

from tests.ui.pages.frame import TodayPage


class GuidesPage(TodayPage):
    """Search, guide, what is done with it."""

    def open(self) -> None:
        """By the navigation."""
        self.click("nav_guides")
        self.until(lambda: self.seen("item_search") and self.focused() == "item_search")
        self.until(lambda: self.names() != [])

    def names(self) -> list[str]:
        """The found items' names."""
        if not self.seen("item_results"):
            return []
        shown = self.widget("item_results", QListWidget)
        return [shown.item(row).text() for row in range(shown.count())]

    def find(self, typed: str, name: str) -> None:
        """Type until the guide of that item shows."""
        self.until(lambda: self.focused() == "item_search")
        self.type(typed)
        self.until(lambda: self.text("guide_name") == name)

    def said(self) -> str:
        """What came of the last act."""
        return self.text("guide_said") if self.seen("guide_said") else ""


class GuidedPage(GuidesPage):
    """One entry for the register."""

    def wait_ready(self) -> None:
        """Until the name can be typed."""
        self.until(lambda: self.seen("guided_name") and self.focused() == "guided_name")

    def ticked(self) -> set[str]:
        """Which help is ticked."""
        return {
            name
            for name in ("shown", "printed", "helped_online", "phoned")
            if self.widget(f"guided_{name}", QCheckBox).isChecked()
        }

    def done(self) -> str:
        """What was entered last."""
        return self.text("guided_done") if self.seen("guided_done") else ""
