"""What stands above a draft's fields: the same person's open case, an item that changed since, what a card said, whose
place it took."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.item_views import ItemChanges
from villagedesk.desk.views import DraftView, FieldTrouble, ListRow, Replaced, Sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import scrolled
from villagedesk.ui.sentences import SentenceLabel, Words, plain_tip, wrapping_label
from villagedesk.ui.theme import GAP

RESTORE_KEY = "F7"
MORE_KEY = "F9"
_MOST_LINES = 12
_AT_ONCE = 3
"""Notices that are always in sight where they stand above fields that scroll, the field being typed into included."""
_LINES = 2
_REST_LINES = 4


class DraftNotices(QFrame):
    """Nothing while there is nothing to tell.

    Args:
        compact: it stays above what scrolls, and leaves it room: a few notices of two lines, the others by a key.

    Signals:
        case_wanted(str): look at the other case.
        adopt_wanted(): go on by the item's new version.
        restore_wanted(Replaced): put back what a card or somebody known took the place of.
    """

    case_wanted = Signal(str)
    adopt_wanted = Signal()
    restore_wanted = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None, *, compact: bool = False) -> None:
        super().__init__(parent)
        self._compact = compact
        self._rows: list[QWidget] = []
        self._rest: QWidget | None = None
        self._more: QPushButton | None = None
        self.setObjectName("draft_notices")
        self.setProperty("role", "notice-warn")
        self._words = words
        self._shown: object = None
        self._notes: list[tuple[FieldTrouble, str]] = []
        self._replaced: Replaced | None = None
        self._draft: DraftView | None = None
        self._column = QVBoxLayout(self)
        margin = GAP // 2 if compact else GAP
        self._column.setContentsMargins(GAP * 2, margin, GAP * 2, margin)
        self._column.setSpacing(0 if compact else GAP)
        self.hide()

    def show_draft(self, draft: DraftView, values: Mapping[str, str] | None = None) -> None:
        """Write it anew where it changed. What a card said stays until it is put away, or its field holds something
        else.

        Args:
            values: what the fields hold, by name; None on a screen that does not tell of cards.
        """
        if self._draft is None or self._draft.case.case_id != draft.case.case_id:
            self._notes.clear()
            self._replaced = None
        news = () if draft is self._draft else draft.notice
        self._draft = draft
        if values is not None:
            self._notes = [(note, value) for note, value in self._notes if values.get(note.field, "") == value]
            self._notes += [(note, values.get(note.field, "")) for note in news]
            if draft.filled:
                self._replaced = draft.replaced
        now = (draft.case.case_id, draft.duplicates, draft.changes, tuple(self._notes), self._replaced)
        if now == self._shown:
            return
        self._shown = now
        self._rows = []
        if self._replaced is not None:
            self._tell_replaced(self._replaced)
        for number, row in enumerate(draft.duplicates, start=1):
            self._tell_duplicate(number, row)
        self._tell_notes()
        if draft.changes is not None:
            self._tell_changes(draft.changes)
        self._lay_rows()
        self.setVisible(bool(self._rows))

    def turn(self) -> None:
        """Show the notices there is no room for at once, or put them away again."""
        if self._rest is not None and self._more is not None:
            opened = self._rest.isHidden()
            self._rest.setVisible(opened)
            self._more.setText(f"{self._more_words(opened=opened)}  {MORE_KEY}")
            self._more.setAccessibleName(self._more_words(opened=opened))
            if opened:
                self._rest.setFocus()

    def _lay_rows(self) -> None:
        clear(self._column)
        self._rest = self._more = None
        at_once = _AT_ONCE if self._compact else len(self._rows)
        for row in self._rows[:at_once]:
            self._column.addWidget(row)
        if not self._rows[at_once:]:
            return
        rest = QWidget()
        column = QVBoxLayout(rest)
        column.setContentsMargins(0, 0, 0, 0)
        for row in self._rows[at_once:]:
            column.addWidget(row)
        area = scrolled(rest, self)
        area.setObjectName("notices_rest")
        area.setAccessibleName(self._more_words(opened=False))
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that the arrow keys move it
        area.setFixedHeight(area.fontMetrics().lineSpacing() * _REST_LINES)
        area.hide()
        self._rest = area
        more = self._more_words(opened=False)
        self._more = button("notices_more", more, self.turn, key=MORE_KEY, role="link", parent=self)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignRight)
        self._column.addWidget(area)

    def _more_words(self, *, opened: bool) -> str:
        count = len(self._rows) - _AT_ONCE
        return self._words("ui.notices.less") if opened else self._words("ui.notices.rest", count=count)

    def _row(self, *parts: QWidget) -> None:
        """A notice, the first part of which takes the room that the others leave."""
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        for place, part in enumerate(parts):
            row.addWidget(part, 0 if place else 1)
        self._rows.append(line)

    def restore(self) -> None:
        """Ask for the values back that a card or somebody known took the place of, where there are such."""
        replaced, self._replaced = self._replaced, None
        if replaced is not None:
            self.restore_wanted.emit(replaced)

    def _tell_replaced(self, replaced: Replaced) -> None:
        words = self._words
        who = words("ui.applicant.title" if replaced.role == "applicant" else f"ui.party.{replaced.role}")
        params = {"who": who, "before": replaced.before, "now": replaced.now}
        self._row(
            self._label("person_replaced", Sentence("ui.notices.replaced", params, "warn")),
            button("restore_person", words("ui.notices.restore"), self.restore, key=RESTORE_KEY, role="link"),
            button("replaced_away", words("ui.notices.away"), self._keep_replaced, role="link"),
        )

    def _keep_replaced(self) -> None:
        self._replaced = None
        if self._draft is not None:
            self.show_draft(self._draft)

    def _tell_notes(self) -> None:
        for number, (note, _) in enumerate(self._notes, start=1):
            parts: list[QWidget] = [self._label(f"draft_notice_{number}", note.sentence)]
            if number == 1:
                parts.append(button("draft_notice_away", self._words("ui.notices.away"), self._put_away, role="link"))
            self._row(*parts)

    def _put_away(self) -> None:
        self._notes.clear()
        if self._draft is not None:
            self.show_draft(self._draft)

    def _tell_duplicate(self, number: int, other: ListRow) -> None:
        line = other.line
        params = {"name": line.applicant_name, "item": line.item_name, "state": other.state}
        look = self._words("ui.notices.look")
        self._row(
            self._label(f"duplicate_{number}", Sentence("ui.notices.duplicate", params, "warn")),
            button(f"duplicate_{number}_open", look, lambda: self.case_wanted.emit(line.case_id), role="link"),
        )

    def _tell_changes(self, changes: ItemChanges) -> None:
        words = self._words
        if changes.new is None:
            self._row(self._label("item_changed", Sentence("ui.notices.item_gone", {}, "bad")))
            return
        parts: list[QWidget] = [self._label("item_changed", Sentence("ui.notices.item_changed", {}, "warn"))]
        if self._compact:  # elsewhere it is the screen's next step
            parts.append(button("adopt_item", words("ui.notices.adopt"), self.adopt_wanted.emit, role="plain"))
        self._row(*parts)
        for line in changes.lines[:_MOST_LINES]:
            text = words.marked(line.sentence)
            if line.before or line.after:
                text = words("ui.notices.from_to", what=text, before=line.before, after=line.after)
            self._row(wrapping_label(text, "small"))
        if len(changes.lines) > _MOST_LINES:
            more = words("ui.notices.more", count=len(changes.lines) - _MOST_LINES)
            self._row(wrapping_label(more, "small"))

    def _label(self, name: str, sentence: Sentence) -> SentenceLabel:
        label = SentenceLabel(self._words, name)
        label.tell(sentence)
        if self._compact:
            label.setToolTip(plain_tip(self._words.of(sentence)))
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setMaximumHeight(label.fontMetrics().lineSpacing() * _LINES + GAP // 2)
        return label
