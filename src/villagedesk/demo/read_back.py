"""Reads a printed paper back, as a scanner at the township would: rendered, barcode decoded, words extracted."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import zxingcpp

_CODE_128 = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])


def barcodes(pdf: Path, dpi: int = 203) -> set[str]:
    """The texts of all Code 128 barcodes on all pages, rendered at a thermal printer's resolution."""
    found: set[str] = set()
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            picture = page.render(scale=dpi / 72).to_numpy()
            found |= {code.text for code in zxingcpp.read_barcodes(picture, _CODE_128)}
    return found


def words(pdf: Path) -> str:
    """The text of all pages as a search would find it, without line breaks or spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return "".join(text.split())


def picture(pdf: Path, file: Path, dpi: int = 100) -> None:
    """The first page as a PNG, to look at."""
    with pypdfium2.PdfDocument(pdf) as document:
        document[0].render(scale=dpi / 72).to_pil().save(file)
