"""Annex form 基础设施和人员情况统计表: one station's row, or those of many, for the county to stamp (domain.md, 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from villagedesk.domain.annex import COLUMNS, AnnexRow, cell_text
from villagedesk.domain.annex_words import COUNTY, FILLED_BY, FOOT, HEADS, SAMPLE, STAMP, TITLE, day_words
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import Form, Frame, draw_form
from villagedesk.papers.layout import Block, Cell, Gap, Row, Table, TextStyle, Together
from villagedesk.papers.sheet import A4, SheetSize

_WIDTH = 277.0
_FRAME = Frame(SheetSize(A4.height_mm, A4.width_mm), 10.0, 12.0, _WIDTH, 180.0)
_TITLE = TextStyle(18.0, bold=True)
_ABOUT = TextStyle(11.0)
_HEAD = TextStyle(9.0, leading=1.25, bold=True)
_CELL = TextStyle(9.5, leading=1.3)
_SAMPLE = TextStyle(9.5, leading=1.3, grey=0.35)
_WIDTHS = (10.0, 25.0, 27.0, 16.0, 17.0, 17.0, 16.0, 15.0, 15.0, 16.0, 18.0, 19.0, 16.0, 17.0, 33.0)
_WORDS = frozenset({"township", "village", "note"})


@dataclass(frozen=True)
class AnnexContent:
    """All that the form says.

    Args:
        rows: of villages and townships, in their order; the example stands above them.
        day: on which it was filled in.
        practice: the paper is marked as an exercise without force.
    """

    county: str
    filled_by: str
    day: date
    rows: tuple[AnnexRow, ...]
    practice: bool = False


def render(content: AnnexContent, fonts: FontSet) -> bytes:
    """The form as a PDF of A4 sheets across; the columns' names stand on each."""
    many = len(content.rows) > 1
    foot = f"共 {len(content.rows)} 个村（社区）、乡镇（街道）" if many else ""
    return draw_form(fonts, Form(TITLE, _FRAME, _body(content), foot=foot, practice=content.practice, numbered=many))


def _body(content: AnnexContent) -> Sequence[Block]:
    rows = [_line(SAMPLE, _SAMPLE)]
    for number, row in enumerate(content.rows, start=1):
        rows.append(_line((str(number), *(cell_text(row, name) for name in COLUMNS)), _CELL))
    return [
        Row((Cell(TITLE, _WIDTH, _TITLE, align="centre"),)),
        Row(
            (
                Cell(f"{COUNTY}{content.county}", 112.0, _ABOUT),
                Cell(f"{FILLED_BY}{content.filled_by}", 95.0, _ABOUT),
                Cell(day_words(content.day), 70.0, _ABOUT, align="right"),
            ),
            pad_y_mm=1.5,
        ),
        Table(_line(tuple(HEADS.values()), _HEAD, shade=0.94), tuple(rows)),
        Gap(3.0),
        Row((Cell(FOOT, _WIDTH, TextStyle(9.5)),)),
        Together((Row((Cell("", 200.0), Cell(STAMP, 77.0, _ABOUT, align="centre")), least_mm=22.0, pad_y_mm=8.0),)),
    ]


def _line(texts: Sequence[str], style: TextStyle, *, shade: float = 1.0) -> Row:
    cells = tuple(
        Cell(text, width, style, align="left" if name in _WORDS and shade == 1.0 else "centre", shade=shade)
        for name, text, width in zip(HEADS, texts, _WIDTHS, strict=True)
    )
    return Row(cells, ruled=True, pad_x_mm=0.9, pad_y_mm=1.4)
