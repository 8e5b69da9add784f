"""What the Windows spooler's bits mean (winspool.h), and what is made of a job that is not there any more. The calls
themselves need Windows."""

from __future__ import annotations

import ctypes

import pytest

from villagedesk.devices import printer_windows, winspool
from villagedesk.devices.ports import PrinterInfo, PrintState
from villagedesk.devices.printer_windows import WindowsSpooler, told_of, trouble_in, trouble_of
from villagedesk.devices.spooler import JobTold
from villagedesk.devices.winspool import SpoolError, WindowsJob

NAME = "receipt 1b80cec2"
TICKET = f"3 {NAME}"
PRINTING, PAPEROUT, DELETING, PRINTED = 0x10, 0x40, 0x4, 0x80


class Calls:
    """A spooler in memory."""

    def __init__(self) -> None:
        self.status = 0
        self.attributes = 0
        self.queue = [WindowsJob(3, NAME, PRINTING), WindowsJob(2, "another", 0)]
        self.error = 0
        self.deleted_is_gone = True

    def printers(self) -> list[str]:
        self._may_fail()
        return ["HP LaserJet", "Canon"]

    def default_printer(self) -> str:
        return "HP LaserJet"

    def printer(self, _name: str) -> tuple[int, int]:
        self._may_fail()
        return self.status, self.attributes

    def jobs(self, _name: str) -> list[WindowsJob]:
        self._may_fail()
        return list(self.queue)

    def delete(self, _name: str, job_id: int) -> None:
        self._may_fail()
        kept = [job for job in self.queue if job.job_id != job_id]
        gone = [WindowsJob(job.job_id, job.document, DELETING) for job in self.queue if job.job_id == job_id]
        self.queue = kept if self.deleted_is_gone else kept + gone

    def _may_fail(self) -> None:
        if self.error:
            raise SpoolError(self.error)


@pytest.mark.parametrize(
    ("status", "attributes", "key"),
    [
        (0, 0, ""),
        (0x400, 0, ""),  # printing
        (0x20000, 0, ""),  # toner low
        (0x1000000, 0, ""),  # power save
        (0x10, 0, "printer.no_paper"),
        (0x20, 0, "printer.no_paper"),
        (0x8, 0, "printer.jammed"),
        (0x400000, 0, "printer.cover_open"),
        (0x40000, 0, "printer.no_ink"),
        (0x80, 0, "printer.offline"),
        (0, 0x400, "printer.offline"),
        (0x1, 0, "printer.stopped"),
        (0x2, 0, "printer.fault"),
        (0x100000, 0, "printer.fault"),
        (0x2 | 0x10, 0, "printer.no_paper"),  # an error, and which
        (0x2 | 0x80 | 0x8, 0, "printer.jammed"),
    ],
)
def test_bits_of_a_printer(status: int, attributes: int, key: str) -> None:
    assert trouble_in(status, attributes) == key


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (1722, "printer.no_spooler"),  # RPC_S_SERVER_UNAVAILABLE
        (1062, "printer.no_spooler"),  # ERROR_SERVICE_NOT_ACTIVE
        (1801, "printer.gone"),  # ERROR_INVALID_PRINTER_NAME
        (1905, "printer.gone"),  # ERROR_PRINTER_DELETED
        (53, "printer.offline"),  # ERROR_BAD_NETPATH: another PC's printer
    ],
)
def test_errors(code: int, key: str) -> None:
    calls = Calls()
    calls.error = code
    one = WindowsSpooler(calls)
    assert (trouble_of(code), one.trouble("HP"), one.takes_jobs("HP")) == (key, key, False)
    assert one.ticket("HP", NAME) == ""
    assert one.printers() == ()
    state = PrintState.UNKNOWN if key == "printer.gone" else PrintState.WAITING
    assert one.outcome("HP", TICKET) == JobTold(state, key)
    assert not one.cancel("HP", TICKET)


