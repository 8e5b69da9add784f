"""A paper register as it is typed into the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from tests.domain.identity_numbers import resident
from villagedesk.domain.register_import import COLUMNS

ITEM = "城乡居民基本医疗保险参保登记"
NUMBER = resident("41042219640229999")
ROW: Mapping[str, object] = {
    "received": "2026-03-05",
    "applicant": "王秀英",
    "document_number": NUMBER,
    "phone": "13900009999",
    "address": "柳林村一组",
    "item": ITEM,
    "mode": "人工代办",
    "papers": "3 份",
    "handed_over": "2026-03-06",
    "result": "准予",
    "concluded": "2026-03-20",
    "receiver": "本人",
    "delivered": "2026-03-22",
    "note": "雨天送去的",
}
"""A case that is through."""
FIRST_LINE = 7
"""Of the template, beneath its explanations."""


def filled(template: Path, rows: Sequence[Mapping[str, object]], to: Path) -> Path:
    """The template with these rows typed into it, from :data:`FIRST_LINE` on; an empty one leaves its line empty."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    for number, row in enumerate(rows):
        for name, value in row.items():
            sheet.cell(FIRST_LINE + number, COLUMNS.index(name) + 1).value = value
    book.save(to)
    return to


def someone(number: int) -> dict[str, object]:
    """A right row of another person."""
    return {**ROW, "document_number": resident(f"410422{1950 + number % 40}0101{number % 1000:03d}")}
