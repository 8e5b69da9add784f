"""Proof that all is sent 全部上报证明: what was sent, what is open, what came back, and the organ's last word.

Its title says *proof* only where it is one; else it is an account of how things stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Cell, Gap, Row, Table, TextStyle, Together, draw, draw_grounds, flow
from villagedesk.papers.sheet import A4, Sheets

_TOP, _LEFT, _WIDTH, _HEIGHT = 22.0, 20.0, 170.0, 245.0
_LABEL = TextStyle(9.5, grey=0.3)
_VALUE = TextStyle(10.5)
_SMALL = TextStyle(9.0)
_VERDICT = TextStyle(13.0, leading=1.5, bold=True)
_COLUMNS = (("收件流水号", 34.0), ("申请人", 22.0), ("事项", 42.0), ("时间", 26.0), ("情况", 46.0))
_COUNT_WIDTH = 20.0
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
    with fonts.lock:
        pages = flow(fonts, _body(content), _HEIGHT)
        sheets = Sheets(A4, fonts, f"{_title(content)} {content.printed_at.astimezone(SHANGHAI):%Y-%m-%d}")
        for number, placed in enumerate(pages, start=1):
            if number > 1:
                sheets.next_sheet()
            draw_grounds(sheets, placed, _LEFT, _TOP)
            if content.practice:
                sheets.watermark(A4.width_mm / 2, A4.height_mm / 2, "练习样张　无效", 80.0, 45.0)
            below = _TOP + _HEIGHT + 8.0
            sheets.text_right(_LEFT + _WIDTH, below, f"第 {number} 页　共 {len(pages)} 页", 9.0, grey=0.3)
            draw(sheets, placed, _LEFT, _TOP)
        return sheets.finish()


def _title(content: ProofContent) -> str:
    return _PROVEN if content.proven else _ACCOUNT


def _body(content: ProofContent) -> list[Block]:
    half = _WIDTH / 2
    printed = content.printed_at.astimezone(SHANGHAI)
    blocks: list[Block] = [
        Row((Cell(_title(content), _WIDTH, TextStyle(20.0, bold=True), align="centre"),)),
        Gap(5.0),
        _ruled((*_pair("站点", content.station_name, half), *_pair("行政区划代码", content.division_code, half))),
        _ruled((*_pair("经办人", content.clerk_name, half), *_pair("打印时间", f"{printed:%Y年%m月%d日 %H:%M}", half))),
        _ruled(_pair("统计时段", content.period, _WIDTH)),
        Gap(5.0),
        Row((Cell(content.verdict, _WIDTH, _VERDICT),)),
        Gap(3.0),
        _heading("一、受理系统最后的答复"),
        *(Row((Cell(words, _WIDTH, _VALUE),), pad_y_mm=0.8) for words in content.last_words),
        Gap(4.0),
        _heading("二、件数"),
        *_counts(content.counts),
    ]
    for number, listed in zip("三四五", content.lists, strict=True):
        blocks += [Gap(4.0), *_list(number, listed)]
    return [*blocks, Gap(4.0), Together(_signatures())]


def _heading(text: str) -> Row:
    return Row((Cell(text, _WIDTH, TextStyle(11.5, bold=True)),), pad_y_mm=1.2)


def _ruled(cells: tuple[Cell, ...]) -> Row:
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=1.1)


def _pair(label: str, value: str, width_mm: float) -> tuple[Cell, Cell]:
    return Cell(label, 25.0, _LABEL, shade=0.96), Cell(value, width_mm - 25.0, _VALUE)


def _counts(counts: tuple[tuple[str, int], ...]) -> list[Block]:
    """Two pairs a row; a dash where there is none, which cannot be made a number with a pen as easily as a blank."""
    width = _WIDTH / 2
    filled = [*counts, ("", -1)] if len(counts) % 2 else [*counts]
    rows: list[Block] = []
    for left, right in zip(filled[::2], filled[1::2], strict=True):
        cells = []
        for name, count in (left, right):
            said = "" if not name else str(count) if count else "—"
            cells += [Cell(name, width - _COUNT_WIDTH, _VALUE), Cell(said, _COUNT_WIDTH, _VALUE, align="centre")]
        rows.append(_ruled(tuple(cells)))
    return rows


def _list(number: str, listed: NamedList) -> list[Block]:
    title = f"{number}、{listed.title}（{listed.count} 件）"
    if not listed.lines:
        return [Together((_heading(f"{number}、{listed.title}"), Row((Cell("没有。", _WIDTH, _VALUE),))))]
    head = _ruled(tuple(Cell(name, width, _LABEL, shade=0.96) for name, width in _COLUMNS))
    widths = [width for _, width in _COLUMNS]
    rows = tuple(
        _ruled(tuple(Cell(text, width, _SMALL) for text, width in zip(line, widths, strict=True)))
        for line in listed.lines
    )
    blocks: list[Block] = [_heading(title), Table(head, rows)]
    more = listed.count - len(listed.lines)
    if more > 0:
        blocks.append(Row((Cell(f"另有 {more} 件没有列出。", _WIDTH, _VALUE),), pad_y_mm=1.0))
    return blocks


def _signatures() -> tuple[Row, ...]:
    return (
        Row((Cell("", _WIDTH, TextStyle(1.0)),), least_mm=6.0),
        Row(
            (
                Cell("经办人签名：", 80.0, _VALUE, write_on=True),
                Cell("", 10.0, _VALUE),
                Cell("村（社区）负责人签名：", 80.0, _VALUE, write_on=True),
            ),
            pad_y_mm=1.0,
        ),
    )
