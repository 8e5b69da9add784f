"""One kept page, as large as there is room."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.domain.case import Page
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.intake.proposal_panel import PagePicture
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP


class PageViewer(QWidget):
    """Signals:
    closed(): back to the case.
    """

    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._page_id = ""
        self._title = wrapping_label("", "h2", self)
        self._title.setObjectName("viewer_title")
        self._close = button("viewer_close", words("ui.page.close"), self.closed.emit, key="Esc", parent=self)
        self._picture = PagePicture(words("ui.page.picture"), self)
        self._picture.setObjectName("viewer_picture")
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self._picture, 1)

    def first_focus(self) -> QWidget:
        """The button that closes it."""
        return self._close

    def open(self, page: Page, material: str) -> None:
        """Read and show a page."""
        self._page_id = page.page_id
        self._title.setText(self._with.words("ui.page.title", material=material, number=page.order))
        self._picture.show_jpeg(b"")
        self._close.setFocus()
        scanning, audit = self._with.desk.scanning, self._with.desk.audit

        def read() -> bytes:
            audit.page_viewed(page.case_id, page.page_id)
            return scanning.image(page.page_id, page.case_id)

        def show(jpeg: bytes) -> None:
            if page.page_id == self._page_id:
                self._picture.show_jpeg(jpeg)

        self._with.background.run(
            self,
            read,
            show,
            lane=Lane.READS,
            words=self._with.words("ui.page.reading"),
        )
