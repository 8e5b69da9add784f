"""Barcodes are read back from the rendered page, at the resolutions of cheap printers."""

from __future__ import annotations

import string

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.papers.samples import codes, fonts, images
from villagedesk.domain.problems import InputProblem
from villagedesk.papers.barcode import MODULE_MM, QR_LONGEST_BYTES, code128, draw_code128, draw_qr
from villagedesk.papers.sheet import Sheets, SheetSize

LABEL = SheetSize(110.0, 30.0)


def label(text: str, offset_mm: float = 0.0) -> bytes:
    sheets = Sheets(LABEL, fonts(), "试页")
    draw_code128(sheets, code128(text), 5 + offset_mm, 5, height_mm=12)
    return sheets.finish()


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_code_128_is_read_back(dpi: int) -> None:
    for text in ("261123-A-0007-X", "991231-Z-9999-0", "000101-B-0000-A"):
        for offset_mm in (0.0, 0.017, 0.033, 0.05, 0.066, 0.083, 0.1, 0.117):  # across one dot of 203 dpi
            picture = images(label(text, offset_mm), dpi)[0]
            assert codes(picture, zxingcpp.BarcodeFormat.Code128) == [text], offset_mm


@settings(max_examples=40, deadline=None)
@example("99")
@example("9900-A")
@example("1009-9")
@given(st.text(alphabet=string.ascii_uppercase + string.digits + "-", min_size=2, max_size=20))
def test_any_number_of_our_alphabet_is_read_back(text: str) -> None:
    assert codes(images(label(text), 203)[0], zxingcpp.BarcodeFormat.Code128) == [text]


def test_a_local_number_fits_72_mm_and_has_its_quiet_zones() -> None:
    symbol = code128("261123-A-0007-X")
    assert symbol.width_mm() <= 72.0  # design: numbers of our own
    # ISO/IEC 15417, 4.2 and 4.4: stop pattern of 13 modules, 11 for every other character, ten modules of quiet.
    assert (symbol.modules - 13) % 11 == 0
    picture = images(label("261123-A-0007-X"), 600)[0]
    row = [picture.getpixel((x, round(10 / 25.4 * 600))) for x in range(picture.width)]
    dark = [x * 25.4 / 600 for x, grey in enumerate(row) if isinstance(grey, int) and grey < 128]
    assert dark[0] == pytest.approx(5 + 10 * MODULE_MM, abs=0.06)
    assert dark[-1] == pytest.approx(5 + (10 + symbol.modules) * MODULE_MM, abs=0.1)


@pytest.mark.parametrize("text", ["", "办件1", "é", "1\x00", "A\r\nB", "1\x1d2", "1\xf12", "\x7f", "9" * 65])
def test_what_code_128_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(InputProblem) as caught:
        code128(text)
    assert caught.value.key == "papers.barcode_text"


@pytest.mark.parametrize("text", ["https://yb.example.gov.cn/q?id=1", "h" * QR_LONGEST_BYTES, "查询：王二"])
def test_qr_is_read_back(text: str) -> None:
    sheets = Sheets(SheetSize(50, 50), fonts(), "试页")
    draw_qr(sheets, text, 5, 5, 32)
    assert codes(images(sheets.finish(), 300)[0], zxingcpp.BarcodeFormat.QRCode) == [text]


@pytest.mark.parametrize("text", ["", "h" * (QR_LONGEST_BYTES + 1)])
def test_what_no_small_qr_can_say_is_refused(text: str) -> None:
    with pytest.raises(InputProblem) as caught:
        draw_qr(Sheets(LABEL, fonts(), "试页"), text, 0, 0, 30)
    assert caught.value.key == "papers.qr_text"
