"""A paper of running blocks on as many sheets as they need: its frame, its marks, its foot, its page numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Placed, draw, draw_grounds, flow
from villagedesk.papers.sheet import A4, Sheets, SheetSize

PRACTICE_MARK = "练习样张　无效"
_MARK_PT, _MARK_HEIGHT_MM, _MARK_ABOVE_MM = 10.0, 7.0, 15.0
_SMALL_PT = 9.0
_FOOT_BELOW_MM = 9.0
_WATERMARK_SHARE = 0.38  # of the sheet's width, in points of type size


@dataclass(frozen=True)
class Frame:
    """Where the blocks stand on a sheet, in mm from its upper left corner.

    Args:
        height_mm: infinite on a roll, whose sheet is as long as what stands on it.
    """

    size: SheetSize
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        """The frame's right edge."""
        return self.left_mm + self.width_mm


LEAFLET = Frame(A4, 18.0, 18.0, 174.0, 255.0)
"""Sheets that inform."""
DEED = Frame(A4, 22.0, 27.0, 166.0, 240.0)
"""Sheets that are signed, and marked when they are printed again."""
ROLL_WIDTH_MM = 72.0
"""What a thermal printer prints of 80 mm wide paper: 576 dots at 203 dpi."""
ROLL = Frame(SheetSize(80.0, 0.0), 4.0, 4.0, ROLL_WIDTH_MM, math.inf)
_ROLL_END_MM = 8.0
"""Below the last line, so that the knife cuts nothing off."""


@dataclass(frozen=True)
class Form:
    """One paper, ready to be drawn.

    Args:
        title: of the document: a kind and a local number, no personal data.
        foot: at the bottom of every sheet.
        titled: the title stands on every sheet after the first as well.
        reprint: 0 for the first print; from 1 on the paper is marked 补打 with this count.
        practice: the paper is marked as an exercise without force.
        numbered: a single sheet has its number too.
    """

    title: str
    frame: Frame
    blocks: Sequence[Block]
    foot: str = ""
    titled: bool = False
    reprint: int = 0
    practice: bool = False
    numbered: bool = False


def mark_words(reprint: int, *, practice: bool) -> list[str]:
    """What stands in small boxes at the head of a paper that was printed before, or in practice."""
    return [*([f"补打　第 {reprint} 次"] if reprint else []), *(["练习　无效"] if practice else [])]


def draw_marks(sheets: Sheets, x_mm: float, y_mm: float, words: Sequence[str], size_pt: float = _MARK_PT) -> None:
    """The boxes side by side; ``y_mm`` is their upper edge."""
    height = size_pt * _MARK_HEIGHT_MM / _MARK_PT
    for word in words:
        width = sheets.width_mm(word, size_pt, bold=True) + 4.0
        sheets.frame(x_mm, y_mm, width, height, line_mm=0.3)
        sheets.text(x_mm + 2.0, y_mm + height * 0.69, word, size_pt, bold=True)
        x_mm += width + 2.0


def draw_forms(fonts: FontSet, forms: Sequence[Form]) -> bytes:
    """The forms one after the other in one PDF, which has the first one's title; each counts its own sheets."""
    with fonts.lock:
        flows = [flow(fonts, form.blocks, form.frame.height_mm) for form in forms]
        sheets: Sheets | None = None
        for form, pages in zip(forms, flows, strict=True):
            for number, placed in enumerate(pages, start=1):
                size = _size(form.frame, placed)
                if sheets is None:
                    sheets = Sheets(size, fonts, form.title)
                else:
                    sheets.next_sheet(size)
                _draw_sheet(sheets, form, placed, number, len(pages))
        if sheets is None:
            raise ValueError("a paper needs a form")
        return sheets.finish()


def draw_form(fonts: FontSet, form: Form) -> bytes:
    """The form as a PDF."""
    return draw_forms(fonts, [form])


def _size(frame: Frame, placed: Sequence[Placed]) -> SheetSize:
    if math.isfinite(frame.height_mm):
        return frame.size
    used = placed[-1].y_mm + placed[-1].laid.height_mm if placed else 0.0
    return SheetSize(frame.size.width_mm, frame.top_mm + used + _ROLL_END_MM)


def _draw_sheet(sheets: Sheets, form: Form, placed: Sequence[Placed], number: int, count: int) -> None:
    frame, size = form.frame, sheets.size
    draw_grounds(sheets, placed, frame.left_mm, frame.top_mm)
    if form.practice:
        points = min(size.width_mm, size.height_mm) * _WATERMARK_SHARE
        sheets.watermark(size.width_mm / 2, size.height_mm / 2, PRACTICE_MARK, points, 45.0)
    if number > 1 and form.titled:
        sheets.text(frame.left_mm, frame.top_mm - 5.0, form.title, _SMALL_PT, grey=0.3)
    if form.reprint or (form.practice and frame.top_mm > _MARK_ABOVE_MM + 5.0):
        marks = mark_words(form.reprint, practice=form.practice)
        draw_marks(sheets, frame.left_mm, frame.top_mm - _MARK_ABOVE_MM, marks)
    _draw_foot(sheets, form, number, count)
    draw(sheets, placed, frame.left_mm, frame.top_mm)


def _draw_foot(sheets: Sheets, form: Form, number: int, count: int) -> None:
    frame = form.frame
    if not math.isfinite(frame.height_mm):
        return
    below = frame.top_mm + frame.height_mm + _FOOT_BELOW_MM
    if form.foot:
        sheets.line(frame.left_mm, below - 5.0, frame.right_mm, below - 5.0, grey=0.6)
        sheets.text(frame.left_mm, below, form.foot, _SMALL_PT, grey=0.3)
    if form.numbered or count > 1:
        sheets.text(frame.right_mm, below, f"第 {number} 页　共 {count} 页", _SMALL_PT, grey=0.3, align="right")
