"""Connections that collapsed are given up for fresh ones; others are not."""

from __future__ import annotations

from contextlib import ExitStack

from villagedesk.sync.pace import Pace
from villagedesk.sync.traffic import Collapse, Sending, Traffic


class Line:
    """Connections that hand on so many bytes a second; time passes by :meth:`run`."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.seconds = 100.0
        self.traffic = Traffic(pace or Pace(now=self.now), Collapse(), self.now)
        self.cut: list[str] = []
        self.stack = ExitStack()
        self.ends: dict[str, ExitStack] = {}
        self.live: dict[str, tuple[Sending, float]] = {}

    def now(self) -> float:
        return self.seconds

    def open(self, name: str, rate: float, total: int = 10_000_000) -> Sending:
        self.ends[name] = self.stack.enter_context(ExitStack())
        sending = self.ends[name].enter_context(self.traffic.sending(name, total))
        sending.begin(lambda: self.cut.append(name))
        self.live[name] = (sending, rate)
        return sending

    def run(self, seconds: float) -> None:
        for _ in range(int(seconds * 4)):
            self.seconds += 0.25
            for sending, rate in self.live.values():
                sending.handed(min(sending.total, sending.count + int(rate / 4)))
            self.traffic.supervise()


def test_one_that_crawls_beside_its_siblings_is_cut() -> None:
    line = Line()
    for name in "abc":
        line.open(name, 30_000)
    line.open("slow", 2_000)
    line.run(5)
    assert not line.cut, "too early to tell"
    line.run(2)
    assert set(line.cut) == {"slow"}


def test_all_alike_slow_are_left_alone() -> None:
    line = Line()
    for name in "abcd":
        line.open(name, 3_000)
    line.run(60)
    assert not line.cut


def test_one_that_stands_still_is_cut_sooner_when_others_move() -> None:
    line = Line()
    for name in "abc":
        line.open(name, 30_000)
    line.open("still", 0)
    line.run(4)
    assert not line.cut
    line.run(1.5)
    assert set(line.cut) == {"still"}
    alone = Line()
    alone.open("still", 0)
    alone.run(12)
    assert not alone.cut
    alone.run(9)
    assert set(alone.cut) == {"still"}


def test_the_last_one_that_stands_still_is_not_waited_for_as_long_as_a_whole_line() -> None:
    """When the work runs out nobody uses what it leaves of the line, and the case is through only with this page."""
    line = Line()
    for name in "abcdefg":
        line.open(name, 30_000)
    last = line.open("last", 30_000)
    line.run(5)
    for name in "abcdefg":
        line.live.pop(name)
        line.ends[name].close()
    line.live["last"] = (last, 0)
    line.run(2.5)
    assert not line.cut, "a lost packet or two are repeated by then"
    line.run(1.5)
    assert line.cut == ["last"] * len(line.cut) != []


def test_one_that_is_nearly_through_or_waits_for_its_answer_is_given_time() -> None:
    line = Line()
    for name in "abc":
        line.open(name, 6_000)
    line.open("nearly", 500, total=20_000)
    line.open("answer", 6_000, total=6_000)
    line.run(8)
    assert not line.cut


def test_the_limit_is_nobodys_fault() -> None:
    line = Line(Pace(lambda: 1000.0, now=lambda: line.seconds if "line" in locals() else 0.0))
    for name in "abc":
        line.open(name, 30_000)
    line.open("slow", 2_000)
    line.run(10)
    assert not line.cut


def test_the_rate_and_the_bytes_add_up() -> None:
    line = Line()
    for name in "abc":
        line.open(name, 10_000)
    line.run(10)
    assert line.traffic.handed() == 300_000
    assert abs(line.traffic.bytes_per_second - 30_000) < 100
    line.stack.close()
    assert line.traffic.handed() == 300_000
    line.traffic.rest()
    assert line.traffic.bytes_per_second == 0.0


def test_what_is_not_wanted_any_more_is_cut() -> None:
    line = Line()
    kept, dropped = line.open("kept", 1000), line.open("dropped", 1000)
    line.traffic.leave_out({"kept"}.__contains__)
    assert line.cut == ["dropped"]
    assert dropped.left_out and not kept.left_out
