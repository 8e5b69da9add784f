"""Every trouble of a real CUPS queue: what the clerk is told, what comes out once it is over, and what does not."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.devices.cups_descriptions import office
from tests.devices.cups_server import CupsServer
from tests.papers.samples import fonts, receipt
from villagedesk.devices import cups_ipp
from villagedesk.devices.cups_ipp import Operation, ask
from villagedesk.devices.ports import PrinterInfo, PrintOutcome, PrintState
from villagedesk.devices.printer_cups import CupsSpooler
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.devices.printers_qt import QtPrinters
from villagedesk.devices.spooler import settled
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.papers.receipt import render

pytestmark = pytest.mark.usefixtures("qapp")
_NUMBERS = count(1)
_LONG_S = 60.0


@pytest.fixture
def queue(cups: CupsServer) -> str:
    """A printer nobody used before."""
    name = f"desk{next(_NUMBERS)}"
    cups.add(name, office())
    return name


def paper() -> bytes:
    return render(receipt(), fonts())


def printer_of(name: str, patience_s: float = _LONG_S) -> QtPrinter:
    return QtPrinter(name, patience_s=patience_s)


def at_last(printer: QtPrinter, ticket: str) -> PrintOutcome:
    """What became of a job."""
    settled(CupsSpooler(), printer.name, ticket, _LONG_S)
    return printer.outcome(ticket)


def raised(work: Callable[[], object]) -> tuple[str, dict[str, object]]:
    with pytest.raises(EnvironmentProblem) as caught:
        work()
    return caught.value.key, dict(caught.value.params)


@pytest.mark.usefixtures("no_cups")
def test_without_a_server_that_is_said_and_nothing_is_printed() -> None:
    printer = printer_of("desk")
    assert QtPrinters().printers() == ()
    assert QtPrinters().printer("") is None
    assert (printer.available(), printer.trouble()) == (False, "printer.no_spooler")
    assert raised(lambda: printer.print_pdf(paper(), "receipt")) == ("printer.no_spooler", {"printer": "desk"})
    told = printer.outcome("1 receipt")
    assert (told.state, told.reason) == (PrintState.WAITING, "printer.no_spooler")
    assert not printer.cancel("1 receipt")


def test_a_server_that_stops_answering_holds_up_nobody_for_long(
    cups: CupsServer, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cups_ipp, "_PATIENCE_S", 0.5)
    cups.signal(signal.SIGSTOP)
    try:
        assert QtPrinters().printers() == ()
        assert printer_of(queue).trouble() == "printer.no_spooler"
    finally:
        cups.signal(signal.SIGCONT)
    assert printer_of(queue).trouble() == ""


def test_a_server_that_is_started_again_prints_what_waited(own_cups: CupsServer) -> None:
    own_cups.add("desk", office())
    own_cups.break_device("desk", "media-empty-error")
    ticket = printer_of("desk").print_pdf(paper(), "receipt").ticket
    own_cups.stop()
    told = printer_of("desk").outcome(ticket)
    assert (told.state, told.reason) == (PrintState.WAITING, "printer.no_spooler")
    own_cups.mend_device("desk")
    own_cups.start()
    assert at_last(printer_of("desk"), ticket).state is PrintState.DONE
    assert len(own_cups.came_out("desk")) == 1
    # a server that was set up anew counts from 1 again: another job of that number is not this one
    other = f"{ticket.partition(' ')[0]} receipt of another day"
    told = printer_of("desk").outcome(other)
    assert (told.state, told.reason) == (PrintState.UNKNOWN, "printer.unknown")
    assert not printer_of("desk").cancel(other)


def test_the_systems_printers_and_its_default(cups: CupsServer, queue: str) -> None:
    assert PrinterInfo(queue) in QtPrinters().printers()
    cups.admin("lpadmin", "-d", queue)
    try:
        assert [one for one in QtPrinters().printers() if one.is_default] == [PrinterInfo(queue, is_default=True)]
        default = QtPrinters().printer("")
        assert default is not None
        assert default.name == queue
        assert QtPrinters("other").printers() == (PrinterInfo("other", is_default=True),), "the only one to choose"
    finally:
        cups.admin("lpadmin", "-x", queue)
    assert QtPrinters().printer("") is None


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        ("media-empty-error", "printer.no_paper"),
        ("media-needed", "printer.no_paper"),
        ("media-empty-warning", "printer.no_paper"),
        ("media-jam-error", "printer.jammed"),
        ("door-open-report", "printer.cover_open"),
        ("toner-empty-error", "printer.no_ink"),
        ("fuser-over-temp-error", "printer.fault"),
    ],
)
def test_a_paper_waits_for_what_its_printer_lacks_and_then_comes_out_once(
    cups: CupsServer, queue: str, reason: str, key: str
) -> None:
    cups.break_device(queue, reason)
    printer = printer_of(queue)
    waiting = printer.print_pdf(paper(), "receipt")
    assert (waiting.state, waiting.reason, waiting.where) == (PrintState.WAITING, key, queue)
    assert cups.came_out(queue) == []
    assert printer.available(), "a further job would come out, too"
    severe = not reason.endswith(("warning", "report"))
    assert printer.trouble() == (key if severe else ""), "a second tray may be full"
    cups.mend_device(queue)
    # asked by another run of the program
    done = at_last(printer_of(queue), waiting.ticket)
    assert done == PrintOutcome(PrintState.DONE, queue, "", waiting.ticket)
    assert len(cups.came_out(queue)) == 1
    assert printer.trouble() == ""
    assert not printer.cancel(waiting.ticket), "what came out is out"


def test_a_stopped_queue_takes_nothing(cups: CupsServer, queue: str) -> None:
    cups.admin("cupsdisable", queue)
    printer = printer_of(queue)
    assert (printer.available(), printer.trouble()) == (False, "printer.stopped")
    assert raised(lambda: printer.print_pdf(paper(), "receipt")) == ("printer.stopped", {"printer": queue})
    cups.admin("cupsenable", queue)
    assert (printer.available(), printer.trouble()) == (True, "")
    cups.admin("cupsreject", queue)
    assert (printer.available(), printer.trouble()) == (False, "printer.stopped")
    cups.admin("cupsaccept", queue)
    assert printer.print_pdf(paper(), "receipt").state is PrintState.DONE
    assert len(cups.came_out(queue)) == 1, "nothing was kept of the first"


def test_a_queue_that_is_stopped_under_a_waiting_paper(cups: CupsServer, queue: str) -> None:
    cups.break_device(queue, "media-empty-error")
    printer = printer_of(queue)
    ticket = printer.print_pdf(paper(), "receipt").ticket
    cups.admin("cupsdisable", queue)
    assert not printer.available()
    cups.mend_device(queue)
    told = printer.outcome(ticket)
    assert (told.state, told.reason) == (PrintState.WAITING, "printer.stopped")
    cups.admin("cupsenable", queue)
    assert at_last(printer, ticket).state is PrintState.DONE
    assert len(cups.came_out(queue)) == 1


def test_a_device_that_fails_and_a_queue_that_gives_jobs_up(cups: CupsServer) -> None:
    cups.add("gives_up", office(), policy="abort-job")
    cups.kill_device("gives_up")
    failed = printer_of("gives_up").print_pdf(paper(), "receipt")
    assert (failed.state, failed.reason) == (PrintState.FAILED, "printer.refused")
    assert printer_of("gives_up").cancel(failed.ticket), "nothing will come out of it"
    cups.raise_device("gives_up")
    assert printer_of("gives_up").print_pdf(paper(), "receipt").state is PrintState.DONE
    assert len(cups.came_out("gives_up")) == 1


def test_a_device_that_fails_and_a_queue_that_stops(cups: CupsServer) -> None:
    cups.add("stops", office(), policy="stop-printer")
    cups.kill_device("stops")
    waiting = printer_of("stops").print_pdf(paper(), "receipt")
    assert (waiting.state, waiting.reason) == (PrintState.WAITING, "printer.stopped")
    assert not printer_of("stops").available()
    cups.raise_device("stops")
    cups.admin("cupsenable", "stops")
    assert at_last(printer_of("stops"), waiting.ticket).state is PrintState.DONE


def test_a_device_that_is_dead_while_everything_says_yes(cups: CupsServer) -> None:
    """lpadmin takes the queue, Qt finds its printer good and ends without a complaint. Nobody listens at its address:
    of that CUPS's own device gives no reason, but words in the language of the job."""
    cups.add("dead", office(), device="socket://127.0.0.1:9")
    printer = printer_of("dead", patience_s=3.0)
    assert printer.available()
    waiting = printer.print_pdf(paper(), "receipt")
    assert (waiting.state, waiting.reason) == (PrintState.WAITING, "printer.waiting")
    assert printer.cancel(waiting.ticket)
    told = printer.outcome(waiting.ticket)
    assert (told.state, told.reason) == (PrintState.FAILED, "printer.cancelled")


