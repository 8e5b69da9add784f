"""A :class:`Disk` mounted by FUSE in a process of its own, with faults to set; Linux, root and Debian's fuse3 needed.

The process unmounts and ends when its standard input closes, so nothing stays mounted when whoever started it dies; a
mount whose process was killed as well is found by its name in ``/proc/mounts`` and removed by the next start.
"""

from __future__ import annotations

import errno
import json
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tests.faults.forgetting_disk import Disk, Node, Recording

_ROOT = Path(__file__).parents[2]
_SOURCE = "villagedesk-forgets-"
_WAIT_SECONDS = 30.0
_BLOCK = 4096
_SPARED = ".spared"
_LET_FAIL = (0, 0)
"""Times nobody else sets."""


@dataclass(frozen=True)
class Fault:
    """An error the disk gives.

    Args:
        error: an errno's name, as ``ENOSPC``.
        kinds: which operations can fail: those of the log, and ``read``, ``open`` (for writing), ``look`` (what is said
            of a file or folder) and ``list`` (of a folder).
        start: the first of these operations that fails, counted from 1; 0: none before :func:`let_fail`.
        count: how many fail from there on; 0: all, until room is made (:func:`make_room`).
    """

    error: str
    kinds: tuple[str, ...]
    start: int
    count: int = 0


def make_room(run: Path) -> None:
    """End the fault that is set for a run, by touching its folder."""
    os.utime(run)


def let_fail(run: Path) -> None:
    """Begin the fault of a run that waits for it."""
    os.utime(run, _LET_FAIL)


def spared(run: Path) -> Path:
    """The same folder past the fault, for what a harness looks at itself; ``run`` when it lies on an ordinary disk."""
    past = run.with_name(f"{run.name}{_SPARED}")
    return past if past.exists() else run


