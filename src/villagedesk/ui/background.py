"""Runs the desk's blocking calls on worker threads and brings what they gave back to the GUI thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from villagedesk.domain.fault_trace import fault_lines
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Cancelled, Progress

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")

PATIENCE_MS = 300
"""How long an act may take before the screen says in words what it is waiting for."""

_TELL_EVERY_S = 0.05
"""Progress is told no oftener: a bar that moves smoothly, and a GUI thread that is not flooded."""

_log = logging.getLogger(__name__)


class Lane(StrEnum):
    """What runs one after the other: acts, picture work, the scanner, the live picture, reads, hints about pages, the
    watched folder, long work, the reading of what pages say. The lanes run beside each other."""

    ACTS = "acts"
    PICTURES = "pictures"
    SCANNER = "scanner"
    """A page on the glass takes half a minute: it waits behind no backup, and no picture waits for it."""
    LIVE = "live"
    READS = "reads"
    HINTS = "hints"
    """Looks at each page of a case, which takes seconds after a restart: thumbnails and lists do not wait for it."""
    FOLDER = "folder"
    """A share on a network that is gone holds up whoever looks into it; and no backup holds up new pictures."""
    LONG = "long"
    READING = "reading"
    """Changes nothing, may take a minute, and is given up when the desk closes: nobody waits for it."""


_TOLD_ALWAYS = (Lane.ACTS, Lane.PICTURES)
"""What was to be done, or photographed, and failed is told also when the screen it was begun on is gone."""


class Task:
    """One call under way.

    Args:
        owner: the widget that waits for it; when it is gone, so is the interest in the result.
        words: what the screen says while it lasts too long, or "" to say nothing.
        unwanted: gets the result of a call that was cancelled meanwhile, on the worker thread's lane.
    """

    def __init__(
        self,
        owner: QObject,
        lane: Lane,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Problem], None] | None,
        words: str,
        unwanted: Callable[[Any], None] | None,
    ) -> None:
        self.owner = owner
        self.lane = lane
        self.work = work
        self.done = done
        self.failed = failed
        self.words = words
        self.unwanted = unwanted
        self.result: object = None
        self.problem: Problem | None = None
        self.cancelled = False
        self.place: Future[None] | None = None
        """In its lane."""
        self.stop = threading.Event()
        """Set when long work is to stop at the next place where nothing is half done."""
        self.on_cancel: Callable[[], None] | None = None
        """Called on the GUI thread when the clerk turned away from it."""

    @property
    def cancellable(self) -> bool:
        """Whether the clerk may turn away from it before it ends."""
        return self.unwanted is not None

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits for the result."""
        return not self.cancelled and shiboken6.isValid(self.owner)


