"""What the clerk has to ask the villager before the papers can be taken in: one key for each answer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.intake_views import Question
from villagedesk.desk.views import Sentence
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SentenceLabel, Words, wrapping_label
from villagedesk.ui.theme import GAP

NEEDED_KEY, NOT_NEEDED_KEY, NONE_KEY = "Y", "N", "D"


class Questions(QFrame):
    """A line for each condition; the keys answer the first, which then makes room for the next.

    Signals:
        answered(tuple[str, ...], bool): papers by requirement, and whether they are needed.
    """

    answered = Signal(object, bool)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._questions: tuple[Question, ...] = ()
        self._first: QPushButton | None = None
        self.setObjectName("questions")
        self.setProperty("role", "notice-warn")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GAP * 2, GAP, GAP, GAP)
        self._column.setSpacing(GAP // 2)
        self.hide()

    def show_questions(self, questions: tuple[Question, ...]) -> None:
        """Those that are open; nothing without any."""
        if self._questions == questions:
            return
        self._questions = questions
        self._first = None
        clear(self._column)
        self.setVisible(bool(questions))
        if not questions:
            return
        words, count = self._words, len(questions)
        title = words("ui.review.ask_one") if count == 1 else words("ui.review.ask_many", count=count)
        head = QHBoxLayout()
        head.addWidget(wrapping_label(title, "h3"), 1)
        self._column.addLayout(head)
        for number, question in enumerate(questions, start=1):
            self._column.addLayout(self._row(number, question))
        if count > 1:
            # made last, so that Tab comes to it after the single answers
            head.addWidget(button("none_needed", words("ui.review.none_needed"), self.answer_none, key=NONE_KEY))

    def first_focus(self) -> QWidget | None:
        """The first answer, None without a question."""
        return self._first

    def answer_first(self, needed: bool) -> None:
        """The uppermost question."""
        if self._questions:
            self.answered.emit(self._questions[0].requirement_ids, needed)

    def answer_none(self) -> None:
        """None of the papers is needed; only where there are several questions, else it has a key of its own."""
        if len(self._questions) > 1:
            self.answered.emit(tuple(name for one in self._questions for name in one.requirement_ids), False)

    def _row(self, number: int, question: Question) -> QHBoxLayout:
        words = self._words
        params = {"words": question.words, "names": words("ui.value.between").join(question.names)}
        asked = Sentence("ui.review.question", params, "warn")
        label = SentenceLabel(words, f"question_{number}")
        label.tell(asked)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(label, 1)
        for needed, name, key in ((True, "needed", NEEDED_KEY), (False, "not_needed", NOT_NEEDED_KEY)):
            text = words(f"ui.review.{name}")
            act = button(
                f"{name}_{number}",
                text,
                lambda needed=needed: self.answered.emit(question.requirement_ids, needed),  # type: ignore[misc]
                key=key if number == 1 else "",
            )
            act.setAccessibleName(words("ui.review.answer_of", answer=text, question=words.of(asked)))
            if self._first is None:
                self._first = act
            row.addWidget(act)
        return row
