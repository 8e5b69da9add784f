"""Workbooks of strangers: read as values, refused in words where they are none, too large or hostile."""

from __future__ import annotations

import zipfile
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from villagedesk.domain.problems import InputProblem
from villagedesk.reports import sheet_reading
from villagedesk.reports.sheet_reading import read_workbook, text_of


def refusal(file: Path) -> str:
    with pytest.raises(InputProblem) as refused:
        read_workbook(file)
    return refused.value.key


def test_values_are_as_they_stand(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append([" 字 ", 2, 2.0, 1.5, datetime(2026, 11, 23), True, None])
    sheet.append([None] * 7)
    sheet.append(["合", None, "=1+1"])
    sheet.merge_cells("A3:B4")
    hidden = book.create_sheet("藏")
    hidden.sheet_state = "hidden"
    file = tmp_path / "a.xlsx"
    book.save(file)
    (read,) = read_workbook(file)
    assert [row.number for row in read.rows] == [1, 3, 4]
    assert [text_of(one) for one in read.rows[0].values[:7]] == ["字", "2", "2", "1.5", "2026-11-23", "1", ""]
    assert [text_of(one) for one in read.rows[1].values[:3]] == ["合", "合", ""]  # a formula nobody reckoned is empty
    assert [text_of(one) for one in read.rows[2].values[:2]] == ["合", "合"]


@pytest.mark.parametrize(
    ("format_id", "is_day"), [(14, True), (27, True), (31, True), (57, True), (58, True), (2, False)]
)
def test_days_in_chinese_programs_own_formats_are_days(tmp_path: Path, format_id: int, is_day: bool) -> None:
    book = Workbook()
    cell = book.active.cell(1, 1)
    cell.value, cell.number_format = 46086, "0.000"  # a format of its own, in whose place the built-in one is put
    plain, file = tmp_path / "plain.xlsx", tmp_path / "a.xlsx"
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/styles.xml":
                assert data.count(b'numFmtId="164" fontId') == 1
                data = data.replace(b'numFmtId="164" fontId', f'numFmtId="{format_id}" fontId'.encode())
            new.writestr(part, data)
    (read,) = read_workbook(file)
    assert text_of(read.rows[0].values[0]) == ("2026-03-05" if is_day else "46086")


def test_what_is_no_workbook_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    for content, key in (
        (b"", "sheet.not_one"),
        (b"PK\x03\x04 cut off", "sheet.not_one"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "sheet.old_or_locked"),
        (b"a,b\n1,2", "sheet.not_one"),
    ):
        file.write_bytes(content)
        assert refusal(file) == key
    assert refusal(tmp_path / "gone.xlsx") == "sheet.unreadable"
    assert refusal(tmp_path) == "sheet.unreadable"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(file) == "sheet.not_one"


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(sheet_reading.MOST_BYTES + 1))
    assert refusal(file) == "sheet.too_large"
    book = Workbook()
    for number in range(30):
        book.active.append([number])
    book.save(file)
    monkeypatch.setattr(sheet_reading, "MOST_ROWS", 20)
    assert refusal(file) == "sheet.too_large"


def test_rows_and_columns_far_away_are_left_alone(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "头"
    book.active["XFD1"] = "远"
    book.active["A1048576"] = "底"
    file = tmp_path / "a.xlsx"
    book.save(file)
    (read,) = read_workbook(file)
    assert [row.number for row in read.rows] == [1, 1_048_576] and len(read.rows[0].values) == 64


@cache
def some_workbook() -> bytes:
    """The same each time: the time of its making stands in a workbook, and its length hangs on it."""
    book, file = Workbook(), BytesIO()
    for number in range(20):
        book.active.append([number, "字", datetime(2026, 1, 1)])
    book.save(file)
    return file.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_ends_nothing(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    file = tmp_path_factory.getbasetemp() / "damaged.xlsx"
    raw = bytearray(some_workbook())
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=12)):
        raw[place] = data.draw(st.integers(0, 255))
    file.write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))]) if data.draw(st.booleans()) else bytes(raw))
    try:
        read_workbook(file)
    except InputProblem as problem:
        assert problem.key.startswith("sheet.")
