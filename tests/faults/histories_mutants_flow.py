"""Planted mistakes in how rows wait, are held, are asked about, come to the tray and start again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

from tests.faults.histories_scene import Build
from villagedesk.acceptance import http_answers
from villagedesk.acceptance.port import AcceptanceFailure, Committed, Refused, Registered, Unanswered, UploadGone
from villagedesk.acceptance.wire import CaseAnswer, ManifestEntry, sha256_hex
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, Operation, OutboxRow, PageTransfer, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.sync import outcome as outcomes
from villagedesk.sync import rows as row_rules
from villagedesk.sync.changes import Changes
from villagedesk.sync.enrolment import Enrolment
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.row_exchange import Step
from villagedesk.sync.rows import advance
from villagedesk.sync.runner import Runner
from villagedesk.sync.table import Event
from villagedesk.sync.upload import PageUpload

Patch = Callable[[], AbstractContextManager[None]]
_EMPTY_RECEIPT = '{"receipt_id":""}'


def patched(target: str, stand_in: Any) -> Patch:
    """A patch that puts something else in a name's place."""

    @contextlib.contextmanager
    def patch() -> Iterator[None]:
        with mock.patch(target, stand_in):
            yield

    return patch


def _write(runner: Runner, work: Callable[[Transaction], None]) -> None:
    runner.store.write(work).result()


class _RegisteredIsSent(Runner):
    """A 202 will do."""

    def _answered(self, row: OutboxRow, manifest: Any, answer: Registered | Committed) -> Step:
        if isinstance(answer, Registered):
            also = [self.ledger.record_sent(None)]
            self.ledger.settle(row, Event.COMMITTED, receipt=_EMPTY_RECEIPT, also=also)
            return Step("sent")
        return super()._answered(row, manifest, answer)


class _FoundIsSentLedger(Ledger):
    def settle_found(self, row: OutboxRow, manifest: Any, answer: CaseAnswer | None, clock_skew: float | None) -> None:
        revisions = answer.revisions if answer is not None else ()
        held = next((one for one in revisions if one.revision == row.revision), None)
        if held is not None and held.payload_sha256 == row.payload_sha256 and held.receipt is None:
            self.settle(row, Event.FOUND_COMMITTED, receipt=_EMPTY_RECEIPT, also=[self.record_sent(clock_skew)])
            return
        super().settle_found(row, manifest, answer, clock_skew)


class _FoundIsSent(Runner):
    """Asked whether it has it, the server says registered; that will do."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.ledger = _FoundIsSentLedger(self.store, self.clock)


class _RefusedDisappears(Runner):
    """What was refused is told once, and taken off the list."""

    def _failed(self, row: OutboxRow, failure: AcceptanceFailure, *, progressed: bool = False) -> Step:
        if not isinstance(failure, Refused) or row.state is SendingState.CONFIRMING:
            return super()._failed(row, failure, progressed=progressed)
        now = self.clock.now()

        def work(transaction: Transaction) -> None:
            transaction.update_outbox(replace(transaction.outbox_row(row.action_id), state=SendingState.CANCELLED))
            transaction.append_event(CaseEvent(row.case_id, now, "acceptance_system", "refused"))

        _write(self, work)
        return Step("failed")


class _CopyAfterTimeout(Runner):
    """No answer: the submission is made anew, under a key of its own."""

    copies = 0

    def _failed(self, row: OutboxRow, failure: AcceptanceFailure, *, progressed: bool = False) -> Step:
        unanswered = isinstance(failure, Unanswered) and row.state is SendingState.SENDING
        if not unanswered or row.operation is Operation.SUBMIT:
            return super()._failed(row, failure, progressed=progressed)
        return _sent_anew(self, row)


class _KeyExpires(Runner):
    """A key is good for a day."""

    def _send(self, row: OutboxRow) -> Step:
        if row.operation is Operation.SUBMIT or not row.frozen_at:
            return super()._send(row)
        if self.clock.now() - row.frozen_at < timedelta(days=1):
            return super()._send(row)
        return _sent_anew(self, row)


def _sent_anew(runner: Runner, row: OutboxRow) -> Step:
    _CopyAfterTimeout.copies += 1
    fresh = f"{row.action_id}-copy-{_CopyAfterTimeout.copies}"
    body = json.dumps(json.loads(row.payload) | {"action_id": fresh}).encode()
    now = runner.clock.now()

    def work(transaction: Transaction) -> None:
        transaction.update_outbox(replace(transaction.outbox_row(row.action_id), state=SendingState.CANCELLED))
        transaction.append_event(CaseEvent(row.case_id, now, "李练习", "decision", detail={"action_id": row.action_id}))
        transaction.add_outbox(
            replace(
                row,
                action_id=fresh,
                state=SendingState.QUEUED,
                frozen_at=None,
                payload=body,
                payload_sha256=sha256_hex(body),
            )
        )

    _write(runner, work)
    return Step("made anew")


class _RefusedWithdrawalCloses(Runner):
    """Whatever the answer to a withdrawal is, the case is withdrawn."""

    def _failed(self, row: OutboxRow, failure: AcceptanceFailure, *, progressed: bool = False) -> Step:
        step = super()._failed(row, failure, progressed=progressed)
        if row.operation is Operation.WITHDRAW and isinstance(failure, Refused):
            now = self.clock.now()

            def work(transaction: Transaction) -> None:
                case = transaction.case(row.case_id)
                transaction.put_case(replace(case, status=CaseStatus.WITHDRAWN))
                transaction.append_event(
                    CaseEvent(row.case_id, now, "李练习", "withdrawn", case.status, CaseStatus.WITHDRAWN)
                )

            _write(self, work)
        return step


class _DeafToTheLink(Runner):
    """Only time ends a wait."""

    def link_returned(self, seconds_away: float = 0.0) -> float:
        self._gate.open()
        return 0.0


class _Unlogged:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    def events(self, _case_id: str) -> tuple[CaseEvent, ...]:
        return ()


class _AppliedTwice(Changes):
    """Does not look whether a change was written before."""

    def apply(self, transaction: Transaction, change: Any, **named: Any) -> None:
        blind: Any = _Unlogged(transaction)
        super().apply(blind, change, **named)


class _DoneAtHandOver(PageUpload):
    """A page given to the line is transferred."""

    def send(self, _case_id: str, entry: ManifestEntry, *_rest: Any, **_named: Any) -> None:  # type: ignore[override]
        done = PageTransfer(entry.sha256, "", entry.byte_count, entry.byte_count, True)
        self.store.write(lambda transaction: transaction.put_page_transfer(done)).result()


class _GivenUpWhenAcross(PageUpload):
    """What the server has whole needs no room on this PC."""

    def send(self, case_id: str, entry: ManifestEntry, on_chunk: Callable[[], None]) -> None:
        super().send(case_id, entry, on_chunk)
        for page in self.store.read(lambda snapshot: snapshot.pages(case_id)):
            if page.sha256 == entry.sha256:
                self.vault.remove(page.page_id, page.sha256)


class _GoneIsRefused:
    """A 410 is a 4xx, and a 4xx is a refusal."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            try:
                return getattr(self._server, name)(*arguments, **named)
            except UploadGone as gone:
                raise Refused("sync.reason.page_refused", gone.raw) from None

        return call


