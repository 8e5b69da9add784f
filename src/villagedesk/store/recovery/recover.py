"""Recovering a damaged database: read what is left, make a new one of it, keep the damaged one, exchange them.

A crash at any moment leaves the damaged database, which is noticed again, or the new one (``replacing``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from villagedesk.domain.clock import Clock
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.restoring import BACKUP_TARGET
from villagedesk.store import audit
from villagedesk.store.connection import building_engine, problem_of
from villagedesk.store.copying import is_whole
from villagedesk.store.files import problem_of as file_problem_of
from villagedesk.store.files import write_whole
from villagedesk.store.keys import DataKey
from villagedesk.store.migrations.known import KNOWN_REVISIONS
from villagedesk.store.recovery.medium_letters import folders_on_medium, letters_on, note
from villagedesk.store.recovery.rebuild import COUNTED, Asked, Rebuilder, Rebuilt
from villagedesk.store.recovery.remains import DamagedFile, Remains, read_remains
from villagedesk.store.recovery.shapes import Shape, shapes_of
from villagedesk.store.replacing import DATABASE_FILE, NEXT_FILE, finish, keep_aside, take_over
from villagedesk.store.schema import CASES, SETTINGS
from villagedesk.store.snapshot import SqlSnapshot
from villagedesk.store.upgrading import DAMAGED_PREFIX, migrate
from villagedesk.store.vault import VAULT_FOLDER, PageVault

REPORT_FILE = "report.txt"


@dataclass(frozen=True)
class TableCount:
    """One table: rows in the new database, and rows that were there and are gone, as far as that can be told."""

    name: str
    kept: int
    lost_at_least: int


@dataclass(frozen=True)
class Recovered:
    """What came of a recovery.

    Args:
        cases: in the new database; ``made_again`` of them from their submission or log, their own row being gone.
        unqueued: cases of which nobody here knows any more whether they were sent.
        pages_missing: pages a case names whose file is not in the vault.
        stale: some rows may be an older state of themselves.
        schema_lost: the list of tables could not be read whole, so what is lost cannot be counted.
        epoch: the letter new numbers carry.
        kept_in: folder of the damaged files, with the report.
    """

    tables: tuple[TableCount, ...]
    cases: int
    made_again: int
    unqueued: int
    pages_missing: int
    stale: bool
    schema_lost: bool
    epoch: str
    kept_in: Path


def recover(
    folder: Path, key: DataKey, clock: Clock, clerk: str, newest_local_no: str = "", progress: Progress = silent
) -> Recovered:
    """Recover the database of a data folder; nobody may have it open.

    Args:
        newest_local_no: the newest receipt number at hand, so that no number is given again; "" when there is none.
        progress: told of the file's pages read and rows written.

    Raises:
        InputProblem: ``domain.local_no.*`` when the newest number is none.
        EnvironmentProblem: ``store.nothing_left`` when not one row can be read; ``store.newer_schema``;
            ``store.disk_full``, ``store.write_failed``. Nothing was changed then.
        Cancelled: by ``progress``; likewise.
    """
    newest = str(parse_local_no(newest_local_no)) if newest_local_no.strip() else ""
    finish(folder)
    new = folder / NEXT_FILE
    try:
        shapes = _empty_database(new, key)
        remains = _read(folder / DATABASE_FILE, key, shapes, progress)
        if remains.revision and remains.revision not in KNOWN_REVISIONS:
            raise EnvironmentProblem("store.newer_schema")
        if not any(table.rows for table in remains.tables.values()):
            raise EnvironmentProblem("store.nothing_left")
        medium = folders_on_medium(folder, _setting(BACKUP_TARGET, shapes, remains))
        asked = Asked(clerk, newest, letters_on(medium))
        rebuilt, missing = _build(new, folder, key, clock, shapes, remains, asked, progress)
        if not is_whole(new, key.database, progress):
            raise EnvironmentProblem("store.write_failed")
        aside = folder / f"{DAMAGED_PREFIX}{clock.now():%Y%m%dT%H%M%SZ}"
        keep_aside(folder, aside)
        done = _outcome(remains, rebuilt, missing, aside)
        write_whole(aside / REPORT_FILE, _report(done, remains).encode())
        note(medium, rebuilt.letters)
        take_over(folder)
    except DBAPIError as error:
        raise problem_of(error, folder, "store.write_failed") or error from error
    except OSError as error:
        raise file_problem_of(error, folder) from error
    return done


def _empty_database(new: Path, key: DataKey) -> Mapping[str, Shape]:
    new.with_name(f"{new.name}-journal").unlink(missing_ok=True)
    engine = building_engine(new, key.database)
    try:
        with engine.begin() as connection:
            migrate(connection)
            return shapes_of(connection)
    finally:
        engine.dispose()


def _read(path: Path, key: DataKey, shapes: Mapping[str, Shape], progress: Progress) -> Remains:
    if not path.exists():
        raise EnvironmentProblem("store.nothing_left")
    file = DamagedFile(path, key.database, progress)
    try:
        return read_remains(file, shapes)
    finally:
        file.close()


def _setting(name: str, shapes: Mapping[str, Shape], remains: Remains) -> str:
    """A setting as far as it is left, "" otherwise."""
    found, shape = remains.tables[SETTINGS.name].rows, shapes[SETTINGS.name]
    values = (shape.values(rowid, row) for rowid, row in found.items())
    return next((str(row["value"]) for row in values if row["name"] == name), "")


def _build(
    new: Path,
    folder: Path,
    key: DataKey,
    clock: Clock,
    shapes: Mapping[str, Shape],
    remains: Remains,
    asked: Asked,
    progress: Progress,
) -> tuple[Rebuilt, int]:
    total = sum(len(table.rows) for table in remains.tables.values())
    written = 0

    def told() -> None:
        nonlocal written
        written += 1
        if written % 100 == 0:
            progress(min(written, total), total)

    engine = building_engine(new, key.database)
    try:
        with engine.begin() as connection:
            audit.begin(connection, key.audit)
            rebuilt = Rebuilder(connection, key.audit, clock, shapes, remains, asked, told).rebuild()
            named = SqlSnapshot(connection).named_pages()
    finally:
        engine.dispose()
    with new.open("r+b") as file:
        os.fsync(file.fileno())
    vault = PageVault(folder / VAULT_FOLDER, key.vault)
    stored = frozenset(vault.stored())
    return rebuilt, sum(vault.name_of(*page) not in stored for page in named)


def _outcome(remains: Remains, rebuilt: Rebuilt, missing: int, aside: Path) -> Recovered:
    counts = []
    for table in COUNTED:
        found, kept = remains.tables[table.name], rebuilt.kept.get(table.name, 0)
        lost = len(found.known | found.rows.keys()) - kept
        counts.append(TableCount(table.name, kept, max(0, lost)))
    return Recovered(
        tables=tuple(counts),
        cases=rebuilt.kept.get(CASES.name, 0),
        made_again=rebuilt.again,
        unqueued=rebuilt.unqueued,
        pages_missing=missing,
        stale=remains.stale,
        schema_lost=not remains.revision,
        epoch=rebuilt.epoch,
        kept_in=aside,
    )


def _report(done: Recovered, remains: Remains) -> str:
    """For the county's technician; numbers only."""
    lines = [
        f"file pages {remains.pages}, unreadable {remains.pages_unreadable}, "
        f"log frames unreadable {remains.frames_unreadable}",
        f"schema {remains.revision or 'unreadable'}",
        *(f"{count.name}: kept {count.kept}, lost at least {count.lost_at_least}" for count in done.tables),
        f"cases made again from their submission or log: {done.made_again}",
        f"cases whose submission is lost: {done.unqueued}",
        f"page files missing: {done.pages_missing}",
        f"rows may be older states of themselves: {'yes' if done.stale else 'no'}",
        f"epoch of new numbers: {done.epoch}",
    ]
    return "\n".join(lines) + "\n"
