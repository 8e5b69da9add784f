"""Sign-in: roles and waits in words, what can be done when one does not get in, and a forgotten password."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, PASSWORD, STATION, Village
from tests.ui.pages.entry import FirstRunPage, ForgottenPage, SignInPage
from tests.ui.pages.settings import OTHER_PASSWORD
from villagedesk.app.premises import STATION_NAME
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.roles import Role
from villagedesk.store.keys import unlock
from villagedesk.store.recovery_key import make
from villagedesk.store.slots import SLOT_FILES
from villagedesk.ui.entry import countdown
from villagedesk.ui.entry_card import CARD_WIDTH

HEAD, SUCCESSOR = "李支书", "赵会计"
PASSPHRASE = "county phrase 7"


class Watch:
    """The clock of the lock-out; moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The countdown looks at the clock fifty times a second."""
    monkeypatch.setattr(countdown, "TICK_MS", 20)


def _with_head(village: Village) -> None:
    desk = village.entry.sign_in(CLERK, PASSWORD)
    desk.accounts.add(HEAD, Role.VILLAGE_HEAD, OTHER_PASSWORD)
    village.entry.sign_out()


def _with_county(folder: Path, passphrase: str = PASSPHRASE) -> tuple[Village, Path]:
    """A window whose county has the other key, and that key's file."""
    county = folder / "county.pem"
    village = Village(folder)
    village.set_up(replace(STATION, recovery_public_key=make(county, passphrase)))
    return village, county


def test_each_clerk_stands_in_the_list_with_the_role_in_words(
    qtbot: QtBot, village: Village, open_window: OpenWindow
) -> None:
    _with_head(village)
    page = SignInPage(qtbot, open_window(village))
    page.wait_for("password")
    assert page.clerks() == [f"{CLERK}（办事员）", f"{HEAD}（村干部，只能查看）"]
    page.sign_in(OTHER_PASSWORD, HEAD)
    page.wait_for("nav_today")
    assert desk_of(village).acting.role is Role.VILLAGE_HEAD


def _shows_whole_text(label: QLabel) -> bool:
    """Whether the label lies inside what holds it and has room for all its words."""
    held = label.parentWidget()
    assert held is not None
    wanted = label.fontMetrics().boundingRect(
        QRect(0, 0, label.width(), 10_000), Qt.TextFlag.TextWordWrap, label.text()
    )
    inside = held.rect().contains(label.geometry()) and held.width() <= CARD_WIDTH
    return inside and wanted.width() <= label.width() and wanted.height() <= label.height()


@pytest.mark.parametrize("practice", [False, True])
@pytest.mark.parametrize("size", [(1366, 768), (911, 512)], ids=["100 %", "150 %"])
def test_a_long_station_name_is_read_whole_at_the_door_and_beside_the_work(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, size: tuple[int, int], practice: bool
) -> None:
    station = replace(STATION, name="示范区某某街道办事处某某社区党群服务中心便民服务站点", practice=practice)
    village = Village(tmp_path)
    window = open_window(village)
    window.resize(*size)
    first = FirstRunPage(qtbot, window)
    file = tmp_path / "long.station.json"
    file.write_bytes(station.to_bytes())
    first.until(lambda: first.focused() == "station_file")
    first.type(str(file))
    first.enter()
    first.wait_for("station_name")
    first.until(lambda: _shows_whole_text(first.widget("station_name", QLabel)))
    for text in (CLERK, PASSWORD, PASSWORD):
        first.type(text)
        first.enter()
    first.wait_for("nav_today")
    first.until(lambda: _shows_whole_text(first.widget("station", QLabel)))
    window.close()
    first.until(lambda: not window.isVisible())
    again = open_window(Village(tmp_path))
    again.resize(*size)
    page = SignInPage(qtbot, again)
    page.wait_for("password")
    assert page.text("title").startswith(station.name)
    page.until(lambda: _shows_whole_text(page.widget("title", QLabel)))


