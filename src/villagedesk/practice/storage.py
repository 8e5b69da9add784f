"""The practice system's database: SQLite (WAL, synchronous=FULL) or PostgreSQL by URL, and its transactions."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, create_engine, event, exc, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from villagedesk.practice.tables import METADATA

_IDLE_SECONDS = 2.0
"""A connection used more lately than this is taken to be alive: asking it each time costs a record a round trip and
more for each of its transactions."""


class Storage:
    """Opens the database, makes its tables, and gives transactions.

    Args:
        url: SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+psycopg://…``.

    Raises:
        ValueError: for another kind of database.
        RuntimeError: when SQLite does not take write-ahead logging.
    """

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite:"):
            self._engine = create_engine(url, connect_args={"timeout": 30})
            _prepare_sqlite(self._engine)
            # One writer at a time is SQLite's rule anyway; waiting here is fair and costs no polling.
            self._writing: contextlib.AbstractContextManager[object] = threading.Lock()
        elif url.startswith("postgresql+psycopg:"):
            self._engine = create_engine(url, pool_size=20, max_overflow=20)
            _ping_where_idle(self._engine)
            self._writing = contextlib.nullcontext()
        else:
            raise ValueError("the practice system keeps its data in SQLite or PostgreSQL")
        METADATA.create_all(self._engine)
        is_sqlite = self._engine.dialect.name == "sqlite"
        self._singly = self._engine if is_sqlite else self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is durable when the block ends, and undone when it raises."""
        with self._writing, self._engine.connect() as connection:
            connection.execution_options(practice_writes=True)
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the data."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def scalar(self, query: Executable) -> Any:
        """The first column of the first row of one query, None when there is none. Costs PostgreSQL one round trip, not
        the three of a transaction."""
        with self._singly.connect() as connection:
            return connection.execute(query).scalar()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique constraint says that it is there; the constraint decides, also between processes.

    Returns:
        Whether this call inserted it.
    """
    return connection.execute(_insert_once(table, connection.dialect.name), dict(values)).first() is not None


@cache
def _insert_once(table: Table, dialect: str) -> Any:
    """Made once: building the statement takes longer than having it carried out."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    # A returned row says it on every driver; the row count of an INSERT does not.
    return insert(table).on_conflict_do_nothing().returning(literal_column("1"))


def _ping_where_idle(engine: Engine) -> None:
    @event.listens_for(engine, "checkin")
    def _returned(_connection: Any, record: Any) -> None:
        record.info["returned"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, record: Any, _proxy: object) -> None:
        if time.monotonic() - record.info.get("returned", time.monotonic()) < _IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.dbapi.Error as error:  # type: ignore[union-attr]
            raise exc.DisconnectionError from error  # the pool opens another one


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _record: object) -> None:
        # The driver's own BEGIN comes too late to be IMMEDIATE; ours is sent by the listener below.
        connection.isolation_level = None
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise RuntimeError(f"SQLite stays in journal mode {mode}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("practice_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
