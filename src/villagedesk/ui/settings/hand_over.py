"""移交给接任者: what the successor takes over, who that is, and what becomes of my account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.passwords import check_new_password
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Role
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.new_password import NewPassword
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.accounts import OpenWork

_KINDS = ("drafts", "unsent", "tray", "corrections", "papers")


class HandOver(SettingsPage):
    """Signs out when it is done."""

    help_key = "ui.help.hand_over"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.hand_over.title", "accounts", parent)
        words = surroundings.words
        work = self.card("ui.hand_over.work")
        self._lines: dict[str, SentenceLabel] = {}
        for kind in _KINDS:
            self._lines[kind] = SentenceLabel(words, f"open_{kind}", self)
            work.addWidget(self._lines[kind])
        work.addWidget(wrapping_label(words("ui.hand_over.work_means"), "quiet"))
        who = self.card("ui.hand_over.who")
        self._name = Field(words, "successor", words("ui.hand_over.name"), hint=words("ui.accounts.name_hint"))
        self._password = NewPassword(words, "successor_password", self._wrong)
        who.addWidget(wrapping_label(words("ui.hand_over.who_means"), "quiet"))
        me = self.card("ui.hand_over.me")
        self._keep = Choice("keep_as", words("ui.hand_over.me"))
        self._keep.addItem(words("ui.hand_over.keep_none"), "")
        self._keep.addItem(words("ui.hand_over.keep_village_head"), Role.VILLAGE_HEAD.value)
        means = wrapping_label(words("ui.hand_over.me_means", name=surroundings.desk.clerk), "quiet")
        for layout, widget in ((who, self._name), (who, self._password), (me, means), (me, self._keep)):
            layout.addWidget(widget)
        for layout in (work, who, me):
            layout.addStretch(1)
        halves, right = QHBoxLayout(), QVBoxLayout()
        halves.setSpacing(GAP * 2)
        right.setSpacing(GAP * 2)
        for frame, side in ((who, halves), (work, right), (me, right)):
            side.addWidget(frame.parentWidget(), 1)
        halves.addLayout(right, 1)
        self.body.addLayout(halves)
        self.body.addStretch(1)
        self._go = self.primary("primary_button", words("ui.hand_over.go"), self._next)

    def first_focus(self) -> QWidget:
        """The successor's name."""
        return self._name.edit

    def begin(self) -> None:
        """Empty fields."""
        super().begin()
        self.leave()
        self._name.tell(None)

    def leave(self) -> None:
        """A password half typed is not left lying about."""
        self._name.edit.clear()
        self._password.clear()

    def refresh(self, topics: frozenset[str]) -> None:
        """What is still open."""
        if not topics or topics & {"cases", "outbox", "print"}:
            self.read(self._with.desk.accounts.open_work, self._show)

    def _show(self, work: OpenWork) -> None:
        counts = {
            "drafts": work.drafts,
            "unsent": work.unsent,
            "tray": work.tray,
            "corrections": work.corrections,
            "papers": work.papers,
        }
        for kind, count in counts.items():
            if count:
                self._lines[kind].tell(Sentence(f"ui.hand_over.open.{kind}", {"count": count}, "warn"))
            self._lines[kind].setVisible(bool(count))
        if not any(counts.values()):
            first = self._lines[_KINDS[0]]
            first.tell(Sentence("ui.hand_over.nothing_open", tone="good"))
            first.show()

    def _wrong(self, password: str) -> Sentence | None:
        return check_new_password(password, self._name.text, self._with.desk.station.name)

    def _next(self) -> None:
        fields = (self._name, self._password.first, self._password.again)
        focused = next((place for place, field in enumerate(fields) if field.edit.hasFocus()), len(fields))
        for field in fields[focused + 1 :]:
            if not field.text:
                field.edit.setFocus()
                return
        if not self._name.text.strip():
            self._name.tell(Sentence("ui.accounts.name_empty", tone="bad"))
            self._name.look_again()
            return
        self._name.tell(None)
        password = self._password.taken()
        if password is None:
            return
        name, kept = self._name.text.strip(), self._keep.currentData()
        keep_as = Role(kept) if kept else None
        accounts = self._with.desk.accounts
        key = "ui.hand_over.means_kept" if keep_as else "ui.hand_over.means_gone"
        self.ask.ask(
            Sentence(key, {"successor": name, "name": self._with.desk.clerk}, "warn"),
            self._words("ui.hand_over.sure", successor=name),
            lambda: self.act(
                lambda: accounts.hand_over(name, password, keep_as=keep_as),
                lambda _: self.sign_out_wanted.emit(),
                self._failed,
                words=self._words("ui.hand_over.working"),
            ),
            self._go,
        )

    def _failed(self, problem: Problem) -> bool:
        if problem.key.startswith("entry.password_"):
            field = self._password.first
        elif problem.key in ("accounts.name_taken", "entry.clerk_empty", "entry.clerk_long"):
            field = self._name
        else:
            return False
        field.tell(Sentence(problem.key, problem.params, "bad"))
        field.look_again()
        return True
