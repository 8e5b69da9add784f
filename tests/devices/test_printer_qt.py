"""Qt's printing: one millimetre of the paper is one millimetre of the print; the spooler has the last word."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import zxingcpp
from PySide6.QtPrintSupport import QPrinter

from tests.devices.printed_papers import framed, ink_mm, sheets_of
from tests.papers.samples import LOCAL_NO, codes, fonts, images, receipt
from villagedesk.devices import printer_qt
from villagedesk.devices.ports import PrinterInfo, PrintOutcome, PrintState
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.devices.spooler import JobTold
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.papers.receipt import render
from villagedesk.papers.sheet import A4

pytestmark = pytest.mark.usefixtures("qapp")


def test_prints_one_to_one(tmp_path: Path) -> None:
    file = tmp_path / "out.pdf"
    QtPrinter("试机", output_file=file).print_pdf(framed(A4), "size")
    (sheet,) = sheets_of(file.read_bytes())
    assert ink_mm(sheet) == pytest.approx((10, 10, 200, 287), abs=0.2)


def test_the_barcode_reads_back_from_the_print(tmp_path: Path) -> None:
    file = tmp_path / "out.pdf"
    QtPrinter("试机", output_file=file).print_pdf(render(receipt(), fonts()), "receipt")
    (picture,) = images(file.read_bytes(), 203)
    assert codes(picture, zxingcpp.BarcodeFormat.Code128) == [LOCAL_NO, LOCAL_NO]


class FixedSpooler:
    """A spooler that always says the same, and remembers what it was asked.

    Args:
        seen: whether the job is to be seen while it is drawn (Windows), and afterwards (CUPS).
    """

    def __init__(self, told: JobTold, seen: tuple[bool, bool] = (False, True)) -> None:
        self.told = told
        self.takes = True
        self.looks = list(seen)
        self.names: list[str] = []
        self.cancelled: list[str] = []

    def printers(self) -> tuple[PrinterInfo, ...]:
        return ()

    def trouble(self, _printer: str) -> str:
        return "" if self.takes else "printer.stopped"

    def takes_jobs(self, _printer: str) -> bool:
        return self.takes

    def ticket(self, _printer: str, job_name: str) -> str:
        self.names.append(job_name)
        return f"7 {job_name}" if self.looks.pop(0) else ""

    def outcome(self, _printer: str, _ticket: str) -> JobTold:
        return self.told

    def cancel(self, _printer: str, ticket: str) -> bool:
        self.cancelled.append(ticket)
        return False


def spooling(spooler: FixedSpooler, file: Path, monkeypatch: pytest.MonkeyPatch) -> QtPrinter:
    """A printer whose pages go to a file, its spooler asked all the same."""
    printer = QtPrinter("柜台", spooler=spooler, patience_s=0.0)
    spooled = QPrinter()
    spooled.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    spooled.setOutputFileName(str(file))
    monkeypatch.setattr(printer, "_printer", lambda _job, _copies: spooled)
    return printer


@pytest.mark.parametrize(
    "told",
    [
        JobTold(PrintState.DONE),
        JobTold(PrintState.WAITING, "printer.no_paper"),
        JobTold(PrintState.FAILED, "printer.refused"),
        JobTold(PrintState.UNKNOWN, "printer.unknown"),
    ],
)
@pytest.mark.parametrize("seen", [(True, False), (False, True)], ids=["while drawn", "afterwards"])
def test_the_spooler_has_the_last_word(
    told: JobTold, seen: tuple[bool, bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spooler = FixedSpooler(told, seen)
    printer = spooling(spooler, tmp_path / "spooled.pdf", monkeypatch)
    outcome = printer.print_pdf(render(receipt(), fonts()), "receipt")
    name = spooler.names[0]
    assert name.startswith("receipt ")
    assert outcome == PrintOutcome(told.state, "柜台", told.reason, f"7 {name}")
    assert printer.outcome(outcome.ticket) == outcome


def test_no_two_jobs_have_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = set()
    for _ in range(2):
        spooler = FixedSpooler(JobTold(PrintState.DONE))
        spooling(spooler, tmp_path / "spooled.pdf", monkeypatch).print_pdf(framed(A4), "receipt")
        names |= set(spooler.names)
    assert len(names) == 2


def test_what_nobody_sees_in_the_queue_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spooler = FixedSpooler(JobTold(PrintState.DONE), (False, False))
    outcome = spooling(spooler, tmp_path / "spooled.pdf", monkeypatch).print_pdf(framed(A4), "receipt")
    assert outcome == PrintOutcome(PrintState.UNKNOWN, "柜台", "printer.unknown")


def test_half_a_paper_that_cannot_be_taken_back_is_not_called_unprinted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> bool:
        raise EnvironmentProblem("printer.pdf_broke")

    monkeypatch.setattr(printer_qt, "draw", breaks)
    spooler = FixedSpooler(JobTold(PrintState.WAITING, "printer.waiting"), (True, True))
    outcome = spooling(spooler, tmp_path / "spooled.pdf", monkeypatch).print_pdf(framed(A4), "receipt")
    assert (outcome.state, outcome.ticket) == (PrintState.UNKNOWN, spooler.cancelled[0])
    with pytest.raises(EnvironmentProblem, match="pdf_broke"):
        nothing = FixedSpooler(JobTold(PrintState.DONE), (False, False))
        spooling(nothing, tmp_path / "spooled.pdf", monkeypatch).print_pdf(framed(A4), "receipt")


def test_a_printer_that_takes_no_job_is_given_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spooler = FixedSpooler(JobTold(PrintState.DONE))
    spooler.takes = False
    with pytest.raises(EnvironmentProblem) as caught:
        spooling(spooler, tmp_path / "spooled.pdf", monkeypatch).print_pdf(framed(A4), "receipt")
    assert (caught.value.key, caught.value.params) == ("printer.stopped", {"printer": "柜台"})
    assert not (tmp_path / "spooled.pdf").exists()


def test_papers_of_two_threads_come_out_one_after_the_other(tmp_path: Path) -> None:
    drawing, pdf, ended = threading.Lock(), render(receipt(), fonts()), threading.Event()
    printer = QtPrinter("试机", output_file=tmp_path / "out.pdf", drawing=drawing)

    def work() -> None:
        printer.print_pdf(pdf, "receipt")
        ended.set()

    with drawing:
        thread = threading.Thread(target=work)
        thread.start()
        assert not (tmp_path / "out.pdf").exists()
        assert not ended.is_set()
    thread.join(60)
    assert ended.is_set()
    assert (tmp_path / "out.pdf").exists()


def test_says_that_it_never_met_hardware() -> None:
    assert "STATUS: never run on hardware" in (printer_qt.__doc__ or "")
