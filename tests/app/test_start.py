"""The first window comes up before anything heavy, or of a later screen, is loaded (design: decision 9)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk.counter import STATION
from tests.store.fixtures import FixedClock
from villagedesk.app.gui import FIRST_PAINT_NAME
from villagedesk.app.premises import DataFolder

_HEAVY = ("sqlalchemy", "numpy", "cv2", "reportlab", "requests", "pydantic", "cryptography", "argon2", "PIL", "alembic")
_NOT_NEEDED = ("asyncio", "concurrent.futures", "email", "html", "http", "ssl", "subprocess", "xml", "zoneinfo")
"""Parts of the standard library that cost time or files and that nothing on the first window asks for."""

_DOOR = {
    "": {"__main__"},
    "app": {
        *("command_line", "crash_remains", "door", "fault_reports", "gui", "paths", "premises", "resources"),
        *("run_options", "system_clock"),
    },
    "desk": {"acting", "clerk_names", "door_views", "entry"},
    "domain": {"audit", "fault_trace", "messages", "problems", "progress", "roles", "station"},
    "store": {"backup", "backup.install", "files", "lock", "lockout", "slots", "status"},
    "ui": {
        *("background", "buttons", "entry_card", "fields", "glyphs", "icons", "notice", "scroll_area", "sentences"),
        *("sleep_watch", "station_name", "theme", "window"),
    },
}
"""Our own modules that the first window needs, by floor. Whatever else is imported delays it: a later card, a rule that
is asked when something was typed. Import it where it is needed, and it is read while the clerk types."""

_SIGN_IN = {
    *("entry", "entry.ask_who", "entry.countdown", "entry.next_step", "entry.password_try", "entry.who", "sign_in"),
}
_FIRST_RUN = {"first_run"}
_IMPORTED = re.compile(r"^import time:.*\| *([\w.]+)$", re.MULTILINE)


def _imported_before_the_first_paint(folder: Path) -> set[str]:
    """Full names of all modules, as the program itself is started on that data folder."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "villagedesk", "run", "--data", str(folder)],
        env={**os.environ, FIRST_PAINT_NAME: "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith("first_paint ")
    assert [line for line in done.stderr.splitlines() if not line.startswith("import time:")] == []
    return set(_IMPORTED.findall(done.stderr))


@pytest.mark.parametrize("set_up", [False, True])
def test_nothing_that_a_later_screen_needs_is_imported_before_the_first_paint(tmp_path: Path, set_up: bool) -> None:
    if set_up:
        DataFolder(tmp_path, FixedClock()).set_up(STATION, "王会计", "老槐树下1962")
    loaded = _imported_before_the_first_paint(tmp_path)
    assert "PySide6.QtWidgets" in loaded
    assert not loaded & {*_HEAVY, *_NOT_NEEDED}
    allowed = {"villagedesk"}
    for floor, names in {**_DOOR, "ui": _DOOR["ui"] | (_SIGN_IN if set_up else _FIRST_RUN)}.items():
        prefix = f"villagedesk.{floor}".rstrip(".")
        allowed |= {prefix} | {f"{prefix}.{name}" for name in names}
    assert ("PySide6.QtSvg" in loaded) == (not set_up), "first run has icons, sign-in draws none"
    assert {name for name in loaded if name.partition(".")[0] == "villagedesk"} <= allowed
