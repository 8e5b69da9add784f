"""The bandwidth limit: over all connections together, as the setting says now."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.memory_store import MemoryStore
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.pace import SETTING, Pace, limit_of


class Time:
    """Seconds that pass by resting."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds

    def rest(self, seconds: float) -> None:
        self.seconds += seconds


@given(st.floats(2_000, 1e7), st.lists(st.integers(1, 20_000), min_size=20, max_size=60))
def test_no_more_leaves_than_the_limit_and_hardly_less(limit: float, sizes: list[int]) -> None:
    time = Time()
    pace = Pace(lambda: limit, now=time.now, rest=time.rest)
    for size in sizes:
        pace.take(size)
    seconds, owed = time.seconds - 1000, sum(sizes) / limit
    # A quarter of a second's worth may leave at once.
    assert owed - 0.26 <= seconds <= owed + 0.1


def test_without_a_limit_nothing_waits() -> None:
    Pace(now=lambda: 0.0, rest=lambda _seconds: pytest.fail("it rested")).take(10**9)


def test_a_limit_that_is_lifted_lets_go_within_a_second_and_a_page_nobody_wants_at_once() -> None:
    time = Time()
    limits = [1000.0]
    pace = Pace(lambda: limits[0], now=time.now, rest=time.rest)

    def rest(seconds: float) -> None:
        limits[0] = 0.0
        time.rest(seconds)

    vars(pace)["_rest"] = rest
    pace.take(1_000_000)
    assert time.seconds - 1000 <= 1.2
    limits[0] = 1000.0
    time.seconds += 2
    before = time.seconds
    pace.take(1_000_000, lambda: time.seconds > before)
    assert time.seconds - before <= 0.2


def test_the_setting_is_read_once_a_second_at_most() -> None:
    time = Time()
    asked: list[float] = []

    def limit() -> float:
        asked.append(time.seconds)
        return 50_000.0

    pace = Pace(limit, now=time.now, rest=time.rest)
    for _ in range(300):
        pace.take(1000)
    assert 5 <= len(asked) <= 8


@pytest.mark.parametrize(("text", "limit"), [("", 0.0), ("512", 64_000.0), ("no", 0.0), ("-5", 0.0), ("9" * 40, 0.0)])
def test_kilobits_are_thousands(text: str, limit: float) -> None:
    store = MemoryStore()
    store.write(lambda transaction: transaction.put_setting(SETTING, text)).result()
    assert store.read(limit_of) == limit


def test_whoever_reads_the_setting_holds_up_no_other_connection() -> None:
    time = Time()
    reading, go_on = threading.Event(), threading.Event()
    limits: list[float] = []

    def limit() -> float:
        limits.append(1e9)
        if len(limits) > 1:
            reading.set()
            assert go_on.wait(30)
        return limits[0]

    pace = Pace(limit, now=time.now, rest=time.rest)
    pace.take(1)
    time.seconds += 5
    reader = threading.Thread(target=pace.take, args=(1,))
    reader.start()
    other = threading.Thread(target=pace.take, args=(1,), daemon=True)
    try:
        assert reading.wait(30)
        other.start()
        other.join(10)
        assert not other.is_alive()
    finally:
        go_on.set()
        reader.join()


def test_a_disk_that_cannot_be_read_leaves_the_limit_as_it_was_and_breaks_nothing_off() -> None:
    time = Time()
    damaged = [True]

    def limit() -> float:
        if damaged[0]:
            raise EnvironmentProblem("store.damaged")
        return 1000.0

    pace = Pace(limit, now=time.now, rest=time.rest)
    pace.take(100_000)
    assert (pace.limit, time.seconds) == (0.0, 1000.0)
    damaged[0] = False
    assert pace.limit == 1000.0
    damaged[0] = True
    time.seconds += 5
    before = time.seconds
    pace.take(10_000)
    assert pace.limit == 1000.0
    assert time.seconds - before >= 9.5


def test_several_connections_share_it() -> None:
    pace = Pace(lambda: 400_000.0)
    taken: list[int] = []

    def send() -> None:
        while sum(taken) < 200_000:
            pace.take(4000)
            taken.append(4000)

    threads = [threading.Thread(target=send) for _ in range(4)]
    begun = pace._now()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Half a second's worth, of which a quarter may leave at once; each thread may have gone one piece too far.
    assert pace._now() - begun >= 0.22


def test_a_long_silence_is_not_saved_up() -> None:
    time = Time()
    pace = Pace(lambda: 10_000.0, now=time.now, rest=time.rest)
    pace.take(1)
    time.seconds += 600
    before = time.seconds
    pace.take(100_000)
    assert time.seconds - before >= 9.5
