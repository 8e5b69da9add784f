"""Bringing a backup back: the line that shows where one is, and its first step, which backup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.problems import Problem
from villagedesk.domain.restoring import BackupFound
from villagedesk.ui.background import Background, Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.icons import Icons
from villagedesk.ui.layouts import clear
from villagedesk.ui.place import PlaceField
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_LOOK_FOR_DRIVES_MS = 2000
_LIST_HEIGHT = 200


def backup_time(words: Words, found: BackupFound) -> str:
    """When a backup was made, with its year: it may be an old one."""
    local = found.at.astimezone(SHANGHAI)
    return words("ui.restore.at", year=local.year, month=local.month, day=local.day, time=f"{local:%H:%M}")


class StepLine(QWidget):
    """All steps by name, the present one marked, those behind ticked."""

    def __init__(self, words: Words, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._names = tuple(names)
        self.setObjectName("restore_steps")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, GAP)
        self._row.setSpacing(GAP)

    def show_step(self, present: int) -> None:
        """Mark this one, counted from 0."""
        clear(self._row)  # a label keeps the padding of the role it was made with
        for number, name in enumerate(self._names):
            mark = "✓" if number < present else str(number + 1)
            self._row.addWidget(plain_label(f"{mark} {name}", "badge" if number == present else "quiet", self))
        self._row.addStretch(1)
        self.setAccessibleName(
            self._words("ui.restore.step", number=present + 1, count=len(self._names), name=self._names[present])
        )


class WhichBackup(QWidget):
    """A stick or folder, then the backups on it.

    Args:
        places: the removable drives that are plugged in now.
        look: the backups in a folder, newest first.

    Signals:
        changed(): backups are shown, or the place to look in again.
    """

    changed = Signal()

    def __init__(
        self,
        places: Callable[[], tuple[Path, ...]],
        look: Callable[[Path], tuple[BackupFound, ...]],
        words: Words,
        background: Background,
        icons: Icons,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._places = places
        self._look = look
        self._words = words
        self._background = background
        self._looking = False
        self._drives: tuple[Path, ...] = ()
        self._found: tuple[BackupFound, ...] = ()
        self._broken: set[Path] = set()
        self.place = PlaceField(words, icons, "restore_place", words("ui.restore.place"), self)
        self.place.chosen.connect(lambda _folder: self.look())
        self._shown = QFrame(self)
        self.list = CardList("backup_list", words("ui.restore.list"), self._shown)
        self.list.setMinimumHeight(_LIST_HEIGHT)
        self.list.currentRowChanged.connect(lambda _row: self._judge())
        self._about = SentenceLabel(words, "backup_about", self._shown)
        self._where = wrapping_label("", "quiet", self._shown)
        self._where.setObjectName("backup_where")
        other = button("other_place", words("ui.restore.other_place"), self.look_elsewhere, role="link")
        head = QHBoxLayout()
        head.addWidget(self._where, 1)
        head.addWidget(other)
        column = QVBoxLayout(self._shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.list, 1)
        column.addWidget(self._about)
        column.addLayout(head)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.place)
        outer.addWidget(self._shown, 1)
        self._shown.hide()
        self._again = QTimer(self, interval=_LOOK_FOR_DRIVES_MS)
        self._again.timeout.connect(self._look_for_drives)
        self._again.start()
        self._look_for_drives()

    @property
    def listed(self) -> bool:
        """Whether backups are shown."""
        return not self._shown.isHidden()

    def chosen(self) -> BackupFound | None:
        """The chosen backup, None while none is shown."""
        key = self.list.current_key()
        return next((found for found in self._found if self.listed and str(found.folder) == key), None)

    def can_be_opened(self) -> bool:
        """Whether the chosen one knows anybody whose password or key could open it."""
        found = self.chosen()
        return found is not None and bool(found.clerks)

    def focus_first(self) -> QWidget:
        """Where the cursor goes."""
        return self.list if self.listed else self.place.field.edit

    def look(self) -> None:
        """List the backups in the chosen folder."""
        folder = self.place.folder()
        if folder is None or self._looking:
            return
        self._looking = True
        self._background.run(
            self,
            lambda: self._look(folder),
            lambda found: self._list(folder, found),
            failed=self._nothing,
            words=self._words("ui.restore.looking"),
        )

    def look_elsewhere(self) -> None:
        """The place again; what was typed stays."""
        self._shown.hide()
        self.place.show()
        self.changed.emit()
        self.place.field.look_again()

    def turned_out_broken(self, broken: BackupFound) -> None:
        """The restore found more than could be seen from outside: mark it, and offer the next whole one."""
        self._broken.add(broken.folder)
        self._show_cards()

    def _list(self, folder: Path, found: tuple[BackupFound, ...]) -> None:
        self._looking = False
        self._found = found
        self._where.setText(self._words("ui.restore.where", folder=folder))
        self.place.hide()
        self._shown.show()
        self._show_cards()
        self.changed.emit()
        self.list.setFocus()

    def _nothing(self, problem: Problem) -> None:
        self._looking = False
        self.place.field.tell(Sentence(problem.key, problem.params, "bad"))
        self.place.field.look_again()
        self.changed.emit()

    def _show_cards(self) -> None:
        self.list.show_cards([self._card(found) for found in self._found])
        best = next((found for found in self._found if self._whole(found)), None)
        if best is not None:
            self.list.choose(str(best.folder))
        self._judge()

    def _card(self, found: BackupFound) -> Card:
        whole = self._whole(found)
        badge = (self._words("ui.restore.whole" if whole else "ui.restore.not_whole"), "good" if whole else "warn")
        station = found.station_name or found.division_code
        return Card(str(found.folder), backup_time(self._words, found), (station,), badges=(badge,))

    def _whole(self, found: BackupFound) -> bool:
        return found.whole and found.folder not in self._broken

    def _judge(self) -> None:
        found = self.chosen()
        if found is None or self._whole(found):
            self._about.tell(None)
        elif found.clerks:
            self._about.tell(Sentence("ui.restore.better_older", tone="warn"))
        else:
            self._about.tell(Sentence("ui.restore.cannot_open", tone="bad"))
        self._about.setVisible(found is not None and not self._whole(found))

    def _look_for_drives(self) -> None:
        if not self.listed:
            self._background.run(self, self._places, self._show_drives, lane=Lane.READS, failed=lambda _problem: None)

    def _show_drives(self, drives: tuple[Path, ...]) -> None:
        if drives == self._drives:
            return  # buttons made anew would take the focus away
        self._drives = drives
        self.place.show_drives(drives)
        self.changed.emit()
