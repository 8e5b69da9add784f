"""Connections to the encrypted database, and what their errors mean to the clerk."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, Pool, QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.files import nearly_full, takes_files

_BUSY_SECONDS = 10.0
_READERS_SECONDS = 2.0
_CHECKPOINT_PAGES = 16_000
_DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# "locking protocol": the log's index could not be set up again and again, as on a disk that takes no writes
_NOT_WRITABLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL}
_OF_THE_DISK = {sqlite3.SQLITE_IOERR, *_NOT_WRITABLE}


def writing_engine(path: Path, database_key: bytes) -> Engine:
    """Connections that write: every transaction begins IMMEDIATE and is flushed whole when it commits.

    Args:
        database_key: 32 bytes, :attr:`villagedesk.store.keys.DataKey.database`.

    Raises (on connect):
        EnvironmentProblem: ``store.write_failed`` when the file system does not take WAL.
    """

    def connect() -> Any:
        connection = keyed(path, database_key)
        with _closed_if_not_ready(connection):
            # Outside of any transaction: inside one the pragma is ignored without a word, so the answer is read back.
            if connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
                raise EnvironmentProblem("store.write_failed")
            connection.execute("PRAGMA synchronous=FULL")
            # A bound only (64 MB of log): the writer checkpoints when it has been idle for a second, so that no save a
            # clerk makes pays for it.
            connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        return connection

    return _engine(connect, "BEGIN IMMEDIATE", NullPool)


def reading_engine(path: Path, database_key: bytes) -> Engine:
    """A few pooled connections that cannot write; each transaction is one consistent view."""

    def connect() -> Any:
        connection = keyed(path, database_key)
        with _closed_if_not_ready(connection):
            connection.execute("PRAGMA query_only=ON")
        return connection

    return _engine(connect, "BEGIN", QueuePool)


class Readers:
    """The connections for reading of one database, and who reads at this moment.

    Args:
        path, database_key: as of :func:`reading_engine`.
    """

    def __init__(self, path: Path, database_key: bytes) -> None:
        self._engine = reading_engine(path, database_key)
        self._change = threading.Condition()
        self._reading: Counter[int] = Counter()
        self._wait = False

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """One for the calling thread, back to the pool afterwards. Raises DBAPIError."""
        me = threading.get_ident()
        with self._change:
            # who reads within a read goes on, for its first one has to end
            self._change.wait_for(lambda: not self._wait or self._reading[me] > 0)
            self._reading[me] += 1
        try:
            with self._engine.connect() as connection:
                try:
                    yield connection
                except DBAPIError:
                    # SQLCipher keeps to an error it met once; the pool must not hand this one out again.
                    connection.invalidate()
                    raise
        finally:
            with self._change:
                self._reading[me] -= 1
                if not self._reading[me]:
                    del self._reading[me]
                self._change.notify_all()

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Close all of them, and let nobody begin to read before the block is left. Those who read have a moment to
        come to their end; one that waits for the very writer that calls this is left where it is."""
        with self._change:
            self._wait = True
            try:
                self._change.wait_for(lambda: not self._reading, _READERS_SECONDS)
                self.close()
                yield
            finally:
                self._wait = False
                self._change.notify_all()

    def close(self) -> None:
        """Close those nobody uses; the others are closed when they are given back."""
        self._engine.dispose()


def building_engine(path: Path, database_key: bytes) -> Engine:
    """For a database that is being made aside: a plain rollback journal, so that closing leaves one whole file."""

    def connect() -> Any:
        connection = keyed(path, database_key)
        with _closed_if_not_ready(connection):
            connection.execute("PRAGMA synchronous=FULL")
        return connection

    return _engine(connect, "BEGIN IMMEDIATE", NullPool)


def checkpoint(connection: Connection) -> None:
    """Move what the log holds into the database, as far as no reader is in the way."""
    driver: Any = connection.connection.driver_connection
    # A disk that refuses now refuses the next save as well, and there it is told.
    with contextlib.suppress(sqlcipher.Error):
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def problem_of(error: DBAPIError, folder: Path, otherwise: str) -> EnvironmentProblem | None:
    """What an error of the database means; None when it is no matter of disk or file but of the program.

    Args:
        folder: the data folder, asked for room when the error itself is unclear.
        otherwise: key for trouble with the disk that is not a full one.
    """
    return problem_of_driver(error.orig, folder, otherwise)


def problem_of_driver(error: BaseException | None, folder: Path, otherwise: str) -> EnvironmentProblem | None:
    """As :func:`problem_of`, of the driver's own exception."""
    if isinstance(error, sqlcipher.OperationalError) and not hasattr(error, "sqlite_errorcode"):
        return EnvironmentProblem("store.damaged")  # the driver's own only complaint: a text that is none
    code = int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return EnvironmentProblem("store.disk_full")
    if code in _DAMAGED:
        return EnvironmentProblem("store.damaged")
    if code in _HELD:
        return EnvironmentProblem("store.in_use")
    if code in _OF_THE_DISK:
        if nearly_full(folder):
            return EnvironmentProblem("store.disk_full")
        # A folder that cannot be written to is no sign of damage, also where only reading was wanted: readers need the
        # log's index.
        unwritable = code in _NOT_WRITABLE or not takes_files(folder)
        return EnvironmentProblem("store.write_failed" if unwritable else otherwise)
    return None


def was_read_only(error: DBAPIError) -> bool:
    """Whether a write failed because SQLite has the files, or the log's index, open for reading only."""
    return (int(getattr(error.orig, "sqlite_errorcode", 0)) & 0xFF) == sqlite3.SQLITE_READONLY


def keyed(path: Path, database_key: bytes) -> Any:
    """A bare connection that has its key; whether the key fits shows at the first page read."""
    # isolation_level=None: the driver must not begin transactions of its own. Connections are handed between threads
    # by the pool, never used by two at once.
    connection = sqlcipher.connect(str(path), timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    with _closed_if_not_ready(connection):
        # SQLCipher would write its errors to the console; they come as exceptions as well.
        connection.execute("PRAGMA cipher_log_level=NONE")
        # A raw key: the passwords were made slow to guess where the data key is wrapped. cipher_memory_security stays
        # off (its default): it locks and wipes every page buffer, and the pages lie in Python's memory anyway.
        connection.execute(f"PRAGMA key = \"x'{database_key.hex()}'\"")
        connection.execute("PRAGMA foreign_keys=ON")
        # Without this a REPLACE would remove rows past the triggers that keep them.
        connection.execute("PRAGMA recursive_triggers=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
    return connection


@contextlib.contextmanager
def _closed_if_not_ready(connection: Any) -> Iterator[None]:
    """One that nobody gets is closed at once: what failed keeps hold of it, and with it of the log's index as a disk
    that took no writes left it, for all that are opened after it."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _engine(connect: Any, begin: str, pool: type[Pool]) -> Engine:
    sizes = {"pool_size": 4, "max_overflow": 16} if pool is QueuePool else {}
    # hide_parameters: an exception's text may reach a log, and parameters are people's names and numbers.
    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=connect, poolclass=pool, hide_parameters=True, **sizes
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
