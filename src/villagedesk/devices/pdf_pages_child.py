"""The process that reads PDF files for the printer: ``python -m villagedesk.devices.pdf_pages_child``.

Results come from elsewhere, and a reader of PDF in C++ that meets a malformed one may crash, hang or take all memory:
here that costs this process and no other (I11), and nothing of what it read is left on the disk (I8). What is said over
its standard input and output stands in :mod:`villagedesk.devices.pdf_process`, which is the other end.
"""

from __future__ import annotations

import faulthandler
import json
import os
import struct
import sys
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from villagedesk.devices import helper_bounds

LONGEST_LIFE_S = 600
"""It ends by itself then, also in the middle of a page, where nobody is left to end it."""
_MOST_MEMORY = 1024**3
"""Bytes, where the system can hold it to that: for the pictures in a file, which are unpacked whole."""
_MOST_PAGES = 200
_LARGEST_PAGE = 850.0 * 1200.0
"""Square points, A3 and a little: no printer here has larger paper."""
_LOCKED = frozenset({pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY})
_AS_PRINTED = pdfium.FPDF_ANNOT | pdfium.FPDF_PRINTING
"""With stamps and seals that lie over the page, where they are meant for paper."""


def main() -> int:
    """Read the file, tell its pages, draw those that are asked for until nothing more is."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(LONGEST_LIFE_S, exit=True, file=nowhere)
        helper_bounds.hold(_MOST_MEMORY)
        with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as said:
            _serve(asked, said)
    return 0


def _serve(asked: BinaryIO, said: BinaryIO) -> None:
    (length,) = struct.unpack(">Q", asked.read(8))
    data = asked.read(length)
    try:
        document = pypdfium2.PdfDocument(data)
        document.init_forms()  # what was filled into a form's fields is drawn with the page
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) in _LOCKED and b"/Encrypt" in data
        _say(said, {"error": "locked" if locked else "not_pdf"})
        return
    told = _told_of(document)
    _say(said, told)
    if "error" in told:
        return
    pages = _Pages(document)
    while line := asked.readline():
        number, width, height, top, rows = (int(word) for word in line.split())
        try:
            kind, pixels = pages.band(number, (width, height), top, rows)
        except MemoryError:
            _say(said, {"error": "memory"})
            continue
        _say(said, {"kind": kind, "bytes": len(pixels)})
        said.write(pixels)
        said.flush()


def _told_of(document: pypdfium2.PdfDocument) -> dict[str, object]:
    if len(document) < 1:
        return {"error": "not_pdf"}
    if len(document) > _MOST_PAGES:
        return {"error": "too_large"}
    sizes = [document.get_page_size(page) for page in range(len(document))]
    if any(width * height > _LARGEST_PAGE for width, height in sizes):
        return {"error": "too_large"}
    if any(width <= 0 or height <= 0 for width, height in sizes):
        return {"error": "not_pdf"}
    return {"sizes": sizes}


class _Pages:
    """Draws bands; the page that was drawn last stays open."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document
        self._number = -1
        self._page: pypdfium2.PdfPage | None = None

    def band(self, number: int, size: tuple[int, int], top: int, rows: int) -> tuple[str, bytes]:
        """A band's kind, and its pixels. Raises MemoryError.

        The page is laid over the band with its own top above it: with a clip of its own to draw in, the reader rounds
        a page's size to whole points and shrinks what it draws by up to 2 mm in a metre.
        """
        page, width = self._opened(number), size[0]
        pixels = np.full((rows, width, 4), 255, np.uint8)
        bitmap = pdfium.FPDFBitmap_CreateEx(
            width, rows, pdfium.FPDFBitmap_BGRx, pixels.ctypes.data_as(pdfium.c_void_p), width * 4
        )
        if not bitmap:
            raise MemoryError
        try:
            place = (bitmap, page, 0, -top, *size, 0, _AS_PRINTED)
            pdfium.FPDF_RenderPageBitmap(*place)
            if self._document.formenv is not None:
                pdfium.FPDF_FFLDraw(self._document.formenv, *place)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        return _packed(pixels)

    def _opened(self, number: int) -> pypdfium2.PdfPage:
        if self._page is None or number != self._number:
            if self._page is not None:
                self._page.close()
            self._page, self._number = self._document[number], number
        return self._page


def _packed(pixels: NDArray[np.uint8]) -> tuple[str, bytes]:
    blue, green, red = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    if not (np.array_equal(blue, green) and np.array_equal(blue, red)):
        return "colour", pixels.tobytes()
    return ("white", b"") if blue.min() == 255 else ("grey", blue.tobytes())


def _say(said: BinaryIO, what: dict[str, object]) -> None:
    said.write(json.dumps(what).encode() + b"\n")
    said.flush()


if __name__ == "__main__":
    sys.exit(main())