@pytest.mark.parametrize(
    ("status", "trouble", "told"),
    [
        (PRINTING, "", JobTold(PrintState.WAITING, "printer.waiting")),
        (0x8, "", JobTold(PrintState.WAITING, "printer.waiting")),
        (PRINTING, "printer.jammed", JobTold(PrintState.WAITING, "printer.jammed")),
        (PAPEROUT | 0x2, "printer.fault", JobTold(PrintState.WAITING, "printer.no_paper")),
        (0x20, "", JobTold(PrintState.WAITING, "printer.offline")),
        (0x1, "", JobTold(PrintState.WAITING, "printer.stopped")),
        (0x2, "", JobTold(PrintState.WAITING, "printer.fault")),
        (0x200, "", JobTold(PrintState.WAITING, "printer.fault")),
        (DELETING, "", JobTold(PrintState.FAILED, "printer.cancelled")),
        (PRINTED, "", JobTold(PrintState.DONE)),
        (0x1000, "", JobTold(PrintState.WAITING, "printer.waiting")),  # sent, perhaps not printed yet
        (0x1000 | 0x2000, "", JobTold(PrintState.DONE)),
    ],
)
def test_bits_of_a_job(status: int, trouble: str, told: JobTold) -> None:
    assert told_of(status, trouble) == told


def test_a_job_that_went_on_well_and_is_gone_has_come_out() -> None:
    calls = Calls()
    one = WindowsSpooler(calls)
    assert one.ticket("HP", NAME) == TICKET
    calls.queue.clear()
    assert one.outcome("HP", TICKET) == JobTold(PrintState.DONE)


@pytest.mark.parametrize(
    ("seen", "after", "state"),
    [
        (PAPEROUT, 0, PrintState.UNKNOWN),  # paper was brought, or somebody took it out
        (PRINTING, 0x8, PrintState.UNKNOWN),  # gone, and the printer stands with a jam
        (DELETING, 0, PrintState.FAILED),
        (PRINTED, 0x10, PrintState.DONE),
    ],
)
def test_a_job_that_is_gone_and_how_it_was_seen_last(seen: int, after: int, state: PrintState) -> None:
    calls = Calls()
    calls.queue = [WindowsJob(3, NAME, seen)]
    one = WindowsSpooler(calls)
    one.ticket("HP", NAME)
    calls.queue.clear()
    calls.status = after
    assert one.outcome("HP", TICKET).state is state


def test_after_a_restart_only_what_is_in_the_queue_is_known() -> None:
    calls = Calls()
    assert WindowsSpooler(calls).outcome("HP", TICKET) == JobTold(PrintState.WAITING, "printer.waiting")
    calls.queue = [WindowsJob(3, "a number given out again", PRINTING)]
    assert WindowsSpooler(calls).outcome("HP", TICKET) == JobTold(PrintState.UNKNOWN, "printer.unknown")
    assert not WindowsSpooler(calls).cancel("HP", TICKET)
    assert [job.job_id for job in calls.queue] == [3], "another's paper is left alone"


@pytest.mark.parametrize("gone", [True, False])
def test_cancel(gone: bool) -> None:
    calls = Calls()
    calls.deleted_is_gone = gone
    one = WindowsSpooler(calls)
    ticket = one.ticket("HP", NAME)
    assert one.cancel("HP", ticket)
    assert one.outcome("HP", ticket) == JobTold(PrintState.FAILED, "printer.cancelled")
    assert "another" in [job.document for job in calls.queue]


def test_what_came_out_or_will_not_go_is_not_cancelled() -> None:
    calls, now = Calls(), [0.0]
    one = WindowsSpooler(calls, lambda: now[0], lambda seconds: now.__setitem__(0, now[0] + seconds))
    ticket = one.ticket("HP", NAME)
    calls.delete = lambda *_: None  # type: ignore[method-assign]
    assert not one.cancel("HP", ticket)
    assert now[0] < 6
    calls.queue.clear()
    assert not one.cancel("HP", ticket), "it has come out"


def test_printers_with_the_default() -> None:
    assert WindowsSpooler(Calls()).printers() == (PrinterInfo("Canon"), PrinterInfo("HP LaserJet", is_default=True))


def test_what_windows_fills_in_has_its_sizes() -> None:
    """Those of the SDK's headers for 64-bit Windows."""
    assert ctypes.sizeof(winspool._Printer2) == 136
    assert ctypes.sizeof(winspool._Printer4) == 24
    assert ctypes.sizeof(winspool._Job1) == 96
    assert (winspool._Printer2.attributes.offset, winspool._Printer2.status.offset) == (104, 124)
    assert (winspool._Job1.document.offset, winspool._Job1.status.offset) == (32, 56)


def test_says_that_it_never_met_windows() -> None:
    for module in (printer_windows, winspool):
        assert "STATUS: never run on hardware" in (module.__doc__ or "")
