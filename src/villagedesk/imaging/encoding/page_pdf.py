"""A page as a PDF of its own: pictures laid over each other at the paper's size, and nothing else.

No fonts, scripts, dates or attachments, so that the same page gives the same bytes and any viewer shows the same.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.few_boxes import Box

Pixels = NDArray[np.uint8]

READ_DPI = 200
MAX_INCHES = 60.0
"""Longest side of a page that is read: a receipt of a metre and a half; more is no page of ours."""
MAX_PIXELS = 40_000_000
"""120 MB; an A4 page has 4,000,000."""

_POINTS = 72
_INSIDE = 0.02
_one_reader = threading.Lock()  # PDFium must not be entered by two threads at once


@dataclass(frozen=True)
class Placed:
    """A picture on the page.

    Args:
        box: left, top, right, bottom in pixels of the page.
        jpeg: stretched over the box.
        mask: 255 where it is seen, of any size, stretched too; None for everywhere.
    """

    box: Box
    jpeg: bytes
    mask: Pixels | None = None


def write_pdf(size: tuple[int, int], dpi: float, pictures: Sequence[Placed]) -> bytes:
    """Put a page together.

    Args:
        size: width and height of the page, pixels.
        dpi: pixels per inch of paper, which gives the page its size in the file.
        pictures: the lowest first.
    """
    import pikepdf  # noqa: PLC0415 - loads slowly; only a page that becomes a PDF needs it

    pdf = pikepdf.new()
    unit = _POINTS / dpi
    names = pikepdf.Dictionary()
    drawing = []
    for number, placed in enumerate(pictures):
        left, top, right, bottom = placed.box
        # Viewers draw a picture over every pixel that it touches: it must not touch the next one by a rounding.
        x, y = (left + _INSIDE) * unit, (size[1] - bottom + _INSIDE) * unit
        wide, high = (right - left - 2 * _INSIDE) * unit, (bottom - top - 2 * _INSIDE) * unit
        names[f"/P{number}"] = _image(pdf, placed)
        drawing.append(f"q {wide:.4f} 0 0 {high:.4f} {x:.4f} {y:.4f} cm /P{number} Do Q")
    pdf.add_blank_page(page_size=(round(size[0] * unit, 3), round(size[1] * unit, 3)))
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=names)
    page.Contents = pdf.make_stream("\n".join(drawing).encode())
    out = io.BytesIO()
    # No stream is packed again, and the file's number is made of its content.
    pdf.save(
        out,
        min_version="1.4",
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
    )
    return out.getvalue()


def is_pdf(data: bytes) -> bool:
    """Whether it is a PDF file, by its first bytes."""
    return data.startswith(b"%PDF-")


def read_pdf(data: bytes, *, longest_side: int | None = None) -> Pixels:
    """A page's pixels.

    Args:
        data: a PDF file; its first page is drawn, without forms or annotations.
        longest_side: pixels; ``READ_DPI`` where it is not given, and never more than that.

    Returns:
        height × width × 3, BGR.

    Raises:
        InputProblem: ``imaging.truncated`` for a damaged, encrypted, empty or absurdly large one.
    """
    import pypdfium2  # noqa: PLC0415 - loads slowly; only pages that are PDF files need it
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    with _one_reader:
        try:
            document = pypdfium2.PdfDocument(data)
            try:
                page = document[0]
                inches = max(page.get_size()) / _POINTS
                if inches > MAX_INCHES or min(page.get_size()) <= 0:
                    raise InputProblem("imaging.truncated")
                dpi = READ_DPI if longest_side is None else min(READ_DPI, longest_side / inches)
                width, height = (max(1, round(side / _POINTS * dpi)) for side in page.get_size())
                if width * height > MAX_PIXELS:
                    raise InputProblem("imaging.truncated")
                bitmap = pypdfium2.PdfBitmap.new_native(width, height, pdfium.FPDFBitmap_BGR)
                bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
                pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0)
                return np.array(bitmap.to_numpy(), np.uint8)
            finally:
                document.close()
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise InputProblem("imaging.truncated") from error


def _image(pdf: Any, placed: Placed) -> Any:
    from pikepdf import Dictionary, Name, Stream  # noqa: PLC0415 - as above

    with Image.open(io.BytesIO(placed.jpeg), formats=("JPEG",)) as opened:
        (width, height), grey = opened.size, opened.mode == "L"
    image = {"/Type": Name.XObject, "/Subtype": Name.Image, "/BitsPerComponent": 8, "/Filter": Name.DCTDecode}
    image |= {"/Width": width, "/Height": height, "/ColorSpace": Name.DeviceGray if grey else Name.DeviceRGB}
    # Drawn smoothly where a viewer enlarges it, as the coarse background always is.
    image["/Interpolate"] = True
    if placed.mask is not None:
        height, width = placed.mask.shape
        mask = {"/Type": Name.XObject, "/Subtype": Name.Image, "/BitsPerComponent": 1, "/Filter": Name.CCITTFaxDecode}
        mask |= {"/Width": width, "/Height": height, "/ImageMask": True, "/Interpolate": True}
        mask["/DecodeParms"] = Dictionary(K=-1, Columns=width, Rows=height)
        image["/Mask"] = pdf.make_indirect(Stream(pdf, _group4(placed.mask), mask))
    return pdf.make_indirect(Stream(pdf, placed.jpeg, image))


def _group4(mask: Pixels) -> bytes:
    """ITU-T T.6, all in one strip; what is 255 is painted."""
    height, width = mask.shape
    image = Image.frombuffer("1", (width, height), mask, "raw", "1;8", 0, 1)
    out = io.BytesIO()
    image.save(out, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: height})
    with TiffImagePlugin.TiffImageFile(io.BytesIO(out.getvalue())) as written:
        (start,), (length,) = written.tag_v2[_STRIP_OFFSETS], written.tag_v2[_STRIP_BYTES]
    return out.getvalue()[start : start + length]


_ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_BYTES = 278, 273, 279
