"""Item list 事项清单: what this window handles, for the wall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from villagedesk.domain.service_item import HandlingMode, MaterialRequirement, Office, ServiceItem
from villagedesk.papers.barcode import QR_LONGEST_BYTES, draw_qr
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import LEAFLET, Form, draw_form
from villagedesk.papers.item_words import limit_words
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, Table, TextStyle, Together
from villagedesk.papers.sheet import Sheets

WIDTH = LEAFLET.width_mm
_COLUMNS = (("", 10.0), ("事项", 56.0), ("要带什么", 62.0), ("多久办好", 22.0), ("怎么办", 24.0))
_MODES = {
    HandlingMode.SYSTEM: "村里收件",
    HandlingMode.PROXY: "村里代办",
    HandlingMode.GUIDED: "指导网办",
    HandlingMode.ON_THE_SPOT: "当场办",
}
_TITLE = TextStyle(24.0, bold=True)
_HEAD = TextStyle(10.5, grey=0.25)
_ORGAN = TextStyle(11.0, bold=True)
_NAME = TextStyle(11.5, bold=True, leading=1.3)
_CELL = TextStyle(10.0, leading=1.3)
_ONLINE = TextStyle(13.0, bold=True)
_QR_MM = 30.0


@dataclass(frozen=True)
class ItemListContent:
    """All that the list says.

    Args:
        items: put together by the organ that decides, else in their order; with the village's own office and mode.
        office: the village's own; what is "" is left out.
        printed_on: in Shanghai.
    """

    station_name: str
    items: tuple[ServiceItem, ...]
    office: Office
    printed_on: date
    practice: bool = False


def render(content: ItemListContent, fonts: FontSet) -> bytes:
    """The list as a PDF of A4 sheets."""
    head = Row(
        tuple(Cell(title, width, _HEAD, shade=0.96) for title, width in _COLUMNS),
        ruled=True,
        pad_x_mm=1.6,
        pad_y_mm=1.0,
    )
    by_organ: dict[str, list[ServiceItem]] = {}
    for item in content.items:
        by_organ.setdefault(item.organ, []).append(item)
    rows: list[Row] = []
    count = 0
    for organ, items in by_organ.items():
        rows.append(Row((Cell(organ, WIDTH, _ORGAN, shade=0.93),), ruled=True, pad_x_mm=1.6, pad_y_mm=0.9))
        for item in items:
            count += 1
            rows.append(_row(count, item))
    blocks: list[Block] = [
        Row((Cell(content.station_name, WIDTH, TextStyle(13.0), align="centre"),)),
        Row((Cell("便民服务事项清单", WIDTH, _TITLE, align="centre"),), pad_y_mm=1.0),
        *_where(content.office),
        Gap(3.0),
        Table(head, tuple(rows) or (_line("", "（没有选定事项）", "", "", ""),)),
    ]
    if any(item.to_check for item in content.items):
        note = "带“待核”的，内容还没有经县里核对，请以县里的答复为准。"
        blocks += [Gap(2.0), Row((Cell(note, WIDTH, _CELL),))]
    blocks += _online(content.items)
    foot = f"共 {len(content.items)} 项　{content.printed_on:%Y年%m月%d日}打印"
    title = f"便民服务事项清单 {content.station_name}"
    return draw_form(
        fonts,
        Form(title, LEAFLET, blocks, foot=foot, titled=True, practice=content.practice),
    )


def _online(items: Sequence[ServiceItem]) -> Iterator[Block]:
    """A code for each page on which one can apply oneself, and for what."""
    pages: dict[str, list[ServiceItem]] = {}
    for item in items:
        if 0 < len(item.online.url.encode("utf-8", "surrogatepass")) <= QR_LONGEST_BYTES:
            pages.setdefault(item.online.url, []).append(item)
    for place, (url, served) in enumerate(pages.items()):
        heading = Row((Cell("这些事项可以用手机扫码，网上自己办", WIDTH, _ONLINE),), pad_y_mm=1.5)
        names = "能办：" + "、".join(item.name for item in served)
        text = "\n".join(one for one in (served[0].online.app, url, names) if one)
        code = Picture(_QR_MM + 4.0, _QR_MM, partial(_draw_code, url))
        row = Row((code, Cell(text, WIDTH - _QR_MM - 4.0, _CELL)), least_mm=_QR_MM + 2.0)
        yield Gap(3.0)
        yield Together((heading, row) if place == 0 else (row,))


def _draw_code(url: str, sheets: Sheets, x_mm: float, y_mm: float) -> None:
    draw_qr(sheets, url, x_mm, y_mm, _QR_MM)


def _where(office: Office) -> Iterator[Block]:
    entries = (
        ("地点", office.address),
        ("时间", office.hours),
        ("电话", office.phone),
        ("监督投诉", office.complaint_phone),
    )
    text = "　　".join(f"{label}：{value}" for label, value in entries if value)
    if text:
        yield Row((Cell(text, WIDTH, TextStyle(11.0), align="centre"),))


def _row(number: int, item: ServiceItem) -> Row:
    name = item.name + ("（待核）" if item.to_check else "")
    named = [words for one in item.materials if (words := _material(one))]
    others = len(item.materials) - len(named)
    more = f"看情况{'另' if named else ''}带 {others} 样" if others else ""
    materials = "；".join(one for one in ("、".join(named), more) if one)
    limit = limit_words(item.promised_limit or item.legal_limit)
    return _line(str(number), name, materials, limit, _MODES[item.mode])


def _material(requirement: MaterialRequirement) -> str:
    """A paper everybody brings, or everybody of an age, who knows his own; "" where it hangs on more than that."""
    when = requirement.when
    if when is None:
        return requirement.name
    if when.fact != "age":
        return ""
    if when.least is not None and when.most is not None:
        ages = f"{when.least} 至 {when.most} 周岁"
    else:
        ages = f"{when.most} 周岁以下" if when.least is None else f"{when.least} 周岁以上"
    return f"{requirement.name}（{ages}）"


def _line(*texts: str) -> Row:
    cells = tuple(
        Cell(text, width, _NAME if place == 1 else _CELL, align="centre" if place in (0, 3, 4) else "left")
        for place, (text, (_, width)) in enumerate(zip(texts, _COLUMNS, strict=True))
    )
    return Row(cells, ruled=True, pad_x_mm=1.6, pad_y_mm=1.1)
