"""The quicker way most tests make their stores by gives the same database as the program's own."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.schema_again import SchemaAgain
from tests.store.fixtures import FixedClock
from villagedesk.store import database_file
from villagedesk.store.connection import building_engine, keyed
from villagedesk.store.database_file import build
from villagedesk.store.keys import DataKey
from villagedesk.store.upgrading import migrate


def _content(path: Path, key: DataKey) -> dict[str, list[tuple[Any, ...]]]:
    connection = keyed(path, key.database)
    try:
        made = connection.execute("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master").fetchall()
        tables = [name for kind, name, *_ in made if kind == "table"]
        return {"": made} | {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
    finally:
        connection.close()


def test_a_store_made_again_is_as_the_one_made_the_real_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, numbers = DataKey.generate(), iter(["one", "one", "one"])
    monkeypatch.setattr(uuid, "uuid4", lambda: next(numbers))
    calls: list[Connection] = []

    def counted(connection: Connection) -> None:
        calls.append(connection)
        migrate(connection)

    again = SchemaAgain(counted)
    for name, way in (("real", migrate), ("first", again), ("second", again)):
        monkeypatch.setattr(database_file, "migrate", way)
        build(tmp_path / name, key, FixedClock())
    real = _content(tmp_path / "real", key)
    assert {"cases", "outbox", "meta", "alembic_version"} <= real.keys() and len(real["meta"]) > 3
    assert _content(tmp_path / "first", key) == real
    assert _content(tmp_path / "second", key) == real
    assert len(calls) == 1, "the second of the two was made again"


def test_a_database_that_holds_something_is_brought_up_to_date_the_real_way(tmp_path: Path) -> None:
    key, calls = DataKey.generate(), list[Connection]()
    again = SchemaAgain(calls.append)
    build(tmp_path / "whole", key, FixedClock())
    engine = building_engine(tmp_path / "whole", key.database)
    with engine.begin() as connection:
        again(connection)
    engine.dispose()
    assert len(calls) == 1
