"""From the medium to a new PC: everything is there, under a letter and an installation nobody had before."""

from __future__ import annotations

import errno
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.desk.change_watch import watched
from tests.needs import need_root_on_linux
from tests.store.backup.place import Place, everything, new_place
from tests.store.fixtures import CHEAP, CLERK, DAY, PASSWORD, example_case, take_in
from tests.store.waiting_papers import assert_waiting_papers_are_asked_about, papers_in_every_state
from villagedesk.app.restorer import FolderRestorer
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.local_no import LocalNo, parse_local_no
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import BACKUP_TARGET, RESTORED, Reason, Restoration
from villagedesk.store.backup import install, medium
from villagedesk.store.backup import restore as restoring
from villagedesk.store.backup.install import STAGE, finish, is_empty_of_data
from villagedesk.store.backup.layout import EPOCH_FILES, StationFolder, generation_name
from villagedesk.store.backup.look import look
from villagedesk.store.backup.manifest import Manifest
from villagedesk.store.backup.medium import hash_plain, write_small
from villagedesk.store.backup.restore import Wish, restore_by_recovery_key
from villagedesk.store.connection import building_engine
from villagedesk.store.keys import unlock
from villagedesk.store.recovery.recover import recover
from villagedesk.store.replacing import DATABASE_FILE, NEXT_FILE, NOTE_FILE
from villagedesk.store.slots import clerks


def test_every_case_page_event_and_outbox_row_is_there_again(place: Place, tmp_path: Path) -> None:
    for pages in (1, 3, 2):
        place.take_in(pages)
    place.opened.store.write(lambda transaction: transaction.put_setting(BACKUP_TARGET, "/media/usb")).result()
    place.back_up()
    before = everything(place.opened)
    old = place.opened.store.read(lambda snapshot: snapshot.installation_id())
    new = tmp_path / "new"
    done = place.restore(new)
    assert (done.cases, done.pages, done.missing_pages, done.epoch) == (3, 6, 0, "B")
    again = place.opened_again(new)
    try:
        assert everything(again) == before
        assert again.store.verify_chain() is None
        epoch, installation, restored, target, log = again.store.read(
            lambda snapshot: (
                snapshot.epoch(),
                snapshot.installation_id(),
                snapshot.setting(RESTORED),
                snapshot.setting(BACKUP_TARGET),
                snapshot.events(STATION),
            )
        )
        assert (epoch, target) == ("B", "")
        assert installation != old
        restoration = Restoration.from_text(restored)
        assert (restoration.epoch, restoration.installation_id) == ("B", installation)
        assert (restoration.reason, restoration.of, restoration.newest_local_no) == (Reason.BACKUP, done.at, "")
        assert [(event.kind, event.actor, event.detail["epoch"]) for event in log] == [(Deed.RESTORED, CLERK, "B")]
        assert (new / "station.json").read_bytes() == place.station.to_bytes()
    finally:
        again.store.close()
    assert {path.name for path in new.iterdir()} == {
        *("villagedesk.db", "vault", "slots-a", "slots-b", "station.json", "status.json")
    }


def test_a_paper_that_waited_is_asked_about_and_no_other_is_touched(place: Place, tmp_path: Path) -> None:
    jobs = papers_in_every_state(place.opened, place.take_in())
    place.back_up()
    with watched() as seen:
        place.restore(tmp_path / "new")
    assert "print_trouble" in seen.kinds
    assert not seen.unlogged
    again = place.opened_again(tmp_path / "new")
    try:
        assert_waiting_papers_are_asked_about(again.store, jobs)
        assert again.store.verify_chain() is None
    finally:
        again.store.close()


