"""Cells of workbooks: text stays text, whatever a villager, a clerk or a server wrote into it.

Every cell of every workbook is made here.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from villagedesk.domain.clock import SHANGHAI

LONGEST = 32_767
"""UTF-16 units a cell can hold (Excel specifications and limits)."""
_MORE = "\u2026"
# what XML 1.0 (2.2) has no place for, and the C1 controls, which show as nothing
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# read back as the character of that number (ECMA-376 part 1, 22.4.2.4); the underscore itself is written so
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED_UNDERSCORE = "_x005F_"
# what spreadsheets take for the beginning of a formula, also when a sheet is turned into CSV
_STARTS_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def text_cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """A cell that shows this text and never becomes a formula, a number, a date or an error.

    Control characters are left out; what is too long for a cell ends in an ellipsis.

    Args:
        sheet: of a write-only workbook.
    """
    cell = WriteOnlyCell(sheet)
    fit = fit_text(text)
    cell.value = fit
    cell.data_type = "s"  # after the value: openpyxl takes a text that begins with = for a formula
    cell.number_format = "@"
    cell.quotePrefix = fit.startswith(_STARTS_FORMULA)
    if bold:
        cell.font = Font(bold=True)
    return cell


def number_cell(sheet: Any, number: int) -> Any:
    """A cell that holds a whole number."""
    return WriteOnlyCell(sheet, value=int(number))


def moment_cell(sheet: Any, moment: datetime) -> Any:
    """A cell that shows a moment as it is in China, to the second; as text, so that no reader shifts it."""
    return text_cell(sheet, f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}")


def fit_text(text: str) -> str:
    """The text as a cell can hold it."""
    fit = _ESCAPE.sub(_ESCAPED_UNDERSCORE, _UNFIT.sub("", text))
    units = 0
    for place, character in enumerate(fit):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > LONGEST:
            return _shortened(fit, place)
    return fit


def _shortened(fit: str, place: int) -> str:
    """The first characters, with room for the mark of what is missing; ``place`` is the first that does not fit."""
    units = 0
    for start in range(place - 1, -1, -1):
        units += 2 if ord(fit[start]) > 0xFFFF else 1
        if units >= 1:
            return fit[:start] + _MORE
    return _MORE
