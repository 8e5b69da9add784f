"""Step 1: find the item by any word of it; the guide of the chosen one stands beside."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui.guides.item_guide import ItemGuide
from villagedesk.ui.guides.item_search import ItemSearch
from villagedesk.ui.intake.step import Step
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.theme import GAP


class ChooseItem(Step):
    """Search box, result cards, guide."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, parent)
        self.finder = ItemSearch(surroundings, self)
        self.guide = ItemGuide(surroundings.words, self)
        card = QFrame(self)
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP, GAP * 2)
        inner.addWidget(self.guide)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 2)
        row.addWidget(self.finder, 3)
        row.addWidget(card, 2)
        self.finder.changed.connect(self._show_guide)
        self.finder.taken.connect(self._take)
        self.finder.read()

    def show_draft(self, draft: DraftView) -> None:
        """The item the draft is bound to."""
        self.finder.choose(draft.item.code)

    def first_focus(self) -> QWidget:
        """The search box."""
        return self.finder.box

    def primary_words(self) -> str:
        """办这一项, or 登记指导 where the villager applies online."""
        item = self.finder.chosen()
        guided = item is not None and item.mode is HandlingMode.GUIDED
        return self._with.words("ui.guide.note_help" if guided else "ui.choose.go")

    def primary_ready(self) -> bool:
        """When an item is chosen."""
        return self.finder.chosen() is not None

    def primary(self) -> None:
        """Take the chosen item; while the search still runs, what it will find first."""
        self.finder.when_read(self._take)

    def _take(self) -> None:
        item = self.finder.chosen()
        if item is None:
            return
        if item.mode is HandlingMode.GUIDED:
            self.guided_wanted.emit(item.code)
        else:
            self.item_chosen.emit(item.code)

    def _show_guide(self) -> None:
        self.guide.show_item(self.finder.chosen())
        self.primary_changed.emit()
