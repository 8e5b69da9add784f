"""What a server or a villager may write into a case: every paper of it comes out, whole, and leads nobody astray."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import zxingcpp

from tests.desk.counter import Window, taken_in
from tests.papers.samples import codes, images, page_texts
from villagedesk.app.fonts import font_set
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.desk.case_papers import NOTICE_NO, why_not
from villagedesk.desk.paper_making import Making, PaperMaker
from villagedesk.desk.paper_source import PaperSource, paper_source
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.messages import Messages
from villagedesk.domain.party import Party, PartyRole
from villagedesk.domain.printing import PaperKind, PaperSize
from villagedesk.domain.told_change import Wanted, wanted_text

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HOW = Making(0, PaperSize.A4, "王会计", NOW)
MESSAGES = Messages.from_folder(messages_folder(resources_folder()))
HOSTILE = (
    '<img src="file:///etc/passwd"><b>王</b>',
    "\u202e张三\u2066",
    "王\x00\x1b[31m\r\n二",
    "王\ud800二",
    "\U0010ffff\ue863",
    "长" * 2000,
    "a" * 2000,
    "\n" * 300,
    "%s{0}{name}\\",
)
_FIELDS = ("applicant", "item_name", "acceptance_no", "query_code", "accepting_organ", "limit_date", "lookup_url")


@pytest.fixture(scope="module")
def maker() -> PaperMaker:
    return PaperMaker(font_set(resources_folder()), "柳林村便民服务站", MESSAGES.text, practice=True)


def accepted(window: Window) -> PaperSource:
    case_id = taken_in(window)
    source = window.store.read(lambda snapshot: paper_source(snapshot, window.desk.items, case_id))
    return replace(
        source,
        case=replace(source.case, acceptance_no="410421-1", accepted_at=NOW, accepting_organ="鲁山县医疗保障局"),
        item=None,
    )


def with_agent(case: Case, text: str) -> Case:
    agent = Party(PartyRole.AGENT, text, phone=text, document_number=text, scope=text, until=text)
    return replace(case, parties=(agent,))


def with_text(case: Case, field: str, text: str) -> Case:
    if field == "applicant":
        return replace(case, applicant=replace(case.applicant, name=text, phone=text, address=text))
    return replace(case, **{field: text})  # type: ignore[arg-type]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_every_paper_comes_out_whatever_stands_in_it(window: Window, maker: PaperMaker, text: str) -> None:
    source = accepted(window)
    everywhere = source.case
    for field in _FIELDS:
        everywhere = with_text(everywhere, field, text)
    everywhere = replace(everywhere, acceptance_no=f"4{text}", status=CaseStatus.DELIVERED)
    everywhere = replace(everywhere, accepting_organ=f"县{text}")
    said_of_it = dict.fromkeys(("reason", "organ", "legal_basis", "right_organ", "review_organ", "deadline"), text)
    told = [
        CaseEvent(
            everywhere.case_id,
            NOW,
            "system",
            "change",
            detail={
                "change": change,
                "at": text,
                NOTICE_NO: f"4{text}",
                "wanted": wanted_text([Wanted(text, text, text, text)]),
                **{f"value.{name}": value or "x" for name, value in said_of_it.items()},
                "value.reason": f"不符合{text}",
                "value.organ": f"鲁山县{text}",
            },
        )
        for change in (CaseChange.CORRECTION_ASKED.value, CaseChange.REFUSED.value)
    ]
    hostile = replace(source, case=with_agent(everywhere, text), events=[*source.events, *told])
    made = {kind: maker.draw(kind, hostile, HOW) for kind in PaperKind if why_not(hostile, kind) is None}
    assert len(made) == 6
    notice = made[PaperKind.ACCEPTANCE_NOTICE]
    for pdf in made.values():
        said = "".join(page_texts(pdf))
        assert not set("\u202e\u2066\x00\x1b\ud800") & set(said)
        assert len(images(pdf, 30)) < 120
    if "<img" in text:
        assert "etc/passwd" in "".join(page_texts(notice)).replace("\n", "")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "https://a@evil.example/", "x\n"])
def test_no_code_to_scan_leads_anywhere_but_to_the_web(window: Window, maker: PaperMaker, address: str) -> None:
    source = accepted(window)

    def notice(url: str) -> bytes:
        linked = replace(source, case=replace(source.case, lookup_url=url))
        return maker.draw(PaperKind.ACCEPTANCE_NOTICE, linked, HOW)

    (sheet,) = images(notice(address), 200)
    assert codes(sheet, zxingcpp.BarcodeFormat.QRCode) == []
    good = "https://example.gov.cn/q?no=1"
    (sheet,) = images(notice(good), 200)
    assert codes(sheet, zxingcpp.BarcodeFormat.QRCode) == [good]
