"""A real printer through Qt: the PDF's pages are drawn at the printer's own resolution, one to one.

STATUS: never run on hardware (a CUPS queue that writes PDF files, and Qt's own PDF output, are what it has met).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from villagedesk.devices.pdf_process import FROM_SOURCE, PdfProcess
from villagedesk.devices.ports import PrintOutcome, PrintState
from villagedesk.devices.printer_cups import CupsQueue
from villagedesk.devices.printer_file import check_job
from villagedesk.domain.problems import EnvironmentProblem

_HIGHEST_DPI = 600  # more shows on no office printer and makes a page of half a gigabyte
_GLANCE_DPI = 36
_PATIENCE_S = 20.0
_REASONS = {PrintState.WAITING: "printer.waiting", PrintState.FAILED: "printer.refused"}


class Queue(Protocol):
    """Where it can be seen what became of a job."""

    def jobs(self) -> frozenset[str]:
        """Jobs known now."""

    def outcome(self, before: frozenset[str], patience_s: float) -> PrintState:
        """What became of the jobs that came since."""


class SpoolerState:
    """The queue where only the printer's state can be had (Windows): a job is done when the printer is not in error.

    Args:
        printer: the printer's name.
    """

    def __init__(self, printer: str) -> None:
        self._printer = printer

    def jobs(self) -> frozenset[str]:
        """None are known here."""
        return frozenset()

    def outcome(self, before: frozenset[str], patience_s: float) -> PrintState:  # noqa: ARG002 - Queue's shape
        """WAITING when the printer reports an error or stands still, else DONE."""
        state = QPrinterInfo.printerInfo(self._printer).state()
        broken = state in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted)
        return PrintState.WAITING if broken else PrintState.DONE


def queue_of(printer: str) -> Queue:
    """The queue of a printer on this system."""
    return SpoolerState(printer) if sys.platform == "win32" else CupsQueue(printer)


class QtPrinter:
    """A printer of this system, or Qt's PDF output.

    Args:
        name: as the system calls the printer.
        output_file: write a PDF there instead of printing; for proofs of size.
        queue: makes the queue that is asked what became of a job.
        reader: starts the process that reads the PDF (:mod:`villagedesk.devices.pdf_process`).

    Needs a QGuiApplication; calls may come from any one thread.
    """

    def __init__(
        self,
        name: str,
        output_file: Path | None = None,
        queue: Callable[[str], Queue] = queue_of,
        reader: Sequence[str] = FROM_SOURCE,
    ) -> None:
        self._name = name
        self._output_file = output_file
        self._queue = queue
        self._reader = tuple(reader)

    @property
    def name(self) -> str:
        """The printer's name as the system calls it."""
        return self._name

    def available(self) -> bool:
        """Whether the system knows the printer and does not report it broken."""
        if self._output_file is not None:
            return self._output_file.parent.is_dir()
        info = QPrinterInfo.printerInfo(self._name)
        return not info.isNull() and info.state() != QPrinter.PrinterState.Error

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        """Draw all pages and wait up to twenty seconds for the queue's word on them.

        WAITING means that the system has the job and it may still come out: it must not be sent again by itself.

        Raises:
            EnvironmentProblem: ``printer.not_pdf``, ``printer.locked``, ``printer.too_large``, ``printer.pdf_broke``,
                ``printer.memory``; ``printer.offline`` when the printer is not there or takes nothing.
        """
        check_job(pdf, copies)
        with PdfProcess(pdf, self._reader) as document:
            if not self.available():
                raise EnvironmentProblem("printer.offline", printer=self._name)
            printer = self._printer(job_name, copies)
            queue = self._queue(self._name)
            before = frozenset[str]() if self._output_file else queue.jobs()
            self._draw(document, printer)
        if self._output_file is not None:
            return PrintOutcome(PrintState.DONE, str(self._output_file))
        state = queue.outcome(before, _PATIENCE_S)
        return PrintOutcome(state, self._name, _REASONS.get(state, ""))

    def _printer(self, job_name: str, copies: int) -> QPrinter:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if self._output_file is not None:
            printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
            printer.setOutputFileName(str(self._output_file))
        else:
            printer.setPrinterName(self._name)
        if printer.resolution() > _HIGHEST_DPI:
            printer.setResolution(_HIGHEST_DPI)
        printer.setDocName(job_name)
        printer.setCopyCount(copies)
        return printer

    def _draw(self, document: PdfProcess, printer: QPrinter) -> None:
        sizes = [QSizeF(*size) for size in document.sizes]
        # Every page once before the first goes to the printer: of a paper whose end cannot be read none comes out.
        image = _picture(document, 0, sizes[0], printer.resolution())
        for page, size in enumerate(sizes[1:], start=1):
            _picture(document, page, size, _GLANCE_DPI)
        _set_format(printer, sizes[0])
        painter = QPainter()
        if not painter.begin(printer):
            raise EnvironmentProblem("printer.offline", printer=self._name)
        try:
            for page, size in enumerate(sizes):
                if page > 0:
                    image = _picture(document, page, size, printer.resolution())
                    _set_format(printer, size)
                    if not printer.newPage():
                        raise EnvironmentProblem("printer.offline", printer=self._name)
                painter.drawImage(0, 0, image)
        finally:
            ended = painter.end()
        if not ended or printer.printerState() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted):
            raise EnvironmentProblem("printer.offline", printer=self._name)


def _set_format(printer: QPrinter, size: QSizeF) -> None:
    """Paper of the page's size (points), without margins, so that one millimetre stays one millimetre."""
    landscape = size.width() > size.height()
    upright = QSizeF(min(size.width(), size.height()), max(size.width(), size.height()))
    page = QPageSize(upright, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
    orientation = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    layout = QPageLayout(page, orientation, QMarginsF(0, 0, 0, 0))
    layout.setMode(QPageLayout.Mode.FullPageMode)
    printer.setPageLayout(layout)


def _picture(document: PdfProcess, page: int, size: QSizeF, dpi: int) -> QImage:
    """A page at ``dpi`` dots to the inch, its corner on the paper's corner.

    Raises:
        EnvironmentProblem: ``printer.memory`` when the picture (139 MB for A4 at 600 dpi) is not to be had;
            ``printer.pdf_broke``.
    """
    width, height = round(size.width() * dpi / 72), round(size.height() * dpi / 72)
    return QImage(document.picture(page, width, height), width, height, QImage.Format.Format_RGB32)
