"""Finished pages as a scanner gives them, each with its number in black bars."""

from __future__ import annotations

import io
from collections.abc import Sequence

import img2pdf
from PIL import Image, ImageDraw

A4_200 = (1654, 2339)
"""Pixels of A4 at 200 dpi."""


def scan(number: int, size: tuple[int, int] = A4_200) -> Image.Image:
    """A white A4 page with lines of something like text, a frame round them, and ``number`` + 1 bars in the middle."""
    page = Image.new("RGB", size, (250, 250, 248))
    draw = ImageDraw.Draw(page)
    unit = size[0] / 165
    draw.rectangle((10 * unit, 20 * unit, size[0] - 10 * unit, size[1] - 20 * unit), outline=(20, 20, 20), width=3)
    for line in range(14):
        top = (30 + 5 * line) * unit
        for word in range(12 - line % 3):
            draw.rectangle(((15 + 11 * word) * unit, top, (23 + 11 * word) * unit, top + 1.6 * unit), fill=(40, 40, 40))
    for bar in range(number + 1):
        left = (20 + 6 * bar) * unit
        draw.rectangle((left, 110 * unit, left + 4 * unit, 124 * unit), fill=(0, 0, 0))
    return page


def scan_bytes(number: int, kind: str = "PNG") -> bytes:
    """The same as a file."""
    coded = io.BytesIO()
    scan(number).save(coded, kind)
    return coded.getvalue()


def pdf_of(pages: Sequence[Image.Image], dpi: float = 200) -> bytes:
    """A PDF of scans, one picture a page."""
    return bytes(img2pdf.convert([jpeg_of(page, dpi) for page in pages]))


def jpeg_of(page: Image.Image, dpi: float = 200) -> bytes:
    """A page as such a PDF holds it."""
    coded = io.BytesIO()
    page.save(coded, "JPEG", quality=85, dpi=(dpi, dpi))
    return coded.getvalue()
