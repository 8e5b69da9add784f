"""The locked screen: no person's name is in sight, sending goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.background import Background, Lane
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.fields import Field
from villagedesk.ui.sentences import Words, wrapping_label

if TYPE_CHECKING:
    from villagedesk.desk.entry import Entry


class LockScreen(EntryCard):
    """Asks the clerk who is signed in for the password.

    Signals:
        unlocked(): the same person is back.
    """

    unlocked = Signal()

    def __init__(
        self, entry: Entry, clerk: str, words: Words, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(words, background, words("ui.lock.title"), words("ui.lock.quiet"), parent)
        self._entry = entry
        self._clerk = clerk
        self._words = words
        self._background = background
        self._busy = False
        self.body.addWidget(wrapping_label(words("ui.lock.clerk", name=clerk), "h3"))
        self.password = Field(words, "password", words("ui.sign_in.password"), secret=True)
        self.body.addWidget(self.password)
        self.buttons.addStretch(1)
        self._go = button("primary_button", words("ui.lock.go"), self._unlock, key="Enter", role="primary")
        self.buttons.addWidget(self._go)
        on_enter(self, self._unlock)
        self.fit()

    def first_focus(self) -> QWidget:
        """The password."""
        return self.password.edit

    def _unlock(self) -> None:
        if self._busy:
            return
        if not self.password.text:
            self.password.tell(Sentence("ui.sign_in.empty", tone="bad"))
            self.password.edit.setFocus()
            return
        password = self.password.text
        self._busy = True
        # The reading lane: the way back to the desk does not wait behind an act that is under way.
        self._background.run(
            self,
            lambda: self._entry.unlock(self._clerk, password),
            self._opened,
            lane=Lane.READS,
            failed=self._failed,
            words=self._words("ui.lock.working"),
        )

    def _opened(self, _: None) -> None:
        self._busy = False
        self.password.edit.clear()
        self.password.tell(None)
        self.unlocked.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        if isinstance(problem, InputProblem):
            self.password.tell(Sentence(problem.key, problem.params, "bad"))
        else:
            self.notice.tell(problem)
        self.password.look_again()
