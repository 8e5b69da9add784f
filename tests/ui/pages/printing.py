"""The papers of a case, and the page of the settings that says how they are printed."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from tests.ui.pages.cases import CaseFilePage
from tests.ui.pages.settings import SettingsPage
from villagedesk.ui.fields import Choice
from villagedesk.ui.paper_viewer import Sheet


class PrintedCasePage(CaseFilePage):
    """A case and its papers."""

    def button(self, name: str) -> str:
        """What stands on a button, "" where it cannot be seen."""
        return self.widget(name, QPushButton).text() if self.seen(name) else ""

    def enabled(self, name: str) -> bool:
        """Whether a button can be pressed."""
        return self.seen(name) and self.widget(name, QPushButton).isEnabled()

    def in_sight(self, name: str) -> bool:
        """Whether a button can be seen without scrolling."""
        button = self.widget(name, QPushButton)
        return button.visibleRegion().boundingRect().height() == button.height()

    def stands(self, kind: str) -> str:
        """Where the newest print of a paper stands."""
        return self.text(f"job_{kind}") if self.seen(f"job_{kind}") else ""

    def offered(self, name: str) -> list[str]:
        """The entries of a list."""
        choice = self.widget(name, Choice)
        return [choice.itemText(place) for place in range(choice.count())]

    def previewed(self) -> bool:
        """Whether a paper is to be seen."""
        return self.seen("paper_picture") and self.widget("paper_picture", Sheet).shows


class PrintingPage(SettingsPage):
    """设置 → 打印."""

    def choose(self, name: str, text: str) -> None:
        """Take an entry of a list by the keyboard."""
        choice = self.widget(name, Choice)
        choice.setFocus()
        choice.setCurrentIndex(choice.findText(text))

    def chosen(self, name: str) -> str:
        """What is chosen there."""
        return self.widget(name, Choice).currentText()
