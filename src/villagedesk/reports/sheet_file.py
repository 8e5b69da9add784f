"""A workbook of one sheet or several, written row by row, whole or not at all; memory does not grow with its rows.

openpyxl lays the rows aside in the system's temporary folder meanwhile, where persons' data would be left after a crash
(I8). Here they lie beside the workbook itself, in the folder the clerk chose for it, and nowhere else.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.properties import PageSetupProperties

from villagedesk.store.files import PART_SUFFIX, problem_of, rename_durably


@dataclass(frozen=True)
class SheetForm:
    """How a sheet looks.

    Args:
        title: its name.
        widths: of its columns, in characters.
        head_row: the row with the columns' names, from 1; it stays in sight and is repeated on every printed page.
        wide: printed across the paper, as many pages high as it needs.
        text: what is typed into its columns stays text: a long number keeps all its digits.
    """

    title: str
    widths: Sequence[float]
    head_row: int
    wide: bool = False
    text: bool = False


def write_sheet(file: Path, form: SheetForm, fill: Callable[[Any], int]) -> int:
    """Write the workbook; gives what ``fill`` gives, which appends the rows, made of :mod:`villagedesk.reports.cells`.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
        Problem: what ``fill`` raises. Nothing is left then.
    """
    return write_sheets(file, ((form, fill),))


def write_sheets(file: Path, sheets: Sequence[tuple[SheetForm, Callable[[Any], int]]]) -> int:
    """The same with several sheets, in their order; gives the sum of what is given."""
    part = file.with_name(f"{file.name}{PART_SUFFIX}")
    names = ["rows", *(f"rows{number}" for number in range(2, len(sheets) + 1))]
    rows = [file.with_name(f"{file.name}.{name}{PART_SUFFIX}") for name in names]
    try:
        with part.open("wb") as out:  # before anything is laid out: a folder that takes no file is told at once
            book = Workbook(write_only=True)
            begun: list[tuple[Any, _RowsBeside]] = []
            try:
                count = 0
                for (form, fill), beside in zip(sheets, rows, strict=True):
                    sheet = book.create_sheet(form.title)
                    _set_up(sheet, form)
                    sheet._writer = writer = _RowsBeside(sheet, str(beside))
                    begun.append((sheet, writer))
                    writer.write_top()
                    count += fill(sheet)
                book.save(out)
            except BaseException:
                for sheet, writer in begun:
                    with contextlib.suppress(Exception):  # it is half a file, and goes
                        if sheet._rows is not None:
                            sheet._rows.close()
                        writer.xf.close()
                raise
            out.flush()
            os.fsync(out.fileno())
        rename_durably(part, file)
    except BaseException as error:
        for left in (part, *rows):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise problem_of(error, file.parent) from error
        raise
    return count


_A4 = 9
"""As the format numbers papers (ECMA-376 part 1, 18.3.1.63)."""


class _RowsBeside(WorksheetWriter):  # type: ignore[misc]
    """openpyxl's own, with its rows in a file of our choice."""

    def cleanup(self) -> None:
        """They are in the workbook now."""
        Path(self.out).unlink()


def _set_up(sheet: Any, form: SheetForm) -> None:
    for number, width in enumerate(form.widths, start=1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width = width
        if form.text:
            column.number_format = "@"
    sheet.freeze_panes = f"A{form.head_row + 1}"
    sheet.print_title_rows = f"{form.head_row}:{form.head_row}"
    if form.wide:
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = _A4
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToHeight = 0
