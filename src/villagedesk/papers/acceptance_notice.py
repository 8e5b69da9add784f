"""AcceptanceNotice 受理通知书: the organ's paper, printed only once the acceptance system has issued its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.problems import Problem
from villagedesk.papers.barcode import QR_LONGEST_BYTES, draw_qr
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, TextStyle, Together, draw, draw_grounds, flow
from villagedesk.papers.sheet import A4, Sheets

# GB/T 9704-2012, 5.2: head margin 37 mm, binding margin 28 mm, type area 156 × 225 mm. The body's characters are of
# size 三号 (16 pt) there; the details below it are set smaller, as on forms.
_TOP, _LEFT, _WIDTH, _HEIGHT = 37.0, 28.0, 156.0, 225.0
_QR_MM = 32.0
_SEAL_MM = 45.0  # a county organ's round seal measures 42 mm (国发〔1999〕25号)
_BODY = TextStyle(16.0, leading=1.75)
_SMALL = TextStyle(11.0, leading=1.45)
_LABEL = TextStyle(11.0, leading=1.45, grey=0.3)


@dataclass(frozen=True)
class AcceptanceNoticeContent:
    """All that an acceptance notice says (domain: section 5).

    Args:
        organ: the organ that accepts, as the acceptance system names it.
        acceptance_no: 办件编号, text of up to 64 characters, never parsed.
        query_code: 查询密码, or "" when the system gives none.
        local_no: 收件流水号 of the case.
        legal_basis: as the item gives it, or "".
        materials: names of the accepted materials, in order.
        accepted_at: aware; printed as a date in Asia/Shanghai.
        limit_date: the day by which the organ must decide, or None when it named none.
        lookup_url: where the applicant can look the case up; drawn as QR code; "" draws none.
        reprint: 0 for the first print; from 1 on the paper is marked 补打 with this count.
        practice: the paper is marked as an exercise without force.
    """

    organ: str
    acceptance_no: str
    query_code: str
    local_no: str
    applicant_name: str
    item_name: str
    legal_basis: str
    materials: tuple[str, ...]
    accepted_at: datetime
    limit_date: date | None
    lookup_url: str
    station_name: str
    reprint: int = 0
    practice: bool = False


def render(content: AcceptanceNoticeContent, fonts: FontSet) -> bytes:
    """The notice as a PDF of A4 sheets.

    Raises:
        Problem: ``papers.no_acceptance_number`` when the acceptance number is empty: without it there is no such
            paper (invariant I7, domain: section 5).
    """
    if not content.acceptance_no.strip():
        raise Problem("papers.no_acceptance_number")
    with fonts.lock:
        pages = flow(fonts, _body(content), _HEIGHT)
        sheets = Sheets(A4, fonts, f"受理通知书 {content.local_no}")
        for number, placed in enumerate(pages, start=1):
            if number > 1:
                sheets.next_sheet()
            draw_grounds(sheets, placed, _LEFT, _TOP)
            _draw_margins(sheets, content, number, len(pages))
            draw(sheets, placed, _LEFT, _TOP)
        return sheets.finish()


def _body(content: AcceptanceNoticeContent) -> list[Block]:
    blocks: list[Block] = [
        Row((Cell(f"编号：{content.acceptance_no}", _WIDTH, TextStyle(12.0), align="right"),)),
        Gap(9.0),
        Row((Cell("受理通知书", _WIDTH, TextStyle(24.0, bold=True), align="centre"),)),
        Gap(9.0),
        Row((Cell(f"{content.applicant_name}：", _WIDTH, _BODY),)),
        Row((Cell(f"　　{_decision(content)}", _WIDTH, _BODY),)),
        Gap(4.0),
        *(
            Row((Cell(label, 30.0, _LABEL, shade=0.96), Cell(value, _WIDTH - 30.0, _SMALL)), True, 2.0, 1.2)
            for label, value in _details(content)
        ),
        Gap(7.0),
        Together((_closing(content),)),
    ]
    return blocks


def _decision(content: AcceptanceNoticeContent) -> str:
    basis = f"依据{content.legal_basis}，" if content.legal_basis else ""
    limit = f"办理期限至{_day(content.limit_date)}。" if content.limit_date else ""
    return f"您（单位）提出的“{content.item_name}”申请，经审查符合受理条件，{basis}现予受理。{limit}"


def _details(content: AcceptanceNoticeContent) -> list[tuple[str, str]]:
    accepted = content.accepted_at.astimezone(SHANGHAI)
    rows = [("办件编号", content.acceptance_no)]
    if content.query_code:
        rows.append(("查询密码", content.query_code))
    rows.append(("受理时间", f"{_day(accepted.date())} {accepted:%H:%M}"))
    if content.materials:
        rows.append(("受理材料", "\n".join(f"{number}. {name}" for number, name in enumerate(content.materials, 1))))
    rows += [("收件站点", content.station_name), ("收件流水号", content.local_no)]
    return rows


def _closing(content: AcceptanceNoticeContent) -> Row:
    """The code to look the case up on the left; on the right organ and date, with room for the seal over them."""
    organ_width = 80.0
    accepted = content.accepted_at.astimezone(SHANGHAI).date()
    # The seal goes over organ and date, so these stand in the middle of its height.
    organ = Cell(
        f"\n\n{content.organ}\n{_day(accepted)}\n\n（印章）", organ_width, TextStyle(13.0, leading=1.6), align="centre"
    )
    rest = _WIDTH - organ_width
    if not 0 < len(content.lookup_url.encode("utf-8", "surrogatepass")) <= QR_LONGEST_BYTES:
        hint = f"查询网址：{content.lookup_url}" if content.lookup_url else ""
        return Row((Cell(hint, rest, TextStyle(9.0, grey=0.3)), organ), least_mm=_SEAL_MM)

    def draw_code(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_qr(sheets, content.lookup_url, x_mm - 3.0, y_mm, _QR_MM)
        sheets.text_centred(x_mm - 3.0 + _QR_MM / 2, y_mm + _QR_MM + 2.5, "扫码查询办理进度", 9.0, grey=0.3)

    code = Picture(_QR_MM, _QR_MM + 4.0, draw_code)
    url = Cell(content.lookup_url, rest - _QR_MM, TextStyle(8.0, grey=0.3))
    return Row((code, url, organ), least_mm=_SEAL_MM)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _draw_margins(sheets: Sheets, content: AcceptanceNoticeContent, number: int, count: int) -> None:
    if content.practice:
        sheets.watermark(A4.width_mm / 2, A4.height_mm / 2, "练习样张　无效", 80.0, 45.0)
    marks = [f"补打　第 {content.reprint} 次"] if content.reprint else []
    marks += ["练习　无效"] if content.practice else []
    x = _LEFT
    for mark in marks:
        width = sheets.fonts.width_mm(mark, 10.0) + 4.0
        sheets.frame(x, 22.0, width, 7.0, line_mm=0.3)
        sheets.text(x + 2.0, 26.8, mark, 10.0, bold=True)
        x += width + 2.0
    if count > 1:
        below = _TOP + _HEIGHT + 8.0
        sheets.text_right(_LEFT + _WIDTH, below, f"第 {number} 页　共 {count} 页", 10.0, grey=0.3)
