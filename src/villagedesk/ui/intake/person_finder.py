"""以前来过的人: somebody known from an earlier case is found and chosen, so that nobody is typed twice."""

from __future__ import annotations

from collections.abc import Set

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from villagedesk.desk.intake_views import EarlierPersonView
from villagedesk.domain.party import ApplicantKind
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.fields import Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label
from villagedesk.ui.theme import GAP
from villagedesk.ui.typed_search import TypedSearch

_WIDTH, _HEIGHT = 640, 480


class PersonFinder(QDialog):
    """Name, pinyin initials, last four digits or phone; Enter takes the chosen one. Numbers stay masked.

    Args:
        who: what the person is to be, in words.
        kinds: natural or legal persons, whichever it can be.
    """

    def __init__(self, surroundings: Surroundings, who: str, kinds: Set[ApplicantKind], parent: QWidget) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self.setWindowTitle(words("ui.known.title", who=who))
        self.setMinimumSize(_WIDTH, _HEIGHT)
        self._kinds = kinds
        self._found: tuple[EarlierPersonView, ...] = ()
        self.typed = Field(words, "known_search", words("ui.known.search"), hint=words("ui.known.hint"), parent=self)
        self.list = QListWidget(self)
        self.list.setObjectName("known_list")
        self.list.setAccessibleName(words("ui.known.list"))
        self.list.setWordWrap(True)
        self._none = plain_label("", "quiet", self)
        self._none.setObjectName("known_none")
        take = button(
            "known_take", words("ui.known.take"), self.accept_chosen, key="Enter", role="primary", parent=self
        )
        away = button("known_close", words("ui.back"), self.reject, key="Esc", parent=self)
        foot = QHBoxLayout()
        foot.addWidget(away)
        foot.addStretch(1)
        foot.addWidget(take)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        for widget in (self.typed, self.list, self._none):
            column.addWidget(widget)
        column.addLayout(foot)
        self._search = TypedSearch(self.typed.edit, surroundings.background, self._find, self._show)
        self.list.itemDoubleClicked.connect(lambda _: self._accept_marked())
        on_key(self.typed, "Down", lambda: self._move(1), repeat=True)
        on_key(self.typed, "Up", lambda: self._move(-1), repeat=True)
        on_key(self, Qt.Key.Key_Return, self.accept_chosen)
        on_key(self, Qt.Key.Key_Enter, self.accept_chosen)
        self.typed.edit.setFocus()

    @property
    def chosen(self) -> EarlierPersonView | None:
        """Who is marked."""
        place = self.list.currentRow()
        return self._found[place] if 0 <= place < len(self._found) else None

    def accept_chosen(self) -> None:
        """Close with the person marked among those found by what is typed by now."""
        self._search.when_read(self._accept_marked)

    def _accept_marked(self) -> None:
        if self.chosen is not None:
            self.accept()

    def _move(self, by: int) -> None:
        def move() -> None:
            if self.list.count():
                self.list.setCurrentRow(min(max(self.list.currentRow() + by, 0), self.list.count() - 1))

        self._search.when_read(move)

    def _find(self, text: str) -> tuple[EarlierPersonView, ...]:
        return self._with.desk.intake.earlier_persons(text, kinds=self._kinds) if text else ()

    def _show(self, found: tuple[EarlierPersonView, ...], text: str, other: bool) -> None:
        if not other:
            return
        words = self._with.words
        self._found = found
        self.list.clear()
        for person in found:
            line = words(
                "ui.known.line",
                name=person.name,
                number=person.masked_number,
                address=person.address,
                item=person.last_item,
                date=words.moment(person.last_at),
            )
            self.list.addItem(QListWidgetItem(line))
        if found:
            self.list.setCurrentRow(0)
        self._none.setText("" if found or not text else words("ui.known.none"))
