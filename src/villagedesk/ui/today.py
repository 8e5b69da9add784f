"""The first screen: what there is to do, and what was taken in today."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from villagedesk.desk.views import TodayView
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.case_table import CaseTable
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class Today(Screen):
    """Two white cards side by side."""

    help_key = "ui.help.today"
    nav = "nav_today"
    new_is_primary = True

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._coming_up = False
        words = surroundings.words
        self.todos = CardList("todo_list", words("ui.today.todo"), self)
        self.todos.itemActivated.connect(lambda: self.case_wanted.emit(self.todos.current_key().split()[1]))
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
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        row.setSpacing(GAP * 2)
        row.addWidget(self._card(plain_label(words("ui.today.todo"), "h2"), self.todos, self._nothing), 2)
        row.addWidget(self._card(self._taken_title, self.taken, self._none_taken), 3)
        self._show(None)

    def title(self) -> str:
        """今天"""
        return self._with.words("ui.today.title")

    def first_focus(self) -> QWidget:
        """The first list that holds something; with both empty Qt goes on to 新办件."""
        return self.taken if not self.todos.count() and self.taken.rows else self.todos

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again on news about cases, queue or print jobs."""
        if not topics:
            self._coming_up = True
        if not topics or topics & {"cases", "outbox", "print"}:
            self._with.background.run(self, self._with.desk.cases.today, self._show, lane=Lane.READS)

    def _show(self, view: TodayView | None) -> None:
        words = self._with.words
        cards = [
            Card(
                f"{todo.kind.value} {todo.case_id}",
                words.of(todo.sentence),
                (words(f"ui.today.todo_{todo.kind.value}"),),
                todo.sentence.tone,
            )
            for todo in (view.todos if view is not None else ())
        ]
        self.todos.show_cards(cards)
        self.todos.setVisible(bool(cards) or view is None)
        self._nothing.setVisible(view is not None and not cards)
        rows = view.rows if view is not None else ()
        self.taken.show_rows(rows)
        self.taken.setVisible(bool(rows) or view is None)
        self._none_taken.setVisible(view is not None and not rows)
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
    def _card(title: QWidget, content: QWidget, empty: QWidget) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(title)
        column.addWidget(content, 1)
        column.addWidget(empty, 1)
        return card
