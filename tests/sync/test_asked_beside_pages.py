"""While pages travel, a question about an uncertain row that is slow to be answered holds up no other row."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from tests.sync.bench import Bench
from tests.sync.server_line import Fault
from tests.sync.test_engine import Running
from tests.sync.test_reconcile_now import _soon
from villagedesk.acceptance.wire import CaseAnswer
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync import decisions
from villagedesk.sync.pace import Pace
from villagedesk.sync.record_calls import RecordCalls
from villagedesk.sync.retry import RetryPolicy


class Slow:
    """An engine in the middle of a page; what it asks of a case is answered when the test says so."""

    def __init__(self) -> None:
        self.running = Running()
        self.running.runner.retry = RetryPolicy(confirming=(0.01,) * 9)
        self.page_begun, self.page_may_end = threading.Event(), threading.Event()
        self.asked, self.answer = threading.Semaphore(0), threading.Event()
        self.cut = 0
        server = self.running.server
        send, case = server.send_chunk, server.case
        self.running.faults = self._fault

        def slow_send(*arguments: Any, **named: Any) -> int:
            self.page_begun.set()
            self.page_may_end.wait(60)
            return send(*arguments, **named)

        def slow_case(case_id: str) -> CaseAnswer | None:
            self.asked.release()
            self.answer.wait(60)
            return case(case_id)

        server.send_chunk = slow_send  # type: ignore[method-assign]
        server.case = slow_case  # type: ignore[method-assign]
        _case, self.large = self.running.clerk.take_in([b"page"])
        self.running.engine.start()
        assert self.page_begun.wait(30)

    def reaches(self, row: OutboxRow, state: SendingState) -> bool:
        return _soon(self.running, lambda: self.running.state(row) is state)

    def take_in_doubtful(self) -> OutboxRow:
        """A case whose record's answer is lost."""
        self.cut += 1
        return self.running.clerk.take_in([])[1]

    def _fault(self, call: str) -> Fault:
        if call == "put_revision" and self.cut:
            self.cut -= 1
            return Fault.CUT_AFTER
        return Fault.NONE


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    try:
        yield made
    finally:
        made.answer.set()
        made.page_may_end.set()
        assert made.running.engine.stop(30)


def test_a_case_taken_in_goes_out_while_a_question_and_a_page_are_under_way(slow: Slow) -> None:
    doubtful = slow.take_in_doubtful()
    assert slow.asked.acquire(timeout=30)
    _case, later = slow.running.clerk.take_in([])
    assert slow.reaches(later, SendingState.SENT)
    assert slow.running.state(doubtful) is SendingState.CONFIRMING
    assert slow.running.state(slow.large) is SendingState.UPLOADING
    slow.answer.set()
    assert slow.reaches(doubtful, SendingState.SENT)
    slow.page_may_end.set()
    assert slow.reaches(slow.large, SendingState.SENT)


def test_several_questions_are_under_way_at_once_and_each_row_is_asked_about_once(slow: Slow) -> None:
    doubtful = [slow.take_in_doubtful() for _ in range(2)]
    for _ in doubtful:
        assert slow.asked.acquire(timeout=30), "the second waits for the first"
    slow.answer.set()
    for row in doubtful:
        assert slow.reaches(row, SendingState.SENT)
    assert not slow.asked.acquire(blocking=False)


def test_a_row_held_back_while_it_is_asked_about_keeps_what_is_answered(slow: Slow) -> None:
    doubtful = slow.take_in_doubtful()
    assert slow.asked.acquire(timeout=30)
    store = slow.running.store
    store.write(
        lambda transaction: decisions.pause(transaction, doubtful.action_id, "李练习", slow.running.clerk.clock.now())
    ).result()
    slow.answer.set()
    assert slow.reaches(doubtful, SendingState.SENT)


def test_a_disk_that_fails_once_beside_a_page_keeps_no_record_from_going() -> None:
    """Nor does a row that no worker could look at count among those on their way for ever."""
    troubles = iter([EnvironmentProblem("store.read_failed")])

    def may_leave(_row: OutboxRow) -> bool:
        for trouble in troubles:
            raise trouble
        return True

    clerk = Bench()
    _case, row = clerk.clerk.take_in([])
    calls = RecordCalls(clerk.server, Pace(), may_leave, lambda: False)
    for trouble in (True, False):
        calls.ask(row)
        job = calls.next_job()
        assert job is not None
        with pytest.raises(EnvironmentProblem) if trouble else nullcontext():
            job()
        assert calls.has(row.action_id) is not trouble
    ((asked, _said),) = calls.take_said()
    assert asked == row
