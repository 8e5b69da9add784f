"""材料缺项提示: everything that is still missing, told at once.

The station's own hint, unsealed: the organ's notices are printed only when the organ has issued them (domain:
section 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers.barcode import code128, draw_code128
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import LEAFLET, Form, draw_form
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, Table, TextStyle, Together
from villagedesk.papers.sheet import Sheets

WIDTH = LEAFLET.width_mm
_WIDTHS = (9.0, 62.0, 25.0, 78.0)
_LABEL_WIDTH = 26.0
_HEAD = TextStyle(10.0, grey=0.3)
_BODY = TextStyle(12.0, leading=1.4)
_STRONG = TextStyle(12.5, bold=True, leading=1.4)
_LABEL = TextStyle(11.0, grey=0.25)
_SMALL = TextStyle(10.0, leading=1.4)
_BARS_MM = 12.0


@dataclass(frozen=True)
class MissingPaper:
    """One paper that is missing.

    Args:
        form: original or copy, and how many.
        notes: what is left to bring, what it must show, until when it was promised; one sentence each.
    """

    name: str
    form: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class MissingContent:
    """All that the hint says.

    Args:
        local_no: "" for a draft.
        papers: missing now; ``promised`` may come later, each with its last day among the notes.
        others: sentences about what is not filled in.
        printed_at: aware; printed in Asia/Shanghai.
        contact: the station's phone and hours, may be "".
    """

    station_name: str
    local_no: str
    applicant_name: str
    item_name: str
    papers: tuple[MissingPaper, ...]
    promised: tuple[MissingPaper, ...]
    others: tuple[str, ...]
    printed_at: datetime
    clerk_name: str
    contact: str
    practice: bool = False


def render(content: MissingContent, fonts: FontSet) -> bytes:
    """The hint as a PDF of A4 sheets.

    Raises:
        InputProblem: ``papers.barcode_text`` when the local number cannot be a barcode.
    """
    printed = content.printed_at.astimezone(SHANGHAI)
    foot = f"{content.station_name}　经办人 {content.clerk_name}　{printed:%Y年%m月%d日 %H:%M}"
    title = f"材料缺项提示 {content.local_no}".rstrip()
    return draw_form(
        fonts,
        Form(title, LEAFLET, list(_blocks(content)), foot=foot, titled=True, practice=content.practice),
    )


def _blocks(content: MissingContent) -> Iterator[Block]:
    yield from _title(content)
    notice = (
        "这是村便民服务站的提示，方便您一次备齐。它不是审批机关的一次性补正告知书，没有盖章，"
        "也不代表受理或者不予受理；以审批机关出具的文书为准。"
    )
    yield Row((Cell(notice, WIDTH, TextStyle(11.0, bold=True, leading=1.45), shade=0.94),), pad_x_mm=2.5, pad_y_mm=1.8)
    yield Gap(3.0)
    facts = (
        ("申请人", content.applicant_name),
        ("办理事项", content.item_name),
        ("收件流水号", content.local_no or "还没有收件（草稿）"),
    )
    for label, value in facts:
        yield _pair(label, value)
    yield Gap(2.0)
    back = "请带齐以后到本站继续办理，不用重新填写。"
    yield Row((Cell(back + (f"有事请打电话或来问：{content.contact}" if content.contact else ""), WIDTH, _BODY),))
    yield Gap(2.0)
    if content.papers:
        yield _table("还缺的材料", content.papers)
    else:
        yield Row((Cell("材料不缺。", WIDTH, _STRONG),))
    if content.promised:
        yield Gap(4.0)
        yield _table("答应以后补交的", content.promised)
    if content.others:
        yield Gap(4.0)
        others = "\n".join(f"{number}. {text}" for number, text in enumerate(content.others, 1))
        yield Together(
            (
                Row((Cell("还要说清楚、填好的", WIDTH, TextStyle(13.0, bold=True)),), pad_y_mm=1.5),
                Row((Cell(others, WIDTH, _BODY),)),
            )
        )


def _title(content: MissingContent) -> Iterator[Block]:
    name = Cell("材料缺项提示", 100.0, TextStyle(24.0, bold=True))
    if not content.local_no:
        yield Row((name,), pad_y_mm=2.0)
        return
    symbol = code128(content.local_no)

    def draw_bars(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_code128(sheets, symbol, x_mm + WIDTH - 100.0 - symbol.width_mm(), y_mm, height_mm=_BARS_MM)

    yield Row((name, Picture(WIDTH - 100.0, _BARS_MM + 6.0, draw_bars)))


def _pair(label: str, value: str) -> Row:
    cells = (Cell(label, _LABEL_WIDTH, _LABEL, shade=0.96), Cell(value, WIDTH - _LABEL_WIDTH, _BODY))
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=1.1)


def _table(title: str, papers: tuple[MissingPaper, ...]) -> Table:
    titles = ("", title, "几份", "要求")
    head = Row(
        tuple(Cell(text, width, _HEAD, shade=0.96) for text, width in zip(titles, _WIDTHS, strict=True)),
        ruled=True,
        pad_x_mm=1.8,
        pad_y_mm=1.0,
    )
    return Table(head, tuple(_row(number, paper) for number, paper in enumerate(papers, 1)))


def _row(number: int, paper: MissingPaper) -> Row:
    texts = (
        (str(number), _BODY, "centre"),
        (paper.name, _STRONG, "left"),
        (paper.form, _BODY, "left"),
        ("\n".join(paper.notes), _SMALL, "left"),
    )
    cells = tuple(
        Cell(text, width, style, align=align) for (text, style, align), width in zip(texts, _WIDTHS, strict=True)
    )
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=1.3)
