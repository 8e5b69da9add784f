"""Flatbed scanners on Linux through SANE's ``scanimage``, a process of its own: drivers of scanners hang and crash.

STATUS: never run on hardware. All of it runs against SANE's ``test`` device.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

from villagedesk.devices.ports import Photograph, ScannerInfo
from villagedesk.devices.scanner_options import arguments_for, options_of, resolution_of
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress, silent

_LIST_S = 60.0
_SILENT_S = 90.0
"""A cold lamp takes up to a minute before anything is told."""
_STOP_S = 10.0
_TICK_S = 0.2
_MOST_BYTES = 256 * 1024 * 1024
_LISTED = "%d\t%v %m%n"
_PROGRESS = re.compile(rb"Progress: (\d+(?:\.\d+)?)%")

# The exit code of a scan is its SANE_Status (sane.h); opening a device tells its own in words only.
_BY_STATUS = {3: "busy", 6: "jammed", 7: "no_paper", 8: "cover_open", 11: "no_access"}
_BY_WORDS = (
    ("Device busy", "busy"),
    ("feeder jammed", "jammed"),
    ("out of documents", "no_paper"),
    ("cover is open", "cover_open"),
    ("has been denied", "no_access"),
    ("open of device", "missing"),
)


def sane_is_there() -> bool:
    """Whether this PC has ``scanimage``."""
    return shutil.which("scanimage") is not None


class SaneScanner:
    """Through ``scanimage``.

    Args:
        environment: added to the process's, e.g. another ``SANE_CONFIG_DIR``.
        extra: arguments added to each scan, e.g. a fault of SANE's ``test`` device.
        silent_s: seconds without a word from the scanner after which it is given up.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        extra: Sequence[str] = (),
        silent_s: float = _SILENT_S,
    ) -> None:
        # Its words are read: they must be English.
        self._environment = {**os.environ, "LC_ALL": "C", **(environment or {})}
        self._extra = list(extra)
        self._silent_s = silent_s

    def scanners(self) -> tuple[ScannerInfo, ...]:
        """What is connected and switched on.

        Raises:
            EnvironmentProblem: ``scanner.no_sane``, ``scanner.timeout``.
        """
        found = []
        for line in self._ask("-f", _LISTED).splitlines():
            scanner_id, _, name = line.partition("\t")
            if scanner_id and name:
                found.append(ScannerInfo(scanner_id, " ".join(name.split())))
        return tuple(found)

    def scan(self, which: ScannerInfo, dpi: int, *, colour: bool = True, progress: Progress = silent) -> Photograph:
        """What lies on the glass."""
        progress(0, 100)
        options = options_of(self._ask("-d", which.scanner_id, "-A"))
        if not options:
            which = self._in_another_socket(which)
            options = options_of(self._ask("-d", which.scanner_id, "-A"))
        progress(0, 100)
        arguments = ["-d", which.scanner_id, "--format=png", "-p", *arguments_for(options, dpi, colour=colour)]
        picture = self._run([*arguments, *self._extra], progress)
        return Photograph(picture, "image/png", which.name, resolution_of(arguments))

    def _in_another_socket(self, which: ScannerInfo) -> ScannerInfo:
        """The scanner of that name, which has another id since it was plugged in or switched on anew."""
        for one in self.scanners():
            if one.name == which.name and one.scanner_id != which.scanner_id:
                return one
        return which

    def _ask(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                ["scanimage", *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LIST_S,
                check=False,
                env=self._environment,
            )
        except subprocess.TimeoutExpired:
            raise EnvironmentProblem("scanner.timeout") from None
        except OSError as error:
            raise EnvironmentProblem("scanner.no_sane") from error
        return done.stdout.decode("utf-8", "replace")

    def _run(self, arguments: list[str], progress: Progress) -> bytes:
        try:
            process = subprocess.Popen(
                ["scanimage", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
            )
        except OSError as error:
            raise EnvironmentProblem("scanner.no_sane") from error
        assert process.stdout is not None
        assert process.stderr is not None
        # The picture goes through a pipe into memory: it never lies on the disk outside the vault.
        picture = _Picture(process.stdout)
        try:
            said = self._follow(process.stderr, picture, progress)
            status = process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            raise EnvironmentProblem("scanner.timeout") from None
        finally:
            _end(process)
            picture.join()
            process.stdout.close()
            process.stderr.close()
        if status or not picture.whole:
            raise EnvironmentProblem(f"scanner.{_reason(status, said)}")
        return picture.data

    def _follow(self, words: IO[bytes], picture: _Picture, progress: Progress) -> bytes:
        """Tell the progress until the process has said its last word; gives the end of what it said."""
        said, heard, before = b"", time.monotonic(), 0
        with selectors.DefaultSelector() as selector:
            selector.register(words, selectors.EVENT_READ)
            while True:
                if selector.select(_TICK_S):
                    news = os.read(words.fileno(), 65536)
                    if not news:
                        return said
                    said = (said + news)[-4096:]
                    heard = time.monotonic()
                if len(picture) != before:
                    before, heard = len(picture), time.monotonic()
                if time.monotonic() - heard > self._silent_s:
                    raise EnvironmentProblem("scanner.timeout")
                found = _PROGRESS.findall(said)
                progress(min(99, int(float(found[-1]))) if found else 0, 100)


class _Picture:
    """Takes the picture out of its pipe, in a thread of its own."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._parts: list[bytes] = []
        self._length = 0
        self._thread = threading.Thread(target=self._read, name="scan", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        return self._length

    @property
    def data(self) -> bytes:
        """What came."""
        return b"".join(self._parts)

    @property
    def whole(self) -> bool:
        """Whether it begins and ends as a PNG must."""
        data = self.data
        return data.startswith(b"\x89PNG") and b"IEND" in data[-16:] and self._length <= _MOST_BYTES

    def join(self) -> None:
        """Wait for its end."""
        self._thread.join(_STOP_S)

    def _read(self) -> None:
        while part := self._pipe.read(65536):
            self._length += len(part)
            if self._length <= _MOST_BYTES:
                self._parts.append(part)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the scanner drive its carriage home where it can, and end the process."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _reason(status: int, said: bytes) -> str:
    words = said.decode("utf-8", "replace")
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return next((key for part, key in _BY_WORDS if part in words), "failed")
