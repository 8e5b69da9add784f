"""I10's second half: a broken audit chain is found, wherever it was broken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.store.fixtures import CLERK, START, OpenedStore
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.repositories import Transaction

_LET_GO = ("DROP TRIGGER case_events_stay", "DROP TRIGGER case_events_unchanged")


@pytest.fixture
def chained(opened: OpenedStore) -> OpenedStore:
    def log(transaction: Transaction) -> None:
        for number in range(1, 6):
            event = CaseEvent(f"case {number}", START + timedelta(seconds=number), CLERK, "kind", detail={"n": "1"})
            transaction.append_event(event)

    opened.store.write(log).result()
    assert opened.store.verify_chain() is None
    return opened


def tamper(opened: OpenedStore, *statements: str) -> None:
    def run(transaction: Transaction) -> None:
        for statement in (*_LET_GO, *statements):
            transaction.connection.exec_driver_sql(statement)  # type: ignore[attr-defined]

    opened.store.write(run).result()


def test_an_empty_log_stands(opened: OpenedStore) -> None:
    assert opened.store.verify_chain() is None


@pytest.mark.parametrize(
    ("statements", "first"),
    [
        (["UPDATE case_events SET actor = 'someone else' WHERE seq = 3"], 3),
        (["""UPDATE case_events SET detail = '{"n": "2"}' WHERE seq = 1"""], 1),
        (["UPDATE case_events SET at = replace(at, '2026', '2025') WHERE seq = 5"], 5),
        (["DELETE FROM case_events WHERE seq = 2"], 2),
        (["DELETE FROM case_events WHERE seq = 2", "UPDATE case_events SET seq = seq - 1 WHERE seq > 2"], 2),
        (["DELETE FROM case_events WHERE seq = 5"], 5),
        (["DELETE FROM case_events WHERE seq = 5", "DELETE FROM meta WHERE name = 'audit_head'"], 5),
        (["DELETE FROM case_events"], 1),
        (
            [
                "UPDATE case_events SET seq = 99 WHERE seq = 3",
                "UPDATE case_events SET seq = 3 WHERE seq = 4",
                "UPDATE case_events SET seq = 4 WHERE seq = 99",
            ],
            3,
        ),
        (
            [
                "INSERT INTO case_events SELECT 6, case_id, at, actor, kind, NULL, NULL, detail, mac FROM case_events"
                " WHERE seq = 5"
            ],
            6,
        ),
    ],
    ids=["actor", "detail", "time", "cut", "cut and renumbered", "tail", "tail and head", "all", "swapped", "added"],
)
def test_edited_cut_moved_and_added_rows_are_found(chained: OpenedStore, statements: list[str], first: int) -> None:
    tamper(chained, *statements)
    assert chained.store.verify_chain() == first


def test_nothing_is_appended_to_a_chain_whose_head_is_gone(chained: OpenedStore) -> None:
    tamper(chained, "DELETE FROM case_events WHERE seq > 1", "DELETE FROM meta WHERE name = 'audit_head'")
    assert chained.store.verify_chain() == 2
    with pytest.raises(ValueError, match="head is broken"):
        chained.store.write(lambda t: t.append_event(CaseEvent("c", START, CLERK, "kind"))).result()


def test_the_log_cannot_be_changed_by_an_ordinary_statement(chained: OpenedStore) -> None:
    for statement in ("DELETE FROM case_events", "UPDATE case_events SET actor = 'x'"):
        with pytest.raises(ValueError, match="only appended"):
            chained.store.write(
                lambda t, s=statement: t.connection.exec_driver_sql(s)  # type: ignore
            ).result()
    assert chained.store.verify_chain() is None


def test_the_chain_goes_on_after_a_restart(chained: OpenedStore) -> None:
    again = chained.reopened()
    again.store.write(lambda t: t.append_event(CaseEvent("c", START, CLERK, "kind"))).result()
    assert again.store.verify_chain() is None
    again.store.close()
