"""Watches every transaction of a store: what it changes of a case, and whether the case's log grew with it (I10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from villagedesk.domain.outbox import TRAY_STATES, SendingState
from villagedesk.store import database
from villagedesk.store.transaction import SqlTransaction

# The runner's own bookkeeping (its turn, waits, counters, where a page stands) is no change of a case: what a clerk or
# the acceptance system decided is, and so is whatever closes a row.
_DECIDED = {
    SendingState.SENT,
    SendingState.DONE,
    SendingState.CANCELLED,
    SendingState.SUPERSEDED,
    *TRAY_STATES,
}
_STATES = ", ".join(f"'{state}'" for state in sorted(_DECIDED))
_PAUSED = f"'{SendingState.PAUSED}'"
_WHOLE = ("INSERT", "UPDATE", "DELETE")
_NOTE = "INSERT INTO temp.changed_cases VALUES ('{what}', {row}.case_id);"


def _triggers() -> Iterator[str]:
    def trigger(table: str, act: str, when: str = "") -> str:
        row = "OLD" if act == "DELETE" else "NEW"
        said = _NOTE.format(what=f"{act} {table}", row=row)
        return f"CREATE TEMP TRIGGER watch_{table}_{act} AFTER {act} ON main.{table} {when} BEGIN {said} END"

    for table in ("cases", "pages"):
        for act in _WHOLE:
            yield trigger(table, act)
    yield trigger("outbox", "INSERT")
    moved = "OLD.state <> NEW.state"
    held = f"(OLD.state = {_PAUSED}) <> (NEW.state = {_PAUSED})"
    yield trigger("outbox", "UPDATE", f"WHEN {moved} AND (NEW.state IN ({_STATES}) OR {held})")
    yield (
        "CREATE TEMP TRIGGER watch_expired AFTER INSERT ON main.expired_pages BEGIN "
        "INSERT INTO temp.changed_cases SELECT 'INSERT expired_pages', case_id FROM main.pages "
        "WHERE page_id = NEW.page_id AND sha256 = NEW.sha256; END"
    )
    for act in ("INSERT", "UPDATE"):  # a case as it is being corrected lies among the settings
        yield (
            f"CREATE TEMP TRIGGER watch_corrections_{act} AFTER {act} ON main.settings "
            f"WHEN NEW.name LIKE 'correction.%' BEGIN INSERT INTO temp.changed_cases "
            f"VALUES ('{act} correction', substr(NEW.name, {len('correction.') + 1})); END"
        )
    for act in ("INSERT", "UPDATE"):
        yield trigger("handover_lines", act)
        yield trigger("visits", act)
    yield trigger("documents", "INSERT", "WHEN NEW.origin <> ''")
    yield trigger("print_jobs", "INSERT")
    yield trigger("print_jobs", "UPDATE", f"WHEN {moved} OR OLD.place <> NEW.place")


@dataclass
class Watch:
    """What was seen.

    Args:
        changes: ``"ACT table"`` of every change of a case.
        unlogged: those whose case got no line in the same transaction.
        kinds: kinds of all lines written.
    """

    changes: list[str] = field(default_factory=list)
    unlogged: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


@contextmanager
def watched() -> Iterator[Watch]:
    """Every store's transactions are watched from now on; each is looked at just before its commit."""
    seen = Watch()

    class WatchedTransaction(SqlTransaction):
        def __init__(self, connection: Any, *rest: Any, **more: Any) -> None:
            super().__init__(connection, *rest, **more)
            self._run("CREATE TEMP TABLE IF NOT EXISTS changed_cases (what TEXT, case_id TEXT)")
            if not self._run("SELECT 1 FROM sqlite_temp_master WHERE name = 'watch_cases_INSERT'").fetchall():
                for statement in _triggers():
                    self._run(statement)
            self._run("DELETE FROM temp.changed_cases")
            self._top = self._run("SELECT coalesce(max(seq), 0) FROM case_events").scalar()

        def check_complete(self) -> None:
            super().check_complete()
            lines = self._run(f"SELECT case_id, kind FROM case_events WHERE seq > {self._top}").fetchall()
            logged = {case_id for case_id, _ in lines}
            seen.kinds += [kind for _, kind in lines]
            for what, case_id in self._run("SELECT what, case_id FROM temp.changed_cases").fetchall():
                seen.changes.append(what)
                if case_id not in logged:
                    seen.unlogged.append(what)

        def _run(self, statement: str) -> Any:
            return self.connection.exec_driver_sql(statement)

    with mock.patch.object(database, "SqlTransaction", WatchedTransaction):
        yield seen
