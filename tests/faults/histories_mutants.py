"""Planted mistakes: each is a way such a program has been written, and each must be caught by the histories."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import mock

from tests.faults.histories_mutants_documents import DOCUMENT_MUTANTS
from tests.faults.histories_mutants_flow import FLOW_MUTANTS, patched
from tests.faults.histories_mutants_told import TOLD_MUTANTS
from tests.faults.histories_scene import Build
from villagedesk.acceptance.port import (
    AcceptanceFailure,
    AcceptanceSystem,
    ActionTaken,
    Committed,
    Conflicting,
    Registered,
    Unanswered,
)
from villagedesk.acceptance.wire import ChangesAnswer, RevisionPayload, sha256_hex
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import OPEN_STATES, OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import RESTORED, Restoration
from villagedesk.sync.changes import CURSOR, Changes
from villagedesk.sync.enrolment import Enrolment
from villagedesk.sync.ledger import Also, Ledger
from villagedesk.sync.restored import begin_anew
from villagedesk.sync.row_exchange import Step
from villagedesk.sync.rows import advance
from villagedesk.sync.runner import Runner
from villagedesk.sync.standing import STATE, put_successors
from villagedesk.sync.table import Event


class _Line:
    """Passes everything on; a mutant overrides one call."""

    def __init__(self, server: AcceptanceSystem) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)


class _KeyPerAttempt(_Line):
    """Every attempt of an action gets a key of its own."""

    attempts = 0

    def put_action(self, case_id: str, action_id: str, payload: bytes) -> ActionTaken:
        _KeyPerAttempt.attempts += 1
        fresh = f"{action_id}/{_KeyPerAttempt.attempts}"
        body = json.dumps(json.loads(payload) | {"action_id": fresh}).encode()
        taken = self._server.put_action(case_id, fresh, body)
        return ActionTaken(sha256_hex(payload), taken.answer)


class _AnyTwoHundred(_Line):
    """A 200 is a 200, whoever says it."""

    def put_revision(self, case_id: str, revision: int, payload: bytes) -> Registered | Committed:
        try:
            return self._server.put_revision(case_id, revision, payload)
        except Unanswered as failure:
            if not failure.raw.startswith("200"):
                raise
            pages = tuple(entry.sha256 for entry in RevisionPayload.model_validate_json(payload).manifest)
            return Committed(sha256_hex(payload), pages, '{"receipt_id":""}')


class _PagesUnchecked(_Line):
    """Believes a 201 without comparing its list of pages."""

    def put_revision(self, case_id: str, revision: int, payload: bytes) -> Registered | Committed:
        answer = self._server.put_revision(case_id, revision, payload)
        if isinstance(answer, Committed):
            pages = tuple(entry.sha256 for entry in RevisionPayload.model_validate_json(payload).manifest)
            return replace(answer, pages=pages)
        return answer


class _UnfrozenLedger(Ledger):
    def freeze(self, row: OutboxRow) -> OutboxRow | None:
        def work(transaction: Transaction) -> OutboxRow | None:
            fresh = transaction.outbox_row(row.action_id)
            if fresh.state is not SendingState.QUEUED:
                return None
            begun = replace(advance(fresh, Event.TURN, self._clock.now()), frozen_at=None)
            transaction.update_outbox(begun)
            return begun

        return self._store.write(work).result()


class _LateReceiptLedger(Ledger):
    """Writes the case's side of a receipt in a transaction of its own."""

    def settle(self, row: OutboxRow, event: Event, *, also: Any = (), **rest: Any) -> OutboxRow | None:
        if event not in (Event.COMMITTED, Event.FOUND_COMMITTED):
            return super().settle(row, event, also=also, **rest)
        after = super().settle(row, event, **rest)
        if after is not None:
            writes: list[Also] = list(also)

            def work(transaction: Transaction) -> None:
                for write in writes:
                    write(transaction, after)

            self._store.write(work).result()
        return after


def _with_ledger(kind: type[Ledger]) -> type[Runner]:
    class Mutant(Runner):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self.ledger = kind(self.store, self.clock)

    return Mutant


class _Forget409(Runner):
    """A 409 says that the server has it, so it is sent."""

    def _failed(self, row: OutboxRow, failure: AcceptanceFailure, *, progressed: bool = False) -> Step:
        if isinstance(failure, Conflicting) and row.state is SendingState.SENDING:
            also = [self.ledger.record_sent(None)]
            self.ledger.settle(row, Event.COMMITTED, receipt='{"receipt_id":""}', also=also)
            return Step("sent")
        return super()._failed(row, failure, progressed=progressed)


class _GivesUp(Runner):
    """Three failures are enough."""

    def _failed(self, row: OutboxRow, failure: AcceptanceFailure, *, progressed: bool = False) -> Step:
        if row.attempts >= 3 and row.state is SendingState.SENDING:
            self.ledger.settle(row, Event.REFUSED, reason="sync.reason.refused")
            return Step("given up")
        return super()._failed(row, failure, progressed=progressed)


