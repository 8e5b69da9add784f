"""The pages of the chosen material, and what was done to them last, to be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.page_history import PageAct
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Page
from villagedesk.ui.buttons import button
from villagedesk.ui.page_strip import PageStrip
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP

_SIDE = 104
_LOW = 330
"""Below this height the keys give their place to the pages and to what can be undone."""


class PageColumn(QWidget):
    """Signals:
    remove_wanted(), undo_wanted(): the button of that name.
    look_wanted(): the chosen page is to be seen large.
    """

    remove_wanted = Signal()
    undo_wanted = Signal()
    look_wanted = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._case_id = ""
        self._preferred = ""
        self._notes: Mapping[str, Sentence] = {}
        self._title = wrapping_label("", "h3", self)
        self._title.setObjectName("pages_title")
        self.strip = PageStrip(surroundings, "page_list", words("ui.pages.name"), upright=True, side=_SIDE, parent=self)
        self.strip.itemClicked.connect(lambda _: self.look_wanted.emit())
        self._none = wrapping_label(words("ui.pages.none"), "quiet", self)
        self._none.setObjectName("no_pages")
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._keys = wrapping_label(words("ui.pages.keys"), "small", self)
        self._remove = button(
            "remove_page",
            words("ui.pages.remove"),
            self.remove_wanted.emit,
            key="Del",
            icons=surroundings.icons,
            icon="trash",
            parent=self,
        )
        self._undo_line = QFrame(self)
        self._undo_line.setProperty("role", "notice-calm")
        undo = QVBoxLayout(self._undo_line)
        undo.setContentsMargins(GAP, GAP // 2, GAP, GAP // 2)
        undo.setSpacing(0)
        self._undo_text = wrapping_label("", parent=self._undo_line)
        self._undo_text.setObjectName("undo_text")
        undo.addWidget(self._undo_text)
        row = QHBoxLayout()
        back = words("ui.pages.undo")
        self._undo = button("undo_page", back, self.undo_wanted.emit, key="Ctrl+Z", role="link", parent=self._undo_line)
        row.addWidget(self._undo)
        row.addStretch(1)
        undo.addLayout(row)
        self._undo_line.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._title)
        column.addWidget(self.strip, 1)
        column.addWidget(self._none, 1)
        column.addWidget(self._undo_line)
        column.addWidget(self._keys)
        column.addWidget(self._remove)
        self.setMinimumWidth(_SIDE + 56)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is told of keys goes first where there is little room."""
        super().resizeEvent(event)
        self._show_keys()

    def camera_is(self, there: bool) -> None:
        """How pages come here: from the camera, or out of files where there is none."""
        self._none.setText(self._with.words("ui.pages.none" if there else "ui.pages.none_no_camera"))

    def prefer(self, page_id: str) -> None:
        """Choose that page as soon as it is among those shown; the last one otherwise."""
        self._preferred = page_id

    def show_pages(self, material: str, case_id: str, pages: Sequence[Page]) -> None:
        """Show the pages of one material."""
        if case_id != self._case_id:
            self._undo_line.hide()
            self._preferred = ""
        self._case_id = case_id
        self._title.setText(self._with.words("ui.pages.title", material=material, count=len(pages)))
        self.strip.show_pages(pages, noted=self._doubtful())
        if any(page.page_id == self._preferred for page in pages):
            self.strip.choose(self._preferred)
            self._preferred = ""
        self.strip.setVisible(bool(pages))
        self._none.setVisible(not pages)
        self._show_keys()
        self._remove.setEnabled(bool(pages))

    def show_notes(self, notes: Mapping[str, Sentence]) -> None:
        """Mark pages with which something may be wrong.

        Args:
            notes: what, by page_id, of the whole case.
        """
        self._notes = notes
        chosen = self.strip.current_page()
        self.strip.show_pages(self.strip.pages, noted=self._doubtful())
        if chosen is not None:
            self.strip.choose(chosen.page_id)

    def _show_keys(self) -> None:
        self._keys.setVisible(bool(self.strip.pages) and self.height() >= _LOW)

    def _doubtful(self) -> frozenset[str]:
        return frozenset(page_id for page_id, note in self._notes.items() if note.tone == "warn")

    def note_of(self, page: Page) -> Sentence | None:
        """What may be wrong with a page, None when nothing is."""
        return self._notes.get(page.page_id)

    def tell_last(self, act: PageAct | None, undone: PageAct | None = None) -> None:
        """Say what was done last and can be taken back.

        Args:
            act: None when there is nothing.
            undone: what was taken back just now.
        """
        words = self._with.words
        said = "" if act is None else words(f"ui.undo.{act.kind}", number=act.page.order)
        if undone is not None:
            said = words("ui.undo.undone", what=words(f"ui.undo.{undone.kind}", number=undone.page.order))
        self._undo_text.setText(said)
        self._undo.setVisible(act is not None)
        self._undo_line.setVisible(bool(said))
