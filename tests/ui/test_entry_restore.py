"""From a stick to this PC through the screen, by keyboard: what goes right, and each thing that may go wrong."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.backup_at_hand import COUNTY_PASSPHRASE, Stick, backed_up
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import FramePage
from tests.ui.pages.settings import OTHER_PASSWORD
from tests.ui.pages.way_back import RestorePage
from tests.ui.test_all_screens import check_screen
from villagedesk.domain.local_no import local_no
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Progress
from villagedesk.domain.restoring import Restored
from villagedesk.store.slots import SLOT_FILES
from villagedesk.ui.window import MainWindow

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Stick:
    return backed_up(tmp_path_factory.mktemp("made"))


@pytest.fixture
def stick(made: Stick, tmp_path: Path) -> Stick:
    shutil.copytree(made.folder, tmp_path / "stick")
    return replace(made, folder=tmp_path / "stick")


@pytest.fixture
def new_pc(tmp_path: Path) -> Village:
    (tmp_path / "new").mkdir()
    return Village(tmp_path / "new")


@pytest.fixture
def page(qtbot: QtBot, open_window: OpenWindow, new_pc: Village) -> RestorePage:
    page = RestorePage(qtbot, open_window(new_pc))
    page.open_from_first_run()
    return page


def _to_the_last_step(page: RestorePage, stick: Stick, password: str = PASSWORD) -> None:
    page.look_in(stick.folder)
    page.next_to_password()
    page.type(password)
    page.enter()
    page.wait_step("开始恢复")


def _find(page: FramePage, number: str) -> None:
    page.press(Qt.Key.Key_F3)
    page.type(number)
    page.enter()
    page.until(lambda: page.seen("case_local_no") and page.text("case_local_no") == number)


def test_a_new_pc_goes_on_where_the_old_one_was(qtbot: QtBot, page: RestorePage, stick: Stick, new_pc: Village) -> None:
    assert page.primary() == "看有哪些备份"
    check_screen("restore_which", page, page.window)
    page.look_in(stick.folder)
    (row,) = page.rows("backup_list")
    assert "柳林村便民服务站" in row
    assert "，完整" in row
    assert page.primary() == "下一步"
    check_screen("restore_list", page, page.window)
    page.next_to_password()
    assert page.chosen("restore_clerk") == CLERK
    check_screen("restore_who", page, page.window)
    page.type(PASSWORD)
    page.enter()
    page.until(lambda: page.seen("newest_no") and page.focused() == "newest_no")
    assert not page.seen("replace_question")
    check_screen("restore_newest", page, page.window)
    page.type(stick.local_no.replace("-", "").lower())
    assert stick.local_no in page.text("newest_no_trouble")
    page.enter()
    said = page.result()
    assert "办件 1 件，照片 2 页" in said[0]
    assert any("原来那台电脑请不要再用来收件" in line for line in said)
    assert any("字母 B" in line for line in said)
    assert not any("缺" in line for line in said)
    assert not any("现在又都能登录" in line for line in said), "nobody else was in the backup"
    assert page.focused() == "primary_button"
    check_screen("restore_done", page, page.window)
    page.enter()
    SignInPage(qtbot, page.window).sign_in(PASSWORD)
    frame = FramePage(qtbot, page.window)
    frame.wait_for("nav_today")
    _find(frame, stick.local_no)
    assert new_pc.desk is not None
    assert new_pc.desk.audit.check().broken_at is None


def test_a_wrong_password_keeps_everything_else(page: RestorePage, stick: Stick, new_pc: Village) -> None:
    _to_the_last_step(page, stick, "moonflower-83")
    page.type(stick.local_no)
    page.enter()
    page.until(lambda: page.seen("restore_password_trouble") and "密码不对" in page.text("restore_password_trouble"))
    assert page.focused() == "restore_password"
    assert not new_pc.premises.is_set_up()
    page.type(PASSWORD)  # over the selected wrong one
    page.enter()
    page.wait_step("开始恢复")
    assert page.typed("newest_no") == stick.local_no
    assert page.focused() == "primary_button"
    page.enter()
    assert "办件 1 件" in page.result()[0]


def test_the_number_is_judged_at_once_and_asked_for_explicitly(page: RestorePage, stick: Stick) -> None:
    _to_the_last_step(page, stick)
    assert "重复" in page.widget("newest_none", QCheckBox).accessibleDescription()
    page.enter()
    assert "手边没有" in page.text("newest_no_trouble")
    wrong = stick.local_no[:-1] + ("A" if stick.local_no[-1] != "A" else "B")
    page.type(wrong[:-1])
    assert page.text("newest_no_trouble") == ""
    page.type(wrong[-1])
    assert "校验位" in page.text("newest_no_trouble")
    page.enter()
    assert page.primary() == "开始恢复"
    page.press(Qt.Key.Key_A, _CTRL)
    page.type(local_no("A", date(2099, 1, 1), 3))
    page.enter()
    page.until(lambda: "今天以后" in (page.text("newest_no_trouble") if page.seen("newest_no_trouble") else ""))
    page.no_receipt()
    assert not page.widget("newest_no", QLineEdit).isEnabled()
    page.begin()
    assert "办件 1 件" in page.result()[0]


def test_the_countys_key_opens_it_for_a_new_clerk(qtbot: QtBot, page: RestorePage, stick: Stick) -> None:
    page.look_in(stick.folder)
    page.next_to_password()
    page.tab_to("restore_other_way")
    page.enter()
    page.until(lambda: page.seen("restore_name") and page.focused() == "recovery_file")
    assert page.typed("restore_name") == CLERK
    assert not page.seen("recovery_passphrase")
    check_screen("restore_key", page, page.window)
    page.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    page.press(Qt.Key.Key_A, _CTRL)
    for text in ("李会计", f'"{stick.county_key}"', OTHER_PASSWORD, OTHER_PASSWORD):
        page.type(text)
        page.enter()
    page.wait_step("开始恢复")
    page.no_receipt()
    page.begin()
    page.until(lambda: page.seen("recovery_passphrase") and page.focused() == "recovery_passphrase")
    page.type("not it 12345")
    page.enter()
    page.wait_step("开始恢复")
    page.begin()
    page.until(
        lambda: page.seen("recovery_passphrase_trouble") and "口令不对" in page.text("recovery_passphrase_trouble")
    )
    page.type(COUNTY_PASSPHRASE)
    page.enter()
    page.wait_step("开始恢复")
    assert page.widget("newest_none", QCheckBox).isChecked()
    page.begin()
    said = page.result()
    assert "新密码" in said[-1]
    assert CLERK in said[-2] and "李会计" not in said[-2], "whose account came back with the backup"
    page.enter()
    sign_in = SignInPage(qtbot, page.window)
    sign_in.sign_in(OTHER_PASSWORD, "李会计")
    sign_in.wait_for("nav_today")


def test_the_newest_whole_backup_is_chosen_and_one_that_turns_out_broken_is_marked(
    page: RestorePage, stick: Stick
) -> None:
    half = stick.newer(1)
    (half / "database").unlink()
    rotten = stick.newer(2)
    database = bytearray((rotten / "database").read_bytes())
    database[5000] ^= 1
    (rotten / "database").write_bytes(bytes(database))
    page.look_in(stick.folder)
    rows = page.rows("backup_list")
    assert ["不完整" in row for row in rows] == [False, True, False]
    page.press(Qt.Key.Key_Down)
    assert "请选一份完整的" in page.text("backup_about")
    page.press(Qt.Key.Key_Up)
    page.next_to_password()
    page.type(PASSWORD)
    page.enter()
    page.no_receipt()
    page.begin()
    page.until(lambda: page.seen("backup_list") and "更早的一份" in page.problem())
    assert ["不完整" in row for row in page.rows("backup_list")] == [True, True, False]
    assert page.focused() == "backup_list"
    page.enter()  # the older one was chosen
    page.wait_step("下一步")
    page.enter()
    page.wait_step("开始恢复")
    page.begin()
    assert "办件 1 件" in page.result()[0]


def test_where_there_is_no_backup_it_is_said_beside_the_place(page: RestorePage, tmp_path: Path) -> None:
    page.enter()
    assert "请先选一个文件夹" in page.text("restore_place_trouble")
    page.type(str(tmp_path / "new"))
    page.enter()
    page.until(lambda: "没有找到备份" in page.text("restore_place_trouble"))
    assert page.typed("restore_place") == str(tmp_path / "new")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("station_file"))


def test_a_stick_that_is_plugged_in_is_a_button(
    page: RestorePage, stick: Stick, new_pc: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert new_pc.entry.restoring is not None
    monkeypatch.setattr(new_pc.entry.restoring._restorer, "places", lambda: (stick.folder,))
    page.wait_for("restore_place_drive_1")
    page.tab_to("restore_place_drive_1")
    page.enter()
    page.until(lambda: page.seen("backup_list") and page.focused() == "backup_list")


def test_what_lies_on_this_pc_is_set_aside_only_when_the_clerk_says_so(
    page: RestorePage, stick: Stick, new_pc: Village
) -> None:
    data = new_pc.folder / "data"
    new_pc.set_up()
    before = (data / "villagedesk.db").read_bytes()
    _to_the_last_step(page, stick)
    assert "不会删除" in page.text("replace_means")
    page.no_receipt()
    page.begin()
    page.until(lambda: page.seen("replace_trouble"))
    assert page.focused() == "replace_sure"
    assert (data / "villagedesk.db").read_bytes() == before
    page.press(Qt.Key.Key_Space)
    assert not page.seen("replace_trouble")
    check_screen("restore_replace", page, page.window)
    page.begin()
    said = page.result()
    assert any("set-aside" in line for line in said)
    assert not any("原来那台电脑" in line for line in said), "it may be this very one"
    (aside,) = data.glob("set-aside-*")
    assert (aside / "villagedesk.db").read_bytes() == before


def test_data_that_came_meanwhile_asks_for_the_box(page: RestorePage, stick: Stick, new_pc: Village) -> None:
    _to_the_last_step(page, stick)
    page.no_receipt()
    assert not page.seen("replace_question")
    new_pc.set_up()
    page.begin()
    page.until(lambda: page.seen("replace_trouble") and page.focused() == "replace_sure")
    page.press(Qt.Key.Key_Space)
    page.begin()
    assert "办件 1 件" in page.result()[0]


def _slowly(village: Village, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The restore waits, telling that half is done, until the event."""
    restoring, go_on = village.entry.restoring, threading.Event()
    assert restoring is not None
    restore: Callable[..., Restored] = restoring.restore

    def slow(*asked: object, **more: object) -> Restored:
        progress: Progress = asked[4]  # type: ignore[assignment]
        while not go_on.wait(0.02):
            progress(5, 10)
        return restore(*asked, **more)

    monkeypatch.setattr(restoring, "restore", slow)
    return go_on


