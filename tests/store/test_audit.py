"""I10's second half: a broken audit chain is found, wherever it was broken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.store.fixtures import CLERK, START, OpenedStore, example_case
from villagedesk.domain.audit import Tally, Telling
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.store import audit_log
from villagedesk.store.audit_log import SqlAuditLog

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
    with pytest.raises(EnvironmentProblem, match=r"store\.log_broken"):
        chained.store.write(lambda t: t.append_event(CaseEvent("c", START, CLERK, "kind"))).result()


def test_a_log_emptied_with_its_head_is_no_new_one(chained: OpenedStore) -> None:
    def put_case(transaction: Transaction) -> None:
        case = example_case()
        transaction.put_case(case)
        transaction.append_event(CaseEvent(case.case_id, START, CLERK, "draft_started"))

    chained.store.write(put_case).result()
    tamper(chained, "DELETE FROM case_events", "DELETE FROM meta WHERE name = 'audit_head'")
    assert chained.store.verify_chain() == 1
    with pytest.raises(EnvironmentProblem, match=r"store\.log_broken"):
        chained.store.write(lambda t: t.append_event(CaseEvent("c", START, CLERK, "kind"))).result()


def test_a_database_an_earlier_version_made_begins_its_log(opened: OpenedStore) -> None:
    opened.store.write(lambda t: t.connection.exec_driver_sql("DELETE FROM meta WHERE name = 'audit_head'")).result()  # type: ignore[attr-defined]
    assert opened.store.verify_chain() is None
    opened.store.write(lambda t: t.append_event(CaseEvent("c", START, CLERK, "kind"))).result()
    assert opened.store.verify_chain() is None


def sealed(value: str) -> str:
    """Puts this in place of the sealed head."""
    return f"UPDATE meta SET value = {value} WHERE name = 'audit_head'"


ODD = {
    "detail of bytes": "UPDATE case_events SET detail = X'00ff' WHERE seq = 2",
    "actor of bytes": "UPDATE case_events SET actor = X'00ff' WHERE seq = 2",
    "MAC of text": "UPDATE case_events SET mac = 'abc' WHERE seq = 2",
    "MAC a number": "UPDATE case_events SET mac = 999999999999 WHERE seq = 2",
    "last MAC of text": "UPDATE case_events SET mac = 'abc' WHERE seq = 5",
    "line before the first": "UPDATE case_events SET seq = -5 WHERE seq = 2",
    "head no object": sealed("'[]'"),
    "head too deep": sealed(f"'{'[' * 100_000}'"),
    "head below nothing": sealed("""'{"seq": -1, "mac": "00", "seal": "x"}'"""),
    "head without end": sealed("""'{"seq": 1e999, "mac": "00", "seal": "x"}'"""),
    "head past the last": sealed(f"""'{{"seq": {10**30}, "mac": "00", "seal": "x"}}'"""),
    "seal of other signs": sealed("""'{"seq": 5, "mac": "00", "seal": "é"}'"""),
    "head of bytes": sealed("X'ff'"),
}


@pytest.mark.parametrize("statement", ODD.values(), ids=ODD.keys())
def test_whatever_is_written_into_it_is_found_and_never_a_fault(chained: OpenedStore, statement: str) -> None:
    tamper(chained, statement)
    assert chained.store.verify_chain() is not None
    SqlAuditLog(chained.store).head()


def test_a_text_that_is_none_is_damage(chained: OpenedStore) -> None:
    tamper(chained, "UPDATE case_events SET actor = CAST(X'ff41' AS TEXT) WHERE seq = 2")
    with pytest.raises(EnvironmentProblem, match=r"store\.damaged"):
        chained.store.verify_chain()


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


def test_lines_are_counted_and_chosen_by_what_they_tell_also_beside_one_somebody_wrote_over(
    opened: OpenedStore,
) -> None:
    said = [("a", "taken_in", ""), ("a", "change", "accepted"), ("a", "change", "accepted"), ("b", "change", "refused")]
    said += [("c", "change", "accepted"), ("b", "rejected", ""), ("c", "decision", "dropped")]

    def log(transaction: Transaction) -> None:
        for number, (case_id, kind, told) in enumerate(said):
            detail = {"decision" if kind == "decision" else "change": told} if told else {}
            transaction.append_event(CaseEvent(case_id, START + timedelta(seconds=number), CLERK, kind, detail=detail))

    opened.store.write(log).result()
    audit = SqlAuditLog(opened.store)
    kinds = frozenset({"taken_in", "change"})
    assert audit.tally("change", kinds=kinds) == {
        ("taken_in", ""): Tally(1, 1),
        ("change", "accepted"): Tally(3, 2),
        ("change", "refused"): Tally(1, 1),
    }
    told: list[tuple[int, int]] = []
    audit.tally("change", kinds=kinds, progress=lambda done, total: told.append((done, total)))
    audit.entries(9, kinds=kinds, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 7), (7, 7), (0, 7), (7, 7)], "at the beginning and at the end, also where no more lines come"
    late = START + timedelta(seconds=4)
    assert audit.tally("change", kinds=kinds, since=late) == {("change", "accepted"): Tally(1, 1)}
    telling = {
        "change": Telling("change", frozenset({"refused"})),
        "decision": Telling("decision", frozenset({"dropped"})),
    }
    kinds = frozenset({"change", "rejected", "decision"})
    assert [entry.seq for entry in audit.entries(9, kinds=kinds, telling=telling)] == [7, 6, 4]

    tamper(
        opened,
        "UPDATE case_events SET detail = X'00ff' WHERE seq = 2",
        """UPDATE case_events SET detail = '{"change":' WHERE seq = 4""",
    )
    assert audit.tally("change", kinds=frozenset({"change"})) == {
        ("change", ""): Tally(2, 2),
        ("change", "accepted"): Tally(2, 2),
    }
    assert [entry.seq for entry in audit.entries(9, kinds=kinds, telling=telling)] == [7, 6]


def test_where_few_lines_count_it_is_told_how_far_it_is_all_the_same(
    opened: OpenedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "_SLICE", 3)
    kinds = [("rare" if number in (1, 5, 6) else "often") for number in range(1, 11)]

    def log(transaction: Transaction) -> None:
        for kind in kinds:
            transaction.append_event(CaseEvent("c", START, CLERK, kind))

    opened.store.write(log).result()
    audit = SqlAuditLog(opened.store)
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    rare = frozenset({"rare"})
    assert audit.tally("change", kinds=rare, progress=tell) == {("rare", ""): Tally(3, 1)}
    assert told == [(0, 10), (3, 10), (6, 10), (9, 10), (10, 10)]
    told.clear()
    assert [entry.seq for entry in audit.entries(9, kinds=rare, progress=tell)] == [6, 5, 1]
    assert told == [(0, 10), (3, 10), (6, 10), (9, 10), (10, 10)]
    assert [entry.seq for entry in audit.entries(2, kinds=rare)] == [6, 5], "the limit holds over slices"
    assert [entry.seq for entry in audit.entries(9, before=6, kinds=rare)] == [5, 1]
    assert [entry.seq for entry in audit.entries(5)] == [10, 9, 8, 7, 6]
    assert [entry.seq for entry in audit.entries(2, case_id="c", before=6, kinds=rare)] == [5, 1]
    told.clear()
    assert audit.entries(9, kinds=frozenset({"never"}), progress=tell) == []
    assert told[-1] == (10, 10)


@pytest.mark.timeout(60)
def test_a_number_written_over_a_lines_makes_nobody_wait(chained: OpenedStore) -> None:
    least, most = -(1 << 63), (1 << 63) - 1
    tamper(chained, *(f"UPDATE case_events SET seq = {new} WHERE seq = {old}" for old, new in ((1, least), (5, most))))
    audit = SqlAuditLog(chained.store)
    told: list[float] = []
    assert audit.tally("n", kinds=frozenset({"kind"})) == {("kind", "1"): Tally(5, 5)}
    found = audit.entries(9, kinds=frozenset({"kind"}), progress=lambda done, total: told.append(done / total))
    assert [entry.seq for entry in found] == [most, 4, 3, 2, least]
    assert all(0.0 <= share <= 1.0 for share in told)
