"""The register of a time: every case of it once, in words, numbers masked unless asked for and logged."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.desk.counter import ID_NUMBER, NAME, PROXY_ITEM, SYSTEM_ITEM, Window, open_window, ready_draft, taken_in
from tests.desk.test_archive import GUIDED_ITEM, moved
from tests.papers.samples import page_texts, squeezed
from tests.store.fixtures import example_case
from villagedesk.desk.register_views import RegisterQuery
from villagedesk.desk.registers import MOST_PRINTED, Registers
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseStatus, MaterialState
from villagedesk.domain.local_no import local_no
from villagedesk.domain.party import Party, PartyRole
from villagedesk.domain.printing import PaperSize
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.register_row import COLUMNS, RegisterRow
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.roles import Role
from villagedesk.domain.service_item import HandlingMode

TODAY = date(2026, 11, 23)
NOVEMBER = RegisterQuery(date(2026, 11, 1), date(2026, 11, 30))
PHONE = "13900009999"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def printing(tmp_path: Path) -> Iterator[Window]:
    """A window with a printer."""
    window = open_window(tmp_path / "data", SimulatedPrinter("P"))
    yield window
    window.desk.close()


def many(window: Window, count: int, per_day: int = 40) -> None:
    """So many cases of several days and modes, put there as they are kept."""
    modes = list(HandlingMode)

    def work(transaction: Transaction) -> None:
        for number in range(count):
            day = date(2026, 11, 30) - timedelta(days=number // per_day)
            received = window.clock.now().replace(day=1) + (day - date(2026, 11, 1))
            case = example_case(
                name=f"甲{number}",
                status=CaseStatus.RECEIVED,
                local_no=local_no("A", day, number % per_day + 1),
                updated_at=received,
            )
            transaction.put_case(replace(case, mode=modes[number % 4]))

    window.store.write(work).result()


def all_rows(registers: Registers, query: RegisterQuery, limit: int = 100) -> list[RegisterRow]:
    """By pieces, as a screen reads them."""
    rows: list[RegisterRow] = []
    after = ""
    while True:
        page = registers.view(query, after, limit)
        rows += page.rows
        assert len(page.rows) <= limit
        if not page.next:
            assert len(rows) == page.count
            return rows
        after = page.next


def sql(window: Window, statement: str, *values: object) -> list[Any]:
    """Plain SQL, past the code under test."""
    return window.store.read(lambda one: one.connection.exec_driver_sql(statement, values).all())  # type: ignore[attr-defined]


def kinds(window: Window) -> list[tuple[str, str]]:
    """The log's lines about registers, oldest first, and whether numbers were whole."""
    wanted = frozenset({str(Deed.REGISTER_PRINTED), str(Deed.REGISTER_SAVED), str(Deed.LIST_SAVED), str(Deed.UNMASKED)})
    window.desk.audit.note(Deed.LOG_CHECKED)  # looks that wait are written before it
    entries = window.audit_log.entries(100, kinds=wanted)
    return [(entry.kind, entry.detail.get("numbers", "")) for entry in reversed(entries)]


def content(file: Path) -> str:
    """All that lies in a workbook, unzipped."""
    with zipfile.ZipFile(file) as parts:
        return html.unescape("".join(parts.read(name).decode() for name in parts.namelist()))


