"""Sign-in: who sits at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from villagedesk.desk.views import EntryState, Sentence
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.background import Background
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label
from villagedesk.ui.station_name import shown_station

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.entry import Entry


class SignIn(EntryCard):
    """Clerk and password; says how many cases wait to be sent.

    Signals:
        entered(Desk): the password was right and the desk is open.
    """

    entered = Signal(object)

    def __init__(
        self, entry: Entry, state: EntryState, words: Words, background: Background, parent: QWidget | None = None
    ) -> None:
        station = shown_station(words, state.station_name, practice=state.practice)
        super().__init__(words, background, station or words("ui.name"), words("ui.sign_in.quiet"), parent)
        self._entry = entry
        self._words = words
        self._background = background
        self._busy = False
        waiting = SentenceLabel(words, "waiting_count", self)
        waiting.tell(
            Sentence("ui.sign_in.waiting", {"count": state.waiting}, "warn")
            if state.waiting
            else Sentence("ui.sign_in.none_waiting", tone="good")
        )
        self.body.addWidget(waiting)
        self.clerk = Choice("clerk", words("ui.sign_in.clerk"), self)
        self.clerk.addItems(list(state.clerks))
        title = plain_label(words("ui.sign_in.clerk"), "h3")
        title.setBuddy(self.clerk)
        self.body.addWidget(title)
        self.body.addWidget(self.clerk)
        self.password = Field(words, "password", words("ui.sign_in.password"), secret=True)
        self.body.addWidget(self.password)
        self.buttons.addStretch(1)
        self._go = button("primary_button", words("ui.sign_in.go"), self._sign_in, key="Enter", role="primary")
        self.buttons.addWidget(self._go)
        on_enter(self, self._sign_in)
        self.fit()

    def first_focus(self) -> QWidget:
        """The password: there is mostly one clerk."""
        return self.password.edit

    def _sign_in(self) -> None:
        if self._busy:
            return
        if not self.password.text:
            self.password.tell(Sentence("ui.sign_in.empty", tone="bad"))
            self.password.edit.setFocus()
            return
        clerk, password = self.clerk.currentText(), self.password.text
        self._busy = True
        self.password.tell(None)
        self.notice.clear()
        self._background.run(
            self,
            lambda: self._entry.sign_in(clerk, password),
            self._opened,
            failed=self._failed,
            words=self._words("ui.sign_in.working"),
        )

    def _opened(self, desk: Desk) -> None:
        self._busy = False
        self.entered.emit(desk)

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        if isinstance(problem, InputProblem):
            self.password.tell(Sentence(problem.key, problem.params, "bad"))
        else:
            self.notice.tell(problem)
        self.password.look_again()
