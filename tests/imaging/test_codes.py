"""Bar codes and QR codes are read off photographed pages, and nothing is taken for one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from tests.imaging.lit import blank_sheet, drawn, photographed
from villagedesk.imaging.recognising.codes import codes_on

Pixels = NDArray[np.uint8]

PLACE = (300, 900)
"""Column and row of the code's top left corner."""


def with_code(page: Pixels, kind: zxingcpp.BarcodeFormat, text: str, width: int) -> tuple[Pixels, tuple[int, int]]:
    """The page with a code printed on it so many pixels wide, and the code's size."""
    symbol = np.asarray(
        zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=4, add_quiet_zones=True)
    )
    height = round(symbol.shape[0] * width / symbol.shape[1])
    printed = cv2.cvtColor(cv2.resize(symbol, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR)
    marked = page.copy()
    x, y = PLACE
    marked[y : y + height, x : x + width] = printed
    return marked, (width, height)


@pytest.mark.parametrize(
    ("kind", "text", "width"),
    [
        (zxingcpp.BarcodeFormat.QRCode, "https://example.invalid/查询?no=261123-A-0007-K", 240),
        (zxingcpp.BarcodeFormat.Code128, "261123-A-0007-K", 520),
        (zxingcpp.BarcodeFormat.DataMatrix, "票据代码 041002000123", 220),
    ],
)
@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_code_on_a_photographed_form_is_read_and_its_place_told(
    kind: zxingcpp.BarcodeFormat, text: str, width: int, turns: int
) -> None:
    page, size = with_code(drawn("application_form", 4), kind, text, width)
    seen = np.ascontiguousarray(np.rot90(photographed(page, 3), turns))
    (code,) = codes_on(seen)
    assert (code.kind, code.text) == (kind.name, text)
    places = np.array(code.outline)
    assert ((places > 0) & (places < 1)).all()
    if turns == 0:
        height, across = page.shape[:2]
        middle = places.mean(axis=0) * (across, height)
        assert np.abs(middle - (PLACE[0] + size[0] / 2, PLACE[1] + size[1] / 2)).max() < 30


def test_two_codes_on_one_page_are_both_read_and_unseen_characters_left_out() -> None:
    page, (_, height) = with_code(blank_sheet(), zxingcpp.BarcodeFormat.QRCode, "one\x07\ntwo", 260)
    lower = np.roll(page, -(height + 300), axis=0)
    page, _ = with_code(lower, zxingcpp.BarcodeFormat.Code128, "A1234567", 500)
    assert sorted(code.text for code in codes_on(photographed(page, 1))) == ["A1234567", "onetwo"]


@pytest.mark.parametrize("kind", ["application_form", "notice_with_seal", "household_register", "id_card_front"])
def test_tables_and_print_are_no_codes(kind: str) -> None:
    assert codes_on(photographed(drawn(kind, 2), 2)) == ()