def test_it_can_be_stopped_and_begun_again(
    page: RestorePage, stick: Stick, new_pc: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = _slowly(new_pc, monkeypatch)
    _to_the_last_step(page, stick)
    page.type(stick.local_no)
    page.enter()
    page.until(lambda: page.seen("long_how_far") and page.text("long_how_far") == "已完成 50%")
    assert page.focused() == "long_stop"
    assert page.primary() == ""
    assert not page.seen("restore_back")
    page.press(Qt.Key.Key_Escape)
    page.wait_step("开始恢复")
    assert "已停下" in page.text("long_what")
    assert not new_pc.premises.is_set_up()
    go_on.set()
    page.until(lambda: page.focused() == "primary_button")
    page.enter()
    assert "办件 1 件" in page.result()[0]


@pytest.mark.parametrize(
    ("problem", "shown", "focus"),
    [
        (InputProblem("restoring.newest_no_wanted", field="local_no"), "newest_no_trouble", "newest_no"),
        (InputProblem("domain.local_no.epochs_used_up"), "problem_text", "primary_button"),
        (InputProblem("restoring.other_station"), "problem_text", "backup_list"),
        (InputProblem("restoring.sign_out_first"), "problem_text", "primary_button"),
        (EnvironmentProblem("restoring.medium_read_only"), "problem_text", "primary_button"),
        (EnvironmentProblem("restoring.no_room", megabytes=40), "problem_text", "primary_button"),
        (EnvironmentProblem("restoring.disk_full"), "problem_text", "primary_button"),
        (EnvironmentProblem("restoring.write_failed"), "problem_text", "primary_button"),
        (EnvironmentProblem("backup.medium_gone"), "problem_text", "primary_button"),
        (EnvironmentProblem("store.newer_schema"), "problem_text", "primary_button"),
        (Problem("ui.bug"), "problem_text", "primary_button"),
    ],
    ids=lambda value: value.key if isinstance(value, Problem) else "",
)
def test_each_problem_has_its_place_and_nothing_typed_is_lost(
    page: RestorePage,
    stick: Stick,
    new_pc: Village,
    monkeypatch: pytest.MonkeyPatch,
    problem: Problem,
    shown: str,
    focus: str,
) -> None:
    restoring = new_pc.entry.restoring
    assert restoring is not None
    restore = restoring.restore

    def fails(*_asked: object, **_more: object) -> Restored:
        raise problem

    monkeypatch.setattr(restoring, "restore", fails)
    _to_the_last_step(page, stick)
    page.no_receipt()
    page.begin()
    page.until(lambda: page.seen(shown) and page.text(shown) != "")
    assert page.focused() == focus
    monkeypatch.setattr(restoring, "restore", restore)
    while page.primary() != "开始恢复":
        page.enter()  # what was typed is still there
    if page.widget("newest_no", QLineEdit).isEnabled():
        page.type(stick.local_no)
    page.begin()
    assert "办件 1 件" in page.result()[0]


def test_pages_that_are_nowhere_are_told(page: RestorePage, stick: Stick) -> None:
    next(stick.folder.glob("villagedesk-backup/*/pages/*/*")).unlink()
    _to_the_last_step(page, stick)
    page.no_receipt()
    page.begin()
    said = page.result()
    assert "照片 1 页" in said[0]
    assert "缺 1 页照片" in said[1]


def test_on_a_small_screen_the_rest_of_the_result_is_one_key_away(
    page: RestorePage, stick: Stick, new_pc: Village
) -> None:
    page.window.resize(700, 400)
    new_pc.set_up()
    _to_the_last_step(page, stick)
    page.no_receipt()
    page.tick("replace_sure")
    page.begin()
    last = page.widget(f"restore_outcome_{len(page.result())}", QLabel)
    page.until(lambda: page.window.background.idle)
    assert last.visibleRegion().isEmpty()
    for _ in range(6):
        page.press(Qt.Key.Key_PageDown)
    assert not last.visibleRegion().isEmpty()


def test_esc_goes_back_step_by_step_and_forth_again_without_loss(page: RestorePage, stick: Stick) -> None:
    _to_the_last_step(page, stick)
    page.type(stick.local_no)
    for seen in ("restore_password", "backup_list", "restore_place"):
        page.press(Qt.Key.Key_Escape)
        page.until(lambda seen=seen: page.seen(seen))  # type: ignore[misc]
    for focus in ("backup_list", "restore_password", "primary_button"):
        page.enter()
        page.until(lambda focus=focus: page.focused() == focus)  # type: ignore[misc]
    assert page.typed("newest_no") == stick.local_no
    for _ in range(4):
        page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("station_file"))


