"""The same demands on every printer: file, simulated, Qt's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from PySide6.QtWidgets import QApplication

from tests.papers.samples import fonts, images, receipt, sizes_mm
from villagedesk.devices.ports import Printer, PrintState
from villagedesk.devices.printer_file import FilePrinter
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.papers.receipt import render


@dataclass(frozen=True)
class Case:
    """A printer, and what came out of it so far."""

    printer: Printer
    came_out: Callable[[], list[bytes]]


@pytest.fixture(params=["file", "simulated", "qt"])
def case(request: pytest.FixtureRequest, tmp_path: Path, qapp: QApplication) -> Case:
    assert qapp is not None

    def files() -> list[bytes]:
        return [file.read_bytes() for file in sorted(tmp_path.glob("*.pdf"))]

    if request.param == "file":
        return Case(FilePrinter(tmp_path), files)
    if request.param == "qt":
        return Case(QtPrinter("试机", output_file=tmp_path / "out.pdf"), files)
    simulated = SimulatedPrinter("试机")
    return Case(simulated, lambda: [job.pdf for job in simulated.printed])


def test_a_paper_comes_out_with_all_its_pages_at_its_size(case: Case) -> None:
    pdf = render(receipt(20), fonts())
    assert case.printer.name
    assert case.printer.available()
    outcome = case.printer.print_pdf(pdf, "receipt 261123-A-0007-X")
    assert outcome.state is PrintState.DONE
    assert outcome.where
    assert outcome.reason == ""
    (out,) = case.came_out()
    assert len(sizes_mm(out)) == len(sizes_mm(pdf)) == 2
    for width, height in sizes_mm(out):
        assert width == pytest.approx(210, abs=0.5)
        assert height == pytest.approx(297, abs=0.5)
    # Each page shows what it shows in the PDF, and the two pages are not alike.
    first, second = (coarse(picture) for picture in images(pdf, 300))
    new_first, new_second = (coarse(picture) for picture in images(out, 300))
    assert difference(new_first, first) < 3 < 10 < difference(new_first, second)
    assert difference(new_second, second) < 3


def coarse(picture: Image.Image) -> Image.Image:
    return picture.resize((105, 148), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two grey pictures, 0–255."""
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])


@pytest.mark.parametrize("nonsense", [b"", b"<html>", b"\x00" * 100])
def test_what_is_no_pdf_is_refused_and_nothing_comes_out(case: Case, nonsense: bytes) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        case.printer.print_pdf(nonsense, "receipt")
    assert caught.value.key == "printer.not_pdf"
    assert case.came_out() == []


def test_no_copies_are_a_fault_of_the_caller(case: Case) -> None:
    with pytest.raises(ValueError, match="0 copies"):
        case.printer.print_pdf(b"%PDF-1.4", "receipt", copies=0)


def test_a_printer_that_is_gone_says_so(tmp_path: Path, qapp: QApplication) -> None:
    assert qapp is not None
    gone = QtPrinter("没有这台打印机")
    assert not gone.available()
    with pytest.raises(EnvironmentProblem) as caught:
        gone.print_pdf(render(receipt(), fonts()), "receipt")
    assert caught.value.key == "printer.offline"
    assert caught.value.params == {"printer": "没有这台打印机"}
    assert not QtPrinter("试机", output_file=tmp_path / "no" / "out.pdf").available()
