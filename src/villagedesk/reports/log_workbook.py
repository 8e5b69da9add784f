"""The station's log as a workbook, for whoever oversees the window; persons masked by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from villagedesk.reports.cells import moment_cell, number_cell, text_cell
from villagedesk.reports.sheet_file import SheetForm, write_sheet

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

    def fill(sheet: Any) -> int:
        for note in notes:
            sheet.append([text_cell(sheet, note)])
        sheet.append([text_cell(sheet, head, bold=True) for head in heads])
        count = 0
        for row in rows:
            texts = (text_cell(sheet, text) for text in (row.actor, row.what, row.local_no, row.person))
            sheet.append([number_cell(sheet, row.seq), moment_cell(sheet, row.at), *texts])
            count += 1
        return count

    return write_sheet(file, SheetForm(title, _WIDTHS, len(notes) + 1), fill)
