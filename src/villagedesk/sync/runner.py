"""The outbox runner: decides and writes in one thread, one act at a time, everything from outside injected, so that it
can be simulated.

Order of acts: be enrolled; ask about what is uncertain; register everything; only then pages. So a whole outage is
registered in seconds, and a slow line never keeps a case from being known. Records do not wait for pages that travel,
nor does the line lie idle while they make their round trips: the uploader's workers carry both, records first. So a
case whose pages are there is committed at once, too. A fault of this program met while driving a
row costs that row a wait, and no other row anything.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from villagedesk.acceptance.port import (
    AcceptanceFailure,
    AcceptanceSystem,
    Busy,
    LoginNeeded,
)
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import HELD_STATES, OPEN_STATES, UNSETTLED_STATES, OutboxRow, SendingState
from villagedesk.domain.repositories import Store, Vault
from villagedesk.domain.station import StationFile
from villagedesk.sync.decisions import queue_is_paused
from villagedesk.sync.enrolment import Enrolment
from villagedesk.sync.order import QueueOrder
from villagedesk.sync.page_round import PageRound, Wanted
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.row_exchange import RowExchanges, Step
from villagedesk.sync.rows import Unsettled, may_begin
from villagedesk.sync.standing import EnrolmentState
from villagedesk.sync.status import StationWait
from villagedesk.sync.table import Event
from villagedesk.sync.traffic import Traffic
from villagedesk.sync.upload import PageUnreadable, PageUpload, Uploader


class Runner(RowExchanges):
    """Takes outbox rows through the table of :mod:`villagedesk.sync.table`.

    Args:
        uniform: gives a number between two bounds; the only randomness.
        token: makes a fresh secret for the enrolment.
        uploader: runs page uploads, several at once in production.
        chunk_bytes: of one PATCH at most; None streams each page to its end.
        traffic: sees all page bytes that leave, and holds them and the records to the limit.

    ``attend`` is called between pages, in the stepping thread; it gives whether they may go on."""

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
        chunk_bytes: int | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        traffic = traffic or Traffic()
        self._stopping = threading.Event()
        super().__init__(
            store,
            acceptance,
            clock,
            Enrolment(store, acceptance, station, clock, token),
            traffic.pace,
            gone=self._stopping.is_set,
            uniform=uniform,
            retry=retry or RetryPolicy(),
        )
        self._token = token
        self._uploader = uploader
        self.traffic = traffic
        self.attend: Callable[[], bool] = lambda: True
        self._order = QueueOrder(store, clock)
        pages = PageUpload(store, vault, acceptance, chunk_bytes, self.traffic)
        self._pages = PageRound(store, pages, uploader, self._order, self._records.next_job)
        self._round_failure: AcceptanceFailure | None = None
        self._round_failed = False
        self._login_met: deque[LoginNeeded] = deque(maxlen=1)
        self._unknown: StationWait | None = None

    def start(self) -> None:
        """The program starts: what was under way becomes uncertain. Call once, before the first step."""
        self.ledger.start(self._token)

    def stop(self) -> None:
        """Begin no further page; for a quick shut-down."""
        self._stopping.set()

    def is_stopping(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stopping.is_set()

    def close(self, *, wait: bool = True) -> None:
        """End the upload workers, after the last step.

        Args:
            wait: for what is under way; not where a step hangs.
        """
        self._uploader.close(wait=wait)

    def link_returned(self, seconds_away: float = 0.0) -> float:
        """The link came back by itself: no row waits for its own time any more. All of them go after a short while that
        chance decides; later only where the acceptance system asked for it.

        Args:
            seconds_away: how long the link was not there.

        Returns:
            that while, in seconds, for whoever else uses the link.
        """
        self._end_waits()
        left_alone = self.retry.first_contact(seconds_away, self._uniform)
        self._gate.link_returned(left_alone)
        return left_alone

    def send_now(self) -> None:
        """The clerk says so: nothing waits for its time any more."""
        self._gate.open()
        self._end_waits()

    def clock_set_back(self, by: timedelta) -> None:
        """The moments that rows wait for are further off than was meant, and nobody knows which were set before: all of
        them end. What the whole station waits for is as far off as it was."""
        self._gate.clock_moved(-by)
        self._end_waits()

    def _end_waits(self) -> None:
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
        closed_until = self._gate.closed_until()
        if closed_until is not None:
            return Step(until=closed_until)
        if standing is not EnrolmentState.ENROLLED:
            return self._enrol()
        if self.store.read(queue_is_paused):
            return Step()
        self._settle()  # what a round left that this PC's disk broke off
        rows = self._rows(UNSETTLED_STATES)
        due = self._waits.due(rows)
        uploading = [row for row in due if row.state is SendingState.UPLOADING]
        step = self._upload(uploading) if uploading else self._next_record(rows, due)
        if step is not None:
            return step
        # One whose time is there and that was not driven waits for another row, and no clock ends that.
        times = [self._waits.next_try(row) for row in rows if row.state in OPEN_STATES]
        return Step(until=min(filter(None, times), default=None))

    def _next_record(self, rows: Unsettled, due: Sequence[OutboxRow]) -> Step | None:
        """Do the next thing that is no page; None when there is none."""
        waited = [row for row in due if row.state is SendingState.WAITING]
        if waited:
            self.ledger.make_due(waited)
            return Step("wait ended")
        if self._records.is_full:
            return None
        for row in due:
            if row.state is SendingState.CONFIRMING and not self._records.has(row.action_id):
                return self._drive(row, self._confirm)
        sending = [row for row in due if row.state is SendingState.SENDING and not self._records.has(row.action_id)]
        ready = sending + [row for row in due if may_begin(row, rows)]
        for row in self._order.sort(ready, lambda row: len(row.payload)):
            return self._drive(row, self._send)
        return None

    def is_enrolled(self) -> bool:
        """Whether the acceptance system knows the station, as far as this PC knows: no more once anybody has met a 401
        or 403, though the thread that steps may be busy for a while yet."""
        return not self._login_met and self._enrolment.state() is EnrolmentState.ENROLLED

    def login_needed(self, failure: LoginNeeded) -> None:
        """401 or 403 met by somebody else (changes, reconciling); from any thread. The next step acts on it, because
        the gate and what is written belong to the thread that steps: wake it."""
        self._login_met.append(failure)

    def station_wait(self) -> StationWait | None:
        """What the whole queue waits for; None when for nothing, or only for the short while that chance decides after
        the link came back. Belongs to the thread that steps."""
        until, failure = self._gate.closed_until(), self._gate.closed_for()
        if self._unknown is not None:  # also while it is tried once more
            return replace(self._unknown, until=until or self._unknown.until)
        return None if until is None or failure is None else StationWait(until, failure.reason)

    def _rows(self, states: frozenset[SendingState]) -> Unsettled:
        return Unsettled(self.store.read(lambda snapshot: snapshot.outbox(states)))

    def wait_after(self, failures: int, failure: Exception) -> float:
        """Seconds that somebody else stays away after that failure and so many before it (reconciling)."""
        return self.retry.again(failures, failure, self._uniform)

    def busy_wait(self, failure: Busy) -> float:
        """Seconds that somebody else who was told so stays away (changes)."""
        return self.retry.busy(0, failure.retry_after, self._uniform)

    def network_wait(self, failures: int) -> float:
        """Seconds that somebody else who met a failure for the time after that many stays away."""
        return self.retry.network(failures, self._uniform)

    def advice_wait(self) -> float:
        """Seconds that the acceptance system's advice counts."""
        return self.retry.advice(self._uniform)

    def unheard_wait(self) -> float:
        """Seconds that a link which answered is believed without hearing more of it."""
        return self.retry.unheard(self._uniform)

    def _enrol(self) -> Step:
        try:
            self._enrolment.attempt()
        except AcceptanceFailure as failure:
            return self._enrolment_failed(failure)
        self._unknown = None
        self.turned_away.enrolled()
        return Step("enrolled")

    def _enrolment_failed(self, failure: AcceptanceFailure) -> Step:
        if isinstance(failure, LoginNeeded):
            step = self._hold_for_login(failure)
        else:
            self._gate.close(self.retry.again(self._enrol_failures, failure, self._uniform), failure)
            self._enrol_failures += 1
            step = Step("enrolment failed", failure=failure)
        now = self.clock.now()
        since = now if self._unknown is None else self._unknown.unknown_since
        self._unknown = StationWait(self._gate.closed_until() or now, failure.reason, failure.raw, since)
        return step

    def _upload(self, rows: Sequence[OutboxRow]) -> Step:
        planned = self._plan(rows)
        if isinstance(planned, Step):
            return planned
        self._round_failure, self._round_failed = None, False
        self._in_round = True
        try:
            self._pages.run(planned, self._between)
        finally:
            self._in_round = False
            self._records.take_unsent()
        self._settle()
        return Step("pages failed" if self._round_failed else "pages sent", failure=self._round_failure)

    def _plan(self, rows: Sequence[OutboxRow]) -> Wanted | Step:
        """The pages to be sent, in their order; or the step that a row took which has none left."""
        plan = self._pages.look_over(rows)
        if plan.unreadable is not None:
            return self._drive(plan.unreadable, self._unreadable)
        return plan.wanted if plan.complete is None else self._drive(plan.complete, self._pages_complete)

    def _between(self) -> bool:
        """What comes before the next page; gives whether one may begin."""
        goes_on = self.attend()
        self._settle()
        self._pages.note_progress(self.clock.monotonic())
        while goes_on and not self._is_closed() and not self.store.read(queue_is_paused):
            rows = self._rows(UNSETTLED_STATES)
            due = self._waits.due(rows)
            step = self._next_record(rows, due)
            self._round_failure = self._round_failure or (step.failure if step else None)
            planned = self._plan([row for row in due if row.state is SendingState.UPLOADING])
            if not isinstance(planned, Step):
                self._pages.plan(planned)
                if step is None:
                    return True
        if not self._is_closed():
            self._pages.plan({})
        return False

    def _is_closed(self) -> bool:
        """Whether nothing new begins, although what is under way may end."""
        return self._stopping.is_set() or bool(self._login_met) or self._gate.closed_until() is not None

    def _settle(self) -> None:
        """Write what was answered to records, and what became of the rows whose pages failed."""
        for row, said in self._records.take_said():
            step = self._drive(row, partial(self._heard, said))
            self._round_failure = self._round_failure or step.failure
        for action_id, failure, progressed in self._pages.take_failures():
            self._round_failed = True
            if isinstance(failure, AcceptanceFailure):
                self._round_failure = self._round_failure or failure
            row = self.ledger.row(action_id)
            if row.state in HELD_STATES:
                row = replace(row, state=SendingState.UPLOADING, return_state=None)
            if row.state is SendingState.UPLOADING:
                self._drive(row, partial(self._page_failed, failure, progressed))
        if self._pages.take_progress():
            self._enrol_failures = 0

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
