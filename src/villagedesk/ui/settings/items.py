"""本村事项: which items this village handles and how, its favourites, its own address and phone."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.item_views import LocalChoice
from villagedesk.desk.register_views import Saved
from villagedesk.desk.views import Sentence
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.domain.mode_move import ModeMove
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode, Office, ServiceItem
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.fields import Choice, Field, Tick
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP
from villagedesk.ui.typed_search import TypedSearch

_WHOLE_VILLAGE = ""
"""Key of the row for all items."""
_TWO_COLUMNS = 1000
_LEAST_LIST = 88
"""Height of one row with its ring, in logical pixels: the page itself need not scroll on the smallest screen."""
_OFFICE = tuple(field.name for field in fields(Office))
_MODES = {HandlingMode.SYSTEM: "calm", HandlingMode.PROXY: "warn"}


class ItemsPage(SettingsPage):
    """本村事项: a list, and beside it what can be chosen for the marked item; going to another one saves it."""

    help_key = "ui.help.items"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.items.title", parent=parent)
        words = surroundings.words
        self._shown: str | None = None
        self._items: dict[str, ServiceItem] = {}
        self._kept: tuple[LocalChoice, Office, str] = (LocalChoice(), Office(), "")
        self._choice = LocalChoice()
        self.filter = Field(words, "items_filter", words("ui.items.filter"), hint=words("ui.items.hint"), parent=self)
        self.list = CardList("items_list", words("ui.items.list"), self)
        self._title = wrapping_label("", "h2", self)
        self._title.setObjectName("items_chosen")
        self._handled = Tick("items_handled", words("ui.items.handled"), words("ui.items.handled_means"), self)
        self._favourite = Tick("items_favourite", words("ui.items.favourite"), words("ui.items.favourite_means"), self)
        self._mode_title = plain_label(words("ui.items.mode"), "h3", self)
        self._mode = Choice("items_mode", words("ui.items.mode"), self)
        self._mode_title.setBuddy(self._mode)
        self._on = Field(words, "items_on", words("ui.items.mode_on"), hint=words("ui.items.mode_on_hint"), parent=self)
        self._standing = SentenceLabel(words, "items_standing", self)
        self._moves = button("items_moves", words("ui.items.moves"), self.moves_wanted.emit, parent=self)
        self._office = {name: Field(words, f"items_{name}", words(f"ui.items.{name}"), parent=self) for name in _OFFICE}
        self._lay_out()
        items = surroundings.desk.items
        self._search = TypedSearch(
            self.filter.edit, surroundings.background, items.search_all, lambda found, *_: self._show_list(found)
        )
        self.list.currentRowChanged.connect(lambda _: self._to_chosen())
        on_key(self.filter, "Down", lambda: self._search.when_read(self.list.setFocus))
        if surroundings.may(Right.WORK):
            self.foot.addWidget(button("save_items", words("ui.items.as_table"), self._save_list, parent=self))
        self.primary("primary_button", words("ui.items.go"), self._save)

    def first_focus(self) -> QWidget:
        """The filter; ↓ goes to the list."""
        return self.filter.edit

    def begin(self) -> None:
        """The whole list."""
        super().begin()
        self._search.clear()

    def leave(self) -> None:
        """Save what was chosen."""
        self._save_if_changed()

    def refresh(self, topics: frozenset[str]) -> None:
        """The items there are and what was chosen for them."""
        if not topics or "items" in topics:
            self._search.read()

    def _save_list(self) -> None:
        """What is handled here, as a workbook in the clerk's own folder."""
        registers = self._with.desk.registers

        def saved(made: Saved) -> None:
            self.say(Sentence("ui.items.list_saved", {"file": str(made.file), "count": made.count}, "good"))

        self.act(lambda: registers.save_items(own_folder()), saved)

    def _lay_out(self) -> None:
        which, what = self.card("ui.items.which"), self.card()
        which.addWidget(self.filter)
        which.addWidget(self.list, 1)
        what.addWidget(self._title)
        content = QWidget()
        choices = QVBoxLayout(content)
        choices.setContentsMargins(0, 0, GAP, 0)
        choices.setSpacing(GAP)
        choices.addWidget(self._handled)
        choices.addWidget(self._favourite)
        choices.addWidget(self._mode_title)
        choices.addWidget(self._mode)
        choices.addWidget(self._standing)
        choices.addWidget(self._on)
        row = QHBoxLayout()
        row.addWidget(self._moves)
        row.addStretch(1)
        choices.addLayout(row)
        choices.addSpacing(GAP)
        choices.addWidget(wrapping_label(self._words("ui.items.office_means"), "quiet", content))
        self._places = QGridLayout()
        self._places.setHorizontalSpacing(GAP * 2)
        choices.addLayout(self._places)
        self._lay_places(2)
        choices.addStretch(1)
        # The list and the choices scroll, each by itself: the marked row and the item's name stay in sight.
        what.addWidget(scrolled(content, self), 1)
        halves = _Halves(self)
        row = QHBoxLayout(halves)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 2)
        for layout, share in ((which, 4), (what, 5)):
            row.addWidget(_frame_of(layout), share)
        self.list.setMinimumHeight(_LEAST_LIST)
        self.body.addWidget(halves, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two fields side by side where there is room."""
        super().resizeEvent(event)
        self._lay_places(2 if event.size().width() >= _TWO_COLUMNS else 1)

    def _lay_places(self, columns: int) -> None:
        for place, field in enumerate(self._office.values()):
            self._places.addWidget(field, place // columns, place % columns)

    def _show_list(self, found: tuple[ServiceItem, ...]) -> None:
        words = self._words
        self._items = {item.code: item for item in found}
        whole = Card(_WHOLE_VILLAGE, words("ui.items.whole_village"), (words("ui.items.whole_village_means"),))
        self.list.show_cards([whole, *(self._card(item) for item in found)])
        self._to_chosen()

    def _card(self, item: ServiceItem) -> Card:
        words = self._words
        choice = self._with.desk.items.choice(item.code)
        badges = [(words(f"ui.mode.{item.mode.value}"), _MODES.get(item.mode, "good"))]
        coming = choice.to_come(self._with.desk.items.today())
        if coming is not None and choice.handled:
            badges.append((self._to_come(coming, "ui.items.badge_to_come", item), "calm"))
        if not choice.handled:
            badges = [(words("ui.items.not_handled"), "warn")]
        if choice.favourite:
            badges.append((words("ui.choose.favourite"), "calm"))
        return Card(item.code, item.name, (), "", tuple(badges))

    def _to_chosen(self) -> None:
        code = self.list.current_key()
        if code == self._shown and self._now() != self._kept:
            return  # what is being chosen stays, whatever was read meanwhile
        self._save_if_changed()
        self._show_choice(code)

    def _show_choice(self, code: str) -> None:
        """What was chosen for an item, or for the whole village."""
        words, items = self._words, self._with.desk.items
        item = self._items.get(code)
        whole = item is None
        self._shown = code
        choice = LocalChoice() if whole else items.choice(code)
        self._title.setText(words("ui.items.whole_village") if item is None else item.name)
        for widget in (self._handled, self._favourite, self._mode_title, self._mode, self._on, self._standing):
            widget.setVisible(not whole)
        self._moves.setVisible(not whole and self._with.may(Right.SEE_PERSONS))
        self._handled.setChecked(choice.handled)
        self._favourite.setChecked(choice.favourite)
        self._mode.clear()
        self._mode.addItem(words("ui.items.mode_county"), None)
        for mode in HandlingMode:
            self._mode.addItem(words(f"ui.mode.{mode}"), str(mode))
        coming = choice.to_come(items.today())
        chosen = choice.mode if coming is None else coming.mode
        self._mode.setCurrentIndex(0 if chosen is None else 1 + list(HandlingMode).index(chosen))
        self._on.edit.setText("" if coming is None else coming.on.isoformat())
        self._on.tell(None)
        self._choice = choice
        self._standing.tell(None if item is None else self._stands(item, choice))
        office = items.office() if whole else choice.office
        for name, field in self._office.items():
            field.edit.setText(getattr(office, name))
            field.edit.setPlaceholderText("" if item is None else getattr(item.office, name))
            field.tell(None)
        self._kept = self._now()

    def _stands(self, item: ServiceItem, choice: LocalChoice) -> Sentence:
        """The mode in force, and the change to come."""
        coming = choice.to_come(self._with.desk.items.today())
        mode: dict[str, object] = {"mode": Sentence(f"ui.mode.{item.mode}")}
        if coming is not None:
            day = {
                "month": coming.on.month,
                "day": coming.on.day,
                "after": Sentence(f"ui.mode.{self._mode_of(coming, item)}"),
            }
            return Sentence("ui.items.mode_to_come", {**mode, **day})
        if choice.move is None:
            return Sentence("ui.items.mode_now", mode)
        day = {"month": choice.move.on.month, "day": choice.move.on.day}
        return Sentence("ui.items.mode_since", {**mode, **day})

    def _mode_of(self, coming: ModeMove, item: ServiceItem) -> HandlingMode:
        county = self._with.desk.items.bound(item.code, item.version)
        return coming.mode or (item if county is None else county).mode

    def _to_come(self, coming: ModeMove, key: str, item: ServiceItem) -> str:
        mode = self._words(f"ui.mode.{self._mode_of(coming, item)}")
        return self._words(key, month=coming.on.month, day=coming.on.day, mode=mode)

    def _now(self) -> tuple[LocalChoice, Office, str]:
        """What is chosen, and the day as typed. With a day the mode is that of the change to come."""
        office = Office(**{name: field.text.strip() for name, field in self._office.items()})
        mode = self._mode.currentData()
        choice = LocalChoice(
            self._handled.isChecked(), HandlingMode(mode) if mode else None, self._favourite.isChecked(), office
        )
        return choice, office, self._on.text.strip()

    def _save_if_changed(self) -> None:
        if self._shown is not None and self._now() != self._kept:
            self._save()

    def _save(self) -> None:
        """Keep what is chosen; what is wrong is told beside its field as long as that is still in sight, else above the
        screen that came instead."""
        items, code, now = self._with.desk.items, self._shown, self._now()
        if code is None:
            return
        (choice, office, typed), before = now, self._kept
        self._kept = now
        name, stood = self._title.text(), self._choice

        def keep() -> None:
            if code == _WHOLE_VILLAGE:
                items.set_office(office)
            else:
                items.choose(code, _with_day(choice, stood, typed, items.today()))

        def failed(problem: Problem) -> None:
            if self._shown == code:
                self._kept = before
            field = {**self._office, "on": self._on}.get(problem.field)
            here = self.isVisible() and self._shown == code
            if isinstance(problem, InputProblem) and field is not None and here:
                field.tell(Sentence(problem.key, problem.params, "bad"))
                field.look_again()
            else:
                self._with.background.problem.emit(problem)

        def kept(_: None) -> None:
            self.worked.emit()
            self.say(Sentence("ui.items.saved", {"name": name}, "good"))
            if self._shown == code and self._now() == now:
                self._show_choice(code)

        self.say(None)
        self._with.background.run(self, keep, kept, failed=failed, words=self._words("ui.items.saving"))


def _with_day(choice: LocalChoice, stood: LocalChoice, typed: str, today: date) -> LocalChoice:
    """The choice with the day typed beside its mode.

    Args:
        stood: what held when it was shown.

    Raises:
        InputProblem: ``ui.items.mode_no_day`` (``typed``) with the field ``on``.
    """
    if not typed:
        return choice
    try:
        day = read_date(typed)
    except NoDate:
        raise InputProblem("ui.items.mode_no_day", field="on", typed=typed) from None
    if day == today:
        return choice
    # up to that day it is what it was; the same mode then as now is no change
    coming = ModeMove(choice.mode, day) if choice.mode is not stood.mode else None
    return replace(choice, mode=stood.mode, move=coming)


class _Halves(QWidget):
    """As low as the window wants it: both halves scroll by themselves, and the page around them does not."""

    def hasHeightForWidth(self) -> bool:
        """Qt would otherwise make the page as high as all that can be scrolled to."""
        return False


def _frame_of(layout: QVBoxLayout) -> QWidget:
    frame = layout.parentWidget()
    assert frame is not None
    return frame
