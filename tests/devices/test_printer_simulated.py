"""Each fault of the simulated printer does what the real fault does."""

from __future__ import annotations

import pytest

from villagedesk.devices.ports import PrintState
from villagedesk.devices.printer_simulated import PrintedJob, PrinterFault, SimulatedPrinter
from villagedesk.domain.problems import EnvironmentProblem

PDF = b"%PDF-1.4 paper"


def test_prints_what_it_gets() -> None:
    printer = SimulatedPrinter("柜台打印机")
    assert printer.print_pdf(PDF, "receipt 1", copies=2).state is PrintState.DONE
    assert printer.printed == (PrintedJob(PDF, "receipt 1", 2),)


def test_without_paper_jobs_wait_and_come_out_later() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.NO_PAPER)
    outcome = printer.print_pdf(PDF, "receipt 1")
    assert (outcome.state, outcome.reason) == (PrintState.WAITING, "printer.no_paper")
    assert printer.available()
    assert not printer.printed
    printer.set_fault(PrinterFault.NONE)
    printer.set_fault(PrinterFault.NONE)
    assert printer.printed == (PrintedJob(PDF, "receipt 1", 1),)


def test_off_line_it_takes_nothing() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.OFFLINE)
    assert not printer.available()
    with pytest.raises(EnvironmentProblem) as caught:
        printer.print_pdf(PDF, "receipt 1")
    assert caught.value.key == "printer.offline"
    printer.set_fault(PrinterFault.NONE)
    assert printer.printed == ()


def test_it_may_refuse() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.REFUSES)
    outcome = printer.print_pdf(PDF, "receipt 1")
    assert (outcome.state, outcome.reason) == (PrintState.FAILED, "printer.refused")
    assert printer.printed == ()


def test_it_may_lie() -> None:
    printer = SimulatedPrinter("柜台打印机", PrinterFault.LIES)
    assert printer.print_pdf(PDF, "receipt 1").state is PrintState.DONE
    assert printer.printed == ()
