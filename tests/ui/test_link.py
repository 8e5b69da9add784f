"""线路情况 on the screen: found by keyboard, read aloud, and another way accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.links_at_hand import all_well, cable_out, elsewhere, vpn_down
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.link import LinkPage
from tests.ui.test_all_screens import check_screen
from villagedesk.sync.link import LinkState
from villagedesk.sync.route_pins import ROUTE_PIN
from villagedesk.sync.status import SyncStatus


@pytest.fixture
def village(tmp_path: Path) -> Village:
    made = Village(tmp_path)
    made.set_up()
    return made


@pytest.fixture
def page(qtbot: QtBot, open_window: OpenWindow, village: Village) -> LinkPage:
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = LinkPage(qtbot, window)
    page.wait_for("nothing_to_do")
    page.open()
    return page


def shown(page: LinkPage, village: Village, state: LinkState, word: str) -> None:
    village.link.publish(SyncStatus(link=state))
    page.until(lambda: word in page.advice())


def test_the_page_follows_the_line_by_itself(page: LinkPage, village: Village) -> None:
    shown(page, village, cable_out(), "网线")
    assert page.layer("cable").startswith("✗ 不通")
    assert page.layer("system").startswith("? 不知道")
    shown(page, village, vpn_down(), "VPN")
    assert page.layer("router") == "✓ 通 路由器 192.168.1.1 有应答。"
    assert page.layer("vpn").startswith("✗ 不通")
    shown(page, village, all_well(), "受理系统已连通")
    assert [page.layer(name)[0] for name in ("cable", "address", "router", "internet", "vpn", "system")] == ["✓"] * 6
    assert not page.seen("link_accept")


def test_it_is_walked_and_used_by_keyboard_and_leads_back(page: LinkPage, village: Village) -> None:
    shown(page, village, elsewhere(), "别的线路")
    page.wait_for("link_accept")
    check_screen("link", page, page.window, reaches="link_check")
    kicked = village.kicked
    page.press(Qt.Key.Key_F5)
    page.until(lambda: village.kicked == kicked + 1)
    page.until(lambda: page.window.background.idle)
    assert page.seen("link_check"), "F5 stays on the page"
    page.enter()
    page.until(lambda: village.kicked == kicked + 2)
    page.press(Qt.Key.Key_F1)
    page.wait_for("help_panel")
    page.press(Qt.Key.Key_Escape)
    page.press(Qt.Key.Key_Escape)
    page.wait_for("open_link")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("nothing_to_do")


def test_a_new_way_is_accepted_from_the_page(page: LinkPage, village: Village) -> None:
    shown(page, village, elsewhere(), "别的线路")
    page.wait_for("link_accept")
    page.tab_to("link_accept")
    page.enter()
    page.until(lambda: page.text("link_said") != "")
    assert "10.41.9.0/24" in village.store.read(lambda snapshot: snapshot.setting(ROUTE_PIN))
    shown(page, village, all_well(), "受理系统已连通")
    assert page.focused() == "link_check", "the button that had the focus went with its card"


def test_the_lines_for_the_telephone_are_numbered(page: LinkPage, village: Village) -> None:
    shown(page, village, vpn_down(), "VPN")
    lines = page.lines()
    assert [line.split()[0] for line in lines] == [str(number + 1) for number in range(len(lines))]
    assert lines[0].split()[1] == "受理系统：https://127.0.0.1:9"
    assert any("登记的线路：10.41.4.0/24" in line for line in lines)
