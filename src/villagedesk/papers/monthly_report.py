"""Monthly report 月度运行情况表: what was done at the window, and the mark by which its log can be checked later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.audit import AuditHead
from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers.barcode import draw_qr
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, TextStyle, Together, draw, draw_grounds, flow
from villagedesk.papers.sheet import A4, Sheets

_TOP, _LEFT, _WIDTH, _HEIGHT = 22.0, 20.0, 170.0, 250.0
_QR_MM = 34.0
_NAME_WIDTH, _COUNT_WIDTH = 56.0, 20.0
_LABEL = TextStyle(9.5, grey=0.3)
_VALUE = TextStyle(10.5)
_SMALL = TextStyle(9.0, leading=1.5)
_MAC = TextStyle(10.0, leading=1.55)
_GROUP, _GROUPS_A_LINE = 8, 4
MOST_PEOPLE = 5
"""Columns of people the sheet has room for, the one for all others counted in."""


@dataclass(frozen=True)
class MonthlyContent:
    """All that the report says. No case and no applicant is named in it.

    Args:
        people: who has a column, at most :data:`MOST_PEOPLE`.
        duties: what was done with cases, and how often by each of ``people``.
        safety: what was done for the safety of the data, and how often.
        head: where the log ended when this was drawn.
        printed_at: aware; printed in Asia/Shanghai.
        practice: the paper is marked as an exercise without force.
    """

    station_name: str
    division_code: str
    year: int
    month: int
    people: tuple[str, ...]
    duties: tuple[tuple[str, tuple[int, ...]], ...]
    safety: tuple[tuple[str, int], ...]
    head: AuditHead
    printed_at: datetime
    clerk_name: str
    practice: bool = False


def head_text(head: AuditHead) -> str:
    """A head as the code on the paper says it and ``villagedesk doctor --head`` takes it: ``SEQ:MAC``."""
    return f"{head.seq}:{head.mac}"


def render(content: MonthlyContent, fonts: FontSet) -> bytes:
    """The report as a PDF of one A4 sheet (more only where names are beyond all measure)."""
    with fonts.lock:
        pages = flow(fonts, _body(content), _HEIGHT)
        sheets = Sheets(A4, fonts, f"月度运行情况表 {content.year}-{content.month:02d}")
        for number, placed in enumerate(pages, start=1):
            if number > 1:
                sheets.next_sheet()
            draw_grounds(sheets, placed, _LEFT, _TOP)
            if content.practice:
                sheets.watermark(A4.width_mm / 2, A4.height_mm / 2, "练习样张　无效", 80.0, 45.0)
            if len(pages) > 1:
                below = _TOP + _HEIGHT + 8.0
                sheets.text_right(_LEFT + _WIDTH, below, f"第 {number} 页　共 {len(pages)} 页", 9.0, grey=0.3)
            draw(sheets, placed, _LEFT, _TOP)
        return sheets.finish()


def _body(content: MonthlyContent) -> list[Block]:
    half = _WIDTH / 2
    printed = content.printed_at.astimezone(SHANGHAI)
    blocks: list[Block] = [
        Row((Cell("月度运行情况表", _WIDTH, TextStyle(22.0, bold=True), align="centre"),)),
        Gap(2.0),
        Row((Cell(f"{content.year}年{content.month}月", _WIDTH, TextStyle(12.0), align="centre"),)),
        Gap(5.0),
        _ruled(
            (
                *_pair("站点", content.station_name, half),
                *_pair("行政区划代码", content.division_code, half),
            )
        ),
        _ruled(
            (
                *_pair("填表人", content.clerk_name, half),
                *_pair("打印时间", f"{printed:%Y年%m月%d日 %H:%M}", half),
            )
        ),
        Gap(5.0),
        _heading("一、办件"),
        *_duties(content),
        Gap(5.0),
        _heading("二、登录和数据安全"),
        *_safety(content.safety),
        Gap(5.0),
        Together((_heading("三、操作日志校验"), *_chain(content.head), *_signatures())),
    ]
    return blocks


def _heading(text: str) -> Row:
    return Row((Cell(text, _WIDTH, TextStyle(11.5, bold=True)),), pad_y_mm=1.2)


def _ruled(cells: tuple[Cell, ...]) -> Row:
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=1.1)


def _pair(label: str, value: str, width_mm: float) -> tuple[Cell, Cell]:
    return Cell(label, 25.0, _LABEL, shade=0.96), Cell(value, width_mm - 25.0, _VALUE)


def _duties(content: MonthlyContent) -> list[Block]:
    columns = len(content.people)
    rest = _WIDTH - _NAME_WIDTH - _COUNT_WIDTH
    width = rest / columns if columns else rest
    people = content.people or ("",)
    head = (
        Cell("事情", _NAME_WIDTH, _LABEL, shade=0.96),
        *(Cell(name, width, _LABEL, align="centre", shade=0.96) for name in people),
        Cell("合计", _COUNT_WIDTH, _LABEL, align="centre", shade=0.96),
    )
    rows: list[Block] = [_ruled(head)]
    for name, counts in content.duties:
        shown = counts or (0,)
        rows.append(
            _ruled(
                (
                    Cell(name, _NAME_WIDTH, _VALUE),
                    *(Cell(_count(count), width, _VALUE, align="centre") for count in shown),
                    Cell(_count(sum(shown)), _COUNT_WIDTH, _VALUE, align="centre"),
                )
            )
        )
    return rows


def _safety(safety: Sequence[tuple[str, int]]) -> list[Block]:
    """Two pairs a row."""
    width = _WIDTH / 2
    filled = [*safety, ("", -1)] if len(safety) % 2 else [*safety]
    rows: list[Block] = []
    for left, right in zip(filled[::2], filled[1::2], strict=True):
        cells = [
            cell
            for name, count in (left, right)
            for cell in (
                Cell(name, width - _COUNT_WIDTH, _VALUE),
                Cell(_count(count) if name else "", _COUNT_WIDTH, _VALUE, align="centre"),
            )
        ]
        rows.append(_ruled(tuple(cells)))
    return rows


def _count(count: int) -> str:
    """A count; a dash where nothing was done, which cannot be made a number with a pen as easily as a blank."""
    return str(count) if count else "—"


def _chain(head: AuditHead) -> tuple[Row, ...]:
    groups = [head.mac[start : start + _GROUP] for start in range(0, len(head.mac), _GROUP)]
    lines = [" ".join(groups[start : start + _GROUPS_A_LINE]) for start in range(0, len(groups), _GROUPS_A_LINE)]
    said = [f"截至第 {head.seq} 条，校验码：", *lines]
    how = (
        "每一条日志都和前面所有日志锁在一起。请妥善保存本表：以后在这台电脑上运行 villagedesk doctor --head，"
        "后面接二维码里的内容，程序会核对到这一条为止的日志有没有被改过、删过。"
    )

    def draw_code(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_qr(sheets, head_text(head), x_mm, y_mm, _QR_MM)

    rest = _WIDTH - _QR_MM - 4.0
    code = Picture(_QR_MM, _QR_MM, draw_code)
    told = Cell("\n".join([*said, "", how]), rest, _MAC)
    return (Row((code, Cell("", 4.0, _SMALL), told), least_mm=_QR_MM + 2.0),)


def _signatures() -> tuple[Row, ...]:
    return (
        Row((Cell("", _WIDTH, TextStyle(1.0)),), least_mm=7.0),
        Row(
            (
                Cell("经办人签名：", 80.0, _VALUE, write_on=True),
                Cell("", 10.0, _VALUE),
                Cell("村（社区）负责人签名：", 80.0, _VALUE, write_on=True),
            ),
            pad_y_mm=1.0,
        ),
    )
