"""Bringing a backup back: who opens it, with the password of that time or the county's key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.new_password import NewPassword
from villagedesk.ui.sentences import Words, plain_label
from villagedesk.ui.theme import GAP


class WhoOpens(QWidget):
    """The clerk with the password of that time, or the county's recovery key with a new password.

    Args:
        wrong: what is wrong with a new password for that clerk, None when it will do.

    Signals:
        changed(): the other way is shown, or a line came.
    """

    changed = Signal()

    def __init__(
        self, words: Words, wrong: Callable[[str, str], Sentence | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = words
        label = plain_label(words("ui.restore.clerk"), "h3")
        self._choice = Choice("restore_clerk", words("ui.restore.clerk"))
        label.setBuddy(self._choice)
        self.password = Field(
            words,
            "restore_password",
            words("ui.restore.password"),
            hint=words("ui.restore.password_hint"),
            secret=True,
        )
        self._by_password = _group(self, label, self._choice, self.password)
        self.name = Field(words, "restore_name", words("ui.restore.name"), hint=words("ui.restore.name_hint"))
        self.key_file = Field(
            words, "recovery_file", words("ui.restore.key_file"), hint=words("ui.restore.key_file_hint")
        )
        self.key_file.add_beside(button("choose_recovery_file", words("ui.restore.choose_file"), self._choose_file))
        self.passphrase = Field(words, "recovery_passphrase", words("ui.restore.passphrase"), secret=True)
        self.new_password = NewPassword(words, "restore_new_password", lambda typed: wrong(typed, self.name.text))
        self._by_key = _group(self, self.name, self.key_file, self.passphrase, self.new_password)
        self._other = button("restore_other_way", "", self._turn, role="link", parent=self)
        row = QHBoxLayout()
        row.addWidget(self._other)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._by_password)
        column.addWidget(self._by_key)
        column.addLayout(row)
        self.passphrase.hide()
        self._show_way(by_key=False)

    @property
    def by_key(self) -> bool:
        """Whether the county's key opens it."""
        return not self._by_key.isHidden()

    @property
    def clerk(self) -> str:
        """Whose password it is, or who gets the new one."""
        return self.name.text if self.by_key else self._choice.currentText()

    def offer(self, clerks: Sequence[str]) -> None:
        """These have a password; whoever was chosen before stays chosen if he is among them."""
        before = self._choice.currentText()
        self._choice.clear()
        self._choice.addItems(list(clerks))
        self._choice.setCurrentIndex(max(0, self._choice.findText(before)))

    def focus_first(self) -> QWidget:
        """The first line that is still empty."""
        return next((field.edit for field in self._fields() if not field.text), self._fields()[0].edit)

    def step_on(self) -> bool:
        """Put the cursor in the next empty line after the one that has it; False when there is none."""
        fields = self._fields()
        current = next((place for place, field in enumerate(fields) if field.edit.hasFocus()), -1)
        for field in fields[current + 1 :]:
            if not field.text and field is not self.passphrase:
                field.edit.setFocus()
                return True
        return False

    def taken(self) -> bool:
        """Whether everything is there; if not, it is said what is missing, with the cursor where it is mended."""
        wanted = (
            ((self.name, "ui.restore.name_empty"), (self.key_file, "ui.restore.key_file_empty"))
            if self.by_key
            else ((self.password, "ui.restore.password_empty"),)
        )
        for field, empty in wanted:
            if not field.text.strip():
                field.tell(Sentence(empty, tone="bad"))
                field.look_again()
                return False
            field.tell(None)
        return not self.by_key or self.new_password.taken() is not None

    def tell(self, problem: Problem) -> bool:
        """Show a problem where it is mended; False when it belongs elsewhere."""
        field = self._field_of(problem)
        if field is None:
            return False
        if field is self.passphrase:
            self.passphrase.show()
            self.changed.emit()
        field.tell(Sentence(problem.key, problem.params, "bad"))
        field.look_again()
        return True

    def _field_of(self, problem: Problem) -> Field | None:
        key = problem.key
        if key in ("recovery.passphrase_needed", "recovery.passphrase_wrong"):
            return self.passphrase
        if key.startswith("recovery.") or key == "store.wrong_recovery_key":
            return self.key_file
        if key.startswith("entry.clerk_"):
            return self.name
        if key.startswith("entry.password_"):
            return self.new_password.first
        return self.password if key == "store.wrong_password" else None

    def _fields(self) -> tuple[Field, ...]:
        if not self.by_key:
            return (self.password,)
        passphrase = () if self.passphrase.isHidden() else (self.passphrase,)
        return (self.name, self.key_file, *passphrase, self.new_password.first, self.new_password.again)

    def _turn(self) -> None:
        by_key = not self.by_key
        if by_key and not self.name.text:
            self.name.edit.setText(self._choice.currentText())
        self._show_way(by_key=by_key)
        self.changed.emit()
        self.focus_first().setFocus()

    def _show_way(self, *, by_key: bool) -> None:
        self._by_password.setVisible(not by_key)
        self._by_key.setVisible(by_key)
        text = self._words("ui.restore.use_password" if by_key else "ui.restore.use_key")
        self._other.setText(text)
        self._other.setAccessibleName(text)

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self._words("ui.restore.choose_file"))
        if chosen:
            self.key_file.edit.setText(chosen)
            self.key_file.tell(None)
            self.step_on()


def _group(parent: QWidget, *widgets: QWidget) -> QWidget:
    group = QWidget(parent)
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP)
    for widget in widgets:
        column.addWidget(widget)
    return group
