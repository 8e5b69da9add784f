"""ServiceGuide 办事指南: what to bring first, in clear type, for the villager to take home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from villagedesk.domain.service_item import MaterialRequirement, ServiceItem
from villagedesk.papers.barcode import QR_LONGEST_BYTES, draw_qr
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import LEAFLET, Form, draw_form
from villagedesk.papers.item_words import LEVEL_WORDS, MODE_WORDS, form_words, limit_words, source_words
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, Table, TextStyle, Together
from villagedesk.papers.sheet import Sheets

WIDTH = LEAFLET.width_mm
_QR_MM = 38.0
_LABEL_WIDTH = 26.0
_COLUMNS = (("", 9.0), ("要带的材料", 62.0), ("几份", 25.0), ("注意", 78.0))
_NAME = TextStyle(22.0, bold=True, leading=1.3)
_HEADING = TextStyle(14.0, bold=True)
_HEAD = TextStyle(10.0, grey=0.3)
_BODY = TextStyle(12.0, leading=1.4)
_STRONG = TextStyle(12.5, bold=True, leading=1.4)
_LABEL = TextStyle(11.0, grey=0.25, leading=1.4)
_SMALL = TextStyle(10.0, leading=1.4)
_CHECK = TextStyle(11.0, bold=True)


@dataclass(frozen=True)
class GuideContent:
    """All that a guide says.

    Args:
        item: with the village's own office and mode.
        printed_on: in Shanghai.
        practice: the paper is marked as an exercise without force.
    """

    station_name: str
    item: ServiceItem
    printed_on: date
    practice: bool = False


def render(content: GuideContent, fonts: FontSet) -> bytes:
    """The guide as a PDF of A4 sheets."""
    item = content.item
    foot = f"{content.station_name}　{content.printed_on:%Y年%m月%d日}打印"
    blocks = [
        *_head(item),
        Gap(4.0),
        _materials(item),
        Gap(4.0),
        *(_fact(label, text) for label, text in _facts(item) if text),
        *_online(item),
    ]
    return draw_form(
        fonts,
        Form(
            f"办事指南 {item.name}",
            LEAFLET,
            blocks,
            foot=foot,
            titled=True,
            practice=content.practice,
        ),
    )


def _head(item: ServiceItem) -> Iterator[Block]:
    yield Row((Cell("办事指南", WIDTH, TextStyle(12.0, grey=0.3)),))
    yield Row((Cell(item.name, WIDTH, _NAME),))
    if item.to_check:
        yield Row(
            (Cell("待核：内容还没有经县里核对，请以县里的答复为准。", WIDTH, _CHECK, shade=0.93),),
            pad_x_mm=2.0,
            pad_y_mm=1.2,
        )


def _materials(item: ServiceItem) -> Table:
    head = Row(
        tuple(Cell(title, width, _HEAD, shade=0.96) for title, width in _COLUMNS),
        ruled=True,
        pad_x_mm=1.8,
        pad_y_mm=1.0,
    )
    rows = [
        _row(str(number), requirement.name, form_words(requirement), "\n".join(_notes(requirement)))
        for number, requirement in enumerate(item.materials, 1)
    ]
    return Table(head, tuple(rows) or (_row("", "不用带材料", "", ""),))


def _row(number: str, name: str, copies: str, notes: str) -> Row:
    texts = ((number, _BODY, "centre"), (name, _STRONG, "left"), (copies, _BODY, "left"), (notes, _SMALL, "left"))
    cells = tuple(
        Cell(text, width, style, align=align) for (text, style, align), (_, width) in zip(texts, _COLUMNS, strict=True)
    )
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=1.3)


def _notes(requirement: MaterialRequirement) -> Iterator[str]:
    if requirement.when is not None:
        yield f"{requirement.when.words}才要带"
    yield f"从哪里来：{source_words(requirement)}"
    yield from requirement.points
    if requirement.valid_months is not None:
        yield "以前在本站交过、还有效的，可以不带"
    if requirement.promise_days:
        yield f"一时没有的，可以 {requirement.promise_days} 天内补交"


def _facts(item: ServiceItem) -> Iterator[tuple[str, str]]:
    yield "谁能办", item.audience
    conditions = [*item.conditions, *((item.ages.words,) if item.ages is not None else ())]
    yield "办理条件", _numbered(conditions)
    times = [f"承诺 {limit_words(item.promised_limit)}，法定 {limit_words(item.legal_limit)}"]
    times += [f"{stop.name}的时间不算在内（{stop.legal_basis}）" for stop in item.stops]
    yield "多久办好", "\n".join(times)
    yield "怎么办", MODE_WORDS[item.mode] + (f"，要跑 {item.visits} 趟" if item.visits is not None else "")
    steps = [
        f"{step.name}（{LEVEL_WORDS[step.level]}）：{step.by}" + (f"，{step.note}" if step.note else "")
        for step in item.flow
    ]
    yield "办理流程", _numbered(steps)
    yield "谁来决定", item.organ
    yield "收费", "，".join(one for one in (item.fee, item.fee_basis) if one)
    yield "办理结果", "。".join(one for one in (item.result, item.delivery) if one)
    office = item.office
    yield "在哪里办", office.address
    yield "办公时间", office.hours
    yield "咨询电话", office.phone
    yield "监督投诉", office.complaint_phone
    yield "依据", "\n".join(item.legal_basis)


def _fact(label: str, text: str) -> Row:
    cells = (Cell(label, _LABEL_WIDTH, _LABEL, shade=0.96), Cell(text, WIDTH - _LABEL_WIDTH, _BODY))
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=1.2)


def _online(item: ServiceItem) -> Iterator[Block]:
    online = item.online
    if not (online.url or online.steps or online.app):
        return
    lines = [*((f"打开{online.app}",) if online.app else ()), *_lines(online.steps)]
    if online.url:
        lines.append(online.url)
    text = "\n".join(lines)
    heading = Row((Cell("网上自己办", WIDTH, _HEADING),), pad_y_mm=1.5)
    yield Gap(4.0)
    if not 0 < len(online.url.encode("utf-8", "surrogatepass")) <= QR_LONGEST_BYTES:
        yield Together((heading, Row((Cell(text, WIDTH, _BODY),))))
        return

    def draw_code(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_qr(sheets, online.url, x_mm, y_mm, _QR_MM)
        sheets.text(x_mm + _QR_MM / 2, y_mm + _QR_MM + 2.5, "手机扫码，网上办理", 10.0, align="centre")

    code = Picture(_QR_MM + 4.0, _QR_MM + 5.0, draw_code)
    yield Together((heading, Row((Cell(text, WIDTH - _QR_MM - 4.0, _BODY), code), least_mm=_QR_MM + 6.0)))


def _lines(texts: tuple[str, ...] | list[str]) -> list[str]:
    return [f"{number}. {text}" for number, text in enumerate(texts, 1)]


def _numbered(texts: list[str]) -> str:
    return "\n".join(_lines(texts)) if len(texts) > 1 else "".join(texts)
