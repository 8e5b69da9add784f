"""One carried case beside the list: where it stands, what it lacks, what is known of it, and what becomes of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.move_matching import Likeness, Match
from villagedesk.desk.move_views import Decision, MoveCase
from villagedesk.desk.views import Sentence
from villagedesk.domain.mode_move import Way
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Field, Tick
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SHAPES, SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class CaseDetail(QFrame):
    """Signals:
    chosen(str, object): a case's id, and the :class:`Decision` taken or None.
    mend_wanted(str), open_wanted(str): a case's id.
    """

    chosen = Signal(str, object)
    mend_wanted = Signal(str)
    open_wanted = Signal(str)

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words = surroundings.words
        self._case: MoveCase | None = None
        self._decision: Decision | None = None
        works = surroundings.may(Right.WORK)
        self.setProperty("role", "card")
        self._title = wrapping_label("", "h2", self)
        self._title.setObjectName("move_title")
        self._facts = wrapping_label("", "quiet", self)
        self._facts.setObjectName("move_facts")
        self._refused = SentenceLabel(words, "move_refused", self)
        self._match = SentenceLabel(words, "move_match", self)
        self._missing_title = plain_label(words("mode_move.page.missing"), "h3", self)
        self._missing = QVBoxLayout()
        self._missing.setSpacing(GAP // 2)
        self.mend = button("move_mend", words("mode_move.page.mend"), self._mend, parent=self)
        self.open = button("move_open", words("mode_move.page.open"), self._open, parent=self)
        self._ways: dict[Way, QPushButton] = {}
        rows = QVBoxLayout()
        rows.setSpacing(GAP)
        for number, way in enumerate(Way, start=1):
            text = words(f"mode_move.way.{way}")
            choice = button(f"move_way_{way}", text, key=str(number), role="choice", parent=self)
            choice.setCheckable(True)
            choice.setAccessibleDescription(words(f"mode_move.way_means.{way}"))
            choice.clicked.connect(lambda _on, way=way: self.choose(way))
            self._ways[way] = choice
            row = QHBoxLayout()
            row.setSpacing(GAP * 2)
            row.addWidget(choice)
            row.addWidget(wrapping_label(words(f"mode_move.way_means.{way}"), "small", self), 1)
            rows.addLayout(row)
            choice.setVisible(works)
        self.number = Field(
            words, "move_number", words("mode_move.page.number"), hint=words("mode_move.page.number_hint"), parent=self
        )
        self.number.edit.textEdited.connect(lambda _: self._tell())
        self.another = Tick(
            "move_another", words("mode_move.page.another"), words("mode_move.page.another_means"), self
        )
        self.another.clicked.connect(lambda _: self._tell())
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        for widget in (self._title, self._facts, self._refused, self._match, self._missing_title):
            column.addWidget(widget)
        column.addLayout(self._missing)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(self.mend)
        row.addWidget(self.open)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(GAP)
        column.addLayout(rows)
        column.addWidget(self.another)
        column.addWidget(self.number)
        column.addStretch(1)
        self._works = works
        self.hide()

    def show_case(self, case: MoveCase | None, decision: Decision | None, refused: Sentence | None) -> None:
        """Show a case with what is decided of it so far, and why it was not done."""
        again = case is not None and self._case is not None and case.case_id == self._case.case_id
        self._case, self._decision = case, decision
        self.setVisible(case is not None)
        if case is None:
            return
        words = self._words
        self._title.setText(words("mode_move.page.card", name=case.applicant_name, item=case.item_name))
        when = "" if case.received_at is None else words("mode_move.page.received", time=words.moment(case.received_at))
        told = words("mode_move.page.township_no", number=case.township_no) if case.township_no else ""
        numbers = words("mode_move.page.local_no", number=case.local_no)
        parts = (numbers, when, words.of(case.standing), words.of(case.papers), told)
        self._facts.setText("　".join(part for part in parts if part))
        self._tell_about(self._refused, refused)
        self._tell_about(self._match, match_sentence(case.match))
        self._show_missing(case)
        if not again:
            proposed = case.match.number if case.match and case.match.likeness is not Likeness.OTHER else ""
            self.number.edit.setText(decision.number if decision is not None and decision.number else proposed)
            self.another.setChecked(decision is not None and decision.is_another)
        self._show_way(case, decision)

    def choose(self, way: Way | None) -> None:
        """Take a way, or none, as far as the case can go it."""
        case = self._case
        if case is None or not self._works:
            return
        if way is not None and (way not in case.ways or (way is Way.ENTER and case.missing)):
            self._show_way(case, self._decision)
            return
        self._decision = None if way is None else Decision(case.case_id, way)
        self._tell()
        if way is Way.BIND and not self.number.text:
            self.number.edit.setFocus()

    def _tell(self) -> None:
        case, before = self._case, self._decision
        if case is None:
            return
        if before is not None:
            number = self.number.text.strip() if before.way is Way.BIND else ""
            another = before.way is Way.ENTER and self.another.isChecked()
            self._decision = Decision(case.case_id, before.way, number, another)
        self._show_way(case, self._decision)
        self.chosen.emit(case.case_id, self._decision)

    def _show_missing(self, case: MoveCase) -> None:
        clear(self._missing)
        for number, sentence in enumerate(case.missing):
            label = SentenceLabel(self._words, f"move_missing_{number}", self)
            label.tell(sentence)
            self._missing.addWidget(label)
        self._missing_title.setVisible(bool(case.missing))
        self.mend.setVisible(bool(case.missing) and case.can_be_mended and self._works)

    def _show_way(self, case: MoveCase, decision: Decision | None) -> None:
        way = None if decision is None else decision.way
        for one, choice in self._ways.items():
            mark = f"{SHAPES['good']} " if one is way else ""  # a shape beside the colour
            choice.setChecked(one is way)
            choice.setText(f"{mark}{self._words(f'mode_move.way.{one}')}  {list(Way).index(one) + 1}")
            choice.setEnabled(one in case.ways and not (one is Way.ENTER and case.missing))
        self.number.setVisible(way is Way.BIND)
        self.another.setVisible(way is Way.ENTER and case.match is not None)

    @staticmethod
    def _tell_about(label: SentenceLabel, sentence: Sentence | None) -> None:
        label.tell(sentence)
        label.setVisible(sentence is not None)

    def _mend(self) -> None:
        if self._case is not None:
            self.mend_wanted.emit(self._case.case_id)

    def _open(self) -> None:
        if self._case is not None:
            self.open_wanted.emit(self._case.case_id)


def match_sentence(match: Match | None) -> Sentence | None:
    """What is known of a case in the acceptance system, in words."""
    if match is None:
        return None
    params: dict[str, object] = {"number": match.number, "name": match.name, "item": match.item_name}
    key, tone = str(match.likeness), "warn"
    if match.likeness is Likeness.SAME:
        key, tone = ("same", "good") if match.sure else ("same_name", "warn")
    elif match.likeness is Likeness.OTHER:
        tone = "bad"
    elif match.likeness is Likeness.PERSON and not match.number:
        key = "person_other_item" if match.item_name else "person_several"
    return Sentence(f"mode_move.match.{key}", params, tone)
