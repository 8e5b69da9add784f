"""What the papers of the station that are signed have in common: title with barcode, ruled pairs, lines to sign on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from villagedesk.papers.barcode import MODULE_MM, QUIET_MODULES, code128, draw_code128
from villagedesk.papers.form import DEED
from villagedesk.papers.layout import Block, Cell, Picture, Row, TextStyle
from villagedesk.papers.sheet import Sheets

WIDTH = DEED.width_mm
BODY = TextStyle(12.0, leading=1.42)
STRONG = TextStyle(12.0, leading=1.42, bold=True)
SMALL = TextStyle(10.0, leading=1.4)
_TITLE = TextStyle(22.0, bold=True)
_LABEL = TextStyle(11.0, grey=0.25)
_VALUE = TextStyle(11.5)
_LABEL_WIDTH = 28.0
_BARS_MM = 12.0
_TITLE_WIDTH = 90.0


def titled(title: str, number: str) -> Iterator[Block]:
    """The title, and at its right the number as a barcode; without a number the title alone.

    Raises:
        InputProblem: ``papers.barcode_text`` when the number cannot be a barcode.
    """
    if not number:
        yield Row((Cell(title, WIDTH, _TITLE, align="centre"),), pad_y_mm=2.0)
        return
    symbol = code128(number)

    def draw_bars(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        left = x_mm + WIDTH - _TITLE_WIDTH - symbol.width_mm() + QUIET_MODULES * MODULE_MM
        draw_code128(sheets, symbol, left, y_mm, height_mm=_BARS_MM)

    yield Row((Cell(title, _TITLE_WIDTH, _TITLE), Picture(WIDTH - _TITLE_WIDTH, _BARS_MM + 6.0, draw_bars)))


def paragraph(text: str, style: TextStyle = BODY) -> Row:
    """Running text, begun two characters in."""
    return Row((Cell(f"　　{text}", WIDTH, style),))


def pairs(*named: tuple[str, str]) -> Row:
    """Names and values side by side in one ruled row."""
    width = WIDTH / len(named)
    cells: list[Cell | Picture] = []
    for label, value in named:
        cells += [Cell(label, _LABEL_WIDTH, _LABEL, shade=0.96), Cell(value, width - _LABEL_WIDTH, _VALUE)]
    return Row(tuple(cells), ruled=True, pad_x_mm=1.8, pad_y_mm=1.2)


def table_row(
    texts: Sequence[str], columns: Sequence[tuple[str, float]], centred: frozenset[int] = frozenset(), *, head: bool
) -> Row:
    """A ruled row of a table.

    Args:
        columns: name and width in mm of each.
        centred: places of columns whose text stands in the middle.
    """
    style = _LABEL if head else SMALL
    cells = tuple(
        Cell(text, width, style, align="centre" if place in centred else "left", shade=0.96 if head else 1.0)
        for place, (text, (_, width)) in enumerate(zip(texts, columns, strict=True))
    )
    return Row(cells, ruled=True, pad_x_mm=1.4, pad_y_mm=1.0)


def signatures(*signers: str, above_mm: float = 6.0) -> tuple[Row, ...]:
    """Lines to sign on side by side, with room for a pen above; one without words is left free."""
    gap = 8.0
    width = (WIDTH - gap * (len(signers) - 1)) / len(signers)
    cells: list[Cell | Picture] = []
    for number, signer in enumerate(signers):
        cells += [Cell("", gap, BODY)] if number else []
        cells.append(Cell(signer, width, _VALUE, write_on=bool(signer)))
    return Row((Cell("", WIDTH, SMALL),), least_mm=above_mm), Row(tuple(cells), pad_y_mm=1.0)
