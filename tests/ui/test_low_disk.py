"""A disk that fills up while the clerk works: told where she works, with what it means and what to do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import ITEM, ITEM_WORDS, NAME, PASSWORD, Village
from tests.ui.pages.entry import LockPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage
from villagedesk.app.composition import Rooms
from villagedesk.desk.damage import Soundness

_MEGABYTE = 1024 * 1024
_WORDS = "磁盘只剩 300 MB，快满了。请尽快删除不用的文件"


def test_it_is_told_in_the_draft_and_on_the_bottom_line_and_in_full_behind_it(
    qtbot: QtBot, village: Village, open_window: OpenWindow
) -> None:
    page = LockPage(qtbot, open_window(village))
    page.sign_in(PASSWORD)
    page.wait_for("nav_today")
    choose = ChooseItemPage(qtbot, page.window)
    choose.new_case()
    choose.choose(ITEM_WORDS, ITEM)
    typing = ApplicantPage(qtbot, page.window)
    typing.until(lambda: typing.seen("applicant_name") and typing.focused() == "applicant_name")
    assert not typing.seen("draft_warning") and not typing.seen("status_warnings")
    village.free[0] = 300 * _MEGABYTE
    typing.type(NAME)
    typing.wait_for("draft_warning")
    assert _WORDS in typing.text("draft_warning")
    typing.wait_for("status_warnings")
    page.window.resize(1024, 768)
    assert "磁盘只剩 300 MB" in typing.text("status_warnings")
    page.click("status_line")
    page.wait_for("device_3")
    assert _WORDS in page.text("device_3")


def test_it_is_told_to_whoever_comes_back_from_the_lock(
    qtbot: QtBot, village: Village, open_window: OpenWindow
) -> None:
    page = LockPage(qtbot, open_window(village))
    page.sign_in(PASSWORD)
    page.wait_for("nav_today")
    page.until(lambda: page.window.background.idle)
    page.press(Qt.Key.Key_F12)
    page.until(lambda: page.seen("password") and page.focused() == "password")
    village.free[0] = 300 * _MEGABYTE
    page.sign_in(PASSWORD)
    page.wait_for("status_warnings")


def test_damage_found_by_the_check_has_room_on_the_bottom_line(
    qtbot: QtBot, village: Village, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = Soundness(lambda: None)
    damaged.checked(False)
    rooms = Rooms.__init__

    def init(self: Rooms, **given: object) -> None:
        rooms(self, **{**given, "soundness": damaged})  # type: ignore[arg-type]

    monkeypatch.setattr(Rooms, "__init__", init)
    page = LockPage(qtbot, open_window(village))
    page.sign_in(PASSWORD)
    page.wait_for("status_warnings")
    page.window.resize(1024, 768)
    assert page.text("status_warnings").endswith("数据库有损坏，按这里看怎么办")
    page.click("status_line")
    page.wait_for("device_3")
    assert "检查发现数据库文件有一部分损坏" in page.text("device_3")
