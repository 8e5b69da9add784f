"""The papers of a case: how each stands, its pages as small pictures, and where a reused one comes from."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.views import CaseView, Sentence
from villagedesk.domain.case import Material
from villagedesk.ui.buttons import button
from villagedesk.ui.case_facts import paper_sentence
from villagedesk.ui.layouts import clear
from villagedesk.ui.page_strip import PageStrip
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

_STRIP_SIDE = 96


class CaseMaterials(QWidget):
    """Signals:
    page_wanted(Page, str): show this page of that paper large.
    case_wanted(str): show the case a reused paper comes from.
    """

    page_wanted = Signal(object, str)
    case_wanted = Signal(str)

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._shown: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)

    def show_view(self, view: CaseView) -> None:
        """Every paper that was noted, then pages that belong to none of them; drawn anew only when they changed."""
        wanted = view.snag.wanted if view.snag is not None else ()
        shown = (view.case.materials, view.pages, view.expired, wanted)
        if shown == self._shown:
            return
        self._shown = shown
        clear(self._column)
        for material in view.case.materials:
            self._add(view, material.requirement_id, material.name, material)
        noted = {material.requirement_id for material in view.case.materials}
        for requirement_id in dict.fromkeys(page.requirement_id for page in view.pages):
            if requirement_id not in noted:
                self._add(view, requirement_id, requirement_id, None)
        words = self._with.words
        if view.expired:
            expired = SentenceLabel(words, "pages_expired", self)
            expired.tell(Sentence("ui.case.expired"))
            self._column.addWidget(expired)
        if not view.pages:
            self._column.addWidget(wrapping_label(words("ui.case.no_pages"), "quiet"))

    def _add(self, view: CaseView, requirement_id: str, name: str, material: Material | None) -> None:
        words = self._with.words
        pages = [page for page in view.pages if page.requirement_id == requirement_id]
        title = words("ui.pages.title", material=name, count=len(pages)) if pages else name
        self._column.addWidget(wrapping_label(title, "h3", self))
        if material is not None:
            stands = SentenceLabel(words, f"paper_{requirement_id}", self)
            stands.tell(paper_sentence(words, material))
            self._column.addWidget(stands)
        for number, one in enumerate(view.snag.wanted if view.snag is not None else (), start=1):
            if one.requirement_id == requirement_id:
                asked = SentenceLabel(words, f"asked_{requirement_id}_{number}", self)
                asked.tell(one.asked)
                self._column.addWidget(asked)
        if material is not None and material.reused_from:
            source = material.reused_from
            self._column.addWidget(
                button(
                    f"reused_{requirement_id}",
                    words("ui.case.paper.from_where"),
                    lambda: self.case_wanted.emit(source),
                    role="link",
                    parent=self,
                )
            )
        if not pages:
            return
        strip = PageStrip(
            self._with,
            f"pages_{requirement_id}",
            words("ui.pages.of", material=name),
            upright=False,
            side=_STRIP_SIDE,
            parent=self,
        )
        strip.show_pages(pages, view.expired)

        def wanted(_: object) -> None:
            page = strip.current_page()
            if page is not None and page.page_id not in view.expired:
                self.page_wanted.emit(page, name)

        strip.itemActivated.connect(wanted)
        strip.itemClicked.connect(wanted)
        self._column.addWidget(strip)