def test_a_dead_device_that_comes_back_prints_what_waited(cups: CupsServer, queue: str) -> None:
    cups.kill_device(queue)
    waiting = printer_of(queue, patience_s=1.0).print_pdf(paper(), "receipt")
    assert waiting.state is PrintState.WAITING
    cups.raise_device(queue)
    assert at_last(printer_of(queue), waiting.ticket).state is PrintState.DONE
    assert len(cups.came_out(queue)) == 1


def test_a_paper_that_goes_elsewhere_does_not_come_out_here_as_well(cups: CupsServer, queue: str) -> None:
    cups.break_device(queue, "media-empty-error")
    printer = printer_of(queue)
    first = printer.print_pdf(paper(), "receipt")
    second = printer_of(queue, patience_s=0.0).print_pdf(paper(), "receipt")
    assert second.state is PrintState.WAITING
    for one in (second, first):
        assert printer.cancel(one.ticket)
        told = printer.outcome(one.ticket)
        assert (told.state, told.reason) == (PrintState.FAILED, "printer.cancelled")
    cups.mend_device(queue)
    assert printer.print_pdf(paper(), "receipt").state is PrintState.DONE
    assert len(cups.came_out(queue)) == 1, "the one after them alone"


def test_a_job_that_somebody_else_takes_out_has_failed(cups: CupsServer, queue: str) -> None:
    cups.break_device(queue, "media-empty-error")
    printer = printer_of(queue)
    ticket = printer.print_pdf(paper(), "receipt").ticket
    cups.admin("cancel", f"{queue}-{ticket.partition(' ')[0]}")
    told = at_last(printer, ticket)
    assert (told.state, told.reason) == (PrintState.FAILED, "printer.cancelled")


