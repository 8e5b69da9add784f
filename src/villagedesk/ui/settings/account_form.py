"""The form of the accounts page: a new account, my own password, somebody else's password."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.passwords import check_new_password
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Role
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.new_password import NewPassword
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class Form(StrEnum):
    """What is filled in."""

    ADD = "add"
    CHANGE = "change"
    RESET = "reset"


class AccountForm(QWidget):
    """Signals:
    wanted(object): everything is filled in; carries the call that does it.
    """

    wanted = Signal(object)

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._form: Form | None = None
        self._whose = ""
        self._title = plain_label("", "h2", self)
        self._title.setObjectName("account_form_title")
        self._quiet = wrapping_label("", "quiet", self)
        self._quiet.setObjectName("account_form_quiet")
        self._old = Field(words, "old_password", words("ui.accounts.old_password"), secret=True, parent=self)
        self._name = Field(
            words, "account_name", words("ui.accounts.name"), hint=words("ui.accounts.name_hint"), parent=self
        )
        self._role = Choice("account_role", words("ui.accounts.role"), self)
        for role in Role:
            self._role.addItem(words(f"ui.accounts.role_choice.{role}"), role.value)
        self._role_title = plain_label(words("ui.accounts.role"), "h3", self)
        self._role_title.setBuddy(self._role)
        self._new = NewPassword(words, "new_password", self._wrong, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for widget in (
            self._title,
            self._quiet,
            self._old,
            self._name,
            self._role_title,
            self._role,
            self._new,
        ):
            column.addWidget(widget)
        column.addStretch(1)

    @property
    def form(self) -> Form | None:
        """What is being filled in."""
        return self._form

    def open(self, form: Form, whose: str = "") -> None:
        """Begin with empty fields; ``whose`` names the account a password is set for."""
        words = self._with.words
        self._form, self._whose = form, whose
        self._title.setText(words(f"ui.accounts.form.{form}", name=whose))
        self._quiet.setText(words(f"ui.accounts.form_quiet.{form}", name=whose))
        for widget, there in (
            (self._old, form is Form.CHANGE),
            (self._name, form is Form.ADD),
            (self._role_title, form is Form.ADD),
            (self._role, form is Form.ADD),
        ):
            widget.setVisible(there)
        self.clear()
        (self._old if form is Form.CHANGE else self._name if form is Form.ADD else self._new.first).edit.setFocus()

    def clear(self) -> None:
        """What was typed goes, passwords above all."""
        for field in (self._old, self._name):
            field.edit.clear()
            field.tell(None)
        self._role.setCurrentIndex(0)
        self._new.clear()

    def go(self) -> None:
        """Enter: the next field that is still empty, else do it."""
        fields = [field for field in (self._old, self._name) if field.isVisibleTo(self)]
        fields += [self._new.first, self._new.again]
        focused = next((place for place, field in enumerate(fields) if field.edit.hasFocus()), len(fields))
        for field in fields[focused + 1 :]:
            if not field.text:
                field.edit.setFocus()
                return
        for field, empty in ((self._old, "ui.accounts.old_empty"), (self._name, "ui.accounts.name_empty")):
            if field.isVisibleTo(self) and not field.text.strip():
                field.tell(Sentence(empty, tone="bad"))
                field.look_again()
                return
        password = self._new.taken()
        if password is not None:
            self.wanted.emit(self._call(password))

    def failed(self, problem: Problem) -> bool:
        """Show a problem beside the field it belongs to; False when it belongs to none."""
        field = {
            "clerk": self._name,
            "name": self._name,
            "old": self._old,
            "password": self._old if self._form is Form.CHANGE else self._new.first,
            "new": self._new.first,
        }.get(problem.field)
        if problem.key in ("store.wrong_password", "entry.locked_out"):
            field = self._old
        elif field is None and problem.key.startswith("entry.password_"):
            field = self._new.first
        elif field is None and problem.key in ("accounts.name_taken", "entry.clerk_empty", "entry.clerk_long"):
            field = self._name
        if field is None or not field.isVisibleTo(self):
            return False
        field.tell(Sentence(problem.key, problem.params, "bad"))
        field.look_again()
        return True

    def _wrong(self, password: str) -> Sentence | None:
        name = self._name.text if self._form is Form.ADD else self._whose
        return check_new_password(password, name, self._with.desk.station.name)

    def _call(self, password: str) -> Callable[[], None]:
        accounts, whose = self._with.desk.accounts, self._whose
        if self._form is Form.ADD:
            name, role = self._name.text.strip(), Role(self._role.currentData())
            return lambda: accounts.add(name, role, password)
        if self._form is Form.CHANGE:
            old = self._old.text
            return lambda: accounts.change_password(old, password)
        return lambda: accounts.reset_password(whose, password)
