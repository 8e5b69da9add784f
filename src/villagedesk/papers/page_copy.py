"""A scanned page on paper, as large as its resolution says, marked with what the copy is for (domain: section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from villagedesk.papers.fonts import FontSet
from villagedesk.papers.sheet import A4, Sheets, SheetSize
from villagedesk.papers.wrap import wrap

_MM_PER_INCH = 25.4
_AT = (0.29, 0.54, 0.8)
"""Where the mark lies, as shares of the height: on a sheet with a card's two sides, across each of them."""
_SLANT = 25.0
_MOST_PT, _LEAST_PT = 26.0, 11.0
_LAID_OVER = 0.75
"""How much of the sheet's width the mark takes."""
_ATTESTED_PT, _STAMP_PAD_MM, _STAMP_EDGE_MM = 11.0, 2.5, 9.0
_STAMP_LEADING_MM = 0.5  # a line's height in mm to one point of type


@dataclass(frozen=True)
class PageCopyContent:
    """What is on the copy.

    Args:
        picture: JPEG.
        width, height: of the page in pixels.
        dpi: pixels an inch on the paper that was scanned; 0 where that is not known: it fills the sheet then.
        purpose: the mark, e.g. 仅供办理……使用.
        attested: lines of the stamp that says who compared it with the original, and when; none where nobody did.
        practice: the paper is marked as an exercise without force.
    """

    picture: bytes
    width: int
    height: int
    dpi: int
    purpose: str
    practice: bool
    attested: tuple[str, ...] = ()


def render(content: PageCopyContent, fonts: FontSet) -> bytes:
    """One A4 sheet, lying where the page is wider than high; what is larger than the sheet is made to fit."""
    size = A4 if content.height >= content.width else SheetSize(A4.height_mm, A4.width_mm)
    width, height = _size_mm(content, size)
    left, top = (size.width_mm - width) / 2, (size.height_mm - height) / 2
    with fonts.lock:
        sheets = Sheets(size, fonts, "页面复印件")
        sheets.picture(left, top, width, height, content.picture)
        mark = content.purpose
        room = max(width, 60.0) * _LAID_OVER
        fitting = _MOST_PT * room / max(1.0, fonts.width_mm(mark, _MOST_PT))
        lines = [mark]
        if fitting < _LEAST_PT:  # a very long name of an item goes over several lines
            lines = wrap(fonts, mark, _LEAST_PT, room)
        points = min(_MOST_PT, max(_LEAST_PT, fitting))
        for share in _AT:
            for number, line in enumerate(lines):
                lower = (number - (len(lines) - 1) / 2) * points * _STAMP_LEADING_MM
                sheets.stamp(left + width / 2, top + height * share + lower, line, points, _SLANT)
        if content.attested:
            _draw_attested(sheets, content.attested)
        if content.practice:
            sheets.stamp(size.width_mm / 2, size.height_mm * 0.04, "练习样张　无效", _MOST_PT, 0.0)
        return sheets.finish()


def _draw_attested(sheets: Sheets, lines: Sequence[str]) -> None:
    """The stamp in the lower right corner, on a pale ground so that it is read over whatever the page shows there."""
    width = max(sheets.width_mm(line, _ATTESTED_PT, bold=True) for line in lines) + 2 * _STAMP_PAD_MM
    size = min(1.0, (sheets.size.width_mm - 2 * _STAMP_EDGE_MM) / width)
    points, width = _ATTESTED_PT * size, width * size
    height = len(lines) * points * _STAMP_LEADING_MM + 2 * _STAMP_PAD_MM
    left = sheets.size.width_mm - _STAMP_EDGE_MM - width
    top = sheets.size.height_mm - _STAMP_EDGE_MM - height
    sheets.pale(left, top, width, height)
    sheets.frame(left, top, width, height, line_mm=0.4)
    for number, line in enumerate(lines):
        baseline = top + _STAMP_PAD_MM + (number + 0.75) * points * _STAMP_LEADING_MM
        sheets.text(left + _STAMP_PAD_MM * size, baseline, line, points, bold=number == 0)


def _size_mm(content: PageCopyContent, sheet: SheetSize) -> tuple[float, float]:
    dpi = content.dpi or 1
    width, height = (pixels / dpi * _MM_PER_INCH for pixels in (content.width, content.height))
    larger = max(width / sheet.width_mm, height / sheet.height_mm)
    # what rounding adds to an A4 page is no reason to change its size
    return (width, height) if larger <= 1.003 else (width / larger, height / larger)
