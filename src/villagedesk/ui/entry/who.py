"""Whose password is asked for: every account with its role in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.domain.roles import Role
from villagedesk.ui.fields import Choice
from villagedesk.ui.sentences import Words, plain_label
from villagedesk.ui.theme import GAP


class Who(QWidget):
    """A labelled list of names to choose from.

    Signals:
        changed(str): another name was chosen; "" for the additional one.
    """

    changed = Signal(str)

    def __init__(
        self, words: Words, clerks: Sequence[tuple[str, Role]], parent: QWidget | None = None, *, more: str = ""
    ) -> None:
        """
        Args:
            clerks: names and roles, in the order they are shown.
            more: words of a last line that stands for somebody who is not in the list, "" for none.
        """
        super().__init__(parent)
        self.box = Choice("clerk", words("ui.door.who"), self)
        for name, role in clerks:
            self.box.addItem(words("ui.door.clerk", name=name, role=words(f"ui.accounts.role_name.{role}")), name)
        if more:
            self.box.addItem(more, "")
        title = plain_label(words("ui.door.who"), "h3", self)
        title.setBuddy(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addWidget(title)
        column.addWidget(self.box)
        self.setFocusProxy(self.box)
        self.box.currentIndexChanged.connect(lambda _: self.changed.emit(self.name))

    @property
    def name(self) -> str:
        """Who is chosen, "" for somebody who is not in the list."""
        return str(self.box.currentData() or "")

    def choose(self, name: str) -> None:
        """Choose that name if it is there."""
        place = self.box.findData(name)
        if place >= 0:
            self.box.setCurrentIndex(place)
