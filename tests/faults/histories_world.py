"""One simulated village window: clerk, runner, store, server, clock and every fault under one seed."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.serial_uploader import SerialUploader
from tests.sync.server_model import Fault, ServerModel
from tests.sync.window import STATION, Clerk, SimClock
from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem, Conflicting, LoginNeeded
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import CLOSED_STATES, TRAY_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.sync import decisions
from villagedesk.sync.changes import Changes
from villagedesk.sync.missing import status_here
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.runner import Runner

T = TypeVar("T")
_CHUNK = 40
_TICKS = 40
_HEALING = 1500
_UNSENT = frozenset({SendingState.CANCELLED, SendingState.SUPERSEDED})


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
    """What a history came to."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    untruthful: int = 0
    why: str = ""


class _CrashingStore:
    """Passes on to the store; the client may die before or after any commit."""

    def __init__(self, store: Store, dies: Callable[[], str]) -> None:
        self._store = store
        self._dies = dies

    def write(self, work: Callable[[Transaction], T]) -> Future[T]:
        when = self._dies()
        if when == "before":
            raise Crash
        future = self._store.write(work)
        if when == "after":
            future.result()
            raise Crash
        return future

    def read(self, work: Callable[[Snapshot], T]) -> T:
        return self._store.read(work)

    def subscribe(self, listener: Callable[[], None]) -> None:
        self._store.subscribe(listener)

    def close(self) -> None:
        self._store.close()


