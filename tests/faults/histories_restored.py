"""Histories in which backups are made and older ones restored, on the same PC or another, while the old one runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.faults.histories_scene import Build, Crash, Durable, Told, Untruth, Verdict
from tests.faults.histories_world import World
from tests.sync.calling import CallingStation
from tests.sync.window import STATION, Clerk
from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.domain.local_no import next_epoch, parse_local_no
from villagedesk.domain.outbox import OPEN_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import RESTORED, Reason, Restoration
from villagedesk.sync.decisions import queue_is_paused
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.missing import missing_cases

_MOST_RESTORES = 3
_OF_A_PC = (
    "durable",
    "store",
    "clerk",
    "enqueued",
    "station",
    "calling",
    "must_ask",
    "runner",
    "changes",
    "reconciler",
    "told",
    "uploader",
    "fetching",
)


@dataclass(frozen=True)
class Backup:
    """One backup: what makes a data folder of it, and what was enqueued until then."""

    make: Callable[[], Durable]
    enqueued: tuple[str, ...]


def write_restored(transaction: Transaction, told: Restoration) -> None:
    """What the restore writes into the database before it is put in place."""
    transaction.begin_epoch(told.epoch, told.installation_id)
    transaction.put_setting(RESTORED, told.to_text())


class RestoringWorld(World):
    """A station with its present PC, and those that should have been switched off."""

    def __init__(self, seed: int, build: Build, durable: Durable) -> None:
        self.calling: CallingStation | None = None
        self.must_ask = False
        self.backups: list[Backup] = []
        self.old: list[dict[str, Any]] = []
        self.letters = {"A"}
        self.printed: dict[str, str] = {}
        self.restores = 0
        self.to_be_found: set[tuple[str, str, int, str]] = set()
        super().__init__(seed, build, durable)
        self.clerk.numbered = True

    def _system(self) -> AcceptanceSystem:
        if self.calling is None:
            self.calling = self._calling()
        return self.calling

    def _calling(self) -> CallingStation:
        # whichever PC is being played; no other calls meanwhile
        return CallingStation(self.server, lambda: stored_credential(self.store))

    def _acts(self) -> list[tuple[float, Callable[[], None]]]:
        restorable = self.backups and self.restores < _MOST_RESTORES
        return [
            *super()._acts(),
            (0.9, self._back_up),
            (1.2 if restorable else 0.0, self._restore),
            (5.0 if self.old else 0.0, self._old_pc_runs),
        ]

    # -- what happens --

    def _take_in(self) -> None:
        if self.must_ask and not self.runner.is_enrolled():
            return
        super()._take_in()
        case_id = self.row(self.enqueued[-1]).case_id
        number = self.store.read(lambda snapshot: snapshot.case(case_id)).local_no or ""
        if self.printed.setdefault(number, case_id) != case_id:
            raise Untruth(f"{number} is printed for {self.printed[number]} and {case_id}")

    def _back_up(self) -> None:
        self.durable.drop(self.store)
        self.backups.append(Backup(self.durable.back_up(), tuple(self.enqueued)))
        self.store = self.durable.open()
        self.clerk.store = self.store
        self._boot()

    def _restore(self) -> None:
        backup = self.random.choice([*self.backups, self.backups[-1]])
        self.restores += 1
        self.elsewhere.update(self.enqueued)
        if self.random.random() < 0.3:
            self.durable.drop(self.store)  # onto the same PC, whose data is replaced
        else:
            self.old.append(self._this_pc())
        self.durable = backup.make()
        self.store = self.durable.open()
        self.enqueued = list(backup.enqueued)
        self.told = Told.of(self.rows(), self.store.read(queue_is_paused))
        self.clerk = Clerk(self.store, self.durable.vault, self.clock, f"restored-{self.restores}-", numbered=True)
        self.station = STATION
        self.calling = self._calling()
        now, name = self.clock.now(), f"installation-{self.restores + 1}"
        told = Restoration(now, now - timedelta(hours=1), Reason.BACKUP, self._letter(), name)
        self.store.write(lambda transaction: write_restored(transaction, told)).result()
        self._note_what_is_restored()
        # Nobody is at the window before the program has begun.
        away, self._busy_elsewhere = self._busy_elsewhere, True
        self._boot()
        self._busy_elsewhere = away

    def _clock_jumps(self) -> None:
        super()._clock_jumps()
        for pc in self.old:  # they have the same clock
            pc["told"].tried.clear()

    def _letter(self) -> str:
        """The medium's next letter; of a copied medium, the next after the newest receipt at hand."""
        here = self.store.read(lambda snapshot: snapshot.epoch())
        running = {pc["store"].read(lambda snapshot: snapshot.epoch()) for pc in self.old}
        newest = {parse_local_no(number).epoch for number in self.printed}
        copied = next_epoch({here, *newest})
        # While another PC prints with that letter, the server must say so before this one prints.
        self.must_ask = copied in running and running <= self.server.epochs.keys()
        if self.must_ask and self.random.random() < 0.5:
            return copied
        self.must_ask = False
        letter = next_epoch({here, *newest, *running, *self.letters})
        self.letters.add(letter)
        return letter

    def _note_what_is_restored(self) -> None:
        rows = self.store.read(lambda snapshot: snapshot.outbox(frozenset(SendingState)))
        self.shared.update(row.case_id for row in rows)
        self.to_be_found = {
            (row.action_id, row.case_id, row.revision, row.payload_sha256)
            for row in rows
            if row.state in OPEN_STATES and self._is_held(row)
        }

    def _is_held(self, row: OutboxRow) -> bool:
        held = self.server.revisions.get((row.case_id, row.revision))
        if held is None or row.operation is not Operation.SUBMIT:
            return False
        return held.receipt is not None and sha256_hex(held.payload) == row.payload_sha256

    def _old_pc_runs(self) -> None:
        replaced = self.runner.is_enrolled()
        with self._at(self.random.choice(self.old)):
            heard = len(self.calling.taken) if self.calling else 0
            act = self.random.choice([self._step, self._step, self._pull, self._take_in, self._reboot])
            try:
                act()
            except Crash:
                self._reboot()
            self.judge_now()
            if replaced and self.calling and len(self.calling.taken) > heard:
                raise Untruth(f"a replaced PC was heard: {self.calling.taken[heard:]}")
            self.elsewhere.update(self.enqueued)

    def _this_pc(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _OF_A_PC}

    @contextmanager
    def _at(self, pc: dict[str, Any]) -> Iterator[None]:
        """Play another PC of the station for a while."""
        here = self._this_pc()
        vars(self).update(pc)
        try:
            yield
        finally:
            pc.update(self._this_pc())
            vars(self).update(here)

    # -- the end --

    def _heal(self, verdict: Verdict) -> None:
        self._faults_end()
        self._reboot()
        for _ in range(30):
            if self.runner.is_enrolled():
                break
            step = self.runner.step()
            if not step.did and step.until is not None:
                self.clock.advance(max(0.001, (step.until - self.clock.now()).total_seconds()))
        if self.restores and (self.server.revoked or not self.runner.is_enrolled()):
            # its one-time code was used by the PC the backup came from
            code = f"code-{self.restores}"
            self.server.codes = {known: used for known, used in self.server.codes.items() if used} | {code: ""}
            self.station = replace(STATION, one_time_code=code)
            self._reboot()
        super()._heal(verdict)

    def judge_end(self, verdict: Verdict) -> None:
        super().judge_end(verdict)
        there = {case_id for case_id, _revision in self.server.revisions}
        there |= {taken[0] for taken in self.server.actions.values()}
        missing = {case_id for case_id in there if not self.is_here(case_id)}
        listed = {entry.case_id for entry, _draft in self.store.read(missing_cases)}
        if missing != listed:
            raise Untruth(f"missing here {sorted(missing)}, listed {sorted(listed)}")
        for action_id, case_id, revision, digest in self.to_be_found:
            if self.row(action_id).payload_sha256 != digest:
                continue  # the clerk was quicker than the program, which had not begun
            sent_again = self.calling is not None and (case_id, revision) in self.calling.put
            if case_id not in self.forgotten and (sent_again or self.row(action_id).state is not SendingState.SENT):
                raise Untruth(f"{action_id} was there when restored, and was not found by asking")
        self._take_in()
        for pc in self.old:
            with self._at(pc):
                self._judge_refused()

    def _judge_refused(self) -> None:
        """A PC that was replaced gets nothing through, and loses nothing."""
        heard = len(self.calling.taken) if self.calling else 0
        for _ in range(40):
            step = self.runner.step()
            if not step.did and step.until is not None:
                self.clock.advance(max(0.001, (step.until - self.clock.now()).total_seconds()))
        if self.calling and len(self.calling.taken) > heard:
            raise Untruth(f"a replaced PC was heard in the end: {self.calling.taken[heard:]}")
        self.judge_now()
        self._take_in()
        for row in map(self.row, self.enqueued):
            held = self.store.read(queue_is_paused)
            if row.state in (SendingState.SENDING, SendingState.UPLOADING) and not held:
                raise Untruth(f"{row.action_id} is {row.state} on a replaced PC")
