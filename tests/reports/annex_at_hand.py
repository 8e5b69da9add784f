"""Forms as villages send them in: made by the program, and typed by hand in every way people do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from villagedesk.domain.annex import AnnexRow
from villagedesk.domain.annex_words import HEADS, SAMPLE, TITLE

FULL = AnnexRow("下汤镇", "石桥村", True, True, True, 2, 1, 1, True, False, True, 2, True, "2023年新建")
BY_HAND = ("1", "下汤镇", "柳林村", "有", "√", "具备", "２台", "1", "无", "是", "×", "0", "3人", "正常", "")


def typed_form(file: Path, rows: Sequence[Sequence[object]], *, heads: Sequence[str] = tuple(HEADS.values())) -> Path:
    """A form typed by hand: a title over all columns, lines above the heads, the example, and notes beneath."""
    book = Workbook()
    sheet = book.active
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=15)
    sheet.append(["县（市、区）：鲁山县", None, None, None, None, "填表人：李四", None, None, "2026年11月20日"])
    sheet.append(list(heads))
    sheet.append(list(SAMPLE))
    for row in rows:
        sheet.append(list(row))
    sheet.append(["注：第一行为例。", *[None] * 14])
    last = sheet.max_row
    sheet.merge_cells(start_row=last, start_column=1, end_row=last, end_column=15)
    book.save(file)
    return file
