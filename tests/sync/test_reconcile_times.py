"""The server's list is asked for once a day; one that was cut is asked for again soon, ever more rarely."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.sync.test_engine import Running
from tests.sync.window import SimClock
from villagedesk.acceptance.port import AcceptanceFailure, Busy, NoConnection, NoSuchCall, Unanswered
from villagedesk.acceptance.wire import CaseListAnswer
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.last_word import last_reconciled
from villagedesk.sync.reconcile_times import ReconcileTimes
from villagedesk.sync.retry import RetryPolicy

_DAY = 24 * 3600.0
_CUT = Unanswered("sync.reason.cut")


def times_of(clock: SimClock, share: float = 1.0) -> ReconcileTimes:
    """Asked for already, for the first time; chance gives that share of each ceiling."""

    def uniform(low: float, high: float) -> float:
        return low + (high - low) * share

    times = ReconcileTimes(clock, lambda failures, failure: RetryPolicy().again(failures, failure, uniform))
    assert times.seconds_left() is None
    times.link_returned()
    assert times.seconds_left() == 0
    return times


@pytest.mark.parametrize(
    "failure", [_CUT, NoConnection("sync.reason.refused_connection"), EnvironmentProblem("store.disk_full")]
)
def test_what_was_cut_is_asked_for_by_the_ordinary_retry_rule(failure: Exception) -> None:
    clock = SimClock()
    times = times_of(clock)
    waits = []
    for _ in range(12):
        times.failed(failure)
        left = times.seconds_left()
        assert left is not None
        waits.append(left)
        clock.advance(left)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]
    assert times.told()
    assert times.seconds_left() == _DAY
    clock.advance(_DAY)
    assert not times.told(), "it had not failed since"
    times.failed(failure)
    assert times.seconds_left() == 5, "the success ended the series"


def test_a_piece_that_came_shortens_the_wait_after_the_next_cut() -> None:
    clock = SimClock()
    times = times_of(clock)
    for _ in range(9):
        times.failed(_CUT)
    times.came()
    times.failed(_CUT)
    assert times.seconds_left() == 10
    assert times.told(), "it had failed"


def test_each_station_asks_in_a_moment_of_its_own() -> None:
    clock = SimClock()
    times = times_of(clock, share=0.25)
    for _ in range(9):
        times.failed(_CUT)
    assert times.seconds_left() == 225


def test_what_a_busy_system_asks_for_is_kept_though_the_link_returns() -> None:
    clock = SimClock()
    times = times_of(clock)
    times.failed(Busy("sync.reason.busy", "503", 1200.0))
    times.link_returned()
    assert times.seconds_left() == 1230
    clock.advance(1230)
    times.failed(Busy("sync.reason.busy", "503"))
    assert times.seconds_left() == 10, "it named no time: as after any other failure, and it is the second"


def test_a_link_that_returns_ends_the_wait_of_what_was_cut_and_of_nothing_else() -> None:
    clock = SimClock()
    times = times_of(clock)
    for _ in range(9):
        times.failed(_CUT)
    times.link_returned()
    assert times.seconds_left() == 0
    times.failed(_CUT)
    assert times.seconds_left() == 5
    times.told()
    times.link_returned()
    assert times.seconds_left() == _DAY


def test_a_system_that_has_no_such_list_is_asked_tomorrow() -> None:
    clock = SimClock()
    times = times_of(clock)
    times.failed(NoSuchCall("sync.reason.refused", "404"))
    times.link_returned()
    assert times.seconds_left() == _DAY


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    made.runner.retry = RetryPolicy(first=0.05)
    try:
        yield made
    finally:
        assert made.engine.stop()


@pytest.mark.parametrize("failures", [[_CUT, _CUT], [EnvironmentProblem("store.disk_full")]])
def test_the_engine_asks_again_the_same_minute_and_then_rests(
    running: Running, failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link is well all the time, so nothing but the wait brings the next try."""
    monkeypatch.setattr("villagedesk.sync.turns._AFTER_TROUBLE", 0.05)
    cases, asked, to_come = running.server.cases, [], list(failures)

    def failing(after: str = "") -> Iterator[CaseListAnswer]:
        asked.append(time.monotonic())
        if to_come:
            raise to_come.pop(0)
        return cases(after)

    running.server.cases = failing  # type: ignore[method-assign]
    times = running.engine._reconcile_times
    running.engine.start()
    running.wait_for(lambda: len(asked) > len(failures) and (times.seconds_left() or 0.0) > _DAY - 60)
    assert running.store.read(last_reconciled) is not None
    assert running.engine.status.failure_key == ""
    assert 0 < asked[-1] - asked[0] < 20
    if isinstance(failures[0], AcceptanceFailure):
        assert _CUT.reason in [status.failure_key for status in running.published]
