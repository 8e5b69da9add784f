"""The acceptance notice: never without a number, and all that it must say."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import zxingcpp

from tests.papers.samples import (
    LOCAL_NO,
    as_copied,
    codes,
    font_uses,
    fonts,
    images,
    marked_over_grounds,
    metadata,
    notice,
    page_texts,
    squeezed,
    text_places_mm,
)
from villagedesk.domain.problems import Problem
from villagedesk.papers.acceptance_notice import render


@pytest.mark.parametrize("number", ["", "   ", "\n"])
def test_i7_no_acceptance_notice_without_an_acceptance_number(number: str) -> None:
    with pytest.raises(Problem) as caught:
        render(replace(notice(), acceptance_no=number), fonts())
    assert caught.value.key == "papers.no_acceptance_number"


def test_says_what_the_organ_decided() -> None:
    (text,) = page_texts(render(notice(), fonts()))
    plain = squeezed(text)
    for words in (
        "编号：1141042300567890123410001234567000020261123",
        "受理通知书",
        "王𬍛䶮：",
        "“城乡居民基本医疗保险参保登记”申请，经审查符合受理条件",
        "依据《中华人民共和国社会保险法》第二十四条，现予受理",
        "办理期限至2026年12月4日",
        "查询密码839201",
        "受理时间2026年11月23日01:05",
        "1.居民身份证2.户口簿3.参保登记表",
        "鲁山县医疗保障局2026年11月23日",
        LOCAL_NO,
    ):
        assert words in plain, words


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_qr_leads_to_the_look_up_page(dpi: int) -> None:
    (picture,) = images(render(notice(), fonts()), dpi)
    assert codes(picture, zxingcpp.BarcodeFormat.QRCode) == [notice().lookup_url]


def test_number_stands_at_the_top_right_within_the_margins_of_gb_t_9704() -> None:
    (picture,) = images(render(notice(), fonts()), 200)
    ink = picture.point(lambda grey: 255 if grey < 128 else 0)
    box = ink.getbbox()
    assert box is not None
    left, top, right, bottom = (side * 25.4 / 200 for side in box)
    # GB/T 9704-2012, 5.2.1: 天头 37 mm ± 1 mm, 订口 28 mm ± 1 mm, 版心 156 mm × 225 mm.
    assert left == pytest.approx(28, abs=1)
    assert 37 <= top <= 41
    assert right <= 28 + 156 + 0.5
    assert bottom <= 37 + 225
    first_line = ink.crop((0, 0, picture.width, round(44 / 25.4 * 200))).getbbox()
    assert first_line is not None
    assert first_line[0] * 25.4 / 200 > 28 + 30
    assert first_line[2] * 25.4 / 200 == pytest.approx(28 + 156, abs=1.5)


def test_what_the_system_left_open_is_left_out() -> None:
    bare = replace(notice(), query_code="", legal_basis="", limit_date=None, lookup_url="", materials=())
    (text,) = page_texts(render(bare, fonts()))
    plain = squeezed(text)
    assert "经审查符合受理条件，现予受理。" in plain
    for words in ("查询密码", "依据", "办理期限", "扫码", "受理材料"):
        assert words not in plain
    assert codes(images(render(bare, fonts()), 200)[0], zxingcpp.BarcodeFormat.QRCode) == []


def test_an_address_too_long_for_a_code_is_printed() -> None:
    url = "https://yb.example.gov.cn/" + "q" * 500
    text = "".join(page_texts(render(replace(notice(), lookup_url=url), fonts())))
    assert url in squeezed(text)


@pytest.mark.parametrize("number", ["a" * 64, "１" * 64, "办件〔2026〕第12号", "𬍛" * 64, "😀" * 64])
def test_any_number_of_64_characters_is_printed_as_it_is(number: str) -> None:
    text = "".join(page_texts(render(replace(notice(), acceptance_no=number), fonts())))
    assert as_copied(number) in squeezed(text)


def test_the_practice_mark_is_under_no_ground_and_spoils_no_code() -> None:
    long = replace(notice(), materials=tuple(f"第{n}号材料" for n in range(1, 40)))
    practice = render(replace(long, practice=True), fonts())
    pages = zip(*(images(pdf, 100) for pdf in (render(long, fonts()), practice)), strict=True)
    assert sum(marked_over_grounds(plain, marked) for plain, marked in pages) > 100
    for dpi in (203, 300):
        assert codes(images(practice, dpi)[-1], zxingcpp.BarcodeFormat.QRCode) == [notice().lookup_url]


def test_many_materials_go_on_with_page_numbers_marks_and_the_seal_last() -> None:
    many = replace(notice(), materials=tuple(f"第{n}号材料" for n in range(1, 80)), reprint=1, practice=True)
    texts = [squeezed(text) for text in page_texts(render(many, fonts()))]
    assert len(texts) >= 2
    for number, text in enumerate(texts, start=1):
        assert f"第{number}页共{len(texts)}页" in text
        assert "补打第1次" in text
        assert "练习样张无效" in text
    assert all(f"{n}.第{n}号材料" in "".join(texts) for n in range(1, 80))
    assert "（印章）" in texts[-1]


def test_same_bytes_fonts_inside_no_person_in_the_metadata() -> None:
    pdf = render(notice(), fonts())
    assert pdf == render(notice(), fonts())
    assert all(use.embedded for use in font_uses(pdf))
    assert metadata(pdf)["Title"] == f"受理通知书 {LOCAL_NO}"
    assert "王" not in str(metadata(pdf))


def test_22_lines_of_28_characters_of_size_3_fill_the_type_area() -> None:
    """GB/T 9704-2012, 5.2.2 and 5.2.3."""
    long = replace(notice(), item_name="城" * 28 * 60, legal_basis="")
    pdf = render(long, fonts())
    lines = [place for place in text_places_mm(pdf) if set(place.text) == {"城"} and place.page == 1]
    assert len(lines) == 22
    assert {len(line.text) for line in lines} == {28}
    assert all(line.size_pt == pytest.approx(15.75) for line in lines)  # 三号
    for line in lines:
        assert line.left == pytest.approx(28, abs=0.4)
        assert line.right == pytest.approx(28 + 156, abs=0.6)
    pitches = {round(after.top - before.top, 2) for before, after in pairwise(lines)}
    assert len(pitches) == 1
    assert pitches.pop() == pytest.approx(225 / 22, abs=0.01)


def test_the_seal_has_room_over_organ_and_date_and_never_stands_alone_on_a_sheet() -> None:
    """GB/T 9704-2012, 7.3.5.4; a county organ's seal measures 42 mm (国发〔1999〕25号)."""
    for count in range(0, 24):
        pdf = render(replace(notice(), materials=tuple(f"第{n}号材料" for n in range(count))), fonts())
        places = text_places_mm(pdf)
        (organ,) = [one for one in places if one.text == "鲁山县医疗保障局"]
        (day,) = [one for one in places if one.text == "2026年11月23日" and one.page == organ.page]
        middle = (organ.top + day.bottom) / 2
        left, right = (organ.left + organ.right) / 2 - 21, (organ.left + organ.right) / 2 + 21
        # nothing but organ, date and the word for the seal is within its circle's square
        near = [
            one.text
            for one in places
            if one.page == organ.page
            and one.right > left
            and one.left < right
            and one.bottom > middle - 21
            and one.top < middle + 21
        ]
        assert set(near) == {"鲁山县医疗保障局", "2026年11月23日", "（印章）"}
        assert any(one.text == "收件流水号" for one in places if one.page == organ.page)
