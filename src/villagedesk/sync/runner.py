"""The outbox runner: one act at a time, single-threaded, everything from outside injected, so that it can be simulated.

Order of acts: be enrolled; ask about what is uncertain; register everything; only then pages. So a whole outage is
registered in seconds, and a slow line never keeps a case from being known. A fault of this program met while driving a
row costs that row a wait, and no other row anything.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from villagedesk.acceptance.port import (
    AcceptanceFailure,
    AcceptanceSystem,
    Busy,
    Committed,
    LoginNeeded,
    Refused,
    Registered,
    Unanswered,
)
from villagedesk.acceptance.wire import CaseAnswer, ManifestEntry, RevisionState
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store, Vault
from villagedesk.domain.station import StationFile
from villagedesk.sync.decisions import queue_is_paused
from villagedesk.sync.enrolment import Enrolment
from villagedesk.sync.ledger import Ledger, manifest_of
from villagedesk.sync.outcome import outcome
from villagedesk.sync.page_round import PageRound
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.rows import may_begin
from villagedesk.sync.standing import EnrolmentState
from villagedesk.sync.table import Event
from villagedesk.sync.upload import CHUNK_BYTES, PageUnreadable, PageUpload, Uploader
from villagedesk.sync.waits import Waits

_UNSETTLED = OPEN_STATES | TRAY_STATES
_UNKNOWN_CASE = "unknown_case"
"""The contract's code for a case the server never heard of, or forgot."""


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


