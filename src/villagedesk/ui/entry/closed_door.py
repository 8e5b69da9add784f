"""Nobody can sign in, because the file with the accounts is lost or too new: why, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Background
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.entry import Entry


class ClosedDoor(EntryCard):
    """What is wrong, in words; from a backup the accounts come back.

    Signals:
        restore_wanted(): bring a backup back.
        again_wanted(): look once more, e.g. after the technician has mended something.
    """

    restore_wanted = Signal()
    again_wanted = Signal()

    def __init__(
        self, entry: Entry, problem: Problem, words: Words, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(words, background, words("ui.door.closed"), words("ui.door.closed_quiet"), parent)
        why = wrapping_label(words.problem(problem))
        why.setObjectName("why_closed")
        self.body.addWidget(why)
        self.body.addSpacing(GAP * 2)
        self.buttons.addStretch(1)
        restorable = problem.key == "store.slots_lost" and entry.can_restore
        again = self.again_wanted.emit
        if restorable:
            self.buttons.addWidget(button("again", words("ui.door.again"), again))
            primary, act = words("ui.door.restore"), self.restore_wanted.emit
        else:
            primary, act = words("ui.door.again"), again
        self._go = button("primary_button", primary, act, key="Enter", role="primary")
        self.buttons.addWidget(self._go)
        on_enter(self, act)
        self.fit()

    def first_focus(self) -> QWidget:
        """The next step."""
        return self._go
