"""Where something is to be put: the drives found as big buttons, or a folder typed or chosen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Field
from villagedesk.ui.icons import Icons
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.theme import GAP


class PlaceField(QWidget):
    """A folder.

    Args:
        name: object name of the line; the buttons are ``<name>_drive_1``… and ``<name>_choose``.
        label: what it is asked for.

    Signals:
        chosen(Path): a drive's button was pressed or a folder was picked.
    """

    chosen = Signal(object)

    def __init__(self, words: Words, icons: Icons, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._words = words
        self._icons = icons
        self._found = wrapping_label("", "quiet", self)
        self._found.setObjectName(f"{name}_found")
        self._drives = QVBoxLayout()
        self._drives.setSpacing(GAP)
        self.field = Field(words, name, label, hint=words("ui.place.hint"), parent=self)
        self.field.add_beside(button(f"{name}_choose", words("ui.place.choose"), self._choose, parent=self))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._found)
        column.addLayout(self._drives)
        column.addWidget(self.field)
        self.show_drives(())

    @property
    def text(self) -> str:
        """As typed, without blanks around it."""
        return self.field.text.strip()

    def folder(self) -> Path | None:
        """The folder, or None after having said what is missing."""
        if self.text:
            self.field.tell(None)
            return Path(self.text)
        self.field.tell(Sentence("ui.place.empty", tone="bad"))
        self.field.look_again()
        return None

    def only_typed(self) -> None:
        """Drives are no use here: nothing is said of them."""
        self._found.hide()

    def show_drives(self, drives: Sequence[Path]) -> None:
        """Offer these drives."""
        words = self._words
        clear(self._drives)
        self._found.setText(words("ui.place.found" if drives else "ui.place.none_found"))
        for number, drive in enumerate(drives, start=1):
            offer = button(
                f"{self._name}_drive_{number}",
                str(drive),
                lambda drive=drive: self._take(drive),  # type: ignore[misc]
                icons=self._icons,
                icon="backup",
            )
            self._drives.addWidget(offer, 0, Qt.AlignmentFlag.AlignLeft)

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._words("ui.place.choose"), self.text)
        if folder:
            self._take(Path(folder))

    def _take(self, folder: Path) -> None:
        self.field.edit.setText(str(folder))
        self.field.tell(None)
        self.chosen.emit(folder)
