"""What the batch page asks: of one case of the batch, or of the batch as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from PySide6.QtWidgets import QWidget

from villagedesk.ui.asking_card import AskingCard
from villagedesk.ui.fields import Field
from villagedesk.ui.screen import Surroundings


class Ask(StrEnum):
    """Words ``ui.batch.ask.<value>.*``."""

    REFUSE = "refuse"
    SHORT = "short"
    SETTLE = "settle"
    LEAVE_OUT = "leave_out"
    DROP = "drop"
    UNSIGNED = "unsigned"
    CARRIED = "carried"


_WORDS = {
    Ask.REFUSE: "ui.batch.field.words_refused",
    Ask.SHORT: "ui.batch.field.words_short",
    Ask.SETTLE: "ui.batch.field.words_settle",
    Ask.LEAVE_OUT: "ui.batch.field.reason",
    Ask.DROP: "ui.batch.field.reason",
    Ask.UNSIGNED: "ui.batch.field.reason",
}


class BatchAsk(AskingCard):
    """Asks, and does what the page gave it to do with the answers."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "batch", parent)
        words = surroundings.words

        def field(name: str, hint: str = "") -> Field:
            label = words(f"ui.batch.field.{name}")
            return Field(words, f"batch_{name}", label, hint=words(hint) if hint else "", parent=self)

        self.receiver = field("receiver", "ui.batch.field.receiver_hint")
        self.day = field("day", "ui.batch.field.day_hint")
        self.counted = field("counted")
        self.said = Field(words, "batch_said", words("ui.batch.field.reason"), parent=self)
        self._do: Callable[[], object] = lambda: None
        self._lay_out(self.receiver, self.day, self.counted, self.said)

    def open(self, ask: Ask, params: Mapping[str, object], do: Callable[[BatchAsk], Callable[[], object]]) -> None:
        """Ask it.

        Args:
            params: what the words name.
            do: gives, from the fields as they are then, what the desk is to do.
        """
        words = self._with.words
        shown = {
            Ask.CARRIED: (self.receiver, self.day),
            Ask.SHORT: (self.counted, self.said),
        }.get(ask, (self.said,))
        for one in (self.receiver, self.day, self.counted, self.said):
            one.edit.clear()
            one.setVisible(one in shown)
        if ask in _WORDS:
            self.said.ask_for(words(_WORDS[ask]))
        self._do = lambda: do(self)
        self._first = shown[0]
        base = f"ui.batch.ask.{ask}"
        self._ask(words(f"{base}.title", **params), words(f"{base}.means", **params), words(f"{base}.sure"))

    def first_focus(self) -> QWidget:
        """The first thing that is asked."""
        return self._first.edit

    def _work(self) -> Callable[[], object]:
        work = self._do()
        assert callable(work)
        return work

    def _fields(self) -> Mapping[str, Field]:
        return {
            "receiver": self.receiver,
            "on": self.day,
            "counted": self.counted,
            "words": self.said,
            "reason": self.said,
        }
