"""One row and the acceptance system: what is asked for it, and what the answer makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from villagedesk.acceptance.port import (
    AcceptanceFailure,
    AcceptanceSystem,
    Committed,
    LoginNeeded,
    Refused,
    Registered,
    Unanswered,
)
from villagedesk.acceptance.wire import CaseAnswer, ManifestEntry
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store
from villagedesk.sync.enrolment import Enrolment
from villagedesk.sync.gate import Gate
from villagedesk.sync.ledger import Ledger, manifest_of
from villagedesk.sync.outcome import outcome
from villagedesk.sync.pace import Pace
from villagedesk.sync.record_calls import RecordCalls, Said
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.table import Event
from villagedesk.sync.turned_away import TurnedAway, of_one_row
from villagedesk.sync.waits import Waits

_UNKNOWN_CASE = "unknown_case"
"""The contract's code for a case the server never heard of, or forgot."""

_WRONG_HASH = "sync.reason.wrong_hash"
_GOES_ON = {"sync.reason.cut": "sync.reason.page_cut", "sync.reason.timeout": "sync.reason.page_timeout"}
"""Of a page nothing is uncertain: it goes on where the server has it to."""


@dataclass(frozen=True)
class Step:
    """What one step was.

    Args:
        did: what was done, "" when there was nothing to do.
        until: with nothing to do, when to look again; None is when something is committed or the link moves.
        failure: what the acceptance system or the way to it answered, when that was no success.
    """

    did: str = ""
    until: datetime | None = None
    failure: AcceptanceFailure | None = None


