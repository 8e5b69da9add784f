"""安全说明: what protects the villagers' papers and what does not, as written for the station."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QTextBrowser, QWidget

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.settings.page import SettingsPage

_LEAST_HEIGHT = 200


class HelpText(QTextBrowser):
    """A page of Markdown that loads nothing and leads nowhere."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: ARG002 - Qt's own signature
        """No picture, no style sheet, no other page: not from a file, not from the network."""
        return None


class SecurityPage(SettingsPage):
    """安全说明."""

    help_key = "ui.help.security"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.security.title", parent=parent)
        self._text = HelpText(self)
        self._text.setObjectName("security_text")
        self._text.setAccessibleName(surroundings.words("ui.security.title"))
        self._text.setOpenLinks(False)
        self._text.setMinimumHeight(_LEAST_HEIGHT)
        self._text.document().setDocumentMargin(16)
        self.body.addWidget(self._text, 1)

    def first_focus(self) -> QWidget:
        """The text, so that the arrow keys move it."""
        return self._text

    def refresh(self, topics: frozenset[str]) -> None:
        """The page as shipped."""
        if not topics and self._text.document().isEmpty():
            folder = self._with.help
            self.read(lambda: _read(folder), self._text.setMarkdown)


def _read(folder: Path) -> str:
    try:
        return "\n\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.md")))
    except OSError:
        raise EnvironmentProblem("ui.security.unreadable") from None
