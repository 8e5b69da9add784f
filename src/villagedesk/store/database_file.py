"""The database's file before the store holds it: made, cleared of leftovers, looked at after a crash."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path

from sqlalchemy import select, text

from villagedesk.domain.clock import Clock, utc_text
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store import audit
from villagedesk.store.connection import building_engine
from villagedesk.store.copying import is_whole
from villagedesk.store.files import PART_SUFFIX
from villagedesk.store.keys import DataKey
from villagedesk.store.recovery.log_file import LogFile
from villagedesk.store.recovery.sealed import SALT_BYTES, SealedPages, is_of_this_key
from villagedesk.store.replacing import DATABASE_FILE
from villagedesk.store.schema import EPOCHS, META, WORDS_VERSION_NAME
from villagedesk.store.search import WORDS_VERSION
from villagedesk.store.status import STATUS_FILE
from villagedesk.store.upgrading import migrate
from villagedesk.store.vault import VAULT_FOLDER

SUSPECT_FILE = "check-database"
"""Lies in the data folder while a check has found damage that opening alone would not meet."""


def remove_leftovers(folder: Path) -> None:
    """Remove what a crash left half written in the data folder; never raises."""
    # Files a crash left half written; the whole ones they were to replace are still in place. What cannot be seen or
    # removed today is no more than that, and there is a next time.
    with contextlib.suppress(OSError):
        for part in folder.glob(f"*{PART_SUFFIX}"):
            part.unlink()


def check_after_a_crash(path: Path, key: DataKey) -> None:
    """A log that was left behind was not closed in order, and a suspect file was found damaged: what they hold is
    looked at before it is used.

    Raises:
        EnvironmentProblem: ``store.damaged``.
    """
    log, suspect = path.with_name(f"{path.name}-wal"), path.with_name(SUSPECT_FILE)
    try:
        if not suspect.exists() and (not log.exists() or not log.stat().st_size):
            return
        with path.open("rb") as file:
            sealed = SealedPages(key.database, file.read(SALT_BYTES))
        lost = LogFile(log, sealed).hides_commits()
    except OSError as error:
        raise EnvironmentProblem("store.damaged") from error
    if lost or not is_whole(path, key.database):
        raise EnvironmentProblem("store.damaged")
    with contextlib.suppress(OSError):
        suspect.unlink(missing_ok=True)


def is_of(path: Path, key: DataKey) -> bool:
    """Whether the database can be read with that key; not where it cannot be read at all."""
    try:
        return is_of_this_key(path, key.database)
    except OSError:
        return False


def lived_before(folder: Path) -> bool:
    """Whether the data folder, now without a database, once had one. Raises EnvironmentProblem ``store.unreadable``."""
    vault = folder / VAULT_FOLDER
    traces = (folder / STATUS_FILE, folder / f"{DATABASE_FILE}-wal")
    try:
        return any(trace.exists() for trace in traces) or (vault.exists() and any(vault.iterdir()))
    except OSError as error:
        raise EnvironmentProblem("store.unreadable") from error


def build(path: Path, key: DataKey, clock: Clock) -> None:
    """Make a new, empty database of the present schema at that path. Raises what SQLAlchemy raises."""
    engine = building_engine(path, key.database)
    try:
        with engine.begin() as connection:
            migrate(connection)
            installation_id, made = str(uuid.uuid4()), utc_text(clock.now())
            insert = text("INSERT INTO meta (name, value) VALUES (:name, :value)")
            connection.execute(insert, {"name": "installation_id", "value": installation_id})
            connection.execute(insert, {"name": "created_at", "value": made})
            epoch = connection.execute(select(META.c.value).where(META.c.name == "epoch")).scalar_one()
            first = {"epoch": epoch, "installation_id": installation_id, "since": made}
            connection.execute(EPOCHS.insert(), first)
            connection.execute(insert, {"name": WORDS_VERSION_NAME, "value": WORDS_VERSION})
            audit.begin(connection, key.audit)
    finally:
        engine.dispose()
