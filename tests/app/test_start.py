"""The first window comes up before anything heavy is imported (design: decision 9)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk.counter import STATION
from tests.store.fixtures import FixedClock
from villagedesk.app.premises import DataFolder

_HEAVY = ("sqlalchemy", "numpy", "cv2", "reportlab", "requests", "pydantic", "cryptography", "argon2", "PIL", "alembic")
_SHOW = """
import json, sys
from pathlib import Path
from villagedesk.app import gui

application = gui.QApplication([])
resources = gui.resources_folder()
messages = gui.Messages.from_folder(gui.messages_folder(resources))
premises = gui.DataFolder(Path(sys.argv[1]), gui.SystemClock())
window = gui.MainWindow(gui.Entry(premises, None), messages, resources / "icons")
painted = []
gui.FirstPaint(window, lambda: painted.append(True))
window.show()
while not painted:
    application.processEvents()
print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
"""


@pytest.mark.parametrize("set_up", [False, True])
def test_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path, set_up: bool) -> None:
    if set_up:
        DataFolder(tmp_path, FixedClock()).set_up(STATION, "王会计", "老槐树下1962")
    done = subprocess.run(
        [sys.executable, "-c", _SHOW, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = json.loads(done.stdout)
    assert "PySide6" in loaded
    assert not set(_HEAVY) & set(loaded)
    assert done.stderr == ""
