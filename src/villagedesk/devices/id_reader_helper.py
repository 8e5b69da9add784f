"""A card reader behind a helper process: the makers' library (sdtapi.dll) is 32-bit and may crash or hang.

STATUS: never run on hardware. The helper (``installer/id_reader/``) is compiled in the tests and run against a library
with the makers' functions; a real reader and its library have not been met.

The helper reads a word per line (``status``, ``read``) and answers each with one line of JSON::

    {"ok": true, "record": "<512 hex digits>", "photo": "<hex digits>"}
    {"ok": false, "error": "no_card", "code": 128}

The code of ``no_library`` is the system's error, 0 for a library that lacks a function.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence

from villagedesk.devices.helper_process import LONGEST_LINE, answer_in, begin
from villagedesk.devices.id_record import parse
from villagedesk.devices.ports import IdCard
from villagedesk.domain.problems import EnvironmentProblem, InputProblem

_STATUS_SECONDS = 3.0
_READ_SECONDS = 10.0
_END_SECONDS = 2.0
_BAD_EXE_FORMAT = 193
"""ERROR_BAD_EXE_FORMAT of Windows: a 64-bit library where a 32-bit one is needed, or a file that is no library."""


class HelperIdReader:
    """Starts the helper when it is first asked, and anew when it died or hung.

    Args:
        command: the helper and its arguments.
        name: as the clerk reads it.
        read_seconds: how long a card may take before the helper is ended.
    """

    def __init__(self, command: Sequence[str], name: str = "身份证阅读器", read_seconds: float = _READ_SECONDS) -> None:
        self._command = tuple(command)
        self._name = name
        self._read_seconds = read_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes] = queue.Queue()

    @property
    def name(self) -> str:
        """The device's name as the clerk knows it."""
        return self._name

    def available(self) -> bool:
        """Whether the library is there and finds a reader."""
        with self._lock:
            try:
                return bool(self._ask("status", _STATUS_SECONDS).get("ok"))
            except EnvironmentProblem:
                return False

    def read(self) -> IdCard:
        """The card that lies on it.

        Raises:
            InputProblem: ``reader.no_card``; ``reader.unreadable``, ``reader.garbled``: lay it down again.
            EnvironmentProblem: ``reader.unplugged``, ``reader.no_library``, ``reader.wrong_library``,
                ``reader.no_answer``; ``reader.failed`` (``code``) when the library gives an error that is not known.
        """
        with self._lock:
            answer = self._ask("read", self._read_seconds)
        if not answer.get("ok"):
            raise _problem(answer)
        try:
            record, photo = bytes.fromhex(str(answer["record"])), bytes.fromhex(str(answer.get("photo", "")))
        except (KeyError, ValueError):
            raise InputProblem("reader.unreadable") from None
        return parse(record, photo)

    def close(self) -> None:
        """End the helper; it starts again when the reader is asked."""
        with self._lock:
            self._end()

    def _ask(self, word: str, seconds: float) -> Mapping[str, object]:
        process = self._running()
        try:
            assert process.stdin is not None
            process.stdin.write(f"{word}\n".encode())
            process.stdin.flush()
            return answer_in(self._lines.get(timeout=seconds))
        except (OSError, queue.Empty, ValueError):
            # what comes later would be the answer to another question: start anew next time
            self._end()
            raise EnvironmentProblem("reader.no_answer") from None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        try:
            process = begin(self._command)
        except OSError:
            raise EnvironmentProblem("reader.no_library") from None
        lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=_listen, args=(process, lines), name="id-reader", daemon=True).start()
        self._process, self._lines = process, lines
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(_END_SECONDS if process.poll() is None and self._lines.empty() else 0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listen(process: subprocess.Popen[bytes], lines: queue.Queue[bytes]) -> None:
    """Hand over what the helper writes, until it ends; a line without an end is handed over too."""
    assert process.stdout is not None
    with process.stdout as pipe:
        while line := pipe.readline(LONGEST_LINE):
            lines.put(line)
    lines.put(b"")


def _problem(answer: Mapping[str, object]) -> InputProblem | EnvironmentProblem:
    error = answer.get("error")
    if error == "no_card":
        return InputProblem("reader.no_card")
    if error == "read_failed":
        return InputProblem("reader.unreadable")
    if error == "no_reader":
        return EnvironmentProblem("reader.unplugged")
    if error == "no_library" and answer.get("code") == _BAD_EXE_FORMAT:
        return EnvironmentProblem("reader.wrong_library")
    if error == "no_library":
        return EnvironmentProblem("reader.no_library")
    return EnvironmentProblem("reader.failed", code=str(answer.get("code", ""))[:20])
