"""A county's windows do not all come at once: what the engine does when the link returns, and about Retry-After."""

from __future__ import annotations

import random
import threading
from time import monotonic

from hypothesis import given
from hypothesis import strategies as st

from tests.sync.bench import Bench
from tests.sync.server_line import Fault
from tests.sync.test_engine import Running
from villagedesk.acceptance.port import Busy
from villagedesk.acceptance.wire import ChangesAnswer
from villagedesk.domain.outbox import SendingState
from villagedesk.sync.link import LinkKind, Reach
from villagedesk.sync.retry import RetryPolicy


@given(st.floats(0, 1e7), st.integers())
def test_a_link_that_returned_is_left_alone_for_a_moment_by_how_long_it_was_away(away: float, seed: int) -> None:
    left_alone = RetryPolicy().first_contact(away, random.Random(seed).uniform)
    assert 0 <= left_alone <= min(30, away / 4)


def test_2600_windows_come_back_over_half_a_minute() -> None:
    """Full jitter: each second of the thirty has its 1/30 of them, give or take five standard deviations."""
    chance = random.Random(5)
    moments = [RetryPolicy().first_contact(3600, chance.uniform) for _ in range(2600)]
    in_each_second = [sum(second <= moment < second + 1 for moment in moments) for second in range(30)]
    assert sum(in_each_second) == 2600
    assert all(abs(count - 2600 / 30) < 5 * (2600 / 30) ** 0.5 for count in in_each_second)


def _waiting_as_asked(bench: Bench) -> tuple[float, SendingState]:
    """Seconds until the runner looks again, after a 503 on the first record."""
    _case, row = bench.clerk.take_in([])
    bench.steps_until(lambda: bench.runner.is_enrolled())
    bench.play("put_revision", Fault.BUSY)
    bench.runner.step()
    until = bench.runner.step().until
    assert until is not None
    return (until - bench.clock.now()).total_seconds(), bench.row(row).state


def test_a_servers_retry_after_outlives_a_link_that_flickers_and_not_the_clerks_send_now() -> None:
    bench = Bench()
    asked, state = _waiting_as_asked(bench)
    assert 7 <= asked <= 37, "the model says 7 s"
    assert state is SendingState.WAITING
    bench.clock.advance(5)
    bench.runner.link_returned(2.0)
    calls = len(bench.server.calls)
    until = bench.runner.step().until
    assert until is not None
    assert abs((until - bench.clock.now()).total_seconds() - (asked - 5)) < 0.01
    bench.runner.send_now()
    assert bench.runner.step().did == "sent"
    assert len(bench.server.calls) == calls + 1


def test_an_hour_of_retry_after_is_not_believed_behind_a_link_that_came_back() -> None:
    bench = Bench()
    _waiting_as_asked(bench)
    bench.runner._gate.close(3600, Busy("sync.reason.busy", "503", 3600.0))
    bench.runner.link_returned(3600)
    until = bench.runner.step().until
    assert until is not None
    assert (until - bench.clock.now()).total_seconds() <= 120


def test_a_wait_of_our_own_ends_with_the_link_and_the_spread_begins() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    bench.steps_until(lambda: bench.runner.is_enrolled())
    bench.play("put_revision", *[Fault.NO_CONNECTION] * 9)
    bench.steps_until(lambda: bench.row(row).attempts == 9)
    left_alone = bench.runner.link_returned(3600)
    until = bench.runner.step().until
    assert until is not None
    assert 0 < left_alone <= 30
    assert abs((until - bench.clock.now()).total_seconds() - left_alone) < 0.01
    bench.clock.advance(left_alone + 0.01)
    assert bench.runner.step().did == "sent"


def test_the_screen_shows_the_link_at_once_while_it_is_left_alone_and_send_now_waits_for_nothing() -> None:
    running = Running()
    poll_may_end = threading.Event()

    def changes(after: str, wait_seconds: float) -> ChangesAnswer:
        running.server.calls.append("changes")
        poll_may_end.wait(wait_seconds)
        return ChangesAnswer(changes=[], cursor=after)

    running.server.changes = changes  # type: ignore[method-assign]
    engine, calls = running.engine, running.server.calls
    try:
        engine.start()
        _case, first = running.clerk.take_in([])
        running.wait_for(lambda: running.state(first) is SendingState.SENT)
        running.probe.reach = Reach.SILENT
        running.notices.listener()
        running.wait_for(lambda: engine.status.link.kind is LinkKind.INTERNET_ONLY)
        poll_may_end.set()
        _case, second = running.clerk.take_in([])
        # As if it had been away for an hour, and the day's reconciling were due; the highest spread is 30 s.
        assert engine._away_since is not None
        engine._away_since -= 3600
        engine._reconcile_times.ask_now()
        running.probe.reach = Reach.CONNECTED
        calls.clear()
        began = monotonic()
        running.notices.listener()
        running.wait_for(lambda: engine.status.link.kind is LinkKind.ONLINE)
        assert monotonic() - began < 2.0
        assert not threading.Event().wait(0.3)  # time to do what must not be done
        # The thread that listens looks every five seconds whether the link is there.
        assert not threading.Event().wait(6.0)
        assert calls == ["health"]
        engine.kick()
        running.wait_for(lambda: running.state(second) is SendingState.SENT)
        assert monotonic() - began < 20.0, "the spread was not waited for"
    finally:
        poll_may_end.set()
        assert engine.stop()


def test_a_long_poll_that_was_turned_away_stays_away_and_leaves_the_link_alone() -> None:
    running = Running()
    asked: list[float] = []
    turned_away = threading.Event()

    def changes(after: str, wait_seconds: float) -> ChangesAnswer:
        asked.append(monotonic())
        turned_away.set()
        raise Busy("sync.reason.busy", "503", 3000.0)

    running.server.changes = changes  # type: ignore[method-assign]
    try:
        running.engine.start()
        assert turned_away.wait(20)
        _case, row = running.clerk.take_in([])
        running.wait_for(lambda: running.state(row) is SendingState.SENT)
        assert running.engine._listen_at - monotonic() > 2900
        assert len(asked) == 1
        assert running.server.calls.count("health") == 1
    finally:
        assert running.engine.stop()
