"""Results at the desk: a poor file harms nothing, and they go through backup, recovery, doctor and retention."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.desk.counter import STATION, Window, open_window, taken_in
from tests.desk.test_printing import done, settled
from tests.desk.test_restoring import CLERK, PASSWORD, room
from tests.needs import small_disk_of
from tests.store.damage import PAGE, unreadable
from tests.store.fixtures import CHEAP, FixedClock
from tests.store.test_retention import DELIVERED, NOW, POOL, bytes_of, make
from villagedesk.app.command_line import main
from villagedesk.app.premises import STATION_NAME, DataFolder
from villagedesk.desk.lost_results import note_lost
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import Page
from villagedesk.domain.document import LOST, PDF, TRIES, Document
from villagedesk.domain.printing import PaperKind, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.practice.documents import pdf_of
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.keys import create_keys
from villagedesk.store.recovery.recover import recover
from villagedesk.store.recovery_key import make as make_recovery_key
from villagedesk.store.sweep import missing_pages, sweep
from villagedesk.store.vault import PageVault

RESULT = pdf_of(("办理结果", "准予"))
PAGE_ID = "00000000-0000-4000-8000-0000000000d1"


def came(window: Window, case_id: str, content: bytes = RESULT, page_id: str = PAGE_ID) -> Document:
    """A result that is here."""
    sha256 = window.vault.put(page_id, content)
    now = window.clock.now()
    here = Document(case_id, page_id[-2:], "结果通知书", PDF, len(content), sha256, now, page_id, now, len(content))
    window.store.write(lambda transaction: transaction.put_document(here)).result()
    return here


def half_here(window: Window, case_id: str, content: bytes = RESULT) -> Document:
    """A result of which the first hundred bytes came."""
    whole = came(window, case_id, content)
    half = replace(whole, document_id="half", page_id="", came_at=None, bytes_here=0)

    def work(transaction: Transaction) -> None:
        transaction.put_document(half)
        transaction.add_document_part(half, content[:100])
        transaction.put_document(replace(half, bytes_here=100))

    window.store.write(work).result()
    return replace(half, bytes_here=100)


@pytest.mark.parametrize(
    ("reader", "content", "reason"),
    [
        ("import os; os.abort()", RESULT, "printing.reason.no_pdf"),
        ("", b"%PDF-1.7\n" + bytes(5000), "printing.reason.no_pdf"),
        ("", RESULT[: len(RESULT) // 2], "printing.reason.no_pdf"),
    ],
    ids=["crash", "malformed", "cut"],
)
def test_a_poor_file_fails_with_a_sentence_and_the_next_paper_comes_out(
    tmp_path: Path, qapp: QApplication, reader: str, content: bytes, reason: str
) -> None:
    assert qapp is not None
    printer = QtPrinter("试机", output_file=tmp_path / "out.pdf")
    poor = QtPrinter("试机", output_file=tmp_path / "out.pdf", reader=(sys.executable, "-c", reader))
    window = open_window(tmp_path / "data", poor if reader else printer)
    try:
        case_id = taken_in(window)
        window.desk.results.print(came(window, case_id, content))
        failed = settled(window, lambda one: one.state is PrintJobState.FAILED, case_id)
        assert failed.reason_key == reason
        assert not (tmp_path / "out.pdf").exists()
        if not reader:
            window.desk.printing.print(case_id, PaperKind.RECEIPT)
            settled(window, done, case_id)
            assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
        (view,) = window.desk.cases.case(case_id).documents
        assert (view.savable, view.standing.key) == (True, "results.here"), "it can still be saved and sent on"
    finally:
        window.desk.close()


def a_station(tmp_path: Path) -> Window:
    """One that has a password, a county key and a station file."""
    folder = tmp_path / "old"
    key = create_keys(folder, CLERK, PASSWORD, make_recovery_key(tmp_path / "county.pem", "county"), "clerk", CHEAP)
    (folder / STATION_NAME).write_bytes(STATION.to_bytes())
    EncryptedStore.create(folder, key, FixedClock()).close()
    return open_window(folder, key=key)


def test_a_result_and_half_of_one_go_through_backup_and_restore(tmp_path: Path) -> None:
    window = a_station(tmp_path)
    case_id = taken_in(window)
    half = half_here(window, case_id)
    stick = tmp_path / "stick"
    stick.mkdir()
    window.desk.backup.set_target(stick)
    window.desk.backup.back_up()
    window.desk.close()
    restoring = room(tmp_path / "new")
    (found,) = restoring.look(stick)
    assert restoring.restore(found, CLERK, PASSWORD, None).missing_pages == 0
    access = DataFolder(tmp_path / "new", FixedClock()).unlock(CLERK, PASSWORD)
    new = open_window(tmp_path / "new", key=access.key)  # type: ignore[arg-type]
    try:
        here, on_the_way = sorted((one.document for one in new.desk.cases.case(case_id).documents), key=_not_here)
        job = new.desk.results.print(here)
        assert new.desk.printing.pdf(job.job_id) == RESULT
        assert on_the_way == half
        assert new.store.read(lambda snapshot: snapshot.document_parts(on_the_way)) == RESULT[:100]
    finally:
        new.desk.close()


def _not_here(document: Document) -> bool:
    return not document.is_here


def test_a_result_and_half_of_one_go_through_recovery(tmp_path: Path) -> None:
    window = a_station(tmp_path)
    case_id = taken_in(window)
    half = half_here(window, case_id)
    folder, key = window.folder, window.key
    window.desk.close()
    with (folder / DATABASE_FILE).open("r+b") as file:
        file.seek(16)
        file.write(b"\xff" * 40)  # of the first page, which holds the list of tables and no row
    with pytest.raises(EnvironmentProblem):
        EncryptedStore.open(folder, key, FixedClock())
    assert (folder / DATABASE_FILE).stat().st_size > PAGE
    assert recover(folder, key, FixedClock(), CLERK).pages_missing == 0
    again = open_window(folder, key=key)
    try:
        here, on_the_way = sorted((one.document for one in again.desk.cases.case(case_id).documents), key=_not_here)
        assert again.desk.printing.pdf(again.desk.results.print(here).job_id) == RESULT
        assert on_the_way == half
        assert again.store.read(lambda snapshot: snapshot.document_parts(on_the_way)) == RESULT[:100]
        sweep(again.store, again.vault)
        assert again.vault.verify(here.page_id, here.sha256)
    finally:
        again.desk.close()


def lose(window: Window, here: Document) -> None:
    """Its file is gone."""
    (window.vault.folder / window.vault.name_of(here.page_id, here.sha256)).unlink()


def damage(window: Window, here: Document) -> None:
    """One bit of its file is another."""
    file = window.vault.folder / window.vault.name_of(here.page_id, here.sha256)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


HARMS = pytest.mark.parametrize("harm", [lose, damage], ids=["lost", "damaged"])


@HARMS
def test_a_result_that_is_lost_is_missing_in_the_backup_and_fetched_again_after_a_restore(
    tmp_path: Path, harm: Callable[[Window, Document], None]
) -> None:
    window = a_station(tmp_path)
    case_id = taken_in(window)
    harm(window, came(window, case_id))
    stick = tmp_path / "stick"
    stick.mkdir()
    window.desk.backup.set_target(stick)
    window.desk.backup.back_up()
    window.desk.close()
    restoring = room(tmp_path / "new")
    (found,) = restoring.look(stick)
    assert restoring.restore(found, CLERK, PASSWORD, None).missing_pages == 1
    access = DataFolder(tmp_path / "new", FixedClock()).unlock(CLERK, PASSWORD)
    new = open_window(tmp_path / "new", key=access.key)  # type: ignore[arg-type]
    try:
        assert note_lost(new.store, new.clock, missing_pages(new.store, new.vault)) == 1
        (view,) = new.desk.cases.case(case_id).documents
        assert (view.standing.key, view.printable) == ("results.lost", False)
        assert new.store.read(lambda snapshot: snapshot.documents_on_the_way()) == [view.document]
        assert note_lost(new.store, new.clock, missing_pages(new.store, new.vault)) == 0, "it is noted once"
    finally:
        new.desk.close()


@pytest.mark.parametrize("harm", [None, lose, damage], ids=["whole", "lost", "damaged"])
def test_doctor_looks_at_results_too(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    harm: Callable[[Window, Document], None] | None,
) -> None:
    window = a_station(tmp_path)
    case_id = taken_in(window)
    pages = len(window.store.named_pages())
    here = came(window, case_id)
    half_here(window, case_id)
    window.desk.close()
    if harm is not None:
        harm(window, here)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    code = main(["doctor", "--data", str(window.folder), "--password-stdin"])
    out = capsys.readouterr().out
    told = f"1 of {pages + 1} missing or damaged" if harm else f"all {pages + 1} decrypt and have their hash"
    assert f"scanned pages: {told}" in out
    assert "结果通知书" not in out
    assert code == (1 if harm else 0), out


@HARMS
def test_a_file_that_is_gone_is_told_and_fetched_again_and_nothing_is_printed(
    tmp_path: Path, harm: Callable[[Window, Document], None]
) -> None:
    window = open_window(tmp_path / "data")
    try:
        case_id = taken_in(window)
        folder = tmp_path / "stick"
        folder.mkdir()
        for act in (window.desk.results.print, lambda document: window.desk.results.save(document, folder)):
            here = came(window, case_id)
            harm(window, here)
            with pytest.raises(EnvironmentProblem, match=r"results\.lost"):
                act(here)
            (view,) = window.desk.cases.case(case_id).documents
            assert (view.standing.key, view.standing.tone) == ("results.lost", "warn")
            assert (view.printable, view.savable, view.can_fetch) == (False, False, False), "it comes by itself"
            assert view.document == replace(here, bytes_here=0, reason_key=LOST)
            assert window.store.read(lambda snapshot: snapshot.documents_on_the_way()) == [view.document]
            with pytest.raises(InputProblem, match=r"results\.gone"):
                act(here)
        kinds = [event.kind for event in window.store.read(lambda snapshot: snapshot.events(case_id))]
        assert kinds.count("document_lost") == 2
        assert list(folder.iterdir()) == []
        assert window.store.read(lambda snapshot: snapshot.print_jobs(case_id)) == []
    finally:
        window.desk.close()


def test_a_file_that_cannot_be_read_now_is_told_and_stays_a_good_result(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        case_id = taken_in(window)
        folder = tmp_path / "stick"
        folder.mkdir()
        here = came(window, case_id)
        with unreadable(window.vault.folder / window.vault.name_of(here.page_id, here.sha256)):
            for act in (window.desk.results.print, lambda document: window.desk.results.save(document, folder)):
                with pytest.raises(EnvironmentProblem, match=r"store\.page_unreadable"):
                    act(here)
        (view,) = window.desk.cases.case(case_id).documents
        assert (view.document, view.standing.key) == (here, "results.here")
        assert list(folder.iterdir()) == []
        assert window.desk.results.save(here, folder).read_bytes() == RESULT
    finally:
        window.desk.close()


def test_a_disk_that_lost_all_pages_is_noted_however_many_there_were(tmp_path: Path) -> None:
    """The database takes 250,000 names in one question."""
    window = open_window(tmp_path / "data")
    try:
        here = came(window, taken_in(window))
        missing = {f"{number:036}" for number in range(250_001)}
        assert note_lost(window.store, window.clock, {*missing, here.page_id}) == 1
    finally:
        window.desk.close()


def test_one_that_is_lost_while_it_waits_for_the_printer_is_fetched_again_too(tmp_path: Path) -> None:
    printer = SimulatedPrinter("P", PrinterFault.OFFLINE)
    window = open_window(tmp_path / "data", printer)
    try:
        case_id = taken_in(window)
        here = came(window, case_id)
        job = window.desk.results.print(here)
        settled(window, lambda one: bool(one.reason_key), case_id)
        lose(window, here)
        printer.set_fault(PrinterFault.NONE)
        window.desk.printing.retry(job.job_id)
        settled(window, lambda one: one.state is PrintJobState.FAILED, case_id)
        (view,) = window.desk.cases.case(case_id).documents
        assert (view.standing.key, view.job, printer.printed) == ("results.lost", None, ())
        came(window, case_id)
        window.desk.printing.retry(job.job_id)
        settled(window, done, case_id)
        assert [one.pdf for one in printer.printed] == [RESULT]
    finally:
        window.desk.close()


def test_one_that_is_lost_and_given_up_is_asked_for_again(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        case_id = taken_in(window)
        here = came(window, case_id)
        lost = replace(here, bytes_here=0, failures=TRIES, reason_key="results.reason.refused")
        window.store.write(lambda transaction: transaction.put_document(lost)).result()
        (view,) = window.desk.cases.case(case_id).documents
        assert (view.standing.key, view.can_fetch) == ("results.given_up", True)
        assert "results.todo.wrong" in [todo.sentence.key for todo in window.desk.cases.today().todos]
        window.desk.results.fetch_again(view.document)
        (view,) = window.desk.cases.case(case_id).documents
        assert view.document == replace(lost, failures=0, reason_key=LOST)
        assert not view.printable, "it is not here because it was asked for"
    finally:
        window.desk.close()


def test_a_lost_one_whose_time_is_over_is_not_fetched_again(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        for page_id in POOL:
            window.vault.put(page_id, bytes_of(page_id))
        case_id = window.store.write(lambda transaction: make(transaction, 0, DELIVERED)).result()
        here = came(window, case_id)
        lose(window, here)
        assert note_lost(window.store, window.clock, {here.page_id}) == 1
        window.clock.moment = NOW
        window.desk.retention.run(window.desk.retention.plan())
        (view,) = window.desk.cases.case(case_id).documents
        assert view.standing.key == "results.expired"
        assert window.store.read(lambda snapshot: snapshot.documents_on_the_way()) == []
        assert note_lost(window.store, window.clock, {here.page_id}) == 0
    finally:
        window.desk.close()


def test_a_result_is_kept_as_long_as_its_case_is_open_and_goes_with_its_pages(tmp_path: Path) -> None:
    """I9; the row with its hash and the log stay."""
    window = open_window(tmp_path / "data")
    try:
        for page_id in POOL:
            window.vault.put(page_id, bytes_of(page_id))
        case_id = window.store.write(lambda transaction: make(transaction, 0, DELIVERED)).result()
        still_open = taken_in(window)
        here = came(window, case_id)
        other = came(window, still_open, RESULT + b"\n", PAGE_ID.replace("d1", "d2"))
        window.clock.moment = NOW
        plan = window.desk.retention.plan()
        assert (plan.pages, plan.bytes) == (3, len(RESULT) + 2 * len(bytes_of(POOL[0])))
        assert window.desk.retention.run(plan).pages == 3
        assert not window.vault.verify(here.page_id, here.sha256)
        assert window.vault.verify(other.page_id, other.sha256)
        (view,) = window.desk.cases.case(case_id).documents
        assert (view.document, view.standing.key) == (here, "results.expired")
        assert note_lost(window.store, window.clock, {here.page_id}) == 0, "what was given up is not lost"
        assert (view.printable, view.savable, view.can_fetch) == (False, False, False)
        with pytest.raises(InputProblem, match=r"results\.gone"):
            window.desk.results.print(here)
        sweep(window.store, PageVault(window.vault.folder, window.key.vault))
        assert window.vault.verify(other.page_id, other.sha256)
    finally:
        window.desk.close()


def test_a_result_that_waits_for_the_printer_stays(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        for page_id in POOL:
            window.vault.put(page_id, bytes_of(page_id))
        case_id = window.store.write(lambda transaction: make(transaction, 0, DELIVERED)).result()
        here = came(window, case_id)
        window.desk.results.print(here)
        window.clock.moment = NOW
        plan = window.desk.retention.plan()
        assert [sentence.key for sentence, _count in plan.kept_back] == ["retention.held.printing"]
        window.desk.retention.run(plan)
        assert window.vault.verify(here.page_id, here.sha256)
        assert window.desk.cases.case(case_id).documents[0].printable
    finally:
        window.desk.close()


def test_a_result_that_is_no_pdf_can_be_saved_and_not_printed(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        case_id = taken_in(window)
        here = came(window, case_id, b"PK\x03\x04")
        other = replace(here, document_id="x", media_type="application/x-county")
        window.store.write(lambda transaction: transaction.put_document(other)).result()
        with pytest.raises(InputProblem, match=r"results\.not_printable"):
            window.desk.results.print(other)
        file = window.desk.results.save(other, tmp_path)
        assert (file.suffix, file.read_bytes()) == ("", b"PK\x03\x04")
    finally:
        window.desk.close()


def test_a_stick_that_is_full_is_told_and_no_half_result_is_left(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        here = came(window, taken_in(window), RESULT + bytes(60_000))
        with small_disk_of(1, tmp_path) as disk:
            with (disk / "holiday pictures").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - (40 << 10))
            with pytest.raises(EnvironmentProblem, match=r"results\.disk_full"):
                window.desk.results.save(here, disk)
            assert [one.name for one in disk.iterdir()] == ["holiday pictures"]
            (disk / "holiday pictures").unlink()
            assert window.desk.results.save(here, disk).read_bytes() == RESULT + bytes(60_000)
    finally:
        window.desk.close()


def test_a_page_of_the_case_is_not_taken_for_a_document(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        case_id = taken_in(window)
        page: Page = window.desk.cases.case(case_id).pages[0]
        forged = Document(case_id, "x", "x", PDF, 1, page.sha256, window.clock.now(), page.page_id)
        with pytest.raises(InputProblem, match=r"results\.gone"):
            window.desk.results.print(forged)
    finally:
        window.desk.close()
