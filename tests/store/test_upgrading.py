"""Databases of released schemas brought to today's: every fact kept, whatever happens on the way."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from tests.store.cut_off import cut_off
from tests.store.fixtures import CLERK, DAY, PASSWORD, FixedClock
from tests.store.old_schemas.make import DATA, FACTS, HERE, KILLED_WAL, dump
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot
from villagedesk.store import upgrading
from villagedesk.store.connection import building_engine, reading_engine
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.keys import DataKey, unlock
from villagedesk.store.migrations import environment
from villagedesk.store.migrations.known import KNOWN_REVISIONS
from villagedesk.store.recovery.recover import recover
from villagedesk.store.schema import METADATA
from villagedesk.store.upgrading import COPIES_FOLDER, KEPT_COPIES, NOTE_FILE
from villagedesk.store.vault import VAULT_FOLDER, PageVault

pytestmark = pytest.mark.usefixtures("real_schema")
SCHEMAS = sorted(path.name for path in HERE.iterdir() if (path / FACTS).exists())
Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class OldData:
    """A data folder as a released version left it."""

    folder: Path
    key: DataKey
    schema: str
    facts: Tables

    def opened(self) -> EncryptedStore:
        """Opened, and with that upgraded."""
        return EncryptedStore.open(self.folder, self.key, FixedClock())

    def upgrade(self) -> None:
        """Open and close it."""
        self.opened().close()

    def now(self, name: str = DATABASE_FILE) -> Tables:
        """Every row in a database of this key."""
        engine = reading_engine(self.folder / name, self.key.database)
        try:
            with engine.connect() as connection:
                return dump(connection)
        finally:
            engine.dispose()


@pytest.fixture(params=[(schema, killed) for schema in SCHEMAS for killed in (False, True)], ids=str)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> OldData:
    schema, killed = request.param
    shutil.copytree(HERE / schema / DATA, tmp_path / "data")
    kept = json.loads((HERE / schema / FACTS).read_bytes())
    facts: Tables = kept["closed"]
    if killed:
        shutil.copyfile(HERE / schema / KILLED_WAL, tmp_path / "data" / f"{DATABASE_FILE}-wal")
        facts = _with(facts, kept["killed"])
    return OldData(tmp_path / "data", unlock(tmp_path / "data", CLERK, PASSWORD), schema, facts)


def _with(facts: Tables, later: Tables) -> Tables:
    keys = {"case_counts": "status", "meta": "name"}
    merged = {}
    for name, rows in facts.items():
        replaced = {row[keys[name]] for row in later[name]} if name in keys else set()
        merged[name] = [row for row in rows if row.get(keys.get(name, "")) not in replaced] + later[name]
    return merged


def assert_every_fact_is_kept(facts: Tables, now: Tables) -> None:
    for name, rows in facts.items():
        if name in ("alembic_version", "case_words"):  # the words are made anew, by today's rules
            continue
        kept, before = ([row for row in some if row.get("name") != "words_version"] for some in (now[name], rows))
        assert len(kept) == len(before), name
        columns = before[0].keys() if before else ()
        left = [{column: row[column] for column in columns} for row in kept]
        for row in before:
            assert row in left, (name, row)


def test_there_is_a_fixture_of_every_schema_but_todays() -> None:
    assert SCHEMAS[: len(KNOWN_REVISIONS) - 1] == list(KNOWN_REVISIONS[:-1])


def test_every_fact_is_kept_and_the_desk_goes_on(old: OldData) -> None:
    store = old.opened()
    assert_every_fact_is_kept(old.facts, old.now())
    assert store.verify_chain() is None and store.integrity()

    def read(snapshot: Snapshot) -> None:
        lines = snapshot.case_lines(99)
        assert len(lines) == len(old.facts["cases"]) and {line.status for line in lines} == set(CaseStatus)
        for line in lines:
            case = snapshot.case(line.case_id)
            assert case.local_no is None or snapshot.case_by_number(case.local_no) == case
            assert snapshot.events(case.case_id) and not snapshot.expired_pages(case.case_id)
        assert {row.state for row in snapshot.outbox(frozenset(SendingState))} == set(SendingState)

    store.read(read)
    vault = PageVault(old.folder / VAULT_FOLDER, old.key.vault)
    assert len(store.named_pages()) == 7 + len(old.facts.get("captures", ())) and all(
        vault.verify(*page) for page in store.named_pages()
    )
    number = store.write(lambda transaction: transaction.take_local_no(DAY)).result()
    assert parse_local_no(number).count == len(old.facts["local_numbers"]) + 1
    station = next(row["value"] for row in old.facts["meta"] if row["name"] == "installation_id")
    assert store.read(lambda s: (s.epoch(), s.installation_id())) == ("A", station)
    (epoch,) = old.now()["epochs"]
    assert (epoch["epoch"], epoch["installation_id"]) == ("A", station)
    store.close()


def test_a_database_that_was_upgraded_can_be_recovered(old: OldData) -> None:
    """Rows that were not written since are shorter than today's."""
    old.upgrade()
    before = old.now()
    recover(old.folder, old.key, FixedClock(), "x")
    after = old.now()
    for name in ("pages", "captures", "page_origins", "documents", "settings"):
        assert [row for row in before[name] if row not in after[name]] == [], name
    told = ("case_id", "local_no", "status", "applicant_name", "parties", "promised_until")
    cases = [sorted([row[name] or "" for name in told] for row in facts["cases"]) for facts in (before, after)]
    assert cases[0] == cases[1]