def test_every_kind_of_case_has_its_line_with_what_became_of_it(window: Window) -> None:
    desk, changes = window.desk, window.desk.changes
    ready = ready_draft(window, PROXY_ITEM)
    desk.intake.take_in(ready)
    changes.hand_over(ready, "乡镇李某")
    helped = desk.guided.note(GUIDED_ITEM, "李建国", "13800001111", ("shown", "phoned"), "电话 13700001111").case_id
    withdrawn = taken_in(window)
    changes.withdraw(withdrawn, "不办了 13700001111")
    window.clock.forward(24 * 3600)
    changes.conclude_here(ready, "granted", "批了 13700001111")
    changes.deliver(ready, "本人，电话 13700001111")
    promised = ready_draft(window)
    desk.intake.set_material(promised, "residence_proof", MaterialState.PROMISED)
    desk.intake.take_in(promised)
    agent = Party(PartyRole.AGENT, "赵二妞", "resident_id", ID_NUMBER, PHONE)
    case = window.store.read(lambda snapshot: snapshot.case(promised))
    window.store.write(lambda transaction: transaction.put_case(replace(case, parties=(agent,)))).result()
    rows = all_rows(desk.registers, NOVEMBER)
    assert [row.case_id for row in rows] == [ready, helped, withdrawn, promised]
    assert [row.number for row in rows] == [1, 2, 3, 4]
    proxy, guided, gone, waits = rows
    assert (proxy.received, proxy.handed_over, proxy.concluded) == ("2026-11-23", "2026-11-23", "2026-11-24 准予")
    assert proxy.delivered == "2026-11-24 本人，电话 1********11" and proxy.note == ""
    assert (proxy.mode, proxy.status, proxy.applicant, proxy.clerk) == ("人工代办", "已送达", NAME, "王会计")
    view = desk.cases.case(ready)
    copies = sum(max(1, one.copies) for one in view.case.materials)
    assert proxy.papers == f"{copies}份 {len(view.pages)}页"
    assert (guided.mode, guided.status, guided.papers, guided.document_number) == ("指导网办", "已办结", "", "")
    assert (guided.note, guided.concluded) == ("讲了怎么办、打电话帮着问", "2026-11-23")
    assert (gone.status, gone.note, gone.concluded, gone.handed_over) == ("已撤回", "2026-11-23", "", "")
    assert (waits.note, waits.agent, waits.received) == ("容缺 1 样", "赵二妞", "2026-11-24")
    assert {len(row.document_number) for row in rows} == {18, 0}
    whole = all_rows(desk.registers, replace(NOVEMBER, whole=True))
    assert (whole[0].document_number, whole[0].phone) == (ID_NUMBER, PHONE)
    assert whole[0].note == "批了 13700001111" and whole[2].note == "2026-11-23；不办了 13700001111"


