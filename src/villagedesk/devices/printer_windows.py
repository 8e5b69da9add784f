"""The Windows spooler: what its bits mean at the window. Windows forgets a job once it is over, so what was seen of it
before says whether it came out.

STATUS: never run on hardware, nor on Windows itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from villagedesk.devices.ports import PrinterInfo, PrintState
from villagedesk.devices.spooler import (
    CANCELLED,
    COVER_OPEN,
    FAULT,
    GONE,
    JAMMED,
    NO_INK,
    NO_PAPER,
    NO_SPOOLER,
    OFFLINE,
    STOPPED,
    UNKNOWN,
    WAITING,
    JobTold,
)
from villagedesk.devices.winspool import SpoolCalls, SpoolError, WindowsJob, WinSpool

_STATUS = (
    (0x00000008, JAMMED),  # PRINTER_STATUS_PAPER_JAM
    (0x00400000, COVER_OPEN),  # DOOR_OPEN
    (0x00000010 | 0x00000020, NO_PAPER),  # PAPER_OUT, MANUAL_FEED: it waits for a sheet by hand
    (0x00000040, NO_PAPER),  # PAPER_PROBLEM
    (0x00040000, NO_INK),  # NO_TONER
    (0x00000080 | 0x00001000 | 0x00800000, OFFLINE),  # OFFLINE, NOT_AVAILABLE, SERVER_UNKNOWN
    (0x00000001, STOPPED),  # PAUSED
    (0x00000004, GONE),  # PENDING_DELETION
    (0x00000002 | 0x00100000 | 0x00000800 | 0x00200000, FAULT),  # ERROR, USER_INTERVENTION, OUTPUT_BIN_FULL, memory
)
"""In the order of what is to be seen to first."""
_WORK_OFFLINE = 0x400
_JOB_PAUSED, _JOB_ERROR, _JOB_DELETING, _JOB_OFFLINE, _JOB_PAPEROUT = 0x1, 0x2, 0x4, 0x20, 0x40
_JOB_PRINTED, _JOB_DELETED, _JOB_BLOCKED, _JOB_HELP, _JOB_COMPLETE = 0x80, 0x100, 0x200, 0x400, 0x1000
_JOB_RETAINED = 0x2000
_NO_SPOOLER = frozenset({1058, 1062, 1068, 1717, 1722, 1723, 1726, 1727, 1753})
"""The service is off, or its RPC does not answer."""
_GONE = frozenset({1801, 1905})
"""ERROR_INVALID_PRINTER_NAME, ERROR_PRINTER_DELETED."""
_TAKES_NONE = frozenset({OFFLINE, STOPPED, GONE, NO_SPOOLER})
_CANCEL_S = 5.0
_EVERY_S = 0.1


def trouble_in(status: int, attributes: int = 0) -> str:
    """What a printer's bits say is wrong, as a message key; "" for nothing."""
    if attributes & _WORK_OFFLINE:
        return OFFLINE
    return next((key for bits, key in _STATUS if status & bits), "")


def trouble_of(code: int) -> str:
    """What an error of the spooler says is wrong."""
    if code in _NO_SPOOLER:
        return NO_SPOOLER
    return GONE if code in _GONE else OFFLINE


def told_of(status: int, printer_trouble: str) -> JobTold:
    """How a job stands that is in the queue."""
    if status & (_JOB_DELETING | _JOB_DELETED):
        return JobTold(PrintState.FAILED, CANCELLED)
    if status & _JOB_PRINTED or (status & _JOB_COMPLETE and status & _JOB_RETAINED):
        return JobTold(PrintState.DONE)
    if status & _JOB_PAPEROUT:
        return JobTold(PrintState.WAITING, NO_PAPER)
    if printer_trouble:
        return JobTold(PrintState.WAITING, printer_trouble)
    if status & _JOB_OFFLINE:
        return JobTold(PrintState.WAITING, OFFLINE)
    if status & _JOB_PAUSED:
        return JobTold(PrintState.WAITING, STOPPED)
    broken = status & (_JOB_ERROR | _JOB_BLOCKED | _JOB_HELP)
    return JobTold(PrintState.WAITING, FAULT if broken else WAITING)


