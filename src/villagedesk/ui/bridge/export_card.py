"""另存: sheet and pages of one or several cases into a folder or ZIP, and deleting them again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.progress import Progress
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.bridge.left_exports import removed_sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Tick
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.place import PlaceField
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.page_folders import FolderExport, Removed, Written


class ExportCard(QFrame):
    """Signals:
    closed(): the clerk is done with it.
    """

    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._words = words = surroundings.words
        self._cases: tuple[str, ...] = ()
        self._written: FolderExport | None = None
        self.setObjectName("export_card")
        self.setProperty("role", "card")
        self._title = plain_label("", "h2", self)
        self._title.setObjectName("bridge_export_title")
        self._warning = SentenceLabel(words, "bridge_export_warning", self)
        self._warning.tell(Sentence("bridge.export.warning", tone="warn"))
        self._place = PlaceField(words, surroundings.icons, "bridge_folder", words("bridge.export.folder"), self)
        self._locked = Tick("bridge_locked", words("bridge.export.locked"), words("bridge.export.locked"), self)
        self._as_folder = button("bridge_as_folder", words("bridge.export.as_folder"), self._folder, parent=self)
        self._as_zip = button("bridge_as_zip", words("bridge.export.as_zip"), self._zip, parent=self)
        self._leave = button("bridge_export_leave", words("bridge.export.leave"), self.escape, key="Esc", parent=self)
        self._long = LongWork(words, surroundings.background, self)
        self._long.changed.connect(self._show_state)
        self._said = SentenceLabel(words, "bridge_export_said", self)
        self._passphrase = wrapping_label("", "passphrase", self)
        self._passphrase.setObjectName("bridge_passphrase")
        self._passphrase.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._once = SentenceLabel(words, "bridge_once", self)
        self._once.tell(Sentence("bridge.export.once", tone="warn"))
        self._open = button("bridge_open", words("bridge.export.open"), self._open_place, parent=self)
        self._delete = button("bridge_delete", words("bridge.export.delete"), self._delete_it, parent=self)
        self._lay_out()
        self._show_state()

    @property
    def under_way(self) -> bool:
        """Whether files are being written."""
        return self._long.under_way

    def open(self, cases: Sequence[str]) -> None:
        """Ask where these cases go."""
        self._cases = tuple(cases)
        self._written = None
        self._title.setText(self._words("bridge.export.title", count=len(self._cases)))
        self._said.tell(None)
        self._passphrase.setText("")
        self._place.field.tell(None)
        self.show()
        self._show_state()
        folders = self._with.desk.page_folders
        self._with.background.run(self, folders.last_folder, self._offer_last, lane=Lane.READS)
        if self._with.may(Right.SAFEGUARD):
            self._with.background.run(self, self._with.desk.backup.places, self._place.show_drives, lane=Lane.READS)

    def _offer_last(self, folder: Path | None) -> None:
        """Thirty times a day it is the same place."""
        if folder is not None and self._written is None and not self._place.text:
            self._place.field.edit.setText(str(folder))
            self._place.field.edit.selectAll()

    def first_focus(self) -> QWidget:
        """Where it goes, or what can be done with what was written."""
        if self.under_way:
            return self._long
        return self._place.field.edit if self._written is None else self._open

    def confirm(self) -> None:
        """Enter in its line: a folder, which is what most forms want."""
        if self._written is None:
            self._export(as_zip=False)

    def escape(self) -> None:
        """Stop what is being written; else put the card away."""
        if self.under_way:
            self._long.stop()
            return
        self._passphrase.setText("")
        self.hide()
        self.closed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        for widget in (self._title, self._warning, self._place, self._locked, self._long, self._said):
            column.addWidget(widget)
        column.addWidget(self._passphrase)
        column.addWidget(self._once)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        for step in (self._as_folder, self._as_zip, self._open, self._delete, self._leave):
            row.addWidget(step)
        row.addStretch(1)
        column.addLayout(row)

    def _show_state(self) -> None:
        asking = self._written is None
        for widget in (self._place, self._locked, self._as_folder, self._as_zip):
            widget.setVisible(asking)
            widget.setEnabled(not self.under_way)
        self._open.setVisible(not asking)
        self._delete.setVisible(not asking)
        self._said.setVisible(bool(self._said.text()))
        locked = bool(self._passphrase.text())
        self._passphrase.setVisible(locked)
        self._once.setVisible(locked)
        self._leave.setVisible(not self.under_way)

    def _folder(self) -> None:
        self._export(as_zip=False)

    def _zip(self) -> None:
        self._export(as_zip=True)

    def _export(self, *, as_zip: bool) -> None:
        folder = self._place.folder()
        if folder is None or self.under_way:
            return
        folders, cases, locked = self._with.desk.page_folders, self._cases, as_zip and self._locked.isChecked()

        def work(progress: Progress) -> Written:
            return folders.export(cases, folder, as_zip=as_zip, locked=locked, progress=progress)

        self._said.tell(None)
        self._long.start(Sentence("bridge.export.working", {"count": len(cases)}), work, self._done)
        self.first_focus().setFocus()

    def _done(self, written: Written) -> None:
        self._written = written.export
        key = "bridge.export.done_without" if written.left_out else "bridge.export.done"
        params = {"place": str(written.place), "pages": written.pages, "left": written.left_out}
        self._said.tell(Sentence(key, params, "warn" if written.left_out else "good"))
        self._passphrase.setText(written.passphrase)
        self._show_state()
        if self.isVisible():
            self._open.setFocus()

    def _open_place(self) -> None:
        if self._written is not None:
            place = Path(self._written.root)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))

    def _delete_it(self) -> None:
        export, folders = self._written, self._with.desk.page_folders
        if export is not None:
            self._with.background.run(self, lambda: folders.delete(export.export_id), self._deleted)

    def _deleted(self, removed: Removed) -> None:
        self._written = None
        self._passphrase.setText("")
        self._said.tell(removed_sentence(removed))
        self._show_state()
        self._leave.setFocus()
