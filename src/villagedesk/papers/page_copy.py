"""A scanned page on paper, as large as its resolution says, marked with what the copy is for (domain: section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.papers.fonts import FontSet
from villagedesk.papers.sheet import A4, Sheets, SheetSize

_MM_PER_INCH = 25.4
_AT = (0.29, 0.54, 0.8)
"""Where the mark lies, as shares of the height: on a sheet with a card's two sides, across each of them."""
_SLANT = 25.0
_MOST_PT, _LEAST_PT = 26.0, 11.0
_LAID_OVER = 0.75
"""How much of the sheet's width the mark takes."""


@dataclass(frozen=True)
class PageCopyContent:
    """What is on the copy.

    Args:
        picture: JPEG.
        width, height: of the page in pixels.
        dpi: pixels an inch on the paper that was scanned; 0 where that is not known: it fills the sheet then.
        purpose: the mark, e.g. 仅供办理……使用.
        practice: the paper is marked as an exercise without force.
    """

    picture: bytes
    width: int
    height: int
    dpi: int
    purpose: str
    practice: bool


def render(content: PageCopyContent, fonts: FontSet) -> bytes:
    """One A4 sheet, lying where the page is wider than high; what is larger than the sheet is made to fit."""
    size = A4 if content.height >= content.width else SheetSize(A4.height_mm, A4.width_mm)
    width, height = _size_mm(content, size)
    left, top = (size.width_mm - width) / 2, (size.height_mm - height) / 2
    with fonts.lock:
        sheets = Sheets(size, fonts, "页面复印件")
        sheets.picture(left, top, width, height, content.picture)
        mark = fonts.shown(content.purpose)
        room = max(width, 60.0) * _LAID_OVER
        points = min(_MOST_PT, max(_LEAST_PT, _MOST_PT * room / max(1.0, fonts.width_mm(mark, _MOST_PT))))
        for share in _AT:
            sheets.stamp(left + width / 2, top + height * share, mark, points, _SLANT)
        if content.practice:
            sheets.stamp(size.width_mm / 2, size.height_mm * 0.92, fonts.shown("练习样张　无效"), _MOST_PT, 0.0)
        return sheets.finish()


def _size_mm(content: PageCopyContent, sheet: SheetSize) -> tuple[float, float]:
    dpi = content.dpi or 1
    width, height = (pixels / dpi * _MM_PER_INCH for pixels in (content.width, content.height))
    larger = max(width / sheet.width_mm, height / sheet.height_mm)
    # what rounding adds to an A4 page is no reason to change its size
    return (width, height) if larger <= 1.003 else (width / larger, height / larger)
