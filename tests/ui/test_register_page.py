"""The register on screen: a month, other days, a kind; printed, saved; whole numbers only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from tests.store.fixtures import example_case
from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in_quickly
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import ID_NUMBER, NAME, PASSWORD, PHONE, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import CasesPage
from tests.ui.pages.register import RegisterScreen
from tests.ui.pages.settings import OTHER_PASSWORD, SettingsPage
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.local_no import local_no
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.roles import Role
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui import case_list, register_page
from villagedesk.ui.settings import items
from villagedesk.ui.window import MainWindow

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where files go that nobody chose a folder for."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for module in (register_page, case_list, items):
        monkeypatch.setattr(module, "own_folder", lambda: folder)
    yield folder


def put_cases(village: Village, day: date, count: int, mode: HandlingMode = HandlingMode.PROXY) -> None:
    """So many cases of that day."""

    def work(transaction: Transaction) -> None:
        for number in range(1, count + 1):
            made = example_case(name=f"甲{number}", status=CaseStatus.RECEIVED, local_no=local_no("Z", day, number))
            transaction.put_case(replace(made, mode=mode))

    village.store.write(work).result()


def test_this_month_is_there_masked_and_a_line_opens_its_case(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    _, number = take_in_quickly(village)
    page = RegisterScreen(qtbot, signed_in)
    page.open()
    assert page.title() == "台账" and page.focused() == "register_month"
    assert page.chosen("register_month") == "2026年11月"
    assert (page.typed("register_first"), page.typed("register_last")) == ("2026-11-01", "2026-11-30")
    (line,) = page.lines()
    assert page.cell(0, "申请人") == NAME and page.cell(0, "收件日期") == "2026-11-23"
    assert page.cell(0, "证件号码") == f"{ID_NUMBER[:3]}***********{ID_NUMBER[-4:]}"
    assert PHONE not in line and page.text("register_count") == "1 件"
    assert "系统受理 1" in page.text("register_shares")
    page.tab_to("register_table")
    page.enter()
    page.wait_for("case_local_no")
    assert page.text("case_local_no") == number
    page.press(Qt.Key.Key_Escape)
    page.wait_for("register_month")


def test_other_days_and_kinds_are_typed_and_chosen(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    take_in_quickly(village)
    put_cases(village, date(2026, 9, 30), 3)
    put_cases(village, date(2026, 10, 1), 2, HandlingMode.ON_THE_SPOT)
    page = RegisterScreen(qtbot, signed_in)
    page.open()
    page.press(Qt.Key.Key_Down)
    page.until(lambda: page.text("register_count") == "2 件")
    assert page.typed("register_first") == "2026-10-01" and page.typed("register_last") == "2026-10-31"
    page.tab_to("register_first")
    page.press(Qt.Key.Key_A, _CTRL)
    page.type("20260930")
    page.enter()
    page.until(lambda: page.text("register_count") == "5 件")
    assert page.focused() == "register_last" and page.chosen("register_month") == "自己写日期"
    page.tab_to("register_mode")
    for _ in range(2):
        page.press(Qt.Key.Key_Down)
    page.until(lambda: page.text("register_count") == "3 件")
    assert page.chosen("register_mode") == "人工代办" and {page.cell(row, "办理方式") for row in range(3)} == {
        "人工代办"
    }
    page.press(Qt.Key.Key_Down)
    page.until(lambda: page.seen("register_none"))
    assert "没有这种办理方式" in page.text("register_none") and not page.seen("register_table")
    page.tab_to("register_first")
    for typed, trouble in (("2026", "“2026”不是日期"), ("2027-01-01", "结束日期比开始日期早")):
        page.press(Qt.Key.Key_A, _CTRL)
        page.type(typed)
        page.enter()
        page.until(lambda trouble=trouble: page.seen("register_trouble") and trouble in page.text("register_trouble"))  # type: ignore[misc]
        page.widget("register_first", QLineEdit).setFocus()


def test_an_empty_month_says_so(qtbot: QtBot, signed_in: MainWindow) -> None:
    page = RegisterScreen(qtbot, signed_in)
    page.open()
    assert "这段时间没有收件" in page.text("register_none") and page.text("register_count") == "0 件"


def test_whole_numbers_are_asked_for_logged_and_gone_the_next_time(
    qtbot: QtBot, village: Village, signed_in: MainWindow, documents: Path
) -> None:
    take_in_quickly(village)
    page = RegisterScreen(qtbot, signed_in)
    page.open()
    page.tab_to("register_whole")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: page.cell(0, "证件号码") == ID_NUMBER)
    page.press(Qt.Key.Key_F7)
    page.until(lambda: "存好了：1 件" in page.said())
    (file,) = documents.iterdir()
    assert file.suffix == ".xlsx" and str(file) in page.said()
    told = [str(cell) for row in openpyxl.load_workbook(file)["代办台账"].iter_rows(values_only=True) for cell in row]
    assert ID_NUMBER in told and PHONE in told
    page.click("nav_today")
    page.open()
    assert not page.whole() and page.cell(0, "证件号码") != ID_NUMBER and page.said() == ""
    desk_of(village).audit.note(Deed.LOG_CHECKED)  # looks that wait are written before it
    kinds = kinds_logged(village)
    assert kinds.count("unmasked") == 1 and kinds.count("register_saved") == 1


def test_it_is_printed_and_where_no_printer_takes_it_saved(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, documents: Path
) -> None:
    printer = SimulatedPrinter("窗口打印机")
    village = Village(tmp_path, printer=printer)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = RegisterScreen(qtbot, window)
    page.wait_for("nav_register")
    take_in_quickly(village)
    page.open()
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "台账打好了" in page.said())
    assert len(printer.printed) == 1 and printer.printed[0].job_name == "taizhang-20261101-20261130"
    printer.set_fault(PrinterFault.OFFLINE)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "台账没打出来" in page.said())
    assert page.focused() == "register_pdf"
    page.enter()
    page.until(lambda: "存好了" in page.said())
    assert [file.suffix for file in documents.iterdir()] == [".pdf"]
    printer.set_fault(PrinterFault.NO_PAPER)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "还没打出来" in page.said())
    kinds = kinds_logged(village)
    assert (kinds.count("register_printed"), kinds.count("register_saved")) == (2, 1)


def test_more_lines_come_at_the_end_of_those_that_are_there(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    put_cases(village, date(2026, 11, 20), 150)
    put_cases(village, date(2026, 11, 21), 100)
    page = RegisterScreen(qtbot, signed_in)
    page.open()
    assert page.text("register_count") == "250 件，先列 100 件"
    page.tab_to("register_table")
    view = page.widget("register_table", QTableView)
    for shown in (200, 250):
        page.press(Qt.Key.Key_End, _CTRL)
        page.until(lambda shown=shown: view.model().rowCount() == shown)  # type: ignore[misc]
    assert page.text("register_count") == "250 件"
    assert [page.cell(row, "序号") for row in (0, 99, 100, 249)] == ["1", "100", "101", "250"]


def test_who_only_reads_can_neither_print_nor_see_whole_numbers(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    take_in_quickly(village)
    desk_of(village).accounts.add("李支书", Role.VILLAGE_HEAD, OTHER_PASSWORD)
    signed_in.sign_out()
    SignInPage(qtbot, signed_in).sign_in(OTHER_PASSWORD, "李支书")
    page = RegisterScreen(qtbot, signed_in)
    page.wait_for("nav_register")
    page.open()
    assert len(page.lines()) == 1
    for name in ("register_whole", "register_print", "register_save", "register_pdf"):
        assert not page.seen(name)
    for key in (Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_Return):
        page.press(key)
    assert page.said() == ""


def test_the_list_of_cases_and_that_of_items_are_saved_as_tables(
    qtbot: QtBot, village: Village, signed_in: MainWindow, documents: Path
) -> None:
    take_in_quickly(village)
    put_cases(village, date(2026, 11, 20), 3)
    cases = CasesPage(qtbot, signed_in)
    cases.click("nav_cases")
    cases.until(lambda: len(cases.cases()) == 4)
    cases.type(NAME)
    cases.until(lambda: len(cases.cases()) == 1)
    cases.press(Qt.Key.Key_F7)
    cases.until(lambda: cases.seen("cases_said") and "存好了：1 件" in cases.text("cases_said"))
    page = SettingsPage(qtbot, signed_in)
    page.open("items")
    page.tab_to("save_items")
    page.enter()
    page.wait_said("存好了")
    assert sorted(file.name[:4] for file in documents.iterdir()) == ["事项清单", "办件清单"]


@pytest.mark.parametrize("width", [700, 1366])
def test_what_has_no_room_is_left_out_and_nothing_is_cut(
    qtbot: QtBot, village: Village, signed_in: MainWindow, width: int
) -> None:
    take_in_quickly(village)
    signed_in.resize(width, 768)
    page = RegisterScreen(qtbot, signed_in)
    page.open()
    view = page.widget("register_table", QTableView)
    shown = [column for column in range(view.model().columnCount()) if not view.isColumnHidden(column)]
    assert sum(view.columnWidth(column) for column in shown) <= view.viewport().width()
    assert {"收件日期", "申请人", "事项"} <= {*page.heads()}
    assert (len(shown) > 8) == (width > 1000)
