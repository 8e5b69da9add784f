"""Backup through the screen: a place, a backup, a check, and the warning on the bottom line."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in
from tests.ui.desk_at_hand import Village
from tests.ui.pages.settings import SettingsPage
from villagedesk.desk.backup import BackupDone
from villagedesk.domain.progress import Progress
from villagedesk.ui.window import MainWindow


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow) -> SettingsPage:
    return SettingsPage(qtbot, signed_in)


def _set_target(page: SettingsPage, folder: Path) -> None:
    page.open("backup")
    assert page.focused() == "backup_target"
    page.type(str(folder))
    page.tab_to("set_target")
    page.enter()
    page.wait_said("以后备份放到")


def test_a_place_is_chosen_a_backup_made_and_checked(page: SettingsPage, village: Village, tmp_path: Path) -> None:
    take_in(village)
    page.until(lambda: page.seen("status_backup") and "没有设置备份" in page.text("status_backup"))
    stick = tmp_path / "stick"
    stick.mkdir()
    page.open("backup")
    assert not page.can("primary_button")
    page.click("set_target")
    assert "请先选一个文件夹" in page.text("backup_target_trouble")
    _set_target(page, stick)
    page.until(lambda: page.can("primary_button") and page.focused() == "primary_button")
    page.enter()
    page.wait_said("备份好了")
    assert "2 页" in page.said()
    assert "1 件" in page.said()
    page.until(lambda: page.text("backup_state").startswith("✓"))
    page.until(lambda: not page.seen("status_backup"))
    page.click("check_backup")
    page.wait_said("备份都是好的")
    assert [kind for kind in kinds_logged(village) if kind.startswith("back")] == ["backed_up", "backup_checked"]
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.state("backup").startswith("✓"))


def test_a_place_that_cannot_be_used_is_told(page: SettingsPage, village: Village) -> None:
    page.open("backup")
    page.widget("backup_target", QLineEdit).setText(str(village.folder / "data"))
    page.click("set_target")
    page.until(lambda: "数据文件夹" in page.problem())
    assert not page.can("primary_button")


def test_a_backup_goes_on_while_the_clerk_works_and_can_be_stopped(
    page: SettingsPage, village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    _set_target(page, stick)
    page.until(lambda: page.can("primary_button"))
    go_on = threading.Event()
    backup = desk_of(village).backup
    make = backup.back_up

    def slow(progress: Progress) -> BackupDone:
        progress(1, 4)
        while not go_on.wait(0.02):
            progress(1, 4)
        return make(progress)

    monkeypatch.setattr(backup, "back_up", slow)
    page.click("primary_button")
    page.until(lambda: page.seen("long_work") and page.text("long_how_far") == "已完成 25%")
    assert not page.can("primary_button")
    page.press(Qt.Key.Key_F2)
    page.wait_for("item_search")
    page.press(Qt.Key.Key_Escape)
    page.open("backup", busy=True)
    assert page.text("long_how_far") == "已完成 25%"
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: "已停下" in page.text("long_what"))
    assert "backed_up" not in kinds_logged(village)
    page.until(lambda: page.can("primary_button"))
    page.click("primary_button")
    go_on.set()
    page.wait_said("备份好了")


def test_overdue_is_red_on_every_screen(
    page: SettingsPage, village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    _set_target(page, stick)
    backup = desk_of(village).backup
    late = replace(backup.state(), overdue_days=9)
    monkeypatch.setattr(backup, "state", lambda: late)
    village.news.tell("backup")
    page.until(lambda: page.seen("status_backup") and page.text("status_backup") == "! 9 天没有备份")
    assert "9 天没有备份" in page.widget("status_line", QPushButton).accessibleDescription()
