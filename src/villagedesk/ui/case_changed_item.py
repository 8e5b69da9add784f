"""The item has changed since the case was taken in: what changed, field by field, and what more is needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from villagedesk.desk.item_views import ItemChange, ItemChanges
from villagedesk.desk.views import Sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SentenceLabel, Words
from villagedesk.ui.theme import GAP

_MOST = 12
"""Lines shown before the rest is asked for: what asks for more is among them, and the case stays in sight."""


class ChangedItem(QFrame):
    """Told above the case; gone while the item is as it was."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("item_changed")
        self.setProperty("role", "notice-warn")
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        self._title = SentenceLabel(words, "item_changed_title", self)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(GAP // 2)
        self._rest: tuple[ItemChange, ...] = ()
        self._all = button("item_changes_all", "", self._show_rest, role="link", parent=self)
        column.addWidget(self._title)
        column.addLayout(self._lines)
        column.addWidget(self._all)
        self.tell(None)

    def tell(self, changes: ItemChanges | None) -> None:
        """Show them; what asks for more comes first, as the desk gives it."""
        self.setVisible(changes is not None)
        clear(self._lines)
        self._all.hide()
        if changes is None:
            self._title.tell(None)
            return
        gone = changes.new is None
        key = "ui.changed.gone" if gone else "ui.changed.title"
        self._title.tell(Sentence(key, {"old": changes.old, "count": len(changes.lines)}, "warn"))
        self._add(changes.lines[:_MOST])
        self._rest = changes.lines[_MOST:]
        self._all.setVisible(bool(self._rest))
        self._all.setText(self._words("ui.changed.more", count=len(self._rest)))
        self._all.setAccessibleName(self._all.text())

    def _show_rest(self) -> None:
        first = self._lines.count()
        self._add(self._rest)
        self._rest = ()
        shown = self._lines.itemAt(first).widget()
        shown.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        shown.setFocus()  # the focus stays here, and the area scrolls to what is new
        self._all.hide()

    def _add(self, lines: Sequence[ItemChange]) -> None:
        for number, line in enumerate(lines, start=self._lines.count() + 1):
            label = SentenceLabel(self._words, f"item_change_{number}", self)
            label.tell(self._line(line))
            self._lines.addWidget(label)

    def _line(self, line: ItemChange) -> Sentence:
        what = self._words.of(line.sentence)
        values = {"what": what, "before": line.before, "after": line.after}
        if line.before and line.after:
            key = "ui.changed.from_to"
        elif line.after:
            key = "ui.changed.now"
        elif line.before:
            key = "ui.changed.was"
        else:
            key = "ui.changed.only"
        said = Sentence(key, values)
        return Sentence("ui.changed.needed", {"what": said}, "bad") if line.more_needed else said
