"""DeliveryRecord 送达回证: who got which document, how, where and when; or that it was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.delivery import Manner
from villagedesk.papers import deed
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import DEED, Form, draw_form
from villagedesk.papers.layout import Block, Cell, Gap, Row, TextStyle, Together

_MANNERS = {
    Manner.DIRECT: "直接送达",
    Manner.LEFT: "留置送达",
    Manner.POST: "邮寄送达",
    Manner.ENTRUSTED: "委托送达",
    Manner.ELECTRONIC: "电子送达",
}
_OPEN = TextStyle(11.5, leading=1.5)


@dataclass(frozen=True)
class DeliveryRecordContent:
    """All that the record says (domain: section 5). What is "" or None is left free to be written by hand.

    Args:
        paper_no: drawn as a barcode, by which the signed paper is known again.
        documents: what was delivered.
        receiver, relation: who takes it, and what he is to the applicant.
        delivered_at: aware; printed in Asia/Shanghai.
        manner: how it was delivered; None: to be ticked by hand.
    """

    station_name: str
    paper_no: str
    local_no: str
    acceptance_no: str
    item_name: str
    applicant_name: str
    documents: tuple[str, ...]
    receiver: str
    relation: str
    place: str
    delivered_at: datetime | None
    clerk_name: str
    manner: Manner | None = None
    reprint: int = 0
    practice: bool = False


def render(content: DeliveryRecordContent, fonts: FontSet) -> bytes:
    """The record as a PDF of A4 sheets.

    Raises:
        InputProblem: ``papers.barcode_text`` when its number cannot be a barcode.
    """
    title = f"送达回证 {content.local_no}"
    blocks = list(_blocks(content))
    form = Form(title, DEED, blocks, content.station_name, reprint=content.reprint, practice=content.practice)
    return draw_form(fonts, form)


def _blocks(content: DeliveryRecordContent) -> Iterator[Block]:
    yield from deed.titled("送达回证", content.paper_no)
    yield Gap(3.0)
    yield deed.pairs(("申请人", content.applicant_name))
    yield deed.pairs(("办理事项", content.item_name))
    yield deed.pairs(("收件流水号", content.local_no), ("办件编号", content.acceptance_no))
    documents = "\n".join(f"{number}. {name}" for number, name in enumerate(content.documents, 1))
    yield deed.pairs(("送达的文书", documents))
    yield Gap(3.0)
    yield _field("受送达人（收件人）", content.receiver)
    yield _field("与申请人的关系", content.relation or ("　□本人　　□家属：　　　　　□受托人　　□其他："))
    yield _field(
        "送达方式", "　".join(f"{'☑' if manner is content.manner else '□'}{name}" for manner, name in _MANNERS.items())
    )
    yield _field("送达地点", content.place)
    yield _field("送达时间", _moment(content.delivered_at))
    yield Gap(3.0)
    yield Together(_signing(content))


def _field(label: str, value: str) -> Row:
    cells = (Cell(label, 44.0, _OPEN, shade=0.96), Cell(value, deed.WIDTH - 44.0, _OPEN))
    return Row(cells, ruled=True, pad_x_mm=1.8, pad_y_mm=1.6, least_mm=11.0)


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return "　　　　年　　月　　日　　时　　分"
    return f"{moment.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}"


def _signing(content: DeliveryRecordContent) -> tuple[Row, ...]:
    refused = "拒收的，写明拒收的事由和日期，由送达人、见证人签名，把文书留在受送达人的住所："
    return (
        *deed.signatures("收件人签名（指印）：", "签收日期："),
        Row((Cell("", deed.WIDTH, deed.SMALL),), least_mm=4.0),
        Row((Cell(refused, deed.WIDTH, deed.SMALL),)),
        *deed.signatures("拒收事由：", above_mm=5.0),
        *deed.signatures(f"送达人（{content.clerk_name}）签名：", "见证人签名："),
    )
