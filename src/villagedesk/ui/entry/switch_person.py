"""Somebody else at a locked desk: the desk stays open, and goes on sending, until the other's password is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from villagedesk.domain.roles import Role
from villagedesk.ui.background import Background
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.entry.ask_who import AskWho
from villagedesk.ui.sentences import Words

if TYPE_CHECKING:
    from villagedesk.desk.entry import Entry


class SwitchPerson(AskWho):
    """The sign-in list of a locked desk.

    Args:
        others: everybody but who locked it.

    Signals:
        left(): back to the lock.
    """

    left = Signal()

    def __init__(
        self,
        entry: Entry,
        others: Sequence[tuple[str, Role]],
        words: Words,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        title, quiet = words("ui.switch.title"), words("ui.switch.quiet")
        super().__init__(entry, others, title, quiet, words, background, parent, own_only=True)
        back = button("back", words("ui.back"), self._leave, key="Esc")
        self.buttons.insertWidget(self.buttons.count() - 1, back)
        on_key(self, "Esc", self._leave)
        self.fit()

    def _leave(self) -> None:
        if not self.busy:
            self.left.emit()
