"""导出: chosen cases as one locked package in a folder; its passphrase is shown large, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button
from villagedesk.ui.place import PlaceField
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.settings.case_picker import CasePicker
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.archive import Exported

_TWO_HALVES = 960


class ExportPage(SettingsPage):
    """导出."""

    help_key = "ui.help.export"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.export.title", parent=parent)
        words = surroundings.words
        self._package = self._make_package()
        self.body.addWidget(self._package)
        self._choosing = QWidget(self)
        self._halves = inner = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._choosing)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP * 2)
        which, where = self.card("ui.export.which"), self.card("ui.export.where")
        for layout, share in ((which, 3), (where, 2)):
            inner.addWidget(layout.parentWidget(), share)
        self._picker = CasePicker(surroundings, self)
        which.addWidget(self._picker)
        self._place = PlaceField(words, surroundings.icons, "export_folder", words("ui.export.folder"), self)
        where.addWidget(self._place)
        where.addWidget(wrapping_label(words("ui.export.means"), "quiet"))
        where.addStretch(1)
        self.body.addWidget(self._choosing, 1)
        self.body.addStretch(0)
        self._noted = button("export_noted", words("ui.export.noted"), self._put_away, role="primary", parent=self)
        self.foot.addWidget(self._noted)
        self._go = self.primary("primary_button", words("ui.export.go"), self._export)
        self._picker.changed.connect(self._show_go)
        self.long.changed.connect(self._show_go)
        self._show_package(None)

    def first_focus(self) -> QWidget:
        """The search."""
        return self._picker.filter if self._package.isHidden() else self._noted

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One half below the other where a name would not fit beside the folder."""
        super().resizeEvent(event)
        wide = event.size().width() >= _TWO_HALVES
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def begin(self) -> None:
        """An old passphrase goes; while a package is being made, nothing changes."""
        super().begin()
        if not self.long.under_way:
            self._show_package(None)

    def refresh(self, topics: frozenset[str]) -> None:
        """The cases there are."""
        if not topics or topics & {"cases"}:
            self._picker.read()
        if not topics and self._with.may(Right.SAFEGUARD):
            self.read(self._with.desk.backup.places, self._place.show_drives)

    def _make_package(self) -> QFrame:
        words = self._words
        frame = QFrame(self)
        frame.setProperty("role", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(GAP * 3, GAP * 3, GAP * 3, GAP * 3)
        column.setSpacing(GAP * 2)
        self._made = SentenceLabel(words, "export_made", frame)
        self._made.setProperty("role", "h2")
        column.addWidget(self._made)
        column.addWidget(wrapping_label(words("ui.export.passphrase"), "h3", frame))
        self._passphrase = wrapping_label("", "passphrase", frame)
        self._passphrase.setObjectName("export_passphrase")
        self._passphrase.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._passphrase)
        for key in ("ui.export.once", "ui.export.apart"):
            advice = SentenceLabel(words, key.replace(".", "_"), frame)
            advice.tell(Sentence(key, tone="warn"))
            column.addWidget(advice)
        return frame

    def _show_package(self, done: Exported | None) -> None:
        self._package.setVisible(done is not None)
        self._choosing.setVisible(done is None)
        self._passphrase.setText("" if done is None else done.passphrase)
        if done is not None:
            params = {"cases": done.cases, "pages": done.pages, "file": str(done.file)}
            self._made.tell(Sentence("ui.export.made", params, "good"))
            self.to_top()
        self._show_go()

    def _show_go(self) -> None:
        had_focus = self._go.hasFocus()
        self._go.setVisible(self._package.isHidden())
        self._noted.setVisible(not self._package.isHidden())
        self._go.setEnabled(bool(self._picker.taken) and not self.long.under_way)
        if had_focus and not self._go.isEnabled():
            self.back.setFocus()

    def _put_away(self) -> None:
        self._picker.clear()
        self._show_package(None)
        self._picker.filter.setFocus()

    def _export(self) -> None:
        folder = self._place.folder()
        if folder is None:
            return
        self.say(None)
        archive, cases = self._with.desk.archive, self._picker.taken
        self.long.start(
            Sentence("ui.export.working", {"count": len(cases)}),
            lambda progress: archive.export(cases, folder, progress),
            self._done,
        )

    def _done(self, done: Exported) -> None:
        self.worked.emit()
        self._show_package(done)
        if self.isVisible():
            self._noted.setFocus()
