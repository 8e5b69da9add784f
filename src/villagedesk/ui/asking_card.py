"""The frame of a card that asks what something needs, and does it when the clerk confirms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.life_cycle import Conclusion
from villagedesk.domain.problems import Problem
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class AskingCard(QFrame):
    """Hidden until it asks; what it asks, and of whom, is the subclass's.

    Args:
        name: begins the object names.

    Signals:
        done(): the desk has written it.
        closed(): the clerk left it.
    """

    done = Signal()
    closed = Signal()

    def __init__(self, surroundings: Surroundings, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._asking = self._busy = False
        words = surroundings.words
        self.setObjectName(f"{name}_card")
        self.setProperty("role", "notice-calm")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._title = plain_label("", "h2", self)
        self._title.setObjectName(f"{name}_title")
        self._means = wrapping_label("", parent=self)
        self._means.setObjectName(f"{name}_means")
        self._trouble = SentenceLabel(words, f"{name}_trouble", self)
        self._sure = button(f"{name}_sure", "", self.confirm, role="primary", parent=self)
        self._leave = button(f"{name}_leave", words("ui.act.leave"), self.close_card, key="Esc", parent=self)
        on_enter(self, self.confirm)
        self.hide()

    @property
    def asking(self) -> bool:
        """Whether the card is open."""
        return self._asking

    def first_focus(self) -> QWidget:
        """The first thing that is asked, or the confirming button where nothing is."""
        return self._sure

    def close_card(self) -> None:
        """Leave it; nothing was done."""
        if self._asking:
            self._put_away()
            self.closed.emit()

    def confirm(self) -> None:
        """Do it."""
        if self._busy or not self._asking:
            return
        self._busy = True
        words = self._with.words("ui.act.working")
        self._with.background.run(self, self._work(), self._done, failed=self._failed, words=words)

    def _lay_out(self, *asked: QWidget | QLayout) -> None:
        """Title, what it means, what is asked, what is wrong, and the two buttons."""
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        for part in (self._title, self._means, *asked, self._trouble):
            if isinstance(part, QLayout):
                column.addLayout(part)
            else:
                column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(self._leave)
        row.addWidget(self._sure)
        row.addStretch(1)
        column.addLayout(row)

    def _ask(self, title: str, means: str, sure: str) -> None:
        """Show it, with nothing said of an earlier time; the confirming button is named by what it does."""
        self._asking = True
        self._title.setText(title)
        self._means.setText(means)
        self._sure.setText(f"{sure}  Enter")
        self._sure.setAccessibleName(sure)
        for field in self._fields().values():
            field.tell(None)
        self._trouble.hide()
        self.show()
        self.first_focus().setFocus()

    def _work(self) -> Callable[[], object]:
        """What the desk is to do."""
        raise NotImplementedError

    def _fields(self) -> Mapping[str, Field]:
        """By the name under which the desk says that one is wrong."""
        raise NotImplementedError

    def _tell_elsewhere(self, problem: Problem) -> bool:  # noqa: ARG002 - for those that override it
        """Whether what is wrong was shown beside something else."""
        return False

    def _done(self, _: object) -> None:
        self._put_away()
        self.done.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        told = Sentence(problem.key, problem.params, "bad")
        beside = self._tell_elsewhere(problem)
        wrong = self._fields().get(problem.field)
        for field in self._fields().values():
            field.tell(told if field is wrong else None)
        alone = wrong is None and not beside
        self._trouble.setVisible(alone)
        self._trouble.tell(told if alone else None)
        if wrong is not None:
            wrong.look_again()

    def _put_away(self) -> None:
        self._busy = self._asking = False
        self.hide()


def conclusion_choice(words: Words, name: str, parent: QWidget) -> Choice:
    """How a case ended, to choose from."""
    choice = Choice(name, words("ui.act.result"), parent)
    for result in Conclusion:
        choice.addItem(words(f"conclusion.{result}"), result)
    return choice
