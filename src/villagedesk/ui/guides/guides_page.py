"""办事指南: any item found in a moment, its whole guide beside, printed with one key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode, ServiceItem
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.guides.item_guide import ItemGuide
from villagedesk.ui.guides.item_search import ItemSearch
from villagedesk.ui.handout import Handout
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.theme import GAP


class GuidesPage(Screen):
    """办事指南."""

    help_key = "ui.help.guides"
    nav = "nav_guides"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        work = surroundings.may(Right.WORK)
        self.finder = ItemSearch(surroundings, self)
        self.guide = ItemGuide(words, self)
        self._paper = Handout(surroundings, self)
        self._paper.worked.connect(self.worked)
        self._favourite = button("favourite", "", self._when_read(self._turn_favourite), parent=self)
        self._wall = button("print_list", words("ui.guide.print_list"), self._paper.print_list, key="F7", parent=self)
        self._print = button(
            "print_guide",
            words("ui.guide.print"),
            self._when_read(self._print_guide),
            key="F8",
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._help = button(
            "note_help", words("ui.guide.note_help"), self._when_read(self._note_help), key="F4", parent=self
        )
        self._go = button("primary_button", "", self._when_read(self._take), role="primary", parent=self)
        for one in (self._favourite, self._wall, self._print, self._help, self._go):
            one.setVisible(work)
        self._lay_out()
        self.finder.changed.connect(self._show)
        if work:
            self.finder.taken.connect(self._take)
            on_enter(self, self._when_read(self._take))
            on_key(self, "F7", self._paper.print_list)
            for key, act in (("F4", self._note_help), ("F8", self._print_guide), ("Ctrl+D", self._turn_favourite)):
                on_key(self, key, self._when_read(act))
        on_key(self, "Esc", self.today_wanted.emit)
        self._show()

    def title(self) -> str:
        """办事指南"""
        return self._with.words("ui.guide.title")

    def first_focus(self) -> QWidget:
        """The search box."""
        return self.finder.box

    def begin(self) -> None:
        """Everything is searched anew."""
        self._paper.begin()
        self.finder.begin()

    def refresh(self, topics: frozenset[str]) -> None:
        """The items there are."""
        if not topics or "items" in topics:
            self.finder.read()

    def _lay_out(self) -> None:
        card = QFrame(self)
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP, GAP * 2)
        inner.addWidget(self.guide)
        halves = QHBoxLayout()
        halves.setSpacing(GAP * 2)
        halves.addWidget(self.finder, 4)
        halves.addWidget(card, 5)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        for one in (self._favourite, self._wall, self._print):
            foot.addWidget(one)
        foot.addStretch(1)
        foot.addWidget(self._help)
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP * 2)
        column.addLayout(halves, 1)
        column.addWidget(self._paper)
        column.addLayout(foot)

    def _show(self) -> None:
        words = self._with.words
        item = self.finder.chosen()
        self.guide.show_item(item)
        guided = item is not None and item.mode is HandlingMode.GUIDED
        self._help.setVisible(self._with.may(Right.WORK) and not guided)
        text = words("ui.guide.note_help" if guided else "ui.choose.go")
        self._go.setText(f"{text}  Enter")
        self._go.setAccessibleName(text)
        favourite = item is not None and self._with.desk.items.choice(item.code).favourite
        text = words("ui.guide.unfavourite" if favourite else "ui.guide.favourite")
        self._favourite.setText(f"{text}  Ctrl+D")
        self._favourite.setAccessibleName(text)
        for one in (self._favourite, self._print, self._help, self._go):
            one.setEnabled(item is not None)

    def _when_read(self, act: Callable[[], None]) -> Callable[[], None]:
        """Keys and buttons act on the item found by what is typed by now."""
        return lambda: self.finder.when_read(act)

    def _take(self) -> None:
        item = self.finder.chosen()
        if item is not None:
            (self.guided_wanted if item.mode is HandlingMode.GUIDED else self.item_wanted).emit(item.code)

    def _note_help(self) -> None:
        item = self.finder.chosen()
        if item is not None:
            self.guided_wanted.emit(item.code)

    def _print_guide(self) -> None:
        item = self.finder.chosen()
        if item is not None:
            self._paper.print_guide(item.code, item.name)

    def _turn_favourite(self) -> None:
        item = self.finder.chosen()
        if item is None:
            return
        items = self._with.desk.items

        def turn() -> bool:
            return items.turn_favourite(item.code)

        def turned(favourite: bool) -> None:
            self._said(item, favourite)

        def failed(problem: Problem) -> None:
            self._with.background.problem.emit(problem)

        self._with.background.run(self, turn, turned, failed=failed)

    def _said(self, item: ServiceItem, favourite: bool) -> None:
        self.worked.emit()
        key = "ui.guide.is_favourite" if favourite else "ui.guide.no_favourite"
        self._paper.say(Sentence(key, {"name": item.name}, "good"))