def test_the_copy_before_it_is_whole_and_of_the_old_schema(old: OldData) -> None:
    old.opened().close()
    (copy,) = (old.folder / COPIES_FOLDER).iterdir()
    then = old.now(f"{COPIES_FOLDER}/{copy.name}")
    assert_every_fact_is_kept(old.facts, then)
    assert then["alembic_version"] == [{"version_num": old.schema}]
    assert not copy.read_bytes().startswith(b"SQLite format 3")


def _break(monkeypatch: pytest.MonkeyPatch, how: Callable[[], None]) -> None:
    real = environment.upgrade

    def upgrade(connection: Any) -> None:
        real(connection)
        how()

    monkeypatch.setattr(environment, "upgrade", upgrade)


def test_a_failure_on_the_way_leaves_the_old_one_and_the_next_start_tries_again(
    old: OldData, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def fail() -> None:
            raise RuntimeError("half of the way")

        _break(broken, fail)
        with pytest.raises(EnvironmentProblem) as problem:
            old.opened()
    assert problem.value.key == "store.upgrade_failed"
    now = old.now()
    assert now["alembic_version"] == [{"version_num": old.schema}]
    assert_every_fact_is_kept(old.facts, now)
    old.opened().close()
    assert_every_fact_is_kept(old.facts, old.now())


def test_no_case_is_taken_in_while_the_note_of_the_copy_stays(old: OldData, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path.name == NOTE_FILE:
            raise OSError(errno.EIO, "the disk fails")
        real(path, missing_ok=missing_ok)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", unlink)
        for _ in range(2):
            with pytest.raises(EnvironmentProblem) as problem:
                old.opened()
            assert problem.value.key == "store.write_failed" and (old.folder / NOTE_FILE).exists()
    old.opened().close()
    assert not (old.folder / NOTE_FILE).exists()
    assert_every_fact_is_kept(old.facts, old.now())


def test_an_upgrade_that_loses_a_row_is_taken_back(old: OldData, monkeypatch: pytest.MonkeyPatch) -> None:
    real = environment.upgrade

    def upgrade(connection: Any) -> None:
        real(connection)
        connection.execute(text("DELETE FROM settings WHERE name = 'sync.cursor'"))

    monkeypatch.setattr(environment, "upgrade", upgrade)
    with pytest.raises(EnvironmentProblem) as problem:
        old.opened()
    assert problem.value.key == "store.upgrade_failed"
    assert_every_fact_is_kept(old.facts, old.now())


def test_where_the_database_is_spoiled_on_the_way_the_copy_is_put_back(
    old: OldData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil() -> None:
        with (old.folder / DATABASE_FILE).open("r+b") as file:
            file.seek(9 * 4096)
            file.write(os.urandom(20 * 4096))
        raise RuntimeError("the disk went mad")

    with monkeypatch.context() as broken:
        _break(broken, spoil)
        with pytest.raises(EnvironmentProblem):
            old.opened()
    assert_every_fact_is_kept(old.facts, old.now())
    assert next(old.folder.glob("damaged-*/villagedesk.db"))
    store = old.opened()
    assert store.integrity() and store.verify_chain() is None
    store.close()


@pytest.mark.parametrize("old", [(SCHEMAS[-1], True)], indirect=True)
def test_a_kill_anywhere_leaves_the_old_or_the_new(old: OldData, tmp_path: Path) -> None:
    at = 0
    while True:
        at += 1
        shutil.rmtree(tmp_path / "again", ignore_errors=True)
        shutil.copytree(old.folder, tmp_path / "again")
        again = OldData(tmp_path / "again", old.key, old.schema, old.facts)
        if not cut_off(again.upgrade, at):
            break
        again.opened().close()
        assert_every_fact_is_kept(old.facts, again.now())
        assert again.now()["alembic_version"] == [{"version_num": KNOWN_REVISIONS[-1]}]
        assert not (again.folder / NOTE_FILE).exists()
    assert at > 10


@pytest.mark.parametrize("old", [(SCHEMAS[-1], True)], indirect=True)
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_within_the_upgrade_itself_leaves_the_old_or_the_new(
    old: OldData, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    if after:
        real = upgrading._upgrade
        monkeypatch.setattr(upgrading, "_upgrade", lambda *values: (real(*values), os._exit(9)))
    else:
        _break(monkeypatch, lambda: os._exit(9))
    assert cut_off(old.upgrade, 10**9)
    monkeypatch.undo()
    assert (old.folder / NOTE_FILE).exists()
    old.opened().close()
    assert_every_fact_is_kept(old.facts, old.now())
    assert not (old.folder / NOTE_FILE).exists()


@pytest.mark.parametrize("old", [(SCHEMAS[-1], True)], indirect=True)
def test_after_a_kill_a_spoiled_database_gives_way_to_its_copy_at_the_next_start(
    old: OldData, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as broken:
        _break(broken, lambda: os._exit(9))
        assert cut_off(old.upgrade, 10**9)
    with (old.folder / DATABASE_FILE).open("r+b") as file:
        file.write(bytes(4096))
    at = 0
    while True:
        at += 1
        shutil.rmtree(tmp_path / "again", ignore_errors=True)
        shutil.copytree(old.folder, tmp_path / "again")
        again = OldData(tmp_path / "again", old.key, old.schema, old.facts)
        whole = not cut_off(again.upgrade, at)
        again.opened().close()
        assert_every_fact_is_kept(old.facts, again.now())
        if whole:
            break
    assert at > 15


def test_a_disk_too_full_for_the_copy_is_told_and_nothing_was_changed(
    old: OldData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_values: object) -> None:
        raise EnvironmentProblem("store.disk_full")

    with monkeypatch.context() as patched:
        patched.setattr("villagedesk.store.upgrading.copy_database", full)
        with pytest.raises(EnvironmentProblem) as problem:
            old.opened()
    assert problem.value.key == "store.disk_full"
    assert_every_fact_is_kept(old.facts, old.now())
    assert not list((old.folder / COPIES_FOLDER).iterdir()) and not (old.folder / NOTE_FILE).exists()
    old.upgrade()


def test_a_disk_that_fills_up_on_the_way_is_told_and_the_old_one_stands(
    old: OldData, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = environment.upgrade

    def upgrade(connection: Any) -> None:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        # SQLite answers a bound of its own as it answers a disk without room
        connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
        real(connection)
        # not every step of the schema takes room by itself
        connection.execute(text("CREATE TABLE one_more AS SELECT zeroblob(200000)"))

    with monkeypatch.context() as patched:
        patched.setattr(environment, "upgrade", upgrade)
        with pytest.raises(EnvironmentProblem) as problem:
            old.opened()
    assert problem.value.key == "store.disk_full"
    assert old.now()["alembic_version"] == [{"version_num": old.schema}]
    assert_every_fact_is_kept(old.facts, old.now())
    old.upgrade()


def test_the_newest_copies_are_kept(old: OldData) -> None:
    copies = old.folder / COPIES_FOLDER
    copies.mkdir()
    for name in ("0000-20250101T000000Z.db", "0000-20250201T000000Z.db", "0000-20250301T000000Z.db"):
        (copies / name).write_bytes(b"older")
    old.opened().close()
    names = sorted(path.name for path in copies.iterdir())
    assert len(names) == KEPT_COPIES and names[0] == "0000-20250201T000000Z.db" and names[-1].startswith(old.schema)


def test_upgrades_at_once_change_each_its_own_database(tmp_path: Path) -> None:
    def tables(number: int) -> set[str]:
        engine = building_engine(tmp_path / f"{number}.db", bytes(32))
        try:
            with engine.begin() as connection:
                upgrading.migrate(connection)
            return {*inspect(engine).get_table_names()}
        finally:
            engine.dispose()

    with ThreadPoolExecutor(4) as threads:
        assert all(names >= {*METADATA.tables} for names in threads.map(tables, range(24)))
