"""A forgetting disk with what operations start from, and what a cut leaves of it in an ordinary folder."""

from __future__ import annotations

import os
import shutil
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.bases import Bases
from tests.faults.forgetting_disk import Recording, World
from tests.faults.mounted_disk import Fault, MountedDisk
from tests.faults.operations import run_operation
from tests.faults.place import Place

_WAIT_SECONDS = 2.0


def fork() -> int:
    """:func:`os.fork` once threads that have ended are gone from the system as well.

    Python's join returns before a thread's last steps in C, where OpenSSL takes a lock of the whole process; a child
    forked in that moment would find it taken for ever.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while len([*Path("/proc/self/task").iterdir()]) > threading.active_count() and time.monotonic() < deadline:
        time.sleep(0.001)
    return os.fork()


class Workshop:
    """For one process; unmounts on leaving.

    Args:
        folder: an ordinary folder to work in.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bases = Bases(folder / "bases")
        self._disk = MountedDisk(folder)
        self._serial = iter(range(10**9))

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        self._disk.close()

    def on_disk(
        self, operation: str, work: Callable[[Path], None], fault: Fault | None = None
    ) -> tuple[Recording, dict[str, int]]:
        """Let ``work`` use a fresh copy of what the operation starts from, on the disk.

        Returns:
            All that was done to the disk, and how often each kind of operation happened.
        """
        name = f"run-{next(self._serial)}"
        root = self._disk.begin(name, self._bases.of(operation), fault)
        work(root)
        return self._disk.end(name)

    def record(self, operation: str, mutant: str = "") -> tuple[Recording, dict[str, int]]:
        """Run an operation to its end in a process of its own. Raises RuntimeError when it does not come to it."""

        def work(root: Path) -> None:
            child = fork()
            if child == 0:
                code = 1
                try:
                    run_operation(Place(root, mutant), operation)
                    code = 0
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(code)
            status = os.waitpid(child, 0)[1]
            if status != 0:
                raise RuntimeError(f"{operation} does not run to its end: {status}")

        return self.on_disk(operation, work)

    @contextmanager
    def survivors(self, recording: Recording, length: int, world: World, seed: int) -> Iterator[Path]:
        """The state after a cut (:meth:`Recording.survivors`), in a folder that is removed afterwards."""
        root = self._folder / f"cut-{next(self._serial)}"
        recording.survivors(length, world, seed).write_into(root)
        try:
            yield root
        finally:
            shutil.rmtree(root)
