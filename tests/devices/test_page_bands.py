"""Pages are drawn band by band: nothing is lost, doubled or paler where one ends and the next begins."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from numpy.typing import NDArray
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from tests.devices.printed_papers import all_dark, check_ground, with_card
from tests.papers.samples import fonts, receipt
from villagedesk.devices.pdf_process import PdfProcess
from villagedesk.devices.ports import Band
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.papers.receipt import render
from villagedesk.papers.sheet import A4

SIZE = (1240, 1754)
_MOST_MB = 60
"""Beyond what is there before the first page; a page of A4 at 600 dpi in colours is 139 MB."""


def pixels(band: Band) -> NDArray[np.uint8]:
    """As blue, green and red."""
    if not band.bytes_a_pixel:
        return np.full((band.rows, band.width, 3), 255, np.uint8)
    flat = np.frombuffer(band.pixels, np.uint8).reshape(band.rows, band.width, band.bytes_a_pixel)
    return flat[..., :3] if band.bytes_a_pixel == 4 else np.repeat(flat, 3, axis=2)


@pytest.mark.parametrize(
    ("pdf", "most"), [(render(receipt(), fonts()), 1), (with_card(A4), 4)], ids=["receipt", "colours"]
)
def test_bands_together_are_the_page(pdf: bytes, most: int) -> None:
    with PdfProcess(pdf) as document:
        whole = pixels(document.band(0, SIZE, 0, SIZE[1]))
        for step in (64, 301):
            tops = range(0, SIZE[1], step)
            bands = [document.band(0, SIZE, top, min(step, SIZE[1] - top)) for top in tops]
            difference = np.abs(np.concatenate([pixels(band) for band in bands]).astype(int) - whole)
            # the reader smooths letters that a band ends in a little otherwise
            assert difference.max() < 40
            assert difference.mean() < 0.01
            assert max(band.bytes_a_pixel for band in bands) == most
    assert whole.min() < 50


def test_a_band_is_as_large_as_its_colours_need() -> None:
    with PdfProcess(with_card(A4)) as document:
        card = document.band(0, SIZE, 700, 10)
        nothing = document.band(0, SIZE, 0, 10)
    assert (card.bytes_a_pixel, len(card.pixels)) == (4, 1240 * 10 * 4)
    assert (nothing.bytes_a_pixel, nothing.pixels) == (0, b"")
    assert tuple(pixels(card)[5, 500]) == pytest.approx((120, 0, 0), abs=4)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("dpi", [600, 300, 203, 180, 97])
def test_no_seam_is_left_on_printers_of_other_dots(tmp_path: Path, dpi: int) -> None:
    file = tmp_path / "out.pdf"
    QtPrinter("试机", output_file=file).print_pdf(all_dark(), "ground")
    page = pypdfium2.PdfDocument(file.read_bytes())[0]
    check_ground(page.render(scale=dpi / 72).to_pil().convert("L"))


@pytest.mark.usefixtures("qapp")
def test_black_and_white_is_kept_as_it_was_drawn(tmp_path: Path) -> None:
    """Letters and barcodes are not packed as photographs are, which leaves shadows around them."""
    file = tmp_path / "out.pdf"
    QtPrinter("试机", output_file=file).print_pdf(render(receipt(), fonts()), "receipt")
    with pikepdf.open(file) as document:
        packed = [str(image["/Filter"]) for image in document.pages[0].get_images().values()]
    assert packed
    assert not any("DCT" in one for one in packed)


def with_stamp_over_it() -> bytes:
    """A page with a seal that lies over it as an annotation, as electronic seals do."""
    file = io.BytesIO()
    sheet = Canvas(file, pagesize=(200, 200))
    sheet.drawString(20, 20, "result")
    sheet.save()
    with pikepdf.open(io.BytesIO(file.getvalue())) as document:
        seal = document.make_stream(
            b"1 0 0 rg 0 0 50 50 re f",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 50, 50],
        )
        for_paper, for_screen = 4, 0
        document.pages[0].Annots = pikepdf.Array(
            [
                document.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot,
                        Subtype=pikepdf.Name.Stamp,
                        Rect=[left, 100, left + 50, 150],
                        F=flags,
                        AP=pikepdf.Dictionary(N=seal),
                    )
                )
                for left, flags in ((20, for_paper), (120, for_screen))
            ]
        )
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def test_a_seal_that_lies_over_a_page_is_printed_where_it_is_meant_for_paper() -> None:
    with PdfProcess(with_stamp_over_it()) as document:
        drawn = pixels(document.band(0, (200, 200), 0, 200))
    assert tuple(drawn[75, 45]) == (0, 0, 255)
    assert tuple(drawn[75, 145]) == (255, 255, 255)


_PRINTS = """
import resource, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from villagedesk.devices.printer_qt import QtPrinter
application = QApplication([])
small, large, folder = (Path(one) for one in sys.argv[1:])
def peak():
    return [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
QtPrinter("x", output_file=folder / "small.pdf").print_pdf(small.read_bytes(), "small")
before = peak()
QtPrinter("x", output_file=folder / "large.pdf").print_pdf(large.read_bytes(), "large")
after = peak()
print(*(late - early for early, late in zip(before, after)))
"""


def test_a_page_full_of_colours_takes_little_memory(tmp_path: Path) -> None:
    for name, width, height in (("small", 28, 40), ("large", 210, 297)):
        sheet = Canvas(str(tmp_path / name), pagesize=(width * mm, height * mm))
        sheet.setFillColorRGB(0.5, 0.7, 0.9)
        sheet.rect(0, 0, 210 * mm, 297 * mm, stroke=0, fill=1)
        sheet.save()
    command = [sys.executable, "-c", _PRINTS, str(tmp_path / "small"), str(tmp_path / "large"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    own, childs = (int(word) for word in done.stdout.split())
    assert own < _MOST_MB
    assert childs < _MOST_MB
