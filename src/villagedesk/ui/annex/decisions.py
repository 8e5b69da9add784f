"""Rows of others' forms with something wrong in them: the clerk says of each whether it comes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QVBoxLayout, QWidget

from villagedesk.desk.annex_views import trouble_sentence
from villagedesk.domain.annex import SentRow
from villagedesk.ui.buttons import button
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.sentences import Words
from villagedesk.ui.theme import GAP

_LIST_HEIGHT = 220


class _RowList(CardList):
    """Signals:
    toggled(): Space on the chosen row.
    """

    toggled = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space decides."""
        if event.text() == " ":
            self.toggled.emit()
            return
        super().keyPressEvent(event)


class Decisions(QWidget):
    """Signals:
    changed(): something was decided.
    """

    changed = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._rows: Mapping[int, SentRow] = {}
        self._kept: dict[int, bool] = {}
        self.list = _RowList("annex_rows", words("ui.annex.merge.list"), self)
        self.list.setMinimumHeight(_LIST_HEIGHT)
        self.list.itemClicked.connect(self._clicked)
        self.list.toggled.connect(self._toggle)
        self._all_kept = button(
            "annex_all_kept", words("ui.annex.merge.all_kept"), lambda: self._decide_all(kept=True), parent=self
        )
        self._all_left = button(
            "annex_all_left", words("ui.annex.merge.all_left"), lambda: self._decide_all(kept=False), parent=self
        )
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._all_kept)
        foot.addWidget(self._all_left)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.list, 1)
        column.addLayout(foot)

    @property
    def open_count(self) -> int:
        """How many rows nobody decided about."""
        return len(self._rows) - len(self._kept)

    @property
    def left_out(self) -> frozenset[int]:
        """Places of the rows that do not come along."""
        return frozenset(place for place, kept in self._kept.items() if not kept)

    def show_rows(self, rows: Sequence[SentRow]) -> None:
        """Show those that have something wrong; nothing is decided."""
        self._rows = {place: row for place, row in enumerate(rows) if row.troubles}
        self._kept = {}
        self._show()

    def _show(self) -> None:
        self.list.show_cards([self._card(place, row) for place, row in self._rows.items()])
        self.changed.emit()

    def _card(self, place: int, row: SentRow) -> Card:
        words = self._words
        kept = self._kept.get(place)
        badge = ("undecided", "warn") if kept is None else ("kept", "good") if kept else ("left", "bad")
        where = f"{row.row.township} {row.row.village}".strip() or words("ui.annex.merge.no_place")
        return Card(
            str(place),
            words("ui.annex.merge.line", place=where, file=row.file, line=row.line),
            tuple(words.of(trouble_sentence(one)) for one in row.troubles),
            badges=((words(f"ui.annex.merge.{badge[0]}"), badge[1]),),
        )

    def _clicked(self, _item: QListWidgetItem) -> None:
        self._toggle()

    def _toggle(self) -> None:
        key = self.list.current_key()
        if key:
            place = int(key)
            self._kept[place] = not self._kept.get(place, False)
            self._show()

    def _decide_all(self, *, kept: bool) -> None:
        self._kept = dict.fromkeys(self._rows, kept)
        self._show()