def test_after_too_many_wrong_passwords_the_wait_counts_down_also_after_a_restart(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, quick_ticks: None
) -> None:
    del quick_ticks
    now = Watch()
    village = Village(tmp_path, now=now)
    village.set_up()
    _with_head(village)
    page = SignInPage(qtbot, open_window(village))
    page.until(lambda: page.seen("password") and page.focused() == "password")
    for _ in range(3):
        page.wrong("moonflower-82")
        assert "密码" in page.text("password_trouble") and page.can_try()
    page.wrong("moonflower-82")
    assert "还要等 30 秒" in page.text("password_trouble")
    assert not page.can_try()
    now.seconds += 11
    page.until(lambda: "还要等 19 秒" in page.text("password_trouble"))
    page.window.close()
    page.until(lambda: not page.window.isVisible())

    page = SignInPage(qtbot, open_window(Village(tmp_path, now=now)))
    page.wait_for("password")
    assert "还要等 19 秒" in page.text("password_trouble")
    assert not page.can_try()
    page.until(lambda: page.focused() == "password")
    page.type(PASSWORD)
    page.enter()  # does nothing
    assert page.window.background.idle
    page.choose(HEAD)
    assert page.can_try() and page.text("password_trouble") == ""
    assert page.typed("password") == "", "nobody's password is left to another"
    page.choose(CLERK)
    assert not page.can_try()
    now.seconds += 20
    page.until(lambda: "现在可以再试" in page.text("password_trouble"))
    page.widget("password", QLineEdit).selectAll()
    page.wrong("moonflower-82")
    assert "还要等 1 分 0 秒" in page.text("password_trouble")
    now.seconds += 61
    page.until(page.can_try)
    page.type(PASSWORD)
    page.enter()
    page.wait_for("nav_today")


def test_an_older_slots_file_leads_to_the_countys_key(qtbot: QtBot, tmp_path: Path, open_window: OpenWindow) -> None:
    village, county = _with_county(tmp_path, "")
    old = {name: (tmp_path / "data" / name).read_bytes() for name in SLOT_FILES}
    _with_head(village)
    for name, data in old.items():
        (tmp_path / "data" / name).write_bytes(data)
    page = ForgottenPage(qtbot, open_window(village))
    page.sign_in(PASSWORD)
    page.until(lambda: "换成了旧的" in page.problem())
    page.click("problem_step")
    page.wait_for("key_file")
    page.recover(str(county), "lantern-boat-31")
    page.wait_for("nav_today")
    assert [account.name for account in desk_of(village).accounts.list()] == [CLERK]


def test_a_lost_station_file_says_what_to_do(qtbot: QtBot, village: Village, open_window: OpenWindow) -> None:
    (village.folder / "data" / STATION_NAME).unlink()
    page = SignInPage(qtbot, open_window(village))
    page.sign_in(PASSWORD)
    page.until(lambda: "站点文件丢失" in page.problem())
    assert page.typed("password") == PASSWORD
    assert page.can_try()
    page.click("problem_step")
    page.wait_for("restore_card")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("password")
    assert page.typed("password") == PASSWORD


def test_lost_slots_close_the_door_until_they_are_back(qtbot: QtBot, village: Village, open_window: OpenWindow) -> None:
    kept = {name: (village.folder / "data" / name).read_bytes() for name in SLOT_FILES}
    for name in SLOT_FILES:
        (village.folder / "data" / name).write_bytes(b"\x00" * 64)
    page = SignInPage(qtbot, open_window(village))
    page.until(lambda: page.seen("why_closed") and page.focused() == "primary_button")
    assert "密钥文件丢失" in page.text("why_closed")
    page.enter()
    page.wait_for("restore_card")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("why_closed") and page.focused() == "primary_button")
    page.tab_to("again")
    page.enter()
    page.until(lambda: page.seen("why_closed") and page.focused() == "primary_button")
    for name, data in kept.items():
        (village.folder / "data" / name).write_bytes(data)
    page.tab_to("again")
    page.enter()
    page.sign_in(PASSWORD)
    page.wait_for("nav_today")


