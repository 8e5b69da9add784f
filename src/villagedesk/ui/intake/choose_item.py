"""Step 1: find the item by any word of it; the guide of the chosen one stands beside."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView
from villagedesk.domain.service_item import HandlingMode, ServiceItem
from villagedesk.ui.background import Lane
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.intake.item_guide import ItemGuide, limit_words
from villagedesk.ui.intake.step import Step
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP, QUIET

TYPING_PAUSE_MS = 120
_MODE_TONES = {HandlingMode.SYSTEM: "calm", HandlingMode.PROXY: "warn"}
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ChooseItem(Step):
    """Search box, result cards, guide."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, parent)
        words = surroundings.words
        self._items: dict[str, ServiceItem] = {}
        self._asked = 0
        self._drafted = ""
        self.search = QLineEdit(self)
        self.search.setObjectName("item_search")
        self.search.setAccessibleName(words("ui.choose.search"))
        self.search.setPlaceholderText(words("ui.choose.search_hint"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(surroundings.icons.icon("search", QUIET), QLineEdit.ActionPosition.LeadingPosition)
        self.search.installEventFilter(self)
        self.results = CardList("item_results", words("ui.choose.results"), self)
        self._none = wrapping_label("", "quiet", self)
        self._none.setObjectName("no_items")
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._none.hide()
        self.guide = ItemGuide(words, self)
        left = QVBoxLayout()
        left.setSpacing(GAP)
        left.addWidget(self.search)
        left.addWidget(self.results, 1)
        left.addWidget(self._none, 1)
        card = QFrame(self)
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP, GAP * 2)
        inner.addWidget(self.guide)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 2)
        row.addLayout(left, 3)
        row.addWidget(card, 2)
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._read)
        self.search.textChanged.connect(lambda: self._pause.start())
        self.results.currentRowChanged.connect(self._show_guide)
        self.results.itemDoubleClicked.connect(lambda: self.primary())
        self._read()

    def show_draft(self, draft: DraftView) -> None:
        """The item the draft is bound to."""
        self._drafted = draft.item.code
        self.results.choose(draft.item.code)

    def first_focus(self) -> QWidget:
        """The search box."""
        return self.search

    def primary_words(self) -> str:
        """办这一项"""
        return self._with.words("ui.choose.go")

    def primary_ready(self) -> bool:
        """When an item is chosen."""
        return self.results.currentRow() >= 0

    def primary(self) -> None:
        """Take the chosen item; while the search still runs, what it will find first."""
        if self._pause.isActive():
            self._read(take=True)
        elif self.results.currentRow() >= 0:
            self.item_chosen.emit(self.results.current_key())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """↑↓ in the search box move through the results."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in _LIST_KEYS:
                far = key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
                step = 4 if far else 1
                self.results.move_by(-step if key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp) else step)
                return True
        return super().eventFilter(watched, event)

    def _read(self, take: bool = False) -> None:
        self._pause.stop()
        text = self.search.text().strip()
        self._asked += 1
        asked = self._asked

        def show(items: tuple[ServiceItem, ...]) -> None:
            if asked == self._asked:
                self._show(items, text)
                if take:
                    self.primary()

        items = self._with.desk.items
        self._with.background.run(self, lambda: tuple(items.search(text)), show, lane=Lane.READS)

    def _show(self, items: tuple[ServiceItem, ...], text: str) -> None:
        words = self._with.words
        self._items = {item.code: item for item in items}
        self.results.show_cards([self._card(item) for item in items])
        if text and items:
            self.results.setCurrentRow(0)
        elif self._drafted:
            self.results.choose(self._drafted)
        self.results.setVisible(bool(items))
        self._none.setVisible(not items)
        self._none.setText(words("ui.choose.none", text=text))
        self._show_guide()
        self.primary_changed.emit()

    def _card(self, item: ServiceItem) -> Card:
        words = self._with.words
        badges = [(words(f"ui.mode.{item.mode.value}"), _MODE_TONES.get(item.mode, "good"))]
        if item.to_check:
            badges.append((words("ui.choose.to_check"), "warn"))
        line = words("ui.choose.line", audience=item.audience, limit=limit_words(words, item))
        return Card(item.code, item.name, (line,), "", tuple(badges))

    def _show_guide(self) -> None:
        self.guide.show_item(self._items.get(self.results.current_key()))
        self.primary_changed.emit()
