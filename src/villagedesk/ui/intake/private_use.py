"""A character of an old system's private use in a name: asked about, and replaced only by the clerk's own hand."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.sentences import Words


class PrivateUseOffer:
    """The button beside a name that puts the character in which it probably is; hidden while nothing is asked.

    Args:
        edit: holds the name.
    """

    def __init__(self, words: Words, edit: QLineEdit, parent: QWidget) -> None:
        self._words = words
        self._edit = edit
        self._character = self._guess = ""
        name = f"{edit.objectName()}_replace"
        self.button: QPushButton = button(name, "", self._replace, role="plain", parent=parent)
        self.button.hide()

    def tell(self, sentence: Sentence | None) -> None:
        """Offer it where the sentence asks about such a character."""
        params = {} if sentence is None else sentence.params
        had_focus = self.button.hasFocus()
        self._guess, self._character = str(params.get("guess", "")), str(params.get("character", ""))
        if self._guess:
            self.button.setText(self._words("ui.intake.replace_with", guess=self._guess))
            self.button.setAccessibleName(self.button.text())
        elif had_focus:
            self._edit.setFocus()
        self.button.setVisible(bool(self._guess))

    def _replace(self) -> None:
        text = self._edit.text().replace(self._character, self._guess)
        self._edit.setFocus()
        self._edit.selectAll()
        self._edit.insert(text)  # so that Ctrl+Z takes it back