class _CursorFirst(Changes):
    """Moves the cursor before what it stands for is stored."""

    def keep(self, cursor: str, answer: ChangesAnswer) -> None:
        self.store.write(lambda transaction: transaction.put_setting(CURSOR, answer.cursor)).result()

        def work(transaction: Transaction) -> None:
            for change in answer.changes:
                self.apply(transaction, change)

        try:
            self.store.write(work).result()
        except ValueError:
            super().keep(answer.cursor, answer)  # one of them cannot be stored


@contextlib.contextmanager
def _overtaking() -> Iterator[None]:
    def any_queued(row: OutboxRow, _unsettled: object) -> bool:
        return row.state is SendingState.QUEUED

    with mock.patch("villagedesk.sync.runner.may_begin", any_queued):
        yield


@contextlib.contextmanager
def _sent_without_asking() -> Iterator[None]:
    """What is open in a restored database goes out again, as a new action each."""

    def begin(transaction: Transaction, now: datetime, token: Callable[[], str]) -> bool:
        open_rows = transaction.outbox(OPEN_STATES)
        if not begin_anew(transaction, now, token):
            return False
        for row in open_rows:
            asking = transaction.outbox_row(row.action_id)
            if asking.state is not SendingState.CONFIRMING:
                continue
            transaction.update_outbox(replace(asking, state=SendingState.CANCELLED))
            transaction.append_event(CaseEvent(row.case_id, now, "李练习", "decision"))
            fresh = f"{row.action_id}-again-{token()[:8]}"
            body = json.dumps(json.loads(row.payload) | {"action_id": fresh}).encode()
            transaction.add_outbox(
                replace(
                    row,
                    action_id=fresh,
                    state=SendingState.QUEUED,
                    return_state=None,
                    frozen_at=None,
                    payload=body,
                    payload_sha256=sha256_hex(body),
                )
            )
        return True

    with mock.patch("villagedesk.sync.ledger.begin_anew", begin):
        yield


@contextlib.contextmanager
def _credential_kept() -> Iterator[None]:
    """A restored database goes on with the credential that came with it."""

    def begin(transaction: Transaction, now: datetime, token: Callable[[], str]) -> bool:
        state = transaction.setting(STATE)
        begun = begin_anew(transaction, now, token)
        if begun:
            put_successors(transaction, ())
            transaction.put_setting(STATE, state)
        return begun

    with mock.patch("villagedesk.sync.ledger.begin_anew", begin):
        yield


def _epoch_kept(transaction: Transaction, told: Restoration) -> None:
    """A restored database counts on where the backup stood."""
    transaction.put_setting(RESTORED, told.to_text())


def _granted_letter_ignored(enrolment: Enrolment, known: Any, credential: str, left: Any, _granted: str) -> None:
    _ADVANCE(enrolment, known, credential, left, "")


_ADVANCE = Enrolment._advance
_RESTORE = "tests.faults.histories_restored.write_restored"


MUTANTS: dict[str, tuple[Build, Callable[[], AbstractContextManager[None]]]] = {
    "key per attempt": (Build(line=_KeyPerAttempt), nullcontext),
    "trusts any 200": (Build(line=_AnyTwoHundred), nullcontext),
    "pages of a 201 unchecked": (Build(line=_PagesUnchecked), nullcontext),
    "payload not frozen": (Build(runner=_with_ledger(_UnfrozenLedger)), nullcontext),
    "receipt and case in two transactions": (Build(runner=_with_ledger(_LateReceiptLedger)), nullcontext),
    "forgets what 409 means": (Build(runner=_Forget409), nullcontext),
    "gives up after three failures": (Build(runner=_GivesUp), nullcontext),
    "cursor before storing": (Build(changes=_CursorFirst), nullcontext),
    "revision overtakes": (Build(), _overtaking),
    "restored rows sent again without asking": (Build(), _sent_without_asking),
    "restored rows believed": (Build(), patched("villagedesk.sync.ledger.begin_anew", lambda *_: False)),
    "epoch of the backup used on": (Build(), patched(_RESTORE, _epoch_kept)),
    "granted letter ignored": (
        Build(),
        patched("villagedesk.sync.enrolment.Enrolment._advance", _granted_letter_ignored),
    ),
    "old credential used on": (Build(), _credential_kept),
    "old credential not revoked": (
        Build(),
        patched("tests.sync.server_model.ServerModel.counts", lambda server, asked: asked in server.heard_of),
    ),
    "missing cases not listed": (Build(), patched("villagedesk.sync.reconcile.Reconciler._keep", lambda *_: None)),
    **FLOW_MUTANTS,
    **TOLD_MUTANTS,
    **DOCUMENT_MUTANTS,
}
"""By name: the parts, and a patch for what is no class."""
