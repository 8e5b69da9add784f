"""From an older schema to today's: a copy first, then one transaction that is checked before it commits.

While the note ``upgrading.json`` is there, nothing but the upgrade has written since the copy it names was made; so
where the database does not stand after a failure or a crash, the copy is put back and not a line is lost.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.connection import problem_of, writing_engine
from villagedesk.store.copying import copy_database, is_whole
from villagedesk.store.files import PART_SUFFIX, flush_folder, is_there, make_folder, write_whole
from villagedesk.store.files import problem_of as file_problem_of
from villagedesk.store.migrations.known import KNOWN_REVISIONS
from villagedesk.store.replacing import DATABASE_FILE, NEXT_FILE, keep_aside, take_over
from villagedesk.store.schema import DERIVED

COPIES_FOLDER = "before-upgrade"
NOTE_FILE = "upgrading.json"
DAMAGED_PREFIX = "damaged-"
KEPT_COPIES = 3
_NOT_FACTS = frozenset({"alembic_version"})


def bring_up_to_date(folder: Path, database_key: bytes, clock: Clock) -> None:
    """Upgrade the database of the data folder where its schema is older; nobody may have it open.

    Raises:
        EnvironmentProblem: ``store.newer_schema``, ``store.damaged``, ``store.disk_full``, ``store.write_failed``;
            ``store.upgrade_failed`` when the way to today's schema failed and the database is as it was before.
    """
    if is_there(folder / NOTE_FILE):
        _make_good(folder, database_key, clock)
    revision = _revision(folder, database_key)
    if revision not in KNOWN_REVISIONS:
        raise EnvironmentProblem("store.newer_schema")
    if revision == KNOWN_REVISIONS[-1]:
        return
    copy = _keep_copy(folder, database_key, f"{revision}-{clock.now():%Y%m%dT%H%M%SZ}")
    write_whole(folder / NOTE_FILE, json.dumps({"copy": copy.name, "from": revision}).encode())
    try:
        _upgrade(folder, database_key)
    except EnvironmentProblem:
        _make_good(folder, database_key, clock)
        raise
    except Exception as error:
        _make_good(folder, database_key, clock)
        raise EnvironmentProblem("store.upgrade_failed") from error
    _remove_note(folder)
    _thin_copies(folder / COPIES_FOLDER)


def migrate(connection: Connection) -> None:
    """Run the missing versions in the transaction the connection is in."""
    # Alembic is imported only by the starts that need it.
    from villagedesk.store.migrations.environment import upgrade  # noqa: PLC0415

    upgrade(connection)


def _upgrade(folder: Path, database_key: bytes) -> None:
    engine = writing_engine(folder / DATABASE_FILE, database_key)
    try:
        with engine.connect() as connection, connection.begin():
            before = _counts(connection)
            migrate(connection)
            after = _counts(connection)
            if any(after.get(table) != count for table, count in before.items() if table not in DERIVED):
                raise RuntimeError("an upgrade keeps every row")
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("an upgrade leaves no row without the one it names")
    except DBAPIError as error:
        problem = problem_of(error, folder, "store.write_failed")
        if problem is None:
            raise
        raise problem from error
    finally:
        engine.dispose()


def _counts(connection: Connection) -> dict[str, int]:
    chosen = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    return {
        name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
        for name in connection.exec_driver_sql(chosen).scalars().all()
        if name not in _NOT_FACTS
    }


def _make_good(folder: Path, database_key: bytes, clock: Clock) -> None:
    """After a failure or a crash: keep the database where it stands, else put the copy in its place."""
    note = folder / NOTE_FILE
    try:
        name = str(json.loads(note.read_bytes())["copy"])
    except (OSError, ValueError, KeyError, TypeError):
        name = ""
    copy = folder / COPIES_FOLDER / Path(name).name
    if not _stands(folder / DATABASE_FILE, database_key) and name and _stands(copy, database_key):
        keep_aside(folder, folder / f"{DAMAGED_PREFIX}{clock.now():%Y%m%dT%H%M%SZ}")
        copy_database(copy, database_key, folder / NEXT_FILE)
        take_over(folder)
    _remove_note(folder)


def _remove_note(folder: Path) -> None:
    """Durably, before anything else is written: a note that stayed would put the copy in place of what came after it.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    try:
        (folder / NOTE_FILE).unlink(missing_ok=True)
        flush_folder(folder)
    except OSError as error:
        raise file_problem_of(error, folder) from error


def _stands(path: Path, database_key: bytes) -> bool:
    try:
        return is_there(path) and is_whole(path, database_key)
    except EnvironmentProblem:
        return False


def _revision(folder: Path, database_key: bytes) -> str:
    engine = writing_engine(folder / DATABASE_FILE, database_key)
    try:
        with engine.connect() as connection, connection.begin():
            return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
    except DBAPIError as error:
        raise problem_of(error, folder, "store.write_failed") or EnvironmentProblem("store.damaged") from error
    finally:
        engine.dispose()


def _keep_copy(folder: Path, database_key: bytes, name: str) -> Path:
    copies = folder / COPIES_FOLDER
    try:
        make_folder(copies)
        for leftover in copies.glob(f"*{PART_SUFFIX}*"):
            leftover.unlink()
    except OSError as error:
        raise EnvironmentProblem("store.write_failed") from error
    copy = copies / f"{name}.db"
    copy_database(folder / DATABASE_FILE, database_key, copy)
    if not is_whole(copy, database_key):
        raise EnvironmentProblem("store.write_failed")
    return copy


def _thin_copies(copies: Path) -> None:
    # named by schema and moment: the schemas' names and the moments both sort in time
    for old in sorted(copies.glob("*.db"))[:-KEPT_COPIES]:
        with contextlib.suppress(OSError):
            old.unlink()
