"""What rows of today's tables look like, so that a row found without its table can be told to be one of theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, DefaultClause, Integer, LargeBinary, Table

from villagedesk.domain.clock import moment_of
from villagedesk.store.recovery.pages import Record, Value
from villagedesk.store.schema import DERIVED, META, METADATA

_META_NAMES = frozenset({"epoch", "installation_id", "created_at", "audit_head", "words_version"})
_MOMENTS = frozenset({"at", "since", "created_at", "updated_at", "received_at", "accepted_at", "captured_at"})
_HASHES = frozenset({"sha256", "payload_sha256"})
_HASH = re.compile(r"[0-9a-f]{64}")
_AGE = "updated_at"


@dataclass(frozen=True)
class Shape:
    """One table.

    Args:
        indexes: columns of each of its indexes by name, in their order.
        alias: place of the column that is the rowid, None when there is none.
    """

    table: Table
    indexes: Mapping[str, tuple[str, ...]]
    alias: int | None

    def fits(self, entry: Record) -> bool:
        """Whether a record can be a row of this table, by number, types and contents of its values."""
        columns, entry = list(self.table.columns), self._filled_up(entry)
        if len(entry) != len(columns):
            return False
        for place, (column, value) in enumerate(zip(columns, entry, strict=True)):
            if place == self.alias:
                if value is not None:
                    return False
            elif value is None:
                if not column.nullable:
                    return False
            elif not _fits(column.name, column.type, value):
                return False
        if set(self.table.columns.keys()) == set(META.columns.keys()):
            # settings look the same; the store's own facts have names of their own
            return (entry[0] in _META_NAMES) == (self.table is META)
        return True

    def values(self, rowid: int, entry: Record) -> dict[str, Value]:
        """The row by column name. Raises ValueError when it has another number of values."""
        named: dict[str, Value] = dict(zip(self.table.columns.keys(), self._filled_up(entry), strict=True))
        if self.alias is not None:
            named[self.table.columns.keys()[self.alias]] = rowid
        return named

    def whole(self, values: Mapping[str, Value]) -> Record | None:
        """The record of a row of which indexes tell these columns, None unless they tell all."""
        names = self.table.columns.keys()
        alias = None if self.alias is None else names[self.alias]
        if any(name not in values and name != alias for name in names):
            return None
        return tuple(None if name == alias else values[name] for name in names)

    def _filled_up(self, entry: Record) -> Record:
        """The record with the columns a later schema added; SQLite writes them when the row is written anew."""
        lacking = [column.server_default for column in list(self.table.columns)[len(entry) :]]
        added = [one.arg for one in lacking if isinstance(one, DefaultClause) and isinstance(one.arg, str)]
        return (*entry, *added) if len(added) == len(lacking) else entry

    def newer(self, entry: Record, than: Record) -> bool:
        """Whether one state of a row is younger than another, where the table tells."""
        names = self.table.columns.keys()
        if _AGE not in names:
            return False
        place = names.index(_AGE)
        return str(entry[place]) > str(than[place])


def shapes_of(connection: Connection) -> dict[str, Shape]:
    """The tables whose rows are kept, by name.

    Args:
        connection: to a database of today's schema; it tells the indexes SQLite made by itself.
    """
    found: dict[str, Shape] = {}
    for table in METADATA.tables.values():
        if table.name in DERIVED:
            continue
        indexes: dict[str, tuple[str, ...]] = {}
        for index in connection.exec_driver_sql(f'PRAGMA index_list("{table.name}")').mappings().all():
            if not index["partial"]:
                columns = connection.exec_driver_sql(f'PRAGMA index_info("{index["name"]}")').mappings()
                indexes[index["name"]] = tuple(column["name"] for column in columns)
        keys = list(table.primary_key.columns)
        alias = None
        if len(keys) == 1 and isinstance(keys[0].type, Integer):
            alias = list(table.columns).index(keys[0])
        found[table.name] = Shape(table, indexes, alias)
    return found


def _fits(name: str, kind: object, value: Value) -> bool:
    if isinstance(kind, Integer):
        return isinstance(value, int)
    if isinstance(kind, LargeBinary):
        return isinstance(value, bytes)
    if not isinstance(value, str):
        return False
    if name in _HASHES:
        return _HASH.fullmatch(value) is not None
    if name in _MOMENTS:
        try:
            moment_of(value)
        except ValueError:
            return False
    return True
