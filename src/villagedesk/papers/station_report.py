"""What the reports of a station have in common: ruled rows on A4, pairs of words and counts, signatures at the end."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import Form, Frame, draw_form
from villagedesk.papers.layout import Block, Cell, Row, TextStyle
from villagedesk.papers.sheet import A4

WIDTH_MM = 170.0
LABEL = TextStyle(9.5, grey=0.3)
VALUE = TextStyle(10.5)
COUNT_WIDTH_MM = 20.0
_TOP, _LEFT = 22.0, 20.0


def render_report(
    title: str, blocks: Sequence[Block], height_mm: float, fonts: FontSet, *, practice: bool, numbered: bool
) -> bytes:
    """The report as a PDF of as many A4 sheets as it needs.

    Args:
        title: of the file.
        height_mm: of what is printed on one sheet.
        practice: the paper is marked as an exercise without force.
        numbered: a single sheet has its number too.
    """
    frame = Frame(A4, _LEFT, _TOP, WIDTH_MM, height_mm)
    return draw_form(fonts, Form(title, frame, blocks, practice=practice, numbered=numbered))


def heading(text: str) -> Row:
    """Over a part of the report."""
    return Row((Cell(text, WIDTH_MM, TextStyle(11.5, bold=True)),), pad_y_mm=1.2)


def ruled(cells: tuple[Cell, ...]) -> Row:
    """A row with lines round its cells."""
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=1.1)


def pair(label: str, value: str, width_mm: float) -> tuple[Cell, Cell]:
    """A label and what belongs to it, together that wide."""
    return Cell(label, 25.0, LABEL, shade=0.96), Cell(value, width_mm - 25.0, VALUE)


def count_text(count: int) -> str:
    """A count; a dash where there is none, which cannot be made a number with a pen as easily as a blank."""
    return str(count) if count else "—"


def counted(counts: Sequence[tuple[str, int]]) -> list[Block]:
    """Names and counts, two pairs a row."""
    width = WIDTH_MM / 2
    filled = [*counts, ("", -1)] if len(counts) % 2 else [*counts]
    rows: list[Block] = []
    for left, right in zip(filled[::2], filled[1::2], strict=True):
        cells = [
            cell
            for name, count in (left, right)
            for cell in (
                Cell(name, width - COUNT_WIDTH_MM, VALUE),
                Cell(count_text(count) if name else "", COUNT_WIDTH_MM, VALUE, align="centre"),
            )
        ]
        rows.append(ruled(tuple(cells)))
    return rows


def signatures(above_mm: float) -> tuple[Row, ...]:
    """The clerk's and the village's, that far below what stands before."""
    return (
        Row((Cell("", WIDTH_MM, TextStyle(1.0)),), least_mm=above_mm),
        Row(
            (
                Cell("经办人签名：", 80.0, VALUE, write_on=True),
                Cell("", 10.0, VALUE),
                Cell("村（社区）负责人签名：", 80.0, VALUE, write_on=True),
            ),
            pad_y_mm=1.0,
        ),
    )