def test_a_forgotten_password_by_keys(qtbot: QtBot, tmp_path: Path, open_window: OpenWindow) -> None:
    village, county = _with_county(tmp_path)
    page = ForgottenPage(qtbot, open_window(village))
    page.until(lambda: page.seen("password") and page.focused() == "password")
    page.tab_to("forgotten")
    page.enter()
    page.wait_for("ask_for")
    assert "县里" in page.text("ask_for") and "U 盘" in page.text("ask_for")
    assert page.clerks()[0] == f"{CLERK}（办事员）" and "新来的人" in page.clerks()[-1]
    assert not page.seen("new_clerk") and not page.seen("passphrase")
    page.until(lambda: page.focused() == "key_file")
    page.type(str(village.station_file))
    page.enter()
    page.type("12345678")
    assert "太好猜" in page.text("new_password_trouble")
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type(OTHER_PASSWORD)
    assert "可以用" in page.text("new_password_trouble")
    page.enter()
    page.type(OTHER_PASSWORD)
    page.enter()
    page.until(lambda: "不是恢复密钥" in page.text("key_file_trouble"))
    assert page.focused() == "key_file" and not page.seen("passphrase")
    page.type(str(county))
    page.enter()
    page.until(lambda: page.seen("passphrase") and page.focused() == "passphrase")
    assert "口令" in page.text("passphrase_trouble")
    page.type("wrong phrase")
    page.enter()
    page.until(lambda: "口令不对" in page.text("passphrase_trouble"))
    page.type(PASSPHRASE)
    page.enter()
    page.wait_for("nav_today")
    assert Deed.ACCESS_RECOVERED in kinds_logged(village)
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        unlock(tmp_path / "data", CLERK, PASSWORD)
    unlock(tmp_path / "data", CLERK, OTHER_PASSWORD)


def test_who_has_left_is_succeeded_with_the_countys_key(qtbot: QtBot, tmp_path: Path, open_window: OpenWindow) -> None:
    village, county = _with_county(tmp_path, "")
    page = ForgottenPage(qtbot, open_window(village))
    page.wait_for("forgotten")
    page.click("forgotten")
    page.until(lambda: page.focused() == "key_file")
    page.choose("")
    page.tab_to("new_clerk")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("forgotten")
    assert page.focused() == "password"
    page.click("forgotten")
    page.choose("")
    page.tab_to("new_clerk")
    page.type(SUCCESSOR)
    page.enter()
    page.recover(str(county), OTHER_PASSWORD)
    page.wait_for("nav_today")
    assert desk_of(village).clerk == SUCCESSOR
    assert desk_of(village).acting.role is Role.CLERK


def test_too_many_tries_with_a_wrong_key_are_waited_for(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, quick_ticks: None
) -> None:
    del quick_ticks
    village, _ = _with_county(tmp_path, "")
    other = tmp_path / "other.pem"
    make(other, "")
    page = ForgottenPage(qtbot, open_window(village))
    page.wait_for("forgotten")
    page.click("forgotten")
    page.recover(str(other), OTHER_PASSWORD)
    for _ in range(4):
        page.until(lambda: page.window.background.idle and "不是本站的" in page.text("key_file_trouble"))
        page.enter()
    page.until(lambda: "还要等" in page.text("key_file_trouble"))
    assert not page.can_try()


def test_what_was_wrong_while_signing_in_is_told_there_and_nothing_else(
    qtbot: QtBot, village: Village, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(*_: object) -> None:
        raise EnvironmentProblem("store.newer_schema")

    monkeypatch.setattr(village, "_open", newer)
    monkeypatch.setattr(village.entry, "_open_desk", newer)
    page = SignInPage(qtbot, open_window(village))
    page.sign_in(PASSWORD)
    page.until(lambda: "更新版本的程序" in page.problem())
    assert not page.seen("problem_step")
