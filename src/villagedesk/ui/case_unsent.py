"""What was typed for a correction that was not sent before the case went on: read, copied, and then quiet."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.life_views import UnsentView
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import ServiceItem
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.differences import Differences
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP, set_role


class UnsentCard(QFrame):
    """Stays as long as the text is kept; with a button until the clerk has said that she has read it.

    Signals:
        decided(): the desk has noted that it was read.
    """

    decided = Signal()

    def __init__(self, surroundings: Surroundings, case_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = case_id
        self._asks = self._busy = False
        words = surroundings.words
        self.setObjectName("unsent")
        self._standing = SentenceLabel(words, "unsent_standing", self)
        heads = ("conflict.field_head", "correction.unsent.ours_head", "correction.unsent.theirs_head")
        self._differences = Differences(words, "unsent", heads, self)
        self._advice = wrapping_label(words("correction.unsent.advice"), "quiet", self)
        self._seen = button("unsent_seen", words("correction.unsent.seen"), self._note_seen, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        for shown in (self._standing, self._differences, self._advice):
            column.addWidget(shown)
        row = QHBoxLayout()
        row.addWidget(self._seen)
        row.addStretch(1)
        column.addLayout(row)
        on_enter(self, self._note_seen)
        self.hide()

    def first_focus(self) -> QWidget | None:
        """Where the cursor goes; None when nothing is to be done here."""
        return self._seen if self._asks else None

    def show_whole(self, *, whole: bool) -> None:
        """Show whole what tells a person, or hide it in part."""
        self._differences.show_whole(whole=whole)

    def tell(self, view: UnsentView | None, item: ServiceItem | None) -> None:
        """Show what was not sent; None puts the card away.

        Args:
            item: the case's, for the fields of its form.
        """
        self.setVisible(view is not None)
        self._asks = view is not None and view.unread and self._with.may(Right.WORK)
        if view is None:
            return
        set_role(self, "notice-warn" if view.unread else "card")
        self._standing.tell(view.standing)
        self._differences.tell(view.differences, item)
        self._seen.setVisible(self._asks)

    def _note_seen(self) -> None:
        if self._busy or not self._asks:
            return
        self._busy = True
        desk, words = self._with.desk, self._with.words("conflict.working")
        run = self._with.background.run
        run(self, lambda: desk.conflicts.note_unsent_seen(self._case_id), self._done, failed=self._failed, words=words)

    def _done(self, _: object) -> None:
        self._busy = False
        self.decided.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._with.background.problem.emit(problem)
