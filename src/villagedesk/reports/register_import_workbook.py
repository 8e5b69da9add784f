"""The template for a paper register to be typed into, reading what was typed, and rows given back to be mended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.register_import import COLUMNS, Typed
from villagedesk.domain.typed_text import fold_digits
from villagedesk.reports.cells import text_cell
from villagedesk.reports.sheet_file import SheetForm, write_sheet
from villagedesk.reports.sheet_reading import SheetRead, SheetRow, Value, read_workbook, text_of

_WIDTHS = (13, 12, 14, 22, 15, 26, 34, 12, 14, 13, 24, 12, 13, 12, 13, 26)
_NEEDED = ("received", "applicant", "item")
_LEAST_HEADS = 5
_LAST_LINE = 5_000
"""To which the choice lists reach."""
_KEPT_DIGITS = 15
"""Of a number, by spreadsheet programs (IEEE 754 double precision)."""
_LONG_NUMBERS = ("document_number", "acceptance_no", "phone")
_POWER = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+")
_HINTS_ALIKE = 3


@dataclass(frozen=True)
class TemplateWords:
    """What stands in the template, by the names of the columns.

    Args:
        title: of the sheet, and above the table.
        notes: lines beneath the title.
        heads: the columns' names.
        hints: what is to be typed into each, in the row beneath.
        choices: what can be chosen in a column; short ones only.
        items_title: of the sheet that lists the items.
        items: names to choose from.
        trouble: head of the column that says what is wrong, for rows given back.
    """

    title: str
    notes: Sequence[str]
    heads: Mapping[str, str]
    hints: Mapping[str, str]
    choices: Mapping[str, Sequence[str]]
    items_title: str
    items: Sequence[str]
    trouble: str


@dataclass(frozen=True)
class TypedRegister:
    """What a file says.

    Args:
        empty: how many rows between the first and the last have nothing in them.
        unread: heads no column is known by, with something beneath.
    """

    rows: tuple[Typed, ...]
    empty: int
    unread: tuple[str, ...] = ()


def write_template(file: Path, words: TemplateWords) -> None:
    """Write it empty, whole or not at all. Raises EnvironmentProblem ``store.disk_full``, ``store.write_failed``."""
    _write(file, words, (), ())


def write_rest(file: Path, words: TemplateWords, rows: Sequence[Typed], troubles: Sequence[str]) -> int:
    """The template with rows in it, and what is wrong with each behind it; gives how many there are.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    return _write(file, words, rows, troubles)


def read_register(file: Path, words: TemplateWords, progress: Progress = silent) -> TypedRegister:
    """The rows that were typed.

    Raises:
        InputProblem: ``register_import.no_table`` where no sheet has such heads, ``register_import.head_twice``
            (``head``), ``register_import.two_tables`` (``names``) where more than one sheet is filled in; what
            :func:`villagedesk.reports.sheet_reading.read_workbook` raises.
        Cancelled: out of ``progress``.
    """
    known = {_plain(head): name for name, head in words.heads.items()}
    found = [(sheet, heads) for sheet in read_workbook(file, progress) if (heads := _heads(sheet, known, words))]
    if not found:
        raise InputProblem("register_import.no_table")
    read = {sheet.name: _typed(sheet, *heads, words) for sheet, heads in found}
    filled = [name for name, one in read.items() if one.rows]
    if len(filled) > 1:  # rows are told by their number alone, and none may be lost without a word
        raise InputProblem("register_import.two_tables", names="、".join(filled))
    return read[filled[0]] if filled else TypedRegister((), 0)


def _write(file: Path, words: TemplateWords, rows: Sequence[Typed], troubles: Sequence[str]) -> int:
    names = [words.heads[name] for name in COLUMNS] + ([words.trouble] if rows else [])

    def fill(sheet: Any) -> int:
        listed = sheet.parent.create_sheet(words.items_title)
        for name in words.items:
            listed.append([text_cell(listed, name)])
        sheet.append([text_cell(sheet, words.title, bold=True)])
        for note in words.notes:
            sheet.append([text_cell(sheet, note)])
        sheet.append([text_cell(sheet, name, bold=True) for name in names])
        sheet.append([text_cell(sheet, words.hints[name]) for name in COLUMNS])
        for row, trouble in zip(rows, troubles, strict=True):
            sheet.append([text_cell(sheet, row.texts.get(name, "")) for name in COLUMNS] + [text_cell(sheet, trouble)])
        first = len(words.notes) + 4
        items = f"'{words.items_title}'!$A$1:$A${max(1, len(words.items))}"
        formulas = {name: f'"{",".join(choices)}"' for name, choices in words.choices.items()} | {"item": items}
        for name, formula in formulas.items():
            column = get_column_letter(COLUMNS.index(name) + 1)
            # typing something else is told when it is read, with its reason
            choice = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=False)
            choice.add(f"{column}{first}:{column}{_LAST_LINE}")
            sheet.data_validations.append(choice)
        return len(rows)

    widths = [*_WIDTHS, *([60] if rows else [])]
    form = SheetForm(words.title, widths, len(words.notes) + 2, wide=True, text=True)
    return write_sheet(file, form, fill)


def _heads(sheet: SheetRead, known: Mapping[str, str], words: TemplateWords) -> tuple[int, dict[str, int]] | None:
    """Number of the row of heads, and which column stands where."""
    for line in sheet.rows:
        columns: dict[str, int] = {}
        for place, value in enumerate(line.values):
            name = known.get(_plain(text_of(value)), "")
            if name in columns and line.values[columns[name]] != "" and name:
                raise InputProblem("register_import.head_twice", head=words.heads[name])
            if name:
                columns[name] = place
        if len(columns) >= _LEAST_HEADS and all(one in columns for one in _NEEDED):
            return line.number, columns
    return None


def _typed(sheet: SheetRead, head_line: int, columns: Mapping[str, int], words: TemplateWords) -> TypedRegister:
    rows: list[Typed] = []
    heads = next(line for line in sheet.rows if line.number == head_line)
    strange = {
        place: head
        for place, value in enumerate(heads.values)
        if (head := text_of(value)) and place not in columns.values() and _plain(head) != _plain(words.trouble)
    }
    unread: dict[str, None] = {}
    for line in sheet.rows:
        if line.number <= head_line:
            continue
        unread |= {head: None for place, head in strange.items() if line.values[place] != ""}
        texts = {name: text_of(line.values[place]) for name, place in columns.items()}
        if not any(texts.values()) or _is_hints(texts, words):
            continue
        rows.append(Typed(line.number, texts, _ruined(line, columns, texts)))
    span = rows[-1].line - rows[0].line + 1 if rows else 0
    return TypedRegister(tuple(rows), span - len(rows), tuple(unread))


def _is_hints(texts: Mapping[str, str], words: TemplateWords) -> bool:
    """Whether it is the template's own row of explanations; in a form of fewer columns, all that there are."""
    return sum(bool(text) and text == words.hints[name].strip() for name, text in texts.items()) >= _HINTS_ALIKE


def _ruined(line: SheetRow, columns: Mapping[str, int], texts: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        name for name in _LONG_NUMBERS if name in columns and _is_ruined(line.values[columns[name]], texts[name])
    )


def _is_ruined(value: Value, text: str) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(value) >= 10**_KEPT_DIGITS or value != int(value)
    return _POWER.fullmatch(fold_digits(text)) is not None


def _plain(head: str) -> str:
    """A head without what is in brackets, and without blanks."""
    return re.sub(r"\(.*?\)|\s|\u3000|[*:]", "", fold_digits(head))
