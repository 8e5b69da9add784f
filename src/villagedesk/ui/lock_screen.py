"""The locked screen: no villager's name is in sight, sending goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.roles import Role
from villagedesk.ui.background import Background, Lane
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.entry.password_try import PasswordTry
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.fields import Field
from villagedesk.ui.sentences import Words, wrapping_label

if TYPE_CHECKING:
    from villagedesk.desk.entry import Entry


class LockScreen(EntryCard):
    """Asks the clerk who is signed in for the password.

    Signals:
        unlocked(): the same person is back.
        switch_wanted(): somebody else wants to sign in.
        forgotten_wanted(str): the clerk's password was forgotten.
    """

    unlocked = Signal()
    switch_wanted = Signal()
    forgotten_wanted = Signal(str)

    def __init__(
        self, entry: Entry, clerk: str, words: Words, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(words, background, words("ui.lock.title"), words("ui.lock.quiet"), parent, own_only=True)
        self._entry = entry
        self._clerk = clerk
        self._words = words
        self.others = _others(entry, clerk)
        self.body.addWidget(wrapping_label(words("ui.lock.clerk", name=clerk), "h3"))
        self.password = Field(words, "password", words("ui.sign_in.password"), secret=True)
        self.body.addWidget(self.password)
        if self.others:
            self.buttons.addWidget(button("switch_person", words("ui.switch.title"), self._switch, role="link"))
        self.buttons.addWidget(button("forgotten", words("ui.door.forgotten"), self._forgotten, role="link"))
        self.buttons.addStretch(1)
        go = button("primary_button", words("ui.lock.go"), self._unlock, key="Enter", role="primary")
        self.buttons.addWidget(go)
        self._try = PasswordTry(self.password, go, self.notice, background, entry.wait_seconds)
        self._try.look_at(clerk)
        on_enter(self, self._unlock)
        self.fit()

    def first_focus(self) -> QWidget:
        """The password."""
        return self.password.edit

    def _unlock(self) -> None:
        # The reading lane: the way back to the desk does not wait behind an act that is under way.
        self._try.begin(
            self._entry.unlock,
            lambda _: self.unlocked.emit(),
            self.notice.tell,
            self._words("ui.lock.working"),
            Lane.READS,
        )

    def _switch(self) -> None:
        if not self._try.busy:
            self.switch_wanted.emit()

    def _forgotten(self) -> None:
        if not self._try.busy:
            self.forgotten_wanted.emit(self._clerk)


def _others(entry: Entry, clerk: str) -> tuple[tuple[str, Role], ...]:
    try:
        return tuple((name, role) for name, role in entry.clerks_with_roles() if name != clerk)
    except EnvironmentProblem:
        return ()  # locked is locked; what is wrong with the slots file is told when a password is tried
