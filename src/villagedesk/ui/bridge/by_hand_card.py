"""What the acceptance system shows of a case that was entered by hand, and a number that was mistyped: noted here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from villagedesk.desk.views import CaseView
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.problems import Problem
from villagedesk.ui.asking_card import AskingCard, conclusion_choice
from villagedesk.ui.bridge.number_card import NumberFields
from villagedesk.ui.fields import Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label
from villagedesk.ui.stop_choice import StopChoice


class ByHandCard(AskingCard):
    """Asks for a state, or for the right number, and writes it."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "by_hand", parent)
        words = surroundings.words
        self._case_id = ""
        self._change: CaseChange | None = None
        self._numbers = NumberFields(surroundings, "by_hand", self)
        self._numbers.day.hide()
        self._result_label = plain_label(words("ui.act.result"), "h3", self)
        self.result = conclusion_choice(words, "by_hand_result", self)
        self.stop = StopChoice(words, "by_hand_stop", self)
        self.said = Field(words, "by_hand_said", "", parent=self)
        self.day = Field(
            words, "by_hand_on", words("bridge.note.day"), hint=words("bridge.number.day_hint"), parent=self
        )
        self._lay_out(self._numbers, self._result_label, self.result, self.stop, self.said, self.day)

    def open(self, view: CaseView, change: CaseChange | None) -> None:
        """Ask what belongs to that change; None: for the right number."""
        words, case = self._with.words, view.case
        self._case_id, self._change = case.case_id, change
        self._numbers.setVisible(change is None)
        self._numbers.begin(case.acceptance_no, case.query_code)
        for widget in (self._result_label, self.result):
            widget.setVisible(change is CaseChange.CONCLUDED)
        self.stop.setVisible(change is CaseChange.SUSPENDED)
        self.stop.begin()
        self.said.ask_for(words(self._said_key()))
        self.day.setVisible(change is not None)
        for field in (self.said, self.day):
            field.edit.clear()
        sure = words("bridge.note.sure")
        if change is None:
            means = "bridge.note.renumber_means" if view.entry_stands else "bridge.note.renumber_went_on"
            self._ask(words("bridge.note.renumber"), words(means), sure)
        else:
            title = words("bridge.note.title", change=words(f"case_change.{change}"))
            self._ask(title, words("bridge.note.means"), sure)

    def first_focus(self) -> QWidget:
        """The first thing that is asked."""
        if self._change is None:
            return self._numbers.number.edit
        chosen = {CaseChange.CONCLUDED: self.result, CaseChange.SUSPENDED: self.stop}
        return chosen.get(self._change, self.said.edit)

    def _work(self) -> Callable[[], object]:
        numbers, case_id, change = self._with.desk.official_numbers, self._case_id, self._change
        said, day = self.said.text, self.day.text
        if change is None:
            given = self._numbers.given()
            return lambda: numbers.correct(case_id, given, said)
        result = str(self.result.currentData()) if change is CaseChange.CONCLUDED else ""
        stop = self.stop.chosen
        return lambda: numbers.note(case_id, change, said, day, result, stop)

    def _fields(self) -> Mapping[str, Field]:
        return {"reason": self.said, "words": self.said, "on": self.day}

    def _tell_elsewhere(self, problem: Problem) -> bool:
        return self.stop.tell(problem) or (self._change is None and self._numbers.tell(problem))

    def _said_key(self) -> str:
        if self._change is None:
            return "bridge.note.why"
        if self._change is CaseChange.CORRECTION_ASKED:
            return "bridge.note.wanted"
        needed = self._change in (CaseChange.REFUSED, CaseChange.SUSPENDED)
        return "bridge.note.reason" if needed else "bridge.note.words"