def _no_asking(row: OutboxRow, failure: AcceptanceFailure, retry: Any, uniform: Any, **named: Any) -> Any:
    """After a time-out it simply goes again."""
    event, wait = outcomes.outcome(row, failure, retry, uniform, **named)
    return (Event.NO_CONNECTION if event is Event.UNANSWERED else event), wait


def _moment_only(waits: Any, moment: Any) -> bool:
    """A wait ends at its moment, whatever became of the clock."""
    return bool(moment <= waits._clock.now())


def _tray_first(row: OutboxRow, unsettled: Any) -> bool:
    """Nothing begins while something lies in the tray."""
    return row_rules.may_begin(row, unsettled) and not any(other.state in TRAY_STATES for other in unsettled)


def _start(ledger: Ledger, begun: Callable[[Transaction, OutboxRow], None], token: Any) -> None:
    _START(ledger, token)

    def work(transaction: Transaction) -> None:
        for row in transaction.outbox(OPEN_STATES):
            begun(transaction, row)

    ledger._store.write(work).result()


_START = Ledger.start
_SETTLE = Ledger.settle


def _pause_lost(ledger: Ledger, token: Any) -> None:
    """Whoever starts the program wants it to work."""

    def begun(transaction: Transaction, row: OutboxRow) -> None:
        if row.state is SendingState.PAUSED:
            transaction.update_outbox(advance(row, Event.RESUMED, ledger._clock.now()))

    _start(ledger, begun, token)


def _trusts_its_states(ledger: Ledger, token: Any) -> None:
    """What was sending goes on sending."""
    with mock.patch("villagedesk.sync.ledger._UNDER_WAY", frozenset()):
        _START(ledger, token)


def _held_not_doubted(ledger: Ledger, token: Any) -> None:
    """What was under way is asked about, but for what the clerk holds."""
    with mock.patch("villagedesk.sync.ledger.HELD_STATES", frozenset()):
        _START(ledger, token)


def _forgetting_ignored(ledger: Ledger, row: OutboxRow, event: Event, **named: Any) -> OutboxRow | None:
    """Sent is sent, whatever the server says it holds."""
    return None if event is Event.RECONCILED_UNKNOWN else _SETTLE(ledger, row, event, **named)


def _stale_settle(ledger: Ledger, row: OutboxRow, event: Event, **named: Any) -> OutboxRow | None:
    """Writes the row as it was read before the request, over what the clerk decided meanwhile."""

    def work(transaction: Transaction) -> None:
        if transaction.outbox_row(row.action_id).state is SendingState.PAUSED:
            transaction.update_outbox(row)

    ledger._store.write(work).result()
    return _SETTLE(ledger, row, event, **named)


