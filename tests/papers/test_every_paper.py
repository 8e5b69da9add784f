"""What every paper of the window keeps, whatever stands in its fields: nothing off the sheet, nothing lost, marks,
numbered sheets, equal bytes, no person in the metadata."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.papers.every_paper import EMPTY, EXTREME, MARKED, NAME_60, NUMBERS, PAPERS, USUAL
from tests.papers.samples import (
    LOCAL_NO,
    as_copied,
    codes,
    font_uses,
    fonts,
    images,
    metadata,
    page_texts,
    rectangles_mm,
    sizes_mm,
    squeezed,
    text_places_mm,
)
from villagedesk.demo.photographs import photograph_of
from villagedesk.imaging.recognising.codes import codes_on

every_paper = pytest.mark.parametrize("name", PAPERS)
_BARRED = [
    "receipt_a4",
    "receipt_a5",
    "receipt_roll",
    "proxy_authorization",
    "delivery_record",
    "missing_materials",
    "case_sheet",
]
_ROLL_EDGE_MM = 4.0 - 0.2
# what no printer prints: four millimetres at the edge of a sheet, as cheap ones have
_SHEET_EDGE_MM = 4.0


@every_paper
@pytest.mark.parametrize("texts", [USUAL, EXTREME, EMPTY], ids=["usual", "extreme", "empty"])
def test_nothing_stands_outside_of_what_a_printer_prints(name: str, texts: object) -> None:
    pdf = PAPERS[name](texts, fonts(), 1, False)  # type: ignore[arg-type]
    sizes = sizes_mm(pdf)
    edge = _ROLL_EDGE_MM if name == "receipt_roll" else _SHEET_EDGE_MM
    for place in [*text_places_mm(pdf), *rectangles_mm(pdf)]:
        width, height = sizes[place.page]
        if place.left <= 0.01 and place.right >= width - 0.01:
            continue  # where the sheet is cut
        assert edge <= place.left and place.right <= width - edge, place
        assert edge - 1 <= place.top and place.bottom <= height - edge, place


@every_paper
def test_long_names_addresses_and_forty_papers_are_all_there(name: str) -> None:
    pdf = PAPERS[name](EXTREME, fonts(), 0, False)
    said = squeezed("".join(page_texts(pdf)))
    if name not in ("service_guide", "item_list", "page_copy", "monthly_report", "sent_proof", "handover_list"):
        assert as_copied(NAME_60)[:20] in said
    if name in ("receipt_a4", "receipt_a5", "receipt_roll", "acceptance_notice", "proxy_authorization"):
        wanted = [f"{number}号" for number in range(1, 41)]
        assert [one for one in wanted if one not in said] == []


@every_paper
def test_sheets_are_numbered_where_there_are_several(name: str) -> None:
    texts = [squeezed(text) for text in page_texts(PAPERS[name](EXTREME, fonts(), 0, False))]
    sheets = len(texts) // 2 if name == "receipt_a5" else len(texts)
    if name in ("receipt_roll", "visit_list") or sheets == 1:  # a roll has no sheets; each slip counts its own
        return
    for place, text in enumerate(texts):
        assert f"第{place % sheets + 1}页共{sheets}页" in text


@every_paper
def test_equal_contents_give_equal_bytes_fonts_inside_and_no_person_in_the_metadata(name: str) -> None:
    pdf = PAPERS[name](USUAL, fonts(), 0, False)
    assert pdf == PAPERS[name](USUAL, fonts(), 0, False)
    assert all(use.embedded for use in font_uses(pdf))
    told = str(metadata(pdf))
    assert not any(secret in told for secret in (USUAL.name, "410423", "1380000", USUAL.address, "王会计"))


@every_paper
def test_reprints_are_counted_and_practice_is_without_force(name: str) -> None:
    plain = squeezed("".join(page_texts(PAPERS[name](USUAL, fonts(), 0, False))))
    again = squeezed("".join(page_texts(PAPERS[name](USUAL, fonts(), 3, True))))
    assert "补打" not in plain and "练习" not in plain
    assert ("补打第3次" in again) == (name in MARKED)
    assert "练习样张无效" in again


@pytest.mark.parametrize("name", _BARRED)
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_the_local_number_reads_back_from_what_a_printer_makes_of_it(name: str, dpi: int) -> None:
    for practice in (False, True):
        pages = images(PAPERS[name](USUAL, fonts(), 0, practice), dpi)
        found = codes(pages[0], zxingcpp.BarcodeFormat.Code128)
        assert set(found) == {NUMBERS.get(name, LOCAL_NO)} and len(found) == (2 if name == "receipt_a4" else 1)


def test_a_roll_is_as_wide_as_its_printer_and_as_long_as_what_it_says() -> None:
    short, long = (sizes_mm(PAPERS["receipt_roll"](texts, fonts(), 0, False)) for texts in (EMPTY, EXTREME))
    assert [width for width, _ in short + long] == pytest.approx([80.0] * 4, abs=0.01)
    assert short[0][1] < 150 < 600 < long[0][1]
    pdf = PAPERS["receipt_roll"](USUAL, fonts(), 0, False)
    assert all(place.left >= 4 - 0.1 and place.right <= 76 + 0.1 for place in text_places_mm(pdf))  # 72 mm are printed


def test_a5_is_half_of_a4_and_both_copies_are_there() -> None:
    pdf = PAPERS["receipt_a5"](USUAL, fonts(), 0, False)
    assert sizes_mm(pdf) == [pytest.approx((210.0, 148.5), abs=0.01)] * 2
    first, second = (squeezed(text) for text in page_texts(pdf))
    assert "第一联站点留存" in first and "第二联申请人留存" in second
    a4 = squeezed("".join(page_texts(PAPERS["receipt_a4"](USUAL, fonts(), 0, False))))
    assert sorted(first + second) == sorted(a4)


strange = st.text(
    alphabet=st.one_of(
        st.sampled_from("王𬍛䶮😀\u202e\u200d\u0000\t\n·（）、，《“—aA1-,.%〔"),
        st.characters(min_codepoint=0x20, max_codepoint=0x323AF),
    ),
    max_size=80,
)


@every_paper
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strange, strange, strange, strange, strange, st.integers(0, 6))
def test_strange_text_breaks_no_paper(
    name: str, person: str, item: str, organ: str, address: str, words: str, count: int
) -> None:
    said = words if words.strip() or not words else f"字{words}"  # a reason that is blank is none, and no notice
    texts = replace(USUAL, name=person, item=item, organ=organ, address=address, words=said, count=count)
    pdf = PAPERS[name](texts, fonts(), 0, False)
    assert len(page_texts(pdf)) >= 1
    sizes = sizes_mm(pdf)
    for place in text_places_mm(pdf):
        width, height = sizes[place.page]
        assert place.left >= 0 and place.right <= width and place.bottom <= height


@pytest.mark.parametrize(
    ("name", "table"), [("receipt_a4", "dark"), ("receipt_roll", "light"), ("delivery_record", "wood")]
)
def test_the_barcode_is_read_from_a_photograph_of_the_printed_sheet(name: str, table: str) -> None:
    """As the document camera sees the signed paper when it comes back: askew, lit by a lamp."""
    pdf = PAPERS[name](USUAL, fonts(), 0, False)
    printed = np.asarray(images(pdf, 300, grey=False)[0].convert("RGB"))[:, :, ::-1]
    for seed in range(3):
        taken = photograph_of(np.ascontiguousarray(printed), sizes_mm(pdf)[0], seed, table=table)
        frame = cv2.imdecode(np.frombuffer(taken.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert frame is not None
        assert {code.text for code in codes_on(frame.astype(np.uint8))} == {NUMBERS.get(name, LOCAL_NO)}
