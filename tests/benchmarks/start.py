"""``bench start``: process start → first paint of the sign-in window, against a bare PySide6 window in the same run."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.desk.counter import STATION
from villagedesk.app.gui import FIRST_PAINT_NAME
from villagedesk.app.premises import DataFolder
from villagedesk.app.system_clock import SystemClock

_BARE = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, done)
        return False

def done():
    sys.stdout.write(f"first_paint {time.monotonic_ns()}\\n")
    sys.stdout.flush()
    os._exit(0)

application = QApplication([])
window = QWidget()
watch = Watch()
window.installEventFilter(watch)
window.resize(1366, 768)
window.show()
application.exec()
"""
_PAINTED = re.compile(r"first_paint (\d+)")
_OPENED = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?openat\(.* = \d+<(.*)>$", re.MULTILINE)
_FONT_SET_UP = re.compile(r"^/(?:etc|usr/share|usr/local/share|var/cache)/(?:fonts|fontconfig)(?:/|$)")


def run(seeds: range, quick: bool) -> dict[str, float]:
    """Medians over as many interleaved starts of both as there are seeds.

    Returns:
        ``first_window_ratio``, and with it both times in ms; ``files_opened`` up to the first paint, of which
        ``font_set_up_files`` are the system's own (fontconfig reads them in any program that paints a text, and the
        bare window paints none), and ``bare_files_opened`` (0 files are reported where strace is not installed, and
        that is said aloud).
    """
    del quick  # fewer seeds are what makes it quick
    with tempfile.TemporaryDirectory(prefix="villagedesk-start-") as name:
        folder = Path(name) / "data"
        DataFolder(folder, SystemClock()).set_up(STATION, "王会计", "老槐树下1962")
        own = [sys.executable, "-m", "villagedesk", "run", "--data", str(folder)]
        bare = [sys.executable, "-c", _BARE]
        for command in (own, bare):
            _milliseconds(command)  # once unmeasured: byte code and the system's file cache
        pairs = [(_milliseconds(own), _milliseconds(bare)) for _ in seeds]
        strace = shutil.which("strace")
        if strace is None:
            print("NOT RUN: files_opened (strace is not installed)")
            opened, opened_bare = [], []
        else:
            opened, opened_bare = (_files_opened(strace, command, Path(name) / "strace") for command in (own, bare))
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "first_window_ratio": ours / theirs,
        "first_window_ms": ours,
        "bare_window_ms": theirs,
        "files_opened": float(len(opened)),
        "font_set_up_files": float(sum(_FONT_SET_UP.match(file) is not None for file in opened)),
        "bare_files_opened": float(len(opened_bare)),
    }


def _environment() -> dict[str, str]:
    # byte code is kept as in an installed program, whatever the shell says
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, FIRST_PAINT_NAME: "1", "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}


def _milliseconds(command: list[str]) -> float:
    began = time.monotonic_ns()
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, timeout=60, check=True)
    painted = _PAINTED.search(done.stdout)
    if painted is None:
        raise RuntimeError(f"no first paint was reported: {done.stderr[-500:]}")
    return (int(painted[1]) - began) / 1e6


def _files_opened(strace: str, command: list[str], log: Path) -> list[str]:
    traced = [strace, "-f", "-qq", "-y", "-e", "trace=openat", "-o", str(log), *command]
    subprocess.run(traced, env=_environment(), capture_output=True, timeout=120, check=True)
    return _OPENED.findall(log.read_text(encoding="utf-8", errors="replace"))
