"""The annex form on screen, by keyboard alone: answered, kept, printed, saved; and forms of many joined."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.reports.annex_at_hand import BY_HAND, FULL, typed_form
from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, PASSWORD, Village
from tests.ui.pages.annex import AnnexScreen
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.settings import OTHER_PASSWORD
from villagedesk.desk.annex_views import Collected
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.progress import Progress
from villagedesk.domain.roles import Role
from villagedesk.reports.annex_workbook import read_annex
from villagedesk.ui.annex import merge, questions
from villagedesk.ui.window import MainWindow


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where files go that nobody chose a folder for."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for module in (questions, merge):
        monkeypatch.setattr(module, "own_folder", lambda: folder)
    yield folder


def test_the_form_is_answered_kept_printed_and_saved_by_keyboard_alone(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, documents: Path
) -> None:
    printer = SimulatedPrinter("窗口打印机")
    village = Village(tmp_path, printer=printer)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = AnnexScreen(qtbot, window)
    page.wait_for("nav_settings")
    page.open()
    assert "还没有填过" in page.state("annex")
    page.open_form()
    assert page.typed("annex_county") == "宝丰县" and page.typed("annex_village") == "柳林村"
    assert page.text("annex_filled_by") == f"填表人：{CLERK}" and page.focused() == "annex_township"
    assert page.typed("annex_printers") == "1" and "窗口打印机" in page.beneath("printers")
    assert page.typed("annex_staff") == "1" and CLERK in page.beneath("staff")
    assert page.chosen("annex_internet") == "请选择" and page.beneath("internet") == ""
    page.type("商酒务镇")
    page.press(Qt.Key.Key_F8)
    page.wait_said("还有 7 处没填")
    assert page.focused() == "annex_own_premises" and not printer.printed
    for name in ("own_premises", "window_set_up", "window_possible"):
        page.answer(name, "是")
    page.answer("printers", "两台")
    assert "请填数字" in page.beneath("printers")
    page.press(Qt.Key.Key_F7)
    page.wait_said("请填数字")
    assert page.focused() == "annex_printers"
    page.answer("printers", "2")
    assert "和程序看到的不一样" in page.beneath("printers")
    for name in ("internet", "wifi", "extranet", "video_calls"):
        page.answer(name, "否")
    page.tab_to("annex_note")
    page.type("窗口在村委会东屋")
    page.enter()
    page.wait_said("保存好了。")
    page.until(lambda: "上次保存：2026-11-23" in page.text("annex_saved"))
    page.press(Qt.Key.Key_F8)
    page.wait_said("统计表打好了")
    page.press(Qt.Key.Key_F7)
    page.wait_said("存好了，文件在")
    (file,) = documents.iterdir()
    (row,) = read_annex(file).rows
    assert (row.row.township, row.row.printers, row.row.wifi) == ("商酒务镇", 2, False) and not row.troubles
    assert len(printer.printed) == 1 and kinds_logged(village).count("annex_printed") == 1
    printer.set_fault(PrinterFault.OFFLINE)
    page.press(Qt.Key.Key_F8)
    page.wait_said("没有打出来")
    assert page.focused() == "annex_pdf"
    page.press(Qt.Key.Key_Escape)
    page.wait_for("door_annex")
    page.until(lambda: "上次保存 2026-11-23" in page.state("annex"))
    page.open_form()
    assert page.chosen("annex_own_premises") == "是" and page.typed("annex_note") == "窗口在村委会东屋"


def test_forms_of_many_are_read_decided_about_and_joined(
    qtbot: QtBot, tmp_path: Path, signed_in: MainWindow, documents: Path
) -> None:
    folder = tmp_path / "各村"
    folder.mkdir()
    typed_form(folder / "a.xlsx", [BY_HAND, (2, "下汤镇", "石桥村", *BY_HAND[3:6], "两台", *BY_HAND[7:])])
    typed_form(folder / "b.xlsx", [BY_HAND])
    (folder / "c.xls").write_bytes(b"old")
    page = AnnexScreen(qtbot, signed_in)
    page.open_form()
    page.to_merge()
    assert page.focused() == "annex_path"
    page.enter()
    page.until(lambda: "请先选" in page.text("annex_path_trouble"))
    page.read_forms(folder)
    assert "读了 2 个文件，共 3 行" in page.text("annex_sum") and "例行 2 行" in page.text("annex_skipped")
    page.until(lambda: len(page.refused()) == 1)
    assert page.refused()[0].startswith("c.xls：") and "另存为 .xlsx" in page.refused()[0]
    rows = page.troubled()
    assert len(rows) == 3 and "a.xlsx 第 6 行" in rows[1] and "“办公电脑数量”写的是“两台”" in rows[1]
    assert "这个村在 b.xlsx 第 5 行也有一行" in rows[0]
    assert "有 3 行要您定" in page.text("annex_what") and not page.can("annex_workbook")
    assert page.focused() == "annex_rows"
    for _ in range(2):
        page.press(Qt.Key.Key_Space)
        page.press(Qt.Key.Key_Down)
    assert "还有 1 行没有定" in page.text("annex_what") and not page.can("annex_workbook")
    page.press(Qt.Key.Key_Space)
    page.press(Qt.Key.Key_Space)
    page.until(lambda: page.can("annex_workbook"))
    assert "收下 2 行，去掉 1 行" in page.text("annex_what")
    page.tab_to("annex_workbook")
    page.enter()
    page.wait_said("存好了")
    (file,) = documents.iterdir()
    read = read_annex(file)
    assert [(one.row.village, one.row.computers) for one in read.rows] == [("柳林村", 2), ("石桥村", None)]
    page.click("annex_all_left")
    page.until(lambda: not page.can("annex_workbook"))
    page.click("annex_again")
    page.until(lambda: page.focused() == "annex_path")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("annex_saved")


def test_reading_can_be_stopped_and_nothing_is_kept(
    qtbot: QtBot, tmp_path: Path, village: Village, signed_in: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = threading.Event(), threading.Event()
    joining = desk_of(village).annex_merge
    collect = joining.collect

    def slow(paths: list[Path], progress: Progress) -> Collected:
        begun.set()
        while not stopped.wait(0.01):
            progress(1, 10)
        return collect(paths, progress)

    monkeypatch.setattr(joining, "collect", slow)
    page = AnnexScreen(qtbot, signed_in)
    page.open_form()
    page.to_merge()
    page.type(str(typed_form(tmp_path / "a.xlsx", [BY_HAND])))
    page.enter()
    page.until(begun.is_set)
    page.press(Qt.Key.Key_Escape)
    page.wait_said("停下了")
    stopped.set()
    assert page.seen("annex_path") and not page.seen("annex_sum")


def test_who_may_not_work_sees_no_door(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    desk_of(village).accounts.add("李支书", Role.VILLAGE_HEAD, OTHER_PASSWORD)
    signed_in.sign_out()
    SignInPage(qtbot, signed_in).sign_in(OTHER_PASSWORD, "李支书")
    page = AnnexScreen(qtbot, signed_in)
    page.wait_for("nav_settings")
    page.open()
    assert not page.seen("door_annex")


def test_our_own_file_is_joined_whole(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path, documents: Path
) -> None:
    desk_of(village).annex.save("鲁山县", FULL)
    file = desk_of(village).annex.save_workbook(tmp_path)
    page = AnnexScreen(qtbot, signed_in)
    page.open_form()
    page.to_merge()
    page.read_forms(file)
    assert "每一行都填得齐全" in page.text("annex_what") and page.troubled() == []
    assert page.focused() == "annex_workbook"
    page.enter()
    page.wait_said("存好了")
    assert [one.row for one in read_annex(next(documents.iterdir())).rows] == [FULL]
