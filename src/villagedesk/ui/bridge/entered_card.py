"""The number is kept: what it is, and what of the case still lies outside the encrypted store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.background import Lane
from villagedesk.ui.bridge.export_card import removed_sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.page_folders import FolderExport, Removed


class EnteredCard(QFrame):
    """Shown in the place of the number's fields."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = ""
        words = surroundings.words
        self.setObjectName("entered_card")
        self.setProperty("role", "card")
        self._number = wrapping_label("", "h1", self)
        self._number.setObjectName("bridge_entered_number")
        self._said = SentenceLabel(words, "bridge_entered_said", self)
        self._said.hide()
        self._exports = QVBoxLayout()
        self._exports.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(plain_label(words("bridge.entered.title"), "h2", self))
        column.addWidget(self._number)
        column.addWidget(wrapping_label(words("bridge.entered.means"), "quiet", self))
        column.addLayout(self._exports)
        column.addWidget(self._said)
        self.hide()

    def open(self, case_id: str, number: str) -> None:
        """Show the number, and what was saved elsewhere of the case."""
        self._case_id = case_id
        self._number.setText(number)
        self.show()
        self._read()

    def _read(self) -> None:
        folders, case_id = self._with.desk.page_folders, self._case_id
        self._with.background.run(self, lambda: folders.left(case_id), self._show_exports, lane=Lane.READS)

    def _show_exports(self, exports: tuple[FolderExport, ...]) -> None:
        clear(self._exports)
        for number, export in enumerate(exports, start=1):
            told = SentenceLabel(self._with.words, f"bridge_left_{number}", self)
            key = "bridge.entered.left" if len(export.case_ids) == 1 else "bridge.entered.left_of_several"
            told.tell(Sentence(key, {"place": export.place, "count": len(export.case_ids)}, "warn"))
            self._exports.addWidget(told)
            delete = button(
                f"bridge_left_delete_{number}",
                self._with.words("bridge.export.delete"),
                lambda export_id=export.export_id: self._delete(export_id),  # type: ignore[misc]
                parent=self,
            )
            self._exports.addWidget(delete)

    def _delete(self, export_id: str) -> None:
        folders = self._with.desk.page_folders
        self._with.background.run(self, lambda: folders.delete(export_id), self._deleted)

    def _deleted(self, removed: Removed) -> None:
        self._said.tell(removed_sentence(removed))
        self._said.show()
        self._read()
