"""上门代办单: the list of whom to visit with what, and a slip for each, which is photographed along with the papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers import deed
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import DEED, Form, draw_forms
from villagedesk.papers.layout import Block, Gap, Row, Table, Together

_LIST = (("序号", 11.0), ("姓名", 24.0), ("住址", 51.0), ("电话", 28.0), ("事项", 36.0), ("去的日子", 16.0))
_PAPERS = (("拍了", 13.0), ("材料", 63.0), ("要求", 90.0))


@dataclass(frozen=True)
class VisitPaper:
    """One paper to take at the visit.

    Args:
        wanted: original or copy, how many, what it must show.
    """

    name: str
    wanted: str


@dataclass(frozen=True)
class VisitSlip:
    """One visit; address and phone in full, as nobody is found otherwise.

    Args:
        visit_no: ASCII, drawn as a barcode.
        on: the day, None where none is set.
    """

    visit_no: str
    name: str
    phone: str
    address: str
    item_name: str
    note: str
    on: date | None
    papers: tuple[VisitPaper, ...]


@dataclass(frozen=True)
class VisitListContent:
    """All that the papers say.

    Args:
        printed_at: aware; printed in Asia/Shanghai.
    """

    station_name: str
    slips: tuple[VisitSlip, ...]
    printed_at: datetime
    clerk_name: str
    practice: bool = False


def render(content: VisitListContent, fonts: FontSet) -> bytes:
    """The list and the slips as one PDF of A4 sheets.

    Raises:
        InputProblem: ``papers.barcode_text`` when a visit's number cannot be a barcode.
    """
    printed = content.printed_at.astimezone(SHANGHAI)
    foot = f"{content.station_name}　经办人 {content.clerk_name}　{printed:%Y年%m月%d日}　用后收好，不要丢在外面"
    forms = [Form("上门代办清单", DEED, list(_list(content)), foot, titled=True, practice=content.practice)]
    forms += [
        Form(f"上门收件单 {slip.visit_no}", DEED, list(_slip(slip)), foot, titled=True, practice=content.practice)
        for slip in content.slips
    ]
    return draw_forms(fonts, forms)


def _list(content: VisitListContent) -> Iterator[Block]:
    yield from deed.titled("上门代办清单", "")
    yield Gap(2.0)
    head = deed.table_row([name for name, _ in _LIST], _LIST, frozenset({0}), head=True)
    rows = [
        deed.table_row(
            (
                str(number),
                slip.name,
                "\n".join(part for part in (slip.address, slip.note) if part),
                slip.phone,
                slip.item_name,
                f"{slip.on:%m-%d}" if slip.on is not None else "",
            ),
            _LIST,
            frozenset({0}),
            head=False,
        )
        for number, slip in enumerate(content.slips, 1)
    ]
    yield Table(head, tuple(rows))
    yield Gap(4.0)
    yield deed.paragraph("要带的：每户的上门收件单和授权委托书、空白申请表、印泥、笔、手机（电量充足）。")
    yield deed.paragraph("每一户先拍上门收件单的条码，再拍材料；回来后一起导入，程序按条码认出是哪一户。")


def _slip(slip: VisitSlip) -> Iterator[Block]:
    yield from deed.titled("上门收件单", slip.visit_no)
    yield Gap(2.0)
    yield deed.pairs(("申请人", slip.name), ("联系电话", slip.phone))
    yield deed.pairs(("住址", slip.address))
    yield deed.pairs(("办理事项", slip.item_name))
    if slip.note:
        yield deed.pairs(("备注", slip.note))
    yield Gap(3.0)
    head = deed.table_row([name for name, _ in _PAPERS], _PAPERS, frozenset({0}), head=True)
    yield Table(head, tuple(_paper(paper) for paper in slip.papers))
    yield Gap(3.0)
    yield Together(tuple(_how()))


def _paper(paper: VisitPaper) -> Row:
    return deed.table_row(("□", paper.name, paper.wanted), _PAPERS, frozenset({0}), head=False)


def _how() -> Sequence[Row]:
    return (
        deed.paragraph("拍照：先把本单右上角的条码拍清楚，再一页一张拍材料，纸放平、四个角都在画面里、不要有反光。"),
        deed.paragraph("原件看过就还给本人。授权委托书请本人签名、按指印，带回来。", deed.STRONG),
        deed.paragraph("本单只是上门收件用，不是收件凭证；材料收下以后另给收件凭证。"),
    )
