"""上报限速: how much of the line sending may take."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

_NONE, _OWN = 0, -1
_OFFERED = (_NONE, 256, 512, 1024, _OWN)
_WIDTH = 320


class SendingLimitPage(SettingsPage):
    """上报限速."""

    help_key = "ui.help.sending_limit"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.sending_limit.title", parent=parent)
        words = surroundings.words
        card = self.card("ui.sending_limit.how_much")
        self._choice = Choice("limit_choice", words("ui.sending_limit.how_much"), self)
        self._choice.setMaximumWidth(_WIDTH)
        for kbit in _OFFERED:
            key = {_NONE: "ui.sending_limit.none", _OWN: "ui.sending_limit.own"}.get(
                kbit, f"ui.sending_limit.at_{kbit}"
            )
            self._choice.addItem(words(key), kbit)
        self._choice.currentIndexChanged.connect(lambda _index: self._show_own())
        card.addWidget(self._choice)
        self._own = Field(
            words,
            "limit_own",
            words("ui.sending_limit.own_label"),
            hint=words("ui.sending_limit.own_hint"),
            parent=self,
        )
        own_room = QWidget(self)
        own_room.setMaximumWidth(_WIDTH)
        inner = QVBoxLayout(own_room)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._own)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(own_room, 1)
        row.addStretch(1)
        card.addLayout(row)
        card.addWidget(wrapping_label(words("ui.sending_limit.means"), "quiet"))
        self.body.addStretch(1)
        self.primary("primary_button", words("ui.sending_limit.set"), self._set)
        self._show_own()

    def first_focus(self) -> QWidget:
        """The choice."""
        return self._choice

    def refresh(self, topics: frozenset[str]) -> None:
        """The limit as it is set."""
        if not topics:
            self.read(self._with.desk.sending_limit.kbit, self._show)

    def _show(self, kbit: int) -> None:
        place = self._choice.findData(kbit)
        own = place < 0
        self._choice.setCurrentIndex(self._choice.findData(_OWN) if own else place)
        self._own.edit.setText(str(kbit) if own else "")
        self._own.tell(None)

    def _show_own(self) -> None:
        self._own.setVisible(self._choice.currentData() == _OWN)

    def _set(self) -> None:
        chosen = int(self._choice.currentData())
        typed = "".join(self._own.text.split())
        if chosen == _OWN and not typed.isdecimal():
            self._wrong(Sentence("ui.sending_limit.no_number", {}, "bad"))
            return
        kbit = int(typed[:9]) if chosen == _OWN else chosen
        limit = self._with.desk.sending_limit
        self.act(lambda: limit.set_kbit(kbit), lambda _: self._was_set(kbit), self._refused)

    def _was_set(self, kbit: int) -> None:
        self._own.tell(None)
        self.say(
            Sentence("ui.sending_limit.was_set" if kbit else "ui.sending_limit.was_lifted", {"kbit": kbit}, "good")
        )

    def _refused(self, problem: Problem) -> bool:
        if problem.field != "limit":
            return False
        self._wrong(Sentence(problem.key, problem.params, "bad"))
        return True

    def _wrong(self, sentence: Sentence) -> None:
        self._own.tell(sentence)
        self._own.look_again()
