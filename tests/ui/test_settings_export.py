"""Cases are chosen and taken out as one locked file, whose passphrase is shown once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import pyzipper
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in
from tests.ui.desk_at_hand import Village
from tests.ui.pages.settings import SettingsPage
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.repositories import Transaction
from villagedesk.reports.archive_check import check_package
from villagedesk.ui.window import MainWindow


def test_chosen_cases_go_into_a_locked_file(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path
) -> None:
    for name in ("王秀英", "李建国", "赵小满"):
        take_in(village, name)
    page = SettingsPage(qtbot, signed_in)
    folder = tmp_path / "out"
    folder.mkdir()
    page.open("export")
    page.until(lambda: len(page.rows("export_list")) == 3)
    assert page.focused() == "export_filter"
    assert not page.can("primary_button")
    page.tab_to("export_list")
    page.press(Qt.Key.Key_Space)
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Space)
    assert page.text("export_count") == "已选 2 件"
    page.press(Qt.Key.Key_Space)
    page.widget("export_filter", QLineEdit).setText("王秀英")
    page.until(lambda: len(page.rows("export_list")) == 1)
    page.widget("export_list", QListWidget).setFocus()
    page.press(Qt.Key.Key_Space)
    assert page.text("export_count") == "已选 2 件", "what was chosen stays through a search"
    page.enter()
    assert "请先选一个文件夹" in page.text("export_folder_trouble")
    page.type(str(folder))
    page.enter()
    page.wait_for("export_passphrase")
    passphrase = page.text("export_passphrase")
    (file,) = folder.iterdir()
    with pyzipper.AESZipFile(file) as package:
        package.setpassword(passphrase.encode())
        assert package.testzip() is None
        assert len(package.read(package.namelist()[0])) > 1000
        package.setpassword(b"not the passphrase")
        with pytest.raises(RuntimeError, match="password"):
            package.read(package.namelist()[0])
    assert "另外告诉对方" in page.text("ui_export_apart")
    assert kinds_logged(village).count("exported") == 2
    page.press(Qt.Key.Key_F12)
    page.wait_for("password")
    page.type("sunflower-82")
    page.enter()
    page.wait_for("export_passphrase")
    page.until(lambda: page.focused() == "export_noted")
    page.press(Qt.Key.Key_Escape)
    page.open("export")
    assert not page.seen("export_passphrase")
    shown = [label.text() for label in signed_in.findChildren(QLabel)]
    assert not [text for text in shown if passphrase in text]


def test_a_whole_month_goes_by_keyboard_and_what_the_package_lacks_is_told(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path
) -> None:
    case_ids = [take_in(village, name)[0] for name in ("王秀英", "李建国", "赵小满")]
    for case_id in case_ids[:2]:
        concluded(village, case_id)
    lost = desk_of(village).cases.case(case_ids[0]).pages[0]
    (village.vault.folder / village.vault.name_of(lost.page_id, lost.sha256)).write_bytes(b"damaged")
    page = SettingsPage(qtbot, signed_in)
    folder = tmp_path / "out"
    folder.mkdir()
    page.open("export")
    page.until(lambda: len(page.rows("export_list")) == 3)
    page.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert page.focused() == "export_how"
    page.press(Qt.Key.Key_Down)
    page.until(lambda: "有 2 件" in page.text("export_month_said"))
    assert "还有 2 件办结的没有导出过" in page.text("export_month_left")
    assert page.chosen("export_how").endswith("月办结的，全部") and "按办结的那一天" in page.text("export_month_rule")
    assert not page.seen("export_list") and page.can("primary_button")
    page.press(Qt.Key.Key_Down)
    page.until(lambda: "没有办结的办件" in page.text("export_month_said"))
    assert not page.can("primary_button")
    page.press(Qt.Key.Key_Up)
    page.until(lambda: page.can("primary_button"))
    page.tab_to("export_folder")
    page.type(str(folder))
    page.enter()
    page.wait_for("export_passphrase")
    (file,) = folder.iterdir()
    checked = check_package(file, page.text("export_passphrase"))
    assert (checked.findings, checked.cases, checked.not_here) == ((), 2, 1)
    assert "已核对：2 件" in page.text("export_made")
    number = desk_of(village).cases.case(case_ids[0]).case.local_no or ""
    assert "1 个文件读不出来" in page.text("export_lacking") and number in page.text("export_lacking")
    assert not page.seen("export_left_out")
    assert page.focused() == "export_noted"
    page.enter()
    page.until(lambda: page.focused() == "export_how")


def concluded(village: Village, case_id: str) -> None:
    """The acceptance system says so."""
    now = SystemClock().now()

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        transaction.put_case(replace(case, status=CaseStatus.CONCLUDED, updated_at=now))
        transaction.append_event(CaseEvent(case_id, now, SYSTEM, "change", case.status, CaseStatus.CONCLUDED))

    village.store.write(work).result()
