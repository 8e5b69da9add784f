"""RefusalNotice 不予受理通知书: the organ's paper; why not, where to go instead, and what can be done against it.

Remedies: 行政复议法 §20 (60 days), 行政诉讼法 §46 (6 months).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.problems import Problem
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block
from villagedesk.papers.notice import beside_seal, closing, day_of, draw_notice, opening, paragraph


@dataclass(frozen=True)
class RefusalNoticeContent:
    """All that a refusal notice says (domain: section 5).

    Args:
        organ: whose paper it is.
        notice_no: the organ's number of this paper.
        reason: in the organ's words.
        legal_basis: the clause, as the organ named it, or "".
        right_organ: who handles such an application, or "".
        review_organ: where a review can be asked for, or "".
        issued_at: aware; printed as a date in Asia/Shanghai.
    """

    organ: str
    notice_no: str
    local_no: str
    applicant_name: str
    item_name: str
    reason: str
    legal_basis: str
    right_organ: str
    review_organ: str
    issued_at: datetime
    station_name: str
    reprint: int = 0
    practice: bool = False


def render(content: RefusalNoticeContent, fonts: FontSet) -> bytes:
    """The notice as a PDF of A4 sheets.

    Raises:
        Problem: ``papers.no_notice_number`` when the organ's number is empty, ``papers.no_reason`` when its reason is:
            then it issued no such paper (domain: section 5).
    """
    if not content.notice_no.strip():
        raise Problem("papers.no_notice_number")
    if not content.reason.strip():
        raise Problem("papers.no_reason")
    blocks = list(_body(content))
    return draw_notice(
        fonts, "不予受理通知书", content.local_no, blocks, reprint=content.reprint, practice=content.practice
    )


def _body(content: RefusalNoticeContent) -> Iterator[Block]:
    yield from opening(content.notice_no, "不予受理通知书", content.applicant_name)
    basis = f"依据{content.legal_basis}，" if content.legal_basis else ""
    yield paragraph(f"您（单位）提出的“{content.item_name}”申请，经审查，{_ended(content.reason)}{basis}决定不予受理。")
    if content.right_organ:
        yield paragraph(f"该事项请向{content.right_organ}申请。")
    where = f"向{content.review_organ}" if content.review_organ else "依法"
    remedies = paragraph(
        f"如不服本决定，可以自收到本通知书之日起60日内{where}申请行政复议，或者在6个月内依法向人民法院提起行政诉讼。"
    )
    beside = beside_seal((("收件流水号", content.local_no), ("收件站点", content.station_name)))
    yield closing(remedies, (), content.organ, day_of(content.issued_at), beside)


def _ended(reason: str) -> str:
    return reason if reason.rstrip().endswith(("。", "；", "！", "？")) else f"{reason.rstrip()}。"
