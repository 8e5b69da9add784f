"""A forgotten password, or a clerk who is gone: the county's recovery key sets a new password and opens the desk."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.roles import Role
from villagedesk.ui.background import Background
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.entry.countdown import Countdown
from villagedesk.ui.entry.next_step import tell_with_step
from villagedesk.ui.entry.who import Who
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.fields import Field
from villagedesk.ui.icons import Icons
from villagedesk.ui.new_password import NewPassword
from villagedesk.ui.sentences import Words, wrapping_label

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.entry import Entry


class ForgottenCard(EntryCard):
    """Who, the county's key file, its passphrase where it has one, and the new password twice.

    Args:
        clerk: chosen to begin with.

    Signals:
        entered(Desk): the new password holds and the desk is open.
        trying(bool): whether the key is being tried; an open desk may be closed meanwhile.
        left(): back where the clerk came from; nothing was changed.
        restore_wanted(): what is needed to get in is lost, and a backup has it.
        damaged(str, str): clerk and the new password, which holds; the database is damaged.
    """

    entered = Signal(object)
    trying = Signal(bool)
    left = Signal()
    restore_wanted = Signal()
    damaged = Signal(str, str)

    def __init__(
        self,
        entry: Entry,
        clerk: str,
        words: Words,
        background: Background,
        icons: Icons,
        parent: QWidget | None = None,
    ) -> None:
        title, quiet = words("ui.forgotten.title"), words("ui.forgotten.quiet")
        super().__init__(words, background, title, quiet, parent, own_only=True)
        self._entry = entry
        self._words = words
        self._background = background
        self._station_name = _station_name(entry)
        self._busy = False
        self.setAcceptDrops(True)
        ask = wrapping_label(words("ui.forgotten.ask"), "small")
        ask.setObjectName("ask_for")
        self.who = Who(words, _clerks(entry), self, more=words("ui.forgotten.successor"))
        self.who.choose(clerk)
        self.name = Field(words, "new_clerk", words("ui.forgotten.name"), hint=words("ui.first.clerk_hint"))
        self.file = Field(words, "key_file", words("ui.forgotten.file"), hint=words("ui.forgotten.file_hint"))
        choose = button("choose_key_file", words("ui.first.choose"), self._ask_for_file, icons=icons, icon="file")
        self.file.add_beside(choose)
        self.passphrase = Field(words, "passphrase", words("ui.forgotten.passphrase"), secret=True)
        self.passphrase.hide()
        self.password = NewPassword(words, "new_password", self._wrong)
        for widget in (ask, self.who, self.name, self.file, self.passphrase, self.password):
            self.body.addWidget(widget)
        go = button("primary_button", words("ui.forgotten.go"), self._begin, key="Enter", role="primary")
        self.buttons.addWidget(button("back", words("ui.back"), self._leave, key="Esc"))
        self.buttons.addStretch(1)
        self.buttons.addWidget(go)
        self._countdown = Countdown(self.file, go)
        self.who.changed.connect(lambda _: self._show_name())
        self._show_name()
        on_enter(self, self._next)
        on_key(self, "Esc", self._leave)

    def first_focus(self) -> QWidget:
        """The first thing that is not known yet."""
        return self.file.edit if self.who.name else self.name.edit

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the dropped file's path."""
        self._take_path(event.mimeData().urls()[0].toLocalFile())

    def tell(self, problem: Problem) -> None:
        """Why the clerk is not in, and what can be done about it."""
        restore = self.restore_wanted.emit if self._entry.can_restore else None
        tell_with_step(self.notice, problem, self._words, restore, None)

    def _show_name(self) -> None:
        self.name.setVisible(not self.who.name)
        self.fit()

    def _clerk(self) -> str:
        return self.who.name or self.name.text.strip()

    def _wrong(self, password: str) -> Sentence | None:
        return self._entry.check_new_password(password, self._clerk(), self._station_name)

    def _ask_for_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self._words("ui.first.choose"))
        if chosen:
            self._take_path(chosen)

    def _take_path(self, path: str) -> None:
        self.file.edit.setText(path)
        self.file.tell(None)
        self.password.first.edit.setFocus()
        self.reveal(self.password.first)

    def _next(self) -> None:
        """Enter: the next field that is still empty, else begin."""
        fields = [self.name, self.file, self.passphrase, self.password.first, self.password.again]
        shown = [field for field in fields if field.isVisibleTo(self)]
        current = next((n for n, field in enumerate(shown) if field.edit.hasFocus()), -1)
        for field in shown[current + 1 :]:
            if not field.text:
                field.edit.setFocus()
                self.reveal(field)
                return
        self._begin()

    def _begin(self) -> None:
        if self._busy or self._countdown.waiting:
            return
        for field, empty in (
            (self.name, "ui.first.clerk_empty"),
            (self.file, "ui.forgotten.file_empty"),
            (self.passphrase, "recovery.passphrase_needed"),
        ):
            if field.isVisibleTo(self) and not field.text.strip():
                self._say(field, Sentence(empty, tone="bad"))
                return
        password = self.password.taken()
        if password is None:
            return
        clerk, passphrase = self._clerk(), self.passphrase.text
        # Windows' own "copy as path" brings quotation marks along.
        file = Path(self.file.text.strip().strip('"'))
        for field in (self.name, self.file, self.passphrase):
            field.tell(None)
        self.notice.clear()
        self._busy = True
        self.trying.emit(True)

        def work() -> Desk:
            return self._entry.recover_access(clerk, password, file, passphrase, self._background.come_to_rest)

        self._background.run(
            self,
            work,
            self.entered.emit,
            failed=lambda problem: self._failed(problem, clerk, password),
            words=self._words("ui.forgotten.working"),
        )

    def _failed(self, problem: Problem, clerk: str, password: str) -> None:
        self._busy = False
        self.trying.emit(False)
        if problem.key == "entry.locked_out":
            seconds = 60 * int(str(problem.params["minutes"])) + int(str(problem.params["seconds"]))
            until = time.monotonic() + seconds
            self._countdown.watch(lambda: until - time.monotonic())
            self.reveal(self.file)
        elif isinstance(problem, InputProblem):
            sentence = Sentence(problem.key, problem.params, "bad")
            if problem.field == "passphrase":
                self.passphrase.show()
                self.fit()
                self._say(self.passphrase, sentence)
            else:
                by_field = {"clerk": self.name, "password": self.password.first}
                self._say(by_field.get(problem.field, self.file), sentence)
        else:
            self.tell(problem)
            if problem.key == "store.damaged" and self._entry.damage is not None:
                self.damaged.emit(clerk, password)

    def _say(self, field: Field, sentence: Sentence) -> None:
        field.tell(sentence)
        field.look_again()
        self.reveal(field)

    def _leave(self) -> None:
        if not self._busy:
            self.left.emit()


def _clerks(entry: Entry) -> tuple[tuple[str, Role], ...]:
    try:
        return entry.clerks_with_roles()
    except EnvironmentProblem:
        return ()  # told when the key is tried


def _station_name(entry: Entry) -> str:
    try:
        return entry.state().station_name
    except EnvironmentProblem:
        return ""
