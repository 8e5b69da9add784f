"""What was saved elsewhere to be entered by hand and still lies there, each with a button that deletes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.clock import moment_of
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.page_folders import FolderExport, Removed


class LeftExports(QWidget):
    """Args:
    name: begins the object names.
    beside: whether there is room for the buttons beside the words.

    Signals:
    changed(): it was read anew, and there may be more or less of it.
    """

    changed = Signal()

    def __init__(
        self, surroundings: Surroundings, name: str, parent: QWidget | None = None, *, beside: bool = True
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._name = name
        self._way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._case_id = ""
        self._count = 0
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        self._said = SentenceLabel(surroundings.words, f"{name}_said", self)
        self._said.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._rows)
        column.addWidget(self._said)

    @property
    def count(self) -> int:
        """How many there are."""
        return self._count

    @property
    def there(self) -> bool:
        """Whether there is anything to delete, or to be said of it."""
        return self._count > 0 or not self._said.isHidden()

    def begin(self) -> None:
        """Nothing is said of what was deleted before."""
        self._said.hide()

    def read(self, case_id: str = "") -> None:
        """Show what is left of that case, or of all."""
        self._case_id = case_id
        folders = self._with.desk.page_folders
        self._with.background.run(self, lambda: folders.left(case_id), self._show, lane=Lane.READS)

    def _show(self, exports: tuple[FolderExport, ...]) -> None:
        clear(self._rows)
        self._count = len(exports)
        for number, export in enumerate(exports, start=1):
            told = SentenceLabel(self._with.words, f"{self._name}_{number}", self)
            told.tell(self._sentence(export))
            row = QBoxLayout(self._way)
            row.setSpacing(GAP)
            row.addWidget(told, 1)
            self._rows.addLayout(row)
            delete = button(
                f"{self._name}_delete_{number}",
                self._with.words("bridge.export.delete"),
                lambda export_id=export.export_id: self._delete(export_id),  # type: ignore[misc]
                parent=self,
            )
            row.addWidget(delete, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.changed.emit()

    def _sentence(self, export: FolderExport) -> Sentence:
        params = {
            "place": export.place if export.whole else export.part,
            "count": len(export.case_ids),
            "time": self._with.words.moment(moment_of(export.at)),
        }
        if not export.whole:
            return Sentence("bridge.entered.left_broken_off", params, "bad")
        return Sentence(
            "bridge.entered.left" if len(export.case_ids) == 1 else "bridge.entered.left_of_several", params, "warn"
        )

    def _delete(self, export_id: str) -> None:
        folders = self._with.desk.page_folders
        self._with.background.run(self, lambda: folders.delete(export_id), self._deleted)

    def _deleted(self, removed: Removed) -> None:
        self._said.tell(removed_sentence(removed))
        self._said.show()
        self.read(self._case_id)


def removed_sentence(removed: Removed) -> Sentence:
    """What became of an export that was deleted."""
    if removed.changed:
        return Sentence("bridge.export.changed", {"count": len(removed.changed), "name": removed.changed[0]}, "warn")
    if not removed.deleted:
        return Sentence("bridge.export.was_gone", {}, "warn")
    return Sentence("bridge.export.deleted", {"count": removed.deleted}, "good")
