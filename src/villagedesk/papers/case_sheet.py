"""办件录入单: a case in the order of the form it is entered into, on paper and as plain text, to work from beside it.

The station's own working sheet: it is handed to nobody and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.told_text import tamed
from villagedesk.papers.barcode import code128, draw_code128
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import LEAFLET, Form, draw_form
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, TextStyle
from villagedesk.papers.sheet import Sheets

WIDTH = LEAFLET.width_mm
_LABEL_WIDTH = 52.0
_BODY = TextStyle(12.0, leading=1.4)
_EMPTY = TextStyle(12.0, leading=1.4, grey=0.5)
_LABEL = TextStyle(11.0, grey=0.25)
_HEAD = TextStyle(13.0, bold=True)
_BARS_MM = 12.0
_TITLE = "办件录入单"
_EMPTY_WORD = "（空）"
_MEANS = "按所选表单的栏目顺序排列，供录入统一受理系统或填写登记表时对照。内有个人信息，用完请销毁。"


@dataclass(frozen=True)
class CaseSheetContent:
    """All that the sheet says.

    Args:
        sections: heading, and under it label and value; "" is shown as empty, never left out.
        files: names of the page files beside the sheet, in the form's order of papers.
        printed_at: aware; printed in Asia/Shanghai.
    """

    station_name: str
    local_no: str
    order_name: str
    checked: bool
    sections: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    files: Sequence[str]
    printed_at: datetime
    clerk_name: str
    practice: bool = False


def render(content: CaseSheetContent, fonts: FontSet) -> bytes:
    """The sheet as a PDF of A4 sheets.

    Raises:
        InputProblem: ``papers.barcode_text`` when the local number cannot be a barcode.
    """
    title = f"{_TITLE} {content.local_no}"
    return draw_form(
        fonts,
        Form(title, LEAFLET, list(_blocks(content)), foot=_foot(content), titled=True, practice=content.practice),
    )


def as_text(content: CaseSheetContent) -> str:
    """The sheet as plain text with Windows' line ends. A value's further lines are indented under its label: none of
    them can be taken for another box."""
    lines = [f"{_TITLE}　{content.local_no}", _order(content), _MEANS]
    for title, pairs in content.sections:
        lines += ["", f"【{tamed(title)}】"]
        lines += [f"{_one_line(label)}：{_indented(value) or _EMPTY_WORD}" for label, value in pairs]
    if content.files:
        lines += ["", "【材料图片】", *content.files]
    return "\r\n".join([*lines, "", _foot(content), ""])


def _foot(content: CaseSheetContent) -> str:
    printed = content.printed_at.astimezone(SHANGHAI)
    return f"{content.station_name}　经办人 {content.clerk_name}　{printed:%Y年%m月%d日 %H:%M}"


def _order(content: CaseSheetContent) -> str:
    return f"表单：{content.order_name}" + ("" if content.checked else "（待核）")


def _one_line(text: str) -> str:
    return " ".join(tamed(text).split())


def _indented(value: str) -> str:
    return "\r\n    ".join(line for line in tamed(value).split("\n"))


def _blocks(content: CaseSheetContent) -> Iterator[Block]:
    symbol = code128(content.local_no)

    def draw_bars(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_code128(sheets, symbol, x_mm + WIDTH - 100.0 - symbol.width_mm(), y_mm, height_mm=_BARS_MM)

    name = Cell(_TITLE, 100.0, TextStyle(24.0, bold=True))
    yield Row((name, Picture(WIDTH - 100.0, _BARS_MM + 6.0, draw_bars)))
    yield Row((Cell(_order(content), WIDTH, _BODY),))
    yield Row((Cell(_MEANS, WIDTH, _LABEL),))
    for title, pairs in content.sections:
        yield Gap(3.0)
        yield Row((Cell(tamed(title), WIDTH, _HEAD),), pad_y_mm=1.5)
        for label, value in pairs:
            yield _pair(_one_line(label), tamed(value))
    if content.files:
        yield Gap(3.0)
        yield Row((Cell("材料图片", WIDTH, _HEAD),), pad_y_mm=1.5)
        yield Row((Cell("\n".join(content.files), WIDTH, _BODY),))


def _pair(label: str, value: str) -> Row:
    said = Cell(value, WIDTH - _LABEL_WIDTH, _BODY) if value else Cell(_EMPTY_WORD, WIDTH - _LABEL_WIDTH, _EMPTY)
    return Row((Cell(label, _LABEL_WIDTH, _LABEL, shade=0.96), said), ruled=True, pad_x_mm=1.8, pad_y_mm=1.1)
