"""Papers of known measures, and what is measured of those that came out."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.papers.samples import fonts, images
from villagedesk.papers.sheet import A4, Sheets, SheetSize

DPI = 600
_CARD_MM = (85.6, 54.0)
"""ISO/IEC 7810, ID-1."""


def framed(size: SheetSize, inset_mm: float = 10.0) -> bytes:
    """A sheet with a frame whose outer edge lies so far from the paper's."""
    with fonts().lock:
        sheets = Sheets(size, fonts(), "试页")
        width, height = size.width_mm - 2 * inset_mm, size.height_mm - 2 * inset_mm
        for x, y, across, down in (
            (inset_mm, inset_mm, width, 0.4),
            (inset_mm, inset_mm + height - 0.4, width, 0.4),
            (inset_mm, inset_mm, 0.4, height),
            (inset_mm + width - 0.4, inset_mm, 0.4, height),
        ):
            sheets.fill(x, y, across, down)
        return sheets.finish()


def with_card(size: SheetSize) -> bytes:
    """A sheet with a picture of a card's size, dark blue, 40 mm from the left and 100 from the top."""
    file = io.BytesIO()
    Image.new("RGB", (1011, 638), (0, 0, 120)).save(file, "JPEG", quality=95)
    with fonts().lock:
        sheets = Sheets(size, fonts(), "试页")
        sheets.picture(40, 100, *_CARD_MM, file.getvalue())
        return sheets.finish()


def all_dark() -> bytes:
    """A sheet that is one dark ground."""
    with fonts().lock:
        sheets = Sheets(A4, fonts(), "试页")
        sheets.fill(0, 0, A4.width_mm, A4.height_mm, grey=0.3)
        return sheets.finish()


def check_ground(sheet: Image.Image) -> None:
    """That it is as dark everywhere but at its rim."""
    inner = sheet.crop((3, 3, sheet.width - 3, sheet.height - 3)).tobytes()
    assert [min(inner), max(inner)] == pytest.approx([0.3 * 255, 0.3 * 255], abs=4)


def ink_mm(image: Image.Image, dpi: int = DPI) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all that is dark."""
    box = image.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert box is not None, "an empty sheet"
    left, top, right, bottom = (side * 25.4 / dpi for side in box)
    return left, top, right, bottom


def sheets_of(pdf: bytes) -> list[Image.Image]:
    """The pages that came out, as fine as they were drawn."""
    return images(pdf, DPI)
