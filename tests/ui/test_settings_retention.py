"""How long pictures stay: the setting, what would go, the question, the going, and the case page afterwards."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import delivered_long_ago, desk_of, kinds_logged, take_in
from tests.ui.desk_at_hand import Village
from tests.ui.pages.settings import SettingsPage
from villagedesk.ui.window import MainWindow


def test_pictures_go_after_a_question_and_the_case_page_says_so(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    page = SettingsPage(qtbot, signed_in)
    old, number = take_in(village)
    _, newer = take_in(village, "李建国")
    delivered_long_ago(village, old)
    page.open("retention")
    page.until(lambda: page.seen("retention_list") and len(page.rows("retention_list")) == 1)
    assert number in page.rows("retention_list")[0]
    assert newer not in page.rows("retention_list")[0]
    page.choose("retention_months", "24 个月")
    page.wait_said("24 个月")
    page.until(lambda: not page.seen("retention_list") and not page.can("primary_button"))
    assert "没有到期" in page.text("retention_sentence")
    page.choose("retention_months", "6 个月")
    page.until(lambda: page.can("primary_button"))
    page.click("primary_button")
    assert "恢复不了" in page.text("ask_question")
    page.press(Qt.Key.Key_Escape)
    assert not page.seen("ask_question")
    assert desk_of(village).cases.case(old).expired == frozenset()
    page.click("primary_button")
    page.click("ask_sure")
    page.wait_said("清理好了")
    page.until(lambda: not page.can("primary_button"))
    assert len(desk_of(village).cases.case(old).expired) == 2
    assert {"retention_set", "retention_run", "pages_expired"} <= set(kinds_logged(village))
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: "6 个月" in page.state("retention"))

    page.press(Qt.Key.Key_F3)
    page.type(number)
    page.enter()
    page.wait_for("pages_expired")
    assert page.text("pages_expired").endswith("原图已按期限清理，哈希和记录保留。")
    strip = page.widget("pages_id_card", QListWidget)
    assert "原图已清理" in str(strip.item(0).data(Qt.ItemDataRole.AccessibleTextRole))
    page.tab_to("pages_id_card")
    page.enter()
    assert not page.seen("viewer_title")
    assert page.problem() == ""
