"""Making and opening the database: keys, damage, schema versions, the lock, and the settings that keep it safe."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlcipher3 import dbapi2 as sqlcipher

from tests.store.fixtures import FixedClock, OpenedStore, example_case, example_page, open_store, take_in
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.store import upgrading
from villagedesk.store.connection import problem_of_driver, reading_engine, writing_engine
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.lock import FolderLock
from villagedesk.store.migrations import environment, known
from villagedesk.store.schema import METADATA
from villagedesk.store.sweep import sweep
from villagedesk.store.upgrading import COPIES_FOLDER
from villagedesk.store.vault import PageVault

pytestmark = pytest.mark.usefixtures("real_schema")


def problem_key(folder: Path, key: DataKey) -> str:
    with pytest.raises(EnvironmentProblem) as problem:
        EncryptedStore.open(folder, key, FixedClock()).close()
    return problem.value.key


@pytest.fixture
def filled(opened: OpenedStore) -> OpenedStore:
    for _ in range(40):
        opened.store.write(lambda t: take_in(t, example_case(), [])).result()
    opened.store.close()
    return opened


def test_another_key_does_not_open_it_and_spoils_nothing(
    filled: OpenedStore, capfd: pytest.CaptureFixture[str]
) -> None:
    before = (filled.folder / DATABASE_FILE).read_bytes()
    assert problem_key(filled.folder, DataKey.generate()) == "store.unreadable"
    assert (filled.folder / DATABASE_FILE).read_bytes() == before
    assert capfd.readouterr() == ("", "")
    again = EncryptedStore.open(filled.folder, filled.key, filled.clock)
    assert len(again.read(lambda s: s.case_lines(99))) == 40
    again.close()


@pytest.mark.parametrize("at", [0, 20, 600])
def test_damaged_first_bytes_are_told(filled: OpenedStore, at: int) -> None:
    spoil(filled.folder / DATABASE_FILE, at, 64)
    assert problem_key(filled.folder, filled.key) == "store.damaged"


def test_damage_further_in_is_told_when_it_is_met_and_nothing_false_is_read(filled: OpenedStore) -> None:
    path = filled.folder / DATABASE_FILE
    size = path.stat().st_size
    for page in range(4096, size, 4096):
        spoil(path, page + 500, 8)
    try:
        store = EncryptedStore.open(filled.folder, filled.key, filled.clock)
    except EnvironmentProblem as problem:
        assert problem.key == "store.damaged"
        return
    with pytest.raises(EnvironmentProblem) as told:
        store.read(lambda s: s.case_lines(99))
    store.close()
    assert told.value.key == "store.damaged"


@pytest.mark.parametrize("length", [0, 100, 4096, 5000])
def test_a_cut_database_is_told(filled: OpenedStore, length: int) -> None:
    os.truncate(filled.folder / DATABASE_FILE, length)
    assert problem_key(filled.folder, filled.key) == "store.damaged"


def spoil(path: Path, at: int, count: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(os.urandom(count))


def test_a_lost_database_is_not_started_afresh(filled: OpenedStore) -> None:
    (filled.folder / DATABASE_FILE).unlink()
    assert problem_key(filled.folder, filled.key) == "store.unreadable"
    with pytest.raises(EnvironmentProblem) as problem:
        EncryptedStore.create(filled.folder, filled.key, filled.clock)
    assert problem.value.key == "store.unreadable"


def test_a_second_one_is_not_made_over_the_first(filled: OpenedStore) -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        EncryptedStore.create(filled.folder, filled.key, filled.clock)
    assert problem.value.key == "store.already_set_up"


def test_what_a_crash_left_while_it_was_made_is_in_nobodys_way(tmp_path: Path) -> None:
    key = DataKey.generate()
    (tmp_path / f"{DATABASE_FILE}.part").write_bytes(b"half")
    (tmp_path / f"{DATABASE_FILE}.part-journal").write_bytes(b"half")
    EncryptedStore.create(tmp_path, key, FixedClock()).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["status.json", DATABASE_FILE]


def test_half_written_files_of_a_crash_are_cleared_away_at_opening(filled: OpenedStore) -> None:
    for name in ("status.json.0123abcd.part", "slots-a.0123abcd.part"):
        (filled.folder / name).write_bytes(b"half")
    EncryptedStore.open(filled.folder, filled.key, filled.clock).close()
    assert not list(filled.folder.glob("*.part"))


def test_the_writer_flushes_in_wal_mode_and_readers_cannot_write(opened: OpenedStore) -> None:
    def pragmas(transaction: Transaction) -> list[object]:
        connection = transaction.connection  # type: ignore[attr-defined]
        names = ("journal_mode", "synchronous", "foreign_keys", "temp_store", "query_only")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert opened.store.write(pragmas).result() == ["wal", 2, 1, 2, 0]

    def write(snapshot: Snapshot) -> None:
        snapshot.connection.execute(text("DELETE FROM settings"))  # type: ignore[attr-defined]

    with pytest.raises(EnvironmentProblem):
        opened.store.read(write)


def test_a_file_system_without_wal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = DataKey.generate()
    EncryptedStore.create(tmp_path, key, FixedClock()).close()
    engine = reading_engine(tmp_path / DATABASE_FILE, key.database)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        # An open transaction elsewhere keeps the journal mode from changing: the pragma answers, and must be believed.
        assert driver.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    engine.dispose()
    monkeypatch.setattr("villagedesk.store.connection.keyed", lambda *_: NoWal())
    with pytest.raises(EnvironmentProblem) as problem:
        writing_engine(tmp_path / DATABASE_FILE, key.database).connect()
    assert problem.value.key == "store.write_failed"


class NoWal:
    """A connection on a file system that does not take WAL."""

    def execute(self, statement: str) -> NoWal:
        """Answers every pragma as such a file system does."""
        assert statement == "PRAGMA journal_mode=WAL"
        return self

    def fetchone(self) -> tuple[str]:
        """The mode it stays in."""
        return ("delete",)

    def close(self) -> None:
        """Nothing to close."""


def test_the_migrations_lead_to_todays_tables(filled: OpenedStore) -> None:
    engine = writing_engine(filled.folder / DATABASE_FILE, filled.key.database)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        columns = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'case_words'")).scalar_one()
        epoch = connection.execute(text("SELECT value FROM meta WHERE name = 'epoch'")).scalar_one()
    engine.dispose()
    assert "WITHOUT ROWID" in columns and epoch == "A"


def test_the_known_versions_are_the_migrations() -> None:
    assert tuple(module.revision for module in environment.VERSIONS) == known.KNOWN_REVISIONS


def test_a_newer_schema_is_told_and_left_alone(filled: OpenedStore) -> None:
    engine = writing_engine(filled.folder / DATABASE_FILE, filled.key.database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert problem_key(filled.folder, filled.key) == "store.newer_schema"


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A schema version that is not written yet."""
    module = ModuleType("v9000_later")
    module.revision = "9000"  # type: ignore[attr-defined]
    module.down_revision = known.KNOWN_REVISIONS[-1]  # type: ignore[attr-defined]
    module.upgrade = lambda: op.execute("ALTER TABLE settings ADD COLUMN later TEXT")  # type: ignore[attr-defined]
    monkeypatch.setattr(upgrading, "KNOWN_REVISIONS", (*known.KNOWN_REVISIONS, "9000"))
    monkeypatch.setattr(environment.upgrade, "__defaults__", ((*environment.VERSIONS, module),))
    return module


