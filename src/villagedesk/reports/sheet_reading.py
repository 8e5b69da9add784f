"""Workbooks made elsewhere, read as rows of values, on the watch for what a stranger's file may be.

Formulas are taken by the value they had when the file was saved; of merged cells each has the value of all. Nothing of
a workbook is run, and no file of any size takes more memory than :data:`MOST_BYTES` allows.
"""

from __future__ import annotations

import re
import threading
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.progress import Progress, silent

Value = str | int | float | bool | date | datetime | time | timedelta | None
MOST_FILE_BYTES = 10_000_000
MOST_BYTES = 48_000_000
"""Of all parts unpacked."""
MOST_ROWS = 20_000
"""That have something in them, of one sheet."""
MOST_COLUMNS = 64
_MOST_PARTS = 2_000
_MOST_MERGED = 100_000
_LAST_ROW = 1_048_576
"""As the format has it."""
_TOLD_EVERY = 500
_CHINESE_DAYS = frozenset({*range(27, 32), 36, *range(50, 59)})
"""numFmtId of the formats for days (ECMA-376 part 1, 18.8.30, zh-cn)."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_QUIET = threading.Lock()
"""openpyxl warns of what it leaves aside; Python's list of warnings belongs to the whole process."""


@dataclass(frozen=True)
class SheetRow:
    """A row that has something in it.

    Args:
        number: as the spreadsheet program shows it, from 1.
        values: of its first columns; texts without blanks around them, "" for an empty cell.
    """

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class SheetRead:
    """A sheet: its name and its rows from above, none of them empty."""

    name: str
    rows: tuple[SheetRow, ...]


def read_workbook(file: Path, progress: Progress = silent) -> tuple[SheetRead, ...]:
    """The sheets that can be seen, in their order.

    Args:
        progress: told of rows, how many there are in all is not known.

    Raises:
        InputProblem: ``sheet.unreadable`` (the file cannot be opened), ``sheet.old_or_locked`` (an older format, or one
            with a password), ``sheet.not_one`` (no workbook at all, or a broken one), ``sheet.too_large``.
        Cancelled: out of ``progress``.
    """
    _look_first(file)
    try:
        with _QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            _know_chinese_days(book)
            try:
                sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
                return tuple(SheetRead(str(one.title), tuple(_rows(one, progress))) for one in sheets)
            finally:
                book.close()
    except Problem:
        raise
    except Exception as error:  # whatever openpyxl meets in a broken file ends nothing here (I11)
        raise InputProblem("sheet.not_one") from error


def _know_chinese_days(book: Any) -> None:
    """Let cells with the built-in formats for days that only Chinese spreadsheet programs have be days: openpyxl knows
    those of the other languages alone, and gives numbers."""
    chinese = (place for place, style in enumerate(book._cell_styles) if style.numFmtId in _CHINESE_DAYS)
    book._date_formats = {*book._date_formats, *chinese}


def _look_first(file: Path) -> None:
    """Refuse what need not be unpacked to be refused."""
    try:
        with file.open("rb") as opened:
            start = opened.read(8)
        if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # the container of .xls, and of workbooks with a password
            raise InputProblem("sheet.old_or_locked")
        if file.stat().st_size > MOST_FILE_BYTES:
            raise InputProblem("sheet.too_large")
        with zipfile.ZipFile(file) as parts:
            sizes = [one.file_size for one in parts.infolist()]
    except OSError as error:
        raise InputProblem("sheet.unreadable") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputProblem("sheet.not_one") from error
    if len(sizes) > _MOST_PARTS or sum(sizes) > MOST_BYTES:
        raise InputProblem("sheet.too_large")


def _rows(sheet: Any, progress: Progress) -> Iterator[SheetRow]:
    sheet.reset_dimensions()  # what the file says of its own size is not to be relied on
    merged, held = _merged(sheet), dict[tuple[int, int], Value]()
    count = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        if number > _LAST_ROW:
            raise InputProblem("sheet.too_large")
        if number % _TOLD_EVERY == 0:
            progress(0, 0)
        values = [_plain(one) for one in cells]
        for column in range(len(values)):
            first = merged.get((number, column))
            if first == (number, column):
                held[first] = values[column]
            elif first is not None:
                values[column] = held.get(first, "")
        if all(one == "" for one in values):
            continue
        count += 1
        if count > MOST_ROWS:
            raise InputProblem("sheet.too_large")
        yield SheetRow(number, tuple(values))


def _merged(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Of each merged cell (row from 1, column from 0) the one whose value it shows."""
    with sheet._get_source() as source:  # openpyxl does not tell of them where it reads row by row
        data = source.read()
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for left, top, right, bottom in _MERGED.findall(data):
        first_column, last_column = (column_index_from_string(one.decode()) - 1 for one in (left, right))
        first_row, last_row = int(top), int(bottom)
        columns = range(first_column, min(last_column, MOST_COLUMNS - 1) + 1)
        if len(found) + (last_row - first_row + 1) * len(columns) > _MOST_MERGED:
            raise InputProblem("sheet.too_large")
        for row in range(first_row, last_row + 1):
            found |= {(row, column): (first_row, first_column) for column in columns}
    return found


def _plain(value: object) -> Value:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | int | float | datetime | date | time | timedelta):
        return value
    return str(value).strip()


def text_of(value: Value) -> str:
    """A value as a person reads it in its cell: whole numbers without a point, days as 2026-11-23."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{int(value)}" if value.is_integer() and abs(value) < 1e15 else f"{value}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def first_filled(values: Sequence[Value]) -> str:
    """The first text in a row that is none of "", as text."""
    return next((text for one in values if (text := text_of(one))), "")
