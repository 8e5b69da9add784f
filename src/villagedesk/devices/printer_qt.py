"""A real printer through Qt: the PDF's pages are drawn at the printer's own resolution, one to one.

STATUS: never run on hardware (CUPS queues with devices made of files, and Qt's own PDF output, are what it has met).
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrintEngine, QPrinter

from villagedesk.devices.page_bands_qt import draw, glance_at, set_format
from villagedesk.devices.pdf_process import FROM_SOURCE, PdfProcess
from villagedesk.devices.ports import PrinterInfo, PrintOutcome, PrintState
from villagedesk.devices.printer_file import check_job
from villagedesk.devices.spooler import OFFLINE, UNKNOWN, JobTold, Spooler, settled
from villagedesk.devices.system_spooler import system_spooler
from villagedesk.domain.problems import EnvironmentProblem

_CUPS_OPTIONS = QPrintEngine.PrintEnginePropertyKey(0xFE00)
"""``PPK_CupsOptions`` of Qt's qprint_p.h: names and values in turn. Other systems' engines pass it over."""
_HIGHEST_DPI = 600  # more shows on no office printer
_PATIENCE_S = 20.0


class ProofFile:
    """Stands for the spooler where Qt writes a PDF file instead of printing."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def printers(self) -> tuple[PrinterInfo, ...]:
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        return ()

    def trouble(self, printer: str) -> str:  # noqa: ARG002 - Spooler's shape, as below
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        return "" if self._file.parent.is_dir() else "printer.no_folder"

    def takes_jobs(self, printer: str) -> bool:
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        return not self.trouble(printer)

    def ticket(self, printer: str, job_name: str) -> str:  # noqa: ARG002
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        return self._file.name

    def outcome(self, printer: str, ticket: str) -> JobTold:  # noqa: ARG002
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        there = ticket == self._file.name and self._file.is_file()
        return JobTold(PrintState.DONE) if there else JobTold(PrintState.UNKNOWN, UNKNOWN)

    def cancel(self, printer: str, ticket: str) -> bool:  # noqa: ARG002
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        return False


class QtPrinter:
    """A printer of this system, or Qt's PDF output.

    Args:
        name: as the system calls the printer.
        output_file: write a PDF there instead of printing; for proofs of size.
        spooler: what keeps the printer's jobs.
        reader: starts the process that reads the PDF (:mod:`villagedesk.devices.pdf_process`).
        drawing: held while pages are drawn; Qt's printing of one program is not for several threads at once.
        patience_s: how long :meth:`print_pdf` waits for a job that goes on.

    Needs a QGuiApplication.
    """

    def __init__(
        self,
        name: str,
        output_file: Path | None = None,
        spooler: Spooler | None = None,
        reader: Sequence[str] = FROM_SOURCE,
        drawing: threading.Lock | None = None,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._name = name
        self._output_file = output_file
        self._spooler = ProofFile(output_file) if output_file is not None else spooler or system_spooler()
        self._reader = tuple(reader)
        self._drawing = drawing or threading.Lock()
        self._patience_s = patience_s

    @property
    def name(self) -> str:
        """The printer's name as the system calls it."""
        return self._name

    def available(self) -> bool:
        """Whether the system knows the printer and takes jobs for it."""
        return self._spooler.takes_jobs(self._name)

    def trouble(self) -> str:
        """See :class:`villagedesk.devices.ports.Printer`."""
        return self._spooler.trouble(self._name)

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        """Draw all pages, and wait up to twenty seconds for the spooler's word on them.

        Raises:
            EnvironmentProblem: ``printer.not_pdf``, ``printer.locked``, ``printer.too_large``, ``printer.pdf_broke``,
                ``printer.memory``; what :meth:`trouble` says, or ``printer.offline``, when the printer takes nothing.
        """
        check_job(pdf, copies)
        if not self.available():
            raise self._problem(self.trouble() or OFFLINE)
        # Neither Qt nor all systems tell which job of theirs it became: it is found by its name, which no other has.
        named = f"{job_name} {uuid.uuid4().hex[:8]}"
        with self._drawing, PdfProcess(pdf, self._reader) as document:
            glance_at(document)
            try:
                ticket = self._hand_over(document, self._printer(named, copies), named)
            except EnvironmentProblem:
                half = self._spooler.ticket(self._name, named) if self._output_file is None else ""
                if half and not self._spooler.cancel(self._name, half):
                    return PrintOutcome(PrintState.UNKNOWN, self._name, UNKNOWN, half)
                raise
        if not ticket:
            return PrintOutcome(PrintState.UNKNOWN, self._name, UNKNOWN)
        return self._told(settled(self._spooler, self._name, ticket, self._patience_s), ticket)

    def outcome(self, ticket: str) -> PrintOutcome:
        """See :class:`villagedesk.devices.ports.Printer`."""
        return self._told(self._spooler.outcome(self._name, ticket), ticket)

    def cancel(self, ticket: str) -> bool:
        """See :class:`villagedesk.devices.ports.Printer`."""
        return self._spooler.cancel(self._name, ticket)

    def _told(self, told: JobTold, ticket: str) -> PrintOutcome:
        where = self._name if self._output_file is None else str(self._output_file)
        return PrintOutcome(told.state, where, told.reason, ticket)

    def _problem(self, key: str) -> EnvironmentProblem:
        return EnvironmentProblem(key, printer=self._name)

    def _printer(self, job_name: str, copies: int) -> QPrinter:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if self._output_file is not None:
            printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
            printer.setOutputFileName(str(self._output_file))
        else:
            printer.setPrinterName(self._name)
            # else CUPS makes a sheet smaller that is larger than the paper the printer has
            printer.printEngine().setProperty(_CUPS_OPTIONS, ["print-scaling", "none"])
        if printer.resolution() > _HIGHEST_DPI:
            printer.setResolution(_HIGHEST_DPI)
        printer.setDocName(job_name)
        printer.setCopyCount(copies)
        return printer

    def _hand_over(self, document: PdfProcess, printer: QPrinter, named: str) -> str:
        """Draw it all; gives the job's ticket, "" when no job is to be seen. Raises EnvironmentProblem."""
        set_format(printer, document.sizes[0])
        painter = QPainter()
        if not painter.begin(printer):
            raise self._problem(OFFLINE)
        whole, ticket = False, ""
        try:
            whole = draw(document, printer, painter)
            # Windows has the job from the beginning, and may have forgotten it at the end; CUPS gets it at the end.
            ticket = self._spooler.ticket(self._name, named)
        finally:
            if not whole:
                printer.abort()
            ended = painter.end()
        state = printer.printerState()
        if not (whole and ended) or state in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted):
            raise self._problem(OFFLINE)
        return ticket or self._spooler.ticket(self._name, named)
