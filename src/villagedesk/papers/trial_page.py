"""A test page: a ruler to lay one's own on, a barcode, rare characters, grey steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.printing import PaperSize
from villagedesk.papers.barcode import code128, draw_code128
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import LEAFLET, ROLL, Form, Frame, draw_form
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, TextStyle
from villagedesk.papers.sheet import A5_LANDSCAPE, Sheets

_A5 = Frame(A5_LANDSCAPE, 15.0, 12.0, 180.0, 120.0)
_FRAMES = {PaperSize.A4: LEAFLET, PaperSize.A5: _A5, PaperSize.ROLL_80: ROLL}
_RULER_MM = 60
_BODY = TextStyle(11.0, leading=1.5)
_RARE = "生僻字：㐳㛃䶮𬍛𠅤𫖯𬤊𰻞"


def render(size: PaperSize, printed_at: datetime, fonts: FontSet, *, practice: bool) -> bytes:
    """The page as a PDF."""
    frame = _FRAMES[size]
    return draw_form(fonts, Form("打印机试印页", frame, list(_blocks(frame.width_mm, printed_at)), practice=practice))


def _blocks(width: float, printed_at: datetime) -> Iterator[Block]:
    symbol = code128("SHIYIN-0123456")
    yield Row((Cell("打印机试印页", width, TextStyle(18.0, bold=True)),))
    yield Row((Cell(f"{printed_at.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}", width, _BODY),))
    yield Gap(2.0)
    yield Row((Picture(width, 10.0, _draw_ruler),))
    yield Row((Cell(f"上面的线应该正好 {_RULER_MM} 毫米长，请用尺子量一量。", width, _BODY),))
    yield Gap(2.0)

    def draw_bars(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_code128(sheets, symbol, x_mm, y_mm, height_mm=12.0)

    yield Row((Picture(width, 18.0, draw_bars),))
    yield Row((Cell(_RARE, width, _BODY),))
    yield Row((Picture(width, 8.0, _draw_greys),))


def _draw_ruler(sheets: Sheets, x_mm: float, y_mm: float) -> None:
    sheets.line(x_mm, y_mm + 8.0, x_mm + _RULER_MM, y_mm + 8.0, width_mm=0.3)
    for millimetre in range(_RULER_MM + 1):
        length = 5.0 if millimetre % 10 == 0 else 3.0 if millimetre % 5 == 0 else 1.6
        sheets.line(x_mm + millimetre, y_mm + 8.0, x_mm + millimetre, y_mm + 8.0 - length)


def _draw_greys(sheets: Sheets, x_mm: float, y_mm: float) -> None:
    for step in range(6):
        sheets.fill(x_mm + 10.0 * step, y_mm + 1.0, 10.0, 6.0, grey=step / 5)
    sheets.frame(x_mm, y_mm + 1.0, 60.0, 6.0)
