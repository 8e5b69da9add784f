"""The first screen: what there is to do, and what was taken in today."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from villagedesk.desk.views import TodayView, Todo, TodoKind
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.case_table import CaseTable
from villagedesk.ui.digit_keys import DIGITS, DigitKeys
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.settings.page import HOME
from villagedesk.ui.settings.pages import PAGES
from villagedesk.ui.theme import GAP

_CATALOGUE = "catalogue"


class Today(Screen):
    """Two white cards side by side."""

    help_key = "ui.help.today"
    nav = "nav_today"
    new_is_primary = True

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._coming_up = False
        self._view: TodayView | None = None
        words = surroundings.words
        self.todos = CardList("todo_list", words("ui.today.todo"), self)
        self.todos.itemActivated.connect(lambda: self._open(self.todos.currentRow()))
        self._more = wrapping_label("", "quiet", self)
        self._more.setObjectName("more_todos")
        nothing = words("ui.today.nothing" if surroundings.may(Right.WORK) else "ui.today.nothing_to_see")
        self._nothing = wrapping_label(nothing, "quiet", self)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._nothing.setObjectName("nothing_to_do")
        self.taken = CaseTable(words, "taken_in_today", words("ui.today.taken_none"), dated=False, parent=self)
        self.taken.case_wanted.connect(self.case_wanted)
        self._taken_title = plain_label("", "h2", self)
        self._taken_title.setObjectName("taken_title")
        self._none_taken = wrapping_label(words("ui.today.none_taken"), "quiet", self)
        self._none_taken.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._none_taken.setObjectName("none_taken")
        self._before_title = plain_label(words("ui.today.before"), "h2", self)
        self._before_title.setObjectName("before_title")
        self.before = CaseTable(words, "taken_in_before", words("ui.today.before"), dated=True, parent=self)
        self.before.case_wanted.connect(self.case_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        row.setSpacing(GAP * 2)
        title = plain_label(words("ui.today.todo"), "h2")
        row.addWidget(self._card(title, self.todos, self._nothing, self._more), 2)
        taken = self._card(self._taken_title, self.taken, self._none_taken)
        beneath = taken.layout()
        assert isinstance(beneath, QVBoxLayout)
        beneath.addWidget(self._before_title)
        beneath.addWidget(self.before, 3)
        row.addWidget(taken, 3)
        self._digits = DigitKeys(self, self.todos.count, self._open)
        self._show(None)

    def title(self) -> str:
        """今天"""
        return self._with.words("ui.today.title")

    def first_focus(self) -> QWidget:
        """The first list that holds something; with both empty Qt goes on to 新办件."""
        if self.todos.count():
            return self.todos
        return next((table for table in (self.taken, self.before) if table.rows), self.todos)

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again on news about cases, queue or print jobs."""
        if not topics:
            self._coming_up = True
        if not topics or topics & {"cases", "outbox", "print"}:
            self._with.background.run(self, self._with.desk.cases.today, self._show, lane=Lane.READS)

    def leave(self) -> None:
        """Nothing opens behind the clerk's back."""
        self._digits.let_go()

    def hurried(self) -> None:
        """The digit was a scanner's."""
        self._digits.let_go()

    def _open(self, row: int) -> None:
        """The one screen on which the thing is done."""
        if self._view is None or not 0 <= row < len(self._view.todos):
            return
        todo = self._view.todos[row]
        self.todos.setCurrentRow(row)
        if todo.case_id:
            self.case_wanted.emit(todo.case_id)
        elif todo.kind in (TodoKind.BY_HAND, TodoKind.EXPORTS):
            self.bridge_wanted.emit()
        elif todo.kind is TodoKind.CARRY:
            self.proxy_wanted.emit()
        elif todo.kind is TodoKind.MOVE:
            self.moves_wanted.emit()
        elif todo.kind is TodoKind.CALL_BACK:
            self.call_backs_wanted.emit("")
        elif todo.kind is TodoKind.QUEUE:
            self.sending_wanted.emit()
        else:
            self.settings_wanted.emit(_CATALOGUE if _CATALOGUE in PAGES else HOME)

    def _todo_card(self, number: int, todo: Todo) -> Card:
        words = self._with.words
        act = words(f"ui.todo.{todo.kind.value}")
        keyed = words("ui.todo.digit", digit=number, act=act) if number <= DIGITS else words("ui.todo.enter", act=act)
        return Card(
            f"{todo.kind.value} {todo.case_id} {todo.sentence.params.get('name', '')}",
            words.of(todo.sentence),
            (keyed,),
            todo.sentence.tone,
        )

    def _show(self, view: TodayView | None) -> None:
        words = self._with.words
        self._view = view
        cards = [self._todo_card(number, todo) for number, todo in enumerate(view.todos if view else (), start=1)]
        self.todos.show_cards(cards)
        self._more.setText(words("ui.todo.more", count=view.more) if view is not None and view.more else "")
        self._more.setVisible(view is not None and view.more > 0)
        self.todos.setVisible(bool(cards) or view is None)
        self._nothing.setVisible(view is not None and not cards)
        rows = view.rows if view is not None else ()
        self.taken.show_rows(rows)
        self.taken.setVisible(bool(rows) or view is None)
        self._none_taken.setVisible(view is not None and not rows)
        before = view.before if view is not None else ()
        self.before.show_rows(before)
        self.before.setVisible(bool(before))
        self._before_title.setVisible(bool(before))
        count = view.taken_in_today if view is not None else 0
        title = words("ui.today.taken", count=count) if count else words("ui.today.taken_none")
        self._taken_title.setText(title)
        self.taken.setAccessibleName(title)
        if self._coming_up and view is not None:
            # The lists were empty when the screen came up; whoever types in the search field is left alone.
            self._coming_up = False
            if self.isVisible() and not isinstance(QApplication.focusWidget(), QLineEdit):
                self.first_focus().setFocus()

    @staticmethod
    def _card(title: QWidget, content: QWidget, empty: QWidget, beneath: QWidget | None = None) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(title)
        column.addWidget(content, 1)
        column.addWidget(empty, 1)
        if beneath is not None:
            column.addWidget(beneath)
        return card
