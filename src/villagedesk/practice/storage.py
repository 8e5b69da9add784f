"""The practice system's database: SQLite (WAL, synchronous=FULL) or PostgreSQL by URL, and its transactions."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from villagedesk.practice.tables import METADATA


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
            self._engine = create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=20)
            self._writing = contextlib.nullcontext()
        else:
            raise ValueError("the practice system keeps its data in SQLite or PostgreSQL")
        METADATA.create_all(self._engine)

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

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique constraint says that it is there; the constraint decides, also between processes.

    Returns:
        Whether this call inserted it.
    """
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: Any = insert(table).values(**values).on_conflict_do_nothing()
    # A returned row says it on every driver; the row count of an INSERT does not.
    return connection.execute(statement.returning(literal_column("1"))).first() is not None


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
