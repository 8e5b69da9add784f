"""The encrypted database: one writer thread, read-only connections for everyone else (design: decision 6)."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError, IntegrityError

from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.store import audit
from villagedesk.store.connection import (
    Readers,
    checkpoint,
    problem_of,
    was_read_only,
    writing_engine,
)
from villagedesk.store.copying import copy_database, is_whole
from villagedesk.store.database_file import (
    SUSPECT_FILE,
    build,
    check_after_a_crash,
    is_of,
    lived_before,
    remove_leftovers,
)
from villagedesk.store.files import PART_SUFFIX, is_there, rename_durably, write_whole
from villagedesk.store.files import problem_of as file_problem_of
from villagedesk.store.keys import DataKey
from villagedesk.store.replacing import DATABASE_FILE, finish
from villagedesk.store.search import WORDS_VERSION
from villagedesk.store.snapshot import SqlSnapshot
from villagedesk.store.status import write_waiting_count
from villagedesk.store.transaction import SqlTransaction
from villagedesk.store.upgrading import bring_up_to_date
from villagedesk.store.word_making import make_words_anew

__all__ = ["DATABASE_FILE", "SUSPECT_FILE", "EncryptedStore"]

_IDLE_SECONDS = 1.0
_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class EncryptedStore:
    """The domain's Store on SQLCipher. Made by :meth:`create` or :meth:`open`; takes no lock on the data folder
    (:class:`villagedesk.store.lock.FolderLock` is the program's to hold from its start).

    Args:
        folder: the data folder.
        key: the unlocked data key.
        clock: stamps what the store itself notes.
    """

    def __init__(self, folder: Path, key: DataKey, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._path = folder / DATABASE_FILE
        self._database_key, self._audit_key = key.database, key.audit
        self._writing: Engine = writing_engine(self._path, key.database)
        self._readers = Readers(self._path, key.database)
        self._writer_connection: Connection | None = None
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._listeners: dict[object, Callable[[], None]] = {}
        self._waiting = self._written_waiting = 0
        self._unchecked = False
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether there is a database to open in the data folder. Raises EnvironmentProblem ``store.unreadable``."""
        return is_there(folder / DATABASE_FILE)

    @classmethod
    def create(cls, folder: Path, key: DataKey, clock: Clock) -> EncryptedStore:
        """Make the database of a new installation, whole or not at all, and open it.

        Raises:
            EnvironmentProblem: ``store.already_set_up`` when there is one; ``store.unreadable`` when there is none but
                this installation had one (starting afresh would give old numbers a second time);
                ``store.disk_full``, ``store.write_failed``.
        """
        path = folder / DATABASE_FILE
        if is_there(path):
            raise EnvironmentProblem("store.already_set_up")
        if lived_before(folder):
            raise EnvironmentProblem("store.unreadable")
        building = folder / f"{DATABASE_FILE}{PART_SUFFIX}"
        try:
            for leftover in folder.glob(f"{building.name}*"):
                leftover.unlink()
            build(building, key, clock)
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
            EnvironmentProblem: ``store.unreadable`` (missing, or another key's), ``store.damaged`` (this key's, and
                parts of it cannot be read), ``store.newer_schema``, ``store.upgrade_failed``, ``store.disk_full``,
                ``store.write_failed``.
        """
        finish(folder)
        if not cls.exists(folder):
            raise EnvironmentProblem("store.unreadable")
        remove_leftovers(folder)
        try:
            check_after_a_crash(folder / DATABASE_FILE, key)
            bring_up_to_date(folder, key.database, clock)
        except EnvironmentProblem as problem:
            if problem.key == "store.damaged" and not is_of(folder / DATABASE_FILE, key):
                raise EnvironmentProblem("store.unreadable") from problem
            raise
        store = cls(folder, key, clock)
        try:
            # The pool keeps this reader from now on: with it the log and its index stay in place when the writer lets
            # go of its connection, and the cases can be read even on a disk too full to make them again.
            store._keep_count(store._read(lambda snapshot: snapshot.waiting_cases()))
            if store._read(lambda snapshot: snapshot.words_version()) != WORDS_VERSION:
                store._make_words_anew()
        except EnvironmentProblem:
            store.close()
            raise
        return store

    def write(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Run in one transaction on the writer thread. The future raises what ``work`` raised, ValueError when a guard
        of the database refused, or EnvironmentProblem (``store.disk_full``, ``store.write_failed``,
        ``store.damaged``); then nothing happened.

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
            EnvironmentProblem: ``store.damaged`` when a part of the file cannot be read.
        """
        return self._read(work)

    def _read(self, work: Callable[[SqlSnapshot], T]) -> T:
        try:
            with self._readers.connection() as connection:
                return work(SqlSnapshot(connection))
        except DBAPIError as error:
            raise problem_of(error, self._folder, "store.damaged") or error from error

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` from the writer thread after each commit; gives what ends it. It must return soon and not
        wait for a write."""
        key = object()
        self._listeners[key] = listener

        def end() -> None:
            self._listeners.pop(key, None)

        return end

    def verify_chain(self) -> int | None:
        """The place from which the log of all cases cannot be trusted, counted from 1; None when all of it stands.

        Raises:
            EnvironmentProblem: ``store.damaged``.
        """
        return self._read(lambda snapshot: audit.first_broken(snapshot.connection, self._audit_key))

    def read_log(self, work: Callable[[Connection, bytes], T]) -> T:
        """Run on a read-only connection with the key of the log's chain, in the calling thread.

        Raises:
            EnvironmentProblem: ``store.unreadable``.
        """
        return self._read(lambda snapshot: work(snapshot.connection, self._audit_key))

    def named_pages(self) -> frozenset[tuple[str, str]]:
        """Page id and SHA-256 of every page some row names and whose file must be there: of cases, of what was sent,
        of papers as printed, without those given up.

        Raises:
            EnvironmentProblem: ``store.damaged``.
        """
        return self._read(lambda snapshot: snapshot.named_pages())

    def given_up_pages(self) -> frozenset[tuple[str, str]]:
        """Page id and SHA-256 of every page whose file was given up and should be gone.

        Raises:
            EnvironmentProblem: ``store.damaged``.
        """
        return self._read(lambda snapshot: snapshot.given_up_pages())

    def integrity(self, progress: Progress = silent) -> bool:
        """Whether every page in use can be read and stands in its tree (0.6 s for 100 MB); on a connection of its own.

        Raises:
            EnvironmentProblem: ``store.write_failed`` when the file cannot be opened.
            Cancelled: by ``progress``.
        """
        whole = is_whole(self._path, self._database_key, progress)
        if not whole:
            # the next opening looks at all of it, and tells before anyone works on
            write_whole(self._folder / SUSPECT_FILE, b"")
        return whole

    def copy_to(self, target: Path, progress: Progress = silent) -> None:
        """Write one consistent state as a whole new file under the same key, while the work goes on.

        Raises:
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``, ``store.damaged``; ``target`` is as it was.
            Cancelled: by ``progress``.
        """
        copy_database(self._path, self._database_key, target, progress)

    def close(self) -> None:
        """Finish the queue and close; a second call does nothing."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._readers.close()

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
        self._readers.close()
        self._drop_connection()

    def _make_words_anew(self) -> None:
        try:
            with self._begun() as begun:
                make_words_anew(begun.connection)
        except DBAPIError as error:
            self._drop_connection()
            raise problem_of(error, self._folder, "store.write_failed") or error from error

    def _transact(self, work: Callable[[Transaction], T]) -> T:
        try:
            with self._begun() as begun:
                transaction = SqlTransaction(begun.connection, self._audit_key, self._clock)
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

    def _begun(self) -> RootTransaction:
        try:
            return self._connected().begin()
        except DBAPIError as error:
            if not was_read_only(error):
                raise
        # Readers that were opened while the disk took no writes keep the log's index read-only for everyone, also when
        # it takes them again. Nothing was done yet: with all of them closed the beginning is made once more.
        self._drop_connection()
        with self._readers.away():
            return self._connected().begin()

    def _connected(self) -> Connection:
        if self._writer_connection is None:
            self._writer_connection = self._writing.connect()
        return self._writer_connection

    def _tell(self) -> None:
        # After the result was given: renaming over the old count costs as much as a small flush.
        if self._waiting != self._written_waiting:
            self._keep_count(self._waiting)
        for listener in tuple(self._listeners.values()):
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
