"""What a clerk wants sent before the others, and what of a row's way is kept in its case's log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sync.bench import Bench
from tests.sync.server_line import Fault
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.sync import decisions
from villagedesk.sync.last_word import last_reconciled
from villagedesk.sync.table import NoSuchTransition

CLERK = "李练习"


def put_first(bench: Bench, row: OutboxRow) -> OutboxRow:
    return bench.store.write(
        lambda transaction: decisions.put_first(transaction, row.action_id, CLERK, bench.clock.now())
    ).result()


def firsts(bench: Bench) -> frozenset[str]:
    return bench.store.read(decisions.firsts)


def steps_of(bench: Bench, row: OutboxRow) -> list[CaseEvent]:
    return [event for event in bench.events(row.case_id) if event.kind == "sending"]


def test_what_is_put_first_waits_no_longer_and_is_kept_until_it_is_closed() -> None:
    bench = Bench()
    _case, waiting = bench.clerk.take_in([])
    _case, other = bench.clerk.take_in([])
    bench.play("put_revision", Fault.NO_CONNECTION)
    bench.steps_until(lambda: bench.row(waiting).state is SendingState.WAITING)
    after = put_first(bench, waiting)
    assert (after.state, after.return_state, after.next_try_at) == (SendingState.SENDING, None, None)
    assert after.reason_key == "sync.reason.no_connection"
    put_first(bench, other)
    assert firsts(bench) == {waiting.action_id, other.action_id}
    decided = [event for event in bench.events(waiting.case_id) if event.kind == "decision"]
    assert [(event.actor, event.detail["decision"]) for event in decided] == [(CLERK, "first")]

    bench.runner.link_returned()
    bench.settle()
    assert bench.row(waiting).state is SendingState.SENT
    _case, third = bench.clerk.take_in([])
    put_first(bench, third)
    assert firsts(bench) == {third.action_id}, "what is closed is forgotten"


@pytest.mark.parametrize("state", [SendingState.PAUSED, SendingState.SENT, SendingState.REJECTED])
def test_what_is_held_closed_or_in_the_tray_is_not_put_first(state: SendingState) -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    receipt = "{}" if state is SendingState.SENT else ""
    bench.store.write(
        lambda transaction: transaction.update_outbox(replace(row, state=state, receipt=receipt))
    ).result()
    with pytest.raises(NoSuchTransition):
        put_first(bench, row)
    assert firsts(bench) == frozenset()


def test_a_next_time_that_was_set_ends_without_a_change_of_state() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    bench.play("put_revision", Fault.CUT_AFTER)
    bench.steps_until(lambda: bench.row(row).state is SendingState.CONFIRMING)
    assert bench.row(row).next_try_at is not None
    after = put_first(bench, row)
    assert (after.state, after.next_try_at) == (SendingState.CONFIRMING, None)


def test_a_row_held_for_login_says_so_in_its_log_and_when_it_went_on() -> None:
    bench = Bench()
    bench.settle()
    _case, row = bench.clerk.take_in([])
    bench.play("put_revision", Fault.LOGIN)
    bench.play("case", Fault.LOGIN)
    bench.settle()
    assert bench.row(row).state is SendingState.SENT
    assert [event.detail["reason"] for event in steps_of(bench, row)] == [
        "sync.reason.login",
        "sync.reason.station_file_needed",
        "sync.step.enrolled",
    ]


def test_each_trouble_of_a_row_is_kept_once_however_long_the_line_comes_and_goes() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([b"page"])
    bench.play("put_revision", Fault.NO_CONNECTION, *[Fault.BUSY, Fault.NO_CONNECTION] * 20)
    bench.settle()
    assert bench.row(row).state is SendingState.SENT
    kept = [event.detail["reason"] for event in steps_of(bench, row)]
    assert kept == ["sync.reason.no_connection", "sync.reason.busy", "sync.step.registered"]
    assert {event.actor for event in steps_of(bench, row)} == {"program"}
    assert {event.detail["action_id"] for event in steps_of(bench, row)} == {row.action_id}


def test_the_last_whole_list_of_the_acceptance_system_is_kept_with_its_outcome() -> None:
    bench = Bench()
    assert bench.store.read(last_reconciled) is None
    _case, row = bench.clerk.take_in([])
    bench.settle()
    asked = bench.clock.now()
    bench.reconciler.run()
    kept = bench.store.read(last_reconciled)
    assert kept is not None
    assert (kept.asked_at, kept.receipts, kept.forgotten) == (asked, 1, 0)

    bench.server.forget(row.case_id)
    bench.clock.advance(60)
    bench.reconciler.run()
    kept = bench.store.read(last_reconciled)
    assert kept is not None
    assert (kept.receipts, kept.forgotten) == (1, 1)
    assert kept.asked_at > asked
