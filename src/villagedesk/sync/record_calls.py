"""Records sent, and what became of uncertain rows asked for, by the workers that also carry pages: on a line of long
round trips one after the other would take longer than their bytes. Frozen before and settled afterwards by the thread
that steps; here is only the call."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from villagedesk.acceptance.port import AcceptanceSystem, Committed, Registered
from villagedesk.acceptance.wire import CaseAnswer
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.sync.pace import Pace
from villagedesk.sync.upload import Job

Said = Registered | Committed | CaseAnswer | None | Exception
"""The answer to a record; of an uncertain row what is held of its case, None when that is not known there; or what was
raised instead."""
_MOST = 4
"""At once. An edit after the freezing is a new revision, so no more are frozen than are on their way."""


class RecordCalls:
    """Safe to use from several threads; :meth:`ask` and the ``take_`` ones belong to the thread that steps.

    Args:
        may_leave: whether a row stands as it did when it was asked for: the clerk may have held it back while it waited
            for a worker.
        gone: whether the program ends: a record then waits for its bytes no longer, and is refused where calls are
            broken off.
    """

    def __init__(
        self,
        acceptance: AcceptanceSystem,
        pace: Pace,
        may_leave: Callable[[OutboxRow], bool],
        gone: Callable[[], bool],
    ) -> None:
        self._acceptance = acceptance
        self._may_leave = may_leave
        self._pace = pace
        self._gone = gone
        self._lock = threading.Lock()
        self._asked: deque[OutboxRow] = deque()
        self._said: list[tuple[OutboxRow, Said]] = []
        self._on_their_way: set[str] = set()

    def call(self, row: OutboxRow) -> Said:
        """Send a frozen revision in this thread, or ask about an uncertain row.

        The limit counts its bytes as they are stored. They leave packed, so beside a limit records wait longer than
        the line needs: a call beside them gains by it, and pages, which leave as they are, are what takes the time.
        """
        try:
            if row.state is SendingState.CONFIRMING:
                return self._acceptance.case(row.case_id)
            self._pace.take(len(row.payload), self._gone)
            return self._acceptance.put_revision(row.case_id, row.revision, row.payload)
        except Exception as failure:
            return failure

    @property
    def is_full(self) -> bool:
        """Whether no further one should be asked for now."""
        with self._lock:
            return len(self._on_their_way) >= _MOST

    def has(self, action_id: str) -> bool:
        """Whether the row's call is not settled yet."""
        with self._lock:
            return action_id in self._on_their_way

    def ask(self, row: OutboxRow) -> None:
        """Let a worker call."""
        with self._lock:
            self._on_their_way.add(row.action_id)
            self._asked.append(row)

    def next_job(self) -> Job | None:
        """The next call to be made."""
        with self._lock:
            if not self._asked:
                return None
            row = self._asked.popleft()

        def job() -> None:
            said: list[tuple[OutboxRow, Said]] = []
            try:
                if self._may_leave(row):
                    said.append((row, self.call(row)))
            finally:
                # Nor does one stand in its own way for which this PC's disk failed just now.
                with self._lock:
                    self._said += said
                    if not said:
                        self._on_their_way.discard(row.action_id)

        return job

    def take_said(self) -> list[tuple[OutboxRow, Said]]:
        """What was answered since it was last asked."""
        with self._lock:
            said, self._said = self._said, []
            self._on_their_way -= {row.action_id for row, _said in said}
            return said

    def take_unsent(self) -> None:
        """Forget what no worker began."""
        with self._lock:
            self._on_their_way -= {row.action_id for row in self._asked}
            self._asked.clear()
