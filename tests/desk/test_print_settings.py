"""Which printer prints what: asked once where there are several, and never again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desk.counter import Window, open_window, taken_in
from tests.desk.test_printing import settled
from villagedesk.devices.ports import PrintOutcome
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter, SimulatedPrinters
from villagedesk.domain.printing import PaperKind, PaperSize, PrintJob, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem

OFFICE, ROLL, PDF = "办公室打印机", "小票机", "Microsoft Print to PDF"


@pytest.fixture
def three() -> tuple[SimulatedPrinter, ...]:
    """The default makes files, as on a fresh Windows."""
    return tuple(SimulatedPrinter(name) for name in (PDF, OFFICE, ROLL))


@pytest.fixture
def window(tmp_path: Path, three: tuple[SimulatedPrinter, ...]) -> Iterator[Window]:
    window = open_window(tmp_path / "data", printers=SimulatedPrinters(three))
    yield window
    window.desk.close()


def reason(key: str) -> Callable[[PrintJob], bool]:
    return lambda job: job.reason_key == key


def done(job: PrintJob) -> bool:
    return job.state is PrintJobState.DONE


def test_of_several_printers_none_is_taken_unasked_and_the_answer_is_remembered(
    window: Window, three: tuple[SimulatedPrinter, ...]
) -> None:
    case_id = taken_in(window)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    settled(window, reason("printing.reason.choose"), case_id)
    with pytest.raises(EnvironmentProblem, match=r"printing\.choose_printer"):
        window.desk.handouts.print_item_list()
    assert window.desk.printer_line().sentence.key == "printing.choose_printer"
    window.desk.print_settings.choose_printer(PaperSize.A4, OFFICE)
    assert settled(window, done, case_id).where == OFFICE
    assert window.desk.printing.job(job.job_id).state is PrintJobState.DONE
    assert window.desk.handouts.print_item_list()
    assert [len(one.printed) for one in three] == [0, 2, 0]
    assert window.desk.printer_line().name == OFFICE


def test_each_size_has_its_printer_and_a_roll_is_never_taken_for_a_sheet(
    window: Window, three: tuple[SimulatedPrinter, ...]
) -> None:
    settings, printing = window.desk.print_settings, window.desk.printing
    settings.choose_printer(PaperSize.A4, OFFICE)
    case_id = taken_in(window)
    settings.set_receipt(PaperSize.A5)
    printing.print(case_id, PaperKind.RECEIPT)
    assert settled(window, done, case_id).where == OFFICE, "sheets go where sheets are"
    settings.set_receipt(PaperSize.ROLL_80)
    second = taken_in(window)
    printing.print(second, PaperKind.RECEIPT)
    settled(window, reason("printing.reason.choose"), second)
    settings.choose_printer(PaperSize.ROLL_80, ROLL)
    assert settled(window, done, second).where == ROLL
    (job,) = three[2].printed
    assert job.copies == 1


def test_the_view_names_all_printers_with_what_is_wrong_also_one_that_is_gone(
    window: Window, three: tuple[SimulatedPrinter, ...]
) -> None:
    settings = window.desk.print_settings
    settings.choose_printer(PaperSize.A4, "旧打印机")
    three[1].set_fault(PrinterFault.NO_PAPER)
    view = settings.view()
    assert [(one.name, one.is_default, one.state.key) for one in view.printers] == [
        (OFFICE, False, "printer.no_paper"),
        (ROLL, False, "printing.printer_ready"),
        (PDF, True, "printing.printer_ready"),
        ("旧打印机", False, "printer.gone"),
    ]
    case_id = taken_in(window)
    window.desk.printing.print(case_id, PaperKind.RECEIPT)
    waits = settled(window, reason("printer.gone"), case_id)
    assert (waits.state, waits.printer) == (PrintJobState.WAITING, "旧打印机")


def test_a_test_page_is_printed_in_every_size(window: Window, three: tuple[SimulatedPrinter, ...]) -> None:
    settings = window.desk.print_settings
    for size in PaperSize:
        settings.choose_printer(size, OFFICE)
        assert settings.try_out(size).key == "printing.tried"
    assert len(three[1].printed) == 3
    three[1].set_fault(PrinterFault.NO_PAPER)
    assert settings.try_out(PaperSize.A4).key == "printer.no_paper"
    three[1].set_fault(PrinterFault.STOPPED)
    with pytest.raises(EnvironmentProblem, match=r"printer\.stopped"):
        settings.try_out(PaperSize.A4)


def test_what_cannot_be_understood_is_as_if_nothing_had_been_chosen(window: Window) -> None:
    for text in (
        "{",
        "[]",
        '{"receipt": {}, "copies": {"x": 1}}',
        '{"printers": 3}',
        '{"copies": {"receipt": "viele"}}',
    ):
        window.store.write(lambda one, text=text: one.put_setting("printing", text)).result()  # type: ignore[misc]
        choices = window.desk.print_settings.view().choices
        assert (choices.receipt, dict(choices.printers), dict(choices.copies)) == (PaperSize.A4, {}, {})


@pytest.mark.parametrize(
    "fault", [PrinterFault.NO_PAPER, PrinterFault.JAMMED, PrinterFault.COVER_OPEN, PrinterFault.NO_INK]
)
def test_what_the_printer_holds_is_told_with_its_reason_and_comes_out_by_itself(
    tmp_path: Path, fault: PrinterFault
) -> None:
    printer = SimulatedPrinter("P", fault)
    window = open_window(tmp_path / "data", printer)
    case_id = taken_in(window)
    window.desk.printing.print(case_id, PaperKind.RECEIPT)
    held = settled(window, lambda one: bool(one.where), case_id)
    assert (held.state, held.reason_key) == (PrintJobState.WAITING, f"printer.{fault}")
    again = window.reopened(printer)  # the program was closed meanwhile
    try:
        printer.set_fault(PrinterFault.NONE)
        settled(again, done, case_id)
        assert len(printer.printed) == 1
        assert again.desk.cases.today().todos == ()
    finally:
        again.desk.close()


def test_what_the_printer_forgot_is_asked_about_and_what_is_tried_again_is_taken_out_of_its_queue(
    tmp_path: Path,
) -> None:
    printer = SimulatedPrinter("P", PrinterFault.NO_PAPER)
    window = open_window(tmp_path / "data", printer)
    try:
        case_id = taken_in(window)
        job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
        settled(window, lambda one: bool(one.where), case_id)
        window.desk.printing.retry(job.job_id)
        settled(window, lambda one: bool(one.where), case_id)
        printer.set_fault(PrinterFault.NONE)
        settled(window, done, case_id)
        assert len(printer.printed) == 1, "the first was taken out of the printer's queue"
        printer.set_fault(PrinterFault.NO_PAPER)
        second = taken_in(window)
        window.desk.printing.print(second, PaperKind.RECEIPT)
        settled(window, lambda one: bool(one.where), second)
        printer.forget()
        asked = settled(window, reason("printing.reason.perhaps_printed"), second)
        assert asked.state is PrintJobState.WAITING
    finally:
        window.desk.close()


def test_a_paper_that_waits_is_not_made_twice_by_a_second_press(tmp_path: Path) -> None:
    printer = SimulatedPrinter("P", PrinterFault.NO_PAPER)
    window = open_window(tmp_path / "data", printer)
    try:
        case_id = taken_in(window)
        job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
        settled(window, lambda one: bool(one.where), case_id)
        assert window.desk.cases.today().todos[0].sentence.key == "desk.todo.print_held"
        assert [one.job_id for one in window.desk.print_sets.print(case_id)] == [job.job_id]
        assert window.desk.printing.print(case_id, PaperKind.RECEIPT).job_id == job.job_id
        printer.set_fault(PrinterFault.NONE)
        settled(window, done, case_id)
        assert len(printer.printed) == 1
    finally:
        window.desk.close()


def test_again_pressed_when_the_paper_has_just_come_out_prints_no_second_one(tmp_path: Path) -> None:
    """The runner looks only every few seconds; the printer itself is asked before anything is sent again."""
    printer = SimulatedPrinter("P", PrinterFault.NO_PAPER)
    for act in ("retry", "give_up"):
        window = open_window(tmp_path / act, printer)
        try:
            case_id = taken_in(window)
            job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
            settled(window, lambda one: bool(one.where), case_id)
            before = len(printer.printed)
            printer.set_fault(PrinterFault.NONE)
            assert getattr(window.desk.printing, act)(job.job_id).state is PrintJobState.DONE
            assert len(printer.printed) == before + 1
            printer.set_fault(PrinterFault.NO_PAPER)
        finally:
            window.desk.close()


def test_what_cannot_be_taken_back_is_not_sent_again(tmp_path: Path) -> None:
    printer = SimulatedPrinter("P", PrinterFault.NO_PAPER)
    window = open_window(tmp_path / "data", printer)
    try:
        case_id = taken_in(window)
        job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
        settled(window, lambda one: bool(one.where), case_id)
        printer.set_fault(PrinterFault.NO_SPOOLER)
        with pytest.raises(InputProblem, match=r"printing\.out_of_reach"):
            window.desk.printing.retry(job.job_id)
    finally:
        window.desk.close()


def test_copies_go_to_the_printer_as_copies(tmp_path: Path) -> None:
    printer = SimulatedPrinter("P")
    window = open_window(tmp_path / "data", printer)
    try:
        window.desk.print_settings.set_copies(PaperKind.RECEIPT, 3)
        case_id = taken_in(window)
        window.desk.printing.print(case_id, PaperKind.RECEIPT)
        settled(window, done, case_id)
        assert [job.copies for job in printer.printed] == [3]
    finally:
        window.desk.close()


class _Slow(SimulatedPrinter):
    """Has a paper in hand until it is let go."""

    def __init__(self) -> None:
        super().__init__("P", PrinterFault.NO_PAPER)
        self.taken, self.go = threading.Event(), threading.Event()

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        self.taken.set()
        assert self.go.wait(20)
        return super().print_pdf(pdf, job_name, copies)


def test_what_is_given_up_while_the_printer_has_it_in_hand_is_taken_out_of_its_queue(tmp_path: Path) -> None:
    printer = _Slow()
    window = open_window(tmp_path / "data", printer)
    try:
        case_id = taken_in(window)
        job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
        assert printer.taken.wait(20)
        assert window.desk.printing.give_up(job.job_id).state is PrintJobState.GIVEN_UP
        printer.go.set()
        second = taken_in(window)
        window.desk.printing.print(second, PaperKind.RECEIPT)
        settled(window, lambda one: bool(one.where), second)  # the runner is past the first
        printer.set_fault(PrinterFault.NONE)
        settled(window, done, second)
        assert len(printer.printed) == 1
        assert window.desk.printing.job(job.job_id).state is PrintJobState.GIVEN_UP
    finally:
        window.desk.close()
