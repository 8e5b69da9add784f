"""ProxyAuthorization 授权委托书: the applicant lets somebody act for him, for one matter, free of charge.

Both consents are asked for by law: to the agency (民法典 §165: agent, matter, scope and term in writing) and to the
processing of personal data, sensitive ones apart (个人信息保护法 §13, §29).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from villagedesk.papers import deed
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.form import DEED, Form, draw_form
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, Table, TextStyle, Together
from villagedesk.papers.sheet import Sheets

_COLUMNS = (("序号", 12.0), ("交给受托人的材料", 104.0), ("形式", 25.0), ("份数", 25.0))
_CENTRED = frozenset({0, 2, 3})
_GENERAL = "一般代理，代为提交和补正申请材料，代为签收文书，代为领取办理结果；不含代为放弃、变更权利和代领钱款"
_PRINT_MM = 24.0
"""Side of the box for a fingerprint."""


@dataclass(frozen=True)
class AuthorizedParty:
    """One who gives or takes the authority; numbers and addresses in full, as the paper is worth nothing otherwise.

    Args:
        relation: of the one who acts to the applicant, may be "".
    """

    name: str
    document: str
    document_number: str
    phone: str
    address: str
    relation: str = ""


@dataclass(frozen=True)
class HandedPaper:
    """A paper handed to the one who acts."""

    name: str
    form: str
    copies: int


@dataclass(frozen=True)
class ProxyAuthorizationContent:
    """All that the authorization says (domain: section 5).

    Args:
        paper_no: drawn as a barcode, by which the signed paper is known again; "" for a draft.
        guardian: who signs for a principal that cannot do so himself, or "".
        scope: what the one who acts may do, in words; "" for a general agent.
        until: last day, or None: until the matter is done.
    """

    station_name: str
    paper_no: str
    item_name: str
    principal: AuthorizedParty
    guardian: str
    agent: AuthorizedParty
    papers: tuple[HandedPaper, ...]
    scope: str
    begins: date
    until: date | None
    reprint: int = 0
    practice: bool = False


def render(content: ProxyAuthorizationContent, fonts: FontSet) -> bytes:
    """The authorization as a PDF of A4 sheets.

    Raises:
        InputProblem: ``papers.barcode_text`` when its number cannot be a barcode.
    """
    title = f"授权委托书 {content.paper_no}".rstrip()
    blocks = list(_blocks(content))
    form = Form(title, DEED, blocks, content.station_name, reprint=content.reprint, practice=content.practice)
    return draw_form(fonts, form)


def _blocks(content: ProxyAuthorizationContent) -> Iterator[Block]:
    yield from deed.titled("授权委托书", content.paper_no)
    yield Gap(3.0)
    yield from _party("委托人", content.principal)
    if content.guardian:
        yield deed.pairs(("监护人", content.guardian))
    yield Gap(2.0)
    yield from _party("受托人", content.agent)
    yield Gap(3.0)
    yield deed.pairs(("委托事项", content.item_name))
    yield Gap(3.0)
    scope = content.scope.rstrip("。") or _GENERAL
    yield deed.paragraph(f"委托人因本人不便亲自办理，自愿委托受托人代为办理上述事项。委托权限：{scope}。")
    yield deed.paragraph(_term(content))
    yield deed.paragraph("委托人同意收件站点和受理机关为办理上述事项处理其个人信息；不作他用，办结后按规定保存和删除。")
    yield deed.paragraph(
        "其中身份证件号码、健康状况、金融账户、不满十四周岁未成年人信息等敏感个人信息，委托人另行单独同意："
    )
    yield from deed.signatures("单独同意签名（指印）：", "", above_mm=3.0)
    yield deed.paragraph("本次代办不收取任何费用。", deed.STRONG)
    if content.papers:
        yield Gap(3.0)
        yield _handed(content.papers)
    yield Gap(4.0)
    yield Together(_signing(content))


def _party(role: str, party: AuthorizedParty) -> Iterator[Row]:
    second = [("与委托人关系", party.relation)] if party.relation else []
    yield deed.pairs((role, party.name), ("联系电话", party.phone))
    yield deed.pairs((party.document or "证件", party.document_number), *second)
    yield deed.pairs(("住址", party.address))


def _term(content: ProxyAuthorizationContent) -> str:
    begins = _day(content.begins)
    if content.until is None:
        return f"委托期限自{begins}起，至该事项办结、结果送达为止。委托人可以随时撤销委托。"
    return f"委托期限自{begins}起，至{_day(content.until)}止。委托人可以随时撤销委托。"


def _handed(papers: Sequence[HandedPaper]) -> Table:
    head = deed.table_row([name for name, _ in _COLUMNS], _COLUMNS, _CENTRED, head=True)
    rows = [
        deed.table_row((str(number), one.name, one.form, str(one.copies)), _COLUMNS, _CENTRED, head=False)
        for number, one in enumerate(papers, 1)
    ]
    return Table(head, tuple(rows))


def _signing(content: ProxyAuthorizationContent) -> tuple[Row, ...]:
    def draw_box(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        sheets.frame(x_mm, y_mm, _PRINT_MM, _PRINT_MM, line_mm=0.2)
        sheets.text(x_mm + _PRINT_MM / 2, y_mm + _PRINT_MM - 2.0, "按指印处", 8.0, grey=0.4, align="centre")

    half = deed.WIDTH / 2
    signer = "监护人" if content.guardian else "委托人"
    sign = TextStyle(11.5, leading=2.2)
    row = Row(
        (
            Cell(f"{signer}签名：\n　　　年　　月　　日", half - _PRINT_MM - 4.0, sign),
            Picture(_PRINT_MM + 4.0, _PRINT_MM, draw_box),
            Cell("受托人签名：\n　　　年　　月　　日", half - _PRINT_MM - 4.0, sign),
            Picture(_PRINT_MM + 4.0, _PRINT_MM, draw_box),
        ),
        least_mm=_PRINT_MM + 2.0,
    )
    hint = "不会写字的，由他人代写姓名，本人按指印，并请一名无利害关系的人在旁签名见证。"
    return row, Row((Cell(hint, deed.WIDTH, deed.SMALL),)), *deed.signatures("见证人签名：", "站点经办人签名：")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
