"""What a simulated village window is made of, and the store on which the program may die at any commit."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.server_line import Mistake
from tests.sync.server_model import ServerModel
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.station import StationFile
from villagedesk.sync.changes import Changes
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.runner import Runner

T = TypeVar("T")
NAME = "李练习"
UNSTORABLE = "unstorable"
"""Mark of a change that the store refuses while there are faults."""


class Crash(BaseException):
    """The client dies here."""


class Untruth(BaseException):
    """The window says, or did, what is not so. No exception that the program might take for a fault of its own."""


@dataclass(frozen=True)
class Build:
    """Which parts a history runs on; a mutant replaces one."""

    runner: type[Runner] = Runner
    changes: type[Changes] = Changes
    line: Callable[[AcceptanceSystem], AcceptanceSystem] = lambda server: server


@dataclass(frozen=True)
class Durable:
    """What survives a crash of the client, and how it is opened again."""

    open: Callable[[], Store]
    drop: Callable[[Store], None]
    vault: Vault
    back_up: Callable[[], Callable[[], Durable]]
    """Keeps the state as it is now, with the store dropped; gives what makes a data folder of it, again and again."""


def in_memory() -> Durable:
    """A store whose commits survive because the object does."""
    return _in_memory(MemoryStore(), MemoryVault())


def _in_memory(store: MemoryStore, vault: MemoryVault) -> Durable:
    def back_up() -> Callable[[], Durable]:
        kept, pages = store.copy(), vault.copy()
        return lambda: _in_memory(kept.copy(), pages.copy())

    return Durable(lambda: store, lambda _store: None, vault, back_up)


@dataclass
class Verdict:
    """What a history came to.

    Args:
        steps, seconds: what the program needed once the faults had ended; seconds are the clock's.
        trace: digest of everything that happened.
    """

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    untruthful: int = 0
    steps: int = 0
    seconds: float = 0.0
    why: str = ""
    trace: str = ""


@dataclass
class Told:
    """What this PC told its clerk, who holds it to its word. By action id.

    Args:
        saved: digest of the bytes last confirmed as saved.
        frozen: digest of the bytes that were frozen.
        proven: actions that were seen with a receipt.
        held: actions the clerk holds back.
        begun: actions whose call is under way and began while they were being sent: a hold that crosses it comes too
            late for it.
        doubtful: actions sent without a whole answer of the system's own, so the system is to be asked before they go
            again.
        tried: when actions were tried last and came to nothing, and until when the system asked to be left alone; by
            the clock that never jumps. What ends a wait is forgotten.
        left: actions whose bytes left this PC.
        queue_held: whether the clerk holds back everything, also what is enqueued later.
        judged: how a row looked when it was last judged and found true.
        seen: how rows looked, one after the other.
    """

    saved: dict[str, str] = field(default_factory=dict)
    frozen: dict[str, str] = field(default_factory=dict)
    proven: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    doubtful: dict[str, str] = field(default_factory=dict)
    tried: dict[str, tuple[float, float]] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    queue_held: bool = False
    judged: dict[str, OutboxRow] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def forget_tries(self) -> None:
        """The program could not write down what came of its requests."""
        self.doubtful.clear()
        self.tried.clear()

    @classmethod
    def of(cls, rows: list[OutboxRow], queue_held: bool) -> Told:
        """What a backup's rows tell."""
        return cls(
            saved={row.action_id: row.payload_sha256 for row in rows},
            frozen={row.action_id: row.payload_sha256 for row in rows if row.frozen_at},
            proven={row.action_id for row in rows if row.receipt},
            held={row.action_id for row in rows if row.state is SendingState.PAUSED},
            left={row.action_id for row in rows if row.frozen_at},
            queue_held=queue_held,
        )


class UnsafeStore:
    """Passes on to the store; before any commit the clerk may be quicker, the disk may refuse, and before or after it
    the program may die.

    Args:
        befalls: gives ``"before"``, ``"after"``, ``"full"``, ``"mistaken"`` or "".
        refuses: whether it refuses changes marked as unstorable at the moment.
    """

    def __init__(self, store: Store, befalls: Callable[[], str], refuses: Callable[[], bool]) -> None:
        self._store = store
        self._befalls = befalls
        self._refuses = refuses

    def write(self, work: Callable[[Transaction], T]) -> Future[T]:
        what = self._befalls()
        if what == "before":
            raise Crash
        if what in ("full", "mistaken"):
            refused: Future[T] = Future()
            refused.set_exception(EnvironmentProblem("store.disk_full") if what == "full" else Mistake())
            return refused
        future = self._store.write(_refusing(work) if self._refuses() else work)
        if what == "after":
            future.result()
            raise Crash
        return future

    def read(self, work: Callable[[Snapshot], T]) -> T:
        return self._store.read(work)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        return self._store.subscribe(listener)

    def close(self) -> None:
        self._store.close()


def _refusing(work: Callable[[Transaction], T]) -> Callable[[Transaction], T]:
    def refused(transaction: Transaction) -> T:
        standing_in: Any = _Refusing(transaction)
        return work(standing_in)

    return refused


class _Refusing:
    """A transaction that does not take the log of a change marked as unstorable."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    def append_event(self, event: CaseEvent) -> None:
        if event.detail.get(f"value.{UNSTORABLE}"):
            raise ValueError("the store refuses this change")
        self._transaction.append_event(event)


class Scene:
    """What acts, judge and faults look at."""

    random: random.Random
    durable: Durable
    clock: SimClock
    server: ServerModel
    store: Store
    clerk: Clerk
    station: StationFile
    runner: Runner
    changes: Changes
    reconciler: Reconciler

    def __init__(self) -> None:
        self.told = Told()
        self.enqueued: list[str] = []
        self.elsewhere: set[str] = set()
        """Actions that other PCs of the station enqueued."""
        self.shared: set[str] = set()
        """Cases that stand in the databases of several PCs, which may each say something else of them."""
        self.forgotten: set[str] = set()
        """Cases that a restored server forgot."""
        self.was_put_back = False
        """Whether a server was restored, which tells with numbers it gave before."""
        self.foreign: dict[str, str] = {}
        """By case, the digest of what another window put under its key."""
        self.damaged: set[str] = set()
        """Pages this PC can no longer read."""
        self.page_refused: set[str] = set()
        self.poor: set[str] = set()
        """Cases at which this program fails."""
        self.unstorable = False
        """Whether a change was told that the store refuses."""
        self.photographed: list[bytes] = []
        """Pages so far, of which a later case may use one again."""

    def row(self, action_id: str) -> OutboxRow:
        """The row as it is stored now."""
        return self.store.read(lambda snapshot: snapshot.outbox_row(action_id))

    def rows(self) -> list[OutboxRow]:
        """All rows that were enqueued here, as they are stored now."""
        stored = self.store.read(lambda snapshot: snapshot.outbox(frozenset(SendingState)))
        known = {row.action_id: row for row in stored}
        gone = [action_id for action_id in self.enqueued if action_id not in known]
        if gone:
            raise Untruth(f"{gone} disappeared")
        return [known[action_id] for action_id in self.enqueued]
