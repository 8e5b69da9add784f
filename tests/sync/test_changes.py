"""Changes from the acceptance system: applied with log and cursor in one transaction, once each, nothing dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.sync.bench import Bench
from tests.sync.server_line import Fault
from villagedesk.acceptance.port import NoConnection, Refused, Unanswered
from villagedesk.acceptance.wire import Change, ChangesAnswer
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.clock_stops import stops_of
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.to_look_at import looked_at, to_look_at
from villagedesk.domain.unsent import UNSENT
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


def test_what_is_heard_after_weeks_without_a_link_counts_from_the_day_it_happened() -> None:
    bench = Bench()
    case = sent_case(bench)
    start = bench.clock.now()
    days = {"accepted": 1, "suspended": 3, "resumed": 13, "concluded": 14}
    bench.clock.advance(20 * 86400)
    for kind, day in days.items():
        bench.server.tell(case.case_id, kind, at=(start + timedelta(days=day)).isoformat(), stop="hearing")
    bench.server.tell(case.case_id, "result_ready", at=(start + timedelta(days=40)).isoformat())
    bench.server.tell(case.case_id, "in_process", at="1970-01-01T00:00:00+00:00")
    bench.changes.pull(0)
    told = {event.detail["change"]: event for event in bench.events(case.case_id) if event.kind == "change"}
    for kind, day in days.items():
        assert day_of(told[kind].happened) == day_of(start) + timedelta(days=day), kind
        assert told[kind].at == bench.clock.now(), "when it was written is another thing"
    (stop,), _ = stops_of(None, bench.events(case.case_id))
    ends = [day_of(start) + timedelta(days=days[one]) for one in ("suspended", "resumed")]
    assert [stop.since, stop.until] == ends
    for kind in ("result_ready", "in_process"):  # a clock that is wrong says nothing
        assert told[kind].happened == bench.clock.now()


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


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


def test_a_late_change_of_a_restored_server_is_newer_than_what_it_lost() -> None:
    """It counts anew, so a number says less than a moment."""
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "accepted", "2026-11-23T01:00:00Z", acceptance_no="1")
    kept = bench.server.back_up()
    bench.server.tell(case.case_id, "something_new", "2026-11-23T01:10:00Z")
    bench.server.tell(case.case_id, "accepted", "2026-11-23T01:20:00Z", acceptance_no="lost")
    bench.changes.pull(0)
    bench.server.put_back(kept)
    told = bench.server.tell(case.case_id, "accepted", "2026-11-23T02:00:00Z", acceptance_no="2")
    bench.store.write(lambda tx: bench.changes.apply(tx, told, late=True)).result()
    assert bench.case(case.case_id).acceptance_no == "2"


def test_a_correction_half_done_is_kept_to_be_looked_at_when_the_other_side_goes_on_without_it() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "correction_asked")
    bench.changes.pull(0)
    half_typed = replace(bench.case(case.case_id), form={"amount": "3"})
    bench.store.write(lambda tx: tx.put_correction(half_typed)).result()
    bench.server.tell(case.case_id, "correction_asked", reason="还缺一页")
    bench.changes.pull(0)
    assert bench.store.read(to_look_at) == (), "it is asked for still"
    bench.server.tell(case.case_id, "accepted", acceptance_no="1")
    bench.changes.pull(0)
    assert bench.store.read(lambda one: one.correction(case.case_id)) == half_typed
    assert bench.store.read(to_look_at) == (case.case_id,)
    assert bench.case(case.case_id).status is CaseStatus.ACCEPTED
    bench.store.write(lambda tx: looked_at(tx, case.case_id)).result()
    bench.server.tell(case.case_id, "in_process")
    bench.changes.pull(0)
    assert bench.store.read(to_look_at) == (), "it was told once"
    marks = [event.detail.get(UNSENT) for event in bench.events(case.case_id) if event.kind == "change"]
    assert marks == [None, None, "yes", None]


def test_a_draft_of_before_the_backup_keeps_what_is_told_until_it_is_taken_in() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.store.write(lambda tx: tx.put_case(replace(tx.case(case.case_id), status=CaseStatus.DRAFT))).result()
    bench.server.tell(case.case_id, "accepted", acceptance_no="9")
    bench.changes.pull(0)
    bench.changes.pull(0)
    draft = bench.case(case.case_id)
    assert (draft.status, draft.acceptance_no, kinds(bench, case)) == (CaseStatus.DRAFT, "", [])
    assert bench.store.read(unplaced) == 1
    bench.store.write(lambda tx: tx.put_case(replace(draft, status=CaseStatus.RECEIVED))).result()
    bench.changes.pull(0)
    taken = bench.case(case.case_id)
    assert (taken.status, taken.acceptance_no) == (CaseStatus.ACCEPTED, "9")
    assert bench.store.read(unplaced) == 0


def test_changes_nobody_can_read_are_all_kept() -> None:
    bench = Bench()
    bench.steps_until(bench.runner.is_enrolled)
    body = b'{"changes": [{"kind": "one"}, {"kind": "two"}, {"sequence": "x", "case_id": ["three"]}], "cursor": "3"}'
    for _ in range(2):  # told twice, kept once
        bench.changes.keep("", ChangesAnswer.model_validate_json(body))
        bench.store.write(lambda tx: tx.put_setting(CURSOR, "")).result()
    assert bench.store.read(unplaced) == 3
    names = bench.store.read(lambda snapshot: snapshot.setting("sync.unplaced_changes")).split()
    kept = " ".join(bench.store.read(lambda snapshot: [snapshot.setting(f"{UNPLACED}{name}") for name in names]))
    assert all(word in kept for word in ("one", "two", "three"))


def test_two_changes_put_aside_under_one_number_are_placed_each() -> None:
    """A restored server counts from an older number on."""
    bench = Bench()
    bench.steps_until(bench.runner.is_enrolled)
    told = [
        Change(sequence=1, case_id="case-1", kind="accepted", at="2026-11-20T01:00:00Z", values={"acceptance_no": "9"}),
        Change(sequence=1, case_id="case-1", kind="in_process", at="2026-11-21T01:00:00Z"),
    ]
    bench.changes.keep("", ChangesAnswer(changes=told, cursor="1"))
    assert bench.store.read(unplaced) == 2
    case, _row = bench.clerk.take_in([])
    bench.changes.pull(0)
    assert bench.store.read(unplaced) == 0
    assert (bench.case(case.case_id).acceptance_no, kinds(bench, case)) == ("9", ["accepted", "in_process"])


def test_told_the_same_again_counts_as_nothing_so_that_nobody_asks_without_a_pause() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "accepted")
    assert bench.changes.pull(0) == 1
    assert bench.server.changes("1", 0).changes, "the model repeats the last one"
    assert bench.changes.pull(0) == 0


def test_a_cursor_that_is_refused_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.store.write(lambda tx: tx.put_setting(CURSOR, "another server's")).result()
    bench.server.tell(case.case_id, "accepted", acceptance_no="9")
    asked: list[str] = []
    changes = bench.server.changes

    def by_number(after: str, wait: float) -> ChangesAnswer:
        asked.append(after)
        if not (after.isdigit() or after == ""):
            raise Refused("sync.reason.refused", "422 bad_cursor", "bad_cursor")
        return changes(after, wait)

    monkeypatch.setattr(bench.server, "changes", by_number)
    assert bench.changes.pull(0) == 1
    assert bench.case(case.case_id).acceptance_no == "9"
    bench.changes.pull(0)
    assert asked == ["another server's", "", "1"]


def test_a_beginning_that_is_refused_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    bench.steps_until(bench.runner.is_enrolled)

    def refuse(_after: str, _wait: float) -> ChangesAnswer:
        raise Refused("sync.reason.refused", "404 not_found", "not_found")

    monkeypatch.setattr(bench.server, "changes", refuse)
    with pytest.raises(Refused):
        bench.changes.pull(0)


@pytest.mark.parametrize("together", [True, False])
def test_changes_in_the_wrong_order_do_not_turn_a_case_back(together: bool) -> None:
    bench = Bench()
    case = sent_case(bench)
    later = Change(sequence=8, case_id=case.case_id, kind="in_process", at="2026-11-24T02:00:00Z", state_code="BL")
    earlier = Change(
        sequence=7,
        case_id=case.case_id,
        kind="accepted",
        at="2026-11-24T01:00:00Z",
        state_code="SL",
        values={"acceptance_no": "9"},
    )
    for answer in [[later, earlier]] if together else [[later], [earlier]]:
        cursor = bench.store.read(lambda snapshot: snapshot.setting(CURSOR))
        bench.changes.keep(cursor, ChangesAnswer(changes=answer, cursor=f"{cursor}x"))
    now = bench.case(case.case_id)
    assert (now.status, now.acceptance_no, now.remote_state) == (CaseStatus.IN_PROCESS, "9", "BL")


def test_a_restored_server_that_counts_from_an_older_number_on_is_believed() -> None:
    bench = Bench()
    case = sent_case(bench)
    told = [
        Change(sequence=8, case_id=case.case_id, kind="accepted", at="2026-11-24T01:00:00Z"),
        Change(sequence=6, case_id=case.case_id, kind="refused", at="2026-11-25T01:00:00Z"),
    ]
    bench.changes.keep("", ChangesAnswer(changes=told, cursor="6"))
    assert bench.case(case.case_id).status is CaseStatus.REFUSED


def test_fields_the_other_side_changed_are_for_the_clerk_to_read_once() -> None:
    bench = Bench()
    case = sent_case(bench)
    told = Change(sequence=1, case_id=case.case_id, kind="in_process", at="x", fields={"applicant.phone": "1"})
    for cursor in ("", "1"):
        bench.changes.keep(cursor, ChangesAnswer(changes=[told], cursor="1"))
    assert bench.store.read(to_look_at) == (case.case_id,)
    bench.store.write(lambda tx: looked_at(tx, case.case_id)).result()
    bench.store.write(lambda tx: tx.put_setting(CURSOR, "")).result()
    bench.changes.keep("", ChangesAnswer(changes=[told], cursor="1"))
    assert bench.store.read(to_look_at) == ()


def test_an_answer_to_a_question_of_before_is_not_kept() -> None:
    """Another answer moved the cursor meanwhile."""
    bench = Bench()
    case = sent_case(bench)
    bench.store.write(lambda tx: tx.put_setting(CURSOR, "5")).result()
    told = Change(sequence=1, case_id=case.case_id, kind="accepted", at="2026-11-24T01:00:00Z")
    bench.changes.keep("", ChangesAnswer(changes=[told], cursor="1"))
    assert bench.store.read(lambda snapshot: snapshot.setting(CURSOR)) == "5"
    assert kinds(bench, case) == []


def test_a_number_and_a_limit_heard_late_do_not_replace_newer_ones() -> None:
    bench = Bench()
    case = sent_case(bench)
    for sequence, number, limit in ((8, "new", "2026-12-20"), (7, "old", "2026-12-10")):
        told = Change(
            sequence=sequence,
            case_id=case.case_id,
            kind="accepted",
            at=f"2026-11-24T0{sequence}:00:00Z",
            values={"acceptance_no": number, "limit_date": limit},
        )
        cursor = bench.store.read(lambda snapshot: snapshot.setting(CURSOR))
        bench.changes.keep(cursor, ChangesAnswer(changes=[told], cursor=f"{cursor}x"))
    now = bench.case(case.case_id)
    assert (now.acceptance_no, now.limit_date) == ("new", "2026-12-20")
    assert kinds(bench, case) == ["accepted", "accepted"], "both are kept"


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
