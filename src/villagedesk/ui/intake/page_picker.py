"""The pages that were found in files, to choose from: all are chosen at first, and are taken in their order."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.import_views import SeenFiles, SeenPage
from villagedesk.ui.buttons import button
from villagedesk.ui.intake.file_work import FileWork
from villagedesk.ui.intake.page_tiles import PageTiles
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP

_LOW = 430
"""Below this height everything but the pages gives way to them."""
_MOST_TOLD = 3
"""Sentences about files; many bad ones must not push the good ones off the screen."""


class PagePicker(QFrame):
    """``work`` shows how far the taking is.

    Signals:
        take_wanted(): take what is chosen.
        closed(): back to the files.
    """

    take_wanted = Signal()
    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words = surroundings.words
        self.setObjectName("page_picker")
        self.setProperty("role", "card")
        self._sentences: list[str] = []
        self._title = wrapping_label("", "h2", self)
        self._title.setObjectName("pick_title")
        self._told = wrapping_label("", parent=self)
        self._told.setObjectName("pick_told")
        self._told.setProperty("tone", "warn")
        self.list = PageTiles(words, "pick_list", words("ui.pick.list"), self)
        self.list.toggled.connect(self._count)
        self._all = button("pick_all", words("ui.pick.none"), self._turn_all, key="A", parent=self)
        self._back = button("pick_back", words("ui.pick.back"), self.closed.emit, key="Esc", parent=self)
        self._go = button("pick_go", words("ui.pick.go_none"), self.take_wanted.emit, role="primary", parent=self)
        self.work = FileWork(surroundings, self)
        self.work.changed.connect(self._work_changed)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(self._back)
        foot.addWidget(self._all)
        foot.addStretch(1)
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(self._title)
        self._quiet = wrapping_label(words("ui.pick.quiet"), "quiet", self)
        column.addWidget(self._quiet)
        column.addWidget(self._told)
        column.addWidget(self.list, 1)
        column.addWidget(self.work)
        column.addLayout(foot)

    def show_files(self, seen: SeenFiles, material: str) -> None:
        """Show the pages; all are chosen.

        Args:
            material: the paper they become pages of.
        """
        words = self._words
        self.work.clear()
        self._title.setText(words("ui.pick.title", material=material))
        self._sentences = [words.problem(one) for one in seen.refused] + [words.of(note) for note in seen.notes]
        self._tell()
        self.list.show_pages(seen.pages)
        self._count()

    def chosen(self) -> list[tuple[int, SeenPage]]:
        """The chosen pages that were not taken yet, with their rows."""
        return self.list.chosen()

    def mark_taken(self, rows: Iterable[int]) -> None:
        """These are pages of the case now."""
        for row in rows:
            self.list.mark_taken(row)
        self._count()

    def first_focus(self) -> QWidget:
        """The pages, or 停下 while they are taken."""
        return self.work if self.work.under_way else self.list

    def turn_all(self) -> None:
        """Choose all, or none when all are chosen."""
        if not self.work.under_way:
            self._turn_all()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pages get the room there is."""
        super().resizeEvent(event)
        self._quiet.setVisible(self.height() >= _LOW)
        self.list.make_small(self.height() < _LOW)
        self._tell()

    def _tell(self) -> None:
        most = _MOST_TOLD if self.height() >= _LOW else 1
        left = len(self._sentences) - most
        more = [self._words("ui.pick.left_out", count=left)] if left > 0 else []
        self._told.setText("\n".join(self._sentences[:most] + more))
        self._told.setVisible(bool(self._sentences))

    def _turn_all(self) -> None:
        self.list.choose_all(not self.list.all_chosen)
        self._count()

    def _count(self) -> None:
        words, count = self._words, len(self.chosen())
        text = words("ui.pick.go", count=count) if count else words("ui.pick.go_none")
        self._go.setText(f"{text}  Enter" if count else text)
        self._go.setAccessibleName(text)
        self._go.setEnabled(count > 0 and not self.work.under_way)
        turn = words("ui.pick.none") if self.list.all_chosen else words("ui.pick.all")
        self._all.setText(f"{turn}  A")
        self._all.setAccessibleName(turn)

    def _work_changed(self) -> None:
        for widget in (self.list, self._all, self._back):
            widget.setEnabled(not self.work.under_way)
        self._count()
        if self.isVisible():
            self.first_focus().setFocus()
