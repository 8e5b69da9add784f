"""A folder that something else fills: which of its files are whole by now."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from villagedesk.devices.camera_folder import ends_well
from villagedesk.devices.camera_picture import MAX_FILE_MEGABYTES, PICTURE_SUFFIXES
from villagedesk.devices.ports import ArrivedFile
from villagedesk.domain.problems import EnvironmentProblem

SUFFIXES = PICTURE_SUFFIXES | {".pdf"}
_PDF_TAIL = 4096
_HEAD = 16
_STUCK_S = 60.0
"""A file that has not grown for so long is not being written any more."""

_State = tuple[int, int]


class WatchedFolder:
    """Real folders. Calls may come from several threads.

    A file counts once it looked the same at two looks and ends as its format must: transfer programs write slowly, and
    a scanner writes page after page.

    Args:
        clock: monotonic seconds; replaced by tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._seen: dict[Path, tuple[_State, float]] = {}
        """As each lay there at the last look, and since when."""
        self._whole: dict[Path, _State] = {}

    def look(self, folder: Path, done: Mapping[str, _State]) -> tuple[ArrivedFile, ...]:
        """What came and is whole."""
        there = {folder / name: state for name, state in self.names(folder).items() if done.get(name) != state}
        now = self._clock()
        with self._guard:
            before = self._seen
            since = {path: before[path][1] for path, state in there.items() if before.get(path, ((), 0))[0] == state}
            self._seen = {path: (state, since.get(path, now)) for path, state in there.items()}
            known = {path: state for path, state in self._whole.items() if there.get(path) == state}
        for path, state in there.items():
            if path not in known and path in since and _is_whole(path, state[1]):
                known[path] = state
        with self._guard:
            self._whole = known
        found = [ArrivedFile(path, state) for path, state in known.items()]
        for path, begun in since.items():
            if path not in known and now - begun >= _STUCK_S:
                found.append(ArrivedFile(path, there[path], whole=False))
        return tuple(sorted(found, key=lambda one: (one.state[0], one.path.name)))

    def names(self, folder: Path) -> Mapping[str, _State]:
        """All that could be pictures or documents; hidden ones are what programs are about to rename."""
        found: dict[str, _State] = {}
        try:
            for file in folder.iterdir():
                if file.suffix.lower() not in SUFFIXES or file.name.startswith((".", "~")):
                    continue
                try:
                    status = file.stat()
                except FileNotFoundError:
                    continue
                if status.st_size and file.is_file():
                    found[file.name] = (status.st_mtime_ns, status.st_size)
        except OSError as error:
            raise EnvironmentProblem("devices.watched_folder_gone", folder=folder.name or str(folder)) from error
        return found


def _is_whole(path: Path, size: int) -> bool:
    """Whether it ends as its format must. One that is too large or no picture at all is offered too: bringing it in
    says what is wrong with it."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if head.startswith(b"%PDF"):
                file.seek(max(0, size - _PDF_TAIL))
                return b"%%EOF" in file.read()
            # formats whose end nobody has to look for are not read, nor what is refused for its size
            if not head.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")) or size > MAX_FILE_MEGABYTES * 2**20:
                return True
            return ends_well(head + file.read())
    except OSError:
        return False
