"""The station's log on the screen: looks are logged, lines are found, checked, printed and taken along."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import ADDRESS, CLERK, ID_NUMBER, NAME, PASSWORD, PHONE, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.settings import SettingsPage
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.ui.window import MainWindow


def _open_case(page: SettingsPage, number: str) -> None:
    page.press(Qt.Key.Key_F3)
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type(number)
    page.enter()
    page.until(lambda: page.seen("case_local_no") and page.text("case_local_no") == number)


def test_looking_unmasking_and_opening_a_page_stand_in_the_log(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    page = SettingsPage(qtbot, signed_in)
    case_id, number = take_in(village)
    _open_case(page, number)
    hidden = {name: page.text(f"case_{name}") for name in ("document", "phone", "address")}
    assert ID_NUMBER not in hidden["document"]
    assert hidden["phone"] == "139****9999"
    assert hidden["address"] == "样张村****"
    page.press(Qt.Key.Key_F9)
    page.until(lambda: page.seen("case_phone") and page.text("case_phone") == PHONE)
    assert ID_NUMBER in page.text("case_document")
    assert page.text("case_address") == ADDRESS
    page.press(Qt.Key.Key_F9)
    page.until(lambda: page.seen("case_phone") and page.text("case_phone") == hidden["phone"])
    page.press(Qt.Key.Key_F9)
    page.until(lambda: page.seen("case_phone") and page.text("case_phone") == PHONE)
    page.press(Qt.Key.Key_F12)
    page.wait_for("password")
    page.until(lambda: "locked" in kinds_logged(village))
    looks = [kind for kind in kinds_logged(village) if kind in ("viewed", "unmasked", "page_viewed")]
    assert looks == ["viewed", "unmasked"]
    events = desk_of(village).cases.case(case_id).events
    assert {event.case_id for event in events if event.kind in ("viewed", "unmasked")} == {case_id}


def test_a_page_opened_large_is_logged(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    page = SettingsPage(qtbot, signed_in)
    _, number = take_in(village)
    _open_case(page, number)
    page.tab_to("pages_id_card")
    page.enter()
    page.wait_for("viewer_title")
    page.until(lambda: "page_viewed" in kinds_logged(village))


def test_lines_are_found_by_kind_and_the_log_is_checked(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    page = SettingsPage(qtbot, signed_in)
    _, number = take_in(village)
    page.open("log")
    page.until(lambda: len(page.table("log_table")) > 5)
    newest = page.table("log_table")[0]
    assert newest[1:] == [CLERK, newest[2], "王**", number]
    assert NAME not in str(page.table("log_table"))
    page.choose("log_kind", "登录和锁屏")
    page.until(lambda: [row[2] for row in page.table("log_table")] == ["登录"])
    page.choose("log_days", "上个月")
    page.wait_for("log_none")
    page.choose("log_days", "今天")
    page.choose("log_kind", "所有的事")
    page.wait_for("log_table")
    page.click("primary_button")
    page.wait_said("日志完整")


def test_the_log_is_taken_along_as_a_table_and_on_paper(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path
) -> None:
    page = SettingsPage(qtbot, signed_in)
    take_in(village)
    page.open("log")
    page.click("export_log")
    assert "请先选一个文件夹" in page.text("log_folder_trouble")
    folder = tmp_path / "out"
    folder.mkdir()
    page.widget("log_folder", QLineEdit).setText(str(folder))
    page.click("export_log")
    page.wait_said("已导出")
    (file,) = folder.iterdir()
    cells = [str(cell) for row in load_workbook(file).active.iter_rows(values_only=True) for cell in row]
    assert any("登录" in cell for cell in cells)
    assert not [cell for cell in cells if NAME in cell or PHONE in cell]
    before = set((tmp_path / "printed").glob("*"))
    page.click("print_report")
    page.wait_said("月报已交给打印机")
    assert len(set((tmp_path / "printed").glob("*")) - before) == 1
    page.until(lambda: kinds_logged(village)[-1] == "report_printed")


@pytest.mark.parametrize(
    ("fault", "why"),
    [(PrinterFault.OFFLINE, "没有连上"), (PrinterFault.REFUSES, "没有打出来"), (PrinterFault.NO_PAPER, "缺纸")],
)
def test_a_report_the_printer_does_not_take_is_saved_by_one_press(
    qtbot: QtBot,
    tmp_path: Path,
    open_window: OpenWindow,
    monkeypatch: pytest.MonkeyPatch,
    fault: PrinterFault,
    why: str,
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    village = Village(tmp_path, printer=SimulatedPrinter("P", fault))
    village.set_up()
    window = open_window(village)
    page = SettingsPage(qtbot, window)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page.wait_for("nav_today")
    page.open("log")
    page.click("print_report")
    page.wait_said(why)
    assert "存成 PDF" in page.said()
    assert page.focused() == "save_report"
    page.enter()
    page.wait_said("月报已存成 PDF")
    (file,) = home.glob("*.pdf")
    assert str(file) in page.said()
    assert file.read_bytes().startswith(b"%PDF")
    page.until(lambda: kinds_logged(village)[-1] == "report_saved")
    stick = tmp_path / "stick"
    stick.mkdir()
    page.widget("log_folder", QLineEdit).setText(str(stick))
    page.click("save_report")
    page.until(lambda: any(stick.glob("*.pdf")))
