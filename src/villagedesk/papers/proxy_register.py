"""Register 代办台账: a line for each case, across the paper, for the file and for who inspects the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.register_row import RegisterRow
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import Form, Frame, draw_form
from villagedesk.papers.layout import Block, Cell, Gap, Row, Table, TextStyle, Together
from villagedesk.papers.sheet import A4, SheetSize

_WIDTH = 277.0
_FRAME = Frame(SheetSize(A4.height_mm, A4.width_mm), 10.0, 12.0, _WIDTH, 180.0)
_TITLE = TextStyle(18.0, bold=True)
_HEAD = TextStyle(7.5, leading=1.25, grey=0.2)
_CELL = TextStyle(7.5, leading=1.3)
_TITLE_TEXT = "代办台账"
_TWO_LINES = frozenset({"papers", "concluded", "delivered"})


@dataclass(frozen=True)
class RegisterColumn:
    """A column of the paper.

    Args:
        names: of what stands in it, fields of :class:`RegisterRow`, one below the other.
    """

    title: str
    width_mm: float
    names: tuple[str, ...]
    align: str = "left"


COLUMNS = (
    RegisterColumn("序号", 8.0, ("number",), "centre"),
    RegisterColumn("收件日期", 16.0, ("received",), "centre"),
    RegisterColumn("收件流水号", 23.0, ("local_no",), "centre"),
    RegisterColumn("申请人", 18.0, ("applicant",)),
    RegisterColumn("证件号码\n联系电话", 29.5, ("document_number", "phone")),
    RegisterColumn("事项", 29.0, ("item",)),
    RegisterColumn("办理方式", 14.0, ("mode",), "centre"),
    RegisterColumn("代办人", 14.0, ("agent",)),
    RegisterColumn("经办人", 14.0, ("clerk",)),
    RegisterColumn("材料", 10.0, ("papers",), "centre"),
    RegisterColumn("移交日期", 16.0, ("handed_over",), "centre"),
    RegisterColumn("办件编号", 24.0, ("acceptance_no",)),
    RegisterColumn("状态", 13.0, ("status",), "centre"),
    RegisterColumn("办结", 16.0, ("concluded",), "centre"),
    RegisterColumn("领取", 17.0, ("delivered",), "centre"),
    RegisterColumn("备注", 15.5, ("note",)),
)


@dataclass(frozen=True)
class ProxyRegisterContent:
    """All that the register says.

    Args:
        period: from when to when, in words, and of which kind of cases.
        rows: in their order; may be none.
        columns: which of them the paper has room for, :data:`COLUMNS` in their widths.
        printed_at: aware; printed in Asia/Shanghai.
        practice: the paper is marked as an exercise without force.
        masked: whether numbers are masked, which is said at the foot.
    """

    station_name: str
    period: str
    rows: tuple[RegisterRow, ...]
    printed_at: datetime
    clerk_name: str
    columns: tuple[RegisterColumn, ...] = COLUMNS
    practice: bool = False
    masked: bool = True


def render(content: ProxyRegisterContent, fonts: FontSet) -> bytes:
    """The register as a PDF of A4 sheets across; the columns' names stand on each."""
    return draw_form(
        fonts,
        Form(_TITLE_TEXT, _FRAME, _body(content), foot=_foot(content), practice=content.practice, numbered=True),
    )


def _foot(content: ProxyRegisterContent) -> str:
    printed = content.printed_at.astimezone(SHANGHAI)
    masked = "号码只印首尾" if content.masked else "号码完整，请妥善保管"
    return f"{content.period}　共 {len(content.rows)} 件　{printed:%Y年%m月%d日 %H:%M}打印　{masked}"


def _body(content: ProxyRegisterContent) -> Sequence[Block]:
    head = _line([column.title for column in content.columns], content.columns, _HEAD, shade=0.94)
    rows = tuple(_line(_texts(row, content.columns), content.columns, _CELL) for row in content.rows)
    blocks: list[Block] = [
        Row((Cell(_TITLE_TEXT, _WIDTH, _TITLE, align="centre"),)),
        Row(
            (
                Cell(content.station_name, _WIDTH / 2, TextStyle(10.5)),
                Cell(content.period, _WIDTH / 2, TextStyle(10.5), align="right"),
            ),
            pad_y_mm=1.0,
        ),
        Table(head, rows),
    ]
    if not rows:
        blocks.append(Row((Cell("（这段时间没有收件）", _WIDTH, _CELL, align="centre"),), ruled=True, pad_y_mm=2.0))
    signed = Row(
        (
            Cell(f"填表人：{content.clerk_name}　签名：", 120.0, TextStyle(10.0), write_on=True),
            Cell("", 37.0, TextStyle(10.0)),
            Cell("村（社区）负责人签名：", 120.0, TextStyle(10.0), write_on=True),
        ),
        pad_y_mm=1.0,
    )
    return [*blocks, Gap(6.0), Together((signed,))]


def _texts(row: RegisterRow, columns: Sequence[RegisterColumn]) -> list[str]:
    return [
        "\n".join(_broken(name, text) for name in column.names if (text := str(getattr(row, name))))
        for column in columns
    ]


def _broken(name: str, text: str) -> str:
    """A day and what belongs to it, one below the other."""
    return text.replace(" ", "\n", 1) if name in _TWO_LINES else text


def _line(texts: Sequence[str], columns: Sequence[RegisterColumn], style: TextStyle, *, shade: float = 1.0) -> Row:
    cells = tuple(
        Cell(text, column.width_mm, style, align=column.align, shade=shade)
        for text, column in zip(texts, columns, strict=True)
    )
    return Row(cells, ruled=True, pad_x_mm=0.9, pad_y_mm=0.8)
