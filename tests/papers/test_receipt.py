"""The receipt: what it says, read back from the finished PDF."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.papers.samples import (
    LOCAL_NO,
    as_copied,
    codes,
    font_uses,
    fonts,
    images,
    marked_over_grounds,
    materials,
    metadata,
    page_texts,
    receipt,
    sizes_mm,
    squeezed,
)
from villagedesk.domain.problems import InputProblem
from villagedesk.papers.receipt import render
from villagedesk.papers.receipt_content import ReceiptContent, ReceiptMaterial

# What an ID reader, a keyboard or a pasted text may bring into any field.
strange = st.text(
    alphabet=st.one_of(
        st.sampled_from("王𬍛䶮𠅤😀\u202e\u200d\u0000\t\n·（）、，《“—aA1-,.%"),
        st.characters(min_codepoint=0x20, max_codepoint=0x323AF),
    ),
    max_size=60,
)


def test_says_all_that_the_station_attests() -> None:
    (text,) = page_texts(render(receipt(3), fonts()))
    plain = squeezed(text)
    content = receipt(3)
    for words in (
        "收件凭证",
        "（材料接收清单）",
        "第一联站点留存",
        "第二联申请人留存",
        content.station_name,
        content.item_name,
        "申请人王𬍛䶮",
        content.identity_masked,
        content.phone,
        "代办人赵二妞",
        "2026年11月23日01:05",  # 17:05 UTC of the day before
        "1第1号材料证明原件12已收取",
        "3第3号材料证明原件14已退还",
        "收件人（李小草）签名",
        "申请人（代办人）签名",
        "本凭证不代表受理",
    ):
        assert plain.count(words) >= (1 if "联" in words else 2), words
    assert "补打" not in plain
    assert "练习" not in plain
    assert "页共" not in plain


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_barcode_of_each_part_reads_back(dpi: int) -> None:
    (picture,) = images(render(receipt(), fonts()), dpi)
    assert codes(picture, zxingcpp.BarcodeFormat.Code128) == [LOCAL_NO, LOCAL_NO]


def test_is_a4_with_all_fonts_inside() -> None:
    pdf = render(receipt(), fonts())
    ((width, height),) = sizes_mm(pdf)
    assert width == pytest.approx(210, abs=0.01)
    assert height == pytest.approx(297, abs=0.01)
    uses = font_uses(pdf)
    assert len(uses) == 2  # base and rare
    assert all(use.embedded for use in uses)


def test_a_list_longer_than_a_part_goes_on_with_numbered_pages() -> None:
    pdf = render(receipt(40), fonts())
    texts = [squeezed(text) for text in page_texts(pdf)]
    assert len(texts) == 3
    for number, text in enumerate(texts, start=1):
        assert text.count(f"第{number}页共3页") == 2
        assert text.count("序号材料名称形式份数页数去向") == 2
    for material in materials(40):
        assert sum(text.count(material.name) for text in texts) == 2, material.name
    assert [text.count("申请人（代办人）签名") for text in texts] == [0, 0, 2]
    for picture in images(pdf, 300):
        assert codes(picture, zxingcpp.BarcodeFormat.Code128) == [LOCAL_NO, LOCAL_NO]


@pytest.mark.parametrize("count", [0, 1, 5, 8])
def test_usual_lists_stay_on_one_sheet(count: int) -> None:
    assert len(page_texts(render(receipt(count), fonts()))) == 1


def test_a_reprint_is_marked_and_counted_on_both_parts() -> None:
    (text,) = page_texts(render(replace(receipt(), reprint=2), fonts()))
    assert squeezed(text).count("补打第2次") == 2


def test_practice_is_marked_as_without_force() -> None:
    (text,) = page_texts(render(replace(receipt(), practice=True), fonts()))
    assert squeezed(text).count("练习样张无效") == 2
    assert squeezed(text).count("练习无效") == 2


def test_the_practice_mark_is_under_no_ground_and_spoils_no_barcode() -> None:
    practice = render(replace(receipt(), practice=True), fonts())
    plain, marked = (images(pdf, 100)[0] for pdf in (render(receipt(), fonts()), practice))
    assert marked_over_grounds(plain, marked) > 100
    for dpi in (203, 300):
        assert codes(images(practice, dpi)[0], zxingcpp.BarcodeFormat.Code128) == [LOCAL_NO, LOCAL_NO]


def test_no_agent_and_a_clock_note_are_said() -> None:
    content = replace(receipt(), agent_name="", clock_note="本机时间与服务器相差 9 分钟。")
    (text,) = page_texts(render(content, fonts()))
    assert "代办人无" in squeezed(text)
    assert squeezed(text).count("本机时间与服务器相差9分钟。") == 2


def test_equal_content_gives_equal_bytes_in_another_process_too() -> None:
    program = (
        "import hashlib; from tests.papers.samples import fonts, receipt;"
        "from villagedesk.papers.receipt import render;"
        "print(hashlib.sha256(render(receipt(), fonts())).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
        for _ in range(2)
    }
    assert len(hashes) == 1
    assert render(receipt(), fonts()) == render(receipt(), fonts())


def test_i8_metadata_tells_kind_and_local_number_only() -> None:
    pdf = render(receipt(), fonts())
    values = metadata(pdf)
    assert values["Title"] == f"收件凭证 {LOCAL_NO}"
    assert values["Author"] == values["Subject"] == values["Keywords"] == ""
    assert "王" not in str(values)
    assert "410423" not in pdf.decode("latin-1")


def test_a_local_number_that_is_no_barcode_is_refused() -> None:
    with pytest.raises(InputProblem) as caught:
        render(replace(receipt(), local_no="流水一号"), fonts())
    assert caught.value.key == "papers.barcode_text"


@settings(max_examples=40, deadline=None)
@given(strange, strange, strange, st.lists(strange, max_size=4))
def test_strange_text_breaks_nothing_and_is_all_there(
    applicant: str, station: str, agent: str, names: list[str]
) -> None:
    content: ReceiptContent = replace(
        receipt(),
        applicant_name=applicant,
        station_name=station,
        agent_name=agent,
        clerk_name=applicant,
        materials=tuple(ReceiptMaterial(name, "原件", 1, 1, False) for name in names),
    )
    pdf = render(content, fonts())
    texts = page_texts(pdf)
    # pdfium leaves out white space as it sees fit, so what it copies is compared without.
    found = squeezed("".join(texts))
    for value in (applicant, station, agent, *names):
        lines = value.replace("\r", "\n").split("\n")
        for line in lines:
            expected = squeezed(as_copied(line))
            if len(texts) == 1 or len(expected) <= 10:  # certainly not broken by the end of a page
                assert found.count(expected) >= 2, (line, found)
    for picture in images(pdf, 203):
        assert codes(picture, zxingcpp.BarcodeFormat.Code128) == [LOCAL_NO, LOCAL_NO]


def test_sixty_rare_characters_in_every_field_are_all_there() -> None:
    name = "王𬍛䶮𠅤𫖯𬤊" * 10
    content = replace(receipt(2), applicant_name=name, agent_name=name, station_name=name, item_name=name)
    plain = squeezed("".join(page_texts(render(content, fonts()))))
    assert plain.count(name) == 8
