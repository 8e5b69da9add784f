"""What lies on the medium after a backup, after a cut one, and what is copied again."""

from __future__ import annotations

import json
import math
import os
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.backup.place import PAGE_BYTES, Place, everything, files_under
from tests.store.fixtures import CLERK, ID_NUMBER, NAME, PHONE, example_case, example_page
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.repositories import Transaction
from villagedesk.store.backup import medium as medium_files
from villagedesk.store.backup.facts import read_facts
from villagedesk.store.backup.layout import DATABASE, MANIFEST
from villagedesk.store.backup.look import look
from villagedesk.store.backup.verify import check, read_manifest
from villagedesk.store.backup.writer import COPY_NAME, back_up
from villagedesk.store.slots import SLOT_FILES


def test_a_second_backup_copies_the_new_page_and_the_database_only(place: Place) -> None:
    place.take_in(200)
    first = place.back_up()
    assert (first.pages, first.pages_new, first.cases, first.pages_missing) == (200, 200, 1, 0)
    before = files_under(place.medium)
    place.take_in(1)
    second = place.back_up()
    assert (second.pages, second.pages_new) == (201, 1)
    new = {name: size for name, size in files_under(place.medium).items() if name not in before}
    assert sum("/pages/" in name for name in new) == 1
    database = next(size for name, size in new.items() if name.endswith(DATABASE))
    assert second.bytes_new == sum(new.values())
    assert second.bytes_new - database < PAGE_BYTES + 201 * 100 + 10_000
    assert first.bytes_new > 200 * PAGE_BYTES


def test_every_page_its_database_names_is_on_the_medium(place: Place) -> None:
    for _ in range(3):
        place.take_in(2)
        place.back_up()
    for found in look(place.medium):
        facts = read_facts(found.folder / DATABASE, place.opened.key.database)
        manifest = read_manifest(found.folder, place.opened.key.backup)
        stored = place.on_medium.stored_pages()
        names = {place.opened.vault.name_of(*page) for page in facts.pages}
        assert names
        assert names == manifest.pages.keys()
        assert names <= stored.keys()
        assert (manifest.audit_seq, manifest.cases) == (facts.audit_seq, facts.cases)


def test_work_goes_on_during_a_backup_and_is_in_this_one_or_the_next(place: Place) -> None:
    place.take_in(20)
    taken: list[str] = []

    def progress(done: int, total: int) -> None:
        if total and done % 5 == 0:
            taken.append(place.take_in(1))

    place.back_up(progress)
    assert len(taken) >= 4
    newest = look(place.medium)[0].folder
    facts = read_facts(newest / DATABASE, place.opened.key.database)
    names = {place.opened.vault.name_of(*page) for page in facts.pages}
    assert names <= place.on_medium.stored_pages().keys()
    assert facts.cases == 1
    assert place.back_up().cases == 1 + len(taken)
    assert check(place.on_medium, place.opened.key.backup).damaged_pages == frozenset()


def test_a_page_removed_while_it_was_to_be_copied_makes_a_fresh_copy_of_the_database(place: Place) -> None:
    draft = example_case()
    made = []
    for order in range(1, 4):
        page = example_page(draft.case_id, bytes((order,)) * 500, order=order)
        place.opened.vault.put(page.page_id, bytes((order,)) * 500)
        made.append(page)

    def begin(transaction: Transaction) -> None:
        transaction.put_case(draft)
        transaction.replace_pages(draft.case_id, made)

    place.opened.store.write(begin).result()
    totals: list[int] = []

    def progress(done: int, total: int) -> None:
        if not total:
            return
        if not totals:  # the one that comes last, so that it goes between the database's copy and its own
            last = max(made, key=lambda page: place.opened.vault.name_of(page.page_id, page.sha256))
            kept = [page for page in made if page is not last]
            place.opened.store.write(lambda transaction: transaction.replace_pages(draft.case_id, kept)).result()
            place.opened.vault.remove(last.page_id, last.sha256)
        totals.append(total)

    done = place.back_up(progress)
    assert (done.pages, done.pages_missing) == (2, 0)
    facts = read_facts(look(place.medium)[0].folder / DATABASE, place.opened.key.database)
    names = {place.opened.vault.name_of(*page) for page in facts.pages}
    assert len(names) == 2
    assert names == place.on_medium.stored_pages().keys()


