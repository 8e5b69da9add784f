"""What a whole station waits for is told as long as it waits; and what the clerk says is heard in a round of pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.sync.server_line import Fault
from tests.sync.test_engine import _PATIENCE_S, Running
from villagedesk.acceptance.port import AcceptanceFailure, Conflicting, LoginNeeded, Unanswered
from villagedesk.acceptance.wire import EnrolRequest
from villagedesk.domain.held_version import HELD
from villagedesk.domain.outbox import SendingState
from villagedesk.sync.link import LinkKind
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.status import StationWait


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    try:
        yield made
    finally:
        assert made.engine.stop()


class LongRound:
    """An engine whose page does not get across before the test says so."""

    def __init__(self, running: Running) -> None:
        self.on_its_way, self._go_on = threading.Event(), threading.Event()
        self.records = [Fault.NONE]
        running.faults = self._hang
        self._running = running

    def __enter__(self) -> LongRound:
        self._running.clerk.take_in([b"page"])
        self._running.engine.start()
        assert self.on_its_way.wait(_PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._go_on.set()

    def _hang(self, call: str) -> Fault:
        if call == "send_chunk":
            self.on_its_way.set()
            assert self._go_on.wait(_PATIENCE_S)
        return self.records.pop() if call == "put_revision" and self.records else Fault.NONE


def waiting(running: Running) -> StationWait:
    """What is told, once something is."""
    running.wait_for(lambda: running.engine.status.wait is not None)
    wait = running.engine.status.wait
    assert wait is not None
    return wait


def test_a_word_to_one_row_is_told_of_all_until_the_clerk_sends_now(running: Running) -> None:
    rows = [running.clerk.take_in([])[1] for _ in range(3)]
    told: list[StationWait | None] = []

    def busy_once(call: str) -> Fault:
        if call == "put_revision":
            told.append(running.engine.status.wait)
        return Fault.BUSY if call == "put_revision" and len(told) == 1 else Fault.NONE

    running.faults = busy_once
    running.engine.start()
    wait = waiting(running)
    assert (wait.reason, wait.raw, wait.unknown_since) == ("sync.reason.busy", "", None)
    assert timedelta(minutes=59) < wait.until - datetime.now(UTC) <= timedelta(seconds=3607)
    assert sorted(map(running.state, rows)) == [SendingState.QUEUED, SendingState.QUEUED, SendingState.WAITING]
    assert running.engine.status.link.kind is LinkKind.ONLINE
    running.wait_for(lambda: running.engine.status.failure_key != "")
    assert next(status for status in running.published if status.failure_key).wait == wait, (
        "before the link is looked at"
    )
    running.engine.kick()
    running.wait_for(lambda: {running.state(row) for row in rows} == {SendingState.SENT})
    assert told == [None] * 4, "its end is told before anything goes"


def test_it_is_told_no_more_when_the_time_is_there(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.runner, "retry", RetryPolicy(first=0.3, cap=0.3))
    _case, row = running.clerk.take_in([])
    answers = [Fault.NO_CONNECTION]
    running.faults = lambda call: answers.pop() if call == "put_revision" and answers else Fault.NONE
    running.engine.start()
    running.wait_for(lambda: running.state(row) is SendingState.SENT and running.engine.status.wait is None)
    told = [status.wait.reason for status in running.published if status.wait is not None]
    assert set(told) == {"sync.reason.no_connection"}


@pytest.mark.parametrize(
    "failure",
    [
        Unanswered("sync.reason.server_error", "500"),
        Conflicting("sync.reason.conflict", "409 code_of_another_division"),
        LoginNeeded("sync.reason.login", "403 code_used"),
    ],
)
def test_an_enrolment_that_fails_is_told_with_its_reason_and_since_when(
    running: Running, monkeypatch: pytest.MonkeyPatch, failure: AcceptanceFailure
) -> None:
    asked: list[str] = []

    def refuse(request: EnrolRequest) -> str:
        asked.append(request.division_code)
        raise failure

    monkeypatch.setattr(running.server, "enrol", refuse)
    _case, row = running.clerk.take_in([])
    running.engine.start()
    first = waiting(running)
    said = "sync.reason.station_file_needed" if isinstance(failure, LoginNeeded) else failure.reason
    assert (first.reason, first.raw) == (said, failure.raw)
    assert first.unknown_since is not None
    assert datetime.now(UTC) - first.unknown_since < timedelta(seconds=_PATIENCE_S)
    assert first.until - first.unknown_since > timedelta(minutes=59)
    running.engine.kick()
    running.wait_for(lambda: len(asked) == 2 and waiting(running).until > first.until)
    assert waiting(running).unknown_since == first.unknown_since
    told = [status.wait is not None for status in running.published]
    assert all(told[told.index(True) :]), "also while it is tried once more"
    monkeypatch.undo()
    running.engine.kick()
    running.wait_for(lambda: running.state(row) is SendingState.SENT and running.engine.status.wait is None)


def test_send_now_is_heard_in_the_middle_of_a_round_of_pages(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.runner, "retry", RetryPolicy(first=3600.0, cap=3600.0, confirming=()))
    with LongRound(running) as long:
        long.records.append(Fault.CUT_BEFORE)
        _case, row = running.clerk.take_in([])
        running.until(lambda: running.state(row) is SendingState.CONFIRMING)
        assert running.store.read(lambda snapshot: snapshot.outbox_row(row.action_id)).next_try_at is not None
        running.engine.kick()
        running.until(lambda: running.state(row) is SendingState.SENT)


def test_what_is_held_of_a_conflict_comes_in_the_middle_of_a_round_of_pages(running: Running) -> None:
    with LongRound(running):
        _case, row = running.clerk.take_in([])
        running.until(lambda: running.state(row) is SendingState.SENT)
        there = running.store.read(lambda snapshot: snapshot.outbox_row(row.action_id))
        told = replace(there, state=SendingState.CONFLICT)
        running.store.write(lambda transaction: transaction.update_outbox(told)).result()
        running.until(lambda: running.store.read(lambda snapshot: snapshot.setting(f"{HELD}{row.action_id}")) != "")


def test_a_word_met_in_the_middle_of_a_round_of_pages_is_told_there(running: Running) -> None:
    with LongRound(running) as long:
        long.records.append(Fault.BUSY)
        running.clerk.take_in([])
        assert waiting(running).reason == "sync.reason.busy"
