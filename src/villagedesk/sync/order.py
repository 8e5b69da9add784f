"""In which order the queue goes out.

What a clerk put first; then what is urgent, the oldest receipt first, because each of those runs towards its own last
day; then actions, which are a few hundred bytes; then the smallest remainder first, so that as many cases as possible
are through when the line goes away again.

Nothing starves. A large case is passed by smaller ones only until it is urgent itself; from then on only what was
received before it, or put first by hand, goes before it, and that is finite. A page once acknowledged is never sent
again, so what has begun only gets smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from villagedesk.acceptance.wire import ManifestEntry
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import Operation, OutboxRow
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.sync.decisions import firsts

URGENT_AFTER = timedelta(days=3)
"""The five working days in which an authority must say what is missing run from the receipt of the papers
(行政许可法 §32: otherwise the application counts as accepted from that day), so after three days two are left."""

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Turn:
    """What a row's place hangs on.

    Args:
        first: a clerk put it first.
        urgent_since: receipt of an urgent case, None when it is not urgent.
        bytes_left: of its record or its pages.
    """

    row: OutboxRow
    first: bool
    urgent_since: datetime | None
    bytes_left: int


def in_order(turns: Iterable[Turn]) -> list[OutboxRow]:
    """The rows as they go; of two with the same claim the one that is given first, whatever the clock said when they
    were enqueued."""
    return [turn.row for turn in sorted(turns, key=_key)]


def pages_in_order(entries: Iterable[ManifestEntry]) -> list[ManifestEntry]:
    """Of one row, the largest first: the row is through only with its last page, and a large one begun last would go
    alone, on one connection."""
    return sorted(entries, key=lambda entry: (-entry.byte_count, entry.sha256))


class QueueOrder:
    """The order by what the store says now. Not for several threads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._received: dict[str, datetime] = {}
        """By case; a receipt once written stays, and the order is asked for twice a second."""

    def sort(self, rows: Sequence[OutboxRow], bytes_left: Callable[[OutboxRow], int]) -> list[OutboxRow]:
        """The rows as they go.

        Args:
            rows: oldest first, as the store gives them.
            bytes_left: of a row's record or pages.
        """
        if len(rows) < 2:
            return list(rows)

        def work(snapshot: Snapshot) -> list[Turn]:
            first = firsts(snapshot)
            return [
                Turn(row, row.action_id in first, self._urgent_since(snapshot, row), bytes_left(row)) for row in rows
            ]

        return in_order(self._store.read(work))

    def _urgent_since(self, snapshot: Snapshot, row: OutboxRow) -> datetime | None:
        received = self._received.get(row.case_id)
        if received is None:
            try:
                received = snapshot.case(row.case_id).received_at
            except KeyError:
                return None
            if received is None:
                return None
            self._received[row.case_id] = received
        return received if self._clock.now() - received >= URGENT_AFTER else None


def _key(turn: Turn) -> tuple[object, ...]:
    row = turn.row
    since = _NEVER if turn.urgent_since is None else turn.urgent_since
    return not turn.first, since, row.operation is Operation.SUBMIT, turn.bytes_left
