"""Printers in memory, with faults to set."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from villagedesk.devices.ports import Printer, PrinterInfo, PrintOutcome, PrintState
from villagedesk.devices.printer_file import check_job
from villagedesk.devices.printer_gone import GonePrinter
from villagedesk.devices.spooler import CANCELLED, REFUSED, UNKNOWN, WAITING
from villagedesk.domain.problems import EnvironmentProblem


class PrinterFault(StrEnum):
    """What can be wrong with a printer. Until it is mended it keeps the jobs it has, and those it still takes."""

    NONE = "none"
    NO_PAPER = "no_paper"
    JAMMED = "jammed"
    COVER_OPEN = "cover_open"
    NO_INK = "no_ink"
    SLOW = "slow"
    """It does not say what keeps it."""
    OFFLINE = "offline"
    """It cannot be reached and takes no job, as the next three."""
    STOPPED = "stopped"
    NO_SPOOLER = "no_spooler"
    GONE = "gone"
    """Removed, and all its jobs with it."""
    REFUSES = "refuses"
    """It takes jobs and gives them up."""
    LIES = "lies"
    """It says done, and nothing comes out."""


_KEEPS = frozenset(
    {PrinterFault.NO_PAPER, PrinterFault.JAMMED, PrinterFault.COVER_OPEN, PrinterFault.NO_INK, PrinterFault.SLOW}
)
_TAKES_NONE = frozenset({PrinterFault.OFFLINE, PrinterFault.STOPPED, PrinterFault.NO_SPOOLER, PrinterFault.GONE})


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
        self._waiting: dict[str, PrintedJob] = {}
        self._over: dict[str, PrintOutcome] = {}
        self._count = 0

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
            if fault is PrinterFault.GONE:
                self._waiting.clear()
            if fault in (PrinterFault.NONE, PrinterFault.REFUSES, PrinterFault.LIES):
                waiting, self._waiting = self._waiting, {}
                for ticket, job in waiting.items():
                    self._work(ticket, job)

    def take_out_all(self) -> None:
        """Somebody takes the waiting jobs out of the queue, not by this program."""
        with self._lock:
            for ticket in self._waiting:
                self._over[ticket] = PrintOutcome(PrintState.FAILED, self._name, CANCELLED, ticket)
            self._waiting.clear()

    def forget(self) -> None:
        """The system is set up anew and knows no job any more."""
        with self._lock:
            self._over.clear()
            self._waiting.clear()

    def available(self) -> bool:
        """Whether it takes jobs."""
        with self._lock:
            return self._fault not in _TAKES_NONE

    def trouble(self) -> str:
        """See :class:`villagedesk.devices.ports.Printer`."""
        with self._lock:
            return self._trouble()

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        """Print, or fail as the fault says.

        Raises:
            EnvironmentProblem: ``printer.not_pdf``; what :meth:`trouble` says when it takes nothing.
        """
        check_job(pdf, copies)
        job = PrintedJob(pdf, job_name, copies)
        with self._lock:
            if self._fault in _TAKES_NONE:
                raise EnvironmentProblem(self._trouble(), printer=self._name)
            self._count += 1
            ticket = f"{self._count} {job_name}"
            self._work(ticket, job)
            return self._outcome(ticket)

    def outcome(self, ticket: str) -> PrintOutcome:
        """See :class:`villagedesk.devices.ports.Printer`."""
        with self._lock:
            return self._outcome(ticket)

    def cancel(self, ticket: str) -> bool:
        """See :class:`villagedesk.devices.ports.Printer`."""
        with self._lock:
            if self._fault is PrinterFault.NO_SPOOLER:
                return False
            if self._waiting.pop(ticket, None) is not None:
                self._over[ticket] = PrintOutcome(PrintState.FAILED, self._name, CANCELLED, ticket)
            return ticket in self._over and self._over[ticket].state is PrintState.FAILED

    def _work(self, ticket: str, job: PrintedJob) -> None:
        if self._fault in _KEEPS:
            self._waiting[ticket] = job
        elif self._fault is PrinterFault.REFUSES:
            self._over[ticket] = PrintOutcome(PrintState.FAILED, self._name, REFUSED, ticket)
        else:
            self._over[ticket] = PrintOutcome(PrintState.DONE, self._name, "", ticket)
            if self._fault is PrinterFault.NONE:
                self._printed.append(job)

    def _outcome(self, ticket: str) -> PrintOutcome:
        if self._fault is PrinterFault.NO_SPOOLER or ticket in self._waiting:
            return PrintOutcome(PrintState.WAITING, self._name, self._trouble() or WAITING, ticket)
        return self._over.get(ticket, PrintOutcome(PrintState.UNKNOWN, self._name, UNKNOWN, ticket))

    def _trouble(self) -> str:
        told = (_KEEPS | _TAKES_NONE) - {PrinterFault.SLOW}
        return f"printer.{self._fault}" if self._fault in told else ""


class SimulatedPrinters:
    """Several of them; the first is the default."""

    def __init__(self, printers: Sequence[SimulatedPrinter]) -> None:
        self._all = tuple(printers)

    def printers(self) -> tuple[PrinterInfo, ...]:
        """See :class:`villagedesk.devices.ports.Printers`."""
        if any(one.trouble() == "printer.no_spooler" for one in self._all):
            return ()
        there = [one.name for one in self._all if one.trouble() != "printer.gone"]
        return tuple(PrinterInfo(name, name == self._all[0].name) for name in there)

    def printer(self, name: str) -> Printer | None:
        """See :class:`villagedesk.devices.ports.Printers`."""
        name = name or next((one.name for one in self.printers() if one.is_default), "")
        return next((one for one in self._all if one.name == name), GonePrinter(name) if name else None)
