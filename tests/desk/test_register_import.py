"""A paper register comes in: everything that is wrong is said before, and all of it comes or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk.counter import CLERK, Window
from tests.desk.test_registers import all_rows, sql
from tests.domain.identity_numbers import resident
from tests.reports.typed_register import FIRST_LINE, ITEM, NUMBER, ROW, filled, someone
from villagedesk.desk.register_import_views import DryRun
from villagedesk.desk.register_views import RegisterQuery
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.register_import import COLUMNS
from villagedesk.store.transaction import SqlTransaction

Look = Callable[..., DryRun]
WRONG_CHECK = f"{NUMBER[:-1]}{'1' if NUMBER[-1] != '1' else '2'}"
YEAR = RegisterQuery(date(2026, 1, 1), date(2026, 12, 31), whole=True)


@pytest.fixture
def typed(window: Window, tmp_path: Path) -> Look:
    """Fills the template and looks at it."""
    template = window.desk.register_import.save_template(tmp_path)

    def look(*rows: Mapping[str, object]) -> DryRun:
        return window.desk.register_import.look(filled(template, rows, tmp_path / "台账.xlsx"))

    return look


def said(dry: DryRun, line: int = FIRST_LINE) -> list[tuple[str, str]]:
    """Column and key of what is said of a row."""
    (row,) = (one for one in dry.rows if one.typed.line == line)
    return [(one.column, one.key.removeprefix("register_import.said.")) for one in row.said]


def everything(window: Window) -> list[object]:
    """What the store holds of cases, numbers, queue and log."""
    tables = ("cases", "case_events", "local_numbers", "outbox", "case_words", "case_counts", "item_uses")
    return [sql(window, f"SELECT * FROM {table}") for table in tables]


def test_the_template_names_the_columns_and_offers_choices(window: Window, tmp_path: Path) -> None:
    file = window.desk.register_import.save_template(tmp_path)
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[FIRST_LINE - 2]]
    assert heads == [
        *("收件日期", "申请人", "证件类型", "证件号码", "联系电话", "住址", "事项(名称或编码)", "办理方式"),
        *("材料份数/说明", "移交日期", "办件编号", "办理结果", "办结日期", "领取人", "送达日期", "备注"),
    ]
    assert sheet.column_dimensions["D"].number_format == "@"
    lists = {str(one.sqref).split(":")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert lists[f"H{FIRST_LINE}"] == '"系统受理,人工代办,指导网办,直办"'
    assert lists[f"G{FIRST_LINE}"].startswith("'事项目录'!") and lists[f"L{FIRST_LINE}"] == '"准予,不予,转报"'
    assert [row[0].value for row in book["事项目录"].iter_rows()] == [one.name for one in window.desk.items.all()]
    with pytest.raises(InputProblem) as refused:
        window.desk.register_import.look(file)
    assert refused.value.key == "register_import.no_rows"


def change_sheet(file: Path, change: Callable[[openpyxl.Workbook], object]) -> Path:
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(file)
    return file


def test_a_second_sheet_that_is_filled_in_is_not_lost_without_a_word(window: Window, tmp_path: Path) -> None:
    desk = window.desk.register_import
    file = filled(desk.save_template(tmp_path), [ROW], tmp_path / "台账.xlsx")

    def twice(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book.worksheets[0]).title = "2025年"

    change_sheet(file, twice)
    with pytest.raises(InputProblem) as refused:
        desk.look(file)
    assert refused.value.key == "register_import.two_tables"
    assert "2025年" in str(refused.value.params["names"]) and "代办台账补录" in str(refused.value.params["names"])

    def clear_first(book: openpyxl.Workbook) -> None:
        book.worksheets[0].delete_rows(FIRST_LINE)

    assert len(desk.look(change_sheet(file, clear_first)).rows) == 1, "the first is empty, the other is read"


def test_a_column_nobody_knows_is_named_where_something_stands_in_it(window: Window, tmp_path: Path) -> None:
    desk = window.desk.register_import
    file = filled(desk.save_template(tmp_path), [ROW, someone(1)], tmp_path / "台账.xlsx")
    heads = FIRST_LINE - 2

    def rename(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.cell(heads, COLUMNS.index("result") + 1).value = "结果"
        sheet.cell(heads, COLUMNS.index("receiver") + 1).value = "领取人签名"
        sheet.cell(heads, len(COLUMNS) + 2).value = "序号"  # nothing beneath

    assert desk.look(file).unread == ()
    assert desk.look(change_sheet(file, rename)).unread == ("结果", "领取人签名")


def test_what_was_given_back_is_mended_and_its_column_of_troubles_is_known(window: Window, tmp_path: Path) -> None:
    desk = window.desk.register_import
    dry = desk.look(filled(desk.save_template(tmp_path), [{**ROW, "mode": "快递"}], tmp_path / "台账.xlsx"))
    assert desk.look(desk.save_rest(dry, tmp_path).file).unread == ()


@pytest.mark.parametrize("same", [False, True])
def test_two_people_of_one_name_without_numbers_are_two(typed: Look, window: Window, same: bool) -> None:
    one = {"received": "2026-03-05", "applicant": "王英", "item": ITEM, "mode": "指导网办", "phone": "13900009999"}
    other = one if same else {**one, "phone": "13900008888"}
    dry = typed(one, other)
    assert [bool(row.entry) for row in dry.rows] == [True, not same]
    window.desk.register_import.take(dry, leave_out_wrong=True)
    again = typed(one, {**one, "phone": "13900007777"})
    assert [bool(row.entry) for row in again.rows] == [False, True], "the first is in the register"


def test_a_case_that_is_through_arrives_by_its_own_days(window: Window, typed: Look) -> None:
    dry = typed(ROW)
    assert dry.rows[0].said == () and dry.file == "台账.xlsx"
    before = len(sql(window, "SELECT * FROM outbox"))
    done = window.desk.register_import.take(dry)
    assert (done.count, done.first, done.last) == (1, date(2026, 3, 5), date(2026, 3, 5))
    (row,) = all_rows(window.desk.registers, YEAR)
    assert (row.received, row.handed_over) == ("2026-03-05", "2026-03-06")
    assert (row.concluded, row.delivered) == ("2026-03-20 准予", "2026-03-22 本人")
    assert (row.papers, row.clerk, row.status) == ("3 份", CLERK, "已送达")
    assert "补录" in row.note and "雨天送去的" in row.note
    number = parse_local_no(row.local_no)
    assert (number.day, number.epoch, number.count) == (date(2026, 3, 5), "A", 1)
    view = window.desk.cases.case(row.case_id)
    assert view.case.status is CaseStatus.DELIVERED and window.desk.clocks.of_case(row.case_id) == ()
    assert [event.kind for event in view.events][:4] == ["imported", "handed_over", "concluded", "delivered"]
    assert dict(view.events[0].detail) | {"local_no": ""} == {
        "on": "2026-03-05",
        "local_no": "",
        "file": "台账.xlsx",
        "row": str(FIRST_LINE),
        "papers": "3 份",
        "note": "雨天送去的",
    }
    assert len(sql(window, "SELECT * FROM outbox")) == before and not window.desk.sending.view().rows
    assert window.desk.archive.of_month(2026, 3) == (row.case_id,)
    assert window.desk.archive.of_month(2026, 11) == ()
    masked = all_rows(window.desk.registers, replace(YEAR, whole=False))[0]
    assert "雨天" not in masked.note and masked.papers == "3 份"


def test_cases_that_are_open_run_from_their_own_day(window: Window, typed: Look) -> None:
    rest = ("result", "concluded", "receiver", "delivered")
    open_row = {name: value for name, value in ROW.items() if name not in rest}
    not_handed = {name: value for name, value in open_row.items() if name != "handed_over"}
    at_system = {**not_handed, "mode": "系统受理", "acceptance_no": "41042-001", "received": "2026-11-19"}
    helped = {**not_handed, "mode": "指导网办", "document_number": None, "applicant": "李建国"}
    on_the_spot = {**not_handed, "mode": "直办", "received": "2026-11-18", "concluded": "2026-11-18", "result": "准予"}
    dry = typed(open_row, {**not_handed, "received": "2026-11-20"}, at_system, helped, on_the_spot)
    assert not dry.wrong
    window.desk.register_import.take(replace(dry, rows=tuple(row for row in dry.rows if row.entry is not None)))
    rows = {row.mode + row.received: row for row in all_rows(window.desk.registers, YEAR)}
    states = {name: row.status for name, row in rows.items()}
    assert states == {
        "人工代办2026-03-05": "已移交",
        "人工代办2026-11-20": "已收件",
        "系统受理2026-11-19": "已受理",
        "指导网办2026-03-05": "已办结",
        "直办2026-11-18": "已办结",
    }

    def starts(name: str) -> set[date]:
        return {view.clock.start for view in window.desk.clocks.of_case(rows[name].case_id)}

    assert starts("人工代办2026-03-05") == {date(2026, 3, 6)}  # from the hand-over on
    assert starts("人工代办2026-11-20") == {date(2026, 11, 20)}
    assert starts("系统受理2026-11-19") <= {date(2026, 11, 19)}
    assert starts("指导网办2026-03-05") == set()
    helped_row = rows["指导网办2026-03-05"]
    assert (helped_row.concluded, helped_row.applicant) == ("2026-03-05", "李建国")
    received = rows["人工代办2026-11-20"].case_id
    assert CaseChange.VOIDED in window.desk.changes.possible(received)
    window.desk.changes.void(received, "录错了")
    sent = rows["系统受理2026-11-19"].case_id
    window.desk.changes.withdraw(sent, "不办了")
    assert window.desk.cases.case(sent).case.status is CaseStatus.WITHDRAWN
    assert sql(window, "SELECT * FROM outbox") == []


def test_the_result_of_one_handled_in_the_system_is_handed_out_without_telling_it(window: Window, typed: Look) -> None:
    row = {**ROW, "mode": "系统受理", "acceptance_no": "1", "handed_over": None, "receiver": None, "delivered": None}
    window.desk.register_import.take(typed(row))
    (line,) = all_rows(window.desk.registers, YEAR)
    window.desk.changes.deliver(line.case_id, "本人")
    assert window.desk.cases.case(line.case_id).case.status is CaseStatus.DELIVERED
    assert sql(window, "SELECT * FROM outbox") == []


def test_what_the_acceptance_system_says_of_one_from_paper_is_noted_by_hand(window: Window, typed: Look) -> None:
    rest = dict.fromkeys(("handed_over", "result", "concluded", "receiver", "delivered"))
    window.desk.register_import.take(typed({**ROW, **rest, "mode": "系统受理", "acceptance_no": "41-7"}))
    (line,) = all_rows(window.desk.registers, YEAR)
    assert line.acceptance_no == "41-7"
    assert CaseChange.CONCLUDED in window.desk.cases.case(line.case_id).notable
    window.desk.official_numbers.note(line.case_id, CaseChange.CONCLUDED, "办好了", "2026-11-20", "granted")
    assert window.desk.cases.case(line.case_id).case.status is CaseStatus.CONCLUDED


def test_the_number_of_a_carried_one_is_the_townships(window: Window, typed: Look) -> None:
    rest = dict.fromkeys(("result", "concluded", "receiver", "delivered"))
    window.desk.register_import.take(typed({**ROW, **rest, "acceptance_no": "下汤-7"}))
    (line,) = all_rows(window.desk.registers, YEAR)
    case = window.desk.cases.case(line.case_id).case
    assert (case.acceptance_no, case.township_no, line.acceptance_no) == ("", "下汤-7", "乡镇 下汤-7")
    assert window.desk.cases.case(line.case_id).notable == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"received": None}, ("received", "empty")),
        ({"received": "三月五日"}, ("received", "date")),
        ({"received": "2026-02-30"}, ("received", "date")),
        ({"received": 46086}, ("received", "serial")),
        ({"received": "2026-11-24"}, ("received", "future")),
        ({"received": "1999-12-31"}, ("received", "too_old")),
        ({"handed_over": "2026-03-04"}, ("handed_over", "order")),
        ({"concluded": "2026-03-05"}, ("concluded", "order")),
        ({"delivered": "2026-03-19"}, ("delivered", "order")),
        ({"applicant": None}, ("applicant", "empty")),
        ({"applicant": "王3英"}, ("applicant", "domain.name.digit")),
        ({"document_number": WRONG_CHECK}, ("document_number", "domain.identity")),
        ({"document_number": None}, ("document_number", "no_number")),
        ({"document_number": 410422190402299990}, ("document_number", "ruined")),
        ({"document_number": "4.10422E+17"}, ("document_number", "ruined")),
        ({"acceptance_no": "4.1E+20"}, ("acceptance_no", "ruined")),
        ({"acceptance_no": 41042219040229999}, ("acceptance_no", "ruined")),
        ({"document_kind": "暂住证"}, ("document_kind", "kind_unknown")),
        ({"phone": "1390000999"}, ("phone", "domain.phone.mobile_length")),
        ({"address": "村" * 201}, ("address", "too_long")),
        ({"item": None}, ("item", "empty")),
        ({"item": "城乡居民医保参保"}, ("item", "item_near")),
        ({"item": "修水渠"}, ("item", "item_unknown")),
        ({"mode": None}, ("mode", "empty")),
        ({"mode": "快递"}, ("mode", "mode_unknown")),
        ({"mode": "系统受理", "handed_over": None}, ("acceptance_no", "system_no_number")),
        ({"mode": "直办"}, ("handed_over", "handed_not_proxy")),
        ({"mode": "指导网办", "handed_over": None}, ("delivered", "delivered_guided")),
        ({"mode": "指导网办", "handed_over": None, "delivered": None}, ("result", "guided_no_end")),
        ({"mode": "指导网办", "handed_over": None, "delivered": None, "result": None}, ("concluded", "guided_no_end")),
        ({"result": "办好了"}, ("result", "result_unknown")),
        ({"concluded": None}, ("concluded", "delivered_not_concluded")),
        ({"delivered": None}, ("delivered", "receiver_no_day")),
    ],
)
def test_each_mistake_is_named_by_its_column(
    typed: Look, change: Mapping[str, object], expected: tuple[str, str]
) -> None:
    dry = typed({**ROW, **change})
    assert any(column == expected[0] and key.startswith(expected[1]) for column, key in said(dry)), said(dry)
    assert len(dry.wrong) == 1 and not dry.good


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"phone": None}, ("phone", "no_phone")),
        ({"document_number": resident("41042619790217002")}, ("document_number", "domain.identity.area_unknown")),
        ({"result": None}, ("result", "no_result")),
        ({"receiver": None}, ("receiver", "no_receiver")),
    ],
)
def test_a_warning_does_not_block(typed: Look, change: Mapping[str, object], expected: tuple[str, str]) -> None:
    dry = typed({**ROW, **change})
    assert said(dry) == [expected] and len(dry.good) == 1 and dry.warned == 1


def test_what_is_written_in_other_ways_is_understood(typed: Look) -> None:
    dry = typed(
        {
            **ROW,
            "received": datetime(2026, 3, 5),
            "handed_over": "２０２６年3月6日",
            "concluded": 20260320,
            "document_number": NUMBER.lower() + " ",
            "document_kind": "居民身份证",
            "phone": 13900009999,
            "item": f" {ITEM} ",
            "mode": "人工 代办",
        }
    )
    assert said(dry) == [] and dry.good[0].received == date(2026, 3, 5)
    assert (dry.good[0].handed_over, dry.good[0].concluded) == (date(2026, 3, 6), date(2026, 3, 20))


def test_doubles_empty_rows_and_what_is_here_already(window: Window, typed: Look) -> None:
    other = {**someone(1), "acceptance_no": "41-A"}
    dry = typed(ROW, {}, ROW, other, {**someone(2), "acceptance_no": "41-a"})
    assert dry.empty == 1
    assert [said(dry, FIRST_LINE + place) for place in (0, 2, 3, 4)] == [
        [],
        [("applicant", "twice")],
        [],
        [("acceptance_no", "number_twice")],
    ]
    assert len(dry.good) == 2 and len(dry.wrong) == 2
    with pytest.raises(InputProblem) as refused:
        window.desk.register_import.take(dry)
    assert refused.value.key == "register_import.errors"
    window.desk.register_import.take(dry, leave_out_wrong=True)
    with pytest.raises(InputProblem) as refused:  # the same press a second time
        window.desk.register_import.take(dry, leave_out_wrong=True)
    assert refused.value.key == "register_import.here_now"
    again = typed(ROW, {**someone(3), "acceptance_no": "41-a"})
    assert said(again) == [("applicant", "here")] and said(again, FIRST_LINE + 1) == [("acceptance_no", "number_here")]


def test_a_void_case_may_come_again_under_another_number(window: Window, typed: Look) -> None:
    row = {name: ROW[name] for name in ("received", "applicant", "document_number", "item", "mode", "phone")}
    window.desk.register_import.take(typed(row))
    (first,) = all_rows(window.desk.registers, YEAR)
    window.desk.changes.void(first.case_id, "录错了")
    window.desk.register_import.take(typed(row))
    numbers = [parse_local_no(one.local_no).count for one in all_rows(window.desk.registers, YEAR)]
    assert numbers == [1, 2]


def test_rows_with_errors_are_given_back_and_read_again(window: Window, typed: Look, tmp_path: Path) -> None:
    dry = typed(ROW, {**someone(1), "received": "2026-13-01", "mode": "快递"})
    saved = window.desk.register_import.save_rest(dry, tmp_path)
    assert saved.count == 1
    rows = list(openpyxl.load_workbook(saved.file).worksheets[0].iter_rows(values_only=True))
    told = str(rows[FIRST_LINE - 1][-1]).split("；")
    assert told[0] == "收件日期：“2026-13-01”不是日期，请写成 2026-11-23 这样"
    assert told[1].startswith("办理方式：“快递”不是认得的办理方式") and len(told) == 2
    again = window.desk.register_import.look(saved.file)
    assert [row.typed.texts for row in again.rows] == [dry.wrong[0].typed.texts]
    kinds = [entry.kind for entry in window.audit_log.entries(5)]
    assert kinds[0] == "import_rest_saved"


good_or_bad = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from(
            [
                ({}, True),
                ({"phone": None}, True),
                ({"delivered": None, "receiver": None}, True),
                ({"received": "2026-3-5"}, True),
                ({"mode": "直办", "handed_over": None}, True),
                ({"received": "2027-01-01"}, False),
                ({"item": "没有这个事项"}, False),
                ({"document_number": "410422190402299991"}, False),
                ({"mode": ""}, False),
                ({"concluded": "2026-01-01"}, False),
            ]
        ),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(good_or_bad)
def test_any_mixture_names_exactly_the_bad_rows_and_all_of_the_good_come_or_none(
    window: Window, typed: Look, rows: Sequence[tuple[int, tuple[Mapping[str, object], bool]]]
) -> None:
    here = {(row.document_number, row.item) for row in all_rows(window.desk.registers, YEAR)}
    made, bad = [], set[int]()
    for place, (number, (change, right)) in enumerate(rows):
        row = {**someone(number), **change}
        made.append(row)
        key = (str(row["document_number"]), str(row["item"]))
        if not right or key in here:
            bad.add(FIRST_LINE + place)
        else:
            here.add(key)
    dry = typed(*made)
    assert {row.typed.line for row in dry.wrong} == bad
    before, count = everything(window), len(all_rows(window.desk.registers, YEAR))
    if bad:
        with pytest.raises(InputProblem):
            window.desk.register_import.take(dry)
        assert everything(window) == before
    if len(bad) < len(made):
        done = window.desk.register_import.take(dry, leave_out_wrong=bool(bad))
        assert done.count == len(made) - len(bad)
        assert len(all_rows(window.desk.registers, YEAR)) == count + done.count


@pytest.mark.parametrize("breaks", ["put_case", "append_event", "take_local_no"])
def test_what_breaks_in_the_middle_leaves_nothing(
    window: Window, typed: Look, monkeypatch: pytest.MonkeyPatch, breaks: str
) -> None:
    dry = typed(*(someone(number) for number in range(20)))
    before, calls = everything(window), [0]
    whole = getattr(SqlTransaction, breaks)

    def breaking(self: SqlTransaction, *given: object) -> object:
        calls[0] += 1
        if calls[0] == 13:
            raise OSError("the disk went away")
        return whole(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(SqlTransaction, breaks, breaking)
        with pytest.raises(OSError, match="disk went away"):
            window.desk.register_import.take(dry)
    assert calls[0] == 13 and everything(window) == before
    assert window.desk.register_import.take(dry).count == 20


def test_a_stop_in_the_middle_leaves_nothing(window: Window, typed: Look) -> None:
    dry = typed(*(someone(number) for number in range(40)))
    before, told = everything(window), list[int]()

    def stop(done: int, _total: int) -> None:
        told.append(done)
        if done >= 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        window.desk.register_import.take(dry, stop)
    assert told == [0, 20] and everything(window) == before


def test_two_thousand_rows_come_in_reasonable_time(window: Window, typed: Look) -> None:
    born = [f"{1930 + number // 40}{1 + number % 12:02d}0{1 + number % 9}" for number in range(2000)]
    rows = [{**ROW, "document_number": resident(f"410422{day}{number % 1000:03d}")} for number, day in enumerate(born)]
    began = time.monotonic()
    dry = typed(*rows)
    assert window.desk.register_import.take(dry, leave_out_wrong=bool(dry.wrong)).count > 1900
    assert time.monotonic() - began < 120  # far more than it takes: only what grows with the square is caught
    assert len(all_rows(window.desk.registers, YEAR)) == len(dry.good)
