"""The time the link is there: counted while somebody looks, written seldom, never across a sleep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.counter import Window
from tests.store.fixtures import FixedClock, OpenedStore, open_store
from villagedesk.desk.link_days import LinkDays, LinkRhythm
from villagedesk.domain.link_days import LinkDay
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.status import SyncStatus

EVENING = datetime(2026, 11, 30, 15, 59, 0, tzinfo=UTC)  # 23:59 in Shanghai
FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)


class Seen:
    """What the link says."""

    def __init__(self) -> None:
        self.up: bool | None = True

    def __call__(self) -> bool | None:
        return self.up


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenedStore]:
    store = open_store(tmp_path)
    yield store
    store.store.close()


def kept(opened: OpenedStore) -> list[LinkDay]:
    return list(opened.store.read(lambda snapshot: snapshot.link_days(FIRST, LAST)))


def test_up_and_down_are_counted_and_split_at_midnight(opened: OpenedStore) -> None:
    clock, seen = opened.clock, Seen()
    clock.moment = EVENING
    days = LinkDays(opened.store, clock, seen)
    for up in (True, True, True, False, False, True, True, True, True, True):
        seen.up = up
        days.look()  # what a look finds holds until the next one
        clock.forward(10)
    days.look()
    assert kept(opened) == []
    days.write()
    assert kept(opened) == [LinkDay(date(2026, 11, 30), 60, 40), LinkDay(date(2026, 12, 1), 40, 40)]
    clock.forward(10)
    days.close()
    assert kept(opened)[-1] == LinkDay(date(2026, 12, 1), 50, 50)


@pytest.mark.parametrize(
    ("by_clock", "passed"),
    [(3600, 3600), (3600, 10), (10, 3600), (-30, 10), (90, 10)],
    ids=["stood still", "sleep on linux", "clock set back", "clock set back a little", "clock set ahead"],
)
def test_a_gap_is_no_time_of_the_link(opened: OpenedStore, by_clock: int, passed: int) -> None:
    clock = SplitClock(EVENING)
    days = LinkDays(opened.store, clock, Seen())
    days.look()
    clock.forward(by_clock, passed)
    days.look()
    days.write()
    assert kept(opened) == []
    clock.forward(10, 10)
    days.look()
    days.write()
    assert sum(day.watched_seconds for day in kept(opened)) == 10


def test_nobody_looks_before_the_first_answer_and_without_an_interface(window: Window) -> None:
    link = window.link
    assert link.answers() is None
    link.publish(SyncStatus(LinkState(LinkKind.ONLINE)))
    assert link.answers() is True
    link.publish(SyncStatus(LinkState(LinkKind.NO_NETWORK)))
    assert link.answers() is False
    link.publish(SyncStatus(interface=False))
    assert link.answers() is None


def test_it_is_written_every_few_minutes_only(opened: OpenedStore) -> None:
    clock, commits = opened.clock, list[int]()
    opened.store.subscribe(lambda: commits.append(1))
    days = LinkDays(opened.store, clock, Seen(), LinkRhythm(look=10, write=300))
    for _ in range(90):  # fifteen minutes, as the thread would
        days.tick()
        clock.forward(10)
    assert len(commits) == 2
    assert sum(day.watched_seconds for day in kept(opened)) == 600


def test_what_cannot_be_written_now_waits(opened: OpenedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    days = LinkDays(opened.store, opened.clock, Seen())
    days.look()
    opened.clock.forward(20)
    days.look()

    def full(_work: object) -> object:
        raise EnvironmentProblem("store.disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(opened.store, "write", full)
        days.write()
    assert kept(opened) == []
    days.write()
    assert [day.watched_seconds for day in kept(opened)] == [20]


class SplitClock(FixedClock):
    """Its two times go by themselves."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.steady = 0.0

    def monotonic(self) -> float:
        return self.steady

    def forward(self, seconds: float, steady: float | None = None) -> None:
        self.moment += timedelta(seconds=seconds)
        self.steady += seconds if steady is None else steady


class Notes:
    """Takes what is written, and nothing else."""

    def __init__(self) -> None:
        self.times: list[LinkDay] = []

    def write(self, work: object) -> object:
        notes = self

        class Transaction:
            def add_link_time(self, time: LinkDay) -> None:
                notes.times.append(time)

        class Done:
            def result(self) -> None:
                return None

        work(Transaction())  # type: ignore[operator]
        return Done()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 60), st.sampled_from([True, False, None]), st.booleans()), max_size=80))
def test_nothing_is_counted_twice_or_lost_whenever_it_is_written(
    steps: list[tuple[float, bool | None, bool]],
) -> None:
    clock, seen, notes = SplitClock(EVENING - timedelta(minutes=10)), Seen(), Notes()
    days = LinkDays(notes, clock, seen)  # type: ignore[arg-type]
    watched = up = 0.0
    days.look()
    for length, now, write in steps:
        watched += length * (seen.up is not None)
        up += length * bool(seen.up)
        clock.forward(length)
        days.look()
        seen.up = now
        days.look()  # no time has passed: this only takes what is seen now
        if write:
            days.write()
    days.write()
    counted = sum(time.watched_seconds for time in notes.times)
    assert watched - 3 < counted <= watched + 1e-6  # of each day a fraction of a second may wait for ever
    assert up - 3 < sum(time.up_seconds for time in notes.times) <= up + 1e-6
    by_day: dict[date, list[int]] = {}
    for time in notes.times:
        sums = by_day.setdefault(time.day, [0, 0])
        sums[0] += time.watched_seconds
        sums[1] += time.up_seconds
    assert all(0 <= up_seconds <= seconds <= 86_400 for seconds, up_seconds in by_day.values())
