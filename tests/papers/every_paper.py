"""Every paper the window prints, with usual and extreme contents: for tests over all, figures, pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

from tests.papers.samples import LOCAL_NO, notice, receipt
from villagedesk.catalogue.load import load_items
from villagedesk.domain.annex import AnnexRow
from villagedesk.domain.audit import AuditHead
from villagedesk.domain.delivery import Manner
from villagedesk.domain.printing import PaperSize
from villagedesk.domain.register_row import RegisterRow
from villagedesk.domain.service_item import Office, ServiceItem
from villagedesk.papers import (
    acceptance_notice,
    annex_form,
    case_sheet,
    correction_notice,
    delivery_record,
    handover_list,
    item_list,
    missing_materials,
    monthly_report,
    page_copy,
    proxy_authorization,
    proxy_register,
    refusal_notice,
    sent_proof,
    service_guide,
    statistics_report,
    visit_list,
)
from villagedesk.papers import receipt as receipt_paper
from villagedesk.papers.correction_notice import CorrectionNoticeContent, WantedCorrection
from villagedesk.papers.delivery_record import DeliveryRecordContent
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.handover_list import HandoverLine, HandoverListContent
from villagedesk.papers.missing_materials import MissingContent, MissingPaper
from villagedesk.papers.proxy_authorization import AuthorizedParty, HandedPaper, ProxyAuthorizationContent
from villagedesk.papers.receipt_content import ReceiptMaterial
from villagedesk.papers.refusal_notice import RefusalNoticeContent
from villagedesk.papers.visit_list import VisitListContent, VisitPaper, VisitSlip

STATION = "鲁山县下汤镇石桥村便民服务站"
ITEM = "城乡居民基本医疗保险参保登记"
NOW = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
NAME_60 = "王𬍛䶮𠅤𫖯𬤊" * 10
ADDRESS_LONG = "河南省平顶山市鲁山县下汤镇石桥村民委员会老寨门西侧第三村民小组" * 4
_CARD_MM = (85.6, 54.0)


@dataclass(frozen=True)
class Texts:
    """What the free texts of a paper are."""

    name: str
    item: str
    organ: str
    address: str
    words: str
    count: int


USUAL = Texts("王𬍛䶮", ITEM, "鲁山县医疗保障局", "河南省平顶山市鲁山县下汤镇石桥村三组", "正面反光，看不清住址", 3)
EXTREME = Texts(NAME_60, ITEM * 4, "鲁山县医疗保障局" * 6, ADDRESS_LONG, "正面反光，看不清住址。" * 12, 40)
EMPTY = Texts("", "", "", "", "", 0)

Draw = Callable[[Texts, FontSet, int, bool], bytes]
"""With texts, fonts, the count of the reprint, whether in practice."""


@cache
def catalogue() -> tuple[ServiceItem, ...]:
    """The items that are shipped."""
    return tuple(load_items(Path(__file__).parents[2] / "resources" / "catalogue"))


def _receipt(size: PaperSize) -> Draw:
    def draw(texts: Texts, fonts: FontSet, reprint: int, practice: bool) -> bytes:
        usual = receipt(texts.count)
        many = tuple(
            ReceiptMaterial(f"{number}号{texts.item or '材料'}", "复印件", 2, number % 7, number % 3 == 0)
            for number in range(1, texts.count + 1)
        )
        content = replace(
            usual,
            station_name=texts.organ and STATION,
            item_name=texts.item,
            applicant_name=texts.name,
            agent_name=texts.name,
            clerk_name=texts.name,
            materials=usual.materials if texts is USUAL else many,
            reprint=reprint,
            practice=practice,
        )
        return receipt_paper.render(content, fonts, size)

    return draw


def _acceptance(texts: Texts, fonts: FontSet, reprint: int, practice: bool) -> bytes:
    content = replace(
        notice(),
        organ=texts.organ,
        applicant_name=texts.name,
        item_name=texts.item,
        legal_basis=texts.words and "《中华人民共和国社会保险法》第二十四条",
        materials=tuple(f"{number}号材料{texts.item}" for number in range(1, texts.count + 1)),
        reprint=reprint,
        practice=practice,
    )
    return acceptance_notice.render(content, fonts)


def correction(texts: Texts = USUAL, reprint: int = 0, practice: bool = False) -> CorrectionNoticeContent:
    """A correction notice."""
    return CorrectionNoticeContent(
        organ=texts.organ,
        notice_no="鲁医保补〔2026〕第123号",
        acceptance_no="1141042300567890123410001234567000020261123",
        local_no=LOCAL_NO,
        applicant_name=texts.name,
        item_name=texts.item,
        reason=texts.words,
        wanted=tuple(
            WantedCorrection(f"{number}号材料", texts.words, "平放在灯下重拍，四角都拍全")
            for number in range(1, texts.count + 1)
        ),
        deadline=date(2026, 12, 4) if texts.count else None,
        legal_basis="",
        issued_at=NOW,
        station_name=STATION,
        contact=texts.words and "0375-5550000",
        reprint=reprint,
        practice=practice,
    )


def refusal(texts: Texts = USUAL, reprint: int = 0, practice: bool = False) -> RefusalNoticeContent:
    """A refusal notice."""
    return RefusalNoticeContent(
        organ=texts.organ,
        notice_no="鲁医保不受〔2026〕第7号",
        local_no=LOCAL_NO,
        applicant_name=texts.name,
        item_name=texts.item,
        reason=texts.words or "不属于本机关职权范围",
        legal_basis=texts.words and "《中华人民共和国行政许可法》第三十二条第一款第二项",
        right_organ=texts.organ and "鲁山县人力资源和社会保障局",
        review_organ=texts.organ and "鲁山县人民政府",
        issued_at=NOW,
        station_name=STATION,
        reprint=reprint,
        practice=practice,
    )


def authorization(texts: Texts = USUAL, reprint: int = 0, practice: bool = False) -> ProxyAuthorizationContent:
    """An authorization."""
    return ProxyAuthorizationContent(
        station_name=STATION,
        paper_no=f"W{LOCAL_NO}" if texts.count else "",
        item_name=texts.item,
        principal=AuthorizedParty(texts.name, "居民身份证", "410423193202301234", "13800000000", texts.address),
        guardian=texts.name if texts.count > 3 else "",
        agent=AuthorizedParty(
            texts.name and "赵二妞", "居民身份证", "41042319620230122X", "13900000000", texts.address, "儿媳"
        ),
        scope="",
        papers=tuple(HandedPaper(f"{number}号材料{texts.item}", "原件", 1) for number in range(1, texts.count + 1)),
        begins=date(2026, 11, 23),
        until=date(2027, 5, 22) if texts.count else None,
        reprint=reprint,
        practice=practice,
    )


def handover(texts: Texts = USUAL, reprint: int = 0, practice: bool = False) -> HandoverListContent:
    """A hand-over list."""
    return HandoverListContent(
        batch_no="Y261123-A-01-5",
        station_name=STATION,
        receiver=texts.organ and "下汤镇便民服务中心",
        lines=tuple(HandoverLine(LOCAL_NO, texts.name, texts.item, 3, 4, number) for number in range(texts.count)),
        packed_at=NOW,
        handed_on=NOW.date() if texts.count > 3 else None,
        clerk_name=texts.name and "王会计",
        reprint=reprint,
        practice=practice,
    )


def delivery(texts: Texts = USUAL, reprint: int = 0, practice: bool = False) -> DeliveryRecordContent:
    """A delivery record."""
    return DeliveryRecordContent(
        station_name=STATION,
        paper_no=f"S{LOCAL_NO}",
        local_no=LOCAL_NO,
        acceptance_no="1141042300567890123410001234567000020261123" if texts.count else "",
        item_name=texts.item,
        applicant_name=texts.name,
        documents=tuple(f"{number}号文书{texts.item}" for number in range(1, min(texts.count, 12) + 1)),
        receiver=texts.name,
        relation=texts.name and "儿媳",
        manner=Manner.DIRECT if texts.count else None,
        place=texts.organ and STATION,
        delivered_at=NOW if texts.count else None,
        clerk_name="王会计",
        reprint=reprint,
        practice=practice,
    )


def _visits(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    slips = tuple(
        VisitSlip(
            visit_no=f"V{LOCAL_NO}",
            name=texts.name,
            phone="13800000000" if texts.count else "",
            address=texts.address,
            item_name=texts.item,
            note=texts.words,
            on=date(2026, 11, 25) if texts.count else None,
            papers=tuple(VisitPaper(f"{number}号材料{texts.item}", texts.words) for number in range(texts.count)),
        )
        for _ in range(min(texts.count, 3))
    )
    return visit_list.render(VisitListContent(STATION, slips, NOW, "王会计", practice), fonts)


def _missing(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    content = MissingContent(
        station_name=STATION,
        local_no=LOCAL_NO,
        applicant_name=texts.name,
        item_name=texts.item,
        papers=tuple(MissingPaper(f"{n}号证明", "原件1份", (texts.words,)) for n in range(texts.count)),
        promised=(MissingPaper("照片", "原件2份", ("2026年12月1日前补交",)),),
        others=("请填写开户银行。",),
        printed_at=NOW,
        clerk_name="王会计",
        contact=texts.words and "0375-5550000",
        practice=practice,
    )
    return missing_materials.render(content, fonts)


def _guide(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    items = catalogue()
    item = max(items, key=lambda one: len(one.materials)) if texts is EXTREME else items[0]
    if texts is EMPTY:
        item = replace(item, materials=(), conditions=(), flow=(), legal_basis=(), office=Office())
    return service_guide.render(service_guide.GuideContent(STATION, item, NOW.date(), practice), fonts)


def _list(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    items = catalogue() if texts is EXTREME else catalogue()[: texts.count]
    content = item_list.ItemListContent(STATION, items, Office(), NOW.date(), practice)
    return item_list.render(content, fonts)


@cache
def card_sheet(dpi: int = 300) -> bytes:
    """Both sides of a card at their true size on a white A4, as the desk joins them, JPEG."""
    sheet = Image.new("RGB", (round(210 / 25.4 * dpi), round(297 / 25.4 * dpi)), "white")
    draw = ImageDraw.Draw(sheet)
    width, height = (round(side / 25.4 * dpi) for side in _CARD_MM)
    for top_mm in (60.0, 160.0):
        left, top = (sheet.width - width) // 2, round(top_mm / 25.4 * dpi)
        draw.rectangle((left, top, left + width - 1, top + height - 1), fill=(190, 205, 225), outline="black", width=3)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=90, dpi=(dpi, dpi))
    return out.getvalue()


def _copy(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    content = page_copy.PageCopyContent(
        card_sheet(),
        2480,
        3508,
        300,
        f"仅供办理{texts.item}使用",
        practice,
        ("此件经与原件核对无误", f"仅供办理{texts.item}使用", "核对人：王会计　2026年11月23日", "签名：")
        if texts.count
        else (),
    )
    return page_copy.render(content, fonts)


def _monthly(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    content = monthly_report.MonthlyContent(
        station_name=STATION,
        division_code="410423101201",
        year=2026,
        month=11,
        people=(texts.name or "王会计",),
        duties=(("收件", (12,)), ("打印", (0,))),
        safety=(("登录", 30),),
        head=AuditHead(18234, "0123456789abcdef" * 4),
        printed_at=NOW,
        clerk_name=texts.name,
        practice=practice,
    )
    return monthly_report.render(content, fonts)


def statistics(texts: Texts = USUAL, practice: bool = False) -> statistics_report.StatisticsReportContent:
    """A month's statistics."""
    heads = ("事项", "收件", "办结", "用时", "退回补正", "超期办结", "现在超期")
    items = tuple((texts.item, "12", "9", "4.5 天", "1", "—", "2") for _ in range(texts.count))
    part = statistics_report.Figures
    return statistics_report.StatisticsReportContent(
        station_name=STATION,
        division_code="410423101201",
        year=2026,
        month=11,
        so_far=texts is USUAL,
        parts=(
            part("收件、办结和结果", (("收件", "88 件"), ("办结", "77 件"), ("送达", "31 件")), note=texts.words),
            part("按事项", heads=heads, rows=items, note=texts.words),
            part("时限和补正", (("用时（收件到办结，工作日）", "3.5 天"), ("按时办结的占比", "96.5%"))),
            part("好差评", (("满意率", "—"),)),
            part("开门和线路", (("开门天数", "19 天"), ("线路通着的占比", "57.4%"))),
        ),
        head=AuditHead(18234, "0123456789abcdef" * 4),
        printed_at=NOW,
        clerk_name=texts.name,
        practice=practice,
    )


