"""Several page uploads at once, whose turns are dealt out by a seed: threads, of which one at a time runs."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from villagedesk.sync.upload import Job, Jobs

_LIGHT = 0.3
"""Of what a lane takes: a record or the beginning of an upload, where there is one, rather than a page."""


class InterleavingUploader:
    """Runs jobs in lanes; :meth:`switch`, called at each call to the server, gives the turn to one of them.

    Args:
        width: how many lanes; one needs no threads.
    """

    def __init__(self, chance: random.Random, width: int) -> None:
        self._chance = chance
        self._width = width
        self._turns: list[threading.Semaphore] = []
        self._alive: set[int] = set()
        self._here = threading.local()
        self._killed: BaseException | None = None
        self._failure: Exception | None = None
        self._between = self._closed = False

    def run(self, jobs: Jobs, between: Callable[[], bool]) -> None:
        self._closed = False
        if self._width == 1:
            while (job := self._next(jobs, between)) is not None:
                job()
            return
        self._killed = self._failure = None
        self._alive = set(range(self._width))
        self._turns = [threading.Semaphore(0) for _ in range(self._width)]
        # A run that is ended from outside waits for none of them.
        lanes = [
            threading.Thread(target=self._lane, args=(number, jobs, between), daemon=True)
            for number in range(self._width)
        ]
        for lane in lanes:
            lane.start()
        self._turns[0].release()
        for lane in lanes:
            lane.join()
        if failure := self._killed or self._failure:
            raise failure

    def switch(self) -> None:
        """Perhaps another lane goes on from here; nothing outside of lanes."""
        own = getattr(self._here, "number", None)
        if own is None or self._between:
            return
        following = self._chance.choice(sorted(self._alive))
        if following != own:
            self._turns[following].release()
            self._turns[own].acquire()
        if self._killed is not None:
            raise self._killed

    def close(self, *, wait: bool = True) -> None:
        """Its threads end with each run."""

    def _next(self, jobs: Jobs, between: Callable[[], bool]) -> Job | None:
        """What comes before the next page is done whole, as the thread that steps does it."""
        self._between = True
        try:
            self._closed = self._closed or not between()
        finally:
            self._between = False
        if self._closed:
            return None
        light = jobs.light() if self._chance.random() < _LIGHT else None
        return light or next(jobs, None)

    def _lane(self, number: int, jobs: Jobs, between: Callable[[], bool]) -> None:
        self._turns[number].acquire()
        self._here.number = number
        try:
            while self._killed is None and (job := self._next(jobs, between)) is not None:
                job()
        except Exception as failure:
            self._failure = self._failure or failure
        except BaseException as death:  # the whole program's
            self._killed = self._killed or death
        finally:
            self._alive.discard(number)
            if self._alive:
                self._turns[self._chance.choice(sorted(self._alive))].release()
