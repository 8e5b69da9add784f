"""Sheets that inform and bind nobody: guides, lists, hints. They share their margins, their mark, their foot."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, draw, draw_grounds, flow
from villagedesk.papers.sheet import A4, Sheets

TOP, LEFT, WIDTH, HEIGHT = 18.0, 18.0, 174.0, 255.0
_FOOT_PT = 9.0


def draw_leaflet(fonts: FontSet, title: str, blocks: Sequence[Block], foot: str, *, practice: bool) -> bytes:
    """The blocks on as many A4 sheets as they need.

    Args:
        title: of the document; stands on every sheet after the first as well.
        foot: who hands it out and when, at the bottom of every sheet.
        practice: the paper is marked as an exercise without force.
    """
    with fonts.lock:
        pages = flow(fonts, blocks, HEIGHT)
        sheets = Sheets(A4, fonts, title)
        for number, placed in enumerate(pages, start=1):
            if number > 1:
                sheets.next_sheet()
                sheets.text(LEFT, TOP - 5.0, title, _FOOT_PT, grey=0.3)
            draw_grounds(sheets, placed, LEFT, TOP)
            if practice:
                sheets.watermark(A4.width_mm / 2, A4.height_mm / 2, "练习样张　无效", 80.0, 45.0)
            below = TOP + HEIGHT + 9.0
            sheets.line(LEFT, below - 5.0, LEFT + WIDTH, below - 5.0, grey=0.6)
            sheets.text(LEFT, below, foot, _FOOT_PT, grey=0.3)
            if len(pages) > 1:
                sheets.text_right(LEFT + WIDTH, below, f"第 {number} 页　共 {len(pages)} 页", _FOOT_PT, grey=0.3)
            draw(sheets, placed, LEFT, TOP)
        return sheets.finish()
