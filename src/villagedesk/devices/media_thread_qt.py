"""The thread in which all of Qt's multimedia lives: its plug-in is loaded, cameras are opened and closed there.

None of that may hold up the window: loading the plug-in reads some twenty libraries, opening a camera waits for the
device, and Windows waits without end for a device that was pulled out. The thread has an event loop, as Qt's watch for
plugged and unplugged devices needs one that lasts as long as the program; so there is one for the whole run.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

T = TypeVar("T")

_COINIT_APARTMENTTHREADED = 2
_PATIENCE_MS = 3000


class _Host(QObject):
    """Does in its own thread what others ask for."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.wanted.connect(self.serve, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def serve(self, work: Callable[[], None]) -> None:
        """Called by the thread's event loop."""
        work()


class MediaThread:
    """Begun with the first call; stopped once, at the end of the program."""

    def __init__(self) -> None:
        self._thread = QThread()
        self._thread.setObjectName("media")
        self._host = _Host()
        self._host.moveToThread(self._thread)
        self._thread.start()
        self.call(_begin)

    def call(self, work: Callable[[], T]) -> T:
        """Wait for ``work`` to be done there; gives or raises what it does."""
        if self.is_current():
            return work()
        return self.post(work).result()

    def post(self, work: Callable[[], T]) -> Future[T]:
        """Have ``work`` done there, without waiting."""
        done: Future[T] = Future()

        def serve() -> None:
            try:
                done.set_result(work())
            except Exception as error:  # handed to whoever asked
                done.set_exception(error)

        self._host.wanted.emit(serve)
        return done

    def is_current(self) -> bool:
        """Whether the caller runs in it."""
        return QThread.currentThread() is self._thread

    def stop(self) -> None:
        """End it, after what was asked for before. A thread that a device holds up is left to the system's end of the
        process."""
        self._thread.quit()
        if not self._thread.wait(_PATIENCE_MS):
            self._thread.terminate()
            self._thread.wait(_PATIENCE_MS)


def _begin() -> None:
    if sys.platform == "win32":
        # Media Foundation wants it done in each thread that opens a device
        ctypes.windll.ole32.CoInitializeEx(None, _COINIT_APARTMENTTHREADED)
