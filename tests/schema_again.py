"""The schema of a new database, made the real way once in a process and from then on by the same statements again.

Making a store is the first thing a thousand tests do, and most of that time goes into Alembic putting together, anew
each time, the same statements. All else of a new store (its key, numbers, log, file) is its own every time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

Migrate = Callable[[Connection], None]

_LOOKS = ("SELECT", "PRAGMA")


class SchemaAgain:
    """Stands where :func:`villagedesk.store.upgrading.migrate` stood, for databases that are still empty.

    Args:
        migrate: the real one; works the first time, and on every database that holds something.
    """

    def __init__(self, migrate: Migrate) -> None:
        self.real = migrate
        self._statements: list[tuple[str, Any]] = []

    def __call__(self, connection: Connection) -> None:
        """Run the missing versions in the transaction the connection is in."""
        if connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first() is not None:
            self.real(connection)
        elif not self._statements:
            self._statements = self._listened(connection)
        else:
            cursor = connection.connection.cursor()
            for statement, values in self._statements:
                cursor.execute(statement, values)
            cursor.close()

    def _listened(self, connection: Connection) -> list[tuple[str, Any]]:
        heard: list[tuple[str, Any]] = []

        def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
            assert not many, "a migration of many rows at once is not known here"
            if not statement.lstrip().upper().startswith(_LOOKS):
                heard.append((statement, values))

        event.listen(connection, "before_cursor_execute", hear)
        try:
            self.real(connection)
        finally:
            event.remove(connection, "before_cursor_execute", hear)
        return heard
