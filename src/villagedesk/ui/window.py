"""The main window: first run, then sign-in, then the frame; locks when nobody is there; closes with a word."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from villagedesk.domain.fault_trace import fault_lines
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Background
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.first_run import FirstRun
from villagedesk.ui.icons import Icons
from villagedesk.ui.sentences import Words
from villagedesk.ui.sign_in import SignIn

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.entry import Entry
    from villagedesk.desk.views import EntryState
    from villagedesk.ui.frame import Frame

IDLE_MINUTES = 10
_SIGNS_OF_LIFE = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel}
)
_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """The program's one window.

    Args:
        entry: the door to the desk.
        messages: every text on the screen.
        icons: folder of the line icons; the help pages lie in ``help`` beside it.
        camera_preview_interval_ms: how often the camera's small picture is asked for.
        idle_minutes: after how long without key or mouse the screen locks.
    """

    def __init__(
        self,
        entry: Entry,
        messages: Messages,
        icons: Path,
        camera_preview_interval_ms: int = 66,
        idle_minutes: float = IDLE_MINUTES,
    ) -> None:
        super().__init__()
        self._entry = entry
        self._words = Words(messages)
        self._icons = Icons(icons)
        self._help = icons.parent / "help"
        self._preview_ms = camera_preview_interval_ms
        self._background = Background(self)
        self._desk: Desk | None = None
        self._frame: Frame | None = None
        self._lock: EntryCard | None = None
        self._closing = False
        self._closed = False
        self.setObjectName("main_window")
        self.setWindowTitle(self._words("ui.name"))
        self.setMinimumSize(640, 400)
        self._stack = QStackedWidget(self)
        self.setCentralWidget(self._stack)
        self._idle = QTimer(self, singleShot=True, interval=int(idle_minutes * 60_000))
        self._idle.timeout.connect(self.lock)
        state = entry.state()
        if state.set_up:
            self._ask_who(state)
        else:
            first = FirstRun(entry, self._words, self._background, self._icons, self)
            first.entered.connect(self._entered)
            self._show(first)

    @property
    def background(self) -> Background:
        """The worker threads, for whoever has to wait until they are idle."""
        return self._background

    def lock(self) -> None:
        """Hide everything about persons until the clerk's password is typed again. Sending goes on."""
        if self._desk is None or self._frame is None or self._lock is not None or self._closing:
            return
        # Needed only now, and the first window should come up fast.
        from villagedesk.ui.lock_screen import LockScreen  # noqa: PLC0415

        self._idle.stop()
        self._frame.leave_screen()
        self._background.run(self, self._entry.note_locked, lambda _: None)
        lock = LockScreen(self._entry, self._desk.clerk, self._words, self._background, self)
        lock.unlocked.connect(self._unlock)
        self._lock = lock
        self._show(lock)

    def sign_out(self) -> None:
        """Put the desk away and ask who comes next; when it cannot be put away in order, that is told there."""
        if self._frame is None or self._lock is not None or self._closing:
            return
        self._idle.stop()
        frame, self._frame, self._desk = self._frame, None, None
        frame.leave_screen()
        frame.end()
        goodbye = self._goodbye("ui.goodbye.sign_out")

        def signed_out(outcome: object) -> None:
            if self._closing:
                return
            for widget in (frame, goodbye):
                self._stack.removeWidget(widget)
                widget.deleteLater()
            card = self._ask_who(self._entry.state())
            if isinstance(outcome, Problem):
                card.notice.tell(outcome)

        self._background.settle(self, self._entry.sign_out, signed_out)

    def tell_of_bug(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """For ``sys.excepthook``: a fault of our own is logged without its text, told, and does not end the program."""
        del kind, trace  # the error has both
        _log.error("a fault nobody caught\n%s", "\n".join(fault_lines(error)))
        self._background.problem.emit(Problem("ui.bug"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any key or mouse movement puts the idle lock off."""
        if event.type() in _SIGNS_OF_LIFE and self._idle.isActive():
            self._idle.start()
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that things are being put away, finish the work in hand, then close."""
        if self._closed:
            event.accept()
            return
        event.ignore()
        if self._closing:
            return
        self._closing = True
        if self._frame is not None:
            self._frame.leave_screen()
            self._frame.end()
        self._goodbye("ui.goodbye.title")
        self._background.finish(self, self._entry.close, self._put_away)

    def _ask_who(self, state: EntryState) -> SignIn:
        sign_in = SignIn(self._entry, state, self._words, self._background, self)
        sign_in.entered.connect(self._entered)
        self._show(sign_in)
        return sign_in

    def _goodbye(self, title: str) -> EntryCard:
        card = EntryCard(self._words, self._background, self._words(title), self._words("ui.goodbye.quiet"), self)
        card.fit()
        self._show(card)
        return card

    def _put_away(self, _: object) -> None:
        self._closed = True
        self._background.close()
        self.close()

    def _entered(self, desk: Desk) -> None:
        # Loaded after the first window is painted, while nothing waits for it.
        from villagedesk.ui.frame import Frame  # noqa: PLC0415
        from villagedesk.ui.screen import Surroundings  # noqa: PLC0415

        self._desk = desk
        surroundings = Surroundings(desk, self._words, self._background, self._icons, self._preview_ms, self._help)
        self._frame = Frame(surroundings, self)
        self._frame.lock_wanted.connect(self.lock)
        self._frame.sign_out_wanted.connect(self.sign_out)
        old = self._stack.currentWidget()
        self._show(self._frame)
        self._stack.removeWidget(old)
        old.deleteLater()
        self._frame.begin()
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        self._idle.start()

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is None or self._frame is None:
            return
        self._show(self._frame)
        self._stack.removeWidget(lock)
        lock.deleteLater()
        self._frame.come_back()
        self._idle.start()

    def _show(self, widget: QWidget) -> None:
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        if isinstance(widget, EntryCard):
            widget.first_focus().setFocus()
