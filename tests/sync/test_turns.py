"""Threads that take turns: woken by news, called by somebody, and left alone for a while when a turn came to grief."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from tests.sync.test_engine import RealClock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.status import SyncStatus, Told
from villagedesk.sync.turns import Turns

_PATIENCE_S = 30.0


class Taking:
    """One thread whose turns are counted; a turn fails while there are failures."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.count = 0
        self.taken = threading.Semaphore(0)
        self.said: list[SyncStatus] = []
        self.turns = Turns(RealClock(), {"one": self.turn}, frozenset(), Told(self.said.append), lambda: None)

    def turn(self) -> float | None:
        self.count += 1
        self.taken.release()
        if self.failures:
            raise self.failures.pop()
        return None

    def wait(self) -> None:
        assert self.taken.acquire(timeout=_PATIENCE_S)


@pytest.fixture
def taking() -> Iterator[Taking]:
    made = Taking()
    yield made
    made.turns.forbid()
    assert made.turns.join(_PATIENCE_S)


def test_who_rests_is_woken_by_news_and_by_a_call(taking: Taking) -> None:
    taking.turns.start()
    taking.wait()
    taking.turns.wake()
    taking.wait()
    taking.turns.call()
    taking.wait()


@pytest.mark.parametrize("failure", [EnvironmentProblem("store.disk_full"), ValueError("a fault of this program")])
def test_one_that_came_to_grief_does_not_fail_as_often_as_something_is_committed(
    taking: Taking, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "villagedesk.sync.turns")
    taking.failures = [failure]
    taking.turns.start()
    taking.wait()
    for _ in range(20):
        taking.turns.wake()
        assert not taking.taken.acquire(timeout=0.01)
    assert taking.count == 1
    taking.turns.call()
    taking.wait()
    taking.turns.wake()
    taking.wait()
    assert taking.count == 3, "it went well, and news wakes it again"
