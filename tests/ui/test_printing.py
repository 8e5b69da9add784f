"""Printing from the window: one key for what a step needs, a look at the paper, every trouble with what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, take_in_quickly, told
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.printing import PrintedCasePage, PrintingPage
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter, SimulatedPrinters
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.printing import PaperKind, PaperSize
from villagedesk.ui import print_line
from villagedesk.ui.window import MainWindow

OpenWindow = Callable[[Village], MainWindow]


@pytest.fixture
def printers() -> tuple[SimulatedPrinter, ...]:
    return tuple(SimulatedPrinter(name) for name in ("Microsoft Print to PDF", "办公室打印机", "小票机"))


@pytest.fixture
def village(tmp_path: Path, printers: tuple[SimulatedPrinter, ...]) -> Village:
    village = Village(tmp_path, printers=SimulatedPrinters(printers))
    village.set_up()
    return village


@pytest.fixture
def page(qtbot: QtBot, open_window: OpenWindow, village: Village) -> PrintedCasePage:
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = PrintedCasePage(qtbot, window)
    page.wait_for("nav_settings")
    return page


def opened(page: PrintedCasePage, village: Village) -> str:
    """A case that was taken in, opened; gives its id."""
    case_id, number = take_in_quickly(village)
    page.find(number)
    return case_id


def test_the_first_print_asks_which_printer_and_no_later_one_does(
    page: PrintedCasePage, village: Village, printers: tuple[SimulatedPrinter, ...]
) -> None:
    opened(page, village)
    assert page.button("print_set") == "打印收件凭证  F8"
    page.press(Qt.Key.Key_F8)
    page.wait_for("choose_receipt")
    assert "还没有选用哪一台" in page.stands("receipt")
    assert page.offered("printer_receipt")[0] == "办公室打印机", "the one that makes files comes last"
    page.tab_to("choose_receipt")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: "已打印（办公室打印机）" in page.stands("receipt"))
    page.until(lambda: page.button("print_set") == "补打收件凭证  F8")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: len(printers[1].printed) == 2)
    assert not printers[0].printed and not printers[2].printed


def test_a_paper_is_looked_at_before_and_after_it_is_printed_and_escape_goes_back(
    page: PrintedCasePage, village: Village
) -> None:
    desk_of(village).print_settings.choose_printer(PaperSize.A4, "办公室打印机")
    opened(page, village)
    page.tab_to("look_receipt")
    page.press(Qt.Key.Key_Space)
    page.until(page.previewed)
    assert page.text("paper_title") == "收件凭证（还没有打印）"
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("case_applicant") and not page.seen("paper_picture"))
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "已打印" in page.stands("receipt"))
    page.until(lambda: page.enabled("look_receipt"))
    page.click("look_receipt")
    page.until(page.previewed)
    assert page.text("paper_title") == "收件凭证（打印过的那一张）"
    page.press(Qt.Key.Key_F8)  # what is looked at stays; the key still prints
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("case_applicant"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (PrinterFault.NO_PAPER, "没纸了"),
        (PrinterFault.JAMMED, "卡纸"),
        (PrinterFault.COVER_OPEN, "盖子"),
        (PrinterFault.OFFLINE, "没有连上"),
        (PrinterFault.STOPPED, "被暂停"),
        (PrinterFault.NO_SPOOLER, "打印服务没有运行"),
        (PrinterFault.GONE, "没有叫“办公室打印机”的打印机了"),
        (PrinterFault.REFUSES, "取消了这个任务"),
    ],
)
def test_every_trouble_is_told_with_what_to_do_and_the_case_stands(
    page: PrintedCasePage,
    village: Village,
    printers: tuple[SimulatedPrinter, ...],
    fault: PrinterFault,
    words: str,
) -> None:
    desk_of(village).print_settings.choose_printer(PaperSize.A4, "办公室打印机")
    printers[1].set_fault(fault)
    opened(page, village)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: words in page.stands("receipt"))
    acts = ("choose",) if fault is PrinterFault.GONE else ("retry", "save", "give_up")  # another printer is wanted
    page.until(lambda: all(page.enabled(f"{act}_receipt") for act in acts))
    page.until(lambda: page.in_sight(f"{acts[0]}_receipt"))
    printers[1].set_fault(PrinterFault.NONE)
    if fault is PrinterFault.REFUSES:
        page.click("retry_receipt")
    page.until(lambda: "已打印" in page.stands("receipt"))
    assert len(printers[1].printed) == 1
    assert not page.seen("retry_receipt")


def test_a_paper_is_saved_as_a_file_or_not_wanted_any_more(
    page: PrintedCasePage,
    village: Village,
    printers: tuple[SimulatedPrinter, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(print_line, "own_folder", lambda: tmp_path)
    desk_of(village).print_settings.choose_printer(PaperSize.A4, "办公室打印机")
    printers[1].set_fault(PrinterFault.OFFLINE)
    opened(page, village)
    page.press(Qt.Key.Key_F8)
    page.wait_for("save_receipt")
    page.click("save_receipt")
    page.until(lambda: "存成了 PDF" in page.stands("receipt") and "没有加密" in page.stands("receipt"))
    (file,) = tmp_path.glob("*.pdf")
    assert str(file) in page.stands("receipt")
    page.press(Qt.Key.Key_F8)
    page.wait_for("give_up_receipt")
    page.click("give_up_receipt")
    page.until(lambda: "不打了" in page.stands("receipt"))
    assert not printers[1].printed


def test_the_notice_without_a_number_is_told_why_and_the_set_follows_the_case(
    page: PrintedCasePage, village: Village
) -> None:
    desk_of(village).print_settings.choose_printer(PaperSize.A4, "办公室打印机")
    case_id = opened(page, village)
    told(village, case_id, "accepted", CaseStatus.ACCEPTED, acceptance_no="4104230001")
    page.until(lambda: page.button("print_set") == "打印受理通知书  F8")
    told(village, case_id, "correction_asked", CaseStatus.RETURNED, reason="材料不清晰")
    page.until(lambda: page.seen("why_not_correction_notice"))
    assert "没有给这份文书的文号" in page.text("why_not_correction_notice")
    assert not page.enabled("print_correction_notice") and not page.enabled("look_correction_notice")


def test_the_settings_are_kept_at_once_and_hold(
    qtbot: QtBot, page: PrintedCasePage, village: Village, printers: tuple[SimulatedPrinter, ...]
) -> None:
    settings = PrintingPage(qtbot, page.window)
    settings.open("printing")
    settings.until(lambda: "还没有选" in settings.chosen("printer_a4"))
    settings.choose("printer_roll80", "小票机")
    settings.until(lambda: desk_of(village).print_settings.view().choices.printers.get(PaperSize.ROLL_80) == "小票机")
    settings.until(lambda: settings.seen("settings_said") and "已保存" in settings.text("settings_said"))
    settings.choose("receipt_size", "80 毫米小票纸，两联各一条")
    settings.until(lambda: desk_of(village).print_settings.view().choices.receipt is PaperSize.ROLL_80)
    settings.choose("copies_acceptance_notice", "2 份")
    settings.until(lambda: PaperKind.ACCEPTANCE_NOTICE in desk_of(village).print_settings.view().choices.copies)
    settings.click("try_roll80")
    settings.until(lambda: "试印页已打印" in settings.text("settings_said"))
    assert len(printers[2].printed) == 1
    opened(page, village)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "已打印（小票机）" in page.stands("receipt"))


def test_the_cursor_stays_on_what_it_was_on_while_the_printers_trouble_changes(
    page: PrintedCasePage, village: Village, printers: tuple[SimulatedPrinter, ...]
) -> None:
    """Else the next key presses something else: a second paper, say."""
    desk_of(village).print_settings.choose_printer(PaperSize.A4, "办公室打印机")
    printers[1].set_fault(PrinterFault.NO_PAPER)
    case_id = opened(page, village)
    page.press(Qt.Key.Key_F8)
    page.wait_for("give_up_receipt")
    page.tab_to("give_up_receipt")
    printers[1].set_fault(PrinterFault.JAMMED)
    page.until(lambda: "卡纸" in page.stands("receipt"))
    assert page.focused() == "give_up_receipt"
    printers[1].set_fault(PrinterFault.NONE)
    page.until(lambda: "已打印" in page.stands("receipt"))
    page.press(Qt.Key.Key_Space)  # the button is gone: nothing is pressed in its place
    assert len(desk_of(village).cases.case(case_id).papers[0].jobs) == 1
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: not page.seen("case_applicant"))


def test_a_second_press_while_the_paper_waits_makes_no_second_one(
    page: PrintedCasePage, village: Village, printers: tuple[SimulatedPrinter, ...]
) -> None:
    desk_of(village).print_settings.choose_printer(PaperSize.A4, "办公室打印机")
    printers[1].set_fault(PrinterFault.NO_PAPER)
    case_id = opened(page, village)
    for _ in range(3):
        page.press(Qt.Key.Key_F8)
        page.until(lambda: "没纸了" in page.stands("receipt"))
    printers[1].set_fault(PrinterFault.NONE)
    page.until(lambda: "已打印" in page.stands("receipt"))
    assert len(printers[1].printed) == len(desk_of(village).cases.case(case_id).papers[0].jobs) == 1


def test_a_hint_that_waits_is_found_again_on_the_page_of_its_case(
    page: PrintedCasePage, village: Village, printers: tuple[SimulatedPrinter, ...]
) -> None:
    desk_of(village).print_settings.choose_printer(PaperSize.A4, "办公室打印机")
    printers[1].set_fault(PrinterFault.NO_PAPER)
    case_id, number = take_in_quickly(village)
    page_id = desk_of(village).cases.case(case_id).pages[0].page_id
    desk_of(village).printing.print_copy(page_id, case_id)
    page.find(number)
    page.until(lambda: "没纸了" in page.stands("waiting_1"))
    page.click("give_up_waiting_1")
    page.until(lambda: "不打了" in page.stands("waiting_1"))
    assert not printers[1].printed