class Runner:
    """Takes outbox rows through the table of :mod:`villagedesk.sync.table`.

    Args:
        uniform: gives a number between two bounds; the only randomness.
        token: makes a fresh secret for the enrolment.
        uploader: runs page uploads, several at once in production.
        chunk_bytes: of one PATCH.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        acceptance: AcceptanceSystem,
        clock: Clock,
        station: StationFile,
        *,
        uniform: Callable[[float, float], float],
        token: Callable[[], str],
        uploader: Uploader,
        retry: RetryPolicy | None = None,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        self.store = store
        self.acceptance = acceptance
        self.clock = clock
        self.clock_skew: float | None = None
        self.ledger = Ledger(store, clock)
        self.retry = retry or RetryPolicy()
        self._uniform = uniform
        self._token = token
        self._uploader = uploader
        self._pages = PageRound(store, PageUpload(store, vault, acceptance, chunk_bytes), uploader, self._interrupted)
        self._enrolment = Enrolment(store, acceptance, station, clock, token)
        self._enrol_failures = 0
        self._gate: datetime | None = None
        self._waits = Waits(store, self.ledger, clock, self.retry, uniform)
        self._login_met: deque[LoginNeeded] = deque(maxlen=1)
        self._stopping = threading.Event()

    def start(self) -> None:
        """The program starts: what was under way becomes uncertain. Call once, before the first step."""
        self.ledger.start(self._token)

    def stop(self) -> None:
        """Begin no further page; for a quick shut-down."""
        self._stopping.set()

    def close(self) -> None:
        """End the upload workers, after the last step."""
        self._uploader.close()

    def link_returned(self) -> None:
        """The link came back, or the clerk says *send now*: nothing waits for its time any more."""
        self._gate = None
        waiting = [row for row in self._rows(OPEN_STATES) if row.next_try_at or row.state is SendingState.WAITING]
        if waiting:
            self.ledger.make_due(waiting)

    def step(self) -> Step:
        """Do one thing, or say when there will be something to do.

        Raises:
            EnvironmentProblem: the store cannot be written (disk full …); nothing happened, call again later.
        """
        if self._login_met:
            return self._hold_for_login(self._login_met.popleft())
        standing = self._enrolment.state()
        if standing is EnrolmentState.UNPREPARED:
            self._enrolment.prepare()
            return Step("credential made")
        if self._gate is not None and not self._waits.reached(self._gate):
            return Step(until=self._gate)
        self._gate = None
        if standing is not EnrolmentState.ENROLLED:
            return self._enrol()
        if self.store.read(queue_is_paused):
            return Step()
        rows = self._rows(_UNSETTLED)
        due = self._waits.due(rows)
        waited = [row for row in due if row.state is SendingState.WAITING]
        if waited:
            self.ledger.make_due(waited)
            return Step("wait ended")
        for row in due:
            if row.state is SendingState.CONFIRMING:
                return self._drive(row, self._confirm)
        for row in due:
            if row.state is SendingState.SENDING or may_begin(row, rows):
                return self._drive(row, self._send)
        uploading = [row for row in due if row.state is SendingState.UPLOADING]
        if uploading:
            return self._upload(uploading)
        open_rows = [row for row in rows if row.state in OPEN_STATES]
        times = [moment for row in open_rows if (moment := self._waits.next_try(row)) is not None]
        return Step(until=min(times, default=None))

    def is_enrolled(self) -> bool:
        """Whether the acceptance system knows the station, as far as this PC knows."""
        return self._enrolment.state() is EnrolmentState.ENROLLED

    def login_needed(self, failure: LoginNeeded) -> None:
        """401 or 403 met by somebody else (changes, reconciling); from any thread. The next step acts on it, because
        the gate and what is written belong to the thread that steps: wake it."""
        self._login_met.append(failure)

    def _hold_for_login(self, failure: LoginNeeded) -> Step:
        """The whole queue waits, and enrolment is tried again, ever more slowly."""
        self._enrolment.refused(failure.reason, failure.raw)
        self._close_gate(self.retry.network(self._enrol_failures, self._uniform))
        self._enrol_failures += 1
        return Step("login needed", failure=failure)

    def _interrupted(self) -> bool:
        """Whether no further page may begin: the program ends, or a row could be registered."""
        if self._stopping.is_set():
            return True
        unsettled = self._rows(_UNSETTLED)
        return any(may_begin(row, unsettled) for row in self._waits.due(unsettled))

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

    def _rows(self, states: frozenset[SendingState]) -> Sequence[OutboxRow]:
        return self.store.read(lambda snapshot: snapshot.outbox(states))

    def _close_gate(self, seconds: float) -> None:
        self._gate = self.clock.now() + timedelta(seconds=seconds)

    def _enrol(self) -> Step:
        try:
            self._enrolment.attempt()
        except LoginNeeded as failure:
            return self._hold_for_login(failure)
        except AcceptanceFailure as failure:
            after = failure.retry_after if isinstance(failure, Busy) else None
            self._close_gate(self.retry.busy(self._enrol_failures, after, self._uniform))
            self._enrol_failures += 1
            return Step("enrolment failed", failure=failure)
        return Step("enrolled")

    def _send(self, row: OutboxRow) -> Step:
        if row.state is SendingState.QUEUED:
            begun = self.ledger.freeze(row)
            if begun is None:
                return Step("overtaken by the clerk")
            row = begun
        if row.operation is not Operation.SUBMIT:
            return self._send_action(row)
        manifest = manifest_of(row)
        if manifest is None:
            return self._unreadable(row)
        try:
            answer = self.acceptance.put_revision(row.case_id, row.revision, row.payload)
        except AcceptanceFailure as failure:
            return self._failed(row, failure)
        self._enrol_failures = 0
        return self._answered(row, manifest, answer)

    def _unreadable(self, row: OutboxRow) -> Step:
        """Which pages it consists of is not known, so nothing about it can be called whole: the clerk must look."""
        self.ledger.settle(row, Event.UNREADABLE, reason="sync.reason.record_unreadable")
        return Step("record unreadable")

    def _answered(self, row: OutboxRow, manifest: Sequence[ManifestEntry], answer: Registered | Committed) -> Step:
        own = frozenset(entry.sha256 for entry in manifest)
        if answer.payload_sha256 != row.payload_sha256:
            return self._failed(row, Unanswered("sync.reason.wrong_hash", answer.payload_sha256))
        if isinstance(answer, Committed):
            if frozenset(answer.pages) != own or not answer.receipt:
                return self._failed(row, Unanswered("sync.reason.wrong_hash", "the receipt lists other pages"))
            self._sent(row, Event.COMMITTED, answer.receipt)
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

    def _sent(self, row: OutboxRow, event: Event, receipt: str) -> None:
        self.ledger.settle(row, event, receipt=receipt, also=[self.ledger.record_sent(self.clock_skew)])

    def _send_action(self, row: OutboxRow) -> Step:
        try:
            taken = self.acceptance.put_action(row.case_id, row.action_id, row.payload)
            if taken.payload_sha256 != row.payload_sha256:
                raise Unanswered("sync.reason.wrong_hash", taken.payload_sha256)
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
        manifest = manifest_of(row) if row.operation is Operation.SUBMIT else ()
        if manifest is None:
            return self._unreadable(row)
        try:
            held = self.acceptance.case(row.case_id)
        except AcceptanceFailure as failure:
            return self._failed(row, failure)
        self._enrol_failures = 0
        if row.operation is not Operation.SUBMIT:
            known = held is not None and row.action_id in held.actions
            self.ledger.settle(row, Event.FOUND_ACTION if known else Event.FOUND_UNKNOWN)
        else:
            self._confirm_revision(row, manifest, _revision(held, row.revision))
        return Step("confirmed")

    def _confirm_revision(self, row: OutboxRow, manifest: Sequence[ManifestEntry], held: RevisionState | None) -> None:
        if held is None:
            self.ledger.settle(row, Event.FOUND_UNKNOWN)
            return
        if held.payload_sha256 != row.payload_sha256:
            self.ledger.settle(row, Event.FOUND_OTHER, reason="sync.reason.conflict", raw=held.model_dump_json())
            return
        own = frozenset(entry.sha256 for entry in manifest)
        receipt = held.receipt
        if receipt is not None and receipt.payload_sha256 == row.payload_sha256 and frozenset(receipt.pages) == own:
            self._sent(row, Event.FOUND_COMMITTED, receipt.model_dump_json())
        elif held.state == "rejected":
            self.ledger.settle(row, Event.FOUND_REJECTED, reason="sync.reason.refused", raw=held.model_dump_json())
        else:
            # Committed without a whole receipt reads as registered with what it names missing: the PUT is repeated.
            missing = frozenset(held.missing) & own
            also = [self.ledger.record_missing(manifest, missing)]
            self.ledger.settle(row, Event.FOUND_REGISTERED, also=also)

    def _upload(self, rows: Sequence[OutboxRow]) -> Step:
        wanted: dict[str, tuple[str, Sequence[ManifestEntry]]] = {}
        for row in rows:
            manifest = manifest_of(row)
            if manifest is None:
                return self._drive(row, self._unreadable)
            outstanding = self._pages.outstanding(manifest)
            if not outstanding:
                return self._drive(row, self._pages_complete)
            wanted[row.action_id] = (row.case_id, outstanding)
        came = self._pages.run(wanted)
        first: AcceptanceFailure | None = None
        for row in rows:
            failure = came.failures.get(row.action_id)
            if isinstance(failure, AcceptanceFailure):
                first = first or failure
            if failure is not None:
                self._drive(row, partial(self._page_failed, failure, row.action_id in came.progressed))
        if came.progressed:
            self._enrol_failures = 0
        return Step("pages failed" if came.failures else "pages sent", failure=first)

    def _pages_complete(self, row: OutboxRow) -> Step:
        self.ledger.settle(row, Event.PAGES_DONE)
        return Step("pages complete")

    def _page_failed(self, failure: Exception, progressed: bool, row: OutboxRow) -> Step:
        if isinstance(failure, PageUnreadable):
            self.ledger.settle(row, Event.UNREADABLE, reason=failure.key)
            return Step("page unreadable")
        if isinstance(failure, AcceptanceFailure):
            return self._failed(row, failure, progressed=progressed)
        raise failure

    def _failed(self, row: OutboxRow, failure: AcceptanceFailure, *, progressed: bool = False) -> Step:
        if isinstance(failure, LoginNeeded):
            return self._hold_for_login(failure)
        event, wait = outcome(row, failure, self.retry, self._uniform, progressed=progressed)
        if event in (Event.NO_CONNECTION, Event.BUSY) and wait is not None:
            self._close_gate(wait)
        self.ledger.settle(row, event, wait=wait, reason=failure.reason, raw=failure.raw, progressed=progressed)
        return Step("failed", failure=failure)


def _revision(held: CaseAnswer | None, revision: int) -> RevisionState | None:
    if held is None:
        return None
    return next((state for state in held.revisions if state.revision == revision), None)