class World:
    """Plays one history.

    Args:
        seed: of everything.
        durable: the store; real or in memory.
    """

    def __init__(self, seed: int, build: Build, durable: Durable) -> None:
        self.random = random.Random(seed)
        self.build = build
        self.durable = durable
        self.clock = SimClock()
        self.faulty = True
        self.server = ServerModel(
            self._fault,
            partial=lambda length: self.random.randint(0, length),
            arrives=lambda: self.random.random() < 0.3,
        )
        self.server.on_arrival = self._arrived
        self.store = durable.open()
        self.clerk = Clerk(self.store, durable.vault, self.clock)
        self.station = STATION
        self.enqueued: list[str] = []
        self.elsewhere: set[str] = set()
        """Actions that other PCs of the station enqueued."""
        self.shared: set[str] = set()
        """Cases that stand in the databases of several PCs, which may each say something else of them."""
        self.forgotten: set[str] = set()
        self.foreign: dict[str, str] = {}
        self.fault_share = self.random.choice([0.05, 0.2, 0.5])
        self.crash_share = self.random.choice([0.0, 0.02, 0.08])
        self._boot()

    def play(self) -> Verdict:
        """The whole history with its judgement."""
        verdict = Verdict()
        try:
            for _ in range(_TICKS):
                self._tick()
                self._judge_now()
            self._heal()
            self._judge_now()
            self._judge_end(verdict)
        except Untruth as untruth:
            verdict.untruthful = 1
            verdict.why = str(untruth)
        finally:
            self.durable.drop(self.store)
        return verdict

    # -- what happens --

    def _boot(self) -> None:
        store = _CrashingStore(self.store, self._dies)
        line = self.build.line(self._system())
        clock: Clock = self.clock
        self.runner = self.build.runner(
            store,
            self.durable.vault,
            line,
            clock,
            self.station,
            uniform=self.random.uniform,
            token=lambda: f"{self.random.getrandbits(128):032x}",
            uploader=SerialUploader(),
            chunk_bytes=_CHUNK,
        )
        self.changes = self.build.changes(store, line, clock)
        self.reconciler = Reconciler(store, line, self.runner.ledger)
        while True:
            try:
                self.runner.start()
                return
            except Crash:
                continue

    def _system(self) -> AcceptanceSystem:
        """The acceptance system as this PC meets it."""
        return self.server

    def _reboot(self) -> None:
        self.durable.drop(self.store)
        self.store = self.durable.open()
        self.clerk.store = self.store
        self._boot()

    def _fault(self, call: str) -> Fault:
        if not self.faulty or self.random.random() >= self.fault_share:
            return Fault.NONE
        if self.random.random() < 0.1:
            raise Crash
        wanted = list(Fault) if call == "put_revision" else [fault for fault in Fault if fault != Fault.SHORT_RECEIPT]
        if self.random.random() < 0.8:
            wanted.remove(Fault.LOGIN)
        return self.random.choice(wanted)

    def _dies(self) -> str:
        if not self.faulty or self.random.random() >= self.crash_share:
            return ""
        return self.random.choice(["before", "after"])

    def _acts(self) -> list[tuple[float, Callable[[], None]]]:
        """What may happen, with its weight."""
        return [
            (10, self._step),
            (2.0 if len(self.enqueued) < 6 else 0.0, self._take_in),
            (1.0, self._follow_up),
            (1.5, self._edit),
            (0.5, self._hold),
            (2.5, self._official),
            (3.0, self._pull),
            (0.6, self._reboot),
            (0.4, self.server.restart),
            (0.5, self._clock_jumps),
            (0.7, self._link_returns),
            (0.15, self._foreign),
            (0.15, self._forget),
        ]

    def _tick(self) -> None:
        acts = self._acts()
        act = self.random.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
        try:
            act()
        except Crash:
            self._reboot()

    def _step(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            step = self.runner.step()
            if not step.did:
                if step.until is not None:
                    self.clock.advance(max(0.0, (step.until - self.clock.now()).total_seconds()))
                return
            self._judge_now()

    def _take_in(self) -> None:
        pages = [self.random.randbytes(self.random.randint(1, 100)) for _ in range(self.random.randint(0, 2))]
        _case, row = self.clerk.take_in(pages)
        self.enqueued.append(row.action_id)

    def _some_case(self) -> str | None:
        rows = [self._row(action_id) for action_id in self.enqueued]
        names = sorted({row.case_id for row in rows})
        return self.random.choice(names) if names else None

    def _follow_up(self) -> None:
        case_id = self._some_case()
        if case_id is None or len(self.enqueued) >= 9:
            return
        if self.random.random() < 0.5:
            row = self.clerk.correct(case_id, note=f"corrected {self.random.random()}")
        else:
            row = self.clerk.act(case_id, self.random.choice([Operation.EVALUATE, Operation.DELIVER]))
        self.enqueued.append(row.action_id)

    def _edit(self) -> None:
        if self.enqueued:
            self.clerk.edit(self._row(self.random.choice(self.enqueued)), f"edited {self.random.random()}")

    def _hold(self) -> None:
        open_rows = [row for row in map(self._row, self.enqueued) if row.state not in CLOSED_STATES | TRAY_STATES]
        if not open_rows:
            return
        row = self.random.choice(open_rows)
        decide = decisions.resume if row.state is SendingState.PAUSED else decisions.pause
        self.store.write(lambda transaction: decide(transaction, row.action_id, "李练习", self.clock.now())).result()

    def _official(self) -> None:
        committed = sorted({key[0] for key, held in self.server.revisions.items() if held.state == "committed"})
        if committed:
            kind = self.random.choice(["accepted", "correction_asked", "in_process", "something_new"])
            self.server.tell(self.random.choice(committed), kind, acceptance_no="2026-0001", query_code="1234")

    def _pull(self) -> None:
        try:
            self.changes.pull(0.0)
        except LoginNeeded as failure:
            self.runner.login_needed(failure)
        except AcceptanceFailure:
            return

    def _clock_jumps(self) -> None:
        self.clock.jump(self.random.choice([-86400.0 * 365, -3600.0, 3600.0, 86400.0 * 30]))

    def _link_returns(self) -> None:
        self.runner.link_returned()

    def _foreign(self) -> None:
        """The server holds something else under a key of ours (a second window was set up from a copy)."""
        waiting = [row for row in map(self._row, self.enqueued) if row.operation is Operation.SUBMIT]
        if not waiting:
            return
        row = self.random.choice(waiting)
        if any(key[0] == row.case_id for key in self.server.revisions):
            return
        other = row.payload.replace("李练习".encode(), "王另窗".encode())
        # The other window's: it must not look like an arrival of ours, nor be lost to a fault.
        self.faulty, faulty = False, self.faulty
        self.server.on_arrival = lambda _case_id, _revision: None
        self.server.revoked, revoked = False, self.server.revoked
        self.server.enrolled.add("other window")
        with contextlib.suppress(Conflicting):
            # A late request of ours may be quicker.
            self.server.put_revision(row.case_id, row.revision, other)
            self.foreign[row.case_id] = sha256_hex(other)
        self.server.enrolled.discard("other window")
        self.server.seen[(row.case_id, row.revision)].discard(sha256_hex(other))
        self.server.revoked = revoked
        self.server.on_arrival = self._arrived
        self.faulty = faulty

    def _forget(self) -> None:
        case_id = self._some_case()
        if case_id is not None:
            self.forgotten.add(case_id)
            self.server.forget(case_id)

    def _heal(self) -> None:
        """Everything works from now on; the clerk resumes what is paused; whatever is due happens."""
        self.faulty = False
        self.store.write(lambda transaction: decisions.resume_queue(transaction, "李练习", self.clock.now())).result()
        self._reboot()
        reconciled = False
        for _ in range(_HEALING):
            step = self.runner.step()
            self._judge_now()
            if step.did:
                continue
            if step.until is not None:
                self.clock.advance(max(0.001, (step.until - self.clock.now()).total_seconds()))
            elif not reconciled:
                try:
                    self.reconciler.run()
                    self.changes.pull(0.0)
                    reconciled = True
                except LoginNeeded as failure:
                    self.runner.login_needed(failure)
            else:
                break

    # -- the judge --

    def _events(self, case_id: str) -> Sequence[CaseEvent]:
        return self.store.read(lambda snapshot: snapshot.events(case_id))

    def _is_here(self, case_id: str) -> bool:
        return self.store.read(lambda snapshot: status_here(snapshot, case_id)) is not None

    def _row(self, action_id: str) -> OutboxRow:
        return self.store.read(lambda snapshot: snapshot.outbox_row(action_id))

    def _arrived(self, case_id: str, revision: int) -> None:
        if case_id in self.shared:
            return
        rows = self.store.read(lambda snapshot: snapshot.outbox_of_case(case_id))
        for row in rows:
            if row.operation is Operation.SUBMIT and row.revision < revision and row.state not in CLOSED_STATES:
                raise Untruth(f"revision {revision} of {case_id} overtook {row.revision}, which is {row.state}")

    def _judge_now(self) -> None:
        """What may never be so, not even for a moment."""
        for key, digests in self.server.seen.items():
            if len(digests) > 1 and key[0] not in self.shared:
                raise Untruth(f"frozen bytes of {key} changed")
        for action_id in self.enqueued:
            try:
                row = self._row(action_id)
            except KeyError:
                raise Untruth(f"{action_id} disappeared") from None
            if row.state is SendingState.SENT:
                self._judge_sent(row)
            if row.state is SendingState.DONE and action_id not in self.server.actions_ever:
                raise Untruth(f"{action_id} is called done and is not")

    def _judge_sent(self, row: OutboxRow) -> None:
        committed = self.server.committed_ever.get((row.case_id, row.revision), [])
        if row.payload_sha256 not in committed:
            raise Untruth(f"{row.action_id} is called sent and was never committed")
        if "receipt_id" not in row.receipt:
            raise Untruth(f"{row.action_id} is called sent without its receipt")
        case, events = self.store.read(lambda snapshot: (snapshot.case(row.case_id), snapshot.events(row.case_id)))
        if not any(event.kind == "sent" and event.detail.get("action_id") == row.action_id for event in events):
            raise Untruth(f"{row.action_id} is sent and the case's log does not say so")
        if case.status is CaseStatus.RECEIVED:
            raise Untruth(f"{row.action_id} is sent and its case is not")

    def _judge_end(self, verdict: Verdict) -> None:
        rows = [self._row(action_id) for action_id in self.enqueued]
        for row in rows:
            if row.state in (SendingState.SENT, SendingState.DONE):
                verdict.acknowledged += 1
            elif not self._rightly_in_tray(row, rows):
                verdict.lost += 1
                verdict.why = f"{row.action_id} ended {row.state}: {row.reason_key} {row.reason_raw}"
        asked = {row.action_id for row in rows} | self.elsewhere
        strange = [action_id for action_id in self.server.actions_ever if action_id not in asked]
        several = [
            key
            for key, digests in self.server.committed_ever.items()
            if len(set(digests) - {self.foreign.get(key[0])}) > 1 and key[0] not in self.shared & self.forgotten
        ]
        if strange or several:
            verdict.doubled += len(strange) + len(several)
            verdict.why = f"taken more than once: {strange or several}"
        self._judge_changes(verdict)

    def _rightly_in_tray(self, row: OutboxRow, rows: list[OutboxRow]) -> bool:
        if row.state in TRAY_STATES:
            # The server keeps (or kept, before it forgot) another content, or a newer revision stands already.
            return row.case_id in self.foreign or any(
                key[0] == row.case_id and sha256_hex(held.payload) != row.payload_sha256
                for key, held in self.server.revisions.items()
            )
        blocked = row.state is SendingState.QUEUED
        return blocked and any(other.case_id == row.case_id and other.state in TRAY_STATES for other in rows)

    def _judge_changes(self, verdict: Verdict) -> None:
        for change in self.server.changes_made:
            if not self._is_here(change.case_id):
                continue
            events = self._events(change.case_id)
            times = sum(event.detail.get("sequence") == str(change.sequence) for event in events)
            if times == 0:
                verdict.lost += 1
                verdict.why = f"change {change.sequence} never arrived"
            if times > 1:
                verdict.doubled += 1
                verdict.why = f"change {change.sequence} was written {times} times"
