"""Backup: how old the last one is, where to, make one now, check what is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.place import PlaceField
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.backup import BackupChecked, BackupDone, BackupState


class BackupPage(SettingsPage):
    """备份."""

    help_key = "ui.help.backup"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.backup.title", parent=parent)
        words = surroundings.words
        state = self.card()
        self._state = SentenceLabel(words, "backup_state", self)
        self._state.setProperty("role", "h2")
        self._trouble = SentenceLabel(words, "backup_trouble", self)
        self._where = wrapping_label("", parent=self)
        self._where.setObjectName("backup_where")
        state.addWidget(self._state)
        state.addWidget(self._trouble)
        state.addWidget(self._where)
        state.addWidget(wrapping_label(words("ui.backup.means"), "quiet"))
        target = self.card("ui.backup.target")
        self._place = PlaceField(words, surroundings.icons, "backup_target", words("ui.backup.target_label"), self)
        self._place.chosen.connect(lambda _folder: self._set_target())
        row = QHBoxLayout()
        self._set = button("set_target", words("ui.backup.set_target"), self._set_target, parent=self)
        row.addWidget(self._set)
        row.addStretch(1)
        target.addWidget(self._place)
        target.addLayout(row)
        self.body.addStretch(1)
        self.body.setSpacing(GAP * 2)
        self._check = button("check_backup", words("ui.backup.check"), self._start_check, parent=self)
        self.foot.addWidget(self._check)
        self._go = self.primary("primary_button", words("ui.backup.now"), self._start)
        self.long.changed.connect(self._work_changed)
        self._has_target = False
        self._work_changed()

    def first_focus(self) -> QWidget:
        """The next step: a place first, then a backup."""
        return self._go if self._go.isEnabled() else self._place.field.edit

    def refresh(self, topics: frozenset[str]) -> None:
        """The state, also when a drive came or a backup was made by itself."""
        if not topics or topics & {"backup"}:
            self.read(self._with.desk.backup.state, self._show)
            self.read(self._with.desk.backup.places, self._place.show_drives)

    def _show(self, state: BackupState) -> None:
        had = self._has_target
        self._has_target = bool(state.target)
        self._state.tell(state.sentence)
        self._trouble.tell(state.last_problem)
        self._trouble.setVisible(state.last_problem is not None)
        if state.target:
            key = "ui.backup.where" if state.present else "ui.backup.where_absent"
            self._where.setText(self._words(key, folder=state.target))
        self._where.setVisible(self._has_target)
        self._work_changed()
        if self._has_target and not had and self.isVisible() and not self._place.text:
            self._go.setFocus()  # nobody has begun to type another place

    def _work_changed(self) -> None:
        ready = self._has_target and not self.long.under_way
        focused = self._go.hasFocus() or self._check.hasFocus()
        self._go.setEnabled(ready)
        self._check.setEnabled(ready)
        self._set.setEnabled(not self.long.under_way)
        if focused and not ready:
            (self.back if self.long.under_way else self._place.field.edit).setFocus()
        elif ready and self.back.hasFocus():
            self._go.setFocus()

    def _set_target(self) -> None:
        folder = self._place.folder()
        if folder is None:
            return
        backup = self._with.desk.backup
        self.act(lambda: backup.set_target(folder), lambda _: self._target_set(folder))

    def _target_set(self, folder: Path) -> None:
        self.say(Sentence("ui.backup.target_set", {"folder": str(folder)}, "good"))
        self._place.field.edit.clear()
        self._go.setEnabled(True)
        self._go.setFocus()
        self.refresh(frozenset())

    def _start(self) -> None:
        self.say(None)
        self.long.start(Sentence("ui.backup.working"), self._with.desk.backup.back_up, self._done)

    def _done(self, done: BackupDone) -> None:
        self.worked.emit()
        self.to_top()
        self.say(Sentence("ui.backup.done", {"cases": done.cases, "pages": done.pages, "new": done.pages_new}, "good"))
        self.refresh(frozenset())

    def _start_check(self) -> None:
        self.say(None)
        self.long.start(Sentence("ui.backup.checking"), self._with.desk.backup.check, self._checked)

    def _checked(self, checked: BackupChecked) -> None:
        self.worked.emit()
        self.say(checked.sentence)
