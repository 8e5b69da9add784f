"""The main window: the door's cards, then the frame; locks when nobody is there; closes with a word."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, QTimer, SignalInstance
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from villagedesk.domain.fault_trace import fault_lines
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.ui.background import Background
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.icons import Icons
from villagedesk.ui.scroll_area import ScrollArea, scroll_by_key
from villagedesk.ui.sentences import Words
from villagedesk.ui.sleep_watch import SleepWatch

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.entry import Entry
    from villagedesk.ui.entry.ask_who import AskWho
    from villagedesk.ui.entry.forgotten import ForgottenCard
    from villagedesk.ui.frame import Frame
    from villagedesk.ui.lock_screen import LockScreen

IDLE_MINUTES = 10
_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.ShortcutOverride,  # of a key that is a shortcut the window hears nothing else
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
    }
)
_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """The program's one window.

    Args:
        entry: the door to the desk.
        messages: every text on the screen.
        icons: folder of the line icons; the help pages lie in ``help`` beside it.
        camera_preview_interval_ms: how often the camera's small picture is asked for.
        shutter_sound: plays the sound of a photograph taken.
        idle_minutes: after how long without key or mouse the screen locks.
    """

    def __init__(
        self,
        entry: Entry,
        messages: Messages,
        icons: Path,
        camera_preview_interval_ms: int = 66,
        idle_minutes: float = IDLE_MINUTES,
        shutter_sound: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._entry = entry
        self._words = Words(messages)
        ScrollArea.more_below = self._words("ui.more_below")
        ScrollArea.more_below_short = self._words("ui.more_below_short")
        self._icons = Icons(icons)
        self._help = icons.parent / "help"
        self._preview_ms = camera_preview_interval_ms
        self._shutter_sound = shutter_sound
        self._background = Background(self)
        self._desk: Desk | None = None
        self._frame: Frame | None = None
        self._lock: LockScreen | None = None
        self._closing = False
        self._closed = False
        self._told_unsaved: Mapping[str, Mapping[str, str]] = {}
        self.setObjectName("main_window")
        self.setWindowTitle(self._words("ui.name"))
        self.setMinimumSize(640, 400)
        self._stack = QStackedWidget(self)
        self.setCentralWidget(self._stack)
        self._idle = QTimer(self, singleShot=True, interval=int(idle_minutes * 60_000))
        self._idle.timeout.connect(self.lock)
        self._sleep = SleepWatch(timedelta(minutes=idle_minutes), self)
        self._sleep.timeout.connect(self._lock_after_sleep)
        self._begin_anew()

    @property
    def background(self) -> Background:
        """The worker threads, for whoever has to wait until they are idle."""
        return self._background

    def lock(self) -> None:
        """Hide everything about persons until the clerk's password is typed again. Sending goes on."""
        self._lock_it(self._sleep.look())

    def _lock_after_sleep(self) -> None:
        left = self._sleep.look()
        if left is not None:
            self._lock_it(left)

    def _lock_it(self, left: datetime | None) -> None:
        """As :meth:`lock`; ``left`` is when the PC fell asleep, None where it did not."""
        if self._desk is None or self._frame is None or self._lock is not None or self._closing:
            return
        # Needed only now, and the first window should come up fast.
        from villagedesk.ui.entry.out_of_sight import close_what_is_open  # noqa: PLC0415
        from villagedesk.ui.lock_screen import LockScreen  # noqa: PLC0415

        self._stay_here(False)
        close_what_is_open(self)
        self._frame.leave_screen()
        self._background.run(self, lambda: self._entry.note_locked(left), lambda _: None)
        lock = LockScreen(self._entry, self._desk.clerk, self._words, self._background, self)
        lock.unlocked.connect(self._unlock)
        lock.switch_wanted.connect(self._switch)
        lock.forgotten_wanted.connect(self._forgotten)
        self._lock = lock
        self._show(lock)

    def sign_out(self) -> None:
        """Put the desk away and ask who comes next; when it cannot be put away in order, that is told there."""
        if self._frame is None or self._lock is not None or self._closing:
            return
        self._once_saved(self._frame, self._sign_out)

    def _sign_out(self) -> None:
        if self._frame is None or self._lock is not None or self._closing:
            return
        self._stay_here(False)
        frame, self._frame, self._desk = self._frame, None, None
        frame.end()
        self._goodbye("ui.goodbye.sign_out")

        def signed_out(outcome: object) -> None:
            if self._closing:
                return
            card = self._begin_anew()
            if isinstance(outcome, Problem):
                card.notice.tell(outcome)

        self._background.settle(self, self._entry.sign_out, signed_out)

    def tell_of_bug(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """For ``sys.excepthook``: a fault of our own is logged without its text, told, and does not end the program."""
        del kind, trace  # the error has both
        _log.error("a fault nobody caught\n%s", "\n".join(fault_lines(error)))
        self._background.problem.emit(Problem("ui.bug"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any key or mouse movement puts the idle lock off; the one that wakes the PC locks, and does nothing else."""
        if event.type() in _SIGNS_OF_LIFE and self._idle.isActive():
            if event.type() == QEvent.Type.ShortcutOverride and self._sleep.slept:
                event.accept()  # it is no shortcut then, and comes again as the key press that locks
                return True
            self._lock_after_sleep()
            if self._lock is not None:
                return True
            self._idle.start()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is higher than the window is read by key, wherever the focus is."""
        if not scroll_by_key(self, event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that things are being put away, finish the work in hand, then close."""
        if self._closed:
            event.accept()
            return
        event.ignore()
        if self._closing:
            return
        self._lock_after_sleep()
        if self._frame is None:
            self._close()
        else:
            self._once_saved(self._frame, self._close)

    def _close(self) -> None:
        if self._closing:
            return
        self._closing = True
        if self._frame is not None:
            self._frame.end()
        self._goodbye("ui.goodbye.title")
        self._background.finish(self, self._entry.close, self._put_away)

    def _once_saved(self, frame: Frame, go: Callable[[], None]) -> None:
        """Save what was typed, then go. What the disk does not take would be lost: that is told, and it stays on the
        screen; whoever wants the same again without typing more is let go."""
        frame.leave_screen()
        left = _unsaved(frame)
        if not left or left == self._told_unsaved:
            go()
            return

        def saved_or_not(_: None) -> None:
            if frame is not self._frame:
                return
            left = _unsaved(frame)
            if left:
                self._told_unsaved = left
                self._background.problem.emit(Problem("ui.unsaved"))
            else:
                go()

        self._background.run(self, lambda: None, saved_or_not)  # the saves that were just begun come before it

    def _begin_anew(self) -> EntryCard:
        """The card for somebody who comes to the desk: first run, sign-in, or why nobody can get in."""
        card: EntryCard
        # Only the card that is shown is loaded: the first window should come up fast.
        try:
            state = self._entry.state()
            if state.set_up:
                from villagedesk.ui.sign_in import SignIn  # noqa: PLC0415

                card = SignIn(self._entry, state, self._words, self._background, self)
                self._listen(card)
                card.forgotten_wanted.connect(self._forgotten)
            else:
                from villagedesk.ui.first_run import FirstRun  # noqa: PLC0415

                card = FirstRun(self._entry, self._words, self._background, self._icons, self)
                card.entered.connect(self._entered)
                card.restore_wanted.connect(self._restore)
        except EnvironmentProblem as problem:
            from villagedesk.ui.entry.closed_door import ClosedDoor  # noqa: PLC0415

            card = ClosedDoor(self._entry, problem, self._words, self._background, self)
            card.restore_wanted.connect(self._restore)
            card.again_wanted.connect(self._begin_anew)
        self._show_only(card)
        return card

    def _switch(self) -> None:
        if self._lock is None:
            return
        from villagedesk.ui.entry.switch_person import SwitchPerson  # noqa: PLC0415 - as in lock()

        card = SwitchPerson(self._entry, self._lock.others, self._words, self._background, self)
        self._listen(card)
        card.forgotten_wanted.connect(self._forgotten)
        self._show_over(card, card.left)

    def _forgotten(self, clerk: str) -> None:
        from villagedesk.ui.entry.forgotten import ForgottenCard  # noqa: PLC0415 - as in lock()

        card = ForgottenCard(self._entry, clerk, self._words, self._background, self._icons, self)
        self._listen(card)
        self._show_over(card, card.left)

    def _listen(self, card: AskWho | ForgottenCard) -> None:
        card.entered.connect(self._entered)
        card.trying.connect(self._somebody_tries)
        card.restore_wanted.connect(self._restore)
        card.damaged.connect(self._damaged)

    def _restore(self) -> None:
        from villagedesk.ui.entry.restore import RestoreCard  # noqa: PLC0415 - as in lock()

        card = RestoreCard(self._entry, self._words, self._background, self._icons, self)
        card.restored.connect(self._begin_anew)
        self._show_over(card, card.left)

    def _damaged(self, clerk: str, password: str) -> None:
        from villagedesk.ui.entry.damage import DamageCard  # noqa: PLC0415 - as in lock()

        card = DamageCard(self._entry, clerk, password, self._words, self._background, self._icons, self)
        card.recovered.connect(self._begin_anew)
        card.restore_wanted.connect(self._restore)
        self._show_over(card, card.left)

    def _somebody_tries(self, trying: bool) -> None:
        """Somebody else may take over the locked desk any moment: its screens must not read it while it is closed."""
        if self._frame is None:
            return
        if trying:
            self._frame.end()
        elif self._entry.signed_in:
            self._frame.listen_again()
        else:
            # the password was right, and the desk could not be opened anew: there is nothing left to unlock
            frame, lock, self._frame, self._lock, self._desk = self._frame, self._lock, None, None, None
            self._drop(frame)
            if lock is not None:
                self._drop(lock)

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
        if self._closing:
            return
        # Loaded after the first window is painted, while nothing waits for it.
        from villagedesk.ui.frame import Frame  # noqa: PLC0415
        from villagedesk.ui.screen import Surroundings  # noqa: PLC0415

        self._desk, self._lock = desk, None
        surroundings = Surroundings(
            desk, self._words, self._background, self._icons, self._preview_ms, self._help, self._shutter_sound
        )
        self._frame = Frame(surroundings, self)
        self._frame.lock_wanted.connect(self.lock)
        self._frame.sign_out_wanted.connect(self.sign_out)
        self._show_only(self._frame)
        self._frame.begin()
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        self._stay_here(True)

    def _unlock(self) -> None:
        if self._lock is None or self._frame is None or self._closing:
            return
        self._lock = None
        self._show_only(self._frame)
        self._frame.come_back()
        self._stay_here(True)

    def _stay_here(self, open_now: bool) -> None:
        """Watch, while it is open, that somebody is there."""
        if open_now:
            self._idle.start()
            self._sleep.begin()
        else:
            self._idle.stop()
            self._sleep.stop()

    def _show(self, widget: QWidget) -> None:
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        if isinstance(widget, EntryCard):
            widget.first_focus().setFocus()

    def _show_only(self, widget: QWidget) -> None:
        """Show it and put everything else away."""
        self._show(widget)
        for other in [self._stack.widget(place) for place in range(self._stack.count())]:
            if other is not widget:
                self._drop(other)

    def _show_over(self, card: EntryCard, left: SignalInstance) -> None:
        """Show a card that leads back to the present one."""
        before = self._stack.currentWidget()

        def back() -> None:
            if not shiboken6.isValid(before) or self._stack.indexOf(before) < 0:
                self._begin_anew()
            else:
                self._show(before)
                self._drop(card)

        left.connect(back)
        self._show(card)

    def _drop(self, widget: QWidget) -> None:
        self._stack.removeWidget(widget)
        widget.deleteLater()


def _unsaved(frame: Frame) -> Mapping[str, Mapping[str, str]]:
    """What was typed and is in no draft yet, by case; also on screens that are kept out of sight for it."""
    from villagedesk.ui.intake.wizard import Wizard  # noqa: PLC0415 - the frame has loaded it

    wizards = [wizard for wizard in frame.findChildren(Wizard) if wizard.unsaved]
    return {wizard.case_id: wizard.applicant.autosave.unsaved() for wizard in wizards}