def test_an_older_schema_is_upgraded_after_an_encrypted_copy_was_kept(
    filled: OpenedStore, next_version: ModuleType
) -> None:
    store = EncryptedStore.open(filled.folder, filled.key, filled.clock)
    assert len(store.read(lambda s: s.case_lines(99))) == 40
    store.close()
    (copy,) = (filled.folder / COPIES_FOLDER).iterdir()
    assert copy.name == f"{known.KNOWN_REVISIONS[-1]}-20261123T010000Z.db"
    engine = reading_engine(copy, filled.key.database)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM cases")).scalar() == 40
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == known.KNOWN_REVISIONS[-1]
    engine.dispose()
    EncryptedStore.open(filled.folder, filled.key, filled.clock).close()
    assert len(list((filled.folder / COPIES_FOLDER).iterdir())) == 1


def test_a_failed_upgrade_leaves_the_old_schema(filled: OpenedStore, next_version: ModuleType) -> None:
    def fail() -> None:
        op.execute("ALTER TABLE settings ADD COLUMN later TEXT")
        raise RuntimeError("power of imagination")

    next_version.upgrade = fail  # type: ignore[attr-defined]
    assert problem_key(filled.folder, filled.key) == "store.upgrade_failed"
    engine = reading_engine(filled.folder / DATABASE_FILE, filled.key.database)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == known.KNOWN_REVISIONS[-1]
        assert (
            "later" not in connection.execute(text("SELECT sql FROM sqlite_master WHERE name='settings'")).scalar_one()
        )
    engine.dispose()


def test_one_process_at_a_time_holds_the_folder(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from villagedesk.store.lock import FolderLock;"
        "from villagedesk.domain.problems import EnvironmentProblem\n"
        "try: FolderLock(pathlib.Path(sys.argv[1]))\n"
        "except EnvironmentProblem as problem: print(problem.key)\n"
        "else: print('held')"
    )

    def other() -> str:
        command = [sys.executable, "-c", code, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with FolderLock(tmp_path):
        assert other() == "store.in_use"
        with pytest.raises(EnvironmentProblem):
            FolderLock(tmp_path)
    assert other() == "held"


def test_a_sweep_sets_aside_only_what_no_row_names(tmp_path: Path) -> None:
    opened = open_store(tmp_path)
    case = example_case()
    page, orphan = example_page(case.case_id, b"named"), example_page(case.case_id, b"orphan")
    opened.vault.put(page.page_id, b"named")
    opened.vault.put(orphan.page_id, b"orphan")
    opened.store.write(lambda t: take_in(t, case, [page])).result()
    assert sweep(opened.store, opened.vault) == 0
    later = PageVault(opened.vault.folder, opened.key.vault)
    assert sweep(opened.store, later) == 1
    assert later.verify(page.page_id, page.sha256) and not later.verify(orphan.page_id, orphan.sha256)
    opened.store.close()


def test_a_log_that_cannot_be_locked_for_want_of_writing_is_told_as_such(tmp_path: Path) -> None:
    error = sqlcipher.OperationalError("locking protocol")
    error.sqlite_errorcode = sqlite3.SQLITE_PROTOCOL
    problem = problem_of_driver(error, tmp_path, "store.damaged")
    assert problem is not None and problem.key == "store.write_failed"
