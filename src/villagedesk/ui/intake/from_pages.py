"""从证件照片读取: who applies, read from a page that was taken already."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from villagedesk.desk.reading_views import Offer, ReadField
from villagedesk.desk.views import DraftView, Sentence
from villagedesk.domain.case import Page
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.intake.page_reading import PageReading
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.theme import GAP

_KEY = "F11"


class FromPages(QFrame):
    """A line that is there while the draft has such pages; it gives its place to the panel.

    Args:
        beneath: what the panel takes the place of.
        change: saves what was typed, then changes the draft, as :class:`ApplicantStep` does.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        beneath: QWidget,
        change: Callable[[Callable[[str], DraftView]], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._beneath = beneath
        self._change = change
        self._pages: tuple[Page, ...] = ()
        self.reading = PageReading(surroundings, parent)
        self.reading.note.hide()
        words = surroundings.words
        said = SentenceLabel(words, "from_pages_said", self)
        said.tell(Sentence("ui.reading.from_pages", {}, "calm"))
        act = button("from_pages", words("ui.reading.from_pages_act"), self.look, key=_KEY, role="small", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(said, 1)
        row.addWidget(act)
        self.hide()
        on_key(parent, _KEY, self.look)
        self.reading.opened.connect(self._opened)
        self.reading.accept_wanted.connect(self._accept)

    def show_draft(self, draft: DraftView) -> None:
        """Offer the pages the draft has."""
        self._pages = self._with.desk.recognition.card_pages(draft)
        self.setVisible(bool(self._pages) and not self.reading.is_open)

    def look(self) -> None:
        """Read the first page."""
        if self._pages and not self.reading.is_open:
            self.reading.look_at(self._pages)

    def _opened(self) -> None:
        self._beneath.setVisible(not self.reading.is_open)
        self.setVisible(bool(self._pages) and not self.reading.is_open)

    def _accept(self, offer: Offer, fields: frozenset[ReadField]) -> None:
        recognition = self._with.desk.recognition
        self.reading.close()
        self._change(lambda case_id: recognition.accept(case_id, offer, fields))
