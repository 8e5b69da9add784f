"""Papers whose size a scanner or a file tells keep it; what tells nothing true is not believed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.desk.counter import SYSTEM_ITEM, Window
from tests.imaging.scans import pdf_of, scan
from villagedesk.desk.import_views import Pasted
from villagedesk.desk.views import Proposal
from villagedesk.domain.progress import silent

COARSE = "imaging.warning.low_resolution"

SLOW = pytest.mark.slow


def tiff(size: tuple[int, int], dpi: tuple[float, float], mode: str = "RGB") -> bytes:
    coded = io.BytesIO()
    scan(1, size).convert(mode).save(coded, "TIFF", dpi=dpi, compression="group4" if mode == "1" else "tiff_deflate")
    return coded.getvalue()


def picture(size: tuple[int, int], dpi: float, kind: str = "JPEG", *, camera: bool = False) -> bytes:
    coded, marks = io.BytesIO(), Image.Exif()
    if camera:
        marks.get_ifd(0x8769)[0x829A] = (1, 60)
    scan(1, size).save(coded, kind, dpi=(dpi, dpi), exif=marks)
    return coded.getvalue()


def imported(window: Window, data: bytes) -> Proposal:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    (page,) = window.desk.importing.look([Pasted(data, "x")], silent).pages
    return window.desk.scanning.import_page(case_id, "id_card", page)


def millimetres(window: Window, proposal: Proposal) -> tuple[int, int, int]:
    """The kept page's shorter and longer side, to five millimetres, and its dpi."""
    page = window.desk.scanning.keep(proposal.proposal_id)
    short, long = sorted((page.width, page.height))
    return round(short / page.dpi * 25.4 / 5) * 5, round(long / page.dpi * 25.4 / 5) * 5, page.dpi


@pytest.mark.parametrize(
    ("data", "sides", "dpi", "coarse"),
    [
        (pdf_of([scan(1, (3307, 2339))], 200), (295, 420), 200, False),
        pytest.param(pdf_of([scan(1, (1654, 1169))], 100), (295, 420), 100, True, marks=SLOW),
        pytest.param(pdf_of([scan(1, (1240, 1748))], 300), (105, 150), 300, False, marks=SLOW),
        (tiff((1748, 2480), (300, 300)), (150, 210), 283, False),
        (tiff((583, 827), (100, 100)), (150, 210), 100, True),
        pytest.param(tiff((827, 1169), (100, 100)), (210, 295), 200, True, marks=SLOW),  # A4 is always kept at 200
        pytest.param(tiff((1169, 1654), (100, 100)), (295, 420), 100, True, marks=SLOW),
        pytest.param(picture((1748, 2480), 300, "PNG"), (150, 210), 283, False, marks=SLOW),
        pytest.param(picture((1654, 1169), 200), (150, 210), 200, False, marks=SLOW),
        (tiff((800, 6000), (200, 200)), (100, 760), 200, False),
    ],
    ids=[
        "a3.pdf", "a3 coarse.pdf", "a6.pdf", "a5.tif", "a5 coarse.tif", "a4 coarse.tif", "a3 coarse.tif", "a5.png",
        "a5.jpg", "receipt.tif",
    ],
)  # fmt: skip
def test_a_page_keeps_the_size_that_its_file_tells(
    window: Window, data: bytes, sides: tuple[int, int], dpi: int, coarse: bool
) -> None:
    proposal = imported(window, data)
    assert (COARSE in [warning.key for warning in proposal.warnings]) is coarse
    assert millimetres(window, proposal) == (*sides, dpi)


@pytest.mark.parametrize(
    "data",
    [
        picture((1240, 1748), 72),
        pytest.param(picture((1240, 1748), 96, "PNG"), marks=SLOW),
        picture((1240, 1748), 300, camera=True),
        pytest.param(picture((1240, 1748), 1200), marks=SLOW),  # a paper of 26 mm
        pytest.param(tiff((2480, 3508), (100, 100)), marks=SLOW),  # one of 63 cm
    ],
    ids=["72", "96", "of a camera", "too small", "too large"],
)
def test_what_programs_write_that_know_no_size_is_not_believed(window: Window, data: bytes) -> None:
    assert millimetres(window, imported(window, data))[1] == 295, "taken for A4 by its shape"


def test_the_lines_of_a_fax_are_set_as_far_apart_as_they_are(window: Window) -> None:
    proposal = imported(window, tiff((1728, 1143), (204, 98), "1"))
    short, long, dpi = millimetres(window, proposal)
    assert (short, long) == (215, 295)
    assert 200 <= dpi <= 204


def test_a_part_that_is_cut_out_of_a_scan_keeps_its_size(window: Window) -> None:
    whole = imported(window, tiff((1654, 2339), (200, 200)))
    half = window.desk.scanning.crop(whole.proposal_id, ((0, 0), (1, 0), (1, 0.5), (0, 0.5)))
    assert COARSE not in [warning.key for warning in half.warnings]
    assert np.allclose(millimetres(window, half), (150, 210, 200), atol=0)
