"""Papers: drawn once, kept as printed, waiting across restarts, reprints counted; the notice only after acceptance."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pypdfium2
import pytest
import zxingcpp

from tests.desk.counter import (
    ID_NUMBER,
    NAME,
    STATION,
    SYSTEM_ITEM,
    Window,
    open_window,
    ready_draft,
    taken_in,
)
from villagedesk.desk.print_runner import PrintRunner
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.devices.ports import PrintOutcome, PrintState
from villagedesk.devices.printer_file import FilePrinter
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.store.snapshot import SqlSnapshot

LOOKUP_URL = "https://county.example/lookup?no=41042111032070000202611230001"


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(str(page.get_textpage().get_text_range()) for page in document)
    finally:
        document.close()


def barcodes(pdf: bytes) -> set[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return {symbol.text for symbol in zxingcpp.read_barcodes(document[0].render(scale=200 / 72).to_pil())}
    finally:
        document.close()


def settled(window: Window, until: Callable[[PrintJob], bool], case_id: str) -> PrintJob:
    """The case's newest job once it is as wanted; told by the desk's own news, never by waiting a fixed time."""
    moved = threading.Event()
    end = window.desk.news.subscribe(lambda topics: moved.set() if "print" in topics else None)
    try:
        while True:
            moved.clear()
            jobs = window.store.read(lambda snapshot: snapshot.print_jobs(case_id))
            if jobs and until(jobs[-1]):
                return jobs[-1]
            assert moved.wait(20), f"still {jobs}"
    finally:
        end()


def done(job: PrintJob) -> bool:
    return job.state is PrintJobState.DONE


def printed(window: Window, case_id: str) -> PrintJob:
    """A receipt that came out, as the clerk says."""
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    if window.desk.printing.job(job.job_id).state is not PrintJobState.DONE:
        with contextlib.suppress(InputProblem):  # the printer was quicker
            window.desk.printing.came_out(job.job_id)
    return job


def accept(window: Window, case_id: str) -> None:
    """What a change of the acceptance system writes."""

    def work(transaction: Transaction) -> None:
        case: Case = transaction.case(case_id)
        transaction.put_case(
            replace(
                case,
                status=CaseStatus.ACCEPTED,
                acceptance_no="41042111032070000202611230001",
                query_code="731946",
                accepted_at=datetime(2026, 11, 23, 6, tzinfo=UTC),
                accepting_organ="鲁山县医疗保障局",
                limit_date="2026-12-21",
                lookup_url=LOOKUP_URL,
            )
        )

    window.store.write(work).result()


def test_the_receipt_comes_out_with_number_barcode_and_masked_identity(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", FilePrinter(tmp_path / "printed"))
    try:
        case_id = taken_in(window)
        local_no = window.desk.cases.case(case_id).case.local_no
        job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
        came = settled(window, done, case_id)
        pdf = Path(came.where).read_bytes()
        assert pdf == window.desk.printing.pdf(job.job_id)
        text = words(pdf)
        assert barcodes(pdf) == {local_no}
        assert NAME in text
        assert "本凭证不代表受理" in text
        assert ID_NUMBER not in text
        assert ID_NUMBER[-4:] in text
        assert NAME not in came.where
        assert came.reprint == 0
        assert "printed" in [event.kind for event in window.desk.cases.case(case_id).events]
    finally:
        window.desk.close()


@pytest.mark.parametrize("practice", [True, False])
def test_papers_carry_the_practice_mark_of_the_station(tmp_path: Path, practice: bool) -> None:
    window = open_window(tmp_path / "data", SimulatedPrinter("P"), station=replace(STATION, practice=practice))
    try:
        case_id = taken_in(window)
        accept(window, case_id)
        printing = window.desk.printing
        for job in (printing.print(case_id, PaperKind.RECEIPT), printing.print(case_id, PaperKind.ACCEPTANCE_NOTICE)):
            pdf = printing.pdf(job.job_id)
            text = words(pdf).replace("\u3000", "").replace(" ", "")
            assert ("练习无效" in text, "练习样张无效" in text) == (practice, practice)
        assert window.desk.station.practice is practice
    finally:
        window.desk.close()


def test_a_reprint_is_counted_and_marked(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", SimulatedPrinter("P"))
    try:
        case_id = taken_in(window)
        jobs = [printed(window, case_id) for _ in range(3)]
        assert [job.reprint for job in jobs] == [0, 1, 2]
        marks = ["补打" in words(window.desk.printing.pdf(job.job_id)) for job in jobs]
        assert marks == [False, True, True]
    finally:
        window.desk.close()


def test_a_paper_waits_for_the_printer_across_a_restart_and_comes_out_once(tmp_path: Path) -> None:
    printer = SimulatedPrinter("P", PrinterFault.OFFLINE)
    window = open_window(tmp_path / "data", printer)
    case_id = taken_in(window)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    waiting = settled(window, lambda one: bool(one.reason_key), case_id)
    assert (waiting.state, waiting.reason_key) == (PrintJobState.WAITING, "printer.offline")
    assert [todo.sentence.key for todo in window.desk.cases.today().todos] == ["desk.todo.print_waiting"]
    window.desk.close()
    printer.set_fault(PrinterFault.NONE)
    again = window.reopened(printer)
    try:
        settled(again, done, case_id)
        assert [printed.pdf for printed in printer.printed] == [again.desk.printing.pdf(job.job_id)]
        assert again.desk.cases.today().todos == ()
    finally:
        again.desk.close()
    third = again.reopened(printer)
    third.desk.close()
    assert len(printer.printed) == 1


def test_a_paper_from_before_the_restart_comes_out_without_a_click(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", None)
    case_id = taken_in(window)
    window.desk.printing.print(case_id, PaperKind.RECEIPT)
    settled(window, lambda one: one.reason_key == "printing.reason.no_printer", case_id)
    printer = SimulatedPrinter("P")
    again = window.reopened(printer)
    try:
        settled(again, done, case_id)
        assert len(printer.printed) == 1
    finally:
        again.desk.close()


def test_what_the_printers_own_queue_holds_is_not_sent_twice(tmp_path: Path) -> None:
    printer = SimulatedPrinter("P", PrinterFault.NO_PAPER)
    window = open_window(tmp_path / "data", printer)
    case_id = taken_in(window)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    held = settled(window, lambda one: bool(one.where), case_id)
    assert (held.state, held.reason_key) == (PrintJobState.WAITING, "printer.no_paper")
    again = window.reopened(printer)
    try:
        second = taken_in(again)
        again.desk.printing.print(second, PaperKind.RECEIPT)
        settled(again, lambda one: bool(one.where), second)  # the runner has been past the first job again
        printer.set_fault(PrinterFault.NONE)
        assert len(printer.printed) == 2
        assert again.desk.printing.came_out(job.job_id).state is PrintJobState.DONE
        with pytest.raises(InputProblem, match=r"printing\.already_printed"):
            again.desk.printing.retry(job.job_id)
    finally:
        again.desk.close()


class _Witness(SimulatedPrinter):
    """A printer that keeps what lies on the disk while the paper comes out: what is left if power fails then."""

    def __init__(self, folder: Path, kept: Path) -> None:
        super().__init__("P")
        self._folder = folder
        self._kept = kept
        self.papers: list[bytes] = []

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        self.papers.append(pdf)
        shutil.copytree(self._folder, self._kept)
        return PrintOutcome(PrintState.DONE, self.name)


def cut_off_while_printing(tmp_path: Path, printer: SimulatedPrinter) -> tuple[Window, str, PrintJob, bytes]:
    """The window as it starts after the power failed while a paper came out; its case, its job and that paper."""
    witness = _Witness(tmp_path / "data", tmp_path / "cut off")
    window = open_window(tmp_path / "data", witness)
    case_id = taken_in(window)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    settled(window, done, case_id)
    window.desk.close()
    return open_window(tmp_path / "cut off", printer, key=window.key), case_id, job, witness.papers[0]


def test_a_paper_that_was_handed_over_before_a_crash_is_asked_about_and_not_printed_twice(tmp_path: Path) -> None:
    printer = SimulatedPrinter("P")
    again, case_id, job, paper = cut_off_while_printing(tmp_path, printer)
    try:
        asked = settled(again, lambda one: one.reason_key == "printing.reason.perhaps_printed", case_id)
        assert asked.state is PrintJobState.WAITING
        assert [todo.sentence.key for todo in again.desk.cases.today().todos] == ["desk.todo.print_perhaps"]
        second = taken_in(again)
        again.desk.printing.print(second, PaperKind.RECEIPT)
        settled(again, done, second)  # the runner has been past the first job again
        assert len(printer.printed) == 1
        again.desk.printing.retry(job.job_id)
        settled(again, done, case_id)
        assert printer.printed[-1].pdf == paper
    finally:
        again.desk.close()


def test_the_clerk_may_say_that_the_paper_came_out(tmp_path: Path) -> None:
    printer = SimulatedPrinter("P")
    again, case_id, job, _paper = cut_off_while_printing(tmp_path, printer)
    try:
        settled(again, lambda one: one.reason_key == "printing.reason.perhaps_printed", case_id)
        assert again.desk.printing.came_out(job.job_id).state is PrintJobState.DONE
        assert (again.desk.cases.today().todos, len(printer.printed)) == ((), 0)
    finally:
        again.desk.close()


@pytest.mark.parametrize(
    ("key", "state", "reason"),
    [
        ("store.page_damaged", PrintJobState.FAILED, "printing.reason.damaged"),
        ("store.page_missing", PrintJobState.FAILED, "printing.reason.damaged"),
        ("store.unreadable", PrintJobState.WAITING, "store.unreadable"),
        ("store.page_unreadable", PrintJobState.WAITING, "store.page_unreadable"),
    ],
)
def test_only_a_paper_that_is_lost_fails_any_other_trouble_of_the_disk_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, state: PrintJobState, reason: str
) -> None:
    printer = SimulatedPrinter("P", PrinterFault.OFFLINE)
    window = open_window(tmp_path / "data", printer)
    try:
        case_id = taken_in(window)
        job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
        settled(window, lambda one: bool(one.reason_key), case_id)
        printer.set_fault(PrinterFault.NONE)

        def troubled(_page_id: str, _sha256: str) -> bytes:
            raise EnvironmentProblem(key)

        with monkeypatch.context() as during:
            during.setattr(window.vault, "get", troubled)
            window.desk.printing.retry(job.job_id)
            stands = settled(window, lambda one: one.reason_key == reason, case_id)
        assert (stands.state, len(printer.printed)) == (state, 0)
        if state is PrintJobState.WAITING:
            window.desk.printing.retry(stands.job_id)
            settled(window, done, case_id)
    finally:
        window.desk.close()


class _Exploding(SimulatedPrinter):
    """A driver with a fault of its own."""

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        raise RuntimeError(f"{len(pdf)} {job_name} {copies}")


def test_a_printer_that_gives_up_or_explodes_leaves_the_job_with_a_sentence(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", SimulatedPrinter("P", PrinterFault.REFUSES))
    case_id = taken_in(window)
    window.desk.printing.print(case_id, PaperKind.RECEIPT)
    failed = settled(window, lambda one: one.state is PrintJobState.FAILED, case_id)
    assert failed.reason_key == "printer.refused"
    assert [todo.sentence.key for todo in window.desk.cases.today().todos] == ["desk.todo.print_failed"]
    again = window.reopened(_Exploding("坏驱动"))
    try:
        again.desk.printing.retry(failed.job_id)
        broke = settled(again, lambda one: one.reason_key == "printing.reason.broke", case_id)
        assert broke.state is PrintJobState.FAILED
    finally:
        again.desk.close()


def test_a_job_is_found_by_its_id_without_reading_the_others(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = taken_in(window)
    jobs = [printed(window, case_id) for _ in range(3)]
    pdf = window.vault.get(jobs[1].page_id, jobs[1].sha256)
    again = window.reopened()

    real, everything_read = SqlSnapshot.print_jobs, []

    def watched(self: SqlSnapshot, case_id: str | None = None, *, open_only: bool = False) -> Sequence[PrintJob]:
        if case_id is None and not open_only:
            everything_read.append(threading.current_thread().name)
        return real(self, case_id, open_only=open_only)

    monkeypatch.setattr(SqlSnapshot, "print_jobs", watched)
    try:
        assert again.desk.printing.pdf(jobs[1].job_id) == pdf
        assert again.store.read(lambda snapshot: snapshot.print_job(jobs[2].job_id)).reprint == 2
        for act in (again.desk.printing.pdf, again.desk.printing.retry, again.desk.printing.came_out):
            with pytest.raises(InputProblem, match=r"printing\.job_gone"):
                act("no such job")
        assert not everything_read
    finally:
        again.desk.close()


def test_no_receipt_before_the_papers_are_taken_in(window: Window) -> None:
    case_id = ready_draft(window, SYSTEM_ITEM)
    with pytest.raises(InputProblem, match=r"printing\.not_taken_in"):
        window.desk.printing.print(case_id, PaperKind.RECEIPT)


def test_an_acceptance_notice_exists_only_with_an_acceptance_number(window: Window) -> None:
    """Invariant I7."""
    case_id = taken_in(window)
    notice = window.desk.cases.case(case_id).papers[1]
    assert (notice.kind, notice.printable) == (PaperKind.ACCEPTANCE_NOTICE, False)
    assert notice.why_not is not None
    with pytest.raises(InputProblem, match=r"printing\.no_acceptance_number"):
        window.desk.printing.print(case_id, PaperKind.ACCEPTANCE_NOTICE)
    assert window.store.read(lambda snapshot: snapshot.print_jobs(case_id)) == []

    accept(window, case_id)
    assert window.desk.cases.case(case_id).papers[1].printable
    job = window.desk.printing.print(case_id, PaperKind.ACCEPTANCE_NOTICE)
    pdf = window.desk.printing.pdf(job.job_id)
    assert barcodes(pdf) == {LOOKUP_URL}
    text = words(pdf)
    assert "41042111032070000202611230001" in text
    assert "731946" in text
    assert "2026年12月21日" in text.replace(" ", "")


def test_what_the_clerk_decided_since_the_runner_looked_is_not_overwritten(window: Window) -> None:
    case_id = taken_in(window)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    window.desk.printing.came_out(job.job_id)
    # the runner read the job before that, and finds only now that there is no printer
    stale = mock.Mock(read=lambda _work: [job], write=window.store.write)
    runner = PrintRunner(
        stale, window.vault, PrinterPick(None, window.store), window.clock, window.desk.news, window.desk.acting
    )
    runner._print_waiting()
    (kept,) = window.desk.cases.case(case_id).papers[0].jobs
    assert kept.state is PrintJobState.DONE
