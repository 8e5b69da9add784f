"""Monthly report of the services 服务情况月报: how many cases, how they ended, how long that took, how the window was
open; and the mark by which the log behind it can be checked. It names no applicant and no case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.audit import AuditHead
from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Cell, Gap, Row, Table, TextStyle, Together
from villagedesk.papers.log_mark import log_mark
from villagedesk.papers.station_report import LABEL, VALUE, WIDTH_MM, heading, pair, render_report, ruled, signatures

_HEIGHT = 245.0
_NOTE = TextStyle(9.5, grey=0.3, leading=1.4)
_NUMBERS = "一二三四五六七八"
_NAME_SHARE = 3.2
"""How much wider a table's first column is than each of the others."""
_PAIRS = 2


@dataclass(frozen=True)
class Figures:
    """A part of the report: names and figures as words, or a table.

    Args:
        pairs: two a row.
        heads, rows: of the table beneath; the first column is words.
        note: how it is counted, in small letters beneath; "" for none.
    """

    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class StatisticsReportContent:
    """All that the report says.

    Args:
        so_far: the month is not over, so that there will be more.
        parts: in their order.
        head: where the log ended when this was drawn.
        printed_at: aware; printed in Asia/Shanghai.
        practice: the paper is marked as an exercise without force.
    """

    station_name: str
    division_code: str
    year: int
    month: int
    so_far: bool
    parts: tuple[Figures, ...]
    head: AuditHead
    printed_at: datetime
    clerk_name: str
    practice: bool = False


def render(content: StatisticsReportContent, fonts: FontSet) -> bytes:
    """The report as a PDF of as many A4 sheets as its items need, each with its number."""
    title = f"服务情况月报 {content.year}-{content.month:02d}"
    return render_report(title, _body(content), _HEIGHT, fonts, practice=content.practice, numbered=True)


def _body(content: StatisticsReportContent) -> list[Block]:
    half = WIDTH_MM / 2
    printed = content.printed_at.astimezone(SHANGHAI)
    month = f"{content.year}年{content.month}月" + ("（本月还没过完，截至打印时）" if content.so_far else "")
    blocks: list[Block] = [
        Row((Cell("服务情况月报", WIDTH_MM, TextStyle(22.0, bold=True), align="centre"),)),
        Gap(2.0),
        Row((Cell(month, WIDTH_MM, TextStyle(12.0), align="centre"),)),
        Gap(3.0),
        ruled((*pair("站点", content.station_name, half), *pair("行政区划代码", content.division_code, half))),
        ruled((*pair("填表人", content.clerk_name, half), *pair("打印时间", f"{printed:%Y年%m月%d日 %H:%M}", half))),
    ]
    for number, part in zip(_NUMBERS, content.parts, strict=False):
        blocks += [Gap(3.0), *_part(number, part)]
    number = _NUMBERS[len(content.parts)]
    end = (heading(f"{number}、操作日志校验"), *log_mark(content.head), *signatures(7.0))
    return [*blocks, Gap(3.0), Together(end)]


def _part(number: str, part: Figures) -> list[Block]:
    title = heading(f"{number}、{part.title}")
    note = (Row((Cell(part.note, WIDTH_MM, _NOTE),), pad_y_mm=0.8),) if part.note else ()
    pairs = tuple(_pairs(part.pairs))
    if not part.heads:
        return [Together((title, *pairs, *note))]
    if not part.rows:
        none = Row((Cell("没有。", WIDTH_MM, VALUE),))
        return [Together((title, *pairs, none))]
    widths = _widths(len(part.heads))
    head = _line(part.heads, widths, LABEL, 0.96)
    rows = tuple(_line(row, widths, VALUE) for row in part.rows)
    return [Together((title, *pairs)), Table(head, rows), *note]


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[Row]:
    width = WIDTH_MM / _PAIRS
    filled = [*pairs, ("", "")] if len(pairs) % _PAIRS else [*pairs]
    rows = []
    for start in range(0, len(filled), _PAIRS):
        cells = [
            cell
            for name, value in filled[start : start + _PAIRS]
            for cell in (Cell(name, width * 0.62, VALUE), Cell(value, width * 0.38, VALUE, align="centre"))
        ]
        rows.append(ruled(tuple(cells)))
    return rows


def _widths(columns: int) -> list[float]:
    unit = WIDTH_MM / (_NAME_SHARE + columns - 1)
    return [unit * _NAME_SHARE, *[unit] * (columns - 1)]


def _line(texts: Sequence[str], widths: Sequence[float], style: TextStyle, shade: float = 1.0) -> Row:
    aligns = ["left", *["centre"] * (len(texts) - 1)]
    cells = zip(texts, widths, aligns, strict=True)
    return ruled(tuple(Cell(text, width, style, align=align, shade=shade) for text, width, align in cells))
