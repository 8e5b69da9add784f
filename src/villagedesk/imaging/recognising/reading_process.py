"""Pages read in a process of their own (design: decision 8): started when the first page is asked for, started anew
when it died, ended when nobody has asked for some minutes.

This end writes one line of JSON, ``{"bytes": n}``, and n bytes of an encoded page; it hears ``{"bytes": m}`` and m
bytes of JSON: what was read, as :func:`villagedesk.imaging.recognising.page_text.written` says, or ``{"error": …}``
with ``memory`` or ``failed``, after which the other end (:mod:`villagedesk.imaging.recognising.reading_child`) ends.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

from villagedesk.devices.helper_process import LONGEST_LINE, answer_in, begin
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.imaging.recognising.free_memory import free_memory
from villagedesk.imaging.recognising.page_text import PageText, page_text_of

FROM_SOURCE: Sequence[str] = (sys.executable, "-m", "villagedesk.imaging.recognising.reading_child")
PAGE_SECONDS = 120.0
"""For a page, with the start of the process where it must start; a card takes one, a full page four."""
IDLE_SECONDS = 240.0
NEEDS_BYTES = 700 * 1024**2
"""Free memory below which it is not started: it takes 400 MB, and the program and the system need some."""
_LONGEST_ANSWER = 4 * 1024**2


class ReadingProcess:
    """What reads pages. Calls block and may come from several threads; one page is read at a time.

    Args:
        command: starts the other end.
        page_seconds: how long a page may take before the process is ended.
        idle_seconds: how long it is kept without work.
        free_bytes: free memory of this PC in bytes, None where that cannot be told.
    """

    def __init__(
        self,
        command: Sequence[str] = FROM_SOURCE,
        page_seconds: float = PAGE_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        free_bytes: Callable[[], int | None] = free_memory,
    ) -> None:
        self._command = tuple(command)
        self._page_seconds = page_seconds
        self._idle_seconds = idle_seconds
        self._free_bytes = free_bytes
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        self._closed = False

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        with self._guard:
            return self._process is not None and self._process.poll() is None

    def read(self, page: bytes) -> PageText:
        """What an encoded page (JPEG, PNG …) says.

        Raises:
            EnvironmentProblem: ``reading.memory`` when there is too little; ``reading.broke`` when the process crashed,
                hung, could not be started or was closed meanwhile.
        """
        with self._turn:
            process = self._running()
            timer = threading.Timer(self._page_seconds, process.kill)
            timer.daemon = True
            timer.start()
            try:
                told = _ask(process, page)
                if "error" in told:
                    self._end()
                    raise EnvironmentProblem("reading.memory" if told["error"] == "memory" else "reading.broke")
                return page_text_of(told)
            except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
                self._end()
                raise EnvironmentProblem("reading.broke") from None
            finally:
                timer.cancel()
                self._wait_idle()

    def close(self) -> None:
        """End the process, also in the middle of a page; nothing is read any more."""
        with self._guard:
            self._closed = True
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        with self._guard:
            if self._idle is not None:
                self._idle.cancel()
                self._idle = None
            if self._closed:
                raise EnvironmentProblem("reading.broke")
            if self._process is not None and self._process.poll() is None:
                return self._process
        self._end()
        free = self._free_bytes()
        if free is not None and free < NEEDS_BYTES:
            raise EnvironmentProblem("reading.memory")
        with self._guard:
            if self._closed:
                raise EnvironmentProblem("reading.broke")
            try:
                self._process = begin(self._command)
            except OSError:
                raise EnvironmentProblem("reading.broke") from None
            return self._process

    def _wait_idle(self) -> None:
        with self._guard:
            if self._closed or self._process is None:
                return
            self._idle = threading.Timer(self._idle_seconds, self._end_idle)
            self._idle.daemon = True
            self._idle.start()

    def _end_idle(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._turn.release()

    def _end(self) -> None:
        with self._guard:
            process, self._process = self._process, None
            if self._idle is not None:
                self._idle.cancel()
                self._idle = None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError, ValueError):
                    if pipe is not None:
                        pipe.close()


def _ask(process: subprocess.Popen[bytes], page: bytes) -> dict[str, object]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"bytes": len(page)}).encode() + b"\n")
    process.stdin.write(page)
    process.stdin.flush()
    length = int(answer_in(process.stdout.readline(LONGEST_LINE))["bytes"])
    if not 0 < length <= _LONGEST_ANSWER:
        raise ValueError("no answer")
    body = process.stdout.read(length)
    if len(body) != length:
        raise EOFError
    return answer_in(body + b"\n")
