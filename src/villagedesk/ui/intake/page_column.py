"""The pages of the chosen material, with removing and taking that back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView
from villagedesk.domain.case import Page
from villagedesk.ui.buttons import button
from villagedesk.ui.page_strip import PageStrip
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP

_SIDE = 104


class PageColumn(QWidget):
    """Signals:
    changed(DraftView): a page was removed or put back, and that is saved.
    """

    changed = Signal(object)

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._case_id = ""
        self._removed: list[Page] = []
        self._title = wrapping_label("", "h3", self)
        self._title.setObjectName("pages_title")
        self.strip = PageStrip(surroundings, "page_list", words("ui.pages.name"), upright=True, side=_SIDE, parent=self)
        self._none = wrapping_label(words("ui.pages.none"), "quiet", self)
        self._none.setObjectName("no_pages")
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._remove = button(
            "remove_page",
            words("ui.pages.remove"),
            self.remove,
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
        self._undo_text.setObjectName("removed_text")
        undo.addWidget(self._undo_text)
        row = QHBoxLayout()
        row.addWidget(
            button("undo_remove", words("ui.pages.undo"), self.undo, key="Ctrl+Z", role="link", parent=self._undo_line)
        )
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
        column.addWidget(self._remove)
        self.setMinimumWidth(_SIDE + 56)

    def show_pages(self, material: str, case_id: str, pages: Sequence[Page]) -> None:
        """Show the pages of one material."""
        if case_id != self._case_id:
            self._removed.clear()
            self._undo_line.hide()
        self._case_id = case_id
        self._title.setText(self._with.words("ui.pages.title", material=material, count=len(pages)))
        self.strip.show_pages(pages)
        self.strip.setVisible(bool(pages))
        self._none.setVisible(not pages)
        self._remove.setEnabled(bool(pages))

    def move_by(self, pages: int) -> None:
        """Choose another page."""
        self.strip.move_by(pages)

    def remove(self) -> None:
        """Take the chosen page out; it can be put back."""
        page = self.strip.current_page()
        if page is None:
            return
        scanning = self._with.desk.scanning
        self._act(lambda: scanning.remove(page.page_id, page.case_id), lambda: self._note(page, True))

    def undo(self) -> None:
        """Put the page back that was removed last."""
        if not self._removed:
            return
        page = self._removed[-1]
        scanning = self._with.desk.scanning
        self._act(lambda: scanning.undo_remove(page.page_id, page.case_id), lambda: self._note(page, False))

    def _act(self, act: Callable[[], None], then: Callable[[], None]) -> None:
        case_id = self._case_id
        intake = self._with.desk.intake

        def work() -> DraftView:
            act()
            return intake.view(case_id)

        def done(draft: DraftView) -> None:
            then()
            self.changed.emit(draft)

        self._with.background.run(self, work, done)

    def _note(self, page: Page, removed: bool) -> None:
        if removed:
            self._removed.append(page)
        elif page in self._removed:
            self._removed.remove(page)
        self._undo_line.setVisible(bool(self._removed))
        if self._removed:
            self._undo_text.setText(self._with.words("ui.pages.removed", number=self._removed[-1].order))
