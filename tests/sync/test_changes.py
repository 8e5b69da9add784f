"""Changes from the acceptance system: applied with log and cursor in one transaction, once each, nothing dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sync.bench import Bench
from tests.sync.server_model import Fault
from villagedesk.acceptance.port import NoConnection, Unanswered
from villagedesk.acceptance.wire import Change
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.changes import CURSOR, UNPLACED, unplaced


def sent_case(bench: Bench) -> Case:
    case, _row = bench.clerk.take_in([])
    bench.settle()
    return case


def kinds(bench: Bench, case: Case) -> list[str]:
    return [event.detail["change"] for event in bench.events(case.case_id) if event.kind == "change"]


def test_acceptance_brings_number_query_code_and_dates() -> None:
    bench = Bench()
    case = sent_case(bench)
    assert bench.case(case.case_id).acceptance_no == ""
    bench.server.tell(
        case.case_id,
        "accepted",
        acceptance_no="1141042100000000031-20261123-0001",
        query_code="7788",
        at="2026-11-23T09:02:03+08:00",
        limit_date="2026-12-14",
        organ="某县政务服务中心",
        lookup_url="https://county.example/lookup",
    )
    assert bench.changes.pull(0) == 1
    accepted = bench.case(case.case_id)
    assert accepted.status is CaseStatus.ACCEPTED
    assert (accepted.acceptance_no, accepted.query_code) == ("1141042100000000031-20261123-0001", "7788")
    assert accepted.accepted_at is not None
    assert accepted.accepted_at.isoformat() == "2026-11-23T01:02:03+00:00"
    assert (accepted.limit_date, accepted.accepting_organ) == ("2026-12-14", "某县政务服务中心")
    assert accepted.lookup_url == "https://county.example/lookup"
    event = bench.events(case.case_id)[-1]
    assert (event.from_status, event.to_status) == (CaseStatus.SUBMITTED, CaseStatus.ACCEPTED)


def test_a_limit_told_later_replaces_the_one_before() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "accepted", limit_date="2026-12-07")
    bench.server.tell(case.case_id, "suspended", stop="hearing")
    bench.changes.pull(0)
    assert bench.case(case.case_id).limit_date == "2026-12-07"
    bench.server.tell(case.case_id, "resumed", limit_date="2026-12-22")
    bench.changes.pull(0)
    assert bench.case(case.case_id).limit_date == "2026-12-22"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("refused", CaseStatus.REFUSED),
        ("correction_asked", CaseStatus.RETURNED),
        ("in_process", CaseStatus.IN_PROCESS),
        ("concluded", CaseStatus.CONCLUDED),
    ],
)
def test_the_server_wins_states(kind: str, status: CaseStatus) -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, kind, reason="材料不清晰")
    bench.changes.pull(0)
    assert bench.case(case.case_id).status is status
    assert bench.events(case.case_id)[-1].detail["value.reason"] == "材料不清晰"


def test_an_unknown_kind_is_kept_and_moves_nothing() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "moved_to_the_moon", why="so")
    bench.changes.pull(0)
    assert bench.case(case.case_id).status is CaseStatus.SUBMITTED
    detail = bench.events(case.case_id)[-1].detail
    assert (detail["change"], detail["applied"], detail["value.why"]) == ("moved_to_the_moon", "no", "so")


def test_i3_a_change_cannot_call_a_case_submitted() -> None:
    bench = Bench()
    case, _row = bench.clerk.take_in([])
    bench.steps_until(bench.runner.is_enrolled)
    bench.server.tell(case.case_id, "committed")
    bench.changes.pull(0)
    assert bench.case(case.case_id).status is CaseStatus.RECEIVED


def test_duplicates_are_written_once() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "accepted")
    bench.changes.pull(0)
    bench.server.tell(case.case_id, "in_process")
    assert bench.changes.pull(0) == 2, "the model repeats the last change before the cursor"
    assert kinds(bench, case) == ["accepted", "in_process"]
    bench.store.write(lambda tx: tx.put_setting(CURSOR, "")).result()
    bench.changes.pull(0)
    assert kinds(bench, case) == ["accepted", "in_process"]


def test_the_cursor_moves_with_the_changes_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "accepted")
    bench.server.tell(case.case_id, "in_process")
    apply = bench.changes.apply

    def fail_at_the_second(transaction: Transaction, change: Change) -> None:
        if change.kind == "in_process":
            raise OSError("disk")
        apply(transaction, change)

    monkeypatch.setattr(bench.changes, "apply", fail_at_the_second)
    with pytest.raises(OSError, match="disk"):
        bench.changes.pull(0)
    assert bench.case(case.case_id).status is CaseStatus.SUBMITTED
    assert bench.store.read(lambda snapshot: snapshot.setting(CURSOR)) == ""
    monkeypatch.undo()
    bench.changes.pull(0)
    assert bench.case(case.case_id).status is CaseStatus.IN_PROCESS


def test_nothing_moves_when_no_answer_comes() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "accepted")
    bench.play("changes", Fault.CUT_AFTER)
    with pytest.raises(Unanswered):
        bench.changes.pull(0)
    assert bench.store.read(lambda snapshot: snapshot.setting(CURSOR)) == ""


def test_a_change_of_a_case_that_is_not_here_is_kept() -> None:
    bench = Bench()
    bench.steps_until(bench.runner.is_enrolled)
    change = bench.server.tell("a-case-of-before-the-backup", "accepted", acceptance_no="9")
    bench.changes.pull(0)
    kept = bench.store.read(lambda snapshot: snapshot.setting(f"{UNPLACED}{change.sequence}"))
    assert '"acceptance_no":"9"' in kept


def test_acceptance_that_outruns_the_receipt_stays_when_the_receipt_comes() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([])
    bench.play("put_revision", Fault.CUT_AFTER)
    bench.steps_until(lambda: "put_revision" in bench.server.calls)
    bench.server.tell(case.case_id, "accepted", acceptance_no="1")
    bench.changes.pull(0)
    bench.settle()
    assert bench.row(row).receipt
    assert bench.case(case.case_id).status is CaseStatus.ACCEPTED


def test_what_is_said_of_a_case_closed_here_is_kept_beside_it() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.store.write(lambda tx: tx.put_case(replace(tx.case(case.case_id), status=CaseStatus.WITHDRAWN))).result()
    bench.server.tell(case.case_id, "in_process")
    bench.changes.pull(0)
    assert bench.case(case.case_id).status is CaseStatus.WITHDRAWN
    assert bench.events(case.case_id)[-1].detail["applied"] == "no"


@pytest.mark.parametrize("text", ["", "soon", "2026-99-99", "0001-01-01T00:00:00+14:00"])
def test_an_unreadable_date_is_no_reason_to_lose_the_number(text: str) -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "accepted", acceptance_no="1", at=text)
    bench.changes.pull(0)
    accepted = bench.case(case.case_id)
    assert accepted.acceptance_no == "1"
    assert accepted.accepted_at is not None


def test_a_change_the_store_refuses_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    case = sent_case(bench)
    apply = bench.changes.apply

    def refuse_one(transaction: Transaction, change: Change, *, late: bool = False) -> None:
        if change.kind == "accepted":
            raise ValueError("case refused")
        apply(transaction, change, late=late)

    monkeypatch.setattr(bench.changes, "apply", refuse_one)
    bench.server.tell(case.case_id, "accepted")
    bench.server.tell(case.case_id, "in_process")
    bench.changes.pull(0)
    assert bench.case(case.case_id).status is CaseStatus.IN_PROCESS
    assert bench.store.read(lambda snapshot: snapshot.setting(CURSOR)) == "2"
    assert '"accepted"' in bench.store.read(lambda snapshot: snapshot.setting(f"{UNPLACED}1"))


def test_a_change_put_aside_is_written_when_its_case_appears() -> None:
    bench = Bench()
    bench.steps_until(bench.runner.is_enrolled)
    change = bench.server.tell("case-1", "accepted", acceptance_no="9", query_code="1234")
    other = bench.server.tell("case-of-nobody", "accepted", acceptance_no="10")
    bench.changes.pull(0)
    bench.changes.pull(0)
    assert bench.store.read(unplaced) == 2
    case, _row = bench.clerk.take_in([])
    assert case.case_id == change.case_id
    bench.changes.pull(0)
    assert (bench.case("case-1").acceptance_no, bench.case("case-1").status) == ("9", CaseStatus.ACCEPTED)
    assert bench.store.read(unplaced) == 1
    assert bench.store.read(lambda snapshot: snapshot.setting(f"{UNPLACED}{change.sequence}")) == ""
    assert '"10"' in bench.store.read(lambda snapshot: snapshot.setting(f"{UNPLACED}{other.sequence}"))
    bench.changes.pull(0)
    assert kinds(bench, case) == ["accepted"]


def test_a_change_put_aside_is_tried_even_when_nobody_answers() -> None:
    bench = Bench()
    bench.steps_until(bench.runner.is_enrolled)
    bench.server.tell("case-1", "accepted", acceptance_no="9")
    bench.changes.pull(0)
    bench.clerk.take_in([])
    bench.play("changes", Fault.NO_CONNECTION)
    with pytest.raises(NoConnection):
        bench.changes.pull(0)
    assert bench.case("case-1").acceptance_no == "9"


def test_a_late_change_brings_its_number_and_does_not_turn_the_case_back(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    case = sent_case(bench)
    apply = bench.changes.apply

    def refuse_one(transaction: Transaction, change: Change, *, late: bool = False) -> None:
        if change.kind == "accepted":
            raise ValueError("case refused")
        apply(transaction, change, late=late)

    monkeypatch.setattr(bench.changes, "apply", refuse_one)
    bench.server.tell(case.case_id, "accepted", acceptance_no="9")
    bench.server.tell(case.case_id, "in_process")
    bench.changes.pull(0)
    bench.changes.pull(0)
    assert bench.store.read(unplaced) == 1, "refused again, kept again"
    monkeypatch.undo()
    bench.changes.pull(0)
    assert bench.store.read(unplaced) == 0
    late = bench.case(case.case_id)
    assert (late.status, late.acceptance_no) == (CaseStatus.IN_PROCESS, "9")
    assert bench.events(case.case_id)[-1].detail["applied"] == "no"


def test_a_correction_half_done_is_over_when_the_other_side_goes_on_without_it() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "correction_asked")
    bench.changes.pull(0)
    bench.store.write(lambda tx: tx.put_correction(bench.case(case.case_id))).result()
    bench.server.tell(case.case_id, "correction_asked", reason="还缺一页")
    bench.changes.pull(0)
    assert bench.store.read(lambda one: one.correction(case.case_id)) is not None
    bench.server.tell(case.case_id, "accepted", acceptance_no="1")
    bench.changes.pull(0)
    assert bench.store.read(lambda one: one.correction(case.case_id)) is None


def test_a_late_change_gives_way_only_to_a_later_one_that_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown kind moves nothing; a request for correction gives no number."""
    bench = Bench()
    case = sent_case(bench)
    apply = bench.changes.apply

    def refuse_two(transaction: Transaction, change: Change, *, late: bool = False) -> None:
        if change.sequence in (2, 4) and not late:
            raise ValueError("refused by the store")
        apply(transaction, change, late=late)

    monkeypatch.setattr(bench.changes, "apply", refuse_two)
    bench.server.tell(case.case_id, "accepted", acceptance_no="1")
    bench.server.tell(case.case_id, "accepted", acceptance_no="2")
    bench.server.tell(case.case_id, "in_process")
    bench.server.tell(case.case_id, "suspended")
    bench.server.tell(case.case_id, "something_new")
    bench.changes.pull(0)
    bench.changes.pull(0)
    after = bench.case(case.case_id)
    assert (after.status, after.acceptance_no) == (CaseStatus.SUSPENDED, "2")