def _queue_cleared(enrolment: Enrolment, reason: str, raw: str) -> None:
    """Logged out: the queue is cleared."""

    def work(transaction: Transaction) -> None:
        for row in transaction.outbox(frozenset({SendingState.QUEUED})):
            transaction.update_outbox(replace(row, state=SendingState.CANCELLED))
            transaction.append_event(CaseEvent(row.case_id, enrolment._clock.now(), "villagedesk", "logged_out"))

    enrolment._store.write(work).result()
    _REFUSED(enrolment, reason, raw)


_REFUSED = Enrolment.refused


def _any_four_hundred(answer: Any) -> AcceptanceFailure:
    """A 4xx is a refusal, whoever says it."""
    if 400 <= answer.status < 500:
        return Refused("sync.reason.refused", str(answer.status))
    return _FAILURE_OF(answer)


_FAILURE_OF = http_answers.failure_of


@contextlib.contextmanager
def _edited_when_frozen() -> Iterator[None]:
    """What waits for its turn can be edited, also where it was frozen and is queued again; the store lets it."""
    waiting = (SendingState.QUEUED, SendingState.PAUSED)
    with (
        mock.patch("villagedesk.sync.decisions.never_left", lambda row: row.state in waiting),
        mock.patch("tests.sync.memory_store._FROZEN", ()),
    ):
        yield


FLOW_MUTANTS: dict[str, tuple[Build, Patch]] = {
    "registered taken for sent": (Build(runner=_RegisteredIsSent), nullcontext),
    "found registered taken for sent": (Build(runner=_FoundIsSent), nullcontext),
    "refused items disappear": (Build(runner=_RefusedDisappears), nullcontext),
    "a copy after each time-out": (Build(runner=_CopyAfterTimeout), nullcontext),
    "keys expire after a day": (Build(runner=_KeyExpires), nullcontext),
    "a refused withdrawal closes the case": (Build(runner=_RefusedWithdrawalCloses), nullcontext),
    "a wait is deaf to the link": (Build(runner=_DeafToTheLink), nullcontext),
    "changes applied twice": (Build(changes=_AppliedTwice), nullcontext),
    "pages done at hand-over": (Build(), patched("villagedesk.sync.runner.PageUpload", _DoneAtHandOver)),
    "a page's file goes once the server has it": (
        Build(),
        patched("villagedesk.sync.runner.PageUpload", _GivenUpWhenAcross),
    ),
    "410 taken for a refusal": (Build(line=_GoneIsRefused), nullcontext),
    "not asked after a time-out": (Build(), patched("villagedesk.sync.row_exchange.outcome", _no_asking)),
    "a clock that jumps makes a wait eternal": (Build(), patched("villagedesk.sync.waits.Waits.reached", _moment_only)),
    "one poor case blocks all": (Build(), patched("villagedesk.sync.waits.Waits.faulted", lambda *_: None)),
    "the tray blocks all": (Build(), patched("villagedesk.sync.runner.may_begin", _tray_first)),
    "a restart loses the pause": (Build(), patched("villagedesk.sync.ledger.Ledger.start", _pause_lost)),
    "a restart asks nothing": (Build(), patched("villagedesk.sync.ledger.Ledger.start", _trusts_its_states)),
    "a restart asks nothing of what is held": (
        Build(),
        patched("villagedesk.sync.ledger.Ledger.start", _held_not_doubted),
    ),
    "an answer overwrites the clerk's pause": (
        Build(),
        patched("villagedesk.sync.ledger.Ledger.settle", _stale_settle),
    ),
    "what a server forgot stays sent": (Build(), patched("villagedesk.sync.ledger.Ledger.settle", _forgetting_ignored)),
    "an action of a forgotten case is refused for good": (
        Build(),
        patched("villagedesk.sync.ledger.Ledger.doubt_case", lambda *_: False),
    ),
    "an action found by asking is not frozen": (
        Build(),
        patched("villagedesk.sync.rows._FREEZING", row_rules._FREEZING - {Event.FOUND_ACTION}),
    ),
    "the queue is cleared at log-out": (
        Build(),
        patched("villagedesk.sync.enrolment.Enrolment.refused", _queue_cleared),
    ),
    "a proxy's 404 taken for a refusal": (
        Build(),
        patched("villagedesk.acceptance.http.failure_of", _any_four_hundred),
    ),
    "an answer about the way taken for a refusal": (
        Build(),
        patched("villagedesk.acceptance.http_answers.is_about_content", lambda *_: True),
    ),
    "a swapped answer believed": (Build(), patched("villagedesk.acceptance.http._same", lambda *_: None)),
    "frozen bytes edited": (Build(), _edited_when_frozen),
}
"""By name: the parts, and a patch for what is no class."""
