"""The statistics on screen: times and tabs by keyboard, figures beside their charts, the report, the tables, words
where there is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in_quickly
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import NAME, PASSWORD, STATION_BY_HAND, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.settings import OTHER_PASSWORD
from tests.ui.pages.statistics import StatisticsScreen
from tests.ui.shots_statistics import fill
from villagedesk.desk.statistics_views import StatisticsQuery
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.progress import Progress
from villagedesk.domain.roles import Role
from villagedesk.ui.statistics import page as page_module
from villagedesk.ui.statistics.chart_data import every, scale_top
from villagedesk.ui.window import MainWindow

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where files go that nobody chose a folder for."""
    folder = tmp_path / "documents"
    folder.mkdir()
    monkeypatch.setattr(page_module, "own_folder", lambda: folder)
    yield folder


def test_this_month_is_there_with_figures_table_and_words_for_the_chart(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    take_in_quickly(village)
    page = StatisticsScreen(qtbot, signed_in)
    page.open()
    assert page.title() == "统计" and page.focused() == "statistics_period"
    assert page.chosen("statistics_period") == "2026年11月"
    assert (page.typed("statistics_first"), page.typed("statistics_last")) == ("2026-11-01", "2026-11-30")
    assert [page.tile(name) for name in ("taken_in", "finished", "delivered")] == ["1 件", "0 件", "0 件"]
    assert page.figures("times")[-1] == ["11月23日", "1", "0", "0"]
    assert "11月23日：收件1、办结0、送达0" in page.described("times")
    assert page.figures("modes") == [["系统受理", "1", "0"]]
    assert "没有出结果的件" in page.none("outcomes") and page.figures("outcomes") == []
    page.tab_to("table_times")
    page.press(Qt.Key.Key_End, _CTRL)
    table = page.widget("table_times", QTableView)
    assert table.currentIndex().row() == 22


def test_what_is_taken_in_meanwhile_is_counted(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    page = StatisticsScreen(qtbot, signed_in)
    page.open()
    assert page.tile("taken_in") == "0 件" and "没有收件" in page.none("times")
    take_in_quickly(village)
    page.until(lambda: page.tile("taken_in") == "1 件")


def test_each_tab_says_what_it_knows_and_what_there_is_not(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    page = StatisticsScreen(qtbot, signed_in)
    page.open()
    page.tab("limits")
    assert page.tile("days") == "—" and "没有办结的件" in page.none("finish") and page.none("corrections")
    page.tab("evaluations")
    assert page.tile("satisfied") == "—" and "还没有群众评价" in page.none("evaluations")
    page.tab("open")
    assert page.figures("desk")[-1][0] == "2026-11-23" and page.figures("desk")[-1][-1] == "现在开着"
    assert "没有看过线路" in page.none("link")
    assert not page.seen("table_times")


def test_a_full_desk_has_figures_behind_all_tabs(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    fill(village)
    page = StatisticsScreen(qtbot, signed_in)
    page.open()
    figures = desk_of(village).statistics.view(StatisticsQuery(date(2026, 11, 1), date(2026, 11, 30))).figures
    assert page.tile("taken_in") == f"{figures.taken_in} 件" and figures.taken_in > 50
    assert sum(int(row[1]) for row in page.figures("times")) == figures.taken_in
    assert sum(int(row[1]) for row in page.figures("outcomes")) == figures.ended
    page.tab("limits")
    over = sum(figures.over_now.values())
    assert page.tile("over") == f"! {over} 件" and over > 0
    assert "超过时限才办结" in page.described("over")
    page.tab("evaluations")
    assert page.tile("poor") == f"! {figures.poor} 条" and len(page.figures("evaluations")) == 5
    page.tab("open")
    assert page.tile("broken_off") == "! 1 天"
    assert ["2026-11-12", "没有正常退出，那一段没有算进去"] in [[row[0], row[-1]] for row in page.figures("desk")]
    assert page.figures("link")[0] == ["2026-11-02", "9 小时 20 分", "3 小时 20 分", "35.7%"]
    assert "2026-11-03：监测时长9 小时 20 分、通着0 分、占比0%" in page.described("link")


def test_a_year_and_other_days_are_chosen_and_typed(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    fill(village)
    page = StatisticsScreen(qtbot, signed_in)
    page.open()
    page.choose_period("2026年全年")
    page.until(lambda: page.figures("times")[0][0] == "2026年1月")
    assert [row[0] for row in page.figures("times")][-1] == "2026年11月"
    page.tab_to("statistics_first")
    page.press(Qt.Key.Key_A, _CTRL)
    page.type("20261120")
    page.enter()
    page.until(lambda: page.figures("times")[0][0] == "11月20日")
    assert page.chosen("statistics_period") == "自己写日期"
    for typed, trouble in (("2026", "“2026”不是日期"), ("2027-01-01", "结束日期比开始日期早")):
        page.widget("statistics_first", QLineEdit).setFocus()
        page.press(Qt.Key.Key_A, _CTRL)
        page.type(typed)
        page.enter()
        page.until(
            lambda trouble=trouble: page.seen("statistics_trouble") and trouble in page.text("statistics_trouble")  # type: ignore[misc]
        )


def test_the_report_is_printed_of_a_month_only_and_saved_where_no_printer_takes_it(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, documents: Path
) -> None:
    printer = SimulatedPrinter("窗口打印机")
    village = Village(tmp_path, printer=printer)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = StatisticsScreen(qtbot, window)
    page.wait_for("nav_statistics")
    page.open()
    page.choose_period("2026年全年")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "请先在“时间”里选一个月份" in page.said())
    assert page.focused() == "statistics_period" and not printer.printed
    page.choose_period("2026年10月")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "月报打好了" in page.said())
    assert [job.job_name for job in printer.printed] == ["fuwu-yuebao-2026-10"]
    printer.set_fault(PrinterFault.OFFLINE)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "月报没打出来" in page.said())
    assert page.focused() == "statistics_pdf"
    page.enter()
    page.until(lambda: "月报存好了" in page.said())
    (file,) = documents.iterdir()
    assert str(file) in page.said() and file.suffix == ".pdf"
    printer.set_fault(PrinterFault.NO_PAPER)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "还没打出来" in page.said())
    kinds = kinds_logged(village)
    assert (kinds.count("statistics_printed"), kinds.count("statistics_saved")) == (2, 1)


def test_all_tables_are_saved_in_one_file(
    qtbot: QtBot, village: Village, signed_in: MainWindow, documents: Path
) -> None:
    take_in_quickly(village)
    page = StatisticsScreen(qtbot, signed_in)
    page.open()
    page.press(Qt.Key.Key_F7)
    page.until(lambda: "表格存好了" in page.said())
    (file,) = documents.iterdir()
    book = openpyxl.load_workbook(file)
    assert len(book.sheetnames) == 10
    told = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "收件" in told and NAME not in told
    page.click("nav_today")
    page.open()
    assert page.said() == ""


def test_another_time_is_counted_in_the_place_of_one_under_way(
    qtbot: QtBot, village: Village, signed_in: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in_quickly(village)
    page = StatisticsScreen(qtbot, signed_in)
    page.open()
    desk, begun = desk_of(village).statistics, list[StatisticsQuery]()
    view = desk.view

    def slow(query: StatisticsQuery, progress: Progress) -> object:
        begun.append(query)
        while query.first.month == 10:  # until it is stopped
            progress(0, 1)
        return view(query, progress)

    monkeypatch.setattr(desk, "view", slow)
    page.press(Qt.Key.Key_Down)
    page.until(lambda: page.seen("long_stop"))
    page.press(Qt.Key.Key_Down)
    page.until(lambda: page.window.background.idle and [query.first.month for query in begun] == [10, 9])
    assert page.tile("taken_in") == "0 件" and page.said() == ""
    page.press(Qt.Key.Key_Up)
    page.until(lambda: page.seen("long_stop"))
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: "没有统计完" in page.said())


def test_who_only_reads_can_neither_print_nor_save(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    desk_of(village).accounts.add("李支书", Role.VILLAGE_HEAD, OTHER_PASSWORD)
    signed_in.sign_out()
    SignInPage(qtbot, signed_in).sign_in(OTHER_PASSWORD, "李支书")
    page = StatisticsScreen(qtbot, signed_in)
    page.wait_for("nav_statistics")
    page.open()
    for name in ("statistics_print", "statistics_save", "statistics_pdf"):
        assert not page.seen(name)
    for key in (Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_Return):
        page.press(key)
    assert page.said() == ""


def test_a_station_without_an_interface_looks_at_no_link(qtbot: QtBot, tmp_path: Path, open_window: OpenWindow) -> None:
    village = Village(tmp_path)
    village.set_up(STATION_BY_HAND)
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = StatisticsScreen(qtbot, window)
    page.wait_for("nav_statistics")
    page.open()
    page.tab("open")
    assert "本站没有接口" in page.none("link")


@pytest.mark.parametrize("width", [910, 1366])
def test_no_column_of_a_table_is_cut(qtbot: QtBot, village: Village, signed_in: MainWindow, width: int) -> None:
    fill(village)
    signed_in.resize(width, 768)
    page = StatisticsScreen(qtbot, signed_in)
    page.open()
    for tab, names in (("cases", ("times", "items")), ("limits", ("finish", "over")), ("open", ("desk", "link"))):
        page.tab(tab)
        for name in names:
            page.until(lambda name=name: _fits(page.widget(f"table_{name}", QTableView)))  # type: ignore[misc]


def _fits(view: QTableView) -> bool:
    columns = range(view.model().columnCount())
    # what is longer breaks its lines
    cut = [column for column in columns if min(112, view.sizeHintForColumn(column)) > view.columnWidth(column)]
    return not cut and sum(view.columnWidth(column) for column in columns) <= view.viewport().width()


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 2), (1, 2), (3, 4), (9, 10), (10, 10), (11, 20), (61, 80), (88, 100), (100, 100), (101, 200)],
)
def test_a_scale_ends_with_a_round_number_above_all(highest: float, top: int) -> None:
    assert scale_top(highest) == top


def test_labels_are_left_out_where_they_would_touch() -> None:
    assert every(31, 20.0, 20.0) == 1
    assert every(31, 16.0, 20.0) == 2
    assert every(1, 5.0, 20.0) == 1