def test_a_clerk_who_is_chosen_stays_chosen(page: RestorePage, tmp_path: Path) -> None:
    stick = backed_up(tmp_path)
    village = stick.old
    village.entry.sign_in(CLERK, PASSWORD)
    assert village.desk is not None
    village.desk.accounts.add("李会计", village.desk.acting.role, OTHER_PASSWORD)
    village.desk.backup.back_up()
    village.entry.sign_out()
    page.look_in(stick.folder)
    page.next_to_password()
    page.widget("restore_clerk", QComboBox).setCurrentText("李会计")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.focused() == "backup_list")
    page.next_to_password()
    assert page.chosen("restore_clerk") == "李会计"
    page.type(OTHER_PASSWORD)
    page.enter()
    page.no_receipt()
    page.begin()
    assert "办件 1 件" in page.result()[0]


def test_the_window_can_be_closed_in_the_middle(
    qtbot: QtBot, page: RestorePage, stick: Stick, new_pc: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slowly(new_pc, monkeypatch)
    _to_the_last_step(page, stick)
    page.no_receipt()
    page.begin()
    page.until(lambda: page.seen("long_how_far") and page.text("long_how_far") != "")
    window: MainWindow = page.window
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=30_000)
    assert not new_pc.premises.is_set_up()


def test_where_nothing_was_wired_there_is_no_second_way(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = Village(tmp_path)
    monkeypatch.setattr(village.entry, "_make_restoring", None)
    page = RestorePage(qtbot, open_window(village))
    page.until(lambda: page.focused() == "station_file")
    assert not page.window.findChildren(QPushButton, "restore")


def test_where_only_the_slots_were_lost_the_clerk_reads_that_everything_is_still_there(
    qtbot: QtBot, open_window: OpenWindow, stick: Stick
) -> None:
    for name in SLOT_FILES:
        (stick.old.folder / "data" / name).unlink()
    page = RestorePage(qtbot, open_window(stick.old))
    page.until(lambda: page.seen("why_closed") and page.focused() == "primary_button")
    page.enter()
    page.until(lambda: page.seen("restore_place") and page.focused() == "restore_place")
    _to_the_last_step(page, stick)
    page.no_receipt()
    page.tick("replace_sure")
    page.begin()
    said = page.result()
    assert "1 件办件都在" in said[0] and "用刚才的密码登录" in said[-1]
    assert not any("set-aside" in line or "字母" in line for line in said)
    page.enter()
    SignInPage(qtbot, page.window).sign_in(PASSWORD)
    page.wait_for("nav_today")
