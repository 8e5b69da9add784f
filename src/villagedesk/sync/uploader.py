"""Several pages at once, as many as :mod:`villagedesk.sync.width` finds worth it; records go on meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from villagedesk.sync.traffic import Traffic
from villagedesk.sync.upload import Job, Jobs
from villagedesk.sync.width import WIDEST, WINDOW_SECONDS, WidthControl

_LOOK_SECONDS = 0.25
"""Between two looks at the traffic, which cuts collapsed connections."""
_OPENED_AT_ONCE = 2
"""Connections in one look: each sends ten packets into the queue at once (RFC 6928), and together they would overflow
it."""
_LIGHT = 2
"""Connections beside those that carry pages, for records and questions: none of these waits until a page has ended."""
_BETWEEN_SECONDS = 0.5
"""Between two looks of the calling thread at what else there is to do."""


class ThreadedUploader:
    """Runs jobs in threads; each has a connection to itself while it sends. One :meth:`run` at a time.

    Args:
        traffic: what the jobs send; its measure decides about the width.
        advised: gives the connections the server takes at most, 0 when it did not say.
    """

    def __init__(self, traffic: Traffic, advised: Callable[[], int] = lambda: 0) -> None:
        self._traffic = traffic
        self._advised = advised
        self._control = WidthControl()
        self._pool = ThreadPoolExecutor(WIDEST + _LIGHT + 1, thread_name_prefix="page-upload")

    def run(self, jobs: Jobs, between: Callable[[], bool]) -> None:
        """As the protocol says. The first exception of a job or of ``between`` is raised once all have ended."""
        running = _Running(self._pool, jobs)
        supervision = self._pool.submit(self._supervise, running)
        try:
            running.open_light(_LIGHT)
            running.widen(_OPENED_AT_ONCE)
            while running.wait(_BETWEEN_SECONDS):
                running.go_on(between())
        except BaseException as failure:
            running.fail(failure)
        finally:
            running.drain()
            supervision.result()
            self._traffic.rest()
        if running.failure is not None:
            raise running.failure

    def close(self, *, wait: bool = True) -> None:
        """As the protocol says."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _supervise(self, running: _Running) -> None:
        traffic = self._traffic
        begun, before, telling = traffic.now(), traffic.handed(), True
        while not running.ended(_LOOK_SECONDS):
            traffic.supervise()
            traffic.width = running.count
            self._control.advise(self._advised())
            limited = traffic.pace.limit > 0
            # The last pages go together: the few that end last would go alone, and fill no line that loses packets.
            ending = not limited and running.count + running.left() <= self._control.widest
            # All connections had work, but for the moments between two pages.
            telling = telling and running.is_busy and not limited and not ending
            now = traffic.now()
            if now - begun >= WINDOW_SECONDS:
                handed = traffic.handed()
                self._control.observe((handed - before) / (now - begun), telling=telling)
                begun, before, telling = now, handed, True
            # What was planned since may have jobs for those who found none.
            running.go_on(True)
            wanted = self._control.widest if ending else self._control.width
            running.widen(min(wanted, running.count + _OPENED_AT_ONCE))


class _Running:
    """One run: its workers, and whether they may take more."""

    def __init__(self, pool: ThreadPoolExecutor, jobs: Jobs) -> None:
        self._pool = pool
        self._jobs = jobs
        self._taking = threading.Lock()
        self._changed = threading.Condition()
        self._wanted = 0
        self._open = True
        self._dry = False
        self._over = False
        self._finished = False
        self._light_open = 0
        self._light_busy = 0
        self.count = 0
        self.failure: BaseException | None = None

    @property
    def is_busy(self) -> bool:
        """Whether as many are at work as may be."""
        with self._changed:
            return self.count >= self._wanted

    def left(self) -> int:
        """Pages that nobody began."""
        return self._jobs.left()

    def widen(self, wanted: int) -> None:
        """So many workers may take jobs from now on; surplus ones end with their page."""
        with self._changed:
            self._wanted = wanted
            while self._open and not self._dry and self.count < self._wanted:
                self.count += 1
                self._pool.submit(self._work)

    def go_on(self, may: bool) -> None:
        """What comes first was done: there may be jobs again, or no further one may begin."""
        with self._changed:
            self._open = self._open and may
            self._dry = False
            self._changed.notify_all()
        self.widen(self._wanted)

    def open_light(self, count: int) -> None:
        """So many workers take what takes no more than a round trip."""
        with self._changed:
            self._light_open += count
        for _ in range(count):
            self._pool.submit(self._work_light)

    def wait(self, seconds: float) -> bool:
        """Until there is something to look at; gives whether anything is left to do."""
        with self._changed:
            self._changed.wait_for(lambda: self.count + self._light_busy == 0 or self._finished, seconds)
            self._finished = False
            return self.count + self._light_busy > 0 or (self._open and not self._dry)

    def fail(self, failure: BaseException) -> None:
        """Begin nothing more because of this."""
        with self._changed:
            self._open = False
            self.failure = self.failure or failure

    def drain(self) -> None:
        """Wait for what is under way."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.count + self._light_open == 0)
            self._over = True
            self._changed.notify_all()

    def ended(self, seconds: float) -> bool:
        """Wait so long; gives whether the run is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self._over, seconds)

    def _work(self) -> None:
        try:
            while (job := self._next()) is not None:
                job()
                with self._changed:
                    self._finished = True
                    self._changed.notify_all()
        except BaseException as failure:
            self.fail(failure)
            self._leave()

    def _work_light(self) -> None:
        try:
            while self._open:
                job = self._jobs.light()
                with self._changed:
                    if job is None:
                        if self._open:
                            self._changed.wait(_LOOK_SECONDS)
                        continue
                    self._light_busy += 1
                try:
                    job()
                finally:
                    with self._changed:
                        self._light_busy -= 1
                        self._finished = True
                        self._changed.notify_all()
        except BaseException as failure:
            self.fail(failure)
        finally:
            with self._changed:
                self._light_open -= 1
                self._changed.notify_all()

    def _next(self) -> Job | None:
        """The next job; None ends the worker, which does not count any more then."""
        with self._taking:
            with self._changed:
                if not self._open or self.count > self._wanted:
                    self._leave()
                    return None
            job = next(self._jobs, None)
            if job is None:
                with self._changed:
                    self._dry = True
                    self._leave()
            return job

    def _leave(self) -> None:
        with self._changed:
            self.count -= 1
            self._changed.notify_all()