def test_what_was_taken_back_stands_no_more(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    window.desk.changes.hand_over(case_id, "乡镇")
    window.desk.changes.take_back(case_id, "记错")
    again = taken_in(window)
    for status in (CaseStatus.CONCLUDED, CaseStatus.DELIVERED, CaseStatus.IN_PROCESS):
        moved(window, again, status)
    rows = all_rows(window.desk.registers, NOVEMBER)
    assert [(row.handed_over, row.concluded, row.delivered) for row in rows] == [("", "", "")] * 2


def test_each_case_of_the_time_is_there_once_whatever_the_pieces(window: Window) -> None:
    many(window, 430)
    window.desk.intake.start(SYSTEM_ITEM)  # a draft is nobody's line yet
    registers = window.desk.registers
    for first, last in ((1, 30), (20, 24), (30, 30), (19, 19), (1, 5)):
        query = RegisterQuery(date(2026, 11, first), date(2026, 11, last))
        since, until = f"2026-11-{first:02d}", f"2026-11-{last:02d}"
        counted = sql(
            window,
            "SELECT mode, count(*) FROM cases WHERE date(received_at, '+8 hours') BETWEEN ? AND ? GROUP BY mode",
            since,
            until,
        )
        page = registers.view(query)
        assert {str(mode): count for mode, count in page.counts.items()} == dict(counted)
        assert page.count == sum(count for _, count in counted)
        wanted = sql(
            window,
            "SELECT local_no FROM cases WHERE date(received_at, '+8 hours') BETWEEN ? AND ? ORDER BY local_no",
            since,
            until,
        )
        for limit in (7, 100):
            rows = all_rows(registers, query, limit)
            assert [row.local_no for row in rows] == [number for (number,) in wanted]
            assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        for mode in HandlingMode:
            own = all_rows(registers, replace(query, mode=mode))
            assert len(own) == dict(counted).get(mode.value, 0)


def test_numbers_are_masked_in_everything_unless_asked_for(printing: Window, out: Path) -> None:
    window, registers = printing, printing.desk.registers
    case_id = taken_in(window)
    window.desk.changes.withdraw(case_id, f"电话 {PHONE}")
    assert isinstance(printer := window.desk._pick.of(PaperSize.A4), SimulatedPrinter)
    book = registers.save_workbook(NOVEMBER, out)
    paper = registers.save_register(NOVEMBER, out)
    assert registers.print_register(NOVEMBER) is True
    for said in (content(book.file), *(squeezed("".join(page_texts(pdf))) for pdf in (paper.file.read_bytes(),))):
        assert NAME in said and ID_NUMBER not in said and PHONE not in said and "样张村" not in said
        assert ID_NUMBER[4:14] not in said and "410***********" in said
    assert paper.file.suffix == ".pdf" and book.file.suffix == ".xlsx" and (book.count, paper.count) == (1, 1)
    assert "台账" in book.file.name
    assert squeezed("".join(page_texts(printer.printed[-1].pdf))) == squeezed(
        "".join(page_texts(paper.file.read_bytes()))
    )
    assert kinds(window) == [("register_saved", "masked"), ("register_saved", "masked"), ("register_printed", "masked")]
    whole = replace(NOVEMBER, whole=True)
    assert registers.view(whole).rows[0].document_number == ID_NUMBER
    full = registers.save_workbook(whole, out)
    assert ID_NUMBER in content(full.file) and PHONE in content(full.file)
    registers.print_register(whole)
    assert ID_NUMBER in squeezed("".join(page_texts(printer.printed[-1].pdf)))
    assert kinds(window)[3:] == [("unmasked", ""), ("register_saved", "whole"), ("register_printed", "whole")]
    lines = [line.sentence.key for line in window.desk.audit.lines(5)]
    assert lines[1:4] == [f"audit.whole.{what}" for what in ("register_printed", "register_saved", "register_seen")]


def test_who_only_reads_sees_no_whole_number(tmp_path: Path, out: Path) -> None:
    window = open_window(tmp_path / "data")
    taken_in(window)
    window = window.reopened(role=Role.VILLAGE_HEAD)
    try:
        registers = window.desk.registers
        assert registers.view(NOVEMBER).rows[0].document_number.startswith("410***")
        with pytest.raises(InputProblem, match=r"desk\.not_allowed\.work"):
            registers.view(replace(NOVEMBER, whole=True))
        with pytest.raises(InputProblem, match=r"desk\.not_allowed\.work"):
            registers.save_workbook(NOVEMBER, out)
        assert list(out.iterdir()) == []
    finally:
        window.desk.close()


def test_a_workbook_of_more_than_paper_takes_is_read_in_pieces(
    window: Window, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(window, 450, 200)
    registers = window.desk.registers
    monkeypatch.setattr("villagedesk.desk.registers.MOST_PRINTED", 400)
    asked: list[int] = []
    cls = type(window.store.read(lambda snapshot: snapshot))
    register = cls.register

    def counted(self: Any, first: date, last: date, limit: int, **more: Any) -> Any:
        found = register(self, first, last, limit, **more)
        asked.append(len(found))
        return found

    monkeypatch.setattr(cls, "register", counted)
    seen: list[tuple[int, int]] = []
    saved = registers.save_workbook(NOVEMBER, out, lambda at, of: seen.append((at, of)))
    assert saved.count == 450 and max(asked) <= 201 and len(asked) == 3
    assert seen == [(number, 450) for number in range(450)]
    sheet = openpyxl.load_workbook(saved.file)["代办台账"]
    told = list(sheet.iter_rows(values_only=True))
    assert told[5][: len(COLUMNS)][:3] == ("序号", "收件日期", "收件流水号")
    assert [row[0] for row in told[6:-1]] == list(range(1, 451)) and told[-1][0] == "共 450 件"
    for act in (registers.print_register, lambda query: registers.save_register(query, out)):
        with pytest.raises(InputProblem, match=r"register\.too_many"):
            act(NOVEMBER)
    assert MOST_PRINTED == 2000


def test_stopped_it_leaves_nothing_and_says_nothing_in_the_log(printing: Window, out: Path) -> None:
    many(printing, 30)

    def stop(at: int, _of: int) -> None:
        if at >= 5 or _of == 1:
            raise Cancelled

    registers = printing.desk.registers
    for act in (
        lambda: registers.save_workbook(NOVEMBER, out, stop),
        lambda: registers.save_register(NOVEMBER, out, stop),
        lambda: registers.save_cases("", out, stop),
        lambda: registers.print_register(NOVEMBER, stop),
    ):
        with pytest.raises(Cancelled):
            act()
    assert list(out.iterdir()) == [] and kinds(printing) == []


def test_what_the_log_cannot_name_does_not_stay(window: Window, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_in(window)

    def refuse(*_deed: object, **_detail: str) -> None:
        raise EnvironmentProblem("store.disk_full")

    registers = window.desk.registers
    monkeypatch.setattr(registers, "_note", refuse)
    for act in (registers.save_workbook, registers.save_register):
        with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
            act(NOVEMBER, out)
    with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
        registers.save_cases("", out)
    assert list(out.iterdir()) == []


def test_wrong_days_and_places_are_told(window: Window, tmp_path: Path) -> None:
    registers = window.desk.registers
    for first, last, key in (
        (TODAY, TODAY - timedelta(days=1), "register.order"),
        (date(1999, 12, 31), TODAY, "register.years"),
        (TODAY, date(2100, 1, 1), "register.years"),
    ):
        with pytest.raises(InputProblem) as told:
            registers.view(RegisterQuery(first, last))
        assert told.value.key == key
    assert registers.view(RegisterQuery(date(2000, 1, 1), date(2099, 12, 31))).count == 0
    for act in (registers.save_workbook, registers.save_register):
        with pytest.raises(InputProblem, match=r"register\.no_folder"):
            act(NOVEMBER, tmp_path / "unplugged")


def test_a_printer_that_takes_nothing_is_told_and_not_logged(tmp_path: Path, out: Path) -> None:
    for printer, key in (
        (None, "printing.straight_no_printer"),
        (SimulatedPrinter("P", PrinterFault.OFFLINE), "printer.offline"),
    ):
        window = open_window(tmp_path / key, printer)
        try:
            with pytest.raises(EnvironmentProblem) as told:
                window.desk.registers.print_register(NOVEMBER)
            assert told.value.key == key and kinds(window) == []
            with pytest.raises(EnvironmentProblem):
                window.desk.registers.print_register(replace(NOVEMBER, whole=True))
            assert [kind for kind, _ in kinds(window)] == ["register_printed"], "whole numbers are logged before"
            assert window.desk.registers.save_register(NOVEMBER, out).count == 0
        finally:
            window.desk.close()


def test_the_list_of_cases_goes_out_as_it_is_shown_with_its_search(window: Window, out: Path) -> None:
    many(window, 250, 200)
    taken_in(window)
    registers = window.desk.registers
    saved = registers.save_cases("", out)
    told = list(openpyxl.load_workbook(saved.file)["办件清单"].iter_rows(values_only=True))
    assert saved.count == 251 and told[1][0] == "柳林村便民服务站" and told[2][0] == "全部办件"
    assert len({row[3] for row in told[5:-1]}) == 251
    found = registers.save_cases(NAME, out)
    (row,) = list(openpyxl.load_workbook(found.file)["办件清单"].iter_rows(values_only=True))[5:-1]
    assert (row[1], found.count) == (NAME, 1) and "待上报" in str(row[5])
    assert ID_NUMBER not in content(saved.file)
    assert kinds(window) == [("list_saved", "")] * 2


def test_the_list_of_items_goes_out_with_every_item_handled_here(window: Window, out: Path) -> None:
    saved = window.desk.registers.save_items(out)
    told = list(openpyxl.load_workbook(saved.file)["便民服务事项清单"].iter_rows(values_only=True))
    items = window.desk.items.handled()
    assert [row[2] for row in told[4:-1]] == [item.name for item in items] and saved.count == len(items)
    assert told[-1][0] == f"共 {len(items)} 项"
    assert kinds(window) == []
