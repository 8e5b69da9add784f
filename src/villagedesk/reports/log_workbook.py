"""The station's log as a workbook, for whoever oversees the window; persons masked by the caller."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook

from villagedesk.reports.cells import moment_cell, number_cell, text_cell
from villagedesk.store.files import PART_SUFFIX, problem_of, rename_durably

_WIDTHS = (9, 20, 14, 48, 20, 12)


@dataclass(frozen=True)
class LogRow:
    """One line of the log.

    Args:
        actor: who did it, in words.
        what: what was done, in words.
        local_no: of its case, "" when there is none.
        person: the applicant's name, masked; "" when there is none.
    """

    seq: int
    at: datetime
    actor: str
    what: str
    local_no: str
    person: str


def write_log(file: Path, title: str, notes: Sequence[str], heads: Sequence[str], rows: Iterable[LogRow]) -> int:
    """Write the workbook, whole or not at all; gives how many lines it holds. Memory does not grow with the log.

    Args:
        title: name of its sheet.
        notes: lines above the table.
        heads: names of the six columns.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    part = file.with_name(f"{file.name}{PART_SUFFIX}")
    try:
        with part.open("wb") as out:  # before anything is laid out: a folder that takes no file is told at once
            count = _write(out, title, notes, heads, rows)
            out.flush()
            os.fsync(out.fileno())
        rename_durably(part, file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise problem_of(error, file.parent) from error
    return count


def _write(out: BinaryIO, title: str, notes: Sequence[str], heads: Sequence[str], rows: Iterable[LogRow]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for column, width in zip("ABCDEF", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = f"A{len(notes) + 2}"
    for note in notes:
        sheet.append([text_cell(sheet, note)])
    sheet.append([text_cell(sheet, head, bold=True) for head in heads])
    count = 0
    for row in rows:
        texts = (text_cell(sheet, text) for text in (row.actor, row.what, row.local_no, row.person))
        sheet.append([number_cell(sheet, row.seq), moment_cell(sheet, row.at), *texts])
        count += 1
    book.save(out)
    return count
