"""The register on paper: across the sheet, heads and page numbers on each, nothing lost however long it is."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.papers.samples import fonts, page_texts, sizes_mm, squeezed
from villagedesk.domain.register_row import COLUMNS, RegisterRow
from villagedesk.papers import proxy_register
from villagedesk.papers.proxy_register import ProxyRegisterContent, render

LONG_NAME = "买买提江·阿不都热合曼·艾合买提吐尔逊·" * 3
ROW = RegisterRow(
    number=1,
    case_id="c",
    received="2026-11-23",
    local_no="261123-A-0007-X",
    applicant="王𬍛䶮",
    document_number="410***********1234",
    phone="138****0000",
    item="城乡居民基本养老保险参保登记",
    mode="人工代办",
    agent="赵二妞",
    clerk="李小草",
    papers="3份 5页",
    handed_over="2026-11-24",
    acceptance_no="1141042300567890123410001234567000020261123",
    status="已办结",
    concluded="2026-11-30 准予",
    delivered="2026-12-01 本人",
    note="容缺 1 样",
)
CONTENT = ProxyRegisterContent(
    station_name="柳林村便民服务站",
    period="2026-11-01 至 2026-11-30 收件　全部办理方式",
    rows=(ROW,),
    printed_at=datetime(2026, 11, 30, 16, 5, tzinfo=UTC),
    clerk_name="王会计",
)


def rows(count: int) -> tuple[RegisterRow, ...]:
    return tuple(replace(ROW, number=number, local_no=f"261123-A-{number:04d}-K") for number in range(1, count + 1))


def test_a_register_lies_across_a4_and_says_all_of_a_case() -> None:
    pdf = render(CONTENT, fonts())
    (size,) = sizes_mm(pdf)
    assert (round(size[0]), round(size[1])) == (297, 210)
    said = squeezed(page_texts(pdf)[0])
    for column in COLUMNS:
        assert squeezed(str(getattr(ROW, column))) in said, column
    for part in ("代办台账", "柳林村便民服务站", "2026年12月01日00:05打印", "第1页共1页", "共1件", "号码只印首尾"):
        assert part in said
    assert "签名" in said and "王会计" in said


def test_every_column_of_a_row_has_its_place_and_they_fill_the_paper() -> None:
    shown = [name for column in proxy_register.COLUMNS for name in column.names]
    assert sorted(shown) == sorted(field.name for field in fields(RegisterRow) if field.name != "case_id")
    assert sum(column.width_mm for column in proxy_register.COLUMNS) == proxy_register._WIDTH


def test_many_cases_go_over_numbered_sheets_with_their_heads_and_none_is_lost() -> None:
    pages = [squeezed(text) for text in page_texts(render(replace(CONTENT, rows=rows(150)), fonts()))]
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in page
    assert all("收件流水号" in page for page in pages[:-1])
    said = "".join(pages)
    assert all(said.count(f"261123-A-{number:04d}-K") == 1 for number in range(1, 151))


def test_no_case_is_said_in_words_and_whole_numbers_are_warned_of() -> None:
    said = squeezed(page_texts(render(replace(CONTENT, rows=(), masked=False), fonts()))[0])
    assert "这段时间没有收件" in said and "共0件" in said and "号码完整" in said


def test_empty_fields_and_the_longest_names_break_nothing() -> None:
    empty = RegisterRow(1, "", *("",) * len(COLUMNS[1:]))
    long = replace(ROW, applicant=LONG_NAME, item=LONG_NAME, note="巷" * 400, delivered=LONG_NAME)
    pages = page_texts(render(replace(CONTENT, rows=(empty, long, ROW)), fonts()))
    said = squeezed("".join(pages))
    assert said.count("巷") == 400
    assert said.count("艾合买提吐尔逊") + said.count("买买提江") >= 9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=len(COLUMNS) - 1, max_size=len(COLUMNS) - 1))
def test_whatever_stands_in_a_row_it_becomes_paper(texts: list[str]) -> None:
    row = RegisterRow(1, "", *texts)
    assert render(replace(CONTENT, rows=(row, ROW)), fonts()).startswith(b"%PDF")


def test_a_register_of_an_exercise_says_so() -> None:
    assert "练习样张" in page_texts(render(replace(CONTENT, practice=True), fonts()))[0]
