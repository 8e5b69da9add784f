"""What hinders a case, at the top of its page: why, what the other side said, and what the clerk can decide."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence, Snag
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.fields import Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP
from villagedesk.ui.wanted_list import WantedList

_MOST_RAW = 400


class SnagCard(QFrame):
    """Correct the case, send it again as it is, or give it up, which is asked once, with a reason.

    Signals:
        correct_wanted(): open the case to mend its papers and values.
        decided(): the desk has written the clerk's decision.
    """

    decided = Signal()
    correct_wanted = Signal()

    def __init__(self, surroundings: Surroundings, case_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = case_id
        self._snag: Snag | None = None
        self._busy = False
        words = surroundings.words
        self.setObjectName("snag")
        self.setProperty("role", "notice-bad")
        self._reason = SentenceLabel(words, "snag_reason", self)
        self._reason.setProperty("role", "h2")
        self._raw = wrapping_label("", "small", self)
        self._raw.setObjectName("snag_raw")
        self._raw.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._wanted = WantedList(words, self)
        self._advice = wrapping_label("", parent=self)
        self._advice.setObjectName("snag_advice")
        self._correct = button("correct_case", "", self.correct_wanted.emit, role="primary", parent=self)
        self._again = button("send_again", words("ui.snag.send_again"), self._send_again, parent=self)
        self._drop = button("drop", words("ui.snag.drop"), self._ask, parent=self)
        self.why = Field(words, "drop_reason", words("ui.snag.why"), hint=words("ui.snag.why_hint"), parent=self)
        self._sure = button("drop_sure", words("ui.snag.drop_sure"), self._give_up, key="Enter", parent=self)
        self._leave = button("drop_leave", words("ui.snag.leave"), self.stop_asking, key="Esc", parent=self)
        self._lay_out()
        self.tell(None)
        on_enter(self, self._entered)

    @property
    def asking(self) -> bool:
        """Whether the reason for giving up is being typed."""
        return self.why.isVisibleTo(self)

    @property
    def sends_again(self) -> bool:
        """Whether correcting it and sending it again is the next step."""
        return self._snag is not None and self._snag.can_send_again and self._with.may(Right.WORK)

    @property
    def _drops(self) -> bool:
        return self._snag is not None and self._snag.can_drop and self._with.may(Right.WORK)

    def tell(self, snag: Snag | None) -> None:
        """Show what hinders the case; None puts the card away."""
        if snag is not None and snag == self._snag:
            return
        self._snag = snag
        self.setVisible(snag is not None)
        self._reason.tell(None if snag is None else snag.reason)
        self._wanted.show_wanted(snag)
        raw = "" if snag is None else snag.raw[:_MOST_RAW].replace(",", ", ")
        self._raw.setText(self._with.words("ui.snag.raw", raw=raw) if raw else "")
        self._raw.setVisible(bool(raw))
        self._advice.setText("" if snag is None else self._with.words.of(snag.advice))
        # It names buttons that are there for those only who may use them.
        self._advice.setVisible(self._with.may(Right.WORK))
        key = "ui.snag.go_on" if snag is not None and snag.corrected else "ui.snag.correct"
        self._correct.setText(self._with.words(key))
        self._correct.setAccessibleName(self._with.words(key))
        self._show_acts(asking=False)

    def first_focus(self) -> QWidget | None:
        """Where the cursor goes; None when nothing can be done here."""
        if self.asking:
            return self.why.edit
        if self.sends_again:
            return self._correct
        return self._drop if self._drops else None

    def stop_asking(self) -> None:
        """Back to both choices."""
        self._show_acts(asking=False)
        focus = self.first_focus()
        if focus is not None:
            focus.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        for widget in (self._reason, self._wanted, self._advice, self.why):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        for act in (self._leave, self._sure, self._correct, self._again, self._drop):
            row.addWidget(act)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._raw)

    def _show_acts(self, *, asking: bool) -> None:
        self._correct.setVisible(not asking and self.sends_again)
        as_it_is = self._snag is not None and not (self._snag.corrected or self._snag.conflict)
        self._again.setVisible(not asking and self.sends_again and as_it_is)
        # between two versions the clerk chooses on the card that shows both
        chooses = self._snag is not None and self._snag.conflict
        self._drop.setVisible(not asking and self._drops and not chooses)
        for widget in (self.why, self._sure, self._leave):
            widget.setVisible(asking)

    def _ask(self) -> None:
        self._show_acts(asking=True)
        self.why.tell(None)
        self.why.look_again()

    def _entered(self) -> None:
        if self.asking:
            self._give_up()

    def _send_again(self) -> None:
        sending, case_id = self._with.desk.sending, self._case_id
        self._decide(lambda: sending.mend(case_id))

    def _give_up(self) -> None:
        sending, case_id, reason = self._with.desk.sending, self._case_id, self.why.text
        self._decide(lambda: sending.drop(case_id, reason))

    def _decide(self, work: Callable[[], None]) -> None:
        if self._busy:
            return
        self._busy = True
        self._with.background.run(
            self, work, self._decided, failed=self._failed, words=self._with.words("ui.snag.working")
        )

    def _decided(self, _: object) -> None:
        self._busy = False
        self.why.edit.clear()
        self.decided.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        if problem.field == "reason" and self.asking:
            self.why.tell(Sentence(problem.key, problem.params, "bad"))
            self.why.look_again()
        else:
            self._with.background.problem.emit(problem)
