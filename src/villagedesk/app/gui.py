"""Starts the window fast: Qt and small files first; everything heavy is imported by a worker after the first paint."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from villagedesk.app import fault_reports
from villagedesk.app.crash_remains import leave_no_memory_image
from villagedesk.app.mender import FolderMender
from villagedesk.app.paths import fault_reports_folder
from villagedesk.app.premises import DataFolder
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.app.restorer import FolderRestorer
from villagedesk.app.run_options import RunOptions
from villagedesk.app.system_clock import SystemClock
from villagedesk.desk.acting import Acting
from villagedesk.desk.damage import Damage
from villagedesk.desk.entry import Entry, OpenDesk
from villagedesk.desk.restoring import Restoring
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.domain.station import StationFile
from villagedesk.store.backup.install import finish
from villagedesk.store.lock import FolderLock
from villagedesk.ui.theme import apply_theme
from villagedesk.ui.window import MainWindow

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk

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
        done: Future[T] = Future()
        self._wanted.emit((work, done))
        return done.result()

    def _serve(self, wanted: tuple[Callable[[], object], Future[object]]) -> None:
        work, done = wanted
        try:
            done.set_result(work())
        except Exception as error:  # handed to the thread that asked
            done.set_exception(error)


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
    leave_no_memory_image()
    application = QApplication([sys.argv[0]])
    application.setApplicationName("villagedesk")
    resources = resources_folder()
    messages = Messages.from_folder(messages_folder(resources))
    apply_theme(application, [resources / "fonts" / "villagedesk-base.ttf"])
    try:
        lock = FolderLock(options.data_folder)
        finish(options.data_folder)
    except EnvironmentProblem as problem:
        return _refuse(messages, problem)
    gui_thread = GuiThread()
    clock = SystemClock()
    premises = DataFolder(options.data_folder, clock)
    opener = _opener(options, gui_thread)
    restorer = FolderRestorer(options.data_folder, clock)
    restoring = Restoring(restorer, premises.common_passwords, lambda: entry.signed_in)
    damage = Damage(FolderMender(options.data_folder, premises, clock), lambda: entry.signed_in)
    entry = Entry(
        premises,
        opener,
        options.station_file,
        practice_only=options.practice_only,
        restoring=restoring,
        damage=damage,
    )
    try:
        window = MainWindow(entry, messages, resources / "icons")
    except Problem as problem:
        lock.release()
        return _refuse(messages, problem)
    _watch_for_faults(options.data_folder, window)
    FirstPaint(window, _after_first_paint)
    window.resize(1366, 768)
    window.show()
    hook = _event_hook()
    code = application.exec()
    del hook
    entry.close()
    lock.release()
    return code


def _opener(options: RunOptions, gui_thread: GuiThread) -> OpenDesk:
    def open_desk(acting: Acting, key: object, station: StationFile) -> Desk:
        # the composition root imports every heavy library; it is called from a worker after sign-in
        from villagedesk.app.composition import open_desk as compose  # noqa: PLC0415

        return compose(options, gui_thread.call, acting, key, station)

    return open_desk


def _after_first_paint() -> None:
    if os.environ.get(FIRST_PAINT_NAME):
        # for the start benchmark: CLOCK_MONOTONIC is the same in every process of the machine
        sys.stdout.write(f"first_paint {time.monotonic_ns()}\n")
        sys.stdout.flush()
        os._exit(0)
    threading.Thread(target=_load_the_heavy_parts, name="loading", daemon=True).start()


def _load_the_heavy_parts() -> None:
    """Import while the clerk types a password, so that sign-in finds everything in memory."""
    import villagedesk.app.composition  # noqa: F401, PLC0415 - not before the first paint


def _watch_for_faults(data_folder: Path, window: MainWindow) -> None:
    """Faults of the program itself: a report without personal data, a sentence on the screen, and on it goes (I11)."""
    fault_reports.install(fault_reports_folder(data_folder), window.background.problem.emit)


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
