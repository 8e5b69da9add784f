"""Damaged databases: noticed, told from foreign ones, and recovered with everything that stands on whole pages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.store.cut_off import cut_off
from tests.store.damage import DAMAGES, LOG_FILE, PAGE, Tables, Whole, damage, lose_rows, make_whole
from tests.store.fixtures import CLERK, DAY, START, FixedClock, example_case, example_submit, open_store
from tests.store.old_schemas.make import dump
from tests.store.waiting_papers import assert_waiting_papers_are_asked_about, papers_in_every_state
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.local_no import local_no, parse_local_no
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import RESTORED, Reason, Restoration
from villagedesk.domain.service_item import HandlingMode
from villagedesk.store.case_words import BLOCK
from villagedesk.store.connection import building_engine
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.recovery.pages import TABLE_LEAF, TreePage, Unreadable
from villagedesk.store.recovery.recover import REPORT_FILE, Recovered, recover
from villagedesk.store.recovery.remains import DamagedFile
from villagedesk.store.recovery.shapes import shapes_of
from villagedesk.store.replacing import NEXT_FILE, NOTE_FILE
from villagedesk.store.upgrading import migrate

CASES = 300
KEPT_AS_THEY_WERE = ("cases", "pages", "outbox", "print_jobs", "page_transfers", "local_numbers", "settings")
"""Tables whose rows come back as they were; the log gets new places and seals."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return make_whole(tmp_path_factory.mktemp("whole"), CASES)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """One whose newest cases stand in the log only."""
    return make_whole(tmp_path_factory.mktemp("killed"), 60, logged=12)


def opened(folder: Path, key: DataKey) -> EncryptedStore:
    return EncryptedStore.open(folder, key, FixedClock())


def problem_at_opening(folder: Path, key: DataKey) -> str:
    with pytest.raises(EnvironmentProblem) as problem:
        opened(folder, key).close()
    return problem.value.key


def recovered(folder: Path, key: DataKey, newest: str = "") -> tuple[Recovered, Tables]:
    done = recover(folder, key, FixedClock(), CLERK, newest)
    store = opened(folder, key)
    now = store.read(lambda snapshot: dump(snapshot.connection))  # type: ignore[attr-defined]
    assert store.integrity() and store.verify_chain() is None
    store.close()
    return done, now


def assert_nothing_is_invented(history: Tables, now: Tables, done: Recovered) -> None:
    for name in KEPT_AS_THEY_WERE:
        was = {json.dumps(row, sort_keys=True) for row in history[name]}
        new = [row for row in now[name] if json.dumps(row, sort_keys=True) not in was]
        if name == "settings":
            new = [row for row in new if row["name"] != RESTORED]
        if name == "cases":
            # what was made again says nothing but what its submission or log said
            by_id = {row["case_id"]: row for row in history[name]}
            assert len(new) <= done.made_again
            for row in new:
                before = by_id[row["case_id"]]
                said = ("local_no", "item_code", "item_name", "applicant", "applicant_name", "clerk")
                assert all(
                    row[column] in (before[column], "", None, "{}", "[]") or not row["item_code"] for column in said
                )
            continue
        assert new == [], name
    unplaced = {"seq", "mac"}
    was = {json.dumps({k: v for k, v in row.items() if k not in unplaced}) for row in history["case_events"]}
    for row in now["case_events"]:
        if row["kind"] != Deed.DATABASE_RECOVERED:
            assert json.dumps({k: v for k, v in row.items() if k not in unplaced}) in was


Places = dict[str, list[tuple[dict[str, object], set[int]]]]


@pytest.fixture(scope="module")
def places(whole: Whole) -> Places:
    """Each row of an undamaged database with the pages it stands on."""
    engine = building_engine(Path(":memory:"), whole.key.database)
    with engine.begin() as connection:
        migrate(connection)
        shapes = shapes_of(connection)
    engine.dispose()
    file = DamagedFile(whole.folder / DATABASE_FILE, whole.key.database)
    found: Places = {name: [] for name in shapes}
    for number in range(2, file.count + 1):
        try:
            page = TreePage(number, file.page(number) or b"")
            cells = list(page.cells()) if page.kind == TABLE_LEAF else []
        except (Unreadable, IndexError):
            continue
        for cell in cells:
            touched = {number}

            def read(over: int, touched: set[int] = touched) -> bytes | None:
                touched.add(over)
                return file.page(over)

            entry = page.record(cell, read)
            (name,) = [name for name, shape in shapes.items() if shape.fits(entry)] or [""]
            if name:
                found[name].append((dict(shapes[name].values(cell.key, entry)), touched))
    file.close()
    assert len(found["cases"]) == CASES and len(found["outbox"]) == len(whole.tables["outbox"])
    return found


def assert_rows_of_whole_pages_are_there(places: Places, changed: set[int], now: Tables, done: Recovered) -> None:
    known = {row["case_id"] for row in now["cases"]}
    for name in ("cases", "outbox", "print_jobs", "pages", "case_events"):
        left_out = {"seq", "mac"} if name == "case_events" else set[str]()
        there = {as_text(row, left_out) for row in now[name]}
        for row, touched in places[name]:
            if not touched & changed and (name in ("cases", "case_events") or row["case_id"] in known):
                assert as_text(row, left_out) in there, (name, row)
    sent = {row["case_id"] for row, touched in places["outbox"] if not touched & changed}
    assert sent <= known, "a case whose submission is left comes back"
    assert done.cases == len(known)


def as_text(row: Mapping[str, object], left_out: set[str]) -> str:
    kept = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    return json.dumps({name: value for name, value in kept.items() if name not in left_out}, sort_keys=True)


# seeds rather than hypothesis: a smaller seed is no simpler damage, so there is nothing to shrink
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 25))])
@pytest.mark.parametrize("kind", sorted(DAMAGES))
def test_what_stands_on_whole_pages_comes_back_and_nothing_is_invented(
    whole: Whole, places: Places, tmp_path: Path, kind: str, seed: int
) -> None:
    folder = whole.copied(tmp_path / "data")
    original = (folder / DATABASE_FILE).read_bytes()
    changed = damage(folder / DATABASE_FILE, kind, seed)
    salt_lost = (folder / DATABASE_FILE).read_bytes()[:16] != original[:16]
    try:
        done, now = recovered(folder, whole.key)
    except EnvironmentProblem as problem:
        # the seals of all pages are made with the salt; and of a file cut to a few pages nothing is left
        assert problem.key == "store.nothing_left"
        assert salt_lost or not any(not at & changed for rows in places.values() for _, at in rows)
        return
    assert_nothing_is_invented(whole.history, now, done)
    assert_rows_of_whole_pages_are_there(places, changed, now, done)


def words_by_case(tables: Mapping[str, Sequence[Mapping[str, object]]]) -> set[tuple[object, object]]:
    """What each case is found by; the short numbers are each database's own."""
    cases = {row["made"]: row["case_id"] for row in tables["case_numbers"]}
    found = set()
    for row in tables["case_words"]:
        bits = int.from_bytes(bytes.fromhex(str(row["members"])), "little")
        numbers = [BLOCK * int(str(row["block"])) + bit for bit in range(BLOCK) if bits >> bit & 1]
        found |= {(cases[made], row["word"]) for made in numbers}
    return found


