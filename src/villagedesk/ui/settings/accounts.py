"""Accounts and passwords: who can sign in, as what; my own password for everybody, the rest by right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label
from villagedesk.ui.settings.account_form import AccountForm, Form
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.accounts import AccountView

_LIST_WIDTH = 360
_LIST_HEIGHT = 160


class AccountsPage(SettingsPage):
    """账户与密码."""

    help_key = "ui.help.accounts"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.accounts.title", parent=parent)
        words = surroundings.words
        self._keeper = surroundings.may(Right.KEEP_ACCOUNTS)
        self._known: dict[str, AccountView] = {}
        self._list = CardList("account_list", words("ui.accounts.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.currentRowChanged.connect(lambda _row: self._show_acts())
        self._form = AccountForm(surroundings, self)
        self._form.wanted.connect(self._do)
        self._chosen = plain_label("", "h2", self)
        self._chosen.setObjectName("account_chosen")
        self._change = self._act_button("change_password", "ui.accounts.change", self._open_change)
        self._reset = self._act_button("reset_password", "ui.accounts.reset", self._open_reset)
        self._remove = self._act_button("remove", "ui.accounts.remove", self._ask_remove)
        self._hand_over = self._act_button(
            "hand_over", "ui.accounts.hand_over", lambda: self.settings_wanted.emit("hand_over")
        )
        self._add = button("add_account", words("ui.accounts.add"), self._open_add, role="primary", parent=self)
        self.foot.addWidget(self._hand_over)
        self.foot.addWidget(self._add)
        self._save = self.primary("primary_button", words("ui.accounts.save"), self._form.go)
        self._lay_out()
        self._show_form(shown=False)

    def first_focus(self) -> QWidget:
        """The list."""
        return self._list

    def begin(self) -> None:
        """The list, nothing half filled in."""
        super().begin()
        self._show_form(shown=False)

    def refresh(self, topics: frozenset[str]) -> None:
        """Accounts change here only."""
        if not topics:
            self.read(self._with.desk.accounts.list, self._show)

    def leave(self) -> None:
        """A password half typed is not left lying about."""
        self._form.clear()

    def stop_asking(self) -> bool:
        """Close the question or the form."""
        if super().stop_asking():
            return True
        if self._form.form is None or self._form.isHidden():
            return False
        self._show_form(shown=False)
        self._list.setFocus()
        return True

    def _act_button(self, name: str, key: str, act: Callable[[], None]) -> QPushButton:
        return button(name, self._words(key), act, parent=self)

    def _lay_out(self) -> None:
        left = QFrame(self)
        left.setProperty("role", "card")
        column = QVBoxLayout(left)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(plain_label(self._words("ui.accounts.list"), "h2", left))
        column.addWidget(self._list, 1)
        left.setMaximumWidth(_LIST_WIDTH)
        right = QFrame(self)
        right.setProperty("role", "card")
        inner = QVBoxLayout(right)
        inner.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        inner.setSpacing(GAP)
        self._acts = QWidget(right)
        acts = QVBoxLayout(self._acts)
        acts.setContentsMargins(0, 0, 0, 0)
        acts.setSpacing(GAP)
        acts.addWidget(self._chosen)
        for act in (self._change, self._reset, self._remove):
            row = QHBoxLayout()
            row.addWidget(act)
            row.addStretch(1)
            acts.addLayout(row)
        inner.addWidget(self._acts)
        inner.addWidget(self._form, 1)
        inner.addStretch(1)
        halves = QHBoxLayout()
        halves.setSpacing(GAP * 2)
        halves.addWidget(left, 2)
        halves.addWidget(right, 3)
        self.body.addLayout(halves, 1)

    def _show(self, accounts: tuple[AccountView, ...]) -> None:
        first_time = not self._known
        self._known = {account.name: account for account in accounts}
        me = (self._words("ui.accounts.me"), "good")
        self._list.show_cards(
            [
                Card(
                    account.name,
                    account.name,
                    (self._words(f"ui.accounts.role_name.{account.role}"),),
                    badges=(me,) if account.me else (),
                )
                for account in accounts
            ]
        )
        if first_time:
            self._list.choose(self._with.desk.clerk)
        self._show_acts()

    def _show_acts(self) -> None:
        account = self._known.get(self._list.current_key())
        mine = account is not None and account.me
        self._chosen.setText("" if account is None else account.name)
        self._change.setVisible(mine)
        self._reset.setVisible(account is not None and not mine and self._keeper)
        self._remove.setVisible(account is not None and not mine and self._keeper)

    def _show_form(self, *, shown: bool) -> None:
        self._form.setVisible(shown)
        self._acts.setVisible(not shown)
        self._list.setEnabled(not shown)
        self._save.setVisible(shown)
        for act in (self._add, self._hand_over):
            act.setVisible(not shown and self._keeper)
        if not shown:
            self._form.clear()

    def _open(self, form: Form, whose: str) -> None:
        self.ask.stop()
        self.say(None)
        self._show_form(shown=True)
        self._form.open(form, whose)

    def _open_add(self) -> None:
        self._open(Form.ADD, "")

    def _open_change(self) -> None:
        self._open(Form.CHANGE, self._with.desk.clerk)

    def _open_reset(self) -> None:
        self._open(Form.RESET, self._list.current_key())

    def _ask_remove(self) -> None:
        name = self._list.current_key()
        accounts = self._with.desk.accounts
        self.ask.ask(
            Sentence("ui.accounts.remove_means", {"name": name}, "warn"),
            self._words("ui.accounts.remove_sure", name=name),
            lambda: self.act(
                lambda: accounts.remove(name), lambda _: self._done(Sentence("ui.accounts.removed", {"name": name}))
            ),
            self._remove,
        )

    def _do(self, call: Callable[[], None]) -> None:
        done = Sentence(f"ui.accounts.done.{self._form.form}", tone="good")
        self.act(call, lambda _: self._done(done), self._form.failed, words=self._words("ui.accounts.working"))

    def _done(self, sentence: Sentence) -> None:
        self._show_form(shown=False)
        self.say(Sentence(sentence.key, sentence.params, "good"))
        self.refresh(frozenset())
        self._list.setFocus()
