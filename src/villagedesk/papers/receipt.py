"""Receipt 收件凭证(材料接收清单): what the station attests when papers are handed in, link or no link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.case import Material, MaterialState
from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers.barcode import MODULE_MM, QUIET_MODULES, LinearBarcode, code128, draw_code128
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import (
    Block,
    Cell,
    Gap,
    Placed,
    Row,
    Table,
    TextStyle,
    Together,
    draw,
    draw_grounds,
    flow,
)
from villagedesk.papers.sheet import A4, A5_LANDSCAPE, Sheets

_COPIES = ("第一联　站点留存", "第二联　申请人留存")
_LEFT, _WIDTH = 15.0, 180.0
_HEAD_TOP, _BODY_TOP, _BODY_HEIGHT, _FOOT = 8.0, 30.0, 109.0, 143.5  # within one half of the sheet, mm
_LABEL_WIDTH = 24.0
_LABEL = TextStyle(9.0, grey=0.3)
_VALUE = TextStyle(10.5)
_LIST = TextStyle(9.5)
_LIST_HEAD = TextStyle(9.0, grey=0.3)


@dataclass(frozen=True)
class _Air:
    """Air above and below the text of a row, and above a signature, in mm."""

    grid_mm: float
    list_mm: float
    signature_mm: float


_ROOMY = _Air(1.1, 1.0, 5.0)
_TIGHT = _Air(0.7, 0.5, 2.6)
_COLUMNS = (("序号", 12.0), ("材料名称", 98.0), ("形式", 18.0), ("份数", 14.0), ("页数", 14.0), ("去向", 24.0))


@dataclass(frozen=True)
class ReceiptMaterial:
    """One paper handed in.

    Args:
        name: as the item's list calls it.
        form: ``"原件"`` or ``"复印件"``.
        copies: how many copies (份).
        pages: scanned sides (页).
        returned: given back to the applicant after scanning.
        note: where it is instead, e.g. that it was promised; "" where it was taken or given back.
        here: it was handed in, and counts.
    """

    name: str
    form: str
    copies: int
    pages: int
    returned: bool
    note: str = ""
    here: bool = True


@dataclass(frozen=True)
class ReceiptContent:
    """All that a receipt says (domain: section 5).

    Args:
        local_no: 收件流水号, ASCII, short enough for a Code 128 of 72 mm.
        identity_masked: the identity number as it may stand on paper, masked by the caller.
        agent_name: the one who acts for the applicant, or "".
        guardian_name: of a minor, or "".
        reused_mark: what is attested of papers of an earlier case, or "".
        received_at: aware; printed in Asia/Shanghai.
        clock_note: a sentence about a PC clock that is wrong, or "".
        reprint: 0 for the first print; from 1 on the paper is marked 补打 with this count.
        practice: the paper is marked as an exercise without force.
    """

    station_name: str
    local_no: str
    item_name: str
    applicant_name: str
    identity_masked: str
    phone: str
    agent_name: str
    materials: tuple[ReceiptMaterial, ...]
    received_at: datetime
    clerk_name: str
    clock_note: str = ""
    guardian_name: str = ""
    reused_mark: str = ""
    reprint: int = 0
    practice: bool = False


def state_words(material: Material) -> str:
    """Where a paper is that was not simply taken or given back; "" for those."""
    if material.state is MaterialState.PROMISED:
        return f"{material.promised_until} 前补交"
    if material.state is MaterialState.SEEN:
        return "看后退还"
    return "沿用以前" if material.state is MaterialState.REUSED else ""


def reused_mark(item_name: str) -> str:
    """What the clerk attests of papers of an earlier case (domain: section 5)."""
    return f"沿用以前的材料：此件经与原件核对无误，仅供办理{item_name}使用。"


def render(content: ReceiptContent, fonts: FontSet) -> bytes:
    """The receipt as a PDF of A4 sheets, to be cut in the middle: upper half for the station, lower for the applicant.

    When the list is longer than a half sheet it goes on, on both halves of further sheets, with page numbers.

    Raises:
        InputProblem: ``papers.barcode_text`` when the local number cannot be a barcode.
    """
    symbol = code128(content.local_no)
    with fonts.lock:
        pages = flow(fonts, _body(content, _ROOMY), _BODY_HEIGHT)
        if len(pages) > 1:
            pages = flow(fonts, _body(content, _TIGHT), _BODY_HEIGHT)
        sheets = Sheets(A4, fonts, f"收件凭证 {content.local_no}")
        for number, placed in enumerate(pages, start=1):
            if number > 1:
                sheets.next_sheet()
            for half, copy_name in enumerate(_COPIES):
                _draw_half(sheets, content, symbol, placed, half * A5_LANDSCAPE.height_mm, copy_name)
                _draw_foot(sheets, half * A5_LANDSCAPE.height_mm, content, number, len(pages))
            sheets.line(0, A5_LANDSCAPE.height_mm, A4.width_mm, A5_LANDSCAPE.height_mm, grey=0.55, dash_mm=(2.0, 1.5))
        return sheets.finish()


def _body(content: ReceiptContent, air: _Air) -> list[Block]:
    received = content.received_at.astimezone(SHANGHAI)
    half = _WIDTH / 2
    head = _list_row(tuple(title for title, _ in _COLUMNS), air, head=True)
    return [
        _grid_row(_pair("收件站点", content.station_name, _WIDTH), air),
        _grid_row(_pair("办理事项", content.item_name, _WIDTH, bold=True), air),
        _grid_row(
            _pair("申请人", content.applicant_name, half) + _pair("证件号码", content.identity_masked, half), air
        ),
        _grid_row(_pair("代办人", content.agent_name or "无", half) + _pair("联系电话", content.phone, half), air),
        _grid_row(
            _pair("收件流水号", content.local_no, half) + _pair("收件时间", f"{received:%Y年%m月%d日 %H:%M}", half), air
        ),
        *((_grid_row(_pair("监护人", content.guardian_name, _WIDTH), air),) if content.guardian_name else ()),
        Gap(2.0),
        Table(head, _material_rows(content.materials, air)),
        Gap(2.0),
        Together(_closing(content, air)),
    ]


def _pair(label: str, value: str, width_mm: float, *, bold: bool = False) -> tuple[Cell, ...]:
    style = TextStyle(_VALUE.size_pt, bold=bold)
    return Cell(label, _LABEL_WIDTH, _LABEL, shade=0.96), Cell(value, width_mm - _LABEL_WIDTH, style)


def _grid_row(cells: tuple[Cell, ...], air: _Air) -> Row:
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=air.grid_mm)


def _list_row(texts: tuple[str, ...], air: _Air, *, head: bool = False) -> Row:
    cells = tuple(
        Cell(
            text,
            width,
            _LIST_HEAD if head else _LIST,
            align="left" if title == "材料名称" else "centre",
            shade=0.96 if head else 1.0,
        )
        for text, (title, width) in zip(texts, _COLUMNS, strict=True)
    )
    return Row(cells, ruled=True, pad_x_mm=1.5, pad_y_mm=air.list_mm)


def _material_rows(materials: tuple[ReceiptMaterial, ...], air: _Air) -> tuple[Row, ...]:
    if not materials:
        return (_list_row(("", "（本次未收取材料）", "", "", "", ""), air),)
    return tuple(
        _list_row(
            (
                str(number),
                one.name,
                one.form,
                str(one.copies),
                str(one.pages),
                one.note or ("已退还" if one.returned else "已收取"),
            ),
            air,
        )
        for number, one in enumerate(materials, start=1)
    )


def _closing(content: ReceiptContent, air: _Air) -> tuple[Row, ...]:
    here = [one for one in content.materials if one.here]
    copies, pages = sum(one.copies for one in here), sum(one.pages for one in here)
    total = f"以上收到材料共 {len(here)} 项、{copies} 份、{pages} 页，经双方当面核对无误。"
    advice = "是否受理以审批机关出具的文书为准；请妥善保管本凭证，凭收件流水号查询进度。"
    rows = [
        Row((Cell(total, _WIDTH, TextStyle(9.0)),), pad_y_mm=0.4),
        Row(
            (Cell("本凭证不代表受理。", 34.0, TextStyle(9.5, bold=True)), Cell(advice, 146.0, TextStyle(9.0))),
            pad_y_mm=0.4,
        ),
    ]
    if content.reused_mark:
        rows.append(Row((Cell(content.reused_mark, _WIDTH, TextStyle(9.0)),), pad_y_mm=0.4))
    if content.clock_note:
        rows.append(Row((Cell(content.clock_note, _WIDTH, TextStyle(8.5, grey=0.2)),)))
    signature = TextStyle(10.5)
    rows.append(Row((Cell("", _WIDTH, TextStyle(1.0)),), least_mm=air.signature_mm))
    rows.append(
        Row(
            (
                Cell(f"收件人（{content.clerk_name}）签名：", 86.0, signature, write_on=True),
                Cell("", 8.0, signature),
                Cell("申请人（代办人）签名：", 86.0, signature, write_on=True),
            ),
            pad_y_mm=1.0,
        )
    )
    return tuple(rows)


def _draw_half(
    sheets: Sheets,
    content: ReceiptContent,
    symbol: LinearBarcode,
    placed: list[Placed],
    top_mm: float,
    copy_name: str,
) -> None:
    middle = A4.width_mm / 2
    draw_grounds(sheets, placed, _LEFT, top_mm + _BODY_TOP)
    if content.practice:
        sheets.watermark(middle, top_mm + A5_LANDSCAPE.height_mm / 2, "练习样张　无效", 54.0, 20.0)
    head = top_mm + _HEAD_TOP
    sheets.text_centred(middle, head + 9.0, "收件凭证", 22.0, bold=True)
    sheets.text_centred(middle, head + 15.5, "（材料接收清单）", 10.0)
    sheets.text(_LEFT, head + 4.6, copy_name, 9.5, bold=True)
    marks = [f"补打　第 {content.reprint} 次"] if content.reprint else []
    marks += ["练习　无效"] if content.practice else []
    x = _LEFT
    for mark in marks:
        width = sheets.fonts.width_mm(mark, 9.0) + 4.0
        sheets.frame(x, head + 8.6, width, 6.0, line_mm=0.3)
        sheets.text(x + 2.0, head + 12.75, mark, 9.0, bold=True)
        x += width + 2.0
    draw_code128(
        sheets, symbol, _LEFT + _WIDTH - symbol.width_mm() + QUIET_MODULES * MODULE_MM, head + 0.5, height_mm=12.0
    )
    draw(sheets, placed, _LEFT, top_mm + _BODY_TOP)


def _draw_foot(sheets: Sheets, top_mm: float, content: ReceiptContent, number: int, count: int) -> None:
    sheets.text(_LEFT, top_mm + _FOOT, f"收件流水号 {content.local_no}", 8.0, grey=0.35)
    if count > 1:
        sheets.text_right(_LEFT + _WIDTH, top_mm + _FOOT, f"第 {number} 页　共 {count} 页", 8.0, grey=0.35)
