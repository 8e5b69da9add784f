"""From an old PC to a new one, as the dialog does it: backup, look, restore, sign in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.counter import APPLICANT, STATION, SYSTEM_ITEM, open_window, taken_in
from tests.desk.test_printing import done, settled
from tests.store.fixtures import CHEAP, FixedClock
from villagedesk.app.premises import DataFolder
from villagedesk.app.restorer import FolderRestorer
from villagedesk.desk.restoring import Restoring
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.audit import STATION as OF_THE_STATION
from villagedesk.domain.audit import Deed
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import create_keys
from villagedesk.store.recovery_key import make

CLERK, PASSWORD = "王会计", "sunflower-82"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A medium with one backup of a station whose county key lies beside it."""
    old, stick = tmp_path / "old", tmp_path / "stick"
    stick.mkdir()
    public = make(tmp_path / "county.pem", "county secret")
    clock = FixedClock()
    key = create_keys(old, CLERK, PASSWORD, public, "clerk", CHEAP)
    EncryptedStore.create(old, key, clock).close()
    window = open_window(old, key=key, clock=clock)
    taken_in(window)
    window.desk.backup.set_target(stick)
    window.desk.backup.back_up()
    window.desk.close()
    return stick


def room(folder: Path) -> Restoring:
    """The room for a data folder."""
    return Restoring(FolderRestorer(folder, FixedClock()), frozenset)


def test_a_new_pc_goes_on_where_the_old_one_was(stick: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    restoring = room(new)
    assert not restoring.replaces()
    (found,) = restoring.look(stick)
    assert (found.station_name, found.division_code) == (STATION.name, STATION.division_code)
    assert (found.clerks, found.whole) == ((CLERK,), True)
    assert restoring.look(stick / "villagedesk-backup") == restoring.look(found.folder.parent.parent) == (found,)
    done = restoring.restore(found, CLERK, PASSWORD, None)
    assert (done.cases, done.missing_pages, done.epoch) == (1, 0, "B")
    premises = DataFolder(new, FixedClock())
    assert premises.is_set_up()
    assert premises.station() == STATION
    access = premises.unlock(CLERK, PASSWORD)
    window = open_window(new, key=access.key, clock=FixedClock())  # type: ignore[arg-type]
    try:
        assert window.desk.backup.state().sentence.key == "backup.no_target"
        case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
        window.desk.intake.type(case_id, APPLICANT, 2)
        number = window.desk.cases.case(taken_in(window)).case.local_no
        assert number is not None
        assert parse_local_no(number).epoch == "B"
        events = window.store.read(lambda snapshot: snapshot.events(OF_THE_STATION))
        assert Deed.RESTORED in [event.kind for event in events]
    finally:
        window.desk.close()


def test_a_paper_that_waited_in_the_backup_does_not_come_out_by_itself(tmp_path: Path) -> None:
    folder, stick = tmp_path / "old", tmp_path / "stick"
    stick.mkdir()
    key = create_keys(folder, CLERK, PASSWORD, make(tmp_path / "county.pem", "county secret"), "clerk", CHEAP)
    EncryptedStore.create(folder, key, FixedClock()).close()
    old = open_window(folder, key=key)  # no printer: the receipt waits
    case_id = taken_in(old)
    job = old.desk.printing.print(case_id, PaperKind.RECEIPT)
    old.desk.backup.set_target(stick)
    old.desk.backup.back_up()
    old = old.reopened(SimulatedPrinter("of the old PC"))
    settled(old, done, case_id)  # and the neighbour went home with it
    old.desk.close()
    restoring = room(tmp_path / "new")
    (found,) = restoring.look(stick)
    restoring.restore(found, CLERK, PASSWORD, None)
    access = DataFolder(tmp_path / "new", FixedClock()).unlock(CLERK, PASSWORD)
    printer = SimulatedPrinter("of the new PC")
    new = open_window(tmp_path / "new", printer, key=access.key)  # type: ignore[arg-type]
    try:
        second = taken_in(new)
        new.desk.printing.print(second, PaperKind.RECEIPT)
        settled(new, done, second)  # the runner has been past the first job
        assert len(printer.printed) == 1
        assert [todo.sentence.key for todo in new.desk.cases.today().todos] == ["desk.todo.print_perhaps"]
        paper = new.desk.printing.pdf(job.job_id)
        new.desk.printing.retry(job.job_id)
        settled(new, done, case_id)
        assert printer.printed[-1].pdf == paper
    finally:
        new.desk.close()


def test_what_is_here_is_replaced_only_when_that_was_confirmed(stick: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    restoring = room(old)
    assert restoring.replaces()
    (found,) = restoring.look(stick)
    with pytest.raises(InputProblem, match=r"restoring\.already_set_up"):
        restoring.restore(found, CLERK, PASSWORD, None)
    assert restoring.restore(found, CLERK, PASSWORD, None, replace=True).epoch == "B"
    assert len(list(old.glob("set-aside-*/villagedesk.db"))) == 1


def test_nothing_is_moved_under_somebody_who_is_signed_in(stick: Path, tmp_path: Path) -> None:
    restoring = Restoring(FolderRestorer(tmp_path / "old", FixedClock()), frozenset, lambda: True)
    (found,) = restoring.look(stick)
    with pytest.raises(InputProblem, match=r"restoring\.sign_out_first"):
        restoring.restore(found, CLERK, PASSWORD, None, replace=True)
    with pytest.raises(InputProblem, match=r"restoring\.sign_out_first"):
        restoring.restore_by_recovery_key(found, CLERK, "quiet-river-19", tmp_path / "county.pem", "", None)


def test_the_countys_key_for_a_clerk_whose_password_is_gone(stick: Path, tmp_path: Path) -> None:
    new, pem = tmp_path / "new", tmp_path / "county.pem"
    restoring = room(new)
    (found,) = restoring.look(stick)
    for password, passphrase, key in (
        ("short", "county secret", r"entry\.password_short"),
        ("quiet-river-19", "", r"recovery\.passphrase_needed"),
        ("quiet-river-19", "wrong", r"recovery\.passphrase_wrong"),
    ):
        with pytest.raises(InputProblem, match=key):
            restoring.restore_by_recovery_key(found, CLERK, password, pem, passphrase, None)
    assert not restoring.replaces()
    restoring.restore_by_recovery_key(found, CLERK, "quiet-river-19", pem, "county secret", None)
    premises = DataFolder(new, FixedClock())
    premises.unlock(CLERK, "quiet-river-19")
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        premises.unlock(CLERK, PASSWORD)


def test_a_folder_without_backups_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match=r"restoring\.nothing_found"):
        room(tmp_path / "new").look(tmp_path)
