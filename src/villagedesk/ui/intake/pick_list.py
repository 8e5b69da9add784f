"""A list of options by code."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from villagedesk.domain.form_field import Option
from villagedesk.ui.fields import Choice


class PickList(Choice):
    """Options by code, with an empty first line; a code that is not among them is kept and shown as it is."""

    def __init__(
        self, name: str, label: str, options: Sequence[Option], empty: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, label, parent)
        self.addItem(empty, "")
        for option in options:
            self.addItem(option.label, option.code)
        self._known = self.count()

    def code(self) -> str:
        """The chosen option's code, "" for none."""
        return str(self.currentData() or "")

    def choose(self, code: str) -> None:
        """Choose by code."""
        while self.count() > self._known:
            self.removeItem(self._known)
        place = self.findData(code)
        if place < 0:
            self.addItem(code, code)
            place = self.count() - 1
        self.setCurrentIndex(place)
