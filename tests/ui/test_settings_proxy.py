"""代理服务器, by the keyboard alone."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.desk_at_hand import Village
from tests.ui.pages.sending import LimitPage
from villagedesk.desk.proxy_setting import ProxyChoice
from villagedesk.ui.window import MainWindow


def test_a_proxy_is_chosen_typed_refused_and_given_up(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    page = LimitPage(qtbot, signed_in)
    page.open("proxy")
    assert page.chosen("proxy_choice") == "不用代理（平常都选这个）"
    assert not page.seen("proxy_own")
    page.choose("proxy_choice", "自己填代理")
    page.tab_to("proxy_own")
    page.type("10.1.1.1")
    page.enter()
    page.until(lambda: "端口" in page.text("proxy_own_trouble"))
    assert page.focused() == "proxy_own"
    page.type("socks5://10.1.1.1:1080")
    page.enter()
    page.until(lambda: "HTTP 代理" in page.text("proxy_own_trouble"))
    proxy = desk_of(village).proxy
    assert proxy.view().choice is ProxyChoice.NONE
    page.type("http://10.1.1.1:8080")
    page.enter()
    page.wait_said("10.1.1.1:8080")
    assert page.typed("proxy_own") == "10.1.1.1:8080", "as it was read"
    assert proxy.view().address == "10.1.1.1:8080"
    page.open()
    page.until(lambda: "10.1.1.1:8080" in page.state("proxy"))
    page.open("proxy")
    page.until(lambda: page.chosen("proxy_choice") == "自己填代理" and page.typed("proxy_own") == "10.1.1.1:8080")
    page.choose("proxy_choice", "用这台电脑系统里设的代理")
    page.until(lambda: page.seen("proxy_of_pc") and not page.seen("proxy_own"))
    page.enter()
    page.wait_said("系统里的代理")
    page.choose("proxy_choice", "不用代理（平常都选这个）")
    page.enter()
    page.wait_said("直接连")
    assert kinds_logged(village).count("proxy_set") == 3
