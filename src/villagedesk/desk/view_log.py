"""Looks at persons' data, written together: at most two seconds late, in one transaction (invariant I10)."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Store, Transaction

_DELAY_S = 1.0
_AN_OPENING = timedelta(minutes=10)


class ViewLog:
    """Collects looks and writes them a second later from a thread of its own. Calls may come from several threads.

    Looking at the same thing again is no second line while the same case is open: until another case is looked at, the
    window is locked, or ten minutes have passed.

    Args:
        delay_s: seconds a look may wait in memory; what a power cut may lose.
    """

    def __init__(self, store: Store, delay_s: float = _DELAY_S) -> None:
        self._store = store
        self._delay_s = delay_s
        self._guard = threading.Lock()
        self._waiting: list[CaseEvent] = []
        self._opened: tuple[str, datetime] | None = None
        self._seen: set[tuple[str, str]] = set()
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="view-log", daemon=True)
        self._thread.start()

    def add(self, deed: Deed, case_id: str, at: datetime, actor: str, **detail: str) -> None:
        """Somebody looked; returns at once."""
        what = (str(deed), " ".join(detail.values()))
        with self._guard:
            opened = self._opened
            if opened is None or opened[0] != case_id or not timedelta() <= at - opened[1] < _AN_OPENING:
                self._opened = (case_id, at)
                self._seen.clear()
            if what in self._seen:
                return
            self._seen.add(what)
            self._waiting.append(CaseEvent(case_id, at, actor, str(deed), detail=detail))
        self._wanted.set()

    def ended(self) -> None:
        """Nobody looks any more: the next look is a new one."""
        with self._guard:
            self._opened = None

    def write(self, *after: CaseEvent) -> None:
        """Write what waits and then these lines, all in one transaction; returns when it is committed.

        Raises:
            EnvironmentProblem: ``store.*``; the looks are kept and tried again then.
        """
        with self._guard:
            taken, self._waiting = self._waiting, []
        events = (*taken, *after)
        if not events:
            return

        def work(transaction: Transaction) -> None:
            for event in events:
                transaction.append_event(event)

        try:
            self._store.write(work).result()
        except BaseException:
            with self._guard:
                self._waiting[:0] = taken
            raise

    def close(self) -> None:
        """Write what waits and stop. Raises as :meth:`write`."""
        self._closing.set()
        self._wanted.set()
        self._thread.join()
        self.write()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait()
            self._wanted.clear()
            while self._some_wait() and not self._closing.wait(self._delay_s):
                try:
                    self.write()
                except Problem:
                    continue  # disk or database: they stay, and are tried again

    def _some_wait(self) -> bool:
        with self._guard:
            return bool(self._waiting)
