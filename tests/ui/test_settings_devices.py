"""高拍仪和扫描仪, by the keyboard alone: cameras, the watched folder, the scanner."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village, papers
from tests.ui.pages.devices import DevicesPage
from tests.ui.pages.entry import SignInPage
from villagedesk.desk.views import CameraPlace
from villagedesk.devices.camera_simulated import CameraFault
from villagedesk.devices.scanner_simulated import SimulatedScanner

SIDE = "simulated:2"


@pytest.fixture
def scanner() -> SimulatedScanner:
    return SimulatedScanner([papers()[0]], "佳能平板")


@pytest.fixture
def village(tmp_path: Path, scanner: SimulatedScanner) -> Village:
    village = Village(tmp_path, scanner=scanner)
    village.set_up()
    return village


@pytest.fixture
def page(qtbot: QtBot, village: Village, open_window: OpenWindow) -> DevicesPage:
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = DevicesPage(qtbot, window)
    page.wait_for("nav_settings")
    page.open("devices", busy=True)
    page.until(lambda: page.pictured() and page.text("camera_state") != "")
    return page


def test_the_camera_is_seen_tried_and_nothing_is_kept(page: DevicesPage, village: Village) -> None:
    assert "模拟高拍仪" in page.text("camera_state")
    page.enter()
    page.wait_said("没有保存")
    assert "像素" in page.said()
    assert page.chosen("camera_main").startswith("自动选")
    page.until(lambda: page.seen("brighter") and page.seen("focus_anew"))
    assert not page.seen("other_camera"), "there is but one"
    assert "devices_set" not in kinds_logged(village)


def test_a_second_camera_is_chosen_looked_through_and_made_brighter(page: DevicesPage, village: Village) -> None:
    village.camera.add([papers()[1]], "侧拍", SIDE)
    village.news.tell("devices")
    page.until(lambda: page.seen("other_camera"))
    page.choose("camera_second", "侧拍")
    page.wait_said("改好")
    page.until(lambda: "侧拍" in page.text("camera_state"))
    page.press(Qt.Key.Key_F6)
    page.until(lambda: "模拟高拍仪" in page.text("camera_state"))
    page.until(lambda: page.seen("brighter"))
    page.tab_to("brighter")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: village.camera.exposure == 0.5)
    page.tab_to("focus_anew")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: village.camera.focused == 1)
    assert desk_of(village).equipment.view().chosen == {CameraPlace.MAIN: "", CameraPlace.SECOND: SIDE}
    village.camera.unplug(SIDE)
    village.news.tell("devices")
    page.until(lambda: page.chosen("camera_second") == "侧拍（没有接上）")


def test_pulled_out_it_is_told_and_back_it_is_there_again(page: DevicesPage, village: Village) -> None:
    village.camera.set_fault(CameraFault.UNPLUGGED)
    page.until(lambda: "断开" in page.text("camera_state") or "没有找到" in page.text("camera_state"))
    assert not page.pictured()
    village.camera.set_fault(CameraFault.NONE)
    page.until(page.pictured)
    page.until(lambda: "可以用" in page.text("camera_state"))


def test_a_folder_is_watched_refused_and_let_go(page: DevicesPage, village: Village, tmp_path: Path) -> None:
    page.tab_to("watched_folder")
    page.type(str(tmp_path / "nowhere"))
    page.tab_to("watch_folder")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: "找不到这个文件夹" in page.text("watched_folder_trouble"))
    assert page.focused() == "watched_folder"
    (tmp_path / "phone").mkdir()
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type(str(tmp_path / "phone"))
    page.tab_to("watch_folder")
    page.press(Qt.Key.Key_Space)
    page.wait_said("从现在起看着")
    page.until(lambda: str(tmp_path / "phone") in page.text("folder_state"))
    page.tab_to("unwatch_folder")
    page.press(Qt.Key.Key_Space)
    page.wait_said("不看文件夹了")
    assert desk_of(village).equipment.view().folder == ""
    assert kinds_logged(village).count("devices_set") == 2


def test_a_scanner_is_found_chosen_and_given_up(page: DevicesPage, village: Village) -> None:
    assert "没有选扫描仪" in page.text("scanner_state")
    page.tab_to("find_scanners")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: page.focused() == "scanner_choice")
    assert "找到 1 台" in page.text("nothing_found")
    page.choose("scanner_choice", "佳能平板")
    page.until(lambda: "佳能平板" in page.text("scanner_state"))
    page.until(lambda: page.window.background.idle or True)
    page.choose("scanner_dpi", "300 点（字很小）")
    page.until(lambda: "300" in page.text("scanner_state"))
    page.choose("scanner_choice", "不用扫描仪")
    page.until(lambda: "没有选扫描仪" in page.text("scanner_state"))
    assert desk_of(village).scanning.scanner() is None


def test_where_there_can_be_neither_camera_nor_scanner_it_is_said(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    village = Village(tmp_path, camera=False)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = DevicesPage(qtbot, window)
    page.wait_for("nav_settings")
    page.open("devices")
    page.until(lambda: "没有接高拍仪" in page.text("camera_state"))
    assert not page.seen("camera_main")
    assert not page.seen("find_scanners")
    assert not page.can("primary_button")
    assert page.focused() == "watched_folder"
