"""What a role may not do is not on its screens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import delivered_long_ago, desk_of, kinds_logged, take_in
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, NAME, PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.settings import OTHER_PASSWORD, SettingsPage
from villagedesk.domain.roles import Role

HEAD, TECHNICIAN = "李支书", "赵工"


def _open_as(
    qtbot: QtBot, village: Village, open_window: OpenWindow, name: str, role: Role, *, delivered: bool = False
) -> tuple[SettingsPage, str]:
    desk = village.entry.sign_in(CLERK, PASSWORD)
    desk.accounts.add(name, role, OTHER_PASSWORD)
    case_id, number = take_in(village)
    if delivered:
        delivered_long_ago(village, case_id)
    village.entry.sign_out()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(OTHER_PASSWORD, name)
    page = SettingsPage(qtbot, window)
    page.wait_for("nav_settings")
    return page, number


def test_the_village_head_looks_and_changes_nothing(qtbot: QtBot, village: Village, open_window: OpenWindow) -> None:
    page, number = _open_as(qtbot, village, open_window, HEAD, Role.VILLAGE_HEAD)
    assert not page.seen("nav_new")
    page.press(Qt.Key.Key_F2)
    assert page.title() == "今天"
    page.until(lambda: len(page.table()) == 1)
    page.press(Qt.Key.Key_F3)
    page.type(number)
    page.enter()
    page.wait_for("case_local_no")
    assert page.text("only_looks") == "您的账户只能查看"
    assert not page.seen("print_set")
    assert page.text("case_applicant") == NAME
    page.press(Qt.Key.Key_F8)
    page.press(Qt.Key.Key_Escape)
    page.click("status_line")
    page.until(lambda: page.title() == "上报情况")
    for act in ("send_now", "queue_pause_all"):
        assert not page.seen(act)
    page.open()
    assert page.doors() == {"accounts", "log", "security"}
    assert "您的账户只能查看" in page.text("settings_role")
    page.open("accounts")
    page.until(lambda: page.seen("account_chosen") and page.text("account_chosen") == HEAD)
    assert page.seen("change_password")
    for act in ("add_account", "hand_over", "remove"):
        assert not page.seen(act)
    page.open("log")
    page.wait_for("log_table")
    assert not page.seen("export_log")
    assert "print_asked" not in kinds_logged(village)


def test_the_technician_sees_no_persons(qtbot: QtBot, village: Village, open_window: OpenWindow) -> None:
    page, number = _open_as(qtbot, village, open_window, TECHNICIAN, Role.TECHNICIAN)
    page.wait_for("door_accounts")
    safe = {"devices", "backup", "retention", "support", "sending_limit", "proxy", "reading"}
    assert page.doors() == {"accounts", "security"} | safe
    for name in ("nav_new", "nav_today", "nav_cases", "search", "back"):
        assert not page.seen(name), name
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_Escape):
        page.press(key)
        assert page.title() == "设置"
    page.click("status_line")
    page.until(lambda: page.title() == "上报情况")
    page.until(lambda: "1 件待上报" in page.text("queue_sentence"))
    assert not page.seen("queue_empty"), "one case waits, though its name is not for the technician"
    assert not [text for text in _all_texts(page) if NAME in text or number in text]
    page.press(Qt.Key.Key_Escape)
    page.wait_for("door_accounts")
    assert desk_of(village).acting.role is Role.TECHNICIAN


def test_the_technician_sees_how_much_is_due_and_not_whose_it_is(
    qtbot: QtBot, village: Village, open_window: OpenWindow
) -> None:
    page, number = _open_as(qtbot, village, open_window, TECHNICIAN, Role.TECHNICIAN, delivered=True)
    page.open("retention")
    page.until(lambda: "到期的有 1 件、2 页原图" in page.text("retention_sentence"))
    assert page.seen("retention_by_clerk")
    for hidden in ("retention_list", "primary_button"):
        assert not page.seen(hidden), hidden
    page.enter()
    assert not [text for text in _all_texts(page) if number in text]


def _all_texts(page: SettingsPage) -> list[str]:
    labels = [label.text() for label in page.window.findChildren(QLabel)]
    return labels + [widget.accessibleName() for widget in page.window.findChildren(QWidget)]
