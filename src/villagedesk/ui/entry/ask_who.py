"""What sign-in and the change of persons at a locked desk have in common: who, which password, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Role
from villagedesk.ui.background import Background, Lane
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.entry.next_step import tell_with_step
from villagedesk.ui.entry.password_try import PasswordTry
from villagedesk.ui.entry.who import Who
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.fields import Field
from villagedesk.ui.sentences import Words

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.entry import Entry


class AskWho(EntryCard):
    """Clerk and password.

    Args:
        clerks: who is asked for.
        title, quiet: the card's heading and the sentence beneath it.
        own_only: see :class:`EntryCard`.

    Signals:
        entered(Desk): the password was right and the desk is open.
        trying(bool): whether a password is being tried; an open desk may be closed meanwhile.
        forgotten_wanted(str): that clerk's password was forgotten, or the slots file needs the county's key.
        restore_wanted(): what is needed to get in is lost, and a backup has it.
        damaged(str, str): clerk and password are right and the database is damaged.
    """

    entered = Signal(object)
    trying = Signal(bool)
    forgotten_wanted = Signal(str)
    restore_wanted = Signal()
    damaged = Signal(str, str)

    def __init__(
        self,
        entry: Entry,
        clerks: Sequence[tuple[str, Role]],
        title: str,
        quiet: str,
        words: Words,
        background: Background,
        parent: QWidget | None = None,
        *,
        own_only: bool = False,
    ) -> None:
        super().__init__(words, background, title, quiet, parent, own_only=own_only)
        self._entry = entry
        self._words = words
        self._before_leaving: Callable[[], None] = background.come_to_rest
        self.clerk = Who(words, clerks, self)
        self.body.addWidget(self.clerk)
        self.password = Field(words, "password", words("ui.sign_in.password"), secret=True)
        self.body.addWidget(self.password)
        self._forgot = button("forgotten", words("ui.door.forgotten"), self._forgotten, role="link")
        self._go = button("primary_button", words("ui.sign_in.go"), self._sign_in, key="Enter", role="primary")
        self.buttons.addWidget(self._forgot)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._go)
        self._try = PasswordTry(self.password, self._go, self.notice, background, entry.wait_seconds)
        self._try.trying.connect(self.trying)
        self.clerk.changed.connect(self._try.look_at)
        self._try.look_at(self.clerk.name)
        on_enter(self, self._sign_in)

    def first_focus(self) -> QWidget:
        """The password: there is mostly one clerk."""
        return self.password.edit

    def tell(self, problem: Problem) -> None:
        """Why the clerk is not in, and what can be done about it."""
        restore = self.restore_wanted.emit if self._entry.can_restore else None
        tell_with_step(self.notice, problem, self._words, restore, self._forgotten)

    @property
    def busy(self) -> bool:
        """Whether a password is being tried."""
        return self._try.busy

    def _sign_in(self) -> None:
        def work(clerk: str, password: str) -> Desk:
            return self._entry.sign_in(clerk, password, self._before_leaving)

        self._try.begin(work, self.entered.emit, self._failed, self._words("ui.sign_in.working"), Lane.ACTS)

    def _failed(self, problem: Problem) -> None:
        self.tell(problem)
        if problem.key == "store.damaged" and self._entry.damage is not None:
            self.damaged.emit(self.clerk.name, self.password.text)

    def _forgotten(self) -> None:
        if not self.busy:
            self.forgotten_wanted.emit(self.clerk.name)