def test_an_undamaged_one_comes_back_whole(whole: Whole, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    done, now = recovered(folder, whole.key)
    for name in KEPT_AS_THEY_WERE:
        assert [row for row in now[name] if row.get("name") != RESTORED] == whole.tables[name], name
    assert now["case_counts"] == whole.tables["case_counts"]
    assert words_by_case(now) == words_by_case(whole.tables)
    assert (done.cases, done.made_again, done.unqueued, done.stale) == (CASES, 0, 0, False)
    assert all(count.lost_at_least == 0 for count in done.tables)


def test_a_recovered_installation_is_another_one_that_says_so(whole: Whole, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    newest = local_no("C", DAY, 7)
    done, now = recovered(folder, whole.key, newest.lower())
    store = opened(folder, whole.key)
    epoch, station, told = store.read(lambda s: (s.epoch(), s.installation_id(), s.setting(RESTORED)))
    first = store.read(lambda s: s.events(STATION))[0]
    number = store.write(lambda transaction: transaction.take_local_no(DAY)).result()
    store.close()
    before = next(row["value"] for row in whole.tables["meta"] if row["name"] == "installation_id")
    assert epoch == done.epoch == "D" == parse_local_no(number).epoch and station != before
    assert Restoration.from_text(told) == Restoration(
        FixedClock().now(), Restoration.from_text(told).of, Reason.RECOVERY, "D", station, newest
    )
    assert first.kind == Deed.DATABASE_RECOVERED and first.actor == CLERK
    head = json.loads(next(row["value"] for row in whole.tables["meta"] if row["name"] == "audit_head"))
    assert json.loads(first.detail["old_head"])["mac"] == head["mac"]
    assert first.detail["kept"] == str(len(whole.tables["case_events"])) and first.detail["lost"] == "0"
    assert now["case_events"][0]["kind"] == Deed.DATABASE_RECOVERED
    assert [row["epoch"] for row in now["epochs"]] == ["A", "C", "D"]


def test_a_paper_that_waited_is_asked_about_and_no_other_is_touched(tmp_path: Path) -> None:
    old = open_store(tmp_path)
    case = example_case()
    old.store.write(lambda transaction: transaction.put_case(case)).result()
    jobs = papers_in_every_state(old, case.case_id)
    old.store.close()
    recovered(old.folder, old.key)
    store = opened(old.folder, old.key)
    try:
        assert_waiting_papers_are_asked_about(store, jobs)
    finally:
        store.close()


def test_the_damaged_files_are_kept_with_a_report_that_names_nobody(whole: Whole, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    damage(folder / DATABASE_FILE, "zero pages", 0)
    damaged = (folder / DATABASE_FILE).read_bytes()
    done, _ = recovered(folder, whole.key)
    assert (done.kept_in / DATABASE_FILE).read_bytes() == damaged
    report = (done.kept_in / REPORT_FILE).read_text("utf-8")
    assert f"cases: kept {done.cases}, lost at least" in report and report.isascii()


def test_a_case_whose_row_is_lost_comes_back_from_its_submission(whole: Whole, places: Places, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    lost = next(
        (row, at)
        for row, at in places["cases"]
        if row["status"] == CaseStatus.SUBMITTED
        and any(one["case_id"] == row["case_id"] and one["state"] == SendingState.SENT for one, _ in places["outbox"])
    )
    with (folder / DATABASE_FILE).open("r+b") as file:
        for number in lost[1]:
            file.seek((number - 1) * PAGE)
            file.write(bytes(PAGE))
    done, _ = recovered(folder, whole.key)
    assert done.made_again >= 1
    store = opened(folder, whole.key)
    case_id = str(lost[0]["case_id"])
    case, events, rows = store.read(lambda s: (s.case(case_id), s.events(case_id), s.outbox_of_case(case_id)))
    store.close()
    assert (case.local_no, case.applicant.name) == (lost[0]["local_no"], lost[0]["applicant_name"])
    assert case.status is CaseStatus.SUBMITTED and [row.state for row in rows] == [SendingState.SENT]
    assert events[-1].kind == Deed.DATABASE_RECOVERED and events[-1].detail["lost"] == "case"


def test_a_submission_that_is_lost_is_told_and_never_made_up(whole: Whole, places: Places, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    root_of_all = {number for _, at in places["outbox"] for number in at}
    with (folder / DATABASE_FILE).open("r+b") as file:
        for number in root_of_all:
            file.seek((number - 1) * PAGE)
            file.write(bytes(PAGE))
    done, now = recovered(folder, whole.key)
    assert now["outbox"] == [] and done.cases == CASES
    told = {row["case_id"] for row in now["case_events"] if row["detail"] == '{"lost": "submission"}'}
    nothing = ("draft", "withdrawn", "void", "returned_to_applicant")
    assert told == {row["case_id"] for row in whole.tables["cases"] if row["status"] not in nothing}
    assert done.unqueued == len(told) > 100


@pytest.mark.parametrize("at", ["header", "frame", "frame header", "last"])
def test_saves_behind_a_damaged_place_of_the_log_are_not_silently_dropped(
    killed: Whole, tmp_path: Path, at: str
) -> None:
    folder = killed.copied(tmp_path / "data")
    raw = bytearray((folder / LOG_FILE).read_bytes())
    frames = (len(raw) - 32) // (PAGE + 24)
    place = {"header": 5, "frame": 32 + 3 * (PAGE + 24) + 600, "frame header": 32 + 3 * (PAGE + 24) + 17}
    raw[place.get(at, 32 + (frames - 1) * (PAGE + 24) + 600)] ^= 1
    (folder / LOG_FILE).write_bytes(raw)
    if at == "last":
        # one that was never confirmed looks the same, so it is no damage
        store = opened(folder, killed.key)
        assert len(store.read(lambda s: s.case_lines(99))) == 59
        store.close()
        return
    assert problem_at_opening(folder, killed.key) == "store.damaged"
    done, now = recovered(folder, killed.key)
    assert_nothing_is_invented(killed.history, now, done)
    assert done.cases >= (60 if at != "frame" else 59)


def test_a_whole_log_is_read_and_opened(killed: Whole, tmp_path: Path) -> None:
    folder = killed.copied(tmp_path / "data")
    done, now = recovered(folder, killed.key)
    assert done.cases == 60
    for name in KEPT_AS_THEY_WERE:
        assert [row for row in now[name] if row.get("name") != RESTORED] == killed.tables[name], name
    store = opened(killed.copied(tmp_path / "other"), killed.key)
    assert len(store.read(lambda s: s.case_lines(99))) == 60
    store.close()


def test_a_page_damaged_after_an_unclean_close_is_noticed_at_opening(killed: Whole, tmp_path: Path) -> None:
    folder = killed.copied(tmp_path / "data")
    with (folder / DATABASE_FILE).open("r+b") as file:
        file.seek(killed.pages // 2 * PAGE)
        file.write(bytes(20 * PAGE))
    assert problem_at_opening(folder, killed.key) == "store.damaged"


def test_after_a_clean_close_damage_is_found_by_the_check(whole: Whole, places: Places, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    # a page of the log: opening reads none of it, while it does count the outbox
    _, pages_of_the_log = places["case_events"][-1]
    with (folder / DATABASE_FILE).open("r+b") as file:
        file.seek((min(pages_of_the_log) - 1) * PAGE + 9)
        file.write(b"damage")
    store = opened(folder, whole.key)
    assert not store.integrity()
    with pytest.raises(EnvironmentProblem) as problem:
        store.copy_to(tmp_path / "copy.db")
    assert problem.value.key == "store.damaged" and not list(tmp_path.glob("copy*"))
    store.close()
    # opening alone does not meet it, as it just showed: what was found is remembered
    assert problem_at_opening(folder, whole.key) == "store.damaged"


def test_where_the_salt_is_gone_it_is_still_ours_and_nothing_is_changed(whole: Whole, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    with (folder / DATABASE_FILE).open("r+b") as file:
        file.write(bytes(16))
    assert problem_at_opening(folder, whole.key) == "store.damaged"
    before = (folder / DATABASE_FILE).read_bytes()
    with pytest.raises(EnvironmentProblem) as problem:
        recover(folder, whole.key, FixedClock(), CLERK)
    assert problem.value.key == "store.nothing_left"
    assert (folder / DATABASE_FILE).read_bytes() == before and not list(folder.glob("damaged-*"))
    assert problem_at_opening(folder, DataKey.generate()) == "store.unreadable"


def test_a_wrong_newest_number_is_asked_for_again_before_anything_is_done(whole: Whole, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    with pytest.raises(InputProblem):
        recover(folder, whole.key, FixedClock(), CLERK, "261123-A-0001-X")
    assert not list(folder.glob("damaged-*")) and not (folder / NEXT_FILE).exists()


def test_it_can_be_stopped_and_leaves_the_damaged_one(whole: Whole, tmp_path: Path) -> None:
    folder = whole.copied(tmp_path / "data")
    damage(folder / DATABASE_FILE, "zero pages", 3)
    before = (folder / DATABASE_FILE).read_bytes()
    calls = 0

    def stop(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        assert 0 <= done <= total
        if calls > 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        recover(folder, whole.key, FixedClock(), CLERK, progress=stop)
    assert (folder / DATABASE_FILE).read_bytes() == before and not list(folder.glob("damaged-*"))


@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_kill_anywhere_leaves_the_damaged_one_or_the_new_one(killed: Whole, tmp_path: Path, stride: int) -> None:
    spoiled = killed.copied(tmp_path / "spoiled")
    with (spoiled / DATABASE_FILE).open("r+b") as file:
        file.seek(killed.pages // 2 * PAGE)
        file.write(bytes(20 * PAGE))
    left = replace(killed, folder=spoiled)
    expected = None
    at = 1 - stride
    seen_damaged = 0
    while True:
        at += stride
        folder = left.copied(tmp_path / "again")
        done = not cut_off(partial(recover, folder, killed.key, FixedClock(), CLERK), at)
        try:
            store = opened(folder, killed.key)
        except EnvironmentProblem as problem:
            assert problem.key == "store.damaged" and not done
            seen_damaged += 1
            recover(folder, killed.key, FixedClock(), CLERK)
            store = opened(folder, killed.key)
        counts = store.read(lambda s: (len(s.case_lines(99)), len(s.outbox(frozenset(SendingState))), s.epoch()))
        assert store.verify_chain() is None
        store.close()
        expected = expected or counts
        assert counts == expected and counts[0] > 30
        assert not (folder / NOTE_FILE).exists()
        if done:
            break
    assert seen_damaged > 2 and at > 15


@pytest.mark.parametrize(("kind", "missed"), [("imported", 0), ("taken_in", 1)])
def test_what_a_paper_register_brought_was_never_sent_and_is_not_missed(tmp_path: Path, kind: str, missed: int) -> None:
    folder, key = tmp_path / "data", DataKey.generate()
    folder.mkdir()
    store = EncryptedStore.create(folder, key, FixedClock())
    case = example_case(status=CaseStatus.ACCEPTED, local_no=local_no("A", date(2026, 3, 5), 1))
    case = replace(case, mode=HandlingMode.SYSTEM)

    def work(transaction: Transaction) -> None:
        transaction.put_case(case)
        transaction.append_event(CaseEvent(case.case_id, FixedClock().now(), CLERK, kind, None, case.status))

    store.write(work).result()
    store.close()
    done, _ = recovered(folder, key)
    assert (done.cases, done.unqueued) == (1, missed)


def test_a_carried_case_that_moved_to_the_system_is_missed_and_one_that_stayed_is_not(tmp_path: Path) -> None:
    """It keeps its state when its item moves, so the state does not tell whether it sends."""
    old = open_store(tmp_path)
    moved = example_case(status=CaseStatus.HANDED_OVER, local_no=local_no("A", DAY, 1))
    stayed = replace(
        example_case(status=CaseStatus.HANDED_OVER, local_no=local_no("A", DAY, 2)), mode=HandlingMode.PROXY
    )
    row = example_submit(moved)

    def work(transaction: Transaction) -> None:
        for case in (moved, stayed):
            transaction.put_case(case)
            transaction.append_event(CaseEvent(case.case_id, START, CLERK, "handed_over", None, case.status))
        transaction.add_outbox(row)

    old.store.write(work).result()
    old.store.close()
    undamaged = tmp_path / "undamaged"
    shutil.copytree(old.folder, undamaged)
    assert recovered(undamaged, old.key)[0].unqueued == 0
    assert lose_rows(old.folder, old.key, row.payload_sha256)
    done, now = recovered(old.folder, old.key)
    assert (done.cases, done.unqueued, now["outbox"]) == (2, 1, [])
    assert [e["case_id"] for e in now["case_events"] if e["detail"] == '{"lost": "submission"}'] == [moved.case_id]
