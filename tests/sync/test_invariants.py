"""I2, I3, I4, I5 (design: section 6) on the runner; the planted mutants that each of them kills are in
``tests/faults/histories_mutants.py``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.sync.bench import Bench
from tests.sync.server_line import Fault
from tests.sync.window import START
from villagedesk.acceptance.port import Conflicting
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.sync import decisions

LOSING = [Fault.CUT_AFTER, Fault.ERROR_AFTER, Fault.WRONG_HASH, Fault.CUT_BEFORE, Fault.HTML, Fault.LATE]


@pytest.mark.parametrize("fault", LOSING)
def test_i2_a_revision_takes_effect_once_however_its_answer_is_lost(fault: Fault) -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([b"page one" * 20, b"page two"])
    bench.play("put_revision", fault, fault, fault)
    bench.settle()
    assert bench.row(row).state is SendingState.SENT
    assert bench.server.committed_ever == {(case.case_id, 1): [row.payload_sha256]}


@pytest.mark.parametrize("fault", LOSING)
def test_i2_an_action_takes_effect_once_however_its_answer_is_lost(fault: Fault) -> None:
    bench = Bench()
    case, _row = bench.clerk.take_in([])
    action = bench.clerk.act(case.case_id, Operation.WITHDRAW)
    bench.play("put_action", fault, fault, fault)
    bench.settle()
    assert bench.row(action).state is SendingState.DONE
    assert bench.server.actions_ever == {action.action_id}


def test_i2_the_key_and_the_bytes_are_the_same_at_every_attempt() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([])
    bench.play("put_revision", *[Fault.CUT_BEFORE] * 5, Fault.CUT_AFTER)
    bench.settle()
    assert bench.server.calls.count("put_revision") >= 6
    assert bench.server.seen == {(case.case_id, 1): {row.payload_sha256}}


def test_i3_sent_has_its_receipt_event_and_status_in_one_commit() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([b"page"])
    seen: list[tuple[SendingState, bool, CaseStatus, bool]] = []

    def look() -> None:
        now = bench.row(row)
        sent = any(event.kind == "sent" for event in bench.events(case.case_id))
        seen.append((now.state, bool(now.receipt), bench.case(case.case_id).status, sent))

    bench.store.subscribe(look)
    bench.settle()
    for state, receipt, status, logged in seen:
        is_sent = state is SendingState.SENT
        assert (receipt, status is CaseStatus.SUBMITTED, logged) == (is_sent, is_sent, is_sent)
    assert seen[-1][0] is SendingState.SENT


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.SHORT_RECEIPT, Fault.WRONG_HASH, Fault.ERROR_BEFORE])
def test_i3_nothing_is_called_sent_on_another_word_than_the_servers_own(fault: Fault) -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([b"page"])
    bench.play("put_revision", fault)
    bench.steps_until(lambda: "put_revision" in bench.server.calls)
    assert bench.row(row).state is SendingState.CONFIRMING
    assert bench.row(row).reason_key.startswith("sync.reason.")
    assert not bench.row(row).receipt


def test_i4_bytes_are_frozen_and_committed_before_the_first_request() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([])
    frozen_at_arrival: list[bool] = []
    bench.server.on_arrival = lambda _case, _revision: frozen_at_arrival.append(bench.row(row).frozen_at is not None)
    bench.settle()
    assert frozen_at_arrival == [True]
    assert case.case_id


def test_i4_an_edit_counts_until_the_bytes_are_frozen_and_never_after() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([])
    assert bench.clerk.edit(row, "mended in time")
    bench.play("put_revision", Fault.CUT_BEFORE)
    bench.steps_until(lambda: bench.row(row).state is SendingState.CONFIRMING)
    frozen = bench.row(row)
    assert not bench.clerk.edit(frozen, "too late")
    bench.steps_until(lambda: bench.row(row).state is SendingState.QUEUED)
    assert not bench.clerk.edit(bench.row(row), "queued again, frozen for ever")
    with pytest.raises(ValueError, match="frozen"):
        bench.store.write(
            lambda tx: tx.update_outbox(replace(bench.row(row), payload=b"x", payload_sha256=sha256_hex(b"x")))
        ).result()
    bench.settle()
    assert bench.server.seen == {(case.case_id, 1): {frozen.payload_sha256}}
    assert frozen.payload_sha256 != row.payload_sha256


def test_i5_a_refused_row_stays_until_the_clerk_decides() -> None:
    bench = Bench()
    bench.server.refuse_content = lambda _record: True
    case, row = bench.clerk.take_in([])
    bench.settle()
    refused = bench.row(row)
    assert (refused.state, refused.reason_raw) == (SendingState.REJECTED, "422 rejected")
    assert [event.kind for event in bench.events(case.case_id)] == ["taken_in", "rejected"]
    bench.boot()
    bench.clock.advance(timedelta(days=30).total_seconds())
    bench.settle()
    assert bench.row(row).state is SendingState.REJECTED
    bench.store.write(lambda tx: decisions.drop(tx, row.action_id, "李练习", bench.clock.now())).result()
    assert bench.row(row).state is SendingState.CANCELLED
    assert bench.events(case.case_id)[-1].kind == "decision"


def test_i5_a_conflict_keeps_both_versions_and_is_mended_by_the_next_revision() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([])
    other = row.payload.replace("李练习".encode(), "王另窗".encode())
    bench.server.enrolled.add("another window")
    bench.server.put_revision(case.case_id, 1, other)
    bench.settle()
    assert bench.row(row).state is SendingState.CONFLICT
    assert bench.row(row).payload == row.payload
    successor = replace(row, action_id="next", revision=2, payload=b"{}", payload_sha256=sha256_hex(b"{}"))
    bench.store.write(lambda tx: decisions.mend(tx, row.action_id, successor, "李练习", bench.clock.now())).result()
    assert bench.row(row).state is SendingState.SUPERSEDED
    assert bench.row(successor).state is SendingState.QUEUED


@pytest.mark.parametrize(
    "wrong",
    [
        {"revision": 3},
        {"revision": 1},
        {"case_id": "another"},
        {"operation": Operation.EVALUATE},
        {"state": SendingState.SENDING},
        {"frozen_at": START},
    ],
)
def test_i5_only_a_fresh_next_revision_replaces_what_is_in_the_tray(wrong: dict[str, Any]) -> None:
    bench = Bench()
    bench.server.refuse_content = lambda _record: True
    _case, row = bench.clerk.take_in([])
    bench.settle()
    fresh = replace(row, action_id="next", revision=2, state=SendingState.QUEUED, frozen_at=None)
    with pytest.raises(ValueError, match="successor must"):
        bench.store.write(
            lambda tx: decisions.mend(tx, row.action_id, replace(fresh, **wrong), "李练习", bench.clock.now())
        ).result()
    assert bench.row(row).state is SendingState.REJECTED
    bench.store.write(lambda tx: decisions.mend(tx, row.action_id, fresh, "李练习", bench.clock.now())).result()
    assert bench.row(row).state is SendingState.SUPERSEDED


def test_i5_a_409_that_names_our_own_hash_is_no_conflict() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    put = bench.server.put_revision
    answers = [Conflicting("sync.reason.conflict", "odd", row.payload_sha256)]

    def once_odd(case_id: str, revision: int, payload: bytes) -> object:
        answer = put(case_id, revision, payload)
        if answers:
            raise answers.pop()
        return answer

    bench.server.put_revision = once_odd  # type: ignore[method-assign, assignment]
    bench.settle()
    assert bench.row(row).state is SendingState.SENT
