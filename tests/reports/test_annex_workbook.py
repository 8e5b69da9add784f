"""The annex form as a workbook: written, read again, and read from what villages typed by hand."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_annex import annex_rows
from tests.reports.annex_at_hand import BY_HAND, FULL, typed_form
from villagedesk.domain.annex import AnnexRow, Trouble, TroubleKind, missing
from villagedesk.domain.annex_words import FOOT, HEADS, SAMPLE, STAMP, TITLE
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.reports.annex_workbook import AnnexSheet, read_annex, write_annex

SHEET = AnnexSheet("鲁山县", "王会计", date(2026, 11, 23))


def test_the_sheet_reads_as_the_notices_form(tmp_path: Path) -> None:
    file = tmp_path / "表.xlsx"
    assert write_annex(file, SHEET, [FULL]) == 1
    lines = [
        [cell for cell in row if cell not in (None, "")]
        for row in openpyxl.load_workbook(file).active.iter_rows(values_only=True)
    ]
    assert lines[0] == [TITLE]
    assert lines[1] == ["县(市、区)：鲁山县", "填表人：王会计", "2026年11月23日"]
    assert lines[2] == list(HEADS.values())
    assert [str(one) for one in lines[3]] == list(SAMPLE[:14])
    assert lines[4] == [1, "下汤镇", "石桥村", "是", "是", "是", 2, 1, 1, "是", "否", "是", 2, "是", "2023年新建"]
    assert lines[5:] == [[FOOT], [STAMP]]


@settings(max_examples=40, deadline=None)
@given(st.lists(annex_rows, max_size=20))
def test_our_own_sheet_is_read_back_whole(rows: list[AnnexRow]) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        file = Path(folder) / "表.xlsx"
        write_annex(file, SHEET, rows)
        read = read_annex(file)
        assert [one.row for one in read.rows] == rows and read.samples == 1 and read.notes == 2
        assert [[one.column for one in row.troubles] for row in read.rows] == [list(missing(row)) for row in rows]
        # joined once more by the county: the same rows, whatever number they had
        write_annex(file, SHEET, [one.row for one in read.rows])
        assert Counter(one.row for one in read_annex(file).rows) == Counter(rows)


def test_a_form_typed_by_hand_is_understood(tmp_path: Path) -> None:
    read = read_annex(typed_form(tmp_path / "柳林村.xlsx", [BY_HAND]))
    (one,) = read.rows
    assert one.row == AnnexRow("下汤镇", "柳林村", True, True, True, 2, 1, 0, True, False, False, 3, True)
    assert (one.file, one.line, one.troubles) == ("柳林村.xlsx", 5, ())
    assert (read.samples, read.notes) == (1, 1)


def test_what_cannot_be_read_is_named_with_its_column(tmp_path: Path) -> None:
    wrong = (*BY_HAND[:3], "看情况", *BY_HAND[4:6], "两台", None, *BY_HAND[8:])
    (one,) = read_annex(typed_form(tmp_path / "a.xlsx", [wrong])).rows
    assert one.troubles == (
        Trouble(TroubleKind.NO_YES_NO, "own_premises", "看情况"),
        Trouble(TroubleKind.NO_NUMBER, "computers", "两台"),
        Trouble(TroubleKind.MISSING, "printers"),
    )
    assert (one.row.own_premises, one.row.computers, one.row.printers) == (None, None, None)


def test_merged_townships_sums_empty_rows_and_signatures(tmp_path: Path) -> None:
    file = typed_form(
        tmp_path / "下汤镇.xlsx",
        [
            BY_HAND,
            (2, None, "石桥村", *BY_HAND[3:]),
            [None] * 15,
            (3, "瓦屋镇", None, *BY_HAND[3:]),
            (4, None, None, *BY_HAND[3:]),
            ("合计", None, None, 4, 4, 4, 8, 4, 0, 4, 0, 0, 12, 4, None),
            (None, None, None, "审核人：张三", None, None, "填表人：李四"),
        ],
    )
    book = openpyxl.load_workbook(file)
    book.active.merge_cells("B5:B6")
    book.save(file)
    read = read_annex(file)
    assert [(one.row.township, one.row.village) for one in read.rows] == [
        ("下汤镇", "柳林村"),
        ("下汤镇", "石桥村"),
        ("瓦屋镇", ""),
        ("", ""),
    ]
    assert [one.line for one in read.rows] == [5, 6, 8, 9]
    assert read.rows[3].troubles == (Trouble(TroubleKind.NO_PLACE, "township"),)
    assert read.notes == 3


def test_columns_may_stand_in_another_order_and_one_may_lack(tmp_path: Path) -> None:
    order = [0, 2, 1, *range(3, 14)]
    heads = [list(HEADS.values())[place] for place in order]
    file = typed_form(tmp_path / "a.xlsx", [[BY_HAND[place] for place in order]], heads=heads)
    (one,) = read_annex(file).rows
    assert (one.row.township, one.row.village, one.row.note) == ("下汤镇", "柳林村", "") and not one.troubles


def test_another_table_is_no_form(tmp_path: Path) -> None:
    heads = ["姓名", "身份证号", "住址", *[""] * 12]
    with pytest.raises(InputProblem) as refused:
        read_annex(typed_form(tmp_path / "a.xlsx", [["张三", "1", "2"]], heads=heads))
    assert refused.value.key == "annex.no_table"


def test_a_head_that_stands_twice_is_refused(tmp_path: Path) -> None:
    heads = [*list(HEADS.values())[:14], " 打印机 数量"]
    with pytest.raises(InputProblem) as refused:
        read_annex(typed_form(tmp_path / "a.xlsx", [BY_HAND], heads=heads))
    assert refused.value.key == "annex.head_twice"


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    file = typed_form(tmp_path / "a.xlsx", [(number, "下汤镇", f"{number}村", *BY_HAND[3:]) for number in range(600)])
    with pytest.raises(Cancelled):
        read_annex(file, stop)
