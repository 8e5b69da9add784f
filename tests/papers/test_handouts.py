"""Guides, the list for the wall and the hint about what is missing, read back from the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import zxingcpp

from tests.papers.samples import LOCAL_NO, codes, fonts, images, page_texts, sizes_mm, squeezed
from villagedesk.catalogue.load import load_items
from villagedesk.domain.service_item import Office, OnlineWay, ServiceItem
from villagedesk.papers import item_list, missing_materials, service_guide
from villagedesk.papers.missing_materials import MissingContent, MissingPaper

CATALOGUE = load_items(Path(__file__).parents[2] / "resources" / "catalogue")
TODAY = date(2026, 11, 24)


def guide(item: ServiceItem) -> bytes:
    return service_guide.render(service_guide.GuideContent("柳林村便民服务站", item, TODAY), fonts())


def missing(count: int = 3, **changes: object) -> MissingContent:
    content = MissingContent(
        station_name="柳林村便民服务站",
        local_no=LOCAL_NO,
        applicant_name="王𬍛䶮",
        item_name="最低生活保障对象认定",
        papers=tuple(MissingPaper(f"第{n}号证明", "原件1份", (f"第{n}条要求",)) for n in range(count)),
        promised=(MissingPaper("照片", "原件2份", ("2026-12-01前补交",)),),
        others=("请填写开户银行。",),
        printed_at=datetime(2026, 11, 24, 2, 3, tzinfo=UTC),
        clerk_name="王会计",
        contact="0375-5550000",
    )
    return replace(content, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("item", CATALOGUE, ids=lambda item: item.code)
def test_a_guide_says_everything_a_villager_must_know(item: ServiceItem) -> None:
    said = squeezed("".join(page_texts(guide(item))))
    wanted = [item.name, item.audience, item.organ, item.fee, *item.conditions, *item.legal_basis, *item.online.steps]
    for requirement in item.materials:
        wanted += [requirement.name, *requirement.points]
        wanted += [requirement.when.words] if requirement.when is not None else []
    for step in item.flow:
        wanted += [step.name, step.by]
    for stop in item.stops:
        wanted += [stop.name, stop.legal_basis]
    wanted += [item.office.address, item.office.hours, item.office.phone, item.office.complaint_phone]
    missing_words = [text for text in wanted if squeezed(text) not in said]
    assert not missing_words
    assert ("待核" in said) == item.to_check


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_code_of_a_guide_leads_to_the_online_page(dpi: int) -> None:
    for item in CATALOGUE:
        if item.online.url:
            pages = images(guide(item), dpi)
            assert [text for page in pages for text in codes(page, zxingcpp.BarcodeFormat.QRCode)] == [item.online.url]


def test_a_guide_without_an_online_page_has_no_code_and_a_long_one_is_written_out() -> None:
    bare = replace(CATALOGUE[0], online=OnlineWay())
    assert not any(codes(page, zxingcpp.BarcodeFormat.QRCode) for page in images(guide(bare), 203))
    url = "https://example.gov.cn/" + "a" * 600
    long = replace(CATALOGUE[0], online=OnlineWay(url))
    assert squeezed(url) in squeezed("".join(page_texts(guide(long))))


def test_forty_papers_with_long_names_go_over_several_sheets_and_none_is_lost() -> None:
    papers = tuple(
        replace(CATALOGUE[0].materials[0], requirement_id=f"m{n}", name=f"第{n}号" + "很长的材料名称" * 8)
        for n in range(40)
    )
    texts = page_texts(guide(replace(CATALOGUE[0], materials=papers)))
    assert len(texts) > 2
    said = squeezed("".join(texts))
    assert all(squeezed(paper.name) in said for paper in papers)
    for number, text in enumerate(texts, 1):
        assert f"第{number}页共{len(texts)}页" in squeezed(text)
        assert squeezed(CATALOGUE[0].name) in squeezed(text), "every sheet says what it is"


def test_the_list_for_the_wall_names_every_item_once_by_organ() -> None:
    office = Office("柳林村党群服务中心一楼", "周一至周五", "0375-5550000", "12345")
    content = item_list.ItemListContent("柳林村便民服务站", CATALOGUE, office, TODAY)
    pdf = item_list.render(content, fonts())
    said = squeezed("".join(page_texts(pdf)))
    assert all(said.count(squeezed(item.name) + "（待核）") == 1 for item in CATALOGUE)
    assert all(squeezed(item.organ) in said for item in CATALOGUE)
    assert all(text in said for text in (office.address, office.phone, office.complaint_phone, "共36项"))
    assert {(round(width), round(height)) for width, height in sizes_mm(pdf)} == {(210, 297)}
    assert "没有选定事项" in squeezed(page_texts(item_list.render(replace(content, items=()), fonts()))[0])


def wall_line(item: ServiceItem) -> str:
    content = item_list.ItemListContent("柳林村便民服务站", (item,), Office(), TODAY)
    return squeezed("".join(page_texts(item_list.render(content, fonts()))))


def test_the_list_for_the_wall_names_an_identity_card_that_hangs_on_age_alone() -> None:
    by_age = [item for item in CATALOGUE for one in item.materials if one.when is not None and one.when.fact == "age"]
    assert len(by_age) >= 8
    for item in by_age:
        assert "身份证（16周岁以上）" in wall_line(item), item.name
    assert not [item.name for item in CATALOGUE if "；看情况带" in wall_line(item)]
    assert not [item.name for item in CATALOGUE if "（待核）；" in wall_line(item)]


def test_a_line_of_the_list_may_have_nothing_everybody_brings() -> None:
    card, agent = CATALOGUE[0].requirement("id_card"), CATALOGUE[0].requirement("authorisation")
    assert "看情况带1样" in wall_line(replace(CATALOGUE[0], materials=(agent,)))
    assert "；" not in wall_line(replace(CATALOGUE[0], materials=(card,)))


def test_the_hint_names_everything_at_once_and_is_nobodys_notice() -> None:
    (text,) = page_texts(missing_materials.render(missing(), fonts()))
    said = squeezed(text)
    for part in (
        "第0号证明",
        "第2号证明",
        "第1条要求",
        "照片",
        "2026-12-01前补交",
        "请填写开户银行",
        "王𬍛䶮",
        "0375-5550000",
    ):
        assert part in said
    assert "不是审批机关的一次性补正告知书" in said
    assert "没有盖章" in said
    assert "视为受理" not in said
    assert "2026年11月24日10:03" in said


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_hint_of_a_case_has_its_number_as_bars(dpi: int) -> None:
    pdf = missing_materials.render(missing(), fonts())
    assert codes(images(pdf, dpi)[0], zxingcpp.BarcodeFormat.Code128) == [LOCAL_NO]
    draft = missing_materials.render(missing(local_no=""), fonts())
    assert codes(images(draft, dpi)[0], zxingcpp.BarcodeFormat.Code128) == []
    assert "草稿" in squeezed(page_texts(draft)[0])


def test_the_hint_of_forty_papers_is_complete() -> None:
    said = squeezed("".join(page_texts(missing_materials.render(missing(40), fonts()))))
    assert all(f"第{number}号证明" in said for number in range(40))
    assert "材料不缺" in squeezed(page_texts(missing_materials.render(missing(0), fonts()))[0])


def test_a_practice_stations_handouts_are_without_force() -> None:
    papers = (
        service_guide.render(service_guide.GuideContent("站", CATALOGUE[0], TODAY, practice=True), fonts()),
        item_list.render(item_list.ItemListContent("站", CATALOGUE[:1], Office(), TODAY, practice=True), fonts()),
        missing_materials.render(missing(practice=True), fonts()),
    )
    for pdf in papers:
        assert all("练习样张" in squeezed(text) for text in page_texts(pdf))


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_list_has_a_code_for_each_page_on_which_one_can_apply_oneself(dpi: int) -> None:
    content = item_list.ItemListContent("柳林村便民服务站", CATALOGUE, Office(), TODAY)
    urls = {item.online.url for item in CATALOGUE if item.online.url}
    pages = images(item_list.render(content, fonts()), dpi)
    found = [text for page in pages for text in codes(page, zxingcpp.BarcodeFormat.QRCode)]
    assert urls and sorted(found) == sorted(urls)
    bare = replace(content, items=tuple(replace(item, online=OnlineWay()) for item in CATALOGUE))
    assert "网上自己办" not in squeezed("".join(page_texts(item_list.render(bare, fonts()))))
