"""What is asked of the part of the system that keeps print jobs: CUPS, or the Windows spooler.

Qt hands pages over and says yes also for dead printers; how a job fares only its queue knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from villagedesk.devices.ports import PrinterInfo, PrintState

NO_PAPER = "printer.no_paper"
JAMMED = "printer.jammed"
COVER_OPEN = "printer.cover_open"
NO_INK = "printer.no_ink"
OFFLINE = "printer.offline"
STOPPED = "printer.stopped"
FAULT = "printer.fault"
"""Something else, which only the printer itself says."""
NO_SPOOLER = "printer.no_spooler"
GONE = "printer.gone"
WAITING = "printer.waiting"
REFUSED = "printer.refused"
CANCELLED = "printer.cancelled"
UNKNOWN = "printer.unknown"

_LASTS = frozenset({NO_PAPER, JAMMED, COVER_OPEN, NO_INK, STOPPED, FAULT, GONE, NO_SPOOLER})
"""What does not pass by itself. ``OFFLINE`` may: every job begins with looking for its printer."""
_EVERY_S = 0.25


@dataclass(frozen=True)
class JobTold:
    """How a job stands.

    Args:
        reason: message key, "" when it is done.
    """

    state: PrintState
    reason: str = ""


class Spooler(Protocol):
    """Calls block for some seconds at most; they may come from several threads."""

    def printers(self) -> tuple[PrinterInfo, ...]:
        """The printers that are set up; none when the spooler cannot be asked."""

    def trouble(self, printer: str) -> str:
        """As :meth:`villagedesk.devices.ports.Printer.trouble`."""

    def takes_jobs(self, printer: str) -> bool:
        """Whether a job given to it now could come out."""

    def ticket(self, printer: str, job_name: str) -> str:
        """The newest job of that name, which only one job has; "" when there is none."""

    def outcome(self, printer: str, ticket: str) -> JobTold:
        """What became of a job."""

    def cancel(self, printer: str, ticket: str) -> bool:
        """As :meth:`villagedesk.devices.ports.Printer.cancel`."""


def settled(
    spooler: Spooler,
    printer: str,
    ticket: str,
    patience_s: float,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> JobTold:
    """What became of a job once that is clear, or how it stands after ``patience_s`` seconds.

    What does not pass by itself is clear when it is seen twice: some printers tell it for a moment between two jobs.
    """
    end, before = monotonic() + patience_s, ""
    while True:
        told = spooler.outcome(printer, ticket)
        if told.state in (PrintState.DONE, PrintState.FAILED) or monotonic() >= end:
            return told
        if told.reason in _LASTS and told.reason == before:
            return told
        before = told.reason
        sleep(_EVERY_S)
