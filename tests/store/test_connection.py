"""Connections that nobody gets are let go: one that is left holds the log's index as a failing disk left it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from villagedesk.store.connection import building_engine, reading_engine, writing_engine

_KEY = bytes(range(32))


class _Failing:
    """A connection for which one statement fails, as on a disk that takes no writes."""

    def __init__(self, real: Any, statement: str) -> None:
        self._real = real
        self._statement = statement
        self.closed = False

    def execute(self, statement: str) -> Any:
        if self._statement in statement:
            raise sqlcipher.OperationalError("locking protocol")
        return self._real.execute(statement)

    def close(self) -> None:
        self.closed = True
        self._real.close()


@pytest.mark.parametrize(
    ("engine", "statement"),
    [
        (writing_engine, "journal_mode"), (writing_engine, "synchronous"), (writing_engine, "autocheckpoint"),
        (reading_engine, "query_only"), (building_engine, "synchronous"),
        (writing_engine, "cipher_log_level"), (reading_engine, "foreign_keys"),
    ],
)  # fmt: skip
def test_one_that_cannot_be_made_ready_is_closed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Any, statement: str
) -> None:
    made: list[_Failing] = []
    connect = sqlcipher.connect

    def failing(*arguments: Any, **named: Any) -> _Failing:
        made.append(_Failing(connect(*arguments, **named), statement))
        return made[-1]

    monkeypatch.setattr("villagedesk.store.connection.sqlcipher.connect", failing)
    with pytest.raises(Exception, match="locking protocol"):
        engine(tmp_path / "village.db", _KEY).connect()
    assert [one.closed for one in made] == [True]