class MountedDisk:
    """A mount under ``place``; each run gets a folder of its own in it.

    Raises:
        RuntimeError: when it cannot be mounted.
    """

    def __init__(self, place: Path) -> None:
        remove_stale_mounts()
        self.folder = place / "disk"
        self.folder.mkdir()
        self._exchange = place / "exchange"
        self._exchange.mkdir()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.mounted_disk", str(self.folder)],
            cwd=_ROOT,
            # Debian's package fuse3 is enough then; the writes come in larger pieces as well.
            env={**os.environ, "FUSE_LIBRARY_NAME": "fuse3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + _WAIT_SECONDS
        while not os.path.ismount(self.folder):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise RuntimeError("the disk could not be mounted")
            time.sleep(0.005)

    @property
    def process_id(self) -> int:
        """Of the process that serves it."""
        return self._process.pid

    def begin(self, name: str, base: Path | None, fault: Fault | None = None) -> Path:
        """A new run: a folder with a copy of ``base`` in it. Gives the folder."""
        self._ask(begin=name, base=str(base or ""), fault=asdict(fault) if fault else None)
        return self.folder / name

    def end(self, name: str) -> tuple[Recording, dict[str, int]]:
        """End a run: what was done, and how often each kind of operation happened (reading too)."""
        file = self._exchange / name
        self._ask(end=name, file=str(file))
        answer: tuple[Recording, dict[str, int]] = pickle.loads(file.read_bytes())
        file.unlink()
        return answer

    def _ask(self, **question: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        if not self._process.stdout.readline():
            raise RuntimeError("the disk's process has ended")

    def close(self) -> None:
        """Unmount."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        if os.path.ismount(self.folder):
            _unmount(self.folder)

    def __enter__(self) -> MountedDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def remove_stale_mounts() -> None:
    """Unmount disks whose process is no more."""
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        source, folder = line.split(" ")[:2]
        if source.startswith(_SOURCE) and not _serves(source.removeprefix(_SOURCE)):
            _unmount(Path(folder))


def _serves(process: str) -> bool:
    try:
        return b"tests.faults.mounted_disk" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def _unmount(folder: Path) -> None:
    subprocess.run(["fusermount3", "-u", "-z", str(folder)], check=False, stderr=subprocess.DEVNULL)


class _Run:
    def __init__(self, disk: Disk, fault: Fault | None = None) -> None:
        self.disk = disk
        self.fault = fault
        self.counts: dict[str, int] = {}
        self._met = 0

    def meet(self, kind: str, *, note: Node | None = None) -> None:
        """Count an operation; raise the error that is set for it."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        fault = self.fault
        if fault is None or kind not in fault.kinds:
            return
        self._met += 1
        if self._failing and (not fault.count or self._met < fault.start + fault.count):
            if note is not None:
                self.disk.flush(note, fails=True)
            raise OSError(getattr(errno, fault.error), fault.error)

    def let_fail(self) -> None:
        if self.fault is not None:
            self.fault = replace(self.fault, start=self._met + 1)

    def look(self, kind: str, names: Sequence[str]) -> None:
        """:meth:`meet` of a look at what lies in one of the run's folders."""
        if len(names) > 1 or (names and self.disk.find(names).is_folder):
            self.meet(kind)

    @property
    def full(self) -> bool:
        return self.fault is not None and self.fault.error == "ENOSPC" and self._failing

    @property
    def _failing(self) -> bool:
        return self.fault is not None and 0 < self.fault.start <= self._met


def _is_harness_file(names: Sequence[str]) -> bool:
    """Whether it lies beside the run's folders, as the confirmations do: no fault is for these."""
    return len(names) == 1


class _Tree:
    """The operations FUSE asks for, over the runs' disks; one at a time."""

    use_ns = True
    flag_nopath = True
    flag_nullpath_ok = True

    def __init__(self) -> None:
        self.runs: dict[str, _Run] = {}
        self._handles: dict[int, tuple[_Run, Node, frozenset[str]]] = {}
        self._next = 1

    def _place(self, path: str) -> tuple[_Run, list[str]]:
        _, run, *names = path.split("/")
        if run not in self.runs:
            raise OSError(errno.ENOENT, path)
        return self.runs[run], names

    def _node(self, path: str | None, handle: int | None) -> Node:
        if handle and handle in self._handles:
            return self._handles[handle][1]
        assert path is not None
        run, names = self._place(path)
        return run.disk.find(names)

    def _open(self, run: _Run, node: Node, names: Sequence[str] = ()) -> int:
        spared: frozenset[str] = frozenset()
        if _is_harness_file(names):
            spared = frozenset({"read", "write", "fsync", "truncate"})
        elif names and names[-1].endswith("-shm"):
            # The write-ahead log's index is mapped into memory: its pages were written by this system and are there.
            spared = frozenset({"read"})
        handle, self._next = self._next, self._next + 1
        self._handles[handle] = (run, node, spared)
        return handle

    def getattr(self, path: str | None, handle: int | None = None) -> dict[str, Any]:
        if path is not None and path != "/":
            run, names = self._place(path)
            run.look("look", names)
        node = Node(0, is_folder=True) if path == "/" else self._node(path, handle)
        times = dict.fromkeys(("st_atime", "st_mtime", "st_ctime"), time.time_ns())
        size = len(node.data)
        return {"st_mode": node.mode, "st_nlink": 1, "st_size": size, "st_blocks": (size + 511) // 512, **times}

    def readdir(self, path: str | None, handle: int) -> list[str]:
        names = self.runs if path == "/" else self._node(path, handle).entries
        return [".", "..", *names]

    def opendir(self, path: str) -> int:
        if path == "/":
            return 0
        run, names = self._place(path)
        node = run.disk.find(names)
        run.look("list", names)
        return self._open(run, node)

    def releasedir(self, _path: str | None, handle: int) -> int:
        return self.release(None, handle)

    def create(self, path: str, _mode: int, _information: object = None) -> int:
        run, names = self._place(path)
        if not _is_harness_file(names):
            run.meet("create")
        return self._open(run, run.disk.create(names), names)

    def open(self, path: str, flags: int) -> int:
        run, names = self._place(path)
        node = run.disk.find(names)
        if flags & (os.O_WRONLY | os.O_RDWR) and not _is_harness_file(names):
            run.meet("open")
        return self._open(run, node, names)

    def release(self, _path: str | None, handle: int) -> int:
        self._handles.pop(handle, None)
        return 0

    def read(self, _path: str | None, size: int, offset: int, handle: int) -> bytes:
        run, node, spared = self._handles[handle]
        if "read" not in spared:
            run.meet("read")
        return bytes(node.data[offset : offset + size])

    def write(self, _path: str | None, data: bytes, offset: int, handle: int) -> int:
        run, node, spared = self._handles[handle]
        if "write" not in spared:
            run.meet("write")
        run.disk.write(node, offset, data)
        return len(data)

    def truncate(self, path: str | None, length: int, handle: int | None = None) -> int:
        if handle and handle in self._handles:
            run, node, _spared = self._handles[handle]
        else:
            assert path is not None
            run, names = self._place(path)
            node = run.disk.find(names)
        run.meet("truncate")
        run.disk.truncate(node, length)
        return 0

    def mkdir(self, path: str, _mode: int) -> int:
        run, names = self._place(path)
        run.meet("mkdir")
        run.disk.create(names, is_folder=True)
        return 0

    def unlink(self, path: str) -> int:
        run, names = self._place(path)
        run.meet("unlink")
        run.disk.unlink(names)
        return 0

    rmdir = unlink

    def rename(self, old: str, new: str) -> int:
        run, names = self._place(old)
        run.meet("rename")
        run.disk.rename(names, self._place(new)[1])
        return 0

    def fsync(self, _path: str | None, _data_only: int, handle: int) -> int:
        run, node, spared = self._handles[handle]
        if "fsync" not in spared:
            run.meet("fsync", note=node)
            run.disk.flush(node)
        return 0

    def fsyncdir(self, _path: str | None, _data_only: int, handle: int) -> int:
        run, node, _spared = self._handles[handle]
        run.meet("fsyncdir", note=node)
        run.disk.flush(node)
        return 0

    def chmod(self, _path: str | None, _mode: int) -> int:
        return 0

    def chown(self, _path: str | None, _owner: int, _group: int) -> int:
        return 0

    def utimens(self, path: str | None, times: object = None) -> int:
        if path is not None and not self._place(path)[1]:
            run, _names = self._place(path)
            if times == _LET_FAIL:
                run.let_fail()
            else:
                run.fault = None
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        full = path != "/" and self._place(path)[0].full
        free = 0 if full else 1 << 24
        return {"f_bsize": _BLOCK, "f_frsize": _BLOCK, "f_blocks": 1 << 25, "f_bfree": free, "f_bavail": free}


def _listen(tree: _Tree, folder: Path) -> None:
    for line in sys.stdin:
        question = json.loads(line)
        if "begin" in question:
            fault = question["fault"]
            made = Fault(fault["error"], tuple(fault["kinds"]), fault["start"], fault["count"]) if fault else None
            disk, name = Disk(Path(question["base"]) if question["base"] else None), question["begin"]
            tree.runs |= {name: _Run(disk, made), f"{name}{_SPARED}": _Run(disk)}
        else:
            run = tree.runs.pop(question["end"])
            del tree.runs[f"{question['end']}{_SPARED}"]
            Path(question["file"]).write_bytes(pickle.dumps((run.disk.recording(), run.counts)))
        print("done", flush=True)
    _unmount(folder)


def serve(arguments: Sequence[str]) -> None:
    """Mount at the folder named, and answer questions until standard input ends."""
    # Imported by this process only, and only where FUSE is.
    import mfusepy

    (folder,) = arguments

    class Fuse(mfusepy.FUSE):  # type: ignore[misc]
        # The library's own leaves the handle out, and a file that was removed while open has no path.
        def truncate_fuse_3(self, path: bytes | None, length: int, information: Any) -> int:
            handle = information.contents.fh if information else None
            return tree.truncate(None if path is None else path.decode(), length, handle)

    tree = _Tree()
    threading.Thread(target=_listen, args=(tree, Path(folder)), daemon=True).start()
    # One operation at a time: the log is the order in which they happened. hard_remove: a file removed while it is open
    # is removed, not renamed to a hidden one.
    Fuse(
        tree, folder, foreground=True, nothreads=True, fsname=f"{_SOURCE}{os.getpid()}", hard_remove=True, use_ino=False
    )


if __name__ == "__main__":
    serve(sys.argv[1:])
