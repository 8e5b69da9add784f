"""What happened on the other side comes back: numbers, states, corrections, results."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.acceptance.wire import Change, ChangesAnswer
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import Clock
from villagedesk.domain.life_cycle import TOLD, CaseChange, after
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Store, Transaction

CURSOR = "sync.cursor"
UNPLACED = "sync.unplaced_change."
"""Settings that keep changes of cases this PC does not know (a backup older than the case was restored), and those the
store refused."""
_TOLD_KINDS = {change.value: change for change in TOLD}


class Changes:
    """Pulls changes by cursor and applies them. The server wins states and numbers, the clerk wins typed fields."""

    def __init__(self, store: Store, acceptance: AcceptanceSystem, clock: Clock) -> None:
        self.store = store
        self.acceptance = acceptance
        self.clock = clock

    def pull(self, wait_seconds: float) -> int:
        """Ask once and keep what came, cases, log and cursor in one transaction. Gives the number of changes.

        Args:
            wait_seconds: how long the server may wait for something to happen.

        Raises:
            AcceptanceFailure: nothing came; the cursor stands where it stood.
            EnvironmentProblem: it could not be stored; the cursor stands where it stood.
        """
        cursor = self.store.read(lambda snapshot: snapshot.setting(CURSOR))
        answer = self.acceptance.changes(cursor, wait_seconds)
        if answer.changes or answer.cursor != cursor:
            self.keep(cursor, answer)
        return len(answer.changes)

    def keep(self, cursor: str, answer: ChangesAnswer) -> None:
        """Apply an answer to the question that was asked at ``cursor``."""

        def work(transaction: Transaction) -> None:
            if transaction.setting(CURSOR) != cursor:
                return
            for change in answer.changes:
                self.apply(transaction, change)
            transaction.put_setting(CURSOR, answer.cursor)

        try:
            self.store.write(work).result()
        except ValueError:
            self._keep_one_by_one(cursor, answer)

    def _keep_one_by_one(self, cursor: str, answer: ChangesAnswer) -> None:
        """A change the store refuses is put aside, so that it does not hold up those behind it for ever. The cursor
        still moves last, and what is applied twice after a crash changes nothing."""
        for change in answer.changes:
            try:
                self.store.write(partial(self.apply, change=change)).result()
            except ValueError:
                self.store.write(partial(_put_aside, change=change)).result()

        def move(transaction: Transaction) -> None:
            if transaction.setting(CURSOR) == cursor:
                transaction.put_setting(CURSOR, answer.cursor)

        self.store.write(move).result()

    def apply(self, transaction: Transaction, change: Change) -> None:
        """Write one change. One that is written already changes nothing; what is not understood is kept and shown."""
        try:
            case = transaction.case(change.case_id)
        except KeyError:
            _put_aside(transaction, change)
            return
        mark = {"sequence": str(change.sequence), "change": change.kind, "at": change.at}
        if any(mark.items() <= event.detail.items() for event in transaction.events(case.case_id)):
            return
        status = _status_after(case, change)
        detail = {**mark, "state_code": change.state_code, "applied": "no" if status is None else "yes"}
        changed = replace(
            case,
            status=status or case.status,
            updated_at=self.clock.now(),
            remote_state=change.state_code or case.remote_state,
        )
        if change.kind == CaseChange.ACCEPTED:
            changed = _with_numbers(changed, change, self.clock.now())
        transaction.put_case(changed)
        transaction.append_event(
            CaseEvent(
                case_id=case.case_id,
                at=self.clock.now(),
                actor="acceptance_system",
                kind="change",
                from_status=case.status,
                to_status=changed.status,
                detail=detail | {f"value.{name}": value for name, value in change.values.items()},
            )
        )


def _put_aside(transaction: Transaction, change: Change) -> None:
    transaction.put_setting(f"{UNPLACED}{change.sequence}", change.model_dump_json())


def _status_after(case: Case, change: Change) -> CaseStatus | None:
    """Where the change puts the case; None when its kind is unknown or the case is closed here. Only a receipt makes a
    case *submitted* (I3), so a change that calls itself ``committed`` is one of the unknown ones."""
    known = _TOLD_KINDS.get(change.kind)
    if known is None:
        return None
    try:
        return after(case.status, known)
    except Problem:
        return None


def _with_numbers(case: Case, change: Change, now: datetime) -> Case:
    values = change.values
    return replace(
        case,
        acceptance_no=values.get("acceptance_no") or case.acceptance_no,
        query_code=values.get("query_code") or case.query_code,
        accepted_at=_moment(values.get("at") or change.at) or now,
        limit_date=values.get("limit_date") or case.limit_date,
        accepting_organ=values.get("organ") or case.accepting_organ,
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
