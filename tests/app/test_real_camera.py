"""The program with Qt's own camera adapter on a PC without a camera: a calm word, and an orderly end."""

from __future__ import annotations

from pathlib import Path

from tests.app.child import Child
from tests.app.test_whole_program import PASSWORD, wait_for_words
from tests.desk.counter import STATION
from tests.store.fixtures import FixedClock
from villagedesk.app.paths import fault_reports_folder
from villagedesk.app.premises import DataFolder


def test_without_a_camera_the_real_adapter_says_so_calmly_and_the_program_ends_in_order(tmp_path: Path) -> None:
    DataFolder(tmp_path / "data", FixedClock()).set_up(STATION, "王会计", PASSWORD)
    child = Child(tmp_path, "--data", str(tmp_path / "data"), "--camera", "qt", "--printer", "none")
    try:
        child.do("wait_for", widget="password", state="enabled")
        child.do("key", text=PASSWORD, widget="password")
        child.do("key", key="Return", widget="password")
        child.do("wait_for", widget="clerk_name", text="王会计")
        child.do("click", widget="nav_settings")
        child.do("wait_for", widget="door_devices")
        child.do("click", widget="door_devices")
        wait_for_words(child, "没有接高拍仪")
        child.send("close", token=child.token)
        assert child.process.wait(60) == 0
        assert "QThread" not in child.output()
    finally:
        child.end()
    assert not list(fault_reports_folder(tmp_path / "data").glob("*")), "a fault of the program's own"
