"""One simulated village window: clerk, runner, store, server, line, clock and every fault under one seed."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.faults.histories_acts import Acts
from tests.faults.histories_documents import PIECE
from tests.faults.histories_judge import Judge
from tests.faults.histories_ours import Ours
from tests.faults.histories_scene import Build, Crash, Durable, UnsafeStore, Untruth, Verdict
from tests.sync.interleaving_uploader import InterleavingUploader
from tests.sync.server_line import Fault, Mistake
from tests.sync.server_model import ServerModel
from tests.sync.window import STATION, Clerk, SimClock
from tests.sync.wire_model import Garble, WiredSystem
from villagedesk.acceptance.port import (
    AcceptanceFailure,
    AcceptanceSystem,
    LoginNeeded,
)
from villagedesk.acceptance.wire import RevisionPayload, sha256_hex
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import CLOSED_STATES, TRAY_STATES, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.documents import DocumentPull
from villagedesk.sync.reconcile import Reconciler

_CHUNK = 40
_TICKS = 40
_AN_HOUR = 3700.0
"""Nobody waits longer in one go: a wait that a clock made eternal must not be sat out."""
MOST_STEPS = 200
MOST_SECONDS = 2 * 3630.0
"""What is left to do takes no longer once the faults have ended: rows sit out the wait they are in, of at most
``RetryPolicy.longest``, all at the same time; one that finds its page forgotten waits once more."""


class World(Acts, Judge):
    """Plays one history.

    Args:
        seed: of everything.
        durable: the store; real or in memory.
    """

    def __init__(self, seed: int, build: Build, durable: Durable) -> None:
        super().__init__()
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
        self.server.strict = True
        self.server.refuse_page = lambda sha256: sha256 in self.page_refused
        self.server.refuse_content = self._refuses
        self._watch()
        self.store = durable.open()
        self.clerk = Clerk(self.store, durable.vault, self.clock)
        self.station = STATION
        self.fault_share = self.random.choice([0.05, 0.2, 0.5])
        self.garble_share = self.random.choice([0.0, 0.1, 0.3])
        self.crash_share = self.random.choice([0.0, 0.02, 0.08])
        self.meanwhile_share = self.random.choice([0.0, 0.03, 0.1])
        self.refused_share = self.random.choice([0.0, 0.15])
        self.lanes = self.random.choice([1, 1, 2, 3])
        self._full = 0
        self._busy_elsewhere = True
        self._server_kept: dict[str, Any] | None = None
        self._boot()

    def play(self) -> Verdict:
        """The whole history with its judgement."""
        verdict = Verdict()
        self._busy_elsewhere = False
        try:
            for _ in range(_TICKS):
                self._tick()
                self.judge_now()
            self._heal(verdict)
            self.judge_now()
            self.judge_end(verdict)
        except Untruth as untruth:
            verdict.untruthful = 1
            verdict.why = str(untruth)
        verdict.trace = self._trace()
        self.durable.drop(self.store)
        return verdict

    def _trace(self) -> str:
        """Everything that happened: what became of each row when, each call to the system, what is in the store now,
        and how much chance was used for it."""
        told = [*self.told.seen, *self.server.calls]
        for row in self.rows():
            told += [repr(row), repr(self.store.read(lambda snapshot, name=row.case_id: snapshot.case(name)))]  # type: ignore[misc]
            for event in self._events(row.case_id):
                told += [str(event.at), event.kind, *(str(event.detail[name]) for name in sorted(event.detail))]
        told += [str(self.clock.wall), str(self.random.random())]
        return sha256_hex("\n".join(told).encode())

    # -- what happens --

    def _watch(self) -> None:
        self.server.on_arrival = self.arrived
        self.server.on_leaving = self.leaving
        self.server.on_done = self._done
        self.server.on_page = self.page_begins
        self.server.on_document = self.asked_for

    def _boot(self) -> None:
        store = UnsafeStore(self.store, self._befalls, lambda: self.faulty and self.unstorable)
        wired = WiredSystem(self._system(), self._garble, self.random.randrange)
        line = self.build.line(Ours(wired, self))
        clock: Clock = self.clock
        self.uploader = InterleavingUploader(self.random, self.lanes)
        self.runner = self.build.runner(
            store,
            self.durable.vault,
            line,
            clock,
            self.station,
            uniform=self.random.uniform,
            token=lambda: f"{self.random.getrandbits(128):032x}",
            uploader=self.uploader,
            chunk_bytes=_CHUNK,
        )
        self.changes = self.build.changes(store, line, clock)
        self.fetching = DocumentPull(
            store,
            self.durable.vault,
            line,
            clock,
            self.random.uniform,
            PIECE,
            turned_away=self.runner.turned_away,
        )
        self.reconciler = Reconciler(store, line, self.runner.ledger)
        while True:
            with contextlib.suppress(Crash, EnvironmentProblem, Mistake):
                self.runner.start()
                return

    def _system(self) -> AcceptanceSystem:
        """The acceptance system as this PC meets it."""
        return self.server

    def _reboot(self) -> None:
        self.told.tried.clear()
        self.durable.drop(self.store)
        self.store = self.durable.open()
        self.clerk.store = self.store
        self._boot()

    def _refuses(self, record: RevisionPayload) -> bool:
        # of a content's own, so that the same content gets the same answer for ever
        return random.Random(record.action_id + str(record.form)).random() < self.refused_share

    def _fault(self, call: str) -> Fault:
        self.uploader.switch()
        self._meanwhile()
        if not self.faulty or self.random.random() >= self.fault_share:
            return Fault.NONE
        if self.random.random() < 0.1:
            raise Crash
        if self.random.random() < 0.1:
            self.clock.advance(self.random.uniform(0.0, 300.0))  # a slow answer
        receipted = call in ("put_revision", "case")
        wanted = list(Fault) if receipted else [fault for fault in Fault if fault != Fault.SHORT_RECEIPT]
        if call == "case" and self.random.random() < 0.2:
            return Fault.SHORT_RECEIPT
        if self.random.random() < 0.8:
            wanted.remove(Fault.LOGIN)
        return self.random.choice(wanted)

    def _done(self) -> None:
        """The server has done it, and its answer is on its way."""
        self._meanwhile()
        if self.faulty and self.random.random() < self.crash_share / 2:
            raise Crash

    def _garble(self) -> Garble:
        if not self.faulty or self.random.random() >= self.garble_share:
            return Garble.NONE
        kinds: list[Garble] = [*Garble, Garble.SWAPPED, Garble.SWAPPED]
        return self.random.choice(kinds)

    def _befalls(self) -> str:
        self._meanwhile()
        if not self.faulty:
            return ""
        if self._full:
            self._full -= 1
            self.told.forget_tries()  # what cannot be written cannot be remembered
            return "full"
        if self.random.random() < self.crash_share:
            return self.random.choice(["before", "after"])
        if self.random.random() < self.crash_share / 4:
            self.told.forget_tries()
            return "mistaken"
        return ""

    def _meanwhile(self) -> None:
        """While the program waits for line or disk, the clerk and the officials go on."""
        if not self.faulty or self._busy_elsewhere or self.random.random() >= self.meanwhile_share:
            return
        self._busy_elsewhere = True
        try:
            self._choose([(2.0, self._hold_what_goes), *self.at_the_window(), *self.elsewhere_happens()])()
        finally:
            self._busy_elsewhere = False

    def _choose(self, acts: list[tuple[float, Callable[[], None]]]) -> Callable[[], None]:
        return self.random.choices([act for _, act in acts], [weight for weight, _ in acts])[0]

    def _acts(self) -> list[tuple[float, Callable[[], None]]]:
        """What may happen, with its weight."""
        return [
            (10, self._step),
            *self.at_the_window(),
            *self.elsewhere_happens(),
            (3.0, self._pull),
            (1.5, self.fetch),
            (0.5, self._reconcile),
            (0.6, self._reboot),
            (1.0, self._clock_jumps),
            (0.7, self._link_returns),
            (0.4, self._send_now),
            (0.3, self._disk_fills),
            (0.6, self._server_put_back),
        ]

    def _tick(self) -> None:
        act = self._choose(self._acts())
        try:
            act()
        except Crash:
            self._reboot()

    def _step(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            try:
                step = self.runner.step()
            except (EnvironmentProblem, Mistake):
                return
            self.judge_now()
            if not step.did:
                if step.until is not None:
                    self.clock.advance(min(max(0.0, (step.until - self.clock.now()).total_seconds()), _AN_HOUR))
                return

    def _pull(self) -> None:
        try:
            self.changes.pull(0.0)
        except LoginNeeded as failure:
            self.runner.login_needed(failure)
        except (AcceptanceFailure, EnvironmentProblem, Mistake):
            return
        except ValueError as refusal:
            raise Untruth("a change that the store refuses holds up those behind it") from refusal

    def _reconcile(self) -> None:
        if not self.runner.is_enrolled():
            return
        try:
            self.reconciler.run()
        except LoginNeeded as failure:
            self.runner.login_needed(failure)
        except (AcceptanceFailure, EnvironmentProblem, Mistake):
            return

    def _clock_jumps(self) -> None:
        self.told.tried.clear()
        self.clock.jump(self.random.choice([-86400.0 * 365, 86400.0 * 365, -3600.0, 3600.0, 86400.0 * 30]))

    def _link_returns(self) -> None:
        self.told.tried.clear()
        with contextlib.suppress(EnvironmentProblem, Mistake):
            self.runner.link_returned()
            self.fetching.link_returned()

    def _send_now(self) -> None:
        self.told.tried.clear()
        with contextlib.suppress(EnvironmentProblem, Mistake):
            self.runner.send_now()

    def _disk_fills(self) -> None:
        self._full = self.random.randint(1, 6)

    def _server_put_back(self) -> None:
        """The server makes its backup, or is restored to it."""
        if self._server_kept is None:
            self._server_kept = self.server.back_up()
            return
        before = {key: held.state for key, held in self.server.revisions.items()}
        self.was_put_back = True
        acted = set(self.server.actions)
        self.server.put_back(self._server_kept)
        after = {key: held.state for key, held in self.server.revisions.items()}
        self.forgotten |= {key[0] for key in before if after.get(key) != before[key]}
        self.forgotten |= {row.case_id for row in self.rows() if row.action_id in acted - set(self.server.actions)}

    @contextlib.contextmanager
    def _unwatched(self) -> Iterator[None]:
        faulty, revoked, refuse = self.faulty, self.server.revoked, self.server.refuse_content
        self.faulty = self.server.revoked = False
        self.server.refuse_content = lambda _record: False
        self.server.on_arrival = lambda _case_id, _revision: None
        self.server.on_leaving = lambda _action_id, _digest: None
        self.server.on_done = lambda: None
        try:
            yield
        finally:
            self.faulty, self.server.revoked, self.server.refuse_content = faulty, revoked, refuse
            self._watch()

    # -- the faults end --

    def _heal(self, verdict: Verdict) -> None:
        """Everything works from now on; the clerk resumes what is paused; whatever is due happens."""
        self._faults_end()
        self._let_all_go()
        ending = self.random.choice(["reboot", "link returns", "nothing more"])
        if ending == "reboot":
            self._reboot()
        elif ending == "link returns":
            self.told.tried.clear()
            self.runner.link_returned()
            waiting = [row.action_id for row in self.rows() if row.next_try_at or row.state is SendingState.WAITING]
            if waiting:
                raise Untruth(f"the link came back, and {waiting} wait for their time")
        self._work(verdict, reconciled=False)
        if self.poor:
            # This program is mended as well.
            self.poor.clear()
            self._work(verdict, reconciled=False)

    def _faults_end(self) -> None:
        self.faulty = False
        self._full = 0
        self.server.arrive_all()

    def _work(self, verdict: Verdict, *, reconciled: bool) -> None:
        """Until nothing is left to do, but for what the poor cases need."""
        began, steps = self.clock.monotonic(), 0
        while self.clock.monotonic() - began <= MOST_SECONDS and steps <= MOST_STEPS:
            step = self.runner.step()
            self.judge_now()
            if step.did:
                steps += 1
                continue
            at_rest = step.until is None or (self._is_at_rest() and self.runner.is_enrolled())
            if at_rest and not reconciled:
                reconciled = self._asks_all()
            elif not at_rest and step.until is not None:
                self.clock.advance(max(0.001, (step.until - self.clock.now()).total_seconds()))
            else:
                verdict.steps = max(verdict.steps, steps)
                verdict.seconds = max(verdict.seconds, self.clock.monotonic() - began)
                return
        left = [f"{row.action_id} {row.state}" for row in self.rows() if row.state not in CLOSED_STATES]
        raise Untruth(f"work does not end: {steps} steps, {self.clock.monotonic() - began:.0f} s, left {left}")

    def _is_at_rest(self) -> bool:
        """Whether only poor cases, and what waits for the clerk, are open."""
        rows = self.rows()
        stuck = self.poor | {row.case_id for row in rows if row.state in TRAY_STATES}
        return bool(self.poor) and all(
            row.state in CLOSED_STATES | TRAY_STATES
            or row.case_id in self.poor
            or (row.state is SendingState.QUEUED and row.case_id in stuck)
            for row in rows
        )

    def _asks_all(self) -> bool:
        try:
            self.reconciler.run()
            self.changes.pull(0.0)
        except LoginNeeded as failure:
            self.runner.login_needed(failure)
            return False
        self.fetch_all()
        return True