def test_nothing_on_the_medium_can_be_read_by_others(place: Place) -> None:
    place.take_in(2)
    place.back_up()
    words = [NAME, ID_NUMBER, PHONE, "无名村", "参保", "%PDF", "JFIF", "SQLite format"]
    marks = [word.encode(coding) for word in words for coding in ("utf-8", "utf-16-le")]
    in_clear = {"label.json", "epochs.json", "epochs-copy.json", *SLOT_FILES}
    looked = 0
    for path in (path for path in place.medium.rglob("*") if path.is_file()):
        data = path.read_bytes()
        assert not [mark for mark in marks if mark in data], path.name
        if path.name not in SLOT_FILES:
            assert CLERK.encode() not in data, path.name
        if path.name not in in_clear:
            looked += 1
            assert _bits_per_byte(data) > 7.9 - 300 / len(data), path.name
    assert looked >= 4
    label = json.loads((place.on_medium.path / "label.json").read_bytes())
    assert label.keys() == {"format", "version", "station", "division_code", "at", "program"}


def _bits_per_byte(data: bytes) -> float:
    counts = Counter(data)
    return -sum(count / len(data) * math.log2(count / len(data)) for count in counts.values())


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_cancelled_backup_leaves_the_earlier_one_and_is_cleared_away(place: Place, after: int) -> None:
    place.take_in(3)
    place.back_up()
    place.take_in(8)
    calls = 0

    def progress(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Cancelled

    with pytest.raises(Cancelled):
        place.back_up(progress)
    assert len(look(place.medium)) == 1
    assert not (place.opened.folder / COPY_NAME).exists()
    done = place.back_up()
    assert done.pages == 11
    assert not list(place.medium.rglob("*.part"))
    checked = check(place.on_medium, place.opened.key.backup)
    assert (checked.generations, checked.damaged_generations, checked.damaged_pages) == (2, 0, frozenset())


def test_pages_a_cut_backup_left_whole_are_not_written_again(place: Place) -> None:
    place.take_in(10)

    def progress(done: int, total: int) -> None:
        if done == 6:
            raise Cancelled

    with pytest.raises(Cancelled):
        place.back_up(progress)
    assert place.back_up().pages_new == 4


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (28, "backup.medium_full"),
        (5, "backup.medium_gone"),
        (30, "backup.medium_read_only"),
        (22, "backup.medium_failed"),
    ],
)
def test_a_medium_that_fails_in_the_middle_is_told_and_the_next_backup_works(
    place: Place, monkeypatch: pytest.MonkeyPatch, number: int, key: str
) -> None:
    place.take_in(3)
    place.back_up()
    place.take_in(5)
    real, calls = os.fsync, 0

    def fails(handle: int) -> None:
        nonlocal calls
        calls += str(place.medium) in str(Path(f"/proc/self/fd/{handle}").readlink())
        if calls > 7:
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(EnvironmentProblem) as raised:
        place.back_up()
    assert raised.value.key == key
    monkeypatch.undo()
    assert [found.whole for found in look(place.medium)] == [True]
    assert place.back_up().pages == 8
    assert check(place.on_medium, place.opened.key.backup).generations == 2


