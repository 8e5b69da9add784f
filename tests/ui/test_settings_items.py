"""本村事项 and 事项目录: what this village handles and how, and a new catalogue from a USB stick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from tests.catalogue.test_calendar import FILE
from tests.catalogue.test_package import KEY, PUBLIC, raw
from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, STATION, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.guides import GuidesPage
from tests.ui.pages.settings import ItemsPage, SettingsPage
from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.package import package_from, seal
from villagedesk.domain.audit import Deed
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui.window import MainWindow

FELLING, CODE = "林木采伐许可", "VD-LY-001"


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow) -> ItemsPage:
    page = ItemsPage(qtbot, signed_in)
    page.open("items")
    return page


def test_what_is_not_handled_here_is_offered_nowhere(
    qtbot: QtBot, page: ItemsPage, signed_in: MainWindow, village: Village
) -> None:
    page.pick(FELLING)
    page.widget("items_handled", QCheckBox).click()
    page.enter()
    page.wait_said(FELLING)
    guides = GuidesPage(qtbot, signed_in)
    guides.open()
    guides.until(lambda: len(guides.names()) == 35)
    assert FELLING not in guides.names()
    guides.new_case()
    guides.until(lambda: len(guides.names()) == 35)
    assert FELLING not in guides.names()
    page.open("items")
    page.pick(FELLING)
    assert not page.widget("items_handled", QCheckBox).isChecked(), "it can be taken up again"
    assert Deed.ITEM_CHOSEN in kinds_logged(village)


def test_the_villages_own_way_and_place_stand_in_the_guide(
    qtbot: QtBot, page: ItemsPage, signed_in: MainWindow, village: Village
) -> None:
    page.pick(FELLING)
    before = desk_of(village).items.get(CODE)
    page.choose("items_mode", "指导网办")
    page.widget("items_phone", QLineEdit).setText("0375-5550000")
    page.widget("items_favourite", QCheckBox).click()
    page.pick("所有事项：本村地点和电话")  # going on saves
    page.wait_said(FELLING)
    page.widget("items_address", QLineEdit).setText("柳林村党群服务中心一楼")
    page.open("")  # so does going away
    page.until(lambda: desk_of(village).items.office().address == "柳林村党群服务中心一楼")
    guides = GuidesPage(qtbot, signed_in)
    guides.open()
    guides.until(lambda: guides.names()[:1] == [FELLING])
    guides.find("采伐", FELLING)
    assert "柳林村党群服务中心一楼" in guides.text("guide_place")
    assert "0375-5550000" in guides.text("guide_place")
    item = desk_of(village).items.get(CODE)
    assert item.mode is HandlingMode.GUIDED
    assert before.mode is not HandlingMode.GUIDED
    assert item.office.complaint_phone == before.office.complaint_phone


def test_too_long_is_said_beside_the_field_and_kept_there(page: ItemsPage, village: Village) -> None:
    page.widget("items_hours", QLineEdit).setText("每天" * 150)
    page.enter()
    page.until(lambda: "200" in page.text("items_hours_trouble"))
    assert page.typed("items_hours") == "每天" * 150
    assert desk_of(village).items.office().hours == ""


def test_too_long_is_told_on_the_screen_that_came_instead(page: ItemsPage) -> None:
    page.pick(FELLING)
    page.tab_to("items_address")
    page.type("x" * 500)
    page.press(Qt.Key.Key_Escape)
    page.wait_for("door_items")
    page.until(lambda: page.problem() != "")


def test_the_marked_row_and_the_items_name_stay_in_sight_on_a_small_screen(page: ItemsPage) -> None:
    page.window.resize(910, 512)  # 1366 × 768 at 150 %
    page.pick(FELLING)
    page.tab_to("items_hours")
    title, shown = page.widget("items_chosen", QLabel), page.widget("items_list", QListWidget)
    page.until(lambda: title.visibleRegion().boundingRect() == title.rect())
    row = shown.visualItemRect(shown.currentItem())
    assert shown.viewport().visibleRegion().boundingRect().contains(row)


def test_the_filter_finds_by_initials_also_what_is_not_handled(page: ItemsPage) -> None:
    page.pick(FELLING)
    page.widget("items_handled", QCheckBox).click()
    page.enter()
    page.wait_said(FELLING)
    page.widget("items_filter", QLineEdit).setFocus()
    page.type("lmcf")
    page.until(lambda: len(page.rows("items_list")) == 2)
    assert any(row.startswith(FELLING) and "本村不办" in row for row in page.rows("items_list"))


@pytest.fixture
def county(qtbot: QtBot, tmp_path: Path, open_window: OpenWindow) -> tuple[Village, SettingsPage]:
    """A village whose county signs its catalogue."""
    village = Village(tmp_path)
    village.set_up(replace(STATION, catalogue_public_key=PUBLIC))
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = SettingsPage(qtbot, window)
    page.wait_for("nav_settings")
    page.open("catalogue")
    return village, page


def package(folder: Path, *, spoil: Callable[[bytes], bytes] = bytes, **changes: Any) -> Path:
    """A package of one item as a file."""
    made = package_from(None, None, Contents((raw("XX-1", **changes),)), 3, "2026-11-23T00:00:00Z")
    file = folder / "目录.vdcat"
    file.write_bytes(spoil(seal(made, KEY)))
    return file


def install(page: SettingsPage, file: Path) -> None:
    page.widget("catalogue_file", QLineEdit).setText(f'"{file}"')
    page.widget("catalogue_file", QLineEdit).setFocus()
    page.enter()


def test_a_catalogue_from_a_usb_stick_is_in_use_at_once(
    qtbot: QtBot, county: tuple[Village, SettingsPage], tmp_path: Path
) -> None:
    village, page = county
    assert "36" in page.text("catalogue_state")
    assert "36" in page.text("catalogue_to_check")
    install(page, package(tmp_path))
    page.wait_said("第 3 版目录装好了")
    page.until(lambda: "从文件装上的第 3 版目录，共 1 个事项" in page.text("catalogue_state"))
    assert page.text("catalogue_added").startswith("新增 1 个")
    assert page.text("catalogue_removed").startswith("去掉 36 个")
    guides = GuidesPage(qtbot, page.window)
    guides.open()
    guides.until(lambda: len(guides.names()) == 1)
    assert Deed.CATALOGUE_INSTALLED in kinds_logged(village)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: data.replace(b"3", b"4", 1), "没有安装"),
        (lambda data: data[: len(data) // 2], "没有安装"),
        (lambda data: b"\x00" * 40, "没有安装"),
    ],
)
def test_a_spoilt_package_changes_nothing_and_says_so(
    county: tuple[Village, SettingsPage], tmp_path: Path, spoil: Callable[[bytes], bytes], words: str
) -> None:
    village, page = county
    install(page, package(tmp_path, spoil=spoil))
    page.until(lambda: words in page.text("catalogue_file_trouble"))
    assert page.typed("catalogue_file") != "", "the path stays to be put right"
    assert len(desk_of(village).items.all()) == 36
    page.press(Qt.Key.Key_Escape)
    page.wait_for("door_items")


def test_next_years_holidays_are_read_in_from_a_file(county: tuple[Village, SettingsPage], tmp_path: Path) -> None:
    village, page = county
    page.until(lambda: "还没有" in page.text("catalogue_next_year"))
    assert "已有" in page.text("catalogue_this_year")
    file = tmp_path / "2027.toml"
    file.write_text("year = 2027", encoding="utf-8")
    install(page, file)
    page.until(lambda: "2027.toml" in page.text("catalogue_file_trouble"))
    file.write_text(FILE.format(year=2027, worked="2027-01-03"), encoding="utf-8")
    install(page, file)
    page.wait_said("2027 年的节假日装好了")
    page.until(lambda: "已有" in page.text("catalogue_next_year"))
    assert Deed.CALENDAR_INSTALLED in kinds_logged(village)


def test_nothing_typed_asks_for_the_file(county: tuple[Village, SettingsPage]) -> None:
    _, page = county
    page.widget("catalogue_file", QLineEdit).setFocus()
    page.enter()
    page.until(lambda: "请先选" in page.text("catalogue_file_trouble"))


def test_what_came_over_the_wire_stands_on_today_until_it_was_looked_at(
    county: tuple[Village, SettingsPage],
) -> None:
    village, page = county
    page.press(Qt.Key.Key_Escape)
    page.wait_for("door_items")
    made = package_from(None, None, Contents((raw("XX-1"),)), 3, "2026-11-23T00:00:00Z")
    desk_of(village).items.arrived(seal(made, KEY))
    page.click("nav_today")
    page.until(lambda: any("县里的事项有更新：新增 1 个" in row for row in page.todos()))
    page.press(Qt.Key.Key_1)
    page.until(lambda: page.seen("catalogue_arrived"))
    assert "第 3 版" in page.text("catalogue_arrived")
    assert page.text("catalogue_added") == "新增 1 个：事项XX-1"
    page.click("nav_today")
    page.until(lambda: page.seen("nothing_to_do"))
    page.open("catalogue")
    page.until(lambda: "第 3 版" in page.text("catalogue_state"))
    assert not page.seen("catalogue_arrived")
