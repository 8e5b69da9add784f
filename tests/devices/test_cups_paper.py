"""What comes out of real CUPS queues: measured on the paper, through Qt, the queue, its filters and its device.

``office()`` gives the PDF as CUPS hands it on, whole sheets; ``office(300)`` the dots of a printer's driver, without
the edge it cannot print on.
"""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from tests.devices.cups_descriptions import A5, Description, office, roll
from tests.devices.cups_server import CupsServer
from tests.devices.printed_papers import all_dark, check_ground, framed, ink_mm, sheets_of, with_card
from tests.papers.samples import LOCAL_NO, codes, fonts, images, receipt, sizes_mm
from villagedesk.devices.ports import PrintState
from villagedesk.devices.printers_qt import QtPrinters
from villagedesk.imaging.recognising.text_engine import TextEngine
from villagedesk.papers.receipt import render
from villagedesk.papers.sheet import A4, A5_LANDSCAPE, SheetSize

pytestmark = pytest.mark.usefixtures("qapp")
EDGE = office().edge_mm
ROLL = SheetSize(80, 123)


def printed(cups: CupsServer, queue: str, printer: Description, pdf: bytes, copies: int = 1) -> bytes:
    cups.add(queue, printer)
    one = QtPrinters().printer(queue)
    assert one is not None
    outcome = one.print_pdf(pdf, "shoujian-261123-A-0007-X", copies)
    assert outcome.state is PrintState.DONE, (outcome, cups.log)
    (out,) = cups.came_out(queue)
    return out


def test_a_receipt_comes_out_readable_and_with_its_barcode(cups: CupsServer) -> None:
    (sheet,) = sheets_of(printed(cups, "receipt", office(300), render(receipt(), fonts())))
    sheet = sheet.resize((sheet.width // 3, sheet.height // 3))  # as a scanner at the county would see it
    assert set(codes(sheet, zxingcpp.BarcodeFormat.Code128)) == {LOCAL_NO}
    engine, half = TextEngine(), sheet.height // 2
    upper = sheet.crop((0, 0, sheet.width, half)).convert("RGB")
    text = "".join(line.text for line in engine.read(np.asarray(upper))[0])
    for words in (
        "收件凭证",
        "石桥村便民服务站",
        "城乡居民基本医疗保险参保登记",
        "410423********1234",
        "第3号材料证明",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("name", "printer", "size"),
    [
        ("a4", office(), A4),
        ("a4_dots", office(300), A4),
        ("a4_600", office(600), A4),
        ("a4_lying", office(), SheetSize(297, 210)),
        ("a5", office(), SheetSize(148, 210)),
        ("a5_dots", office(300), SheetSize(148, 210)),
        ("a5_lying", office(), A5_LANDSCAPE),
        ("roll", roll(), ROLL),
        ("roll_long", roll(), SheetSize(80, 400)),
        ("roll_short", roll(), SheetSize(80, 60)),
    ],
)
def test_one_millimetre_is_one_millimetre(cups: CupsServer, name: str, printer: Description, size: SheetSize) -> None:
    out = printed(cups, name, printer, framed(size))
    ((width, height),) = sizes_mm(out)
    lost = 2 * printer.edge_mm if printer.dpi else 0.0
    lies = size.width_mm > size.height_mm and size.width_mm > 100  # sheets are fed upright, paper from a roll as it is
    across, down = (size.height_mm, size.width_mm) if lies else (size.width_mm, size.height_mm)
    # 0.6: A5 is 148 mm, half of A4 is 148.5
    assert [width, height] == pytest.approx([across - lost, down - lost], abs=0.6)
    (sheet,) = sheets_of(out)
    inset = 10 - lost / 2
    left, top, right, bottom = ink_mm(sheet)
    assert right - left == pytest.approx(across - 20, abs=0.3)
    assert bottom - top == pytest.approx(down - 20, abs=0.3)
    assert [left, top] == pytest.approx([inset, inset], abs=0.5)
    # the frame stands straight, also in the middle
    for share in (0.3, 0.5, 0.7):
        middle = round(sheet.height * share)
        strip = sheet.crop((0, middle, sheet.width, middle + 2))
        at_left, _, at_right, _ = ink_mm(strip)
        assert at_right - at_left == pytest.approx(across - 20, abs=0.3)


@pytest.mark.parametrize("dpi", [0, 300])
def test_a_card_is_as_large_as_a_card(cups: CupsServer, dpi: int) -> None:
    (sheet,) = sheets_of(printed(cups, f"card{dpi}", office(dpi), with_card(A4)))
    left, top, right, bottom = ink_mm(sheet)
    assert [right - left, bottom - top] == pytest.approx([85.6, 54.0], abs=0.2)
    lost = EDGE if dpi else 0.0
    assert [left + lost, top + lost] == pytest.approx([40, 100], abs=0.3)


def test_what_lies_on_the_edge_is_lost_and_nothing_is_made_smaller_for_it(cups: CupsServer) -> None:
    (sheet,) = sheets_of(printed(cups, "edge", office(300), framed(A4, inset_mm=2)))
    assert sheet.point(lambda grey: 255 if grey < 128 else 0).getbbox() is None, "it lies where nothing can be printed"


def test_a_sheet_for_which_the_printer_has_no_paper_is_not_made_smaller(cups: CupsServer) -> None:
    (sheet,) = sheets_of(printed(cups, "small", Description(papers=(A5,)), with_card(A4)))
    left, top, right, bottom = ink_mm(sheet)
    assert [right - left, bottom - top] == pytest.approx([85.6, 54.0], abs=0.2)


@pytest.mark.parametrize("dpi", [203, 300])
def test_no_seam_is_left_by_a_driver_of_other_dots(cups: CupsServer, dpi: int) -> None:
    out = printed(cups, f"seam{dpi}", office(dpi), all_dark())
    check_ground(images(out, dpi)[0])


def test_two_copies_come_out_as_two(cups: CupsServer) -> None:
    out = printed(cups, "two", office(), render(receipt(20), fonts()), copies=2)
    sheets = [page.resize((210, 297)) for page in sheets_of(out)]
    assert len(sheets) == 4
    # each copy whole before the next
    assert sheets[0].tobytes() == sheets[2].tobytes() != sheets[1].tobytes() == sheets[3].tobytes()
