"""Registers as workbooks: text stays text whatever a villager is called, whole or not at all, nothing elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.papers.test_proxy_register import ROW, rows
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.register_row import COLUMNS, RegisterRow
from villagedesk.reports.cells import fit_text
from villagedesk.reports.register_workbook import write_register

NAMES = [f"栏{number}" for number in range(len(COLUMNS))]
_HEADS = 4
hostile = st.one_of(
    st.sampled_from(
        [
            "=cmd|' /C calc'!A0",
            '=HYPERLINK("http://x.example")',
            "+1+1",
            "-2",
            "@SUM(A1)",
            "\t=1",
            "＝1",
            "410421199001011234",
            "00123",
            "1e5",
            "TRUE",
            "#N/A",
            "2026-01-01",
            "{count}",
            "_x0041_",
            "王\x00\x1b英",
            "𠮷𬍛" * 30,
            "名" * 60,
            "",
        ]
    ),
    st.text(max_size=60),
)


def write(file: Path, some: Iterator[RegisterRow] | tuple[RegisterRow, ...]) -> int:
    notes = ("站点", "时间", "=制表")
    return write_register(file, "代办台账", notes, NAMES, some, lambda count: f"共 {count} 件")


@settings(max_examples=40, deadline=None)
@given(st.lists(hostile, min_size=len(COLUMNS) - 1, max_size=len(COLUMNS) - 1))
def test_no_value_becomes_a_formula_a_number_or_a_date(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        file = Path(folder) / "x.xlsx"
        assert write(file, (RegisterRow(7, "c", *texts), ROW)) == 2
        sheet = openpyxl.load_workbook(file)["代办台账"]
        table = list(sheet.iter_rows(min_row=_HEADS + 2, max_row=_HEADS + 3))
    assert table[0][0].value == 7 and table[0][0].data_type == "n"
    for text, cell in zip(texts, table[0][1:], strict=True):
        assert cell.data_type != "f" and (cell.value is None or isinstance(cell.value, str))
        kept = str(cell.value or "").replace("\r\n", "\n").replace("\r", "\n")
        assert kept == fit_text(text).replace("\r\n", "\n").replace("\r", "\n")
        assert cell.number_format == "@"
        assert bool(cell.quotePrefix) == text_starts_one(text)


def text_starts_one(text: str) -> bool:
    return fit_text(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))


def test_it_says_whose_it_is_and_how_many_and_its_heads_stay(tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    assert write(file, rows(300)) == 300
    sheet = openpyxl.load_workbook(file)["代办台账"]
    told = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in told[:4]] == ["代办台账", "站点", "时间", "=制表"]
    assert list(told[4]) == NAMES
    assert len(told) == _HEADS + 1 + 300 + 1 and told[-1][0] == "共 300 件"
    assert sheet.freeze_panes == "A6" and sheet.print_title_rows == "$5:$5"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.column_dimensions["G"].width == 34
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx"]


def test_rows_lie_beside_the_workbook_meanwhile_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I8: a crash leaves nothing of anybody in the system's temporary folder."""
    aside, out = tmp_path / "aside", tmp_path / "out"
    aside.mkdir()
    out.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    seen: list[set[str]] = []

    def some() -> Iterator[RegisterRow]:
        for row in rows(50):
            seen.append({path.name for path in tmp_path.rglob("*") if path.is_file()})
            yield row

    write(out / "x.xlsx", some())
    assert seen[-1] == {"x.xlsx.part", "x.xlsx.rows.part"}
    assert list(aside.iterdir()) == [] and [path.name for path in out.iterdir()] == ["x.xlsx"]


@pytest.mark.parametrize("at", [0, 1, 700])
def test_stopped_half_way_nothing_is_left(tmp_path: Path, at: int) -> None:
    older = tmp_path / "x.xlsx"
    older.write_bytes(b"older")

    def some() -> Iterator[RegisterRow]:
        for number, row in enumerate(rows(1000)):
            if number == at:
                raise Cancelled
            yield row

    with pytest.raises(Cancelled):
        write(older, some())
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx"] and older.read_bytes() == b"older"


def test_a_folder_that_takes_no_file_is_told_before_any_row_is_read(tmp_path: Path) -> None:
    def some() -> Iterator[RegisterRow]:
        raise AssertionError("read")
        yield ROW

    with pytest.raises(EnvironmentProblem, match=r"store\.write_failed"):
        write(tmp_path / "no such folder" / "x.xlsx", some())


def test_a_sixty_character_name_stands_there_whole(tmp_path: Path) -> None:
    name = "艾" * 59 + "𬍛"
    write(tmp_path / "x.xlsx", (replace(ROW, applicant=name),))
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["代办台账"]
    assert sheet.cell(_HEADS + 2, 4).value == name
