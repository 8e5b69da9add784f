"""CorrectionNotice 一次性补正告知书: the organ's paper; all that is to be mended, told once and completely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.domain.problems import Problem
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.layout import Block, Cell, Gap, Row, Table, TextStyle
from villagedesk.papers.notice import (
    SMALL,
    beside_seal,
    closing,
    day_of,
    day_words,
    draw_notice,
    opening,
    paragraph,
)

_COLUMNS = (("序号", 12.0), ("材料", 42.0), ("存在的问题", 51.0), ("补正的要求", 51.0))
_HEAD = TextStyle(11.0, grey=0.3)


@dataclass(frozen=True)
class WantedCorrection:
    """One thing to be mended; ``wrong`` is what is the matter with it, ``standard`` how it must be. May be ""."""

    name: str
    wrong: str
    standard: str


@dataclass(frozen=True)
class CorrectionNoticeContent:
    """All that a correction notice says (domain: section 5).

    Args:
        organ: whose paper it is.
        notice_no: the organ's number of this paper.
        reason: in the organ's words, may be "".
        wanted: everything at once.
        deadline: last day to mend it, or None when the organ named none.
        legal_basis: as the organ named it, or "".
        issued_at: aware; printed as a date in Asia/Shanghai.
    """

    organ: str
    notice_no: str
    acceptance_no: str
    local_no: str
    applicant_name: str
    item_name: str
    reason: str
    wanted: tuple[WantedCorrection, ...]
    deadline: date | None
    legal_basis: str
    issued_at: datetime
    station_name: str
    contact: str = ""
    reprint: int = 0
    practice: bool = False


def render(content: CorrectionNoticeContent, fonts: FontSet) -> bytes:
    """The notice as a PDF of A4 sheets.

    Raises:
        Problem: ``papers.no_notice_number`` when the organ's number is empty: then it issued no such paper (domain:
            section 5).
    """
    if not content.notice_no.strip():
        raise Problem("papers.no_notice_number")
    blocks = list(_body(content))
    return draw_notice(
        fonts, "一次性补正告知书", content.local_no, blocks, reprint=content.reprint, practice=content.practice
    )


def _body(content: CorrectionNoticeContent) -> Iterator[Block]:
    yield from opening(content.notice_no, "一次性补正告知书", content.applicant_name)
    yield paragraph(_told(content))
    if content.wanted:
        yield Gap(3.0)
        yield _table(content.wanted)
        yield Gap(3.0)
    yield closing(paragraph(_until(content)), (), content.organ, day_of(content.issued_at), _details(content))


def _told(content: CorrectionNoticeContent) -> str:
    reason = f"（{content.reason}）" if content.reason else ""
    basis = f"根据{content.legal_basis}的规定，" if content.legal_basis else ""
    what = "需要补正的内容一次告知如下：" if content.wanted else "现一次告知您补正。"
    return f"您（单位）提出的“{content.item_name}”申请，申请材料不齐全或者不符合法定形式{reason}。{basis}{what}"


def _until(content: CorrectionNoticeContent) -> str:
    by = f"请于{day_words(content.deadline)}前（含当日）" if content.deadline else "请尽快"
    return f"{by}将补正的材料交到{content.station_name}或者本机关。"


def _table(wanted: tuple[WantedCorrection, ...]) -> Table:
    rows = [_row((str(number), one.name, one.wrong, one.standard), SMALL) for number, one in enumerate(wanted, 1)]
    return Table(_row(tuple(name for name, _ in _COLUMNS), _HEAD, shade=0.96), tuple(rows))


def _row(texts: tuple[str, ...], style: TextStyle, shade: float = 1.0) -> Row:
    cells = tuple(Cell(text, width, style, shade=shade) for text, (_, width) in zip(texts, _COLUMNS, strict=True))
    return Row(cells, ruled=True, pad_x_mm=1.6, pad_y_mm=1.2)


def _details(content: CorrectionNoticeContent) -> tuple[Cell]:
    return beside_seal(
        (
            ("办件编号", content.acceptance_no),
            ("收件流水号", content.local_no),
            ("联系方式", content.contact),
        )
    )
