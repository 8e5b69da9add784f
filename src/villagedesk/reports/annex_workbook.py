"""The annex form as a workbook, and back: our own files, and ones typed by hand in the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from villagedesk.domain.annex import ANSWERS, COLUMNS, COUNTS, AnnexRow, SentRow, cell_text, read_row
from villagedesk.domain.annex_words import (
    COUNTY,
    FILLED_BY,
    FOOT,
    HEADS,
    SAMPLE,
    STAMP,
    TITLE,
    day_words,
    head_of,
    is_total,
)
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.reports.cells import number_cell, text_cell
from villagedesk.reports.sheet_file import SheetForm, write_sheet
from villagedesk.reports.sheet_reading import SheetRead, SheetRow, first_filled, read_workbook, text_of

_WIDTHS = (6, 14, 14, 10, 10, 10, 9, 9, 9, 10, 10, 11, 9, 10, 24)
_HEAD_ROW = 3
_NEEDED = ("township", "village", "computers")
"""Without these heads it is another table."""
_LEAST_HEADS = 8


@dataclass(frozen=True)
class AnnexSheet:
    """All that stands on the form besides its rows.

    Args:
        county: 县(市、区).
        filled_by: 填表人.
        day: on which it was filled in.
    """

    county: str
    filled_by: str
    day: date


@dataclass(frozen=True)
class AnnexRead:
    """What a file says.

    Args:
        rows: all but those counted below, also ones with answers and under no village's name: that is their trouble.
        samples: how many rows were the form's own example.
        notes: how many rows below the heads were remarks, sums, signatures: no village's.
        unread: heads no column of the form is known by, with something in a village's row.
    """

    rows: tuple[SentRow, ...]
    samples: int
    notes: int
    unread: tuple[str, ...] = ()


def write_annex(file: Path, sheet: AnnexSheet, rows: Sequence[AnnexRow]) -> int:
    """Write it, whole or not at all; gives how many rows it holds besides the example.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """

    def fill(made: Any) -> int:
        blank = text_cell(made, "")
        made.append([text_cell(made, TITLE, bold=True)])
        about = [text_cell(made, f"{COUNTY}{sheet.county}"), *[blank] * 5]
        about += [text_cell(made, f"{FILLED_BY}{sheet.filled_by}"), *[blank] * 5]
        made.append([*about, text_cell(made, day_words(sheet.day))])
        made.append([text_cell(made, head, bold=True) for head in HEADS.values()])
        made.append([number_cell(made, int(one)) if one.isdecimal() else text_cell(made, one) for one in SAMPLE])
        for number, row in enumerate(rows, start=1):
            made.append([number_cell(made, number), *(_cell(made, row, name) for name in COLUMNS)])
        made.append([text_cell(made, FOOT)])
        made.append([*[blank] * 12, text_cell(made, STAMP)])
        return len(rows)

    return write_sheet(file, SheetForm(TITLE, _WIDTHS, _HEAD_ROW, wide=True), fill)


def read_annex(file: Path, progress: Progress = silent, called: str = "") -> AnnexRead:
    """The rows of a file.

    Args:
        called: what the file is called in its rows, its own name unless given.

    Raises:
        InputProblem: ``annex.no_table`` where no sheet has such heads, ``annex.head_twice`` (``head``); what
            :func:`villagedesk.reports.sheet_reading.read_workbook` raises.
        Cancelled: out of ``progress``.
    """
    tables = [(sheet, found) for sheet in read_workbook(file, progress) if (found := _heads(sheet)) is not None]
    if not tables:
        raise InputProblem("annex.no_table")
    rows: list[SentRow] = []
    samples = notes = 0
    unread: dict[str, None] = {}
    for sheet, (head_line, columns) in tables:
        name = called or file.name
        name = name if len(tables) == 1 else f"{name}〔{sheet.name}〕"
        heads = next(line for line in sheet.rows if line.number == head_line)
        strange = {place: head for place, value in enumerate(heads.values) if (head := _strange(text_of(value)))}
        for line in sheet.rows:
            if line.number <= head_line:
                continue
            cells = {one: text_of(line.values[place]) for one, place in columns.items() if one != "number"}
            if _is_note(line):
                notes += 1
                continue
            read = read_row(name, line.number, cells)
            if read is None:
                samples += 1
            elif _says_nothing(read.row):
                notes += 1
            else:
                rows.append(read)
                unread |= {head: None for place, head in strange.items() if line.values[place] != ""}
    return AnnexRead(tuple(rows), samples, notes, tuple(unread))


def _cell(sheet: Any, row: AnnexRow, name: str) -> Any:
    value = getattr(row, name)
    if name in COUNTS and value is not None:
        return number_cell(sheet, value)
    return text_cell(sheet, cell_text(row, name))


def _heads(sheet: SheetRead) -> tuple[int, dict[str, int]] | None:
    """Number of the row of heads, and which column stands where."""
    for line in sheet.rows:
        columns: dict[str, int] = {}
        for place, value in enumerate(line.values):
            name = head_of(text_of(value))
            if name and name in columns and line.values[columns[name]] != value:
                raise InputProblem("annex.head_twice", head=HEADS[name])
            if name:
                columns.setdefault(name, place)
        if len(columns) >= _LEAST_HEADS and all(one in columns for one in _NEEDED):
            return line.number, columns
    return None


def _strange(head: str) -> str:
    """A head that is none of the form's, "" for one that is."""
    return "" if head_of(head) else head


def _is_note(line: SheetRow) -> bool:
    """Whether a row is no village's: a sum, or words that run across merged cells."""
    filled = [text for value in line.values if (text := text_of(value))]
    return is_total(first_filled(line.values)) or (len(filled) > 1 and len(set(filled)) == 1 and len(filled[0]) > 1)


def _says_nothing(row: AnnexRow) -> bool:
    """Whether no village is named and nothing under the heads can be taken for an answer: signatures, remarks."""
    return not row.township and not row.village and all(getattr(row, one) is None for one in ANSWERS)
