"""The whole database is checked after every sign-in, and what was found stands on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.test_whole_road import PASSWORD, entry_of, until
from tests.desk.counter import CLERK, STATION
from villagedesk.app.run_options import RunOptions
from villagedesk.store.database import EncryptedStore


def test_damage_found_after_sign_in_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = entry_of(RunOptions(tmp_path / "data", "none", f"file:{tmp_path / 'printed'}"))
    entry.set_up(STATION, CLERK, PASSWORD)
    monkeypatch.setattr(EncryptedStore, "integrity", lambda _store: False)
    desk = entry.sign_in(CLERK, PASSWORD)
    try:
        until(desk, lambda: "damage.found" in [line.sentence.key for line in desk.devices()])
    finally:
        entry.close()
