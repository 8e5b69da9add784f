"""What a server or a villager may write into a case: every paper of it comes out, whole, and leads nobody astray."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import zxingcpp

from tests.desk.counter import Window, taken_in
from tests.papers.samples import codes, images, page_texts
from villagedesk.app.fonts import font_set
from villagedesk.app.resources import resources_folder
from villagedesk.desk.paper_making import PaperMaker
from villagedesk.domain.case import Case

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
    return PaperMaker(font_set(resources_folder()), "柳林村便民服务站", practice=True)


def accepted(window: Window) -> Case:
    case = window.desk.cases.case(taken_in(window)).case
    return replace(case, acceptance_no="410421-1", accepted_at=datetime(2026, 11, 23, tzinfo=UTC))


def with_text(case: Case, field: str, text: str) -> Case:
    if field == "applicant":
        return replace(case, applicant=replace(case.applicant, name=text, phone=text, address=text))
    return replace(case, **{field: text})  # type: ignore[arg-type]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_every_paper_comes_out_whatever_stands_in_it(window: Window, maker: PaperMaker, text: str) -> None:
    case = accepted(window)
    pages = window.desk.cases.case(case.case_id).pages
    everywhere = case
    for field in _FIELDS:
        everywhere = with_text(everywhere, field, text)
    notice = maker.acceptance_notice(replace(everywhere, acceptance_no=f"4{text}"), None, 0)
    receipt = maker.receipt(everywhere, pages, 0)
    for pdf in (notice, receipt):
        said = "".join(page_texts(pdf))
        assert not set("\u202e\u2066\x00\x1b\ud800") & set(said)
        assert len(images(pdf, 30)) < 80
    if "<img" in text:
        assert "etc/passwd" in "".join(page_texts(notice)).replace("\n", "")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "https://a@evil.example/", "x\n"])
def test_no_code_to_scan_leads_anywhere_but_to_the_web(window: Window, maker: PaperMaker, address: str) -> None:
    case = accepted(window)
    (sheet,) = images(maker.acceptance_notice(replace(case, lookup_url=address), None, 0), 200)
    assert codes(sheet, zxingcpp.BarcodeFormat.QRCode) == []
    good = "https://example.gov.cn/q?no=1"
    (sheet,) = images(maker.acceptance_notice(replace(case, lookup_url=good), None, 0), 200)
    assert codes(sheet, zxingcpp.BarcodeFormat.QRCode) == [good]
