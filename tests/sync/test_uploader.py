"""Several jobs at once; what else there is to do goes on meanwhile."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from functools import partial

import pytest

from villagedesk.sync.pace import Pace
from villagedesk.sync.traffic import Traffic
from villagedesk.sync.upload import Job
from villagedesk.sync.uploader import ThreadedUploader
from villagedesk.sync.width import START, WINDOW_SECONDS

_PATIENCE_S = 30.0


class Given:
    """Jobs as a test gives them."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = deque(jobs)
        self.lights: deque[Job] = deque()

    def __iter__(self) -> Given:
        return self

    def __next__(self) -> Job:
        if not self.jobs:
            raise StopIteration
        return self.jobs.popleft()

    def light(self) -> Job | None:
        return self.lights.popleft() if self.lights else None

    def left(self) -> int:
        return len(self.jobs)


@pytest.fixture
def uploader() -> Iterator[ThreadedUploader]:
    made = ThreadedUploader(Traffic())
    try:
        yield made
    finally:
        made.close()


def meet(others: threading.Barrier) -> None:
    others.wait(_PATIENCE_S)


def wait_for(event: threading.Event) -> None:
    assert event.wait(_PATIENCE_S)


def test_all_jobs_run_and_several_at_once(uploader: ThreadedUploader) -> None:
    together = threading.Barrier(3)
    done: list[int] = []

    def job(number: int) -> Job:
        def act() -> None:
            if number < 3:
                together.wait(_PATIENCE_S)
            done.append(number)

        return act

    uploader.run(Given(*(job(number) for number in range(10))), lambda: True)
    assert sorted(done) == list(range(10))


def test_what_comes_between_goes_on_while_jobs_run(uploader: ThreadedUploader) -> None:
    seen = threading.Event()
    calls: list[str] = []

    def between() -> bool:
        calls.append(threading.current_thread().name)
        if len(calls) >= 2:
            seen.set()
        return True

    uploader.run(Given(lambda: wait_for(seen)), between)
    assert set(calls) == {threading.current_thread().name}


def test_jobs_that_come_up_later_are_run_too(uploader: ThreadedUploader) -> None:
    late = threading.Event()
    given = Given(lambda: wait_for(late))

    def between() -> bool:
        if not late.is_set() and not given.jobs:
            given.jobs.append(late.set)
        return True

    uploader.run(given, between)
    assert late.is_set()


def test_none_begins_when_something_forbids_it_and_those_under_way_end(uploader: ThreadedUploader) -> None:
    forbidden = threading.Event()
    ended: list[bool] = []
    given = Given()

    def first() -> None:
        wait_for(forbidden)
        given.jobs.append(lambda: pytest.fail("begun all the same"))
        ended.append(True)

    def between() -> bool:
        forbidden.set()
        return False

    given.jobs.append(first)
    # Others would be begun before anybody could forbid it.
    uploader.run(given, between)
    assert ended == [True]


@pytest.mark.parametrize("place", ["job", "light", "between"])
def test_a_failure_is_told_once_all_have_ended(uploader: ThreadedUploader, place: str) -> None:
    begun, failed, ended = threading.Event(), threading.Event(), threading.Event()

    def fail() -> None:
        wait_for(begun)
        failed.set()
        raise ZeroDivisionError

    def between() -> bool:
        if place == "between":
            fail()
        return True

    def wait() -> None:
        begun.set()
        wait_for(failed)
        ended.set()

    given = Given(wait, *([fail] if place == "job" else []))
    given.lights += [fail] if place == "light" else []
    with pytest.raises(ZeroDivisionError):
        uploader.run(given, between)
    assert ended.is_set()


def test_what_is_light_waits_for_no_page(uploader: ThreadedUploader) -> None:
    registered = threading.Event()
    given = Given(*[lambda: wait_for(registered)] * 40)
    given.lights.append(registered.set)
    uploader.run(given, lambda: True)
    assert registered.is_set()


def test_the_moments_in_which_connections_are_opened_do_not_spoil_a_trial() -> None:
    """A trial of more connections was undone because not all of them were open at once."""
    traffic = Traffic()
    uploader = ThreadedUploader(traffic, lambda: 16)
    kept = threading.Event()
    wide_since: list[float] = []

    def job() -> None:
        with traffic.sending("page", 10**9) as sending:
            for _ in range(10):
                sending.handed(sending.count + 1000)
                kept.wait(0.02)
        if traffic.width < 16:
            wide_since.clear()
        else:
            wide_since.append(traffic.now())
            if traffic.now() - wide_since[0] > 3 * WINDOW_SECONDS:
                kept.set()

    class Pages(Given):
        def __next__(self) -> Job:
            if kept.is_set() or traffic.now() > given_up:
                raise StopIteration
            return job

        def left(self) -> int:
            return 100

    given_up = traffic.now() + _PATIENCE_S
    try:
        uploader.run(Pages(), lambda: True)
    finally:
        uploader.close()
    assert kept.is_set(), "twice as many sent twice as much, and that was kept"


def know(uploader: ThreadedUploader, line: float, one: float) -> None:
    """Measure a line that yields so many bytes a second at most, and over one connection."""
    for _ in range(12):
        uploader._control.observe(min(line, uploader._control.width * one))


def test_the_last_pages_go_together(uploader: ThreadedUploader) -> None:
    know(uploader, 100e3, 100e3)
    assert uploader._control.width <= START
    last = uploader._control.widest
    assert last > uploader._control.width
    met = threading.Barrier(last)
    uploader.run(Given(*[partial(meet, met)] * last), lambda: True)


def test_under_a_limit_the_last_pages_do_not_crowd_out_a_call() -> None:
    made = ThreadedUploader(Traffic(Pace(lambda: 1e9)))
    know(made, 100e3, 100e3)
    width = made._control.widest // 2
    assert width >= made._control.width
    begun: list[int] = []
    seen_after = threading.Event()

    def job() -> None:
        begun.append(1)
        wait_for(seen_after)

    looks: list[int] = []

    def between() -> bool:
        looks.append(len(begun))
        if len(looks) == 6:
            seen_after.set()
        return True

    try:
        made.run(Given(*[job] * made._control.widest), between)
    finally:
        made.close()
    # A trial of fewer that the limit breaks off may end on the way; the width that was kept before it stands.
    assert max(looks[:6]) <= width