def test_a_medium_that_gives_back_other_bytes_is_no_medium(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.take_in(2)
    real = medium_files.hash_plain

    def forgets(path: Path, limit: int) -> medium_files.Written:
        return medium_files.Written("0" * 64, 0) if "pages" in path.parts else real(path, limit)

    monkeypatch.setattr(medium_files, "hash_plain", forgets)
    with pytest.raises(EnvironmentProblem, match=r"backup\.medium_unreliable"):
        place.back_up()
    assert look(place.medium) == ()
    assert not place.on_medium.stored_pages()


def test_what_a_check_finds_damaged_is_copied_again(place: Place) -> None:
    place.take_in(4)
    place.back_up()
    station, key = place.on_medium, place.opened.key.backup
    rotten, lost = sorted(station.stored_pages())[:2]
    data = bytearray(station.page(rotten).read_bytes())
    data[100] ^= 1
    station.page(rotten).write_bytes(data)
    station.page(lost).unlink()
    checked = check(station, key)
    assert checked.damaged_pages == {rotten, lost}
    place.opened.clock.forward(60)
    again = back_up(place.source, place.medium, place.opened.clock, again=checked.damaged_pages)
    assert again.pages_new == 2
    assert check(station, key).damaged_pages == frozenset()


@pytest.mark.parametrize("file", [DATABASE, MANIFEST, *SLOT_FILES])
def test_a_check_finds_every_damaged_file_of_a_generation(place: Place, file: str) -> None:
    place.take_in(1)
    place.back_up()
    place.back_up()
    path = look(place.medium)[0].folder / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    checked = check(place.on_medium, place.opened.key.backup)
    assert (checked.generations, checked.damaged_generations) == (1, 1)


def test_a_page_that_is_damaged_here_is_counted_and_the_good_copy_there_is_kept(place: Place) -> None:
    place.take_in(2)
    place.back_up()
    (one, *_) = sorted(place.opened.vault.stored())
    (place.opened.vault.folder / one).write_bytes(b"rotten")
    kept = place.back_up()
    assert (kept.pages, kept.pages_missing) == (2, 0)
    place.take_in(2)
    gone, rotten = set(place.opened.vault.stored()) - place.on_medium.stored_pages().keys()
    (place.opened.vault.folder / gone).unlink()
    data = bytearray((place.opened.vault.folder / rotten).read_bytes())
    data[-1] ^= 1
    (place.opened.vault.folder / rotten).write_bytes(data)
    # a page that is rotten before it was ever backed up is no backup of itself
    assert place.back_up().pages_missing == 2
    assert rotten not in place.on_medium.stored_pages()


def test_two_backups_in_the_same_second_and_after_the_clock_went_back(place: Place) -> None:
    place.take_in(1)
    clock = place.opened.clock
    for _ in range(2):
        back_up(place.source, place.medium, clock)
    clock.forward(-30 * 86400)
    done = back_up(place.source, place.medium, clock)
    assert done.at == clock.now()
    assert done.at in [found.at for found in look(place.medium)]


def test_one_made_while_the_clock_was_a_year_ahead_is_not_taken_for_the_newest(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.take_in(1)
    clock = place.opened.clock
    clock.forward(366 * 86400)
    wild = back_up(place.source, place.medium, clock)
    clock.forward(-366 * 86400)
    place.take_in(1)
    place.back_up()

    def verify(_page_id: str, _sha256: str) -> bool:
        raise AssertionError("the last backup had every page: none is to be read again")

    monkeypatch.setattr(place.opened.vault, "verify", verify)
    right = place.back_up()
    found = look(place.medium, clock.now())
    assert found[0].at == right.at
    assert found[-1].at == wild.at
    # on a PC whose own clock is behind all of them nothing is known better than the dates
    assert look(place.medium, clock.now() - timedelta(days=3000))[0].at == wild.at


def test_the_medium_is_not_left_by_a_link(place: Place, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    place.take_in(30)
    place.back_up()
    station = place.on_medium
    first = next(station.pages.iterdir())
    for path in first.iterdir():
        path.unlink()
    first.rmdir()
    first.symlink_to(outside, target_is_directory=True)
    with pytest.raises(EnvironmentProblem, match=r"backup\.medium_strange"):
        place.back_up()
    assert not list(outside.iterdir())
    (place.medium / "other").mkdir()
    (place.medium / "other" / "villagedesk-backup").symlink_to(outside, target_is_directory=True)
    with pytest.raises(EnvironmentProblem, match=r"backup\.medium_strange"):
        back_up(place.source, place.medium / "other", place.opened.clock)
    assert not list(outside.iterdir())


def test_saving_does_not_wait_for_a_slow_medium(place: Place) -> None:
    place.take_in(2)
    reached, go_on = threading.Event(), threading.Event()

    def progress(done: int, total: int) -> None:
        reached.set()
        assert go_on.wait(30)

    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(place.back_up(progress)))
    thread.start()
    assert reached.wait(30)
    before = everything(place.opened)
    place.take_in(1)
    assert everything(place.opened) != before
    assert not done
    go_on.set()
    thread.join(30)
    assert done


def test_a_folder_left_by_a_medium_that_failed_in_every_respect_is_flushed_the_next_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not be flushed, nor be taken away again; else a power cut takes a backup that was called written."""
    flushed: list[Path] = []
    well = False

    def flush(folder: Path) -> None:
        if not well:
            raise OSError(5, "the medium fails")
        flushed.append(folder)

    def fails(folder: Path) -> None:
        raise OSError(5, "the medium fails")

    monkeypatch.setattr(medium_files, "flush_folder", flush)
    monkeypatch.setattr(Path, "rmdir", fails)
    with pytest.raises(EnvironmentProblem, match=r"backup\.medium"):
        place.back_up()
    (left,) = place.medium.iterdir()
    well = True
    place.back_up()
    assert place.medium in flushed, f"{left.name} was there"
