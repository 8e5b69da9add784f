"""Which rows may be looked at now; and the wait that a fault of this program costs the row that brought it about."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from villagedesk.domain.clock import Clock
from villagedesk.domain.fault_trace import fault_lines
from villagedesk.domain.outbox import HELD_STATES, OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.table import Event

_LOG = logging.getLogger(__name__)
_DRIVEN = frozenset({SendingState.QUEUED, SendingState.SENDING, SendingState.UPLOADING, SendingState.CONFIRMING})


class Waits:
    """Belongs to the thread that steps, but for :meth:`due`, which upload workers ask too.

    Args:
        uniform: gives a number between two bounds.
    """

    def __init__(
        self, store: Store, ledger: Ledger, clock: Clock, retry: RetryPolicy, uniform: Callable[[float, float], float]
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._retry = retry
        self._uniform = uniform
        self._shunned: dict[str, float] = {}

    def due(self, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
        """Those that wait for nothing, or whose time is reached."""
        return [row for row in rows if self.next_try(row) is None]

    def next_try(self, row: OutboxRow) -> datetime | None:
        """When the row is looked at again; None is now."""
        moments = [] if row.next_try_at is None else [row.next_try_at]
        if row.action_id in self._shunned:
            left = self._shunned[row.action_id] - self._clock.monotonic()
            moments.append(self._clock.now() + timedelta(seconds=left))
        return max((moment for moment in moments if not self.reached(moment)), default=None)

    def reached(self, moment: datetime) -> bool:
        """Whether it is there. One further off than any wait was stored while the PC's clock was wrong."""
        now = self._clock.now()
        return moment <= now or moment - now > timedelta(seconds=self._retry.longest)

    def faulted(self, row: OutboxRow, error: Exception) -> None:
        """Let the row wait because of an exception nobody foresaw; logged by kind and place only.

        Raises:
            EnvironmentProblem: the store cannot be written at all.
        """
        said = fault_lines(error)
        _LOG.error("one row waits after %s", "\n".join(said))
        wait = self._retry.network(row.attempts, self._uniform)
        try:
            fresh = self._store.read(lambda snapshot: snapshot.outbox_row(row.action_id))
            if fresh.state in HELD_STATES and fresh.return_state in _DRIVEN:
                # Held meanwhile: what went wrong while its request was under way counts all the same.
                fresh = replace(fresh, state=fresh.return_state, return_state=None)
            if fresh.state in _DRIVEN:
                self._ledger.settle(fresh, Event.FAULT, wait=wait, reason="sync.reason.fault", raw="".join(said[:1]))
            self._shunned.pop(row.action_id, None)
        except EnvironmentProblem:
            raise
        except Exception as refusal:
            # Not even that can be written of it. It must not starve the others all the same.
            _LOG.error("the row's wait could not be written: %s", "\n".join(fault_lines(refusal)))
            self._shunned[row.action_id] = self._clock.monotonic() + self._retry.cap
