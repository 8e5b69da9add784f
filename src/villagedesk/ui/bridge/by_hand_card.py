"""What the acceptance system shows of a case that was entered by hand, and a number that was mistyped: noted here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.desk.views import CaseView, Sentence
from villagedesk.domain.life_cycle import CaseChange, Conclusion
from villagedesk.domain.problems import Problem
from villagedesk.ui.bridge.number_card import NumberFields
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class ByHandCard(QFrame):
    """Asks for a state, or for the right number, and writes it.

    Signals:
        done(): the desk has written it.
        closed(): the clerk left it.
    """

    done = Signal()
    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._words = words = surroundings.words
        self._case_id = ""
        self._busy = False
        self._change: CaseChange | None = None
        self.setObjectName("by_hand_card")
        self.setProperty("role", "notice-calm")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._title = plain_label("", "h2", self)
        self._title.setObjectName("by_hand_title")
        self._means = wrapping_label("", parent=self)
        self._numbers = NumberFields(surroundings, "by_hand", self)
        self._numbers.day.hide()
        self._result_label = plain_label(words("ui.act.result"), "h3", self)
        self.result = Choice("by_hand_result", words("ui.act.result"), self)
        for result in Conclusion:
            self.result.addItem(words(f"conclusion.{result}"), result)
        self.said = Field(words, "by_hand_said", "", parent=self)
        self.day = Field(
            words, "by_hand_on", words("bridge.note.day"), hint=words("bridge.number.day_hint"), parent=self
        )
        self._trouble = SentenceLabel(words, "by_hand_trouble", self)
        self._sure = button(
            "by_hand_sure", words("bridge.note.sure"), self.confirm, key="Enter", role="primary", parent=self
        )
        self._leave = button("by_hand_leave", words("ui.act.leave"), self.close_card, key="Esc", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        for widget in (
            *(self._title, self._means, self._numbers, self._result_label, self.result),
            *(self.said, self.day, self._trouble),
        ):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(self._leave)
        row.addWidget(self._sure)
        row.addStretch(1)
        column.addLayout(row)
        on_enter(self, self.confirm)
        self.hide()

    @property
    def asking(self) -> bool:
        """Whether the card is open."""
        return bool(self._case_id)

    def open(self, view: CaseView, change: CaseChange | None) -> None:
        """Ask what belongs to that change; None: for the right number."""
        words, case = self._words, view.case
        self._case_id, self._change = case.case_id, change
        if change is None:
            self._title.setText(words("bridge.note.renumber"))
            self._means.setText(words("bridge.note.renumber_means"))
        else:
            self._title.setText(words("bridge.note.title", change=words(f"case_change.{change}")))
            self._means.setText(words("bridge.note.means"))
        self._numbers.setVisible(change is None)
        self._numbers.begin(case.acceptance_no, case.query_code)
        concluded = change is CaseChange.CONCLUDED
        self._result_label.setVisible(concluded)
        self.result.setVisible(concluded)
        self.said.ask_for(words(self._said_key()))
        self.day.setVisible(change is not None)
        for field in (self.said, self.day):
            field.edit.clear()
            field.tell(None)
        self._trouble.hide()
        self.show()
        self.first_focus().setFocus()

    def first_focus(self) -> QWidget:
        """The first thing that is asked."""
        if self._change is None:
            return self._numbers.number.edit
        return self.result if self._change is CaseChange.CONCLUDED else self.said.edit

    def close_card(self) -> None:
        """Leave it; nothing was done."""
        if self.asking:
            self._put_away()
            self.closed.emit()

    def confirm(self) -> None:
        """Write it."""
        if self._busy or not self.asking:
            return
        self._busy = True
        self._with.background.run(self, self._work(), self._done, failed=self._failed)

    def _work(self) -> Callable[[], object]:
        numbers, case_id, change = self._with.desk.official_numbers, self._case_id, self._change
        said, day = self.said.text, self.day.text
        if change is None:
            given = self._numbers.given()
            return lambda: numbers.correct(case_id, given, said)
        result = str(self.result.currentData()) if change is CaseChange.CONCLUDED else ""
        return lambda: numbers.note(case_id, change, said, day, result)

    def _said_key(self) -> str:
        if self._change is None:
            return "bridge.note.why"
        if self._change is CaseChange.CORRECTION_ASKED:
            return "bridge.note.wanted"
        needed = self._change in (CaseChange.REFUSED, CaseChange.SUSPENDED)
        return "bridge.note.reason" if needed else "bridge.note.words"

    def _done(self, _: object) -> None:
        self._put_away()
        self.done.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        told = Sentence(problem.key, problem.params, "bad")
        beside = self._change is None and self._numbers.tell(problem)
        field = {"reason": self.said, "words": self.said, "on": self.day}.get(problem.field)
        for one in (self.said, self.day):
            one.tell(told if one is field else None)
        alone = field is None and not beside
        self._trouble.setVisible(alone)
        self._trouble.tell(told if alone else None)
        if field is not None:
            field.look_again()

    def _put_away(self) -> None:
        self._busy = False
        self._case_id = ""
        self.hide()
