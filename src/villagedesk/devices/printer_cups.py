"""CUPS as the spooler: what its states and their reasons (RFC 8011 5.3.7, 5.4.11, 5.4.12) mean at the window."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote

from villagedesk.devices import cups_ipp
from villagedesk.devices.cups_ipp import Answer, NoServerError, Operation, Value
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
    REFUSED,
    STOPPED,
    UNKNOWN,
    WAITING,
    JobTold,
)

_STOPPED = 5
"""printer-state; 3 is idle, 4 processing."""
_CANCELLED, _ABORTED, _COMPLETED = 7, 8, 9
"""job-state; what is less is not over."""
_OVER = {
    _CANCELLED: JobTold(PrintState.FAILED, CANCELLED),
    _ABORTED: JobTold(PrintState.FAILED, REFUSED),
    _COMPLETED: JobTold(PrintState.DONE),
}
_OF_PRINTER = {
    "media-jam": JAMMED,
    "cover-open": COVER_OPEN,
    "door-open": COVER_OPEN,
    "interlock-open": COVER_OPEN,
    "media-empty": NO_PAPER,
    "media-needed": NO_PAPER,
    "input-tray-missing": NO_PAPER,
    "toner-empty": NO_INK,
    "marker-supply-empty": NO_INK,
    "marker-supply-missing": NO_INK,
    "developer-empty": NO_INK,
    "offline": OFFLINE,
    "connecting-to-device": OFFLINE,
    "timed-out": OFFLINE,
    "shutdown": OFFLINE,
    "paused": STOPPED,
    "moving-to-paused": STOPPED,
    "other": FAULT,
}
"""In the order of what is to be seen to first."""
_STAND_STILL = frozenset({OFFLINE, STOPPED})
"""Backends report these as ``-report`` or ``-warning`` too, and nothing comes out all the same."""
_CANCEL_S = 5.0
_EVERY_S = 0.1

Ask = Callable[..., Answer]


def trouble_in(reasons: Iterable[Value], *, mild: bool = False) -> str:
    """What ``printer-state-reasons`` say is wrong, as a message key; "" for nothing.

    Args:
        mild: count what is only warned of, too. A printer with a second tray goes on with one of them empty.
    """
    found: set[str] = set()
    for reason in reasons:
        word, _, severity = str(reason).rpartition("-")
        if severity not in ("error", "warning", "report"):
            word, severity = str(reason), "error"  # RFC 8011 5.4.12: none given stands for an error
        key = _OF_PRINTER.get(word, FAULT if str(reason).endswith("-error") else "")
        if severity == "error" or mild or key in _STAND_STILL:
            found.add(key)
    return next((key for key in _OF_PRINTER.values() if key in found), "")


class CupsSpooler:
    """The CUPS server of this user's programs. A ticket is the number of the job and the name it was sent under: a
    server that was set up anew counts from 1 again.

    Args:
        ask: as :func:`villagedesk.devices.cups_ipp.ask`.
        default: as :func:`villagedesk.devices.cups_ipp.default_printer`.
        monotonic, sleep: time, in seconds.
    """

    def __init__(
        self,
        ask: Ask = cups_ipp.ask,
        default: Callable[[], str] = cups_ipp.default_printer,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ask = ask
        self._default = default
        self._monotonic = monotonic
        self._sleep = sleep

    def printers(self) -> tuple[PrinterInfo, ...]:
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        try:
            told, default = self._ask(Operation.CUPS_GET_PRINTERS, wanted=("printer-name",)), self._default()
        except NoServerError:
            return ()
        names = sorted(str(_first(one, "printer-name")) for one in told.things)
        return tuple(PrinterInfo(name, name == default) for name in names)

    def trouble(self, printer: str) -> str:
        """See :class:`villagedesk.devices.ports.Printer`.

        CUPS keeps the reasons of the last job until the next begins: paper that was brought in between shows then.
        """
        stands = self._printer(printer)
        return stands if isinstance(stands, str) else _trouble_of(stands)

    def takes_jobs(self, printer: str) -> bool:
        """False for a queue that is stopped, or takes no jobs; a printer without paper takes them, and so does one that
        is switched off: the job waits for it."""
        stands = self._printer(printer)
        return not isinstance(stands, str) and not _is_stopped(stands)

    def ticket(self, printer: str, job_name: str) -> str:
        """See :class:`villagedesk.devices.spooler.Spooler`."""
        wanted = ("job-id", "job-name")
        try:
            told = self._ask(Operation.GET_JOBS, _of_printer(printer), wanted=wanted, keywords={"which-jobs": "all"})
        except NoServerError:
            return ""
        ours = [int(_first(one, "job-id")) for one in told.things if one.get("job-name") == (job_name,)]
        return f"{max(ours)} {job_name}" if ours else ""

    def outcome(self, printer: str, ticket: str) -> JobTold:
        """See :class:`villagedesk.devices.spooler.Spooler`. While CUPS does not answer, its jobs wait on the disk."""
        try:
            job = self._job(ticket)
        except NoServerError:
            return JobTold(PrintState.WAITING, NO_SPOOLER)
        if job is None:
            return JobTold(PrintState.UNKNOWN, UNKNOWN)
        over = _OVER.get(int(_first(job, "job-state")))
        if over is not None:
            return over
        stands = self._printer(printer)
        reason = stands if isinstance(stands, str) else _trouble_of(stands) or _trouble_of(stands, mild=True)
        return JobTold(PrintState.WAITING, reason or WAITING)

    def cancel(self, printer: str, ticket: str) -> bool:  # noqa: ARG002 - a job's number says all
        """See :class:`villagedesk.devices.ports.Printer`."""
        end = self._monotonic() + _CANCEL_S
        try:
            job = self._job(ticket)
            if job is None:
                return False
            self._ask(Operation.CANCEL_JOB, _of_job(ticket))  # what is over already cannot be cancelled
            while job is not None and int(_first(job, "job-state")) < _CANCELLED and self._monotonic() < end:
                self._sleep(_EVERY_S)
                job = self._job(ticket)
        except NoServerError:
            return False
        return job is not None and _first(job, "job-state") in (_CANCELLED, _ABORTED)

    def _job(self, ticket: str) -> Mapping[str, tuple[Value, ...]] | None:
        told = self._ask(Operation.GET_JOB_ATTRIBUTES, _of_job(ticket), wanted=("job-name", "job-state"))
        named = (ticket.partition(" ")[2],)
        return next((job for job in told.things if job.get("job-name") == named), None)

    def _printer(self, name: str) -> Mapping[str, tuple[Value, ...]] | str:
        """How a printer stands, or the message key of why that cannot be told."""
        wanted = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
        try:
            told = self._ask(Operation.GET_PRINTER_ATTRIBUTES, _of_printer(name), wanted=wanted)
        except NoServerError:
            return NO_SPOOLER
        if told.status == cups_ipp.NOT_FOUND:
            return GONE
        return told.things[0] if told.good and told.things else NO_SPOOLER


def _trouble_of(printer: Mapping[str, tuple[Value, ...]], *, mild: bool = False) -> str:
    """A queue that is stopped stays so when paper is brought: that is said first."""
    return STOPPED if _is_stopped(printer) else trouble_in(printer.get("printer-state-reasons", ()), mild=mild)


def _is_stopped(printer: Mapping[str, tuple[Value, ...]]) -> bool:
    return _first(printer, "printer-state") == _STOPPED or not _first(printer, "printer-is-accepting-jobs")


def _first(thing: Mapping[str, tuple[Value, ...]], name: str) -> Value:
    return next(iter(thing.get(name, ())), 0)


def _of_printer(name: str) -> tuple[str, str]:
    return "printer-uri", f"ipp://localhost/printers/{quote(name, safe='')}"


def _of_job(ticket: str) -> tuple[str, str]:
    return "job-uri", f"ipp://localhost/jobs/{ticket.partition(' ')[0]}"
