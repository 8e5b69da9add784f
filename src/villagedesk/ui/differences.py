"""Where two versions of a case differ, in two columns; masked until F9 as all the page is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from villagedesk.desk.life_views import Difference
from villagedesk.domain.service_item import ServiceItem
from villagedesk.ui.conflict_words import said_in
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.theme import GAP


class Differences(QWidget):
    """The columns, with the words that F9 shows what is hidden.

    Args:
        name: begins the names of the labels.
        heads: keys of the words above the columns: the field, ours, theirs.
    """

    def __init__(self, words: Words, name: str, heads: tuple[str, str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._name = name
        self._heads = heads
        self._differences: Sequence[Difference] = ()
        self._item: ServiceItem | None = None
        self._masked = True
        self._hint = wrapping_label(words("conflict.masked"), "quiet", self)
        self._hint.setObjectName(f"{name}_masked")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP * 2)
        self._grid.setVerticalSpacing(GAP // 2)
        for place, share in enumerate((2, 3, 3)):
            self._grid.setColumnStretch(place, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._grid)
        column.addWidget(self._hint)

    def tell(self, differences: Sequence[Difference], item: ServiceItem | None) -> None:
        """Show these.

        Args:
            item: the case's, for the fields of its form.
        """
        self._differences, self._item = differences, item
        self._show()

    def show_whole(self, *, whole: bool) -> None:
        """Show whole what tells a person, or hide it in part."""
        if whole is self._masked:
            self._masked = not whole
            self._show()

    def _show(self) -> None:
        clear(self._grid)
        self._hint.setVisible(bool(self._differences) and self._masked)
        if self._differences:
            for column, key in enumerate(self._heads):
                self._grid.addWidget(wrapping_label(self._words(key), "quiet", self), 0, column)
        for row, one in enumerate(self._differences, start=1):
            mine, other = (
                said_in(self._words, self._item, one, said, masked=self._masked) for said in (one.ours, one.theirs)
            )
            told = (("field", self._words.of(one.label)), ("ours", mine), ("theirs", other))
            for column, (part, text) in enumerate(told):
                label = wrapping_label(text, "h3" if column == 0 else "", self)
                label.setObjectName(f"{self._name}_{part}_{row}")
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
