"""The clerk asks the acceptance system to tell all it holds: it is asked at once, not at the next day's time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.sync.test_engine import Running
from villagedesk.acceptance.wire import CaseListAnswer
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.sync import missing
from villagedesk.sync.last_word import Reconciled, last_reconciled
from villagedesk.sync.link import LinkKind, Reach


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    try:
        yield made
    finally:
        assert made.engine.stop()


def last(running: Running) -> Reconciled | None:
    return running.store.read(last_reconciled)


def _soon(running: Running, reached: Callable[[], bool]) -> bool:
    """Whether it becomes so; each commit is a moment to look."""
    moved = threading.Event()
    running.store.subscribe(moved.set)
    end = time.monotonic() + 10
    while not reached() and time.monotonic() < end:
        moved.wait(0.05)
        moved.clear()
    return reached()


def ask(running: Running) -> None:
    """As the desk does it."""
    running.store.write(missing.want).result()
    running.engine.kick()


def test_a_list_that_is_asked_for_comes_at_once_and_covers_what_was_sent_since(running: Running) -> None:
    running.engine.start()
    assert _soon(running, lambda: last(running) is not None)
    _case, row = running.clerk.take_in([])
    assert _soon(running, lambda: running.state(row) is SendingState.SENT)
    before = last(running)
    assert before is not None
    assert before.receipts == 0
    ask(running)
    assert _soon(running, lambda: (told := last(running)) is not None and told.receipts == 1)
    assert not running.store.read(missing.is_wanted)


def test_while_a_long_list_comes_piece_by_piece_what_waits_is_sent(running: Running) -> None:
    rows = [running.clerk.take_in([])[1] for _ in range(6)]
    running.engine.start()
    assert _soon(running, lambda: all(running.state(row) is SendingState.SENT for row in rows))
    cases = running.server.cases
    new: list[OutboxRow] = []
    sent_at: list[bool] = []

    def watched(after: str = "") -> Iterator[CaseListAnswer]:
        if not new:
            new.append(running.clerk.take_in([])[1])
        sent_at.append(running.state(new[0]) is SendingState.SENT)
        return cases(after)

    running.server.cases = watched  # type: ignore[method-assign]
    ask(running)
    assert _soon(running, lambda: not running.store.read(missing.is_wanted))
    assert sent_at[0] is False and sent_at[-1] is True


def test_one_asked_for_without_a_link_waits_for_it(running: Running) -> None:
    running.probe.reach = Reach.SILENT
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.INTERNET_ONLY)
    ask(running)
    assert last(running) is None
    running.probe.reach = Reach.CONNECTED
    running.notices.listener()
    assert _soon(running, lambda: last(running) is not None)