def _proof(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    line = (LOCAL_NO, texts.name, texts.item, "11月23日 09:05", texts.words)
    content = sent_proof.ProofContent(
        station_name=STATION,
        division_code="410423101201",
        period="2026年11月",
        proven=True,
        verdict="本月收下的办件全部上报，受理系统都有回执。",
        last_words=("11月23日 09:00 答复",),
        counts=(("收件", 3), ("已上报", 3)),
        lists=(sent_proof.NamedList("还没有上报的", (line,) * texts.count, texts.count),),
        printed_at=NOW,
        clerk_name=texts.name,
        practice=practice,
    )
    return sent_proof.render(content, fonts)


def _sheet(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    content = case_sheet.CaseSheetContent(
        station_name=STATION,
        local_no=LOCAL_NO,
        order_name="省窗口受理表单",
        checked=True,
        sections=[("申请人", [("姓名", texts.name), ("住址", texts.address), ("事项", texts.item)])],
        files=[f"{number}.jpg" for number in range(texts.count)],
        printed_at=NOW,
        clerk_name="王会计",
        practice=practice,
    )
    return case_sheet.render(content, fonts)


def _register(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    row = RegisterRow(
        number=1,
        case_id="",
        received="2026-11-23",
        local_no=LOCAL_NO,
        applicant=texts.name,
        document_number="410***********1234",
        phone="138****0000",
        item=texts.item,
        mode="人工代办",
        agent=texts.name,
        clerk=texts.name and "王会计",
        papers="3 项 5 页",
        handed_over="2026-11-24",
        acceptance_no="1141042300567890123410001234567000020261123",
        status="办理中",
        concluded="",
        delivered="",
        note=texts.words,
    )
    rows = tuple(replace(row, number=number) for number in range(1, texts.count + 1))
    content = proxy_register.ProxyRegisterContent(
        STATION, "2026年11月　全部办件", rows, NOW, texts.name and "王会计", practice=practice
    )
    return proxy_register.render(content, fonts)


def _annex(texts: Texts, fonts: FontSet, _reprint: int, practice: bool) -> bytes:
    row = AnnexRow(
        texts.name and "下汤镇",
        texts.name,
        own_premises=True if texts.count else None,
        window_set_up=False if texts.count else None,
        computers=2 if texts.count else None,
        note=texts.words,
    )
    content = annex_form.AnnexContent(
        texts.organ and "鲁山县", texts.name, NOW.date(), (row,) * texts.count, practice=practice
    )
    return annex_form.render(content, fonts)


PAPERS: Mapping[str, Draw] = {
    "receipt_a4": _receipt(PaperSize.A4),
    "receipt_a5": _receipt(PaperSize.A5),
    "receipt_roll": _receipt(PaperSize.ROLL_80),
    "acceptance_notice": _acceptance,
    "correction_notice": lambda *how: correction_notice.render(correction(how[0], *how[2:]), how[1]),
    "refusal_notice": lambda *how: refusal_notice.render(refusal(how[0], *how[2:]), how[1]),
    "proxy_authorization": lambda *how: proxy_authorization.render(authorization(how[0], *how[2:]), how[1]),
    "handover_list": lambda *how: handover_list.render(handover(how[0], *how[2:]), how[1]),
    "delivery_record": lambda *how: delivery_record.render(delivery(how[0], *how[2:]), how[1]),
    "visit_list": _visits,
    "missing_materials": _missing,
    "service_guide": _guide,
    "item_list": _list,
    "proxy_register": _register,
    "annex_form": _annex,
    "page_copy": _copy,
    "case_sheet": _sheet,
    "monthly_report": _monthly,
    "sent_proof": _proof,
    "statistics_report": lambda texts, fonts, _reprint, practice: statistics_report.render(
        statistics(texts, practice), fonts
    ),
}
"""By the names of their modules."""

NUMBERS = {"proxy_authorization": f"W{LOCAL_NO}", "delivery_record": f"S{LOCAL_NO}"}
"""What the barcode of a paper says that is known again when it comes back signed; the local number on the others."""

MARKED = frozenset(
    {
        "receipt_a4",
        "receipt_a5",
        "receipt_roll",
        "acceptance_notice",
        "correction_notice",
        "refusal_notice",
        "proxy_authorization",
        "handover_list",
        "delivery_record",
    }
)
"""Papers whose reprints are counted on them."""
