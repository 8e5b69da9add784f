"""A damaged database at the door, recovered through the screen by keyboard; and what to do where that is no way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.backup_at_hand import all_zero, with_damage
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import FramePage
from tests.ui.pages.way_back import DamagePage
from tests.ui.test_all_screens import check_screen
from villagedesk.desk.damage import RecoveryReport, TableReport
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress

_Damaged = tuple[Village, list[str]]


@pytest.fixture
def damaged(tmp_path: Path) -> _Damaged:
    return with_damage(tmp_path, cases=2)


@pytest.fixture
def page(qtbot: QtBot, open_window: OpenWindow, damaged: _Damaged) -> DamagePage:
    window = open_window(damaged[0])
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = DamagePage(qtbot, window)
    page.wait_step("抢救本机数据")
    page.until(lambda: page.focused() == "primary_button")
    return page


def _to_the_number(page: DamagePage) -> None:
    page.enter()
    page.until(lambda: page.seen("newest_no") and page.focused() == "newest_no")


def test_what_can_be_read_is_saved_and_the_clerk_works_on(qtbot: QtBot, page: DamagePage, damaged: _Damaged) -> None:
    village, numbers = damaged
    assert "没有删除任何文件" in page.text("quiet")
    check_screen("damage", page, page.window)
    _to_the_number(page)
    check_screen("damage_newest", page, page.window)
    page.enter()
    assert "手边没有" in page.text("newest_no_trouble")
    page.type(numbers[-1])
    page.enter()
    said = page.report()
    assert "2 件办件" in said[0]
    assert any("办件：2 条，都在" in line for line in said)
    assert any("照片登记：4 条，都在" in line for line in said)
    assert not any("cases" in line or "outbox" in line for line in said)
    (aside,) = (village.folder / "data").glob("damaged-*")
    assert str(aside) in said[-1]
    (name,) = [word for word in said[-1].replace("，", " ").split() if "report" in word and "/" not in word][:1]
    assert (aside / name.removeprefix("里面的")).is_file()
    check_screen("damage_done", page, page.window)
    page.enter()
    SignInPage(qtbot, page.window).sign_in(PASSWORD)
    frame = FramePage(qtbot, page.window)
    frame.wait_for("nav_today")
    for number in numbers:
        frame.press(Qt.Key.Key_F3)
        frame.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        frame.type(number)
        frame.enter()
        frame.until(lambda number=number: frame.seen("case_local_no") and frame.text("case_local_no") == number)  # type: ignore[misc]


def test_it_can_be_stopped_and_begun_again(
    page: DamagePage, damaged: _Damaged, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, numbers = damaged
    damage, go_on = village.entry.damage, threading.Event()
    assert damage is not None
    recover: Callable[..., RecoveryReport] = damage.recover

    def slow(clerk: str, password: str, newest: str, progress: Progress) -> RecoveryReport:
        assert (clerk, password, newest) == (CLERK, PASSWORD, numbers[-1])
        while not go_on.wait(0.02):
            progress(1, 4)
        return recover(clerk, password, newest, progress)

    monkeypatch.setattr(damage, "recover", slow)
    _to_the_number(page)
    page.type(numbers[-1])
    page.enter()
    page.until(lambda: page.seen("long_how_far") and page.text("long_how_far") == "已完成 25%")
    assert page.focused() == "long_stop"
    assert page.primary() == ""
    page.press(Qt.Key.Key_Escape)
    page.wait_step("开始抢救")
    assert "已停下" in page.text("long_what")
    assert page.typed("newest_no") == numbers[-1]
    go_on.set()
    page.until(lambda: page.focused() == "primary_button")
    page.enter()
    assert "2 件办件" in page.report()[0]


def test_where_nothing_is_left_the_backup_is_the_next_step(page: DamagePage, damaged: _Damaged) -> None:
    all_zero(damaged[0])
    _to_the_number(page)
    page.no_receipt()
    page.begin()
    page.until(lambda: "没有一行能读出来" in page.problem())
    assert page.focused() == "restore_instead"
    assert page.primary() == ""
    page.enter()
    page.until(lambda: page.seen("restore_place") and page.focused() == "restore_place")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("restore_instead")


@pytest.mark.parametrize("key", ["store.disk_full", "store.write_failed", "store.newer_schema"])
def test_a_failure_keeps_what_was_answered(
    page: DamagePage, damaged: _Damaged, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    village, numbers = damaged
    damage = village.entry.damage
    assert damage is not None
    recover = damage.recover

    def fails(*_asked: object) -> RecoveryReport:
        raise EnvironmentProblem(key)

    monkeypatch.setattr(damage, "recover", fails)
    _to_the_number(page)
    page.type(numbers[-1])
    page.enter()
    page.until(lambda: page.problem() != "")
    assert page.focused() == "primary_button"
    assert page.typed("newest_no") == numbers[-1]
    monkeypatch.setattr(damage, "recover", recover)
    page.enter()
    assert "2 件办件" in page.report()[0]


def test_what_is_lost_is_told_in_words(page: DamagePage, damaged: _Damaged, monkeypatch: pytest.MonkeyPatch) -> None:
    damage = damaged[0].entry.damage
    assert damage is not None
    tables = (TableReport("cases", 9, 0), TableReport("case_events", 40, 7), TableReport("sent_pages", 0, 0))
    sentence = Sentence("damage.some_lost", {"cases": 9, "lost": 7, "unsure": 2, "folder": "f", "epoch": "B"}, "warn")
    report = RecoveryReport(tables, 3, 9, 2, "B", Path("/f"), sentence)
    monkeypatch.setattr(damage, "recover", lambda *_asked: report)
    _to_the_number(page)
    page.no_receipt()
    page.begin()
    said = page.report()
    assert said[0].startswith("▲")
    assert said[1:4] == ["✓ 办件：9 条，都在。", "▲ 操作日志：保住 40 条，至少缺 7 条。", said[3]]
    assert "3 页照片" in said[3]
    assert len(said) == 5


def test_esc_goes_back_to_sign_in(page: DamagePage) -> None:
    _to_the_number(page)
    page.type("2611")
    page.press(Qt.Key.Key_Escape)
    page.wait_step("抢救本机数据")
    page.enter()
    page.until(lambda: page.seen("newest_no"))
    assert page.widget("newest_no", QLineEdit).text() == "2611"
    page.press(Qt.Key.Key_Escape)
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("password"))
