"""Monthly report 月度运行情况表: what was done at the window, and the mark by which its log can be checked later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.audit import AuditHead
from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Cell, Gap, Row, TextStyle, Together
from villagedesk.papers.log_mark import log_mark
from villagedesk.papers.station_report import (
    COUNT_WIDTH_MM,
    LABEL,
    VALUE,
    WIDTH_MM,
    count_text,
    counted,
    heading,
    pair,
    render_report,
    ruled,
    signatures,
)

_HEIGHT = 258.0
_NAME_WIDTH = 56.0
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


def render(content: MonthlyContent, fonts: FontSet) -> bytes:
    """The report as a PDF of one A4 sheet (more only where names are beyond all measure)."""
    title = f"月度运行情况表 {content.year}-{content.month:02d}"
    return render_report(title, _body(content), _HEIGHT, fonts, practice=content.practice, numbered=False)


def _body(content: MonthlyContent) -> list[Block]:
    half = WIDTH_MM / 2
    printed = content.printed_at.astimezone(SHANGHAI)
    blocks: list[Block] = [
        Row((Cell("月度运行情况表", WIDTH_MM, TextStyle(22.0, bold=True), align="centre"),)),
        Gap(2.0),
        Row((Cell(f"{content.year}年{content.month}月", WIDTH_MM, TextStyle(12.0), align="centre"),)),
        Gap(3.0),
        ruled(
            (
                *pair("站点", content.station_name, half),
                *pair("行政区划代码", content.division_code, half),
            )
        ),
        ruled(
            (
                *pair("填表人", content.clerk_name, half),
                *pair("打印时间", f"{printed:%Y年%m月%d日 %H:%M}", half),
            )
        ),
        Gap(3.0),
        heading("一、办件"),
        *_duties(content),
        Gap(3.0),
        heading("二、登录和数据安全"),
        *counted(content.safety),
        Gap(3.0),
        Together((heading("三、操作日志校验"), *log_mark(content.head), *signatures(7.0))),
    ]
    return blocks


def _duties(content: MonthlyContent) -> list[Block]:
    columns = len(content.people)
    rest = WIDTH_MM - _NAME_WIDTH - COUNT_WIDTH_MM
    width = rest / columns if columns else rest
    people = content.people or ("",)
    head = (
        Cell("事情", _NAME_WIDTH, LABEL, shade=0.96),
        *(Cell(name, width, LABEL, align="centre", shade=0.96) for name in people),
        Cell("合计", COUNT_WIDTH_MM, LABEL, align="centre", shade=0.96),
    )
    rows: list[Block] = [ruled(head)]
    for name, counts in content.duties:
        shown = counts or (0,)
        rows.append(
            ruled(
                (
                    Cell(name, _NAME_WIDTH, VALUE),
                    *(Cell(count_text(count), width, VALUE, align="centre") for count in shown),
                    Cell(count_text(sum(shown)), COUNT_WIDTH_MM, VALUE, align="centre"),
                )
            )
        )
    return rows
