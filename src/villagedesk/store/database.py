"""The encrypted database: one writer thread, read-only connections for everyone else (design: decision 6)."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from villagedesk.domain.clock import Clock, utc_text
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.store import audit
from villagedesk.store.connection import building_engine, checkpoint, problem_of, reading_engine, writing_engine
from villagedesk.store.files import PART_SUFFIX, make_folder, rename_durably
from villagedesk.store.files import problem_of as file_problem_of
from villagedesk.store.keys import DataKey
from villagedesk.store.migrations.known import KNOWN_REVISIONS
from villagedesk.store.snapshot import SqlSnapshot
from villagedesk.store.status import STATUS_FILE, write_waiting_count
from villagedesk.store.transaction import SqlTransaction
from villagedesk.store.vault import VAULT_FOLDER

DATABASE_FILE = "villagedesk.db"
COPIES_FOLDER = "before-upgrade"
_IDLE_SECONDS = 1.0
_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class EncryptedStore:
    """The domain's Store on SQLCipher. Made by :meth:`create` or :meth:`open`; takes no lock on the data folder
    (:class:`villagedesk.store.lock.FolderLock` is the program's to hold from its start).

    Args:
        folder: the data folder.
        key: the unlocked data key.
    """

    def __init__(self, folder: Path, key: DataKey) -> None:
        self._folder = folder
        self._path = folder / DATABASE_FILE
        self._audit_key = key.audit
        self._writing: Engine = writing_engine(self._path, key.database)
        self._reading: Engine = reading_engine(self._path, key.database)
        self._writer_connection: Connection | None = None
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._listeners: list[Callable[[], None]] = []
        self._waiting = self._written_waiting = 0
        self._unchecked = False
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether there is a database to open in the data folder."""
        return (folder / DATABASE_FILE).exists()

    @classmethod
    def create(cls, folder: Path, key: DataKey, clock: Clock) -> EncryptedStore:
        """Make the database of a new installation, whole or not at all, and open it.

        Raises:
            EnvironmentProblem: ``store.already_set_up`` when there is one; ``store.unreadable`` when there is none but
                this installation had one (starting afresh would give old numbers a second time);
                ``store.disk_full``, ``store.write_failed``.
        """
        path = folder / DATABASE_FILE
        if path.exists():
            raise EnvironmentProblem("store.already_set_up")
        if _lived_before(folder):
            raise EnvironmentProblem("store.unreadable")
        building = folder / f"{DATABASE_FILE}{PART_SUFFIX}"
        try:
            for leftover in folder.glob(f"{building.name}*"):
                leftover.unlink()
            _build(building, key, clock)
            rename_durably(building, path)
        except DBAPIError as error:
            raise problem_of(error, folder, "store.write_failed") or error from error
        except OSError as error:
            raise file_problem_of(error, folder) from error
        return cls.open(folder, key, clock)

    @classmethod
    def open(cls, folder: Path, key: DataKey, clock: Clock) -> EncryptedStore:
        """Open the database, upgrading an older schema after a copy of it was put into ``before-upgrade/``.

        Raises:
            EnvironmentProblem: ``store.unreadable`` (missing, damaged, or another key's), ``store.newer_schema``,
                ``store.disk_full``, ``store.write_failed``.
        """
        if not cls.exists(folder):
            raise EnvironmentProblem("store.unreadable")
        _remove_leftovers(folder)
        engine = writing_engine(folder / DATABASE_FILE, key.database)
        try:
            with engine.connect() as connection:
                _bring_up_to_date(connection, folder, clock)
        except DBAPIError as error:
            raise problem_of(error, folder, "store.unreadable") or EnvironmentProblem("store.unreadable") from error
        except OSError as error:
            raise file_problem_of(error, folder) from error
        finally:
            engine.dispose()
        store = cls(folder, key)
        try:
            # The pool keeps this reader from now on: with it the log and its index stay in place when the writer lets
            # go of its connection, and the cases can be read even on a disk too full to make them again.
            store._keep_count(store._read(lambda snapshot: snapshot.waiting_cases()))
        except EnvironmentProblem:
            store.close()
            raise
        return store

    def write(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Run in one transaction on the writer thread. The future raises what ``work`` raised, ValueError when a guard
        of the database refused, or EnvironmentProblem (``store.disk_full``, ``store.write_failed``,
        ``store.unreadable``); then nothing happened.

        Raises:
            RuntimeError: when the store is closed.
        """
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = self._transact(work)
            except BaseException as error:
                future.set_exception(error)
                return
            future.set_result(result)
            self._tell()

        with self._closing:
            if self._closed:
                raise RuntimeError("the store is closed")
            self._queue.put(run)
        return future

    def read(self, work: Callable[[Snapshot], T]) -> T:
        """Run on a read-only connection, in the calling thread.

        Raises:
            EnvironmentProblem: ``store.unreadable`` when the file cannot be read.
        """
        return self._read(work)

    def _read(self, work: Callable[[SqlSnapshot], T]) -> T:
        try:
            with self._reading.connect() as connection:
                return work(SqlSnapshot(connection))
        except DBAPIError as error:
            raise problem_of(error, self._folder, "store.unreadable") or error from error

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` from the writer thread after each commit; it must return soon and not wait for a write."""
        self._listeners.append(listener)

    def verify_chain(self) -> int | None:
        """The place from which the log of all cases cannot be trusted, counted from 1; None when all of it stands.

        Raises:
            EnvironmentProblem: ``store.unreadable``.
        """
        return self._read(lambda snapshot: audit.first_broken(snapshot.connection, self._audit_key))

    def read_log(self, work: Callable[[Connection, bytes], T]) -> T:
        """Run on a read-only connection with the key of the log's chain, in the calling thread.

        Raises:
            EnvironmentProblem: ``store.unreadable``.
        """
        return self._read(lambda snapshot: work(snapshot.connection, self._audit_key))

    def named_pages(self) -> frozenset[tuple[str, str]]:
        """Page id and SHA-256 of every page some row names: of cases, of what was sent, of papers as printed.

        Raises:
            EnvironmentProblem: ``store.unreadable``.
        """
        return self._read(lambda snapshot: snapshot.named_pages())

    def close(self) -> None:
        """Finish the queue and close; a second call does nothing."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._reading.dispose()

    def _run(self) -> None:
        while True:
            try:
                task = self._queue.get(timeout=_IDLE_SECONDS if self._unchecked else None)
            except queue.Empty:
                self._checkpoint()
                continue
            if task is None:
                break
            task()
        # Readers go first, so that the last connection to close moves the log into the database and removes it.
        self._reading.dispose()
        self._drop_connection()

    def _transact(self, work: Callable[[Transaction], T]) -> T:
        try:
            if self._writer_connection is None:
                self._writer_connection = self._writing.connect()
            with self._writer_connection.begin():
                transaction = SqlTransaction(self._writer_connection, self._audit_key)
                result = work(transaction)
                transaction.check_complete()
                waiting = transaction.waiting_cases() if transaction.outbox_touched else self._waiting
        except IntegrityError as error:
            raise ValueError(f"refused by the database: {error.orig}") from None
        except DBAPIError as error:
            # Whatever state the connection is in now, the next write gets a fresh one.
            self._drop_connection()
            raise problem_of(error, self._folder, "store.write_failed") or error from error
        self._unchecked = True
        self._waiting = waiting
        return result

    def _tell(self) -> None:
        # After the result was given: renaming over the old count costs as much as a small flush.
        if self._waiting != self._written_waiting:
            self._keep_count(self._waiting)
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                _LOG.exception("a listener failed after a commit")

    def _keep_count(self, waiting: int) -> None:
        write_waiting_count(self._folder, waiting)
        self._waiting = self._written_waiting = waiting

    def _checkpoint(self) -> None:
        self._unchecked = False
        if self._writer_connection is not None:
            checkpoint(self._writer_connection)

    def _drop_connection(self) -> None:
        if self._writer_connection is not None:
            with contextlib.suppress(DBAPIError):
                self._writer_connection.close()
            self._writer_connection = None
        self._writing.dispose()


def _remove_leftovers(folder: Path) -> None:
    # Files a crash left half written; the whole ones they were to replace are still in place.
    for part in folder.glob(f"*{PART_SUFFIX}"):
        with contextlib.suppress(OSError):
            part.unlink()


def _lived_before(folder: Path) -> bool:
    vault = folder / VAULT_FOLDER
    traces = (folder / STATUS_FILE, folder / f"{DATABASE_FILE}-wal")
    return any(trace.exists() for trace in traces) or (vault.exists() and any(vault.iterdir()))


def _build(path: Path, key: DataKey, clock: Clock) -> None:
    engine = building_engine(path, key.database)
    try:
        with engine.begin() as connection:
            _migrate(connection)
            insert = text("INSERT INTO meta (name, value) VALUES (:name, :value)")
            connection.execute(insert, {"name": "installation_id", "value": str(uuid.uuid4())})
            connection.execute(insert, {"name": "created_at", "value": utc_text(clock.now())})
    finally:
        engine.dispose()


def _bring_up_to_date(connection: Connection, folder: Path, clock: Clock) -> None:
    with connection.begin():
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if revision not in KNOWN_REVISIONS:
        raise EnvironmentProblem("store.newer_schema")
    if revision == KNOWN_REVISIONS[-1]:
        return
    _keep_copy(connection, folder, f"{revision}-{clock.now():%Y%m%dT%H%M%SZ}")
    with connection.begin():
        _migrate(connection)


def _keep_copy(connection: Connection, folder: Path, name: str) -> None:
    copies = folder / COPIES_FOLDER
    make_folder(copies)
    part = copies / f"{name}.db{PART_SUFFIX}"
    part.unlink(missing_ok=True)
    driver: Any = connection.connection.driver_connection
    # Encrypted under the same key as the database itself; not to be had inside a transaction.
    driver.execute("VACUUM INTO ?", (str(part),))
    with part.open("r+b") as file:
        os.fsync(file.fileno())
    rename_durably(part, part.with_suffix(""))


def _migrate(connection: Connection) -> None:
    # Alembic is imported only by the starts that need it.
    from villagedesk.store.migrations.environment import upgrade  # noqa: PLC0415

    upgrade(connection)
