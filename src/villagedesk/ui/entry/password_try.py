"""One try of a password at a time: asked for when empty, told beside the field when wrong, held back when too many."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.background import Background, Lane
from villagedesk.ui.entry.countdown import Countdown
from villagedesk.ui.fields import Field
from villagedesk.ui.notice import Notice

T = TypeVar("T")


class PasswordTry(QObject):
    """What a card with a password does with it.

    Args:
        field: the password.
        go: the button that tries.
        notice: the card's.
        wait_seconds: how long until a clerk may try, see :meth:`villagedesk.desk.entry.Entry.wait_seconds`.

    Signals:
        trying(bool): a try begins; it failed. Not told when it succeeded.
    """

    trying = Signal(bool)

    def __init__(
        self,
        field: Field,
        go: QPushButton,
        notice: Notice,
        background: Background,
        wait_seconds: Callable[[str], float],
    ) -> None:
        super().__init__(field)
        self._field = field
        self._notice = notice
        self._background = background
        self._wait_seconds = wait_seconds
        self._countdown = Countdown(field, go)
        self._clerk = ""
        self.busy = False

    def look_at(self, clerk: str) -> None:
        """Another clerk is chosen: nobody's typed password is left to another; a wait is told at once."""
        if clerk != self._clerk:
            self._field.edit.clear()
        self._clerk = clerk
        if not self._countdown.watch(lambda: self._wait_seconds(clerk)):
            self._field.tell(None)

    def begin(
        self,
        work: Callable[[str, str], T],
        done: Callable[[T], None],
        failed: Callable[[Problem], None],
        words: str,
        lane: Lane,
    ) -> None:
        """Try the typed password, unless a try is under way or it is too early.

        Args:
            work: gets clerk and password, on the lane; raises InputProblem for a wrong one.
            failed: gets what the clerk's typing cannot mend; everything else is told beside the field.
        """
        if self.busy or self._countdown.waiting:
            return
        clerk, password = self._clerk, self._field.text
        if not password:
            self._field.tell(Sentence("ui.sign_in.empty", tone="bad"))
            self._field.edit.setFocus()
            return
        # read once something was typed, so that the first window need not wait for it
        from villagedesk.domain.local_no import is_local_no  # noqa: PLC0415

        if is_local_no(password):
            self._field.edit.clear()
            self._field.tell(Sentence("ui.sign_in.scanned", tone="bad"))
            return
        self.busy = True
        self._field.tell(None)
        self._notice.clear()
        self.trying.emit(True)

        def went_well(result: T) -> None:
            self.busy = False
            self._field.edit.clear()
            done(result)

        def went_wrong(problem: Problem) -> None:
            self.busy = False
            self.trying.emit(False)
            if isinstance(problem, InputProblem):
                self._field.tell(Sentence(problem.key, problem.params, "bad"))
                self._countdown.watch(lambda: self._wait_seconds(clerk))
                self._field.look_again()
            else:
                self._field.look_again()
                failed(problem)  # may show another card, which takes the focus

        self._background.run(self, lambda: work(clerk, password), went_well, lane=lane, failed=went_wrong, words=words)
