"""A runner on memory store and model, with what a test needs to drive it."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.sync.calling import CallingStation
from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.serial_uploader import SerialUploader
from tests.sync.server_line import Fault
from tests.sync.server_model import ServerModel
from tests.sync.window import STATION, Clerk, SimClock
from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.domain.case import Case, CaseEvent
from villagedesk.domain.outbox import OutboxRow
from villagedesk.sync.changes import Changes
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.row_exchange import Step
from villagedesk.sync.runner import Runner


class Bench:
    """Everything under one roof; ``faults`` are played one for each call of that name, in order."""

    def __init__(self) -> None:
        self.clock = SimClock()
        self.store = MemoryStore()
        self.vault = MemoryVault()
        self.faults: dict[str, list[Fault]] = {}
        self.server = ServerModel(self._choose)
        self.clerk = Clerk(self.store, self.vault, self.clock)
        self.random = random.Random(7)
        self.station = STATION
        self.boot()

    def boot(self) -> None:
        """Start the program (again)."""
        self._boot(self.server)

    def boot_as(self) -> None:
        """The same before a server that looks whose credential calls."""
        self._boot(CallingStation(self.server, lambda: stored_credential(self.store)))

    def _boot(self, server: AcceptanceSystem) -> None:
        self.runner = Runner(
            self.store,
            self.vault,
            server,
            self.clock,
            self.station,
            uniform=self.random.uniform,
            token=lambda: f"{self.random.getrandbits(128):032x}",
            uploader=SerialUploader(),
            chunk_bytes=40,
        )
        self.changes = Changes(self.store, server, self.clock)
        self.reconciler = Reconciler(self.store, server, self.runner.ledger)
        self.runner.start()

    def play(self, call: str, *faults: Fault) -> None:
        """Faults for the next calls of a port method."""
        self.faults[call] = list(faults)

    def steps_until(self, reached: Callable[[], bool], limit: int = 200) -> list[Step]:
        """Step, letting time pass, until something is so."""
        steps: list[Step] = []
        for _ in range(limit):
            if reached():
                return steps
            step = self.runner.step()
            steps.append(step)
            if not step.did and step.until is not None:
                self.clock.advance(max(0.001, (step.until - self.clock.now()).total_seconds()))
        raise AssertionError(f"not reached after {limit} steps: {steps[-5:]}")

    def settle(self) -> None:
        """Step until nothing is left to do."""
        for _ in range(500):
            step = self.runner.step()
            if step.did:
                continue
            if step.until is None:
                return
            self.clock.advance(max(0.001, (step.until - self.clock.now()).total_seconds()))
        raise AssertionError("never at rest")

    def row(self, row: OutboxRow) -> OutboxRow:
        """The row as it is stored now."""
        return self.store.read(lambda snapshot: snapshot.outbox_row(row.action_id))

    def case(self, case_id: str) -> Case:
        """The case as it is stored now."""
        return self.store.read(lambda snapshot: snapshot.case(case_id))

    def events(self, case_id: str) -> list[CaseEvent]:
        """The case's log."""
        return list(self.store.read(lambda snapshot: snapshot.events(case_id)))

    def _choose(self, call: str) -> Fault:
        waiting = self.faults.get(call, [])
        return waiting.pop(0) if waiting else Fault.NONE