class RowExchanges:
    """What :class:`villagedesk.sync.runner.Runner` does for a row once its turn has come. Belongs to the thread that
    steps.

    Args:
        pace: holds the records to the limit.
        gone: whether the program ends, and no record waits for its bytes any more.
        uniform: gives a number between two bounds.
    """

    def __init__(
        self,
        store: Store,
        acceptance: AcceptanceSystem,
        clock: Clock,
        enrolment: Enrolment,
        pace: Pace,
        *,
        gone: Callable[[], bool],
        uniform: Callable[[float, float], float],
        retry: RetryPolicy,
    ) -> None:
        self.store = store
        self.acceptance = acceptance
        self.clock = clock
        self.clock_skew: float | None = None
        self.ledger = Ledger(store, clock)
        self.retry = retry
        self._uniform = uniform
        self._records = RecordCalls(acceptance, pace, self._stands, gone)
        self._in_round = False
        self._enrolment = enrolment
        self.turned_away = TurnedAway(enrolment.is_heard)
        self._enrol_failures = 0
        self._waits = Waits(store, self.ledger, clock, self.retry, uniform)
        self._gate = Gate(clock, self._waits.reached)

    def _drive(self, row: OutboxRow, act: Callable[[OutboxRow], Step]) -> Step:
        """Do something for one row.

        Raises:
            EnvironmentProblem: this PC cannot go on with any row.
        """
        try:
            return act(row)
        except EnvironmentProblem:
            raise
        except Exception as error:
            self._waits.faulted(row, error)
            return Step("fault of this program")

    def _send(self, row: OutboxRow) -> Step:
        if row.state is SendingState.QUEUED:
            begun = self.ledger.freeze(row)
            if begun is None:
                return Step("overtaken by the clerk")
            row = begun
        if row.operation is not Operation.SUBMIT:
            return self._send_action(row)
        if manifest_of(row) is None:
            return self._unreadable(row)
        return self._call(row)

    def _stands(self, row: OutboxRow) -> bool:
        return self.ledger.row(row.action_id).state is row.state

    def _call(self, row: OutboxRow) -> Step:
        """By a worker, beside the pages of a round; else in this thread."""
        if self._in_round:
            self._records.ask(row)
            return Step("asked for")
        return self._heard(self._records.call(row), row)

    def _heard(self, said: Said, row: OutboxRow) -> Step:
        if isinstance(said, AcceptanceFailure):
            return self._failed(row, said)
        if isinstance(said, Exception):
            raise said
        if not isinstance(said, Registered | Committed):
            return self._found(row, said)
        self._enrol_failures = 0
        return self._answered(row, manifest_of(row) or (), said)

    def _unreadable(self, row: OutboxRow) -> Step:
        """Which pages it consists of is not known, so nothing about it can be called whole: the clerk must look."""
        self.ledger.settle(row, Event.UNREADABLE, reason="sync.reason.record_unreadable")
        return Step("record unreadable")

    def _answered(self, row: OutboxRow, manifest: Sequence[ManifestEntry], answer: Registered | Committed) -> Step:
        own = frozenset(entry.sha256 for entry in manifest)
        if answer.payload_sha256 != row.payload_sha256:
            return self._failed(row, Unanswered(_WRONG_HASH, answer.payload_sha256))
        if isinstance(answer, Committed):
            if frozenset(answer.pages) != own or not answer.receipt:
                return self._failed(row, Unanswered(_WRONG_HASH, "the receipt lists other pages"))
            also = [self.ledger.record_sent(self.clock_skew)]
            self.ledger.settle(row, Event.COMMITTED, receipt=answer.receipt, also=also)
            return Step("sent")
        missing = frozenset(answer.missing)
        if not missing <= own:
            return self._failed(row, Unanswered("sync.reason.not_ours", "pages missing that were never named"))
        stalled = not missing or self._believed_there(missing)
        self.ledger.settle(
            row,
            Event.REGISTERED,
            stalled=stalled,
            wait=self.retry.network(row.attempts, self._uniform) if stalled else None,
            also=[self.ledger.record_missing(manifest, missing)],
        )
        return Step("registered")

    def _believed_there(self, missing: frozenset[str]) -> bool:
        """Whether the server lacks a page it has acknowledged: sending it again at once might go round for ever."""
        transfers = self.store.read(lambda snapshot: [snapshot.page_transfer(sha256) for sha256 in missing])
        return any(transfer is not None and transfer.done for transfer in transfers)

    def _send_action(self, row: OutboxRow) -> Step:
        try:
            taken = self.acceptance.put_action(row.case_id, row.action_id, row.payload)
            if taken.payload_sha256 != row.payload_sha256:
                raise Unanswered(_WRONG_HASH, taken.payload_sha256)
        except Refused as refusal:
            if refusal.code == _UNKNOWN_CASE and self.ledger.doubt_case(row):
                # The server forgot what it gave a receipt for. The case goes again, and the action behind it.
                return self._failed(row, Unanswered("sync.reason.forgotten", refusal.raw))
            return self._failed(row, refusal)
        except AcceptanceFailure as failure:
            return self._failed(row, failure)
        self._enrol_failures = 0
        self.ledger.settle(row, Event.ACTION_TAKEN, receipt=taken.answer, also=[self.ledger.record_action])
        return Step("action taken")

    def _confirm(self, row: OutboxRow) -> Step:
        if row.operation is Operation.SUBMIT and manifest_of(row) is None:
            return self._unreadable(row)
        return self._call(row)

    def _found(self, row: OutboxRow, held: CaseAnswer | None) -> Step:
        try:
            _check_own(row, held)
        except AcceptanceFailure as failure:
            return self._failed(row, failure)
        self._enrol_failures = 0
        if row.operation is not Operation.SUBMIT:
            known = held is not None and row.action_id in held.actions
            self.ledger.settle(row, Event.FOUND_ACTION if known else Event.FOUND_UNKNOWN)
        else:
            self.ledger.settle_found(row, manifest_of(row) or (), held, self.clock_skew)
        return Step("confirmed")

    def _failed(self, row: OutboxRow, failure: AcceptanceFailure, *, progressed: bool = False) -> Step:
        if isinstance(failure, LoginNeeded):
            if not self.turned_away.alone(row.action_id):
                return self._hold_for_login(failure)
            failure = of_one_row(failure)
        event, wait = outcome(row, failure, self.retry, self._uniform, progressed=progressed)
        if event in (Event.NO_CONNECTION, Event.BUSY) and wait is not None:
            self._gate.close(wait, failure)
        uploads = row.state is SendingState.UPLOADING
        reason = _GOES_ON.get(failure.reason, failure.reason) if uploads else failure.reason
        self.ledger.settle(row, event, wait=wait, reason=reason, raw=failure.raw, progressed=progressed)
        return Step("failed", failure=failure)

    def _hold_for_login(self, failure: LoginNeeded) -> Step:
        """The whole queue waits, and enrolment is tried again, ever more slowly."""
        self._enrolment.refused(failure.reason, failure.raw)
        self._gate.close(self.retry.network(self._enrol_failures, self._uniform), failure)
        self._enrol_failures += 1
        return Step("login needed", failure=failure)


def _check_own(row: OutboxRow, held: CaseAnswer | None) -> None:
    """Frozen bytes never change (I4), so an answer that names other ones under this very action is hardly a conflict:
    it is asked for once more. Said twice in the same words it is one: a PC was copied, and each froze its own.

    Raises:
        Unanswered: it was said for the first time.
    """
    if held is None or row.frozen_at is None:
        return
    for state in held.revisions:
        other = state.payload_sha256
        said_before = (row.reason_key, row.reason_raw) == (_WRONG_HASH, other)
        if state.action_id == row.action_id and other != row.payload_sha256 and not said_before:
            raise Unanswered(_WRONG_HASH, other)
