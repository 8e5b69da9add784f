"""The search for an item at every keystroke: a box, and what was found as cards beneath."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from villagedesk.domain.service_item import HandlingMode, ServiceItem
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.guides.item_guide import limit_words
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP, QUIET
from villagedesk.ui.typed_search import TypedSearch

_MODE_TONES = {HandlingMode.SYSTEM: "calm", HandlingMode.PROXY: "warn"}
_LIST_KEYS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ItemSearch(QWidget):
    """Among the items this village handles; favourites and the most used while nothing is typed.

    Signals:
        changed(): another item is chosen, or none.
        taken(): the chosen one was double-clicked.
    """

    changed = Signal()
    taken = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._items: dict[str, ServiceItem] = {}
        self._wanted = ""
        self.box = QLineEdit(self)
        self.box.setObjectName("item_search")
        self.box.setAccessibleName(words("ui.choose.search"))
        self.box.setPlaceholderText(words("ui.choose.search_hint"))
        self.box.setClearButtonEnabled(True)
        self.box.addAction(surroundings.icons.icon("search", QUIET), QLineEdit.ActionPosition.LeadingPosition)
        self.box.installEventFilter(self)
        self.results = CardList("item_results", words("ui.choose.results"), self)
        self._none = wrapping_label("", "quiet", self)
        self._none.setObjectName("no_items")
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._none.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.box)
        column.addWidget(self.results, 1)
        column.addWidget(self._none, 1)
        self._search = TypedSearch(self.box, surroundings.background, self._find, self._show)
        self.results.currentRowChanged.connect(lambda _: self.changed.emit())
        self.results.itemDoubleClicked.connect(lambda _: self.taken.emit())

    def chosen(self) -> ServiceItem | None:
        """The marked item."""
        return self._items.get(self.results.current_key())

    def choose(self, code: str) -> None:
        """Mark that item, now or as soon as the list was read."""
        if code in self._items:
            self.results.choose(code)
        else:
            self._wanted = code

    def when_read(self, act: Callable[[], None]) -> None:
        """Do it with what is typed by now: at once, or after the search that still has to run or to end."""
        self._search.when_read(act)

    def read(self) -> None:
        """Search for what is typed."""
        self._search.read()

    def begin(self) -> None:
        """Nothing is typed, and no item wanted."""
        self._wanted = ""
        self._search.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """↑↓ in the search box move through the results; PgUp and PgDn are left to the guide beside them."""
        if watched is self.box and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            rows = _LIST_KEYS.get(Qt.Key(event.key()))
            if rows is not None:
                self.when_read(lambda: self.results.move_by(rows))
                return True
        return super().eventFilter(watched, event)

    def _find(self, text: str) -> tuple[ServiceItem, ...]:
        return tuple(self._with.desk.items.search(text))

    def _show(self, items: tuple[ServiceItem, ...], text: str, other: bool) -> None:
        words = self._with.words
        marked = self.results.current_key()
        self._items = {item.code: item for item in items}
        self.results.show_cards([self._card(item) for item in items])
        if other and text:
            self.results.setCurrentRow(0)
        elif self._wanted in self._items:
            self.results.choose(self._wanted)
            self._wanted = ""
        elif marked and marked not in self._items and not other:
            self.results.setCurrentRow(-1)  # the next key is meant for an item that is gone
        self.results.setVisible(bool(items))
        self._none.setVisible(not items)
        self._none.setText(words("ui.choose.none", text=text))
        self.changed.emit()

    def _card(self, item: ServiceItem) -> Card:
        words = self._with.words
        badges = [(words(f"ui.mode.{item.mode.value}"), _MODE_TONES.get(item.mode, "good"))]
        if self._with.desk.items.choice(item.code).favourite:
            badges.append((words("ui.choose.favourite"), "calm"))
        if item.to_check:
            badges.append((words("ui.choose.to_check"), "warn"))
        line = words("ui.choose.line", audience=item.audience, limit=limit_words(words, item))
        return Card(item.code, item.name, (line,), "", tuple(badges))
