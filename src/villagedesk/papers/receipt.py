"""Receipt 收件凭证(材料接收清单): what the station attests when papers are handed in, link or no link; on sheets."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.domain.printing import PaperSize
from villagedesk.papers import receipt_roll
from villagedesk.papers.barcode import MODULE_MM, QUIET_MODULES, LinearBarcode, code128, draw_code128
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import PRACTICE_MARK, draw_marks, mark_words
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
from villagedesk.papers.receipt_content import (
    ADVICE,
    COPIES,
    NO_ACCEPTANCE,
    ReceiptContent,
    ReceiptMaterial,
    counted,
    fate,
    list_name,
    received_words,
)
from villagedesk.papers.sheet import A4, A5_LANDSCAPE, Sheets

_LEFT, _WIDTH = 15.0, 180.0
_HEAD_TOP, _BODY_TOP, _BODY_HEIGHT, _FOOT = 8.0, 30.0, 109.0, 143.5  # within one half of the sheet, mm
_LABEL_WIDTH = 24.0
_LABEL = TextStyle(9.0, grey=0.3)
_VALUE = TextStyle(10.5)
_LIST = TextStyle(9.5)
_LIST_HEAD = TextStyle(9.0, grey=0.3)
_MARK_PT = 9.0


@dataclass(frozen=True)
class _Air:
    """Air above and below the text of a row, and above a signature, in mm."""

    grid_mm: float
    list_mm: float
    signature_mm: float


_ROOMY = _Air(1.1, 1.0, 5.0)
_TIGHT = _Air(0.7, 0.5, 2.6)
_COLUMNS = (("序号", 12.0), ("材料名称", 98.0), ("形式", 18.0), ("份数", 14.0), ("页数", 14.0), ("去向", 24.0))


def render(content: ReceiptContent, fonts: FontSet, size: PaperSize = PaperSize.A4) -> bytes:
    """The receipt as a PDF, in two copies: on A4 sheets to be cut in the middle, the upper half for the station and the
    lower for the applicant; else one after the other.

    When the list is longer than a half sheet it goes on, on both halves of further sheets, with page numbers.

    Raises:
        InputProblem: ``papers.barcode_text`` when the local number cannot be a barcode.
    """
    if size is PaperSize.ROLL_80:
        return receipt_roll.render(content, fonts)
    symbol = code128(content.local_no)
    with fonts.lock:
        pages = flow(fonts, _body(content, _ROOMY), _BODY_HEIGHT)
        if len(pages) > 1:
            pages = flow(fonts, _body(content, _TIGHT), _BODY_HEIGHT)
        halves = [(number, copy_name) for copy_name in COPIES for number in range(1, len(pages) + 1)]
        if size is PaperSize.A4:
            halves.sort(key=lambda half: half[0])
        on_sheet = 2 if size is PaperSize.A4 else 1
        sheets = Sheets(A4 if size is PaperSize.A4 else A5_LANDSCAPE, fonts, f"收件凭证 {content.local_no}")
        for place, (number, copy_name) in enumerate(halves):
            if place and place % on_sheet == 0:
                sheets.next_sheet()
            top = place % on_sheet * A5_LANDSCAPE.height_mm
            _draw_half(sheets, content, symbol, pages[number - 1], top, copy_name)
            _draw_foot(sheets, top, content, number, len(pages))
            if top:
                sheets.line(0, top, A4.width_mm, top, grey=0.55, dash_mm=(2.0, 1.5))
        return sheets.finish()


def _body(content: ReceiptContent, air: _Air) -> list[Block]:
    half = _WIDTH / 2
    head = _list_row(tuple(title for title, _ in _COLUMNS), air, head=True)
    return [
        _grid_row(_pair("收件站点", content.station_name, _WIDTH), air),
        _grid_row(_pair("办理事项", content.item_name, _WIDTH, bold=True), air),
        _grid_row(
            _pair("申请人", content.applicant_name, half) + _pair("证件号码", content.identity_masked, half), air
        ),
        _grid_row(_pair("代办人", content.agent_name or "无", half) + _pair("联系电话", content.phone, half), air),
        _grid_row(_pair("收件流水号", content.local_no, half) + _pair("收件时间", received_words(content), half), air),
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
                fate(one),
            ),
            air,
        )
        for number, one in enumerate(materials, start=1)
    )


def _closing(content: ReceiptContent, air: _Air) -> tuple[Row, ...]:
    rows = [
        Row((Cell(counted(content), _WIDTH, TextStyle(9.0)),), pad_y_mm=0.4),
        Row(
            (Cell(NO_ACCEPTANCE, 34.0, TextStyle(9.5, bold=True)), Cell(ADVICE, 146.0, TextStyle(9.0))),
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
        sheets.watermark(middle, top_mm + A5_LANDSCAPE.height_mm / 2, PRACTICE_MARK, 54.0, 20.0)
    head = top_mm + _HEAD_TOP
    sheets.text(middle, head + 9.0, "收件凭证", 22.0, bold=True, align="centre")
    sheets.text(middle, head + 15.5, list_name(content), 10.0, align="centre")
    sheets.text(_LEFT, head + 4.6, copy_name, 9.5, bold=True)
    draw_marks(sheets, _LEFT, head + 8.6, mark_words(content.reprint, practice=content.practice), _MARK_PT)
    draw_code128(
        sheets, symbol, _LEFT + _WIDTH - symbol.width_mm() + QUIET_MODULES * MODULE_MM, head + 0.5, height_mm=12.0
    )
    draw(sheets, placed, _LEFT, top_mm + _BODY_TOP)


def _draw_foot(sheets: Sheets, top_mm: float, content: ReceiptContent, number: int, count: int) -> None:
    sheets.text(_LEFT, top_mm + _FOOT, f"收件流水号 {content.local_no}", 8.0, grey=0.35)
    if count > 1:
        sheets.text(_LEFT + _WIDTH, top_mm + _FOOT, f"第 {number} 页　共 {count} 页", 8.0, grey=0.35, align="right")
