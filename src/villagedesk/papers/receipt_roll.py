"""The receipt on an 80 mm wide roll: the same words one below the other, two strips, each cut off by the printer."""

from __future__ import annotations

from collections.abc import Iterator

from villagedesk.papers.barcode import LinearBarcode, code128, draw_code128
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import ROLL, Form, draw_forms, mark_words
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, TextStyle
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
from villagedesk.papers.sheet import Sheets

_WIDTH = ROLL.width_mm
_LABEL_WIDTH = 20.0
_BARS_MM = 14.0
_TITLE = TextStyle(17.0, bold=True)
_STRONG = TextStyle(11.0, bold=True, leading=1.3)
_BODY = TextStyle(10.0, leading=1.3)
_SMALL = TextStyle(9.0, leading=1.3)
_SIGNATURE_MM = 12.0


def render(content: ReceiptContent, fonts: FontSet) -> bytes:
    """Two strips, each a page of its own length.

    Raises:
        InputProblem: ``papers.barcode_text`` when the local number cannot be a barcode.
    """
    symbol = code128(content.local_no)
    title = f"收件凭证 {content.local_no}"
    forms = [
        Form(title, ROLL, list(_strip(content, symbol, copy_name)), practice=content.practice) for copy_name in COPIES
    ]
    return draw_forms(fonts, forms)


def _strip(content: ReceiptContent, symbol: LinearBarcode, copy_name: str) -> Iterator[Block]:
    yield _line("收件凭证", _TITLE, align="centre")
    yield _line(list_name(content), _SMALL, align="centre")
    yield _line(copy_name, _SMALL, align="centre")
    for mark in mark_words(content.reprint, practice=content.practice):
        yield Row((Cell(mark, _WIDTH, _STRONG, align="centre"),), ruled=True, pad_y_mm=0.6)
    yield Gap(1.5)

    def draw_bars(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_code128(sheets, symbol, x_mm + (_WIDTH - symbol.width_mm()) / 2, y_mm, height_mm=_BARS_MM, text_pt=11.0)

    yield Row((Picture(_WIDTH, _BARS_MM + 6.0, draw_bars),))
    for label, value in _facts(content):
        yield Row((Cell(label, _LABEL_WIDTH, _SMALL), Cell(value, _WIDTH - _LABEL_WIDTH, _BODY)), pad_y_mm=0.3)
    yield _rule()
    for number, material in enumerate(content.materials, 1):
        yield _line(f"{number}. {material.name}", _STRONG)
        yield _line(f"　 {_amount(material)}", _BODY)
    if not content.materials:
        yield _line("（本次未收取材料）", _BODY)
    yield _rule()
    yield _line(counted(content), _SMALL)
    yield _line(NO_ACCEPTANCE, _STRONG)
    for text in (ADVICE, content.reused_mark, content.clock_note):
        if text:
            yield _line(text, _SMALL)
    for signer in (f"收件人（{content.clerk_name}）签名：", "申请人（代办人）签名："):
        yield Row((Cell(signer, _WIDTH, _BODY, write_on=True),), pad_y_mm=1.0, least_mm=_SIGNATURE_MM)


def _facts(content: ReceiptContent) -> Iterator[tuple[str, str]]:
    yield "收件站点", content.station_name
    yield "办理事项", content.item_name
    yield "申请人", content.applicant_name
    yield "证件号码", content.identity_masked
    yield "联系电话", content.phone
    yield "代办人", content.agent_name or "无"
    if content.guardian_name:
        yield "监护人", content.guardian_name
    yield "收件时间", received_words(content)


def _amount(material: ReceiptMaterial) -> str:
    return f"{material.form}{material.copies}份　{material.pages}页　{fate(material)}"


def _line(text: str, style: TextStyle, *, align: str = "left") -> Row:
    return Row((Cell(text, _WIDTH, style, align=align),), pad_y_mm=0.3)


def _rule() -> Row:
    def draw_rule(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        sheets.line(x_mm, y_mm + 1.5, x_mm + _WIDTH, y_mm + 1.5, dash_mm=(1.0, 0.8))

    return Row((Picture(_WIDTH, 3.0, draw_rule),))
