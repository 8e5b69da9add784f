"""What the engine tells the screen: the link, the queue in numbers, what keeps it from going on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store
from villagedesk.sync.link import LinkState
from villagedesk.sync.traffic import Traffic


@dataclass(frozen=True)
class SyncStatus:
    """What the screen shows of the road out.

    Args:
        link: as last looked at.
        waiting: rows on their way; ``tray`` rows the clerk must look at.
        problem_key: message key of what keeps this PC from going on (disk full …), "" otherwise.
        failure_key: message key of the last failure with the acceptance system, "" after a success.
        bytes_per_second: what the line yields at the moment, 0 when that is not known.
        width: connections that carry pages at once, 0 when none does.
        interface: False where the station was granted none: no engine runs, and this is all there is to say.
    """

    link: LinkState = field(default_factory=LinkState)
    waiting: int = 0
    tray: int = 0
    problem_key: str = ""
    failure_key: str = ""
    bytes_per_second: float = 0.0
    width: int = 0
    interface: bool = True


class Told:
    """The status as it was published last. Used by all threads of the engine.

    Args:
        publish: called with each new status, one at a time; must return soon.
    """

    def __init__(self, store: Store, publish: Callable[[SyncStatus], None]) -> None:
        self._store = store
        self._publish = publish
        self._status = SyncStatus()
        self._telling = threading.Lock()

    @property
    def status(self) -> SyncStatus:
        """As last published."""
        return self._status

    def tell(
        self, link: LinkState | None = None, problem_key: str | None = None, failure_key: str | None = None
    ) -> None:
        """Publish what is given, with the queue's numbers of now; None leaves what was told before."""
        counts = self._counts()
        with self._telling:
            before = self._status
            self._status = replace(
                before,
                link=before.link if link is None else link,
                waiting=before.waiting if counts is None else _sum(counts, OPEN_STATES),
                tray=before.tray if counts is None else _sum(counts, TRAY_STATES),
                problem_key=before.problem_key if problem_key is None else problem_key,
                failure_key=before.failure_key if failure_key is None else failure_key,
            )
            self._publish(self._status)

    def traffic(self, traffic: Traffic) -> None:
        """Publish what travels, when that has changed."""
        with self._telling:
            before = self._status
            if (before.bytes_per_second, before.width) != (traffic.bytes_per_second, traffic.width):
                self._status = replace(before, bytes_per_second=traffic.bytes_per_second, width=traffic.width)
                self._publish(self._status)

    def _counts(self) -> Mapping[SendingState, int] | None:
        """Rows by state; None when that cannot be read now: what else there is to tell is told all the same."""
        try:
            return self._store.read(lambda snapshot: snapshot.count_rows(OPEN_STATES | TRAY_STATES))
        except EnvironmentProblem:
            return None


def _sum(counts: Mapping[SendingState, int], states: frozenset[SendingState]) -> int:
    return sum(count for state, count in counts.items() if state in states)
