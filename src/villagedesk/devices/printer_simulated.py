"""A printer in memory, with faults to set."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

from villagedesk.devices.ports import PrintOutcome, PrintState
from villagedesk.devices.printer_file import check_job
from villagedesk.domain.problems import EnvironmentProblem


class PrinterFault(StrEnum):
    """What can be wrong with a printer."""

    NONE = "none"
    NO_PAPER = "no_paper"
    """It takes jobs and keeps them until the fault is set to ``NONE``."""
    OFFLINE = "offline"
    """It cannot be reached and takes no job."""
    REFUSES = "refuses"
    """It takes the job and gives it up."""
    LIES = "lies"
    """It says done, and nothing comes out."""


@dataclass(frozen=True)
class PrintedJob:
    """What came out.

    Args:
        pdf: the pages.
        job_name: as given.
        copies: how many times.
    """

    pdf: bytes
    job_name: str
    copies: int


class SimulatedPrinter:
    """Keeps what it prints.

    Args:
        name: the printer's name as the clerk knows it.
        fault: what is wrong with it from the start.
    """

    def __init__(self, name: str, fault: PrinterFault = PrinterFault.NONE) -> None:
        self._name = name
        self._fault = fault
        self._lock = threading.Lock()
        self._printed: list[PrintedJob] = []
        self._waiting: list[PrintedJob] = []

    @property
    def name(self) -> str:
        """The printer's name as the clerk knows it."""
        return self._name

    @property
    def printed(self) -> tuple[PrintedJob, ...]:
        """All that really came out, in order."""
        with self._lock:
            return tuple(self._printed)

    def set_fault(self, fault: PrinterFault) -> None:
        """Break or mend the printer; once mended, jobs that waited come out."""
        with self._lock:
            self._fault = fault
            if fault is PrinterFault.NONE:
                self._printed += self._waiting
                self._waiting.clear()

    def available(self) -> bool:
        """Whether it can be reached."""
        with self._lock:
            return self._fault is not PrinterFault.OFFLINE

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        """Print, or fail as the fault says.

        Raises:
            EnvironmentProblem: ``printer.not_pdf``; ``printer.offline`` when the fault is ``OFFLINE``.
        """
        check_job(pdf, copies)
        job = PrintedJob(pdf, job_name, copies)
        with self._lock:
            match self._fault:
                case PrinterFault.OFFLINE:
                    raise EnvironmentProblem("printer.offline", printer=self._name)
                case PrinterFault.NO_PAPER:
                    self._waiting.append(job)
                    return PrintOutcome(PrintState.WAITING, self._name, "printer.no_paper")
                case PrinterFault.REFUSES:
                    return PrintOutcome(PrintState.FAILED, self._name, "printer.refused")
                case PrinterFault.LIES:
                    pass
                case PrinterFault.NONE:
                    self._printed.append(job)
            return PrintOutcome(PrintState.DONE, self._name)
