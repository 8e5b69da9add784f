"""Two versions of a case in two columns, and the clerk's choice between them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.life_views import ConflictView
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import ServiceItem
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.differences import Differences
from villagedesk.ui.fields import Field
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP


class ConflictCard(QFrame):
    """Signals:
    decided(): the desk has written the clerk's decision.
    """

    decided = Signal()

    def __init__(self, surroundings: Surroundings, case_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = case_id
        self._view: ConflictView | None = None
        self._item: ServiceItem | None = None
        self._busy = False
        words = surroundings.words
        self.setObjectName("conflict")
        self.setProperty("role", "notice-bad")
        self._standing = SentenceLabel(words, "conflict_standing", self)
        self._said = wrapping_label("", parent=self)
        self._said.setObjectName("conflict_said")
        self._wanted = QVBoxLayout()
        self._wanted.setSpacing(GAP // 2)
        heads = ("conflict.field_head", "conflict.ours_head", "conflict.theirs_head")
        self._differences = Differences(words, "conflict", heads, self)
        self._if_theirs = SentenceLabel(words, "conflict_if_theirs", self)
        self.why = Field(words, "conflict_reason", words("conflict.why"), hint=words("conflict.why_hint"), parent=self)
        self._ours = button("use_ours", "", self._use_ours, parent=self)
        self._theirs = button("use_theirs", words("conflict.use_theirs"), self._ask, parent=self)
        self._sure = button("theirs_sure", words("conflict.sure"), self._use_theirs, key="Enter", parent=self)
        self._leave = button("theirs_leave", words("conflict.leave"), self.stop_asking, key="Esc", parent=self)
        self._seen = button("conflict_seen", words("conflict.seen"), self._note_seen, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        for shown in (self._standing, self._said):
            column.addWidget(shown)
        column.addLayout(self._wanted)
        column.addWidget(self._differences)
        column.addWidget(self._if_theirs)
        column.addWidget(self.why)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        for act in (self._leave, self._sure, self._ours, self._theirs, self._seen):
            row.addWidget(act)
        row.addStretch(1)
        column.addLayout(row)
        on_enter(self, self._entered)
        self._show_acts(asking=False)
        self.hide()

    @property
    def asking(self) -> bool:
        """Whether the reason for taking the other version is being typed."""
        return self.why.isVisibleTo(self)

    def first_focus(self) -> QWidget | None:
        """Where the cursor goes; None when nothing can be done here."""
        if self.asking:
            return self.why.edit
        acts = (self._ours, self._seen)
        return next((act for act in acts if self._view is not None and act.isVisibleTo(self)), None)

    def stop_asking(self) -> None:
        """Back to both choices."""
        self._show_acts(asking=False)
        self._theirs.setFocus()

    def show_whole(self, *, whole: bool) -> None:
        """Show whole what tells a person, or hide it in part."""
        self._differences.show_whole(whole=whole)

    def tell(self, view: ConflictView | None, item: ServiceItem | None = None) -> None:
        """Show where the versions differ; None puts the card away.

        Args:
            item: the case's, for the fields of its form.
        """
        if (view, item) == (self._view, self._item):
            return
        self._view, self._item = view, item
        self.setVisible(view is not None)
        self._show_acts(asking=False)
        if view is None:
            return
        words = self._with.words
        self._standing.tell(view.standing)
        self._said.setText(words("conflict.after_end_said", said=view.said) if view.said else "")
        self._said.setVisible(bool(view.said))
        clear(self._wanted)
        for number, wanted in enumerate(view.wanted, start=1):
            label = SentenceLabel(words, f"conflict_wanted_{number}", self)
            label.tell(wanted.sentence)
            self._wanted.addWidget(label)
        ours = words("conflict.use_ours", revision=view.next_revision)
        self._ours.setText(ours)
        self._ours.setAccessibleName(ours)
        self._differences.tell(view.differences, item)
        self._if_theirs.tell(view.if_theirs)
        self._if_theirs.setVisible(view.if_theirs is not None and self._with.may(Right.WORK))

    def _show_acts(self, *, asking: bool) -> None:
        works = self._with.may(Right.WORK) and self._view is not None
        submitted = works and self._view is not None and self._view.submitted
        for act in (self._ours, self._theirs):
            act.setVisible(bool(submitted) and not asking)
        for asked in (self.why, self._sure, self._leave):
            asked.setVisible(asking)
        self._seen.setVisible(works and not submitted)

    def _ask(self) -> None:
        self._show_acts(asking=True)
        self.why.tell(None)
        self.why.look_again()

    def _entered(self) -> None:
        if self.asking:
            self._use_theirs()

    def _use_ours(self) -> None:
        self._run(lambda: self._with.desk.conflicts.use_ours(self._case_id))

    def _use_theirs(self) -> None:
        reason = self.why.text
        self._run(lambda: self._with.desk.conflicts.use_theirs(self._case_id, reason))

    def _note_seen(self) -> None:
        self._run(lambda: self._with.desk.conflicts.note_seen(self._case_id))

    def _run(self, work: Callable[[], None]) -> None:
        if self._busy:
            return
        self._busy = True
        self._with.background.run(
            self, work, self._done, failed=self._failed, words=self._with.words("conflict.working")
        )

    def _done(self, _: object) -> None:
        self._busy = False
        self.why.edit.clear()
        self.decided.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        if problem.field == "reason":
            self.why.tell(Sentence(problem.key, problem.params, "bad"))
            self.why.look_again()
        else:
            self._with.background.problem.emit(problem)
