"""线路情况, as a clerk uses it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.ui.pages.base import Page


class LinkPage(Page):
    """The link, layer by layer."""

    def open(self) -> None:
        """From the bottom line."""
        self.click("status_line")
        self.wait_for("open_link")
        self.press(Qt.Key.Key_F7)
        self.wait_for("link_check")

    def layer(self, name: str) -> str:
        """Mark and meaning of a layer."""
        self.wait_for(f"layer_{name}_mark")
        return f"{self.text(f'layer_{name}_mark')} {self.text(f'layer_{name}_means')}"

    def advice(self) -> str:
        """What the clerk is told."""
        return self.text("link_advice")

    def lines(self) -> list[str]:
        """What is there for the technician."""
        return self.text("link_lines").splitlines()
