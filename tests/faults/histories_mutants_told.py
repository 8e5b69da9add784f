"""Planted mistakes in what the clerk decided, what the acceptance system told, and what the line is spared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.faults.histories_mutants_flow import Patch, patched
from tests.faults.histories_scene import Build
from villagedesk.acceptance.port import AcceptanceFailure
from villagedesk.acceptance.wire import CaseAnswer, Change, ChangesAnswer, ManifestEntry
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import TOLD
from villagedesk.domain.outbox import Operation, OutboxRow, PageTransfer, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.sync import decisions, outcome, rows
from villagedesk.sync.changes import CURSOR, Changes
from villagedesk.sync.ledger import Also, Ledger
from villagedesk.sync.table import HOLDING_STATES, Event
from villagedesk.sync.upload import PageUpload


def _start_forgets(ledger: Ledger, token: Any) -> None:
    """Whoever starts the program wants all of it to work."""
    _START(ledger, token)
    ledger._store.write(lambda transaction: transaction.put_setting(decisions._QUEUE, "")).result()


def _any_order(row: OutboxRow, of_case: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Actions go as they come to hand."""
    return [other for other in _GOES_BEFORE(row, of_case) if other.operation is Operation.SUBMIT]


def _by_the_clock(row: OutboxRow, of_case: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Actions go by the clock that was shown when they were asked for."""
    return _GOES_BEFORE(row, sorted(of_case, key=lambda other: (other.created_at, other.action_id)))


def _withdrawal_only_logged(ledger: Ledger, transaction: Transaction, row: OutboxRow) -> None:
    detail = {"operation": row.operation, "payload_sha256": row.payload_sha256}
    ledger._log(transaction, row, "action_sent", detail)


def _any_change_counts(case: Case, change: Change) -> CaseStatus | None:
    """What the server tells is so, whatever was closed here."""
    return next((status for told, status in TOLD.items() if told.value == change.kind), None)


def _begun_anew(upload: PageUpload, transfer: PageTransfer, data: bytes, media_type: str, on_chunk: Any) -> None:
    """Whatever was there before: a page goes whole."""
    _BRING(upload, transfer if transfer.done else replace(transfer, location="", offset=0), data, media_type, on_chunk)


def _no_reason(ledger: Ledger, row: OutboxRow, event: Event, **named: Any) -> OutboxRow | None:
    return _SETTLE(ledger, row, event, **{**named, "reason": ""})


def _no_waits(row: OutboxRow, failure: AcceptanceFailure, retry: Any, uniform: Any, **named: Any) -> Any:
    event, wait = _OUTCOME(row, failure, retry, uniform, **named)
    return event, None if wait is None else 0.0


def _conflict_again(row: OutboxRow, failure: AcceptanceFailure, retry: Any, uniform: Any, **named: Any) -> Any:
    """A conflict passes."""
    event, wait = _OUTCOME(row, failure, retry, uniform, **named)
    return (Event.UNANSWERED, retry.confirm(0, uniform)) if event is Event.CONFLICTING else (event, wait)


def _found_unchecked(
    ledger: Ledger, row: OutboxRow, manifest: Sequence[ManifestEntry], answer: CaseAnswer | None, skew: float | None
) -> None:
    """A receipt found by asking is believed without comparing its list of pages."""
    held = next((one for one in (answer.revisions if answer else ()) if one.revision == row.revision), None)
    if held is None or held.receipt is None or held.payload_sha256 != row.payload_sha256:
        _SETTLE_FOUND(ledger, row, manifest, answer, skew)
        return
    also = [ledger.record_sent(skew)]
    ledger.settle(row, Event.FOUND_COMMITTED, receipt=held.receipt.model_dump_json(), also=also)


def _any_revision_found(
    ledger: Ledger, row: OutboxRow, manifest: Sequence[ManifestEntry], answer: CaseAnswer | None, skew: float | None
) -> None:
    """The server has a receipt for the case."""
    held = next((one for one in (answer.revisions if answer else ()) if one.receipt is not None), None)
    if held is None or held.receipt is None:
        _SETTLE_FOUND(ledger, row, manifest, answer, skew)
        return
    also = [ledger.record_sent(skew)]
    ledger.settle(row, Event.FOUND_COMMITTED, receipt=held.receipt.model_dump_json(), also=also)


def _cursor_all_the_same(changes: Changes, cursor: str, answer: ChangesAnswer) -> None:
    """What could not be stored will come again some day."""
    try:
        _KEEP(changes, cursor, answer)
    finally:
        changes.store.write(lambda transaction: transaction.put_setting(CURSOR, answer.cursor)).result()


def _known_by_sequence(changes: Changes, transaction: Transaction, change: Change, *, late: bool = False) -> None:
    """No sequence is given twice, not even by a server that was restored."""
    known = (event.detail.get("sequence") for event in transaction.events(change.case_id))
    if str(change.sequence) not in known:
        _APPLY(changes, transaction, change, late=late)


def _never_later(_event: CaseEvent, _change: Change, **_late: bool) -> bool:
    """What is written last is the newest."""
    return False


def _waits_for_the_clerk(row: OutboxRow, after: OutboxRow) -> OutboxRow:
    """Held is held, whatever was answered."""
    going_on = after.return_state if after.state in HOLDING_STATES else after.state
    return replace(after, state=row.state, return_state=going_on, next_try_at=None)


def _lacking_not_believed(_ledger: Ledger, manifest: Sequence[ManifestEntry], missing: frozenset[str]) -> Also:
    """What this PC saw acknowledged is there, whatever the server says it lacks."""

    def write(transaction: Transaction, _row: OutboxRow) -> None:
        for entry in manifest:
            there = entry.sha256 not in missing
            if there or transaction.page_transfer(entry.sha256) is None:
                offset = entry.byte_count if there else 0
                transaction.put_page_transfer(PageTransfer(entry.sha256, "", offset, entry.byte_count, there))

    return write


def _login_forgets(row: OutboxRow, event: Event, now: datetime, **named: Any) -> OutboxRow:
    """After a new enrolment everything begins anew."""
    after = _ADVANCE(row, event, now, **named)
    return replace(after, state=SendingState.QUEUED, return_state=None) if event is Event.ENROLLED else after


_START = Ledger.start
_SETTLE = Ledger.settle
_SETTLE_FOUND = Ledger.settle_found
_GOES_BEFORE = rows.goes_before
_OUTCOME = outcome.outcome
_BRING = PageUpload._bring
_KEEP = Changes.keep
_APPLY = Changes.apply
_ADVANCE = rows.advance
_SYNC = "villagedesk.sync"


def _of(target: str, stand_in: Any) -> tuple[Build, Patch]:
    return Build(), patched(f"{_SYNC}.{target}", stand_in)


TOLD_MUTANTS: dict[str, tuple[Build, Patch]] = {
    "what comes later escapes the pause of the queue": _of("runner.queue_is_paused", lambda _snapshot: False),
    "a restart loses the pause of the queue": _of("ledger.Ledger.start", _start_forgets),
    "a receipt waits for the clerk": _of("ledger.answered_while_held", _waits_for_the_clerk),
    "actions in any order": _of("rows.goes_before", _any_order),
    "actions by the PC's clock": _of("rows.goes_before", _by_the_clock),
    "a withdrawal that was taken closes nothing": _of("ledger.Ledger.record_action", _withdrawal_only_logged),
    "a change opens a closed case": _of("changes._status_after", _any_change_counts),
    "what is said after the end is swallowed": _of("changes._comes_after_the_end", lambda *_said: False),
    "the official number is dropped": _of("changes._with_numbers", lambda case, _change, _now: case),
    "changes of unknown cases dropped": _of("changes._put_aside", lambda *_transaction, **_change: None),
    "a change known by its sequence alone": _of("changes.Changes.apply", _known_by_sequence),
    "a late change counts as the newest": _of("changes._is_later", _never_later),
    "cursor moved though nothing was stored": _of("changes.Changes.keep", _cursor_all_the_same),
    "the tray gives no reason": _of("ledger.Ledger.settle", _no_reason),
    "no waits": _of("row_exchange.outcome", _no_waits),
    "a server that asks for peace gets none": _of(
        "retry.RetryPolicy.busy", lambda retry, failures, _after, uniform: retry.network(failures, uniform)
    ),
    "a conflict is sent again": _of("row_exchange.outcome", _conflict_again),
    "pages of a receipt found by asking unchecked": _of("ledger.Ledger.settle_found", _found_unchecked),
    "any revision found counts": _of("ledger.Ledger.settle_found", _any_revision_found),
    "a page begins anew after each cut": _of("upload.PageUpload._bring", _begun_anew),
    "what the server lacks is not believed": _of("ledger.Ledger.record_missing", _lacking_not_believed),
    "all begins anew after a login": _of("enrolment.advance", _login_forgets),
}
"""By name: the parts, and a patch for what is no class."""
