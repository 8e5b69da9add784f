"""Starts the window fast: Qt and small files first; everything heavy is imported by a worker after the first paint."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from villagedesk.app import crash_remains, door, fault_reports, paths, resources
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.ui.theme import apply_theme
from villagedesk.ui.window import MainWindow

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from villagedesk.app.run_options import RunOptions
    from villagedesk.desk.acting import Acting
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.entry import OpenDesk
    from villagedesk.devices.media_thread_qt import MediaThread
    from villagedesk.devices.sound_qt import ShutterSound
    from villagedesk.domain.station import StationFile

FIRST_PAINT_NAME = "VILLAGEDESK_EXIT_AFTER_FIRST_PAINT"
HOOK_NAME = "VILLAGEDESK_EVENT_HOOK"

T = TypeVar("T")


class GuiThread(QObject):
    """Runs calls on the GUI thread for other threads; devices of Qt have to be made there."""

    _wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._wanted.connect(self._serve, Qt.ConnectionType.QueuedConnection)

    def call(self, work: Callable[[], T]) -> T:
        """Wait for ``work`` to be done on the GUI thread; gives or raises what it does. Never from the GUI thread."""
        from concurrent.futures import Future  # noqa: PLC0415 - nobody calls before the first paint

        done: Future[T] = Future()
        self._wanted.emit((work, done))
        return done.result()

    def _serve(self, wanted: tuple[Callable[[], object], Future[object]]) -> None:
        work, done = wanted
        try:
            done.set_result(work())
        except Exception as error:  # handed to the thread that asked
            done.set_exception(error)


class Media:
    """The thread of Qt's multimedia, for the whole run; begun when a camera is asked for, after sign-in."""

    def __init__(self) -> None:
        self._thread: MediaThread | None = None

    def __call__(self) -> MediaThread:
        """Begin it where it is not."""
        if self._thread is None:
            from villagedesk.devices.media_thread_qt import MediaThread  # noqa: PLC0415 - not before the first paint

            self._thread = MediaThread()
        return self._thread

    def stop(self) -> None:
        """End it, if it was begun."""
        if self._thread is not None:
            self._thread.stop()


class Shutter:
    """Plays the sound of a photograph taken; loaded when it is first wanted."""

    def __init__(self, file: Path, media: Media) -> None:
        self._file = file
        self._media = media
        self._sound: ShutterSound | None = None

    def __call__(self) -> None:
        """Play it."""
        if self._sound is None:
            from villagedesk.devices.sound_qt import ShutterSound  # noqa: PLC0415 - not before the first paint

            self._sound = ShutterSound(self._file, self._media)
        self._sound()

    def close(self) -> None:
        """No more of it."""
        if self._sound is not None:
            self._sound.close()


class FirstPaint(QObject):
    """Calls back once, after the watched window has been painted for the first time."""

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._then: Callable[[], None] | None = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Wait for the window's paint, let it finish, then call."""
        if event.type() == QEvent.Type.Paint and self._then is not None:
            then, self._then = self._then, None
            watched.removeEventFilter(self)
            QTimer.singleShot(0, then)
        return False


def run(options: RunOptions) -> int:
    """Run the program until its window is closed; gives the exit code."""
    crash_remains.leave_no_memory_image()
    application = QApplication([sys.argv[0]])
    application.setApplicationName("villagedesk")
    ours = resources.resources_folder()
    messages = Messages.door_first(resources.messages_folder(ours))
    apply_theme(application, [ours / "fonts" / "villagedesk-base.ttf"], rare_fonts=resources.rare_fonts(ours))
    try:
        lock = door.take(options.data_folder)
    except EnvironmentProblem as problem:
        return _refuse(messages, problem)
    gui_thread, media = GuiThread(), Media()
    shutter = Shutter(ours / "sounds" / "shutter.wav", media)
    entry = door.open_door(options, _opener(options, gui_thread, media))
    try:
        window = MainWindow(entry, messages, ours / "icons", shutter_sound=shutter)
    except Problem as problem:
        lock.release()
        return _refuse(messages, problem)
    _watch_for_faults(options.data_folder, window)
    FirstPaint(window, lambda: _after_first_paint(messages))
    window.resize(1366, 768)
    window.show()
    hook = _event_hook()
    code = application.exec()
    del hook
    entry.close()
    shutter.close()
    media.stop()
    lock.release()
    return code


def _opener(options: RunOptions, gui_thread: GuiThread, media: Media) -> OpenDesk:
    def open_desk(acting: Acting, key: object, station: StationFile) -> Desk:
        # the composition root imports every heavy library; it is called from a worker after sign-in
        from villagedesk.app.composition import open_desk as compose  # noqa: PLC0415

        return compose(options, gui_thread.call, media, acting, key, station)

    return open_desk


def _after_first_paint(messages: Messages) -> None:
    if os.environ.get(FIRST_PAINT_NAME):
        # for the start benchmark: CLOCK_MONOTONIC is the same in every process of the machine
        sys.stdout.write(f"first_paint {time.monotonic_ns()}\n")
        sys.stdout.flush()
        os._exit(0)
    threading.Thread(target=_load_the_heavy_parts, args=[messages], name="loading", daemon=True).start()


def _load_the_heavy_parts(messages: Messages) -> None:
    """Read and import while the clerk types a password, so that sign-in finds everything in memory."""
    messages.complete()
    import villagedesk.app.composition  # noqa: F401, PLC0415 - not before the first paint


def _watch_for_faults(data_folder: Path, window: MainWindow) -> None:
    """Faults of the program itself: a report without personal data, a sentence on the screen, and on it goes (I11)."""
    fault_reports.install(paths.fault_reports_folder(data_folder), window.background.problem.emit)


def _refuse(messages: Messages, problem: Problem) -> int:
    """The program cannot start: say why in a plain dialog."""
    from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415 - its enumerations take time that no good start needs

    box = QMessageBox(QMessageBox.Icon.Warning, messages.text("app.name"), "")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(messages.of(problem))
    box.setObjectName("cannot_start")
    box.addButton(messages.text("app.close"), QMessageBox.ButtonRole.AcceptRole)
    hook = _event_hook()
    box.exec()
    del hook
    return 1


def _event_hook() -> object:
    if not os.environ.get(HOOK_NAME):
        return None
    # the hook's code and QtTest are loaded only where a driver asks for them
    from villagedesk.app.event_hook import start_if_asked  # noqa: PLC0415

    return start_if_asked()
