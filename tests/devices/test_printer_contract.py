"""The same demands on every printer: file, simulated, Qt's own PDF, a queue of a real CUPS server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from PySide6.QtWidgets import QApplication

from tests.devices.cups_descriptions import office
from tests.devices.cups_server import CupsServer
from tests.papers.samples import fonts, images, receipt, sizes_mm
from villagedesk.devices.ports import Printer, PrinterInfo, Printers, PrintState
from villagedesk.devices.printer_file import FilePrinter, FilePrinters
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter, SimulatedPrinters
from villagedesk.devices.printers_qt import QtPrinters
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.papers.receipt import render

_NUMBERS = count(1)


@dataclass(frozen=True)
class Case:
    """A printer, what came out of it so far, and the same printer in another run of the program."""

    printer: Printer
    came_out: Callable[[], list[bytes]]
    again: Callable[[], Printer]


@pytest.fixture(params=["file", "simulated", "qt", "cups"])
def case(request: pytest.FixtureRequest, tmp_path: Path, qapp: QApplication) -> Case:
    assert qapp is not None

    def files() -> list[bytes]:
        return [file.read_bytes() for file in sorted(tmp_path.glob("*.pdf"))]

    if request.param == "file":
        return Case(FilePrinter(tmp_path), files, lambda: FilePrinter(tmp_path))
    if request.param == "qt":
        out = tmp_path / "out.pdf"
        return Case(QtPrinter("试机", output_file=out), files, lambda: QtPrinter("试机", output_file=out))
    if request.param == "cups":
        cups: CupsServer = request.getfixturevalue("cups")
        queue = f"contract{next(_NUMBERS)}"
        cups.add(queue, office())
        return Case(QtPrinter(queue), lambda: cups.came_out(queue), lambda: QtPrinter(queue))
    simulated = SimulatedPrinter("试机")
    return Case(simulated, lambda: [job.pdf for job in simulated.printed], lambda: simulated)


def test_a_paper_comes_out_with_all_its_pages_at_its_size(case: Case) -> None:
    pdf = render(receipt(20), fonts())
    assert case.printer.name
    assert case.printer.available()
    assert case.printer.trouble() == ""
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


def test_a_job_can_be_asked_for_later(case: Case) -> None:
    outcome = case.printer.print_pdf(render(receipt(), fonts()), "receipt 261123-A-0007-X")
    assert outcome.ticket
    assert case.again().outcome(outcome.ticket) == outcome
    assert not case.again().cancel(outcome.ticket), "what came out is out"
    assert case.again().outcome(outcome.ticket) == outcome


@pytest.mark.parametrize("ticket", ["", "4711 no such job", "../../etc/passwd"])
def test_a_job_nobody_knows_is_unknown_and_cannot_be_taken_back(case: Case, ticket: str) -> None:
    told = case.printer.outcome(ticket)
    assert (told.state, told.reason, told.ticket) == (PrintState.UNKNOWN, "printer.unknown", ticket)
    assert not case.printer.cancel(ticket)


@pytest.mark.parametrize("nonsense", [b"", b"<html>", b"\x00" * 100])
def test_what_is_no_pdf_is_refused_and_nothing_comes_out(case: Case, nonsense: bytes) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        case.printer.print_pdf(nonsense, "receipt")
    assert caught.value.key == "printer.not_pdf"
    assert case.came_out() == []


def test_no_copies_are_a_fault_of_the_caller(case: Case) -> None:
    with pytest.raises(ValueError, match="0 copies"):
        case.printer.print_pdf(b"%PDF-1.4", "receipt", copies=0)


@pytest.fixture(params=["file", "simulated", "system"])
def printers(request: pytest.FixtureRequest, tmp_path: Path, qapp: QApplication) -> Printers:
    """With one that is named "desk" and the default."""
    assert qapp is not None
    if request.param == "file":
        return FilePrinters(tmp_path, "desk")
    if request.param == "simulated":
        return SimulatedPrinters([SimulatedPrinter("desk"), SimulatedPrinter("back room", PrinterFault.NO_PAPER)])
    cups: CupsServer = request.getfixturevalue("cups")
    cups.add("desk", office())
    request.addfinalizer(lambda: cups.remove("desk"))
    return QtPrinters("desk")


def test_printers_by_name_and_the_default(printers: Printers) -> None:
    assert PrinterInfo("desk", is_default=True) in printers.printers()
    assert [one.name for one in printers.printers() if one.is_default] == ["desk"]
    for info in printers.printers():
        one = printers.printer(info.name)
        assert one is not None
        assert (one.name, one.available()) == (info.name, True)
    default = printers.printer("")
    assert default is not None
    assert default.name == "desk"


def test_a_printer_that_is_gone_says_so(printers: Printers) -> None:
    gone = printers.printer("没有这台打印机")
    assert gone is not None
    assert (gone.name, gone.available(), gone.trouble()) == ("没有这台打印机", False, "printer.gone")
    with pytest.raises(EnvironmentProblem) as caught:
        gone.print_pdf(render(receipt(), fonts()), "receipt")
    assert caught.value.key == "printer.gone"
    assert caught.value.params == {"printer": "没有这台打印机"}
    assert gone.outcome("1 receipt").state is PrintState.UNKNOWN
    assert not gone.cancel("1 receipt")


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    assert FilePrinter(tmp_path / "taken").trouble() == "printer.no_folder"
    proof = QtPrinter("试机", output_file=tmp_path / "no" / "out.pdf")
    assert (proof.available(), proof.trouble()) == (False, "printer.no_folder")
