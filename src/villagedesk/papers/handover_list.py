"""HandoverList 材料移交清单 (村→乡): what leaves the village in one batch, counted, signed by both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers import deed
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import DEED, Form, draw_form
from villagedesk.papers.layout import Block, Gap, Row, Table, Together

_COLUMNS = (
    ("序号", 11.0),
    ("收件流水号", 34.0),
    ("申请人", 24.0),
    ("事项", 47.0),
    ("材料", 13.0),
    ("份数", 13.0),
    ("页数", 13.0),
    ("签收", 11.0),
)
_CENTRED = frozenset({0, 4, 5, 6})


@dataclass(frozen=True)
class HandoverLine:
    """One case of the batch, and how much paper goes along."""

    local_no: str
    applicant_name: str
    item_name: str
    papers: int
    copies: int
    pages: int


@dataclass(frozen=True)
class HandoverListContent:
    """All that the list says (domain: section 5).

    Args:
        batch_no: ASCII, drawn as a barcode.
        receiver: the township's window.
        packed_at: aware; printed in Asia/Shanghai.
        handed_on: the day on which it was handed over, None before: it is written by hand then.
    """

    batch_no: str
    station_name: str
    receiver: str
    lines: tuple[HandoverLine, ...]
    packed_at: datetime
    handed_on: date | None
    clerk_name: str
    reprint: int = 0
    practice: bool = False


def render(content: HandoverListContent, fonts: FontSet) -> bytes:
    """The list as a PDF of A4 sheets: one stays, one comes back signed.

    Raises:
        InputProblem: ``papers.barcode_text`` when the batch number cannot be a barcode.
    """
    title = f"材料移交清单 {content.batch_no}"
    blocks = list(_blocks(content))
    form = Form(
        title,
        DEED,
        blocks,
        foot=content.station_name,
        titled=True,
        reprint=content.reprint,
        practice=content.practice,
        numbered=True,
    )
    return draw_form(fonts, form)


def _blocks(content: HandoverListContent) -> Iterator[Block]:
    packed = content.packed_at.astimezone(SHANGHAI)
    handed = "　　　　年　　月　　日" if content.handed_on is None else f"{content.handed_on:%Y年%m月%d日}"
    yield from deed.titled("材料移交清单", content.batch_no)
    yield Gap(2.0)
    yield deed.pairs(("移交单位", content.station_name))
    yield deed.pairs(("接收单位", content.receiver))
    yield deed.pairs(("移交人", content.clerk_name), ("装袋时间", f"{packed:%Y年%m月%d日 %H:%M}"))
    yield deed.pairs(("移交时间", handed))
    yield Gap(3.0)
    head = deed.table_row([name for name, _ in _COLUMNS], _COLUMNS, _CENTRED, head=True)
    rows = [
        deed.table_row(
            (
                str(number),
                line.local_no,
                line.applicant_name,
                line.item_name,
                str(line.papers),
                str(line.copies),
                str(line.pages),
                "□",
            ),
            _COLUMNS,
            _CENTRED | {7},
            head=False,
        )
        for number, line in enumerate(content.lines, 1)
    ]
    yield Table(head, tuple(rows))
    yield Gap(3.0)
    yield Together((deed.paragraph(_total(content.lines)), *_signing()))


def _total(lines: tuple[HandoverLine, ...]) -> str:
    papers, copies, pages = (sum(getattr(line, name) for line in lines) for name in ("papers", "copies", "pages"))
    return (
        f"本批共 {len(lines)} 件、{papers} 项材料、{copies} 份、{pages} 页，双方当面逐件清点无误；"
        "有缺少、不符的，请在下面写明，并在“签收”一栏打叉。"
    )


def _signing() -> tuple[Row, ...]:
    return (
        *deed.signatures("说明：", above_mm=4.0),
        *deed.signatures("移交人签名：", "接收人签名："),
        *deed.signatures("移交日期：", "接收日期："),
    )