class Background(QObject):
    """The lanes, each begun when it is first needed. Made, used and closed on the GUI thread.

    Signals:
        problem(Problem): a failure that the caller did not take care of itself.
        waiting_for(str, bool): words for what lasts longer than a moment ("" when nothing does), and whether it can be
            cancelled.
    """

    problem = Signal(object)
    waiting_for = Signal(str, bool)
    _arrived = Signal(object)
    _told = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None, patience_ms: int = PATIENCE_MS) -> None:
        super().__init__(parent)
        self._patience_ms = patience_ms
        self._lanes: dict[Lane, ThreadPoolExecutor] = {}
        self._running: list[Task] = []
        self._shown: Task | None = None
        self._ending = False
        self._closed = False
        self._arrived.connect(self._deliver)
        self._told.connect(self._tell)

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        *,
        lane: Lane = Lane.ACTS,
        failed: Callable[[Problem], None] | None = None,
        words: str = "",
        unwanted: Callable[[T], None] | None = None,
    ) -> Task:
        """Call ``work`` on its lane; ``done`` or ``failed`` is called on the GUI thread if ``owner`` still lives.

        Args:
            failed: gets the Problem; without it the signal ``problem`` is given.
            words: shown by the screen when it takes longer than ``PATIENCE_MS``.
            unwanted: makes the call cancellable, and tidies up what it gave when it was cancelled.
        """
        task = Task(owner, lane, work, done, failed, words, unwanted)
        self._begin(task)
        if words:
            QTimer.singleShot(self._patience_ms, self, lambda: self._show(task))
        return task

    def run_long(
        self,
        owner: QObject,
        work: Callable[[Progress], T],
        done: Callable[[T], None],
        *,
        told: Callable[[int, int], None],
        failed: Callable[[Problem], None],
        lane: Lane = Lane.LONG,
    ) -> Task:
        """Call ``work`` on the lane of long work; it goes on while the clerk does other things.

        Args:
            lane: another, where it must not wait behind what lasts for minutes.
            told: gets what is done and what there is in all, on the GUI thread, some times a second.
            failed: gets the Problem; :class:`Cancelled` when the task's ``stop`` was set in time.
        """
        last = 0.0

        def progress(count: int, total: int) -> None:
            nonlocal last
            if task.stop.is_set():
                raise Cancelled
            now = time.monotonic()
            if (now - last >= _TELL_EVERY_S or count >= total) and not self._closed:
                last = now
                self._told.emit(task, told, (count, total))

        task = Task(owner, lane, lambda: work(progress), done, failed, "", None)
        self._begin(task)
        return task

    def stop(self, task: Task) -> None:
        """Long work is to stop at the next place where nothing is half done; at once where it has not begun yet."""
        task.stop.set()
        if task in self._running and task.place is not None and task.place.cancel():
            task.problem = Cancelled()
            self._deliver(task)

    def cancel_shown(self) -> None:
        """Turn away from the call whose words are on the screen, if it can be cancelled."""
        if self._shown is not None:
            self.cancel(self._shown)

    def cancel(self, task: Task) -> None:
        """Turn away from a call if it can be cancelled; one that has ended is left as it is."""
        if task not in self._running or not task.cancellable:
            return
        task.cancelled = True
        self._forget(task)
        if task.on_cancel is not None and shiboken6.isValid(task.owner):
            task.on_cancel()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._running

    def settle(self, owner: QObject, last: Callable[[], None], done: Callable[[object], None]) -> None:
        """An act before which long work is stopped, and reading and picture work have come to rest.

        Args:
            done: called whether ``last`` succeeded (None) or not (its Problem).
        """
        self._stop_long()

        def work() -> None:
            self.come_to_rest()
            last()

        self.run(owner, work, done, failed=done)

    def come_to_rest(self) -> None:
        """For an act that must be alone, called by it on its own lane: stop long work, wait for reads and pictures."""
        self._stop_long()
        others = [pool for lane, pool in tuple(self._lanes.items()) if lane not in (Lane.ACTS, Lane.READING)]
        for resting in [pool.submit(_nothing) for pool in others]:
            resting.result()

    def pictures_rest(self) -> None:
        """For an act on its own lane that must not overtake a photograph: wait for those that were asked for."""
        pictures = self._lanes.get(Lane.PICTURES)
        if pictures is not None:
            pictures.submit(_nothing).result()

    def finish(self, owner: QObject, last: Callable[[], None], done: Callable[[object], None]) -> None:
        """The last act, see :meth:`settle`: nothing is begun after it."""
        self.settle(owner, last, done)
        self._ending = True

    def close(self) -> None:
        """Finish what was begun and stop the threads. Nothing is delivered any more."""
        self._stop_long()
        self._ending = self._closed = True
        for lane, pool in self._lanes.items():
            pool.shutdown(wait=True, cancel_futures=lane is not Lane.ACTS)
        self._running.clear()

    def _begin(self, task: Task) -> None:
        if self._ending:
            # Late news or a late key while the window goes: nobody waits for it any more.
            task.cancelled = True
            return
        self._running.append(task)
        task.place = self._lane(task.lane).submit(self._work, task)

    def _lane(self, lane: Lane) -> ThreadPoolExecutor:
        if lane not in self._lanes:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - sign-in is painted before it is needed

            self._lanes[lane] = ThreadPoolExecutor(1, thread_name_prefix=f"ui-{lane.value}")
        return self._lanes[lane]

    def _stop_long(self) -> None:
        for task in tuple(self._running):
            task.stop.set()

    def _tell(self, task: Task, told: Callable[[int, int], None], progress: tuple[int, int]) -> None:
        if task in self._running and task.wanted:
            told(*progress)

    def _work(self, task: Task) -> None:
        try:
            if task.cancelled:
                return
            task.result = task.work()
            if task.cancelled and task.unwanted is not None:
                task.unwanted(task.result)
        except Problem as problem:
            task.problem = problem
        except Exception as error:
            # The message of a foreign error may hold a name or a path: only its kind and place go to the log.
            _log.error("a fault on lane %s\n%s", task.lane.value, "\n".join(fault_lines(error)))
            task.problem = Problem("ui.bug")
        finally:
            if not self._closed:
                self._arrived.emit(task)

    def _deliver(self, task: Task) -> None:
        if self._closed:
            return
        self._forget(task)
        if not task.wanted:
            failed = task.problem is not None and not isinstance(task.problem, Cancelled)
            if failed and not task.cancelled and task.lane in _TOLD_ALWAYS:
                self.problem.emit(task.problem)
            return
        if task.problem is None:
            task.done(task.result)
        elif task.failed is not None:
            task.failed(task.problem)
        else:
            self.problem.emit(task.problem)

    def _show(self, task: Task) -> None:
        if task in self._running and self._shown is None:
            self._shown = task
            self.waiting_for.emit(task.words, task.cancellable)

    def _forget(self, task: Task) -> None:
        if task in self._running:
            self._running.remove(task)
        if task is self._shown:
            self._shown = None
            self.waiting_for.emit("", False)
            for other in self._running:
                if other.words:
                    self._show(other)
                    break


def _nothing() -> None:
    """Marks the place in a lane that everything before it has been done."""
