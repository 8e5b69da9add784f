"""AcceptanceNotice 受理通知书: the organ's paper, printed only once the acceptance system has issued its number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.problems import Problem
from villagedesk.papers.barcode import QR_LONGEST_BYTES, draw_qr
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Cell, Picture, TextStyle
from villagedesk.papers.notice import (
    ORGAN_WIDTH,
    WIDTH,
    closing,
    day_of,
    day_words,
    draw_notice,
    opening,
    paragraph,
)
from villagedesk.papers.sheet import Sheets

_QR_MM = 32.0
_HINT = TextStyle(9.0, grey=0.3)


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
    blocks = list(_body(content))
    return draw_notice(
        fonts, "受理通知书", content.local_no, blocks, reprint=content.reprint, practice=content.practice
    )


def _body(content: AcceptanceNoticeContent) -> Iterator[Block]:
    yield from opening(content.acceptance_no, "受理通知书", content.applicant_name)
    words = paragraph(_decision(content))
    yield closing(words, _details(content), content.organ, day_of(content.accepted_at), _code(content))


def _decision(content: AcceptanceNoticeContent) -> str:
    basis = f"依据{content.legal_basis}，" if content.legal_basis else ""
    limit = f"办理期限至{day_words(content.limit_date)}。" if content.limit_date else ""
    return f"您（单位）提出的“{content.item_name}”申请，经审查符合受理条件，{basis}现予受理。{limit}"


def _details(content: AcceptanceNoticeContent) -> list[tuple[str, str]]:
    accepted = content.accepted_at.astimezone(SHANGHAI)
    rows = [("办件编号", content.acceptance_no)]
    if content.query_code:
        rows.append(("查询密码", content.query_code))
    rows.append(("受理时间", f"{day_words(accepted.date())} {accepted:%H:%M}"))
    if content.materials:
        rows.append(("受理材料", "\n".join(f"{number}. {name}" for number, name in enumerate(content.materials, 1))))
    rows += [("收件站点", content.station_name), ("收件流水号", content.local_no)]
    return rows


def _code(content: AcceptanceNoticeContent) -> tuple[Cell | Picture, ...]:
    """By what the case can be looked up."""
    room = WIDTH - ORGAN_WIDTH
    if not 0 < len(content.lookup_url.encode("utf-8", "surrogatepass")) <= QR_LONGEST_BYTES:
        return (Cell(f"查询网址：{content.lookup_url}", room, _HINT),) if content.lookup_url else ()

    def draw_code(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_qr(sheets, content.lookup_url, x_mm - 3.0, y_mm, _QR_MM)
        sheets.text(x_mm - 3.0 + _QR_MM / 2, y_mm + _QR_MM + 2.5, "扫码查询办理进度", 9.0, grey=0.3, align="centre")

    code = Picture(_QR_MM, _QR_MM + 4.0, draw_code)
    return code, Cell(content.lookup_url, room - _QR_MM, TextStyle(8.0, grey=0.3))
