"""Proof that all is sent 全部上报证明: what was sent, what is open, what came back, and the organ's last word.

Its title says *proof* only where it is one; else it is an account of how things stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Cell, Gap, Row, Table, TextStyle, Together
from villagedesk.papers.station_report import (
    LABEL,
    VALUE,
    WIDTH_MM,
    counted,
    heading,
    pair,
    render_report,
    ruled,
    signatures,
)

_HEIGHT = 245.0
_SMALL = TextStyle(9.0)
_VERDICT = TextStyle(13.0, leading=1.5, bold=True)
_COLUMNS = (("收件流水号", 34.0), ("申请人", 22.0), ("事项", 42.0), ("时间", 26.0), ("情况", 46.0))
_PROVEN, _ACCOUNT = "全部上报证明", "上报情况说明（不是全部上报证明）"


@dataclass(frozen=True)
class NamedList:
    """Cases of one kind.

    Args:
        lines: local number, masked name, item, time, what of it; fewer than ``count`` where there are very many.
    """

    title: str
    lines: tuple[tuple[str, str, str, str, str], ...]
    count: int


@dataclass(frozen=True)
class ProofContent:
    """All that the paper says; names come masked.

    Args:
        period: the time the counts are of.
        proven: whether it may be called a proof.
        verdict: the one sentence it is about.
        last_words: when and what the acceptance system said last, and how the link was.
        counts: names and numbers.
        lists: four at most.
        printed_at: aware; printed in Asia/Shanghai.
        practice: the paper is marked as an exercise without force.
    """

    station_name: str
    division_code: str
    period: str
    proven: bool
    verdict: str
    last_words: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    lists: tuple[NamedList, ...]
    printed_at: datetime
    clerk_name: str
    practice: bool = False


def render(content: ProofContent, fonts: FontSet) -> bytes:
    """The paper as a PDF of as many A4 sheets as its lists need, each with its number."""
    title = f"{_title(content)} {content.printed_at.astimezone(SHANGHAI):%Y-%m-%d}"
    return render_report(title, _body(content), _HEIGHT, fonts, practice=content.practice, numbered=True)


def _title(content: ProofContent) -> str:
    return _PROVEN if content.proven else _ACCOUNT


def _body(content: ProofContent) -> list[Block]:
    half = WIDTH_MM / 2
    printed = content.printed_at.astimezone(SHANGHAI)
    blocks: list[Block] = [
        Row((Cell(_title(content), WIDTH_MM, TextStyle(20.0, bold=True), align="centre"),)),
        Gap(5.0),
        ruled((*pair("站点", content.station_name, half), *pair("行政区划代码", content.division_code, half))),
        ruled((*pair("经办人", content.clerk_name, half), *pair("打印时间", f"{printed:%Y年%m月%d日 %H:%M}", half))),
        ruled(pair("统计时段", content.period, WIDTH_MM)),
        Gap(5.0),
        Row((Cell(content.verdict, WIDTH_MM, _VERDICT),)),
        Gap(3.0),
        heading("一、受理系统最后的答复"),
        *(Row((Cell(words, WIDTH_MM, VALUE),), pad_y_mm=0.8) for words in content.last_words),
        Gap(4.0),
        heading("二、件数"),
        *counted(content.counts),
    ]
    for number, listed in zip("三四五六", content.lists, strict=False):
        blocks += [Gap(4.0), *_list(number, listed)]
    return [*blocks, Gap(4.0), Together(signatures(6.0))]


def _list(number: str, listed: NamedList) -> list[Block]:
    title = f"{number}、{listed.title}（{listed.count} 件）"
    if not listed.lines:
        return [Together((heading(f"{number}、{listed.title}"), Row((Cell("没有。", WIDTH_MM, VALUE),))))]
    head = ruled(tuple(Cell(name, width, LABEL, shade=0.96) for name, width in _COLUMNS))
    widths = [width for _, width in _COLUMNS]
    rows = tuple(
        ruled(tuple(Cell(text, width, _SMALL) for text, width in zip(line, widths, strict=True)))
        for line in listed.lines
    )
    blocks: list[Block] = [heading(title), Table(head, rows)]
    more = listed.count - len(listed.lines)
    if more > 0:
        blocks.append(Row((Cell(f"另有 {more} 件没有列出。", WIDTH_MM, VALUE),), pad_y_mm=1.0))
    return blocks
