"""Qt's printing: one millimetre of the paper is one millimetre of the print; the queue has the last word."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication

from tests.papers.samples import LOCAL_NO, codes, fonts, images, receipt
from villagedesk.devices import printer_qt
from villagedesk.devices.ports import PrintState
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.papers.receipt import render
from villagedesk.papers.sheet import A4, Sheets

DPI = 300


def ink_mm(image: Image.Image, dpi: int) -> tuple[float, float, float, float]:
    box = image.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert box is not None
    left, top, right, bottom = (side * 25.4 / dpi for side in box)
    return left, top, right, bottom


@pytest.mark.usefixtures("qapp")
def test_prints_one_to_one(tmp_path: Path) -> None:
    sheets = Sheets(A4, fonts(), "试页")
    sheets.fill(10, 20, 190, 0.4)  # a 190 × 250 mm frame
    sheets.fill(10, 269.6, 190, 0.4)
    sheets.fill(10, 20, 0.4, 250)
    sheets.fill(199.6, 20, 0.4, 250)
    file = tmp_path / "out.pdf"
    QtPrinter("试机", output_file=file).print_pdf(sheets.finish(), "size")
    (picture,) = images(file.read_bytes(), DPI)
    assert ink_mm(picture, DPI) == pytest.approx((10, 20, 200, 270), abs=0.2)
    # Also in the middle: 190 mm are 190 mm.
    for y_mm in (60, 145, 230):
        line = picture.crop((0, round(y_mm / 25.4 * DPI), picture.width, round(y_mm / 25.4 * DPI) + 2))
        left, _, right, _ = ink_mm(line, DPI)
        assert right - left == pytest.approx(190, abs=0.5)


@pytest.mark.usefixtures("qapp")
def test_the_barcode_reads_back_from_the_print(tmp_path: Path) -> None:
    file = tmp_path / "out.pdf"
    QtPrinter("试机", output_file=file).print_pdf(render(receipt(), fonts()), "receipt")
    (picture,) = images(file.read_bytes(), 203)
    assert codes(picture, zxingcpp.BarcodeFormat.Code128) == [LOCAL_NO, LOCAL_NO]


class FixedQueue:
    """A queue that always says the same, and remembers being asked."""

    def __init__(self, state: PrintState) -> None:
        self.state = state
        self.asked_with: list[frozenset[str]] = []

    def jobs(self) -> frozenset[str]:
        return frozenset({"old-1"})

    def outcome(self, before: frozenset[str], patience_s: float) -> PrintState:
        assert patience_s > 0
        self.asked_with.append(before)
        return self.state


@pytest.mark.parametrize(
    ("state", "reason"),
    [(PrintState.DONE, ""), (PrintState.WAITING, "printer.waiting"), (PrintState.FAILED, "printer.refused")],
)
def test_the_queue_has_the_last_word(
    state: PrintState, reason: str, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert qapp is not None
    queue = FixedQueue(state)
    printer = QtPrinter("柜台", queue=lambda _name: queue)
    monkeypatch.setattr(printer, "available", lambda: True)
    # No printer is installed where tests run: the pages go to a file, the queue is asked all the same.
    spooled = QPrinter()
    spooled.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    spooled.setOutputFileName(str(tmp_path / "spooled.pdf"))
    monkeypatch.setattr(printer, "_printer", lambda _job, _copies: spooled)
    outcome = printer.print_pdf(render(receipt(), fonts()), "receipt")
    assert (outcome.state, outcome.where, outcome.reason) == (state, "柜台", reason)
    assert queue.asked_with == [frozenset({"old-1"})]


def test_says_that_it_never_met_hardware() -> None:
    assert "STATUS: never run on hardware" in (printer_qt.__doc__ or "")


def test_knows_the_systems_printers(qapp: QApplication) -> None:
    assert qapp is not None
    for name in QPrinterInfo.availablePrinterNames():
        assert QtPrinter(name).name == name
    assert not QtPrinter("没有这台打印机").available()
