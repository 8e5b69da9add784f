"""Where a page belongs: the materials by number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.digit_keys import DIGITS, DigitKeys
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP


class MovePicker(QFrame):
    """Signals:
    chosen(str): the material's requirement_id.
    opened(): it asks.
    closed(): it was left or has chosen.
    """

    chosen = Signal(str)
    opened = Signal()
    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        words = surroundings.words
        self._choices: list[str] = []
        self._buttons: list[QPushButton] = []
        self.setObjectName("move_picker")
        self.setProperty("role", "card")
        self._title = wrapping_label("", "h3", self)
        self._title.setObjectName("move_title")
        self._words = words
        content = QWidget()
        self._rows = QVBoxLayout(content)
        self._rows.setContentsMargins(0, 0, GAP, 0)
        self._rows.setSpacing(GAP // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addWidget(self._title)
        column.addWidget(scrolled(content, self), 1)
        column.addWidget(button("move_close", words("ui.move.close"), self.close_picker, key="Esc", parent=self))
        self._digits = DigitKeys(self, lambda: len(self._choices), self._choose)
        on_key(self, "Up", lambda: self._focus_by(-1), repeat=True)
        on_key(self, "Down", lambda: self._focus_by(1), repeat=True)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether it asks."""
        return not self.isHidden()

    def minimumSizeHint(self) -> QSize:
        """It takes what the camera's picture has."""
        return QSize(80, 64)

    def ask(self, page_words: str, materials: Sequence[tuple[str, str]]) -> None:
        """Ask for one of these materials, by requirement_id and name.

        Args:
            page_words: which page it is about.
        """
        clear(self._rows)
        self._choices = [requirement_id for requirement_id, _ in materials]
        self._title.setText(self._words("ui.move.title", page=page_words))
        self._buttons = []
        for place, (_, name) in enumerate(materials):
            digit = str(place + 1) if place < DIGITS else ""
            row = button(
                f"move_{place + 1}",
                self._words("ui.move.row", number=digit, name=name) if digit else name,
                lambda place=place: self._choose(place),  # type: ignore[misc]
                role="small",
                parent=self,
            )
            self._rows.addWidget(row)
            self._buttons.append(row)
        self._rows.addStretch(1)
        self.show()
        self.raise_()
        self.opened.emit()
        if self._buttons:
            self._buttons[0].setFocus()

    def close_picker(self) -> None:
        """Leave it."""
        self._digits.let_go()
        if self.is_open:
            self.hide()
            self.closed.emit()

    def _focus_by(self, rows: int) -> None:
        places = [place for place, one in enumerate(self._buttons) if one.hasFocus()]
        if self._buttons:
            place = (places[0] + rows) if places else 0
            self._buttons[place % len(self._buttons)].setFocus()

    def _choose(self, place: int) -> None:
        if self.is_open and place < len(self._choices):
            requirement_id = self._choices[place]
            self.close_picker()
            self.chosen.emit(requirement_id)
