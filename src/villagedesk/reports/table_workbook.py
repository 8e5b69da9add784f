"""Registers and lists as workbooks: a title, what it is about, names of columns, rows, a foot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from villagedesk.reports.cells import number_cell, text_cell
from villagedesk.reports.sheet_file import SheetForm, write_sheets


@dataclass(frozen=True)
class TableForm:
    """All but the rows.

    Args:
        title: of the sheet, and in bold above the table.
        notes: lines beneath the title: whose it is, of what time, when it was written.
        columns: their names and widths in characters.
    """

    title: str
    notes: Sequence[str]
    columns: Sequence[tuple[str, float]]


def write_table(file: Path, form: TableForm, rows: Iterable[Sequence[str | int]], foot: Callable[[int], str]) -> int:
    """Write it, whole or not at all; gives how many rows it holds. Memory does not grow with them.

    Args:
        rows: words stay words, whatever they look like; whole numbers are numbers.
        foot: gives what stands beneath the rows, from how many there are.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
        Problem: what ``rows`` raises. Nothing is left then.
    """

    return write_tables(file, ((form, rows, foot),))


def write_tables(
    file: Path, tables: Sequence[tuple[TableForm, Iterable[Sequence[str | int]], Callable[[int], str] | None]]
) -> int:
    """The same with a sheet for each table, in their order; gives how many rows they hold together.

    Args:
        tables: all but the rows, the rows, and what stands beneath them, None for nothing.
    """
    return write_sheets(file, [(_sheet_of(form), _filling(form, rows, foot)) for form, rows, foot in tables])


def _sheet_of(form: TableForm) -> SheetForm:
    return SheetForm(form.title, [width for _, width in form.columns], len(form.notes) + 2, wide=True)


def _filling(
    form: TableForm, rows: Iterable[Sequence[str | int]], foot: Callable[[int], str] | None
) -> Callable[[Any], int]:
    def fill(sheet: Any) -> int:
        sheet.append([text_cell(sheet, form.title, bold=True)])
        for note in form.notes:
            sheet.append([text_cell(sheet, note)])
        sheet.append([text_cell(sheet, name, bold=True) for name, _ in form.columns])
        count = 0
        for row in rows:
            sheet.append([number_cell(sheet, one) if isinstance(one, int) else text_cell(sheet, one) for one in row])
            count += 1
        if foot is not None:
            sheet.append([text_cell(sheet, foot(count))])
        return count

    return fill
