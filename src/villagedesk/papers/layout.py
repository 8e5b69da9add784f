"""A small layout: rows of cells that flow over pages, with repeated table heads; nothing is ever cut off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from villagedesk.papers.fonts import Face, FontSet
from villagedesk.papers.sheet import Sheets
from villagedesk.papers.wrap import wrap

_POINT_MM = 25.4 / 72
_MIDDLE_OVER_BASELINE = 0.36  # middle of a Chinese character over its baseline, in type sizes
_SLACK_MM = 1e-6
_BREAKS_AT_ONCE = 1 / 3  # a row higher than this share of a page is broken where it stands, lower ones move as a whole


@dataclass(frozen=True)
class TextStyle:
    """How text looks.

    Args:
        size_pt: type size.
        leading: distance of two baselines, in type sizes.
        grey: 0 black … 1 white.
        face: kind of type; bold text is drawn heavier whatever its face.
    """

    size_pt: float = 10.0
    leading: float = 1.35
    bold: bool = False
    grey: float = 0.0
    face: Face = Face.SONG

    @property
    def line_mm(self) -> float:
        """Height of one line in mm."""
        return self.size_pt * self.leading * _POINT_MM


@dataclass(frozen=True)
class Cell:
    """Text in a column.

    Args:
        text: what it says; wrapped.
        width_mm: width of the column, padding counted in.
        align: ``"left"``, ``"centre"`` or ``"right"``.
        shade: grey of the ground, 1 is white.
        write_on: draw a line to write on from the end of the text to the cell's right edge.
    """

    text: str
    width_mm: float
    style: TextStyle = field(default_factory=TextStyle)
    align: str = "left"
    shade: float = 1.0
    write_on: bool = False


@dataclass(frozen=True)
class Picture:
    """Something drawn in a column.

    Args:
        width_mm: width of the column.
        height_mm: height it needs.
        draw: called with the sheets and the upper left corner in mm.
    """

    width_mm: float
    height_mm: float
    draw: Callable[[Sheets, float, float], None]


@dataclass(frozen=True)
class Row:
    """Cells side by side.

    Args:
        ruled: lines around each cell.
        pad_x_mm, pad_y_mm: air inside each cell.
        least_mm: least height.
    """

    cells: tuple[Cell | Picture, ...]
    ruled: bool = False
    pad_x_mm: float = 0.0
    pad_y_mm: float = 0.0
    least_mm: float = 0.0


@dataclass(frozen=True)
class Table:
    """Rows under a head that is repeated on every page the table reaches."""

    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Together:
    """Rows kept on one page where they fit on one at all.

    Args:
        end: how many of the last ones stay together where not all of them can.
    """

    rows: tuple[Row, ...]
    end: int = 0


@dataclass(frozen=True)
class Gap:
    """Air between blocks, dropped at the top of a page."""

    height_mm: float


Block = Row | Table | Together | Gap


@dataclass(frozen=True)
class LaidRow:
    """A row with its lines broken.

    Args:
        lines: per cell its lines; empty for pictures.
        height_mm: height of the row.
    """

    row: Row
    lines: tuple[tuple[str, ...], ...]
    height_mm: float


@dataclass(frozen=True)
class Placed:
    """A laid row at its distance from the top of the frame, in mm."""

    laid: LaidRow
    y_mm: float


def lay(fonts: FontSet, row: Row) -> LaidRow:
    """Break a row's texts into lines and measure it."""
    lines = tuple(
        tuple(_lines(fonts, cell, cell.width_mm - 2 * row.pad_x_mm)) if isinstance(cell, Cell) else ()
        for cell in row.cells
    )
    return LaidRow(row, lines, _height(row, lines))


def flow(fonts: FontSet, blocks: Sequence[Block], height_mm: float) -> list[list[Placed]]:
    """Place blocks one under the other in frames of ``height_mm``; one list per page, at least one page."""
    pages = _Pages(height_mm)
    for block in blocks:
        match block:
            case Gap():
                pages.gap(block.height_mm)
            case Row():
                pages.put(lay(fonts, block))
            case Together():
                laid = [lay(fonts, row) for row in block.rows]
                pages.keep(sum(one.height_mm for one in laid))
                for place, one in enumerate(laid):
                    if place == len(laid) - block.end:
                        pages.keep(sum(last.height_mm for last in laid[place:]))
                    pages.put(one)
            case Table():
                head = lay(fonts, block.head)
                rows = [lay(fonts, row) for row in block.rows]
                pages.keep(head.height_mm + (rows[0].height_mm if rows else 0.0))
                pages.put(head)
                for one in rows:
                    pages.put(one, head)
    return pages.pages


def draw_grounds(sheets: Sheets, placed: Sequence[Placed], left_mm: float, top_mm: float) -> None:
    """Fill the shaded cells of one page of a flow: first of all, so that a watermark over them is seen whole."""
    for one in placed:
        x = left_mm
        for cell in one.laid.row.cells:
            if isinstance(cell, Cell) and cell.shade < 1.0:
                sheets.fill(x, top_mm + one.y_mm, cell.width_mm, one.laid.height_mm, grey=cell.shade)
            x += cell.width_mm


def draw(sheets: Sheets, placed: Sequence[Placed], left_mm: float, top_mm: float) -> None:
    """Draw one page of a flow, but for its grounds."""
    for one in placed:
        _draw_row(sheets, one.laid, left_mm, top_mm + one.y_mm)