def test_a_printer_that_is_removed_under_a_waiting_paper(cups: CupsServer, queue: str) -> None:
    cups.break_device(queue, "media-empty-error")
    printer = printer_of(queue)
    ticket = printer.print_pdf(paper(), "receipt").ticket
    cups.admin("lpadmin", "-x", queue)
    assert (printer.available(), printer.trouble()) == (False, "printer.gone")
    assert raised(lambda: printer.print_pdf(paper(), "receipt")) == ("printer.gone", {"printer": queue})
    told = printer.outcome(ticket)
    # CUPS drops what waited for it, and sooner or later forgets that it did
    dropped = (PrintState.FAILED, "printer.cancelled"), (PrintState.UNKNOWN, "printer.unknown")
    assert (told.state, told.reason) in dropped
    known = QtPrinters().printer(queue)
    assert known is not None
    assert known.trouble() == "printer.gone"


def test_a_job_the_system_has_forgotten_is_unknown(cups: CupsServer, queue: str) -> None:
    printer = printer_of(queue)
    ticket = printer.print_pdf(paper(), "receipt").ticket
    cups.admin("cancel", "-a", "-x", queue)  # its history, too
    told = printer.outcome(ticket)
    assert (told.state, told.reason) == (PrintState.UNKNOWN, "printer.unknown")
    assert not printer.cancel(ticket)


def test_half_a_paper_is_taken_back(
    cups: CupsServer, queue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader dies in the middle of the second page: what Qt was given by then, Qt sends."""
    script = tmp_path / "reader.py"
    script.write_text(
        "import os\nfrom villagedesk.devices import pdf_pages_child as reader\n"
        "band = reader._Pages.band\n"
        "def once(self, number, size, top, rows):\n"
        "    return os.abort() if number and top > 2000 else band(self, number, size, top, rows)\n"
        "reader._Pages.band = once\nreader.main()\n"
    )
    cups.break_device(queue, "media-empty-error")  # so that it is not out before it can be taken back
    poor = QtPrinter(queue, reader=(sys.executable, str(script)))
    assert raised(lambda: poor.print_pdf(render(receipt(20), fonts()), "receipt"))[0] == "printer.pdf_broke"
    cups.mend_device(queue)
    jobs = ask(
        Operation.GET_JOBS,
        ("printer-uri", f"ipp://localhost/printers/{queue}"),
        wanted=("job-state",),
        keywords={"which-jobs": "all"},
    )
    assert [job["job-state"] for job in jobs.things] == [(7,)], "there was a job, and it was cancelled"
    assert cups.came_out(queue) == []


def test_a_paper_nobody_sees_in_the_queue_may_have_come_out(
    cups: CupsServer, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CupsSpooler, "ticket", lambda *_: "")
    lost = printer_of(queue).print_pdf(paper(), "receipt")
    assert lost == PrintOutcome(PrintState.UNKNOWN, queue, "printer.unknown")
