"""What stands above a draft's fields: the same person's open case, an item that changed since, what a card said."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.item_views import ItemChanges
from villagedesk.desk.views import DraftView, FieldTrouble, ListRow, Replaced, Sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SentenceLabel, Words, wrapping_label
from villagedesk.ui.theme import GAP

RESTORE_KEY = "F7"
_MOST_LINES = 12


class DraftNotices(QFrame):
    """Nothing while there is nothing to tell.

    Signals:
        case_wanted(str): look at the other case.
        adopt_wanted(): go on by the item's new version.
        restore_wanted(Replaced): put back what a card or somebody known took the place of.
    """

    case_wanted = Signal(str)
    adopt_wanted = Signal()
    restore_wanted = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draft_notices")
        self.setProperty("role", "notice-warn")
        self._words = words
        self._shown: object = None
        self._notes: list[tuple[FieldTrouble, str]] = []
        self._replaced: Replaced | None = None
        self._draft: DraftView | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
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
        clear(self._column)
        for number, row in enumerate(draft.duplicates, start=1):
            self._tell_duplicate(number, row)
        if draft.changes is not None:
            self._tell_changes(draft.changes)
        if self._replaced is not None:
            self._tell_replaced(self._replaced)
        self._tell_notes()
        self.setVisible(bool(draft.duplicates or draft.changes or self._notes or self._replaced))

    def restore(self) -> None:
        """Ask for the values back that a card or somebody known took the place of, where there are such."""
        replaced, self._replaced = self._replaced, None
        if replaced is not None:
            self.restore_wanted.emit(replaced)

    def _tell_replaced(self, replaced: Replaced) -> None:
        words = self._words
        who = words("ui.applicant.title" if replaced.role == "applicant" else f"ui.party.{replaced.role}")
        params = {"who": who, "before": replaced.before, "now": replaced.now}
        row = QHBoxLayout()
        row.addWidget(self._label("person_replaced", Sentence("ui.notices.replaced", params, "warn")), 1)
        row.addWidget(
            button("restore_person", words("ui.notices.restore"), self.restore, key=RESTORE_KEY, role="plain")
        )
        row.addWidget(button("replaced_away", words("ui.notices.away"), self._keep_replaced, role="link"))
        self._column.addLayout(row)

    def _keep_replaced(self) -> None:
        self._replaced = None
        if self._draft is not None:
            self.show_draft(self._draft)

    def _tell_notes(self) -> None:
        for number, (note, _) in enumerate(self._notes, start=1):
            row = QHBoxLayout()
            row.addWidget(self._label(f"draft_notice_{number}", note.sentence), 1)
            if number == 1:
                row.addWidget(button("draft_notice_away", self._words("ui.notices.away"), self._put_away, role="link"))
            self._column.addLayout(row)

    def _put_away(self) -> None:
        self._notes.clear()
        if self._draft is not None:
            self.show_draft(self._draft)

    def _tell_duplicate(self, number: int, other: ListRow) -> None:
        line = other.line
        params = {"name": line.applicant_name, "item": line.item_name, "state": other.state}
        row = QHBoxLayout()
        row.addWidget(self._label(f"duplicate_{number}", Sentence("ui.notices.duplicate", params, "warn")), 1)
        row.addWidget(
            button(
                f"duplicate_{number}_open",
                self._words("ui.notices.look"),
                lambda: self.case_wanted.emit(line.case_id),
                role="link",
            )
        )
        self._column.addLayout(row)

    def _tell_changes(self, changes: ItemChanges) -> None:
        words = self._words
        if changes.new is None:
            self._column.addWidget(self._label("item_changed", Sentence("ui.notices.item_gone", {}, "bad")))
            return
        row = QHBoxLayout()
        row.addWidget(self._label("item_changed", Sentence("ui.notices.item_changed", {}, "warn")), 1)
        row.addWidget(button("adopt_item", words("ui.notices.adopt"), self.adopt_wanted.emit, role="plain"))
        self._column.addLayout(row)
        for line in changes.lines[:_MOST_LINES]:
            text = words.marked(line.sentence)
            if line.before or line.after:
                text = words("ui.notices.from_to", what=text, before=line.before, after=line.after)
            self._column.addWidget(wrapping_label(text, "small"))
        if len(changes.lines) > _MOST_LINES:
            more = words("ui.notices.more", count=len(changes.lines) - _MOST_LINES)
            self._column.addWidget(wrapping_label(more, "small"))

    def _label(self, name: str, sentence: Sentence) -> SentenceLabel:
        label = SentenceLabel(self._words, name)
        label.tell(sentence)
        return label
