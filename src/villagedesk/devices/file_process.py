"""Files from elsewhere, read in a process of its own that may crash, hang or run out of memory without harm (I11).

This end asks with one line of JSON: ``{"path": hex}`` or ``{"bytes": n}`` and the n bytes, and hears ``{"sha256": …}``
when they are read, then ``{"pages": n, "left_out": n}``; or ``{"page": n, "longest": n or null}``, and hears
``{"width": …, "height": …, "origin": …, "dpi": n}`` and the pixels, three bytes each. In place of any answer it may
hear ``{"error": key, "params": {…}}``. The other end is :mod:`villagedesk.devices.file_pages_child`. One process serves
file after file; one that died is started anew with the next question.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from villagedesk.devices.file_port import FileSource, OpenedFile, PictureInFile
from villagedesk.devices.helper_process import LONGEST_LINE, answer_in, begin
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Cancelled
from villagedesk.imaging.files.nameless import Nameless

FROM_SOURCE: Sequence[str] = (sys.executable, "-m", "villagedesk.devices.file_pages_child")
READ_SECONDS = 45.0
"""Start and reading of the bytes: a slow stick, a disk with a virus scanner at the first start of the day."""
OPEN_SECONDS = 20.0
PAGE_SECONDS = 30.0
_MOST_SIDE, _MOST_PIXELS, _MOST_PAGES = 60_000, 60_000_000, 10_000
_TOLD = frozenset(
    {
        "files.missing", "files.folder", "files.no_file", "files.unreadable", "files.empty", "files.too_large",
        "files.growing", "files.locked", "files.no_pages", "files.too_many_pages", "files.too_heavy", "files.kind_ofd",
        "files.kind_office", "files.kind_archive", "files.kind_video", "files.kind_other",
    }
)  # fmt: skip
"""What the other end may say is wrong, beside the next; anything else is none of its words."""
_OF_FILES = {
    "imaging.truncated": "files.damaged",
    "imaging.too_large": "files.too_many_pixels",
    "imaging.too_small": "files.too_small",
}
"""What pictures are refused for, in sentences that name the file and give advice for one."""
_NUMBERS = frozenset({"most", "megabytes", "megapixels", "pixels"})
_Heard = TypeVar("_Heard")


class FileProcess:
    """Reads files in another process. See :class:`villagedesk.devices.file_port.FileReader`.

    Args:
        command: starts the other end.
        read_seconds, open_seconds, page_seconds: how long it may take for the bytes, for what the file says of itself,
            and for a page, before it is ended.
    """

    def __init__(
        self,
        command: Sequence[str] = FROM_SOURCE,
        *,
        read_seconds: float = READ_SECONDS,
        open_seconds: float = OPEN_SECONDS,
        page_seconds: float = PAGE_SECONDS,
    ) -> None:
        self._command = tuple(command)
        self._seconds = (read_seconds, open_seconds, page_seconds)
        self._one_at_a_time = threading.Lock()
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._busy = self._stopped = False
        self._holds = ""
        """Hash of the file the other end holds open."""

    def open(self, source: FileSource) -> OpenedFile:
        """See :class:`FileReader`."""
        with self._one_at_a_time, self._asking():
            return self._open(source)

    def picture(self, source: FileSource, sha256: str, number: int, longest: int | None = None) -> PictureInFile:
        """See :class:`FileReader`."""
        with self._one_at_a_time, self._asking():
            if self._holds != sha256 or self._running() is None:
                opened = self._open(source)
                if opened.sha256 != sha256:
                    raise Nameless("files.changed")
            self._ask({"page": number, "longest": longest})
            return self._hear(self._picture, self._seconds[2], "files.too_heavy")

    def stop(self) -> None:
        """See :class:`FileReader`."""
        with self._guard:
            if self._busy:
                self._stopped = True
                self._kill()

    def close(self) -> None:
        """See :class:`FileReader`."""
        self.stop()
        with self._one_at_a_time:
            self._end()

    def _open(self, source: FileSource) -> OpenedFile:
        self._holds = ""
        if self._running() is None:
            self._start()
        if source.path is None:
            self._ask({"bytes": len(source.data)}, source.data)
        else:
            self._ask({"path": os.fsencode(source.path).hex()})
        self._holds = self._hear(lambda: _text(self._line(), "sha256"), self._seconds[0], "files.stuck")
        try:
            return self._hear(self._opened, self._seconds[1], "files.too_heavy")
        except Problem:
            self._holds = ""
            raise

    def _running(self) -> subprocess.Popen[bytes] | None:
        return self._process if self._process is not None and self._process.poll() is None else None

    def _start(self) -> None:
        self._end()
        try:
            process = begin(self._command)
        except OSError:
            raise EnvironmentProblem("files.no_reader") from None
        with self._guard:
            self._process = process
            if self._stopped:
                self._kill()

    def _ask(self, question: dict[str, object], data: bytes = b"") -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        # the time for the answer begins later: what does not read its questions is ended by this one
        with self._ends_after(self._seconds[0], process), contextlib.suppress(OSError):
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.write(data)
            process.stdin.flush()

    def _line(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        told = answer_in(self._process.stdout.readline(LONGEST_LINE))
        if "error" in told:
            raise _refusal(told)
        return told

    def _opened(self) -> OpenedFile:
        told = self._line()
        return OpenedFile(self._holds, _number(told, "pages", _MOST_PAGES), _number(told, "left_out", 1 << 31))

    def _picture(self) -> PictureInFile:
        told = self._line()
        width, height = _number(told, "width", _MOST_SIDE), _number(told, "height", _MOST_SIDE)
        if width * height > _MOST_PIXELS:
            raise ValueError("more pixels than were agreed on")
        assert self._process is not None
        assert self._process.stdout is not None
        pixels = self._process.stdout.read(width * height * 3)
        if len(pixels) != width * height * 3:
            raise EOFError
        return PictureInFile(width, height, pixels, _text(told, "origin"), _number(told, "dpi", _MOST_SIDE))

    def _hear(self, work: Callable[[], _Heard], seconds: float, too_late: str) -> _Heard:
        process = self._process
        assert process is not None
        with self._ends_after(seconds, process) as late:
            try:
                return work()
            except (OSError, EOFError, ValueError, KeyError, TypeError):
                # dead, or no longer to be understood
                self._end()
                if late.is_set():
                    raise Nameless(too_late) from None
                raise Nameless("files.broke") from None

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        with self._guard:
            self._busy, self._stopped = True, False
        try:
            yield
        except (InputProblem, EnvironmentProblem):
            if self._stopped:
                raise Cancelled from None
            raise
        finally:
            with self._guard:
                self._busy = False

    @contextlib.contextmanager
    def _ends_after(self, seconds: float, process: subprocess.Popen[bytes]) -> Iterator[threading.Event]:
        """Ended, it says nothing more, and whoever waits for its word goes on."""
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()

    def _kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    def _end(self) -> None:
        process, self._process, self._holds = self._process, None, ""
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            # one that hangs in a call to a dead network share cannot even be ended; it is not waited for
            process.wait(timeout=2.0)


def _refusal(told: dict[str, Any]) -> Nameless:
    key, params = _OF_FILES.get(told["error"], told["error"]), told["params"]
    if key not in _TOLD and key not in _OF_FILES.values():
        raise ValueError("none of its words")
    refusal = Nameless(key)
    refusal.params.update(
        (name, value) for name, value in params.items() if name in _NUMBERS and isinstance(value, int)
    )
    return refusal


def _number(told: dict[str, Any], name: str, most: int) -> int:
    value = told[name]
    if not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(name)
    return value


def _text(told: dict[str, Any], name: str) -> str:
    value = told[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value