def told_of_vanished(seen: JobTold | None, printer_trouble: str) -> JobTold:
    """What became of a job that is not in the queue any more.

    Args:
        seen: how it stood when it was last there, None when this run of the program never saw it. One that went on
            well is over; one that stood still may have gone on, or been taken out.
    """
    if seen is not None and seen.state in (PrintState.DONE, PrintState.FAILED):
        return seen
    if seen == JobTold(PrintState.WAITING, WAITING) and not printer_trouble:
        return JobTold(PrintState.DONE)
    return JobTold(PrintState.UNKNOWN, UNKNOWN)


class WindowsSpooler:
    """The spooler of this PC. A ticket is the number of the job and the name it was sent under: Windows gives numbers
    out again.

    Args:
        calls: None: the real ones.
        monotonic, sleep: time, in seconds.
    """

    def __init__(
        self,
        calls: SpoolCalls | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._calls = calls or WinSpool()
        self._monotonic = monotonic
        self._sleep = sleep
        self._seen: dict[str, JobTold] = {}
        self._lock = threading.Lock()

    def printers(self) -> tuple[PrinterInfo, ...]:
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        try:
            names, default = self._calls.printers(), self._calls.default_printer()
        except SpoolError:
            return ()
        return tuple(PrinterInfo(name, name == default) for name in sorted(names))

    def trouble(self, printer: str) -> str:
        """See :class:`villagedesk.devices.ports.Printer`."""
        try:
            return trouble_in(*self._calls.printer(printer))
        except SpoolError as error:
            return trouble_of(error.code)

    def takes_jobs(self, printer: str) -> bool:
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        return self.trouble(printer) not in _TAKES_NONE

    def ticket(self, printer: str, job_name: str) -> str:
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        try:
            ours = [job for job in self._calls.jobs(printer) if job.document == job_name]
        except SpoolError:
            return ""
        if not ours:
            return ""
        newest = max(ours, key=lambda job: job.job_id)
        ticket = f"{newest.job_id} {job_name}"
        self._saw(ticket, told_of(newest.status, self.trouble(printer)))
        return ticket

    def outcome(self, printer: str, ticket: str) -> JobTold:
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        try:
            job = self._job(printer, ticket)
        except SpoolError as error:
            key = trouble_of(error.code)
            state = PrintState.UNKNOWN if key == GONE else PrintState.WAITING
            return JobTold(state, key)
        trouble = self.trouble(printer)
        if job is None:
            with self._lock:
                return told_of_vanished(self._seen.get(ticket), trouble)
        return self._saw(ticket, told_of(job.status, trouble))

    def cancel(self, printer: str, ticket: str) -> bool:
        """See :class:`villagedesk.devices.ports.Printer`."""
        end = self._monotonic() + _CANCEL_S
        try:
            job = self._job(printer, ticket)
            if job is None:
                return self.outcome(printer, ticket).state is PrintState.FAILED
            self._calls.delete(printer, job.job_id)
            while job is not None and not job.status & (_JOB_DELETING | _JOB_DELETED) and self._monotonic() < end:
                self._sleep(_EVERY_S)
                job = self._job(printer, ticket)
        except SpoolError:
            return False
        if job is not None and not job.status & (_JOB_DELETING | _JOB_DELETED):
            return False
        self._saw(ticket, JobTold(PrintState.FAILED, CANCELLED))
        return True

    def _job(self, printer: str, ticket: str) -> WindowsJob | None:
        number, _, name = ticket.partition(" ")
        jobs = self._calls.jobs(printer)
        return next((job for job in jobs if str(job.job_id) == number and job.document == name), None)

    def _saw(self, ticket: str, told: JobTold) -> JobTold:
        with self._lock:
            self._seen[ticket] = told
        return told
