"""Accounts, passwords, hand-over and signing out, through the screens on a real desk."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, take_in
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.settings import OTHER_PASSWORD, AccountsPage
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.roles import Role
from villagedesk.store.keys import unlock
from villagedesk.ui.window import MainWindow

OTHER = "欧阳青霞"


@pytest.fixture
def accounts(qtbot: QtBot, signed_in: MainWindow) -> AccountsPage:
    page = AccountsPage(qtbot, signed_in)
    page.open("accounts")
    return page


def test_an_account_is_added_by_keys_and_its_owner_signs_in(
    qtbot: QtBot, village: Village, accounts: AccountsPage
) -> None:
    accounts.tab_to("add_account")
    accounts.enter()
    assert accounts.focused() == "account_name"
    accounts.fill(OTHER, OTHER_PASSWORD, OTHER_PASSWORD)
    accounts.wait_said("账户已添加")
    accounts.until(lambda: any(OTHER in row for row in accounts.rows("account_list")))
    assert any("，我，" in row and CLERK in row for row in accounts.rows("account_list"))
    accounts.press(Qt.Key.Key_Escape)
    accounts.until(lambda: "本机一共 2 个账户" in accounts.state("accounts"))
    accounts.click("sign_out")
    sign_in = SignInPage(qtbot, accounts.window)
    sign_in.sign_in(OTHER_PASSWORD, OTHER)
    sign_in.wait_for("nav_settings")
    assert sign_in.text("clerk_name") == OTHER
    assert desk_of(village).acting.role is Role.CLERK


def test_a_password_is_judged_while_it_is_typed(accounts: AccountsPage) -> None:
    accounts.click("change_password")
    accounts.type(PASSWORD)
    accounts.enter()
    accounts.type("1234567")
    assert "至少" in accounts.text("new_password_trouble")
    accounts.type("8")
    assert accounts.text("new_password_trouble").startswith("!")
    accounts.widget("new_password", QLineEdit).clear()
    accounts.type(OTHER_PASSWORD)
    assert accounts.text("new_password_trouble").startswith("✓")
    accounts.enter()
    accounts.type(OTHER_PASSWORD[:-1])
    assert accounts.text("new_password_again_trouble") == ""
    accounts.type("!")
    assert "不一样" in accounts.text("new_password_again_trouble")
    accounts.enter()
    assert accounts.focused() == "new_password_again"
    assert accounts.said() == ""


def test_a_changed_password_holds_at_the_lock(qtbot: QtBot, accounts: AccountsPage) -> None:
    accounts.click("change_password")
    accounts.fill("not the password", OTHER_PASSWORD, OTHER_PASSWORD)
    accounts.until(lambda: accounts.text("old_password_trouble").startswith("!"))
    accounts.until(lambda: accounts.focused() == "old_password")
    accounts.fill(PASSWORD)
    accounts.wait_said("密码已改好")
    accounts.press(Qt.Key.Key_F12)
    lock = SignInPage(qtbot, accounts.window)
    lock.sign_in(PASSWORD)
    lock.until(lambda: lock.text("password_trouble") != "")
    lock.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    lock.type(OTHER_PASSWORD)
    lock.enter()
    lock.wait_for("account_list")


def test_a_half_typed_password_does_not_outlive_the_page(accounts: AccountsPage) -> None:
    accounts.click("change_password")
    accounts.type(PASSWORD)
    accounts.click("nav_today")
    accounts.wait_for("nothing_to_do")
    assert [field.text() for field in accounts.window.findChildren(QLineEdit, "old_password")] == [""]


def test_an_account_goes_only_after_a_question(village: Village, accounts: AccountsPage) -> None:
    desk = desk_of(village)
    desk.accounts.add(OTHER, Role.VILLAGE_HEAD, OTHER_PASSWORD)
    accounts.press(Qt.Key.Key_Escape)
    accounts.open("accounts")
    accounts.pick(CLERK)
    assert not accounts.seen("remove")
    accounts.pick(OTHER)
    accounts.click("remove")
    assert OTHER in accounts.text("ask_question")
    assert accounts.focused() == "ask_leave"
    accounts.enter()
    assert not accounts.seen("ask_question")
    assert len(desk.accounts.list()) == 2
    accounts.click("remove")
    accounts.click("ask_sure")
    accounts.wait_said("已删除")
    assert [account.name for account in desk.accounts.list()] == [CLERK]


def test_a_forgotten_password_is_set_anew_by_the_clerk(village: Village, accounts: AccountsPage) -> None:
    desk = desk_of(village)
    desk.accounts.add(OTHER, Role.CLERK, OTHER_PASSWORD)
    accounts.press(Qt.Key.Key_Escape)
    accounts.open("accounts")
    accounts.pick(OTHER)
    accounts.click("reset_password")
    accounts.fill("window-cherry-77", "window-cherry-77")
    accounts.wait_said("新密码已设好")
    unlock(village.folder / "data", OTHER, "window-cherry-77")
    with pytest.raises(InputProblem) as refused:
        unlock(village.folder / "data", OTHER, OTHER_PASSWORD)
    assert refused.value.key == "store.wrong_password"


def test_the_desk_is_handed_over_with_its_open_work(
    qtbot: QtBot, village: Village, accounts: AccountsPage, open_window: OpenWindow
) -> None:
    del open_window
    take_in(village)
    accounts.click("hand_over")
    accounts.until(lambda: accounts.seen("open_unsent") and "待上报 1 件" in accounts.text("open_unsent"))
    assert accounts.focused() == "successor"
    accounts.fill(OTHER, OTHER_PASSWORD, OTHER_PASSWORD)
    assert OTHER in accounts.text("ask_question")
    assert "删除" in accounts.text("ask_question")
    accounts.press(Qt.Key.Key_Escape)
    assert len(desk_of(village).accounts.list()) == 1
    accounts.choose("keep_as", "留着，只能查看")
    accounts.click("primary_button")
    assert "只能查看" in accounts.text("ask_question")
    accounts.click("ask_sure")
    sign_in = SignInPage(qtbot, accounts.window)
    sign_in.sign_in(OTHER_PASSWORD, OTHER)
    sign_in.wait_for("nav_settings")
    listed = {account.name: account.role for account in desk_of(village).accounts.list()}
    assert listed == {CLERK: Role.VILLAGE_HEAD, OTHER: Role.CLERK}
