"""One instance per data folder, held by an OS lock that a crash releases by itself (design: decision 8)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.files import make_folder, problem_of

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Holds the data folder for this process until :meth:`release`, or until the process ends in whatever way.

    The program takes it before sign-in; the store itself does not, so that a second start can be told of at once.

    Args:
        folder: the data folder; made when it is not there.

    Raises:
        EnvironmentProblem: ``store.in_use`` when another process holds it, ``store.disk_full``,
            ``store.write_failed`` when the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        try:
            make_folder(folder)
            self._handle: int | None = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise problem_of(error, folder) from error
        try:
            _take(self._handle)
        except OSError as error:
            self.release()
            raise EnvironmentProblem("store.in_use") from error

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
