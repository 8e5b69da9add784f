"""The monthly report: one sheet, whatever the names, and a code that a cheap print still gives back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import zxingcpp

from tests.papers.samples import codes, font_uses, fonts, images, metadata, page_texts, squeezed
from villagedesk.domain.audit import AuditHead
from villagedesk.papers.log_mark import head_text
from villagedesk.papers.monthly_report import MOST_PEOPLE, MonthlyContent, render

HEAD = AuditHead(18234, "0123456789abcdef" * 4)


def content(people: tuple[str, ...] = ("王会计", "李文书")) -> MonthlyContent:
    """A month's report."""
    counts = tuple(range(len(people)))
    return MonthlyContent(
        station_name="柳林村便民服务站",
        division_code="410421103207",
        year=2026,
        month=11,
        people=people,
        duties=tuple((f"第{number}件事", counts) for number in range(12)),
        safety=tuple((f"第{number}项", number) for number in range(8)),
        head=HEAD,
        printed_at=datetime(2026, 12, 1, 2, 3, tzinfo=UTC),
        clerk_name="王会计",
    )


def test_it_says_its_month_its_counts_and_the_head_in_groups_of_eight() -> None:
    (text,) = page_texts(render(content(), fonts()))
    said = squeezed(text)
    assert "2026年11月" in said and "2026年12月01日10:03" in said and "截至第18234条" in said
    assert said.count("01234567") == 4 and "89abcdef" in said
    assert "01234567 89abcdef 01234567 89abcdef" in " ".join(text.split())


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_code_reads_as_the_head_that_doctor_takes(dpi: int) -> None:
    practice = replace(content(), practice=True)
    for one in (content(), practice):
        assert codes(images(render(one, fonts()), dpi)[0], zxingcpp.BarcodeFormat.QRCode) == [head_text(HEAD)]


@pytest.mark.parametrize(
    "people",
    [(), ("欧阳",), tuple(f"名字特别特别长的第{n}位经办人" for n in range(MOST_PEOPLE))],
    ids=["none", "one", "long"],
)
def test_it_is_one_sheet(people: tuple[str, ...]) -> None:
    pages = page_texts(render(content(people), fonts()))
    assert len(pages) == 1
    assert all(name in squeezed(pages[0]) for name in people)


def test_same_bytes_fonts_inside_and_no_person_in_the_metadata() -> None:
    pdf = render(content(), fonts())
    assert pdf == render(content(), fonts())
    assert all(use.embedded for use in font_uses(pdf))
    assert metadata(pdf)["Title"] == "月度运行情况表 2026-11"
    assert "王" not in str(metadata(pdf))
