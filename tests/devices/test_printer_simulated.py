"""Each fault of the simulated printer does what the real fault does."""

from __future__ import annotations

import pytest

from villagedesk.devices.ports import PrinterInfo, PrintState
from villagedesk.devices.printer_simulated import PrintedJob, PrinterFault, SimulatedPrinter, SimulatedPrinters
from villagedesk.domain.problems import EnvironmentProblem

PDF = b"%PDF-1.4 paper"
KEEPS = {
    PrinterFault.NO_PAPER: "printer.no_paper",
    PrinterFault.JAMMED: "printer.jammed",
    PrinterFault.COVER_OPEN: "printer.cover_open",
    PrinterFault.NO_INK: "printer.no_ink",
    PrinterFault.SLOW: "printer.waiting",
}


def test_prints_what_it_gets() -> None:
    printer = SimulatedPrinter("柜台打印机")
    assert printer.print_pdf(PDF, "receipt 1", copies=2).state is PrintState.DONE
    assert printer.printed == (PrintedJob(PDF, "receipt 1", 2),)
    assert printer.trouble() == ""


@pytest.mark.parametrize(("fault", "reason"), KEEPS.items())
def test_jobs_wait_and_come_out_later(fault: PrinterFault, reason: str) -> None:
    printer = SimulatedPrinter("柜台打印机", fault)
    outcome = printer.print_pdf(PDF, "receipt 1")
    assert (outcome.state, outcome.reason) == (PrintState.WAITING, reason)
    assert printer.outcome(outcome.ticket) == outcome
    assert printer.available()
    assert printer.trouble() == ("" if fault is PrinterFault.SLOW else reason)
    assert not printer.printed
    printer.set_fault(PrinterFault.NONE)
    printer.set_fault(PrinterFault.NONE)
    assert printer.printed == (PrintedJob(PDF, "receipt 1", 1),)
    assert printer.outcome(outcome.ticket).state is PrintState.DONE
    assert not printer.cancel(outcome.ticket)


@pytest.mark.parametrize(
    "fault", [PrinterFault.OFFLINE, PrinterFault.STOPPED, PrinterFault.NO_SPOOLER, PrinterFault.GONE]
)
def test_what_takes_no_job_says_why(fault: PrinterFault) -> None:
    printer = SimulatedPrinter("柜台打印机", fault)
    assert not printer.available()
    assert printer.trouble() == f"printer.{fault}"
    with pytest.raises(EnvironmentProblem) as caught:
        printer.print_pdf(PDF, "receipt 1")
    assert caught.value.key == f"printer.{fault}"
    printer.set_fault(PrinterFault.NONE)
    assert printer.printed == ()


def test_what_waits_can_be_taken_back() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.NO_PAPER)
    first, second = (printer.print_pdf(PDF, f"receipt {number}").ticket for number in (1, 2))
    assert printer.cancel(first)
    assert printer.cancel(first), "asked twice"
    told = printer.outcome(first)
    assert (told.state, told.reason) == (PrintState.FAILED, "printer.cancelled")
    printer.set_fault(PrinterFault.NONE)
    assert [job.job_name for job in printer.printed] == ["receipt 2"]
    assert printer.outcome(second).state is PrintState.DONE


def test_what_waits_may_be_taken_out_given_up_lost_or_forgotten() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.NO_PAPER)

    def waiting() -> str:
        printer.set_fault(PrinterFault.NO_PAPER)
        return printer.print_pdf(PDF, "receipt").ticket

    taken_out = waiting()
    printer.take_out_all()
    given_up = waiting()
    printer.set_fault(PrinterFault.REFUSES)
    lost = waiting()
    printer.set_fault(PrinterFault.GONE)
    assert [printer.outcome(one).reason for one in (taken_out, given_up, lost)] == [
        "printer.cancelled",
        "printer.refused",
        "printer.unknown",
    ]
    printer.forget()
    assert printer.outcome(taken_out).state is PrintState.UNKNOWN
    assert not printer.cancel(taken_out)
    printer.set_fault(PrinterFault.NONE)
    assert printer.printed == ()


def test_without_a_spooler_jobs_wait_on_the_disk() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.NO_PAPER)
    ticket = printer.print_pdf(PDF, "receipt 1").ticket
    printer.set_fault(PrinterFault.NO_SPOOLER)
    told = printer.outcome(ticket)
    assert (told.state, told.reason) == (PrintState.WAITING, "printer.no_spooler")
    assert not printer.cancel(ticket)
    printer.set_fault(PrinterFault.NONE)
    assert printer.outcome(ticket).state is PrintState.DONE


def test_it_may_refuse() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.REFUSES)
    outcome = printer.print_pdf(PDF, "receipt 1")
    assert (outcome.state, outcome.reason) == (PrintState.FAILED, "printer.refused")
    assert printer.cancel(outcome.ticket), "nothing comes out of it any more"
    assert printer.printed == ()


def test_it_may_lie() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.LIES)
    assert printer.print_pdf(PDF, "receipt 1").state is PrintState.DONE
    assert printer.printed == ()


def test_several_of_them() -> None:
    window, back_room = SimulatedPrinter("window"), SimulatedPrinter("back room")
    printers = SimulatedPrinters([window, back_room])
    assert printers.printers() == (PrinterInfo("window", is_default=True), PrinterInfo("back room"))
    assert printers.printer("") is window
    assert printers.printer("back room") is back_room
    window.set_fault(PrinterFault.GONE)
    assert printers.printers() == (PrinterInfo("back room"),)
    assert printers.printer("") is None
    assert printers.printer("window") is window, "what was printed on it can be asked for"
    back_room.set_fault(PrinterFault.NO_SPOOLER)
    assert printers.printers() == ()
