"""Outbox and faulty server as a state machine: whatever is done in whatever order, what is called sent is, and once
everything works again nothing is left behind."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from tests.sync.bench import Bench
from tests.sync.memory_store import MemoryStore
from tests.sync.server_line import Fault
from tests.sync.test_restored import restored_from
from tests.sync.window import STATION
from villagedesk.domain.outbox import CLOSED_STATES, TRAY_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.sync import decisions
from villagedesk.sync.table import HOLDING_STATES

CALLS = st.sampled_from(["enrol", "put_revision", "put_action", "case", "create_upload", "send_chunk", "upload_offset"])


class OutboxMachine(RuleBasedStateMachine):
    """Clerk, program, line and server in any order."""

    rows: Bundle[OutboxRow] = Bundle("rows")

    @initialize()
    def open(self) -> None:
        self.bench = Bench()
        self.all: list[OutboxRow] = []
        self.kept: tuple[MemoryStore, list[OutboxRow]] | None = None
        self.restores = 0

    @rule(target=rows, pages=st.lists(st.binary(min_size=1, max_size=90), max_size=2))
    def take_in(self, pages: list[bytes]) -> OutboxRow:
        _case, row = self.bench.clerk.take_in(pages)
        self.all.append(row)
        return row

    @rule(row=rows, operation=st.sampled_from([Operation.WITHDRAW, Operation.EVALUATE]))
    def act(self, row: OutboxRow, operation: Operation) -> None:
        if row in self.all:
            self.all.append(self.bench.clerk.act(row.case_id, operation))

    @rule(row=rows, note=st.text(max_size=5))
    def correct(self, row: OutboxRow, note: str) -> None:
        # A PC that was restored may say something else than the one before it: rightly a conflict, and no matter here.
        if row in self.all and not self.restores:
            self.all.append(self.bench.clerk.correct(row.case_id, note=note))

    @rule(row=rows, note=st.text(max_size=5))
    def edit(self, row: OutboxRow, note: str) -> None:
        if self.kept is None:
            self.bench.clerk.edit(self.bench.row(row), note)

    @rule(row=rows)
    def hold_or_let_go(self, row: OutboxRow) -> None:
        state = self.bench.row(row).state if row in self.all else SendingState.CANCELLED
        if state not in CLOSED_STATES | TRAY_STATES:
            decide = decisions.resume if state is SendingState.PAUSED else decisions.pause
            self.bench.store.write(lambda tx: decide(tx, row.action_id, "李练习", self.bench.clock.now())).result()

    @rule(call=CALLS, faults=st.lists(st.sampled_from(list(Fault)), max_size=3))
    def fault(self, call: str, faults: list[Fault]) -> None:
        self.bench.play(call, *faults)

    @rule(count=st.integers(1, 6))
    def step(self, count: int) -> None:
        for _ in range(count):
            self.bench.runner.step()

    @rule(seconds=st.floats(0.1, 2000))
    def time_passes(self, seconds: float) -> None:
        self.bench.clock.advance(seconds)

    @rule()
    def program_restarts(self) -> None:
        self.bench.boot()

    @rule()
    def backup_is_made(self) -> None:
        self.kept = (self.bench.store.copy(), list(self.all))

    @rule()
    def older_backup_is_restored(self) -> None:
        if self.kept is None or self.restores == 3:
            return
        self.restores += 1
        backup, self.all = self.kept[0], list(self.kept[1])
        restored_from(self.bench, backup, self.restores + 1, epoch="BCD"[self.restores - 1])
        self.bench.clerk.prefix = f"restored-{self.restores}-"

    @rule()
    def server_restarts(self) -> None:
        self.bench.server.restart()

    @invariant()
    def what_is_called_sent_is(self) -> None:
        for row in map(self.bench.row, getattr(self, "all", [])):
            if row.state is SendingState.SENT:
                committed = self.bench.server.committed_ever[(row.case_id, row.revision)]
                assert committed == [row.payload_sha256]
                assert row.receipt
            if row.state is SendingState.DONE:
                assert row.action_id in self.bench.server.actions

    @invariant()
    def held_rows_know_where_to_go_on(self) -> None:
        for row in map(self.bench.row, getattr(self, "all", [])):
            assert (row.return_state is not None) == (row.state in HOLDING_STATES)

    def teardown(self) -> None:
        self.bench.faults.clear()
        now = self.bench.clock.now()

        def let_go(transaction: Transaction) -> None:
            decisions.resume_queue(transaction, "李练习", now)
            for row in transaction.outbox(frozenset({SendingState.PAUSED})):  # those held one by one
                decisions.resume(transaction, row.action_id, "李练习", now)

        self.bench.store.write(let_go).result()
        if self.restores:
            # whatever came of the restored credential, the county's new station file ends it
            self.bench.server.codes["from the county"] = ""
            self.bench.station = replace(STATION, one_time_code="from the county")
            self.bench.boot()
        self.bench.settle()
        for row in map(self.bench.row, self.all):
            assert row.state in (SendingState.SENT, SendingState.DONE), row


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
