"""The statistics of a window: what is read, printed, saved and logged; hours and link; who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import zxingcpp

from tests.desk.counter import CLERK, NAME, STATION, Window, open_window, taken_in
from tests.papers.samples import codes, images, page_texts, squeezed
from villagedesk.desk.statistics_tables import length_text, percent, times_of
from villagedesk.desk.statistics_views import Part, StatisticsQuery, StatisticsView
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.audit import STATION as NO_CASE
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI, utc_text
from villagedesk.domain.desk_hours import LEFT
from villagedesk.domain.link_days import LinkDay
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.statistics import DayFigures, Statistics
from villagedesk.papers.log_mark import head_text
from villagedesk.store.schema import EVALUATIONS
from villagedesk.sync.status import SyncStatus

NOVEMBER = StatisticsQuery(date(2026, 11, 1), date(2026, 11, 30))
DAY = date(2026, 11, 23)


@pytest.fixture
def printer() -> SimulatedPrinter:
    return SimulatedPrinter("窗口打印机")


@pytest.fixture
def busy(tmp_path: Path, printer: SimulatedPrinter) -> Iterator[Window]:
    """A window with a printer, two cases, what was said of one, hours and a day of the link."""
    window = open_window(tmp_path / "data", printer)
    cases = [taken_in(window), taken_in(window)]

    def work(transaction: Transaction) -> None:
        for minutes, deed in ((0, Deed.SIGNED_IN), (60, Deed.LOCKED), (90, Deed.UNLOCKED)):
            at = datetime(2026, 11, 20, 8, 30, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
            transaction.append_event(CaseEvent(NO_CASE, at, CLERK, deed))
        transaction.append_event(CaseEvent(NO_CASE, window.clock.now() - timedelta(hours=1), CLERK, Deed.SIGNED_IN))
        transaction.add_link_time(LinkDay(date(2026, 11, 20), 3600, 1800))
        said = {"stage": "concluded", "reason": "", "at": utc_text(window.clock.now()), "clerk": CLERK}
        rows = [{"case_id": case_id, "level": level, **said} for case_id, level in zip(cases, (5, 2), strict=True)]
        transaction.connection.execute(EVALUATIONS.insert(), rows)  # type: ignore[attr-defined]

    window.store.write(work).result()
    yield window
    window.desk.close()


def view(window: Window, query: StatisticsQuery = NOVEMBER) -> StatisticsView:
    return window.desk.statistics.view(query)


def logged(window: Window) -> list[tuple[str, str, dict[str, str]]]:
    kinds = frozenset({str(Deed.STATISTICS_PRINTED), str(Deed.STATISTICS_SAVED)})
    return [(one.kind, one.actor, dict(one.detail)) for one in window.audit_log.entries(50, kinds=kinds)]


def test_the_tables_say_what_happened(busy: Window) -> None:
    seen = view(busy)
    assert (seen.figures.taken_in, seen.figures.finished) == (2, 0)
    assert seen.table(Part.TIMES).rows[-1] == ("11月23日", 2, 0, 0)
    assert len(seen.table(Part.TIMES).rows) == 23, "no day that is to come"
    ((name, *counts),) = seen.table(Part.ITEMS).rows
    assert isinstance(name, str) and counts == [2, 0, "—", 0, 0, 0]
    assert seen.table(Part.MODES).rows == (("系统受理", 2, 0),)
    said = seen.table(Part.EVALUATIONS).rows
    assert [row[1:] for row in said] == [(1, "50%"), (0, "0%"), (0, "0%"), (1, "50%"), (0, "0%")]
    assert (seen.figures.satisfied, seen.figures.poor) == (0.5, 1)
    assert seen.table(Part.LINK).rows == (("2026-11-20", "1 小时 0 分", "30 分", "50%"),)


def test_a_day_that_was_not_closed_says_so_and_today_is_open_now(busy: Window) -> None:
    before, today = view(busy).table(Part.DESK).rows
    assert before == ("2026-11-20", "08:30", "09:30", CLERK, "1 小时 0 分", "没有正常退出，那一段没有算进去")
    assert today == ("2026-11-23", "08:00", "—", CLERK, "1 小时 0 分", "现在开着")


def test_a_crash_at_the_end_of_a_month_is_told_though_the_next_sign_in_came_long_after(busy: Window) -> None:
    october = StatisticsQuery(date(2026, 10, 1), date(2026, 10, 31))

    def work(transaction: Transaction) -> None:
        at = datetime(2026, 10, 28, 8, 30, tzinfo=SHANGHAI)
        transaction.append_event(CaseEvent(NO_CASE, at, CLERK, Deed.SIGNED_IN))
        later = datetime(2026, 11, 22, 8, 30, tzinfo=SHANGHAI)
        transaction.append_event(CaseEvent(NO_CASE, later, CLERK, Deed.SIGNED_IN))

    busy.store.write(work).result()
    (day,) = view(busy, october).figures.desk_days
    assert day.broken_off and not day.open_now


def test_a_desk_left_open_at_the_end_of_a_month_was_open_until_the_pc_slept_though_it_woke_long_after(
    busy: Window,
) -> None:
    october = StatisticsQuery(date(2026, 10, 1), date(2026, 10, 31))
    opened, left = (datetime(2026, 10, 30, hour, 30, tzinfo=SHANGHAI) for hour in (8, 17))
    woke = datetime(2026, 11, 9, 8, 3, tzinfo=SHANGHAI)

    def work(transaction: Transaction) -> None:
        transaction.append_event(CaseEvent(NO_CASE, opened, CLERK, Deed.SIGNED_IN))
        transaction.append_event(CaseEvent(NO_CASE, woke, CLERK, Deed.LOCKED, detail={LEFT: utc_text(left)}))

    busy.store.write(work).result()
    for later, newest in ((Deed.UNLOCKED, True), (Deed.LOCKED, False)):
        assert busy.store.read(lambda snapshot: snapshot.door_lines(opened, left))[1] is newest
        (day,) = view(busy, october).figures.desk_days
        assert (day.opened, day.closed, day.minutes) == (opened, left, 9 * 60)
        assert not day.broken_off and not day.open_now
        busy.desk.audit.note(later)


def test_the_months_report_is_printed_with_the_head_and_logged(busy: Window, printer: SimulatedPrinter) -> None:
    head = busy.audit_log.head()
    assert busy.desk.statistics.print_month(2026, 11)
    (job,) = printer.printed
    texts = page_texts(job.pdf)
    said = squeezed("".join(texts))
    assert STATION.name in said and f"截至第{head.seq}条" in said and "本月还没过完" in said
    assert "收件2件" in said and "练习样张无效" in said and NAME not in said
    found = [codes(picture, zxingcpp.BarcodeFormat.QRCode) for picture in images(job.pdf, 203)]
    assert [head_text(head)] in found
    assert logged(busy) == [("statistics_printed", CLERK, {"month": "2026-11", "head": str(head.seq)})]
    assert busy.audit_log.holds(head)


def test_what_does_not_come_out_is_not_logged_and_can_be_saved(
    busy: Window, printer: SimulatedPrinter, tmp_path: Path
) -> None:
    printer.set_fault(PrinterFault.OFFLINE)
    with pytest.raises(EnvironmentProblem):
        busy.desk.statistics.print_month(2026, 11)
    assert logged(busy) == []
    file = busy.desk.statistics.save_month(2026, 10, tmp_path)
    assert file.name.startswith("服务情况月报-202610-") and file.suffix == ".pdf"
    assert "没过完" not in squeezed("".join(page_texts(file.read_bytes())))
    assert [kind for kind, *_ in logged(busy)] == ["statistics_saved"]


def test_a_month_that_has_not_begun_is_refused(busy: Window, tmp_path: Path) -> None:
    desk = busy.desk.statistics
    for act in (lambda: desk.print_month(2026, 12), lambda: desk.save_month(2026, 12, tmp_path)):
        with pytest.raises(InputProblem, match="no_such_month"):
            act()


def test_every_table_has_a_sheet_of_the_workbook(busy: Window, tmp_path: Path) -> None:
    saved = busy.desk.statistics.save_workbook(NOVEMBER, tmp_path)
    book = openpyxl.load_workbook(saved.file)
    tables = view(busy).tables
    assert book.sheetnames == [
        "收件和办结",
        "按事项",
        "按办理方式",
        "办理结果",
        "办了多久",
        "时限",
        "退回补正",
        "好差评",
        "开门时间",
        "线路",
    ]
    for sheet, table in zip(book, tables, strict=True):
        rows = [tuple(cell for cell in row if cell is not None) for row in sheet.iter_rows(values_only=True)]
        assert rows[1] == (STATION.name,) and rows[2] == ("2026-11-01 至 2026-11-30",)
        assert rows[5] == table.heads
        assert rows[6:] == [tuple(cell for cell in row if cell != "") for row in table.rows]
    told = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    assert NAME not in told
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ".xlsx" and one.is_file()] == []
    assert saved.count == sum(len(table.rows) for table in tables)
    assert logged(busy)[0][2] == {"first": "2026-11-01", "last": "2026-11-30", "lines": str(saved.count)}


def test_a_workbook_the_log_cannot_name_does_not_stay(
    busy: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()

    def full(*_: object, **__: object) -> None:
        raise EnvironmentProblem("store.disk_full")

    monkeypatch.setattr(busy.desk.statistics, "_note", full)
    with pytest.raises(EnvironmentProblem):
        busy.desk.statistics.save_workbook(NOVEMBER, out)
    assert list(out.iterdir()) == []


def test_it_stops_when_the_clerk_wants_it(busy: Window, tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    desk = busy.desk.statistics
    for act in (
        lambda: desk.view(NOVEMBER, stop),
        lambda: desk.save_workbook(NOVEMBER, tmp_path, stop),
        lambda: desk.save_month(2026, 11, tmp_path, stop),
    ):
        with pytest.raises(Cancelled):
            act()
    assert not list(tmp_path.glob("*.xlsx")) and logged(busy) == []


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "statistics.order"),
        (date(1999, 12, 31), date(2026, 11, 1), "statistics.years"),
        (date(2026, 11, 1), date(2100, 1, 1), "statistics.years"),
    ],
)
def test_times_nobody_means_are_refused(busy: Window, first: date, last: date, key: str) -> None:
    with pytest.raises(Problem) as caught:
        view(busy, StatisticsQuery(first, last))
    assert caught.value.key == key


def test_a_station_without_an_interface_says_that_nobody_looks(busy: Window) -> None:
    assert not view(busy).figures.by_hand
    busy.link.publish(SyncStatus(interface=False))
    assert view(busy).figures.by_hand


def text(key: str, /, **params: object) -> str:
    return f"{key} {params}"


def long(first: date, last: date) -> Statistics:
    now = datetime.combine(DAY, datetime.min.time(), SHANGHAI)
    days = {date(2026, 3, 2): DayFigures(1, 2, 3), date(2025, 3, 2): DayFigures(4, 0, 0), DAY: DayFigures(1, 0, 0)}
    return Statistics(first, last, now, days, (), {}, {}, None, {}, {}, (), ())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "count", "key"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), 23, "statistics.day"),
        (date(2026, 1, 1), date(2026, 12, 31), 11, "statistics.month"),
        (date(2025, 1, 1), date(2026, 12, 31), 23, "statistics.month"),
        (date(2022, 1, 1), date(2026, 12, 31), 5, "statistics.year"),
        (date(2027, 1, 1), date(2027, 1, 31), 0, ""),
    ],
)
def test_long_times_stand_by_month_and_year(first: date, last: date, count: int, key: str) -> None:
    times = times_of(long(first, last), text)
    assert len(times) == count
    assert all(time.name.split(" ")[0] == key for time in times)
    wanted = sum(one.taken_in for day, one in long(first, last).days.items() if first <= day <= last)
    assert sum(time.figures.taken_in for time in times) == wanted


def test_shares_are_never_rounded_to_all_or_nothing(window: Window) -> None:
    messages = Messages.from_folder(Path(__file__).parents[2] / "resources" / "messages" / "zh_CN").text
    shown = [percent(share, messages) for share in (None, 0.0, 0.00001, 0.5, 0.99999, 1.0)]
    assert shown == ["—", "0%", "0.1%", "50%", "99.9%", "100%"]
    assert [length_text(minutes, messages) for minutes in (0, 59, 60, 61)] == [
        "0 分",
        "59 分",
        "1 小时 0 分",
        "1 小时 1 分",
    ]