class _Pages:
    """Pages being filled from top to bottom."""

    def __init__(self, height_mm: float) -> None:
        self._height = height_mm
        self._y = 0.0
        self.pages: list[list[Placed]] = [[]]

    def gap(self, height_mm: float) -> None:
        if self.pages[-1]:
            self._y += height_mm

    def keep(self, height_mm: float) -> None:
        """Start a page if so much does not fit here, but fits on an empty one."""
        if not self._fits(height_mm) and height_mm <= self._height:
            self._turn()

    def put(self, laid: LaidRow, head: LaidRow | None = None) -> None:
        """Place a row; on a new page below ``head``; broken when it is higher than a page."""
        head_height = head.height_mm if head else 0.0
        rest: LaidRow | None = laid
        while rest is not None:
            if self._fits(rest.height_mm):
                self._place(rest)
                return
            fresh_height = self._height - head_height
            moves_whole = rest.height_mm <= min(fresh_height, self._height * _BREAKS_AT_ONCE)
            if moves_whole and self.pages[-1]:
                self._turn(head)
                continue
            part, rest_or_none = _split(rest, self._height - self._y)
            if part is None and self._y > head_height:
                self._turn(head)
                continue
            # On an empty page a part is always placed, so that the flow ends whatever the frame's height.
            if part is None:
                part, rest_or_none = _split(rest, self._height, at_least_one=True)
            assert part is not None
            self._place(part)
            rest = rest_or_none
            if rest is not None:
                self._turn(head)

    def _fits(self, height_mm: float) -> bool:
        return self._y + height_mm <= self._height + _SLACK_MM

    def _turn(self, head: LaidRow | None = None) -> None:
        self.pages.append([])
        self._y = 0.0
        if head is not None:
            self._place(head)

    def _place(self, laid: LaidRow) -> None:
        self.pages[-1].append(Placed(laid, self._y))
        self._y += laid.height_mm


def _lines(fonts: FontSet, cell: Cell, width_mm: float) -> list[str]:
    style = cell.style
    face = fonts.drawn_bold(style.face)[0] if style.bold else style.face
    return wrap(fonts, cell.text, style.size_pt, width_mm, face)


def _height(row: Row, lines: Sequence[Sequence[str]]) -> float:
    heights = [row.least_mm]
    for cell, texts in zip(row.cells, lines, strict=True):
        inner = len(texts) * cell.style.line_mm if isinstance(cell, Cell) else cell.height_mm
        heights.append(inner + 2 * row.pad_y_mm)
    return max(heights)


def _split(laid: LaidRow, room_mm: float, *, at_least_one: bool = False) -> tuple[LaidRow | None, LaidRow | None]:
    """What of a row fits into ``room_mm``, and the rest; pictures stay with the first part."""
    row = laid.row
    fitting: list[tuple[str, ...]] = []
    remaining: list[tuple[str, ...]] = []
    for cell, texts in zip(row.cells, laid.lines, strict=True):
        count = 0
        if isinstance(cell, Cell):
            count = max(int((room_mm - 2 * row.pad_y_mm + _SLACK_MM) / cell.style.line_mm), int(at_least_one))
        elif cell.height_mm + 2 * row.pad_y_mm > room_mm and not at_least_one:
            return None, laid
        fitting.append(texts[:count])
        remaining.append(texts[count:])
    if not any(fitting):  # with at_least_one set: a row of pictures alone, which cannot be broken
        return (laid, None) if at_least_one else (None, laid)
    loose = replace(row, least_mm=0.0)
    part = LaidRow(loose, tuple(fitting), _height(loose, fitting))
    if not any(remaining):
        return part, None
    rest_cells = tuple(
        cell if isinstance(cell, Cell) else Cell("", cell.width_mm, align="left") for cell in loose.cells
    )
    rest_row = replace(loose, cells=rest_cells)
    return part, LaidRow(rest_row, tuple(remaining), _height(rest_row, remaining))


def _draw_row(sheets: Sheets, laid: LaidRow, left_mm: float, top_mm: float) -> None:
    row = laid.row
    x = left_mm
    for cell, lines in zip(row.cells, laid.lines, strict=True):
        if isinstance(cell, Picture):
            cell.draw(sheets, x + row.pad_x_mm, top_mm + row.pad_y_mm)
        else:
            _draw_cell(sheets, row, cell, lines, x, top_mm, laid.height_mm)
        x += cell.width_mm
    if row.ruled:
        x = left_mm
        for cell in row.cells:
            sheets.frame(x, top_mm, cell.width_mm, laid.height_mm, line_mm=0.15)
            x += cell.width_mm


def _draw_cell(
    sheets: Sheets, row: Row, cell: Cell, lines: Sequence[str], x_mm: float, top_mm: float, height_mm: float
) -> None:
    style = cell.style
    # Ruled cells are centred in their height, the rest starts at the top.
    free = height_mm - 2 * row.pad_y_mm - len(lines) * style.line_mm
    y = top_mm + row.pad_y_mm + (max(free, 0.0) / 2 if row.ruled else 0.0)
    left, right = x_mm + row.pad_x_mm, x_mm + cell.width_mm - row.pad_x_mm
    for number, line in enumerate(lines):
        baseline = y + style.line_mm / 2 + style.size_pt * _POINT_MM * _MIDDLE_OVER_BASELINE
        size, bold, grey, face = style.size_pt, style.bold, style.grey, style.face
        at = {"left": left, "centre": (left + right) / 2, "right": right}[cell.align]
        sheets.text(at, baseline, line, size, align=cell.align, bold=bold, grey=grey, face=face)
        if cell.write_on and number == len(lines) - 1:
            end = left + sheets.width_mm(line, size, bold=bold, face=face)
            sheets.line(end + 1.0, baseline + 1.2, right, baseline + 1.2)
        y += style.line_mm
