"""Cells hold text as text: no formula, no control character, nothing longer than a cell."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from villagedesk.reports.cells import LONGEST, fit_text, text_cell


def written(folder: Path, text: str) -> tuple[object, str]:
    """A cell's value read back, and the sheet's XML."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("x")
    sheet.append([text_cell(sheet, text)])
    file = folder / "x.xlsx"
    book.save(file)
    with zipfile.ZipFile(file) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    return openpyxl.load_workbook(file)["x"]["A1"], xml


HOSTILE = [
    '=HYPERLINK("http://x.example","点我")',
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "#N/A",
    "2026-01-01",
    "00123",
    "TRUE",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_never_becomes_anything_else(tmp_path: Path, text: str) -> None:
    cell, xml = written(tmp_path, text)
    assert (cell.data_type, cell.number_format) == ("s", "@")  # type: ignore[attr-defined]
    assert str(cell.value).strip() == text.strip()  # type: ignore[attr-defined]
    assert "<f>" not in xml and 't="b"' not in xml and 't="e"' not in xml


@pytest.mark.parametrize("text", [text for text in HOSTILE if text[0] in "=+-@\t＝"])
def test_what_looks_like_a_formula_is_marked_as_text_for_editing_too(tmp_path: Path, text: str) -> None:
    cell, _ = written(tmp_path, text)
    assert cell.quotePrefix  # type: ignore[attr-defined]


def test_control_characters_and_hidden_escapes_are_gone(tmp_path: Path) -> None:
    cell, xml = written(tmp_path, "王\x00秀\x1b[31m英\ud800\x85\ufffe_x0007_")
    assert "王秀[31m英" in str(cell.value)  # type: ignore[attr-defined]
    assert "_x005F_x0007_" in xml


@pytest.mark.parametrize("character", ["中", "𠮷", "a"])
def test_too_long_a_text_is_cut_at_a_whole_character_and_says_so(character: str) -> None:
    fit = fit_text(character * 40_000)
    assert len(fit.encode("utf-16-le")) // 2 <= LONGEST
    assert fit.endswith("…") and set(fit[:-1]) == {character}
    whole = character * (LONGEST // (len(character.encode("utf-16-le")) // 2))
    assert fit_text(whole) == whole


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_written_and_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    cell, _ = written(tmp_path_factory.mktemp("cells"), text)
    assert cell.data_type in ("s", "n", "inlineStr")  # type: ignore[attr-defined]
    assert not isinstance(cell.value, int | float | bool)  # type: ignore[attr-defined]