def test_a_backup_restored_twice_and_a_cut_restore_never_share_a_letter(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.take_in(1)
    place.back_up()
    letters = [place.restore(tmp_path / "one").epoch]

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(restoring, "commit", cut)
        with pytest.raises(KeyboardInterrupt):
            place.restore(tmp_path / "two")
    letters.append(place.restore(tmp_path / "two").epoch)
    assert letters == ["B", "D"]
    numbers = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        again = place.opened_again(folder)
        numbers.append(again.store.write(lambda transaction: transaction.take_local_no(DAY)).result())
        again.store.close()
    numbers.append(place.opened.store.write(lambda transaction: transaction.take_local_no(DAY)).result())
    assert len({parse_local_no(number).epoch for number in numbers}) == 3


def test_the_letter_is_on_the_medium_before_the_database_has_it(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.take_in(1)
    place.back_up()
    seen: list[str] = []
    real = restoring._Restore._begin_anew

    def looks(self: object, transaction: Transaction, restoration: Restoration, missing: int) -> None:
        files = [json.loads((place.on_medium.path / name).read_bytes())["letters"] for name in EPOCH_FILES]
        assert files == ["AB", "AB"]
        seen.append(restoration.epoch)
        real(self, transaction, restoration, missing)  # type: ignore[arg-type]

    monkeypatch.setattr(restoring._Restore, "_begin_anew", looks)
    place.restore(tmp_path / "new")
    assert seen == ["B"]


def test_what_was_restored_and_backed_up_again_knows_all_letters(place: Place, tmp_path: Path) -> None:
    """A restored PC has a folder of its own on the medium; restoring from either looks at both."""
    place.take_in(1)
    place.back_up()
    place.restore(tmp_path / "two")
    second = Place(place.opened_again(tmp_path / "two"), place.medium, place.station)
    second.take_in(1)
    second.opened.clock.forward(3600)
    second.back_up()
    second.close()
    assert len(list((place.medium / "villagedesk-backup").iterdir())) == 2
    assert place.restore(tmp_path / "three", index=1).epoch == "C"
    assert place.restore(tmp_path / "four", index=0).epoch == "D"


@pytest.mark.parametrize(
    ("typed", "epoch", "key"),
    [
        (str(LocalNo("A", DAY, 7)), "B", ""),
        (str(LocalNo("D", DAY, 7)), "E", ""),
        (str(LocalNo("D", DAY, 7)).lower().replace("-", " "), "E", ""),
        ("", "", "restoring.newest_no_empty"),
        ("261123-A-0007-X", "", "domain.local_no.check_character"),
        (str(LocalNo("A", DAY.replace(year=2031), 1)), "", "restoring.newest_no_future"),
        (str(LocalNo("9", DAY, 7)), "", "domain.local_no.epochs_used_up"),
    ],
)
def test_the_newest_receipt_at_hand_decides_too(place: Place, tmp_path: Path, typed: str, epoch: str, key: str) -> None:
    place.take_in(1)
    place.back_up()
    if epoch:
        assert place.restore(tmp_path / "new", newest=typed).epoch == epoch
        return
    with pytest.raises(InputProblem) as raised:
        place.restore(tmp_path / "new", newest=typed)
    assert raised.value.key == key
    assert is_empty_of_data(tmp_path / "new")


def test_a_record_of_letters_that_is_damaged_asks_for_a_receipt(place: Place, tmp_path: Path) -> None:
    place.take_in(1)
    place.back_up()
    for name in EPOCH_FILES:
        (place.on_medium.path / name).write_bytes(b'{"letters": 5}')
    with pytest.raises(InputProblem, match=r"restoring\.newest_no_wanted"):
        place.restore(tmp_path / "new")
    assert place.restore(tmp_path / "new", newest=str(LocalNo("C", DAY, 1))).epoch == "D"


def test_one_damaged_copy_of_the_letters_is_made_good_by_the_other(place: Place, tmp_path: Path) -> None:
    place.take_in(1)
    place.back_up()
    place.restore(tmp_path / "one")
    (place.on_medium.path / EPOCH_FILES[0]).write_bytes(b"")
    assert place.restore(tmp_path / "two").epoch == "C"


def test_onto_the_same_pc_what_was_there_is_set_aside_and_its_letter_counts(place: Place, tmp_path: Path) -> None:
    place.take_in(1)
    place.back_up()
    place.take_in(2)
    folder = place.opened.folder
    place.opened.store.write(lambda transaction: transaction.begin_epoch("F", "another")).result()
    with pytest.raises(InputProblem, match=r"restoring\.already_set_up"):
        place.restore(folder)
    place.close()
    done = place.restore(folder, replace=True)
    assert (done.epoch, done.cases) == ("G", 1)
    (aside,) = folder.glob("set-aside-*")
    old = place.opened_again(aside)
    assert sum(old.store.read(lambda snapshot: snapshot.count_by_status()).values()) == 2
    assert all(old.vault.verify(*page) for page in old.store.named_pages())
    old.store.close()
    again = place.opened_again(folder)
    assert sum(again.store.read(lambda snapshot: snapshot.count_by_status()).values()) == 1
    again.store.close()


def test_a_recovery_that_was_cut_does_not_take_the_place_of_what_is_restored(place: Place, tmp_path: Path) -> None:
    place.take_in()
    place.back_up()
    place.close()
    folder = place.opened.folder
    stopped = tmp_path / "stopped"
    shutil.copytree(folder, stopped)
    assert recover(stopped, place.opened.key, place.opened.clock, CLERK).epoch == "B"
    # the power went after the new database was declared to take over, before it had done so
    shutil.copy(stopped / DATABASE_FILE, folder / NEXT_FILE)
    (folder / NOTE_FILE).write_bytes(b"")
    done = place.restore(folder, replace=True)
    assert done.epoch == "C"
    again = place.opened_again(folder)
    assert again.store.read(lambda snapshot: snapshot.epoch()) == "C"
    restored = Restoration.from_text(again.store.read(lambda snapshot: snapshot.setting(RESTORED)))
    assert restored.reason is Reason.BACKUP
    again.store.close()


def test_missing_and_damaged_pages_do_not_end_it(place: Place, tmp_path: Path) -> None:
    place.take_in(5)
    place.back_up()
    station = place.on_medium
    one, two, three, *_ = sorted(station.stored_pages())
    station.page(one).unlink()
    station.page(two).write_bytes(b"VDPAGE\x01" + bytes(100))
    station.page(three).write_bytes(station.page(sorted(station.stored_pages())[-1]).read_bytes())
    done = place.restore(tmp_path / "new")
    assert (done.pages, done.missing_pages) == (2, 3)
    assert len(list((tmp_path / "new" / "vault").iterdir())) == 2


def test_a_page_that_cannot_be_read_once_is_read_again(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.take_in(5)
    place.back_up()
    failed: set[Path] = set()

    def read_plain(path: Path, limit: int) -> bytes:
        if path.parent.parent.name == "pages" and path not in failed:
            failed.add(path)
            raise OSError(errno.EIO, "a loose plug")
        return medium.read_plain(path, limit)

    monkeypatch.setattr(restoring, "read_plain", read_plain)
    done = place.restore(tmp_path / "new")
    assert (done.pages, done.missing_pages, len(failed)) == (5, 0, 5)


def test_a_page_another_installation_of_the_village_left_is_found(place: Place, tmp_path: Path) -> None:
    place.take_in(2)
    place.back_up()
    place.restore(tmp_path / "two")
    second = Place(place.opened_again(tmp_path / "two"), place.medium, place.station)
    second.back_up()
    second.close()
    for name in place.on_medium.stored_pages():
        place.on_medium.page(name).unlink()
    assert place.restore(tmp_path / "three", index=1).missing_pages == 0


@pytest.mark.parametrize("file", ["database", "manifest", "slots"])
def test_a_damaged_generation_is_refused_and_the_one_before_restored(place: Place, tmp_path: Path, file: str) -> None:
    place.take_in(1)
    place.back_up()
    place.take_in(1)
    place.back_up()
    newest = look(place.medium)[0].folder
    for path in newest.glob(f"{file}*"):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    with pytest.raises(EnvironmentProblem, match=r"restoring\.damaged"):
        place.restore(tmp_path / "new")
    assert is_empty_of_data(tmp_path / "new")
    assert place.restore(tmp_path / "new", index=1).cases == 1


def test_a_torn_slots_copy_is_made_good_without_writing_to_the_generation(place: Place, tmp_path: Path) -> None:
    place.take_in(1)
    place.back_up()
    torn = look(place.medium)[0].folder / "slots-a"
    torn.write_bytes(b"{")
    assert place.restore(tmp_path / "new").cases == 1
    assert torn.read_bytes() == b"{"


def test_wrong_password_and_cancelling_leave_nothing(place: Place, tmp_path: Path) -> None:
    place.take_in(2)
    place.back_up()
    new = tmp_path / "new"
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        place.restore(new, password="not this one")

    def progress(done: int, total: int) -> None:
        if done == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        place.restore(new, progress=progress)
    assert list(new.iterdir()) == []
    assert place.restore(new).epoch == "B"


def test_the_countys_recovery_key_opens_it_and_the_clerk_gets_a_password(place: Place, tmp_path: Path) -> None:
    place.take_in(1)
    place.back_up()
    generation = look(place.medium)[0].folder
    with pytest.raises(InputProblem, match=r"store\.wrong_recovery_key"):
        restore_by_recovery_key(
            Wish(generation, tmp_path / "no", CLERK, None), bytes(31) + b"\x01", "new pass 77", place.opened.clock
        )
    for clerk, folder in ((CLERK, tmp_path / "one"), ("新来的文书", tmp_path / "two")):
        wish = Wish(generation, folder, clerk, None)
        private = place.opened.recovery_private_key
        restore_by_recovery_key(wish, private, "new pass 77", place.opened.clock, cost=CHEAP)
        assert unlock(folder, clerk, "new pass 77").database == place.opened.key.database
    assert clerks(tmp_path / "two") == [CLERK, "新来的文书"]
    with pytest.raises(InputProblem):
        unlock(tmp_path / "one", CLERK, PASSWORD)


def test_a_read_only_medium_is_told_before_anything_is_copied(place: Place, tmp_path: Path) -> None:
    need_root_on_linux("a read-only mount")
    import subprocess

    place.take_in(1)
    place.back_up()
    subprocess.run(["mount", "--bind", str(place.medium), str(place.medium)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place.medium)], check=True)
        with pytest.raises(EnvironmentProblem, match=r"restoring\.medium_read_only"):
            place.restore(tmp_path / "new")
        with pytest.raises(EnvironmentProblem, match=r"backup\.medium_read_only"):
            place.back_up()
    finally:
        subprocess.run(["umount", str(place.medium)], check=True)
    assert is_empty_of_data(tmp_path / "new")


def test_a_newer_schema_is_refused_and_everything_stays(place: Place, tmp_path: Path) -> None:
    place.take_in(1)
    engine = building_engine(place.opened.folder / "villagedesk.db", place.opened.key.database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    place.back_up()
    with pytest.raises(EnvironmentProblem, match=r"store\.newer_schema"):
        place.restore(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_another_stations_backup_does_not_replace_this_one(place: Place, tmp_path: Path) -> None:
    other = new_place(tmp_path / "other")
    other.station = type(other.station)(
        "410421103208", "外村便民服务站", "https://127.0.0.1:9", "", "code", bytes(range(32))
    )
    other.take_in(1)
    other.back_up()
    place.opened.folder.joinpath("station.json").write_bytes(place.station.to_bytes())
    place.close()
    with pytest.raises(InputProblem, match=r"restoring\.other_station"):
        other.restore(place.opened.folder, replace=True)
    other.close()
    assert not list(place.opened.folder.glob("set-aside-*"))


@pytest.mark.parametrize("replace", [False, True])
def test_cut_at_any_rename_it_is_the_old_or_the_new_and_finishes(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    place.take_in(1)
    place.back_up()
    place.take_in(1)
    place.close()
    from villagedesk.store import files
    from villagedesk.store.backup import install

    real = files.rename_durably
    outcomes = set()
    for cut_at in range(1, 40):
        folder = tmp_path / f"cut{cut_at}"
        if replace:
            shutil.copytree(place.opened.folder, folder)
        calls = 0

        def rename(source: Path, target: Path, cut_at: int = cut_at) -> None:
            nonlocal calls
            calls += 1
            if calls == cut_at:
                raise KeyboardInterrupt
            real(source, target)

        monkeypatch.setattr(install, "rename_durably", rename)
        try:
            place.restore(folder, replace=replace)
            cut = False
        except KeyboardInterrupt:
            cut = True
        monkeypatch.setattr(install, "rename_durably", real)
        finish(folder)
        assert not [path for path in folder.iterdir() if path.name.startswith(("restor", "install"))]
        if is_empty_of_data(folder):
            assert not replace
            outcomes.add(0)
        else:
            again = place.opened_again(folder)
            outcomes.add(sum(again.store.read(lambda snapshot: snapshot.count_by_status()).values()))
            assert all(again.vault.verify(*page) for page in again.store.named_pages())
            assert again.store.verify_chain() is None
            again.store.close()
        if not cut:
            break
    assert not cut
    assert outcomes == ({1, 2} if replace else {0, 1})


def test_nothing_of_the_old_installation_lies_beside_the_new(tmp_path: Path) -> None:
    """A log of the old database beside the new one would spoil it."""
    old = [
        "villagedesk.db",
        "villagedesk.db-wal",
        "villagedesk.db-shm",
        "slots-a",
        "slots-b",
        "lockout.json",
        "status.json",
        "upgrading.json",
        "check-database",
    ]
    for name in [*old, "lock"]:
        (tmp_path / name).write_bytes(b"old")
    (tmp_path / "vault").mkdir()
    restored = tmp_path / "restored-20261123T010000000000Z"
    restored.mkdir()
    (restored / "villagedesk.db").write_bytes(b"new")
    finish(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"lock", "villagedesk.db", "set-aside-20261123T010000000000Z"}
    assert (tmp_path / "villagedesk.db").read_bytes() == b"new"
    aside = tmp_path / "set-aside-20261123T010000000000Z"
    assert {path.name for path in aside.iterdir()} == {*old, "vault"}


def test_an_interrupted_restore_is_cleared_away_at_the_next_start(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    (folder / STAGE / "vault").mkdir(parents=True)
    (folder / STAGE / "slots-a").write_bytes(b"x")
    finish(folder)
    assert list(folder.iterdir()) == []
    assert is_empty_of_data(folder)


def test_a_full_disk_here_is_told_with_what_is_needed(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.take_in(1)
    place.back_up()

    def usage(_folder: object) -> object:
        return shutil._ntuple_diskusage(10, 9, 1)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    with pytest.raises(Problem) as raised:
        place.restore(tmp_path / "new")
    assert raised.value.key == "restoring.no_room"
    assert raised.value.params["megabytes"] == 1


def test_a_case_taken_in_after_the_restore_has_a_number_of_its_own(place: Place, tmp_path: Path) -> None:
    place.take_in(1)
    place.back_up()
    lost = place.take_in(1)
    old = place.opened.store.read(lambda snapshot: snapshot.case(lost).local_no)
    place.restore(tmp_path / "new")
    again = place.opened_again(tmp_path / "new")
    case = example_case()

    def work(transaction: Transaction) -> str | None:
        transaction.put_case(case)
        return take_in(transaction, case, [])[0].local_no

    number = again.store.write(work).result()
    again.store.close()
    assert number is not None and old is not None
    assert (parse_local_no(old).count, parse_local_no(number).count) == (2, 1)
    assert parse_local_no(number).epoch == "B"


def test_a_backup_an_older_program_made_is_restored_and_upgraded(place: Place, tmp_path: Path) -> None:
    old = Path(__file__).parents[1] / "old_schemas" / "0001"
    key = unlock(old / "data", CLERK, PASSWORD)
    at = place.opened.clock.now().replace(microsecond=0)
    station = StationFolder.of(place.medium, place.station.division_code, "0" * 8)
    generation = station.generations / generation_name(at)
    generation.mkdir(parents=True)
    pages = {}
    for file in (old / "data" / "vault").iterdir():
        station.page(file.name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, station.page(file.name))
        pages[file.name] = hash_plain(file, 1 << 20)
    database = write_small(generation / "database", (old / "data" / "villagedesk.db").read_bytes())
    for name in ("slots-a", "slots-b"):
        slots = write_small(generation / name, (old / "data" / "slots-a").read_bytes())
    manifest = Manifest(at, place.station.to_bytes(), database, slots, 0, "", "A", "0", 0, 0, "0.0", pages)
    write_small(generation / "manifest", manifest.seal(key.backup))
    done = place.restore(tmp_path / "new")
    assert (done.pages, done.missing_pages, done.epoch) == (len(pages), 0, "B")
    assert done.cases > 0
    again = place.opened_again(tmp_path / "new")
    assert again.store.verify_chain() is None
    again.store.close()


def test_a_disk_here_that_cannot_say_what_lies_there_is_told_and_counts_as_in_use(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.take_in(1)
    place.back_up()
    new = tmp_path / "new"
    new.mkdir()
    real = Path.stat

    def stat(path: Path, **options: bool) -> os.stat_result:
        if path.parent == new:
            raise OSError(errno.EIO, "the disk fails")
        return real(path, **options)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "stat", stat)
        assert FolderRestorer(new, place.opened.clock).is_set_up()
        with pytest.raises(EnvironmentProblem) as told:
            is_empty_of_data(new)
        assert told.value.key == "restoring.write_failed"
        with pytest.raises(EnvironmentProblem) as told:
            place.restore(new)
        assert told.value.key == "restoring.write_failed"
    assert place.restore(new).pages == 1


def test_a_disk_that_is_full_when_the_folder_is_put_in_place_is_told_as_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / STAGE).mkdir()

    def full(_old: Path, _new: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(install, "rename_durably", full)
    with pytest.raises(EnvironmentProblem) as told:
        install.commit(tmp_path, datetime(2026, 11, 23, tzinfo=UTC))
    assert told.value.key == "restoring.disk_full"
