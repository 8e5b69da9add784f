"""What happened on the other side comes back: numbers, states, corrections, results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

from pydantic import ValidationError

from villagedesk.acceptance.port import AcceptanceSystem, Refused
from villagedesk.acceptance.wire import ActionAnswer, Change, ChangesAnswer, DocumentRecord, sha256_hex
from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.case import ON, Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.clock_stops import OVERTAKEN
from villagedesk.domain.document import Document
from villagedesk.domain.life_cycle import CLOSED, TOLD, CaseChange, after
from villagedesk.domain.outbox import Operation, OutboxRow
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.to_look_at import look_at
from villagedesk.domain.told_change import AFTER_END, Wanted, wanted_text
from villagedesk.domain.unsent import went_on

CURSOR = "sync.cursor"
UNPLACED = "sync.unplaced_change."
"""Settings that keep changes of cases this PC does not know, or knows as a draft only (a backup older than the case
was restored), and those the store refused; "" once the change is written after all."""
_UNPLACED_NAMES = "sync.unplaced_changes"
"""What follows :data:`UNPLACED` in the names of those that wait, because settings can be asked for by name only."""
_EVENT = "change"
_TOLD_KINDS = {change.value: change for change in TOLD}
_ENDED_BY_WITHDRAWAL = frozenset({CaseStatus.WITHDRAWN, CaseStatus.RETURNED_TO_APPLICANT})
_WAY_TO_DELIVERY = frozenset({CaseChange.CONCLUDED, CaseChange.RESULT_READY, CaseChange.DELIVERED})


def unplaced(snapshot: Snapshot) -> int:
    """How many changes came that could not be written to a case so far. They are tried again at every pull."""
    return len(_unplaced_names(snapshot))


def put_aside(snapshot: Snapshot) -> Sequence[Change]:
    """Those changes, whole, in the order in which they came."""
    kept = [snapshot.setting(f"{UNPLACED}{name}") for name in _unplaced_names(snapshot)]
    return [Change.model_validate_json(text) for text in kept if text]


def newest_put_aside(snapshot: Snapshot) -> Mapping[str, Change]:
    """Of each case that is not here, by case_id, what was told last: by the other side's clock, as the numbers of a
    restored server begin anew."""
    found: dict[str, Change] = {}
    for change in put_aside(snapshot):
        before = found.get(change.case_id)
        if before is None or _order(before) <= _order(change):
            found[change.case_id] = change
    return found


class Changes:
    """Pulls changes by cursor and applies them. The server wins states and numbers, the clerk wins typed fields."""

    def __init__(self, store: Store, acceptance: AcceptanceSystem, clock: Clock) -> None:
        self.store = store
        self.acceptance = acceptance
        self.clock = clock

    def pull(self, wait_seconds: float) -> int:
        """Ask once and keep what came, cases, log and cursor in one transaction. Gives the number of changes, 0 where
        the cursor stands where it stood: then they were told before, and asking again at once brings the same.

        Before that, changes put aside are tried again: their case may have come, or what the store refused be mended. A
        cursor the acceptance system refuses (it forgot it, or another took its place) is given up: it is asked from the
        beginning, because a change told twice is harmless and one never told is not.

        Args:
            wait_seconds: how long the server may wait for something to happen.

        Raises:
            AcceptanceFailure: nothing came; the cursor stands where it stood.
            EnvironmentProblem: it could not be stored; the cursor stands where it stood.
        """
        self._place_what_was_put_aside()
        cursor = self.store.read(lambda snapshot: snapshot.setting(CURSOR))
        try:
            answer = self.acceptance.changes(cursor, wait_seconds)
        except Refused:
            if not cursor:
                raise
            answer = self.acceptance.changes("", 0.0)
        if answer.changes or answer.cursor != cursor:
            self.keep(cursor, answer)
        return 0 if answer.cursor == cursor else len(answer.changes)

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

    def _place_what_was_put_aside(self) -> None:
        def found(snapshot: Snapshot) -> list[tuple[str, Change]]:
            kept = [(name, snapshot.setting(f"{UNPLACED}{name}")) for name in _unplaced_names(snapshot)]
            changes = [(name, Change.model_validate_json(text)) for name, text in kept if text]
            return [(name, change) for name, change in changes if _case_here(snapshot, change.case_id) is not None]

        for name, change in self.store.read(found):
            try:
                self.store.write(partial(self._place, name=name, change=change)).result()
            except ValueError:
                continue  # refused again: it stays

    def _place(self, transaction: Transaction, name: str, change: Change) -> None:
        self.apply(transaction, change, late=True)
        transaction.put_setting(f"{UNPLACED}{name}", "")
        left = [other for other in _unplaced_names(transaction) if other != name]
        transaction.put_setting(_UNPLACED_NAMES, " ".join(left))

    def apply(self, transaction: Transaction, change: Change, *, late: bool = False) -> None:
        """Write one change. One that is written already changes nothing, except that a document it announced and that a
        damaged database lost is announced anew; what is not understood is kept and shown.

        Args:
            late: it was put aside when it came, so later ones may be written already; what they said then stands.
        """
        case = _case_here(transaction, change.case_id)
        if case is None:
            _put_aside(transaction, change)
            return
        mark = {"sequence": str(change.sequence), "change": change.kind, "at": change.at}
        events = transaction.events(case.case_id)
        new_documents = [_announce(transaction, case.case_id, one, self.clock.now()) for one in change.documents]
        if any(mark.items() <= event.detail.items() for event in events):
            return
        later = [event.detail for event in events if _is_later(event, change, late=late)]
        # One that moved nothing, because nobody here knows its kind, says nothing against what was told before it; and
        # each of number, limit and the other side's own word gives way only to a later one of the same sort.
        overtaken = any(said.get("applied") == "yes" for said in later)
        renumbered = any(said.get("change") == CaseChange.ACCEPTED for said in later)
        limited = overtaken or any(said.get("value.limit_date") for said in later)
        restated = overtaken or any(said.get("state_code") for said in later)
        status = None if overtaken else _status_after(case, change)
        detail = {**mark, "state_code": change.state_code, "applied": "no" if status is None else "yes"}
        if overtaken:
            detail[OVERTAKEN] = "yes"
        elif _comes_after_the_end(transaction, case, change) and (
            any(new_documents) or not _is_known(case, change, events)
        ):
            detail[AFTER_END] = "yes"
            look_at(transaction, case.case_id)
        if change.fields:
            look_at(transaction, case.case_id)
        changed = replace(
            case,
            status=status or case.status,
            updated_at=self.clock.now(),
            remote_state=case.remote_state if restated else change.state_code or case.remote_state,
        )
        if change.kind == CaseChange.ACCEPTED and not renumbered:
            changed = _with_numbers(changed, change, self.clock.now())
        if not limited:  # the newest limit that was told wins, whatever else it came with
            changed = replace(changed, limit_date=change.values.get("limit_date") or changed.limit_date)
        transaction.put_case(changed)
        transaction.append_event(
            CaseEvent(
                case_id=case.case_id,
                at=self.clock.now(),
                actor=SYSTEM,
                kind=_EVENT,
                from_status=case.status,
                to_status=changed.status,
                detail={
                    **detail,
                    **said_in(change),
                    **_day_there(case, change, self.clock.now()),
                    **went_on(transaction, case, changed.status),
                },
            )
        )


def _day_there(case: Case, change: Change, now: datetime) -> dict[str, str]:
    """The day on which it happened, where it is heard on a later one: clocks, register and statistics hang on it and
    not on when the link was back. A day that cannot be, before the papers came or still to come, is a wrong clock's."""
    moment = moment_told(change.values.get("at") or change.at)
    if moment is None:
        return {}
    day, today = (one.astimezone(SHANGHAI).date() for one in (moment, now))
    came = date.min if case.received_at is None else case.received_at.astimezone(SHANGHAI).date()
    return {ON: day.isoformat()} if came <= day < today else {}


def said_in(change: Change) -> dict[str, str]:
    """Everything a change says beside its kind, as it is kept in the case's log; :mod:`villagedesk.domain.told_change`
    reads it again."""
    said = {f"value.{name}": value for name, value in change.values.items()}
    said |= {f"field.{name}": value for name, value in change.fields.items()}
    if change.wanted:
        said["wanted"] = wanted_text(
            Wanted(one.requirement_id, one.name, one.wrong, one.standard) for one in change.wanted
        )
    if change.documents:
        said["documents"] = "、".join(document.name or document.document_id for document in change.documents)
    return said


def _announce(transaction: Transaction, case_id: str, told: DocumentRecord, now: datetime) -> bool:
    """Note a document that is to be fetched; one that is known already stays as it is. Gives whether it is new."""
    announced = Document(
        case_id, told.document_id, told.name, told.media_type, told.byte_count, told.sha256, told_at=now
    )
    is_new = all(known.key != announced.key for known in transaction.documents(case_id))
    if is_new:
        transaction.put_document(announced)
    return is_new


def _put_aside(transaction: Transaction, change: Change) -> None:
    name, text = str(change.sequence), change.model_dump_json()
    if transaction.setting(f"{UNPLACED}{name}") not in ("", text):
        # Another of that number: nobody could read the numbers of either, or the server was restored and counts anew.
        name = f"{name}-{sha256_hex(text.encode())[:12]}"
    transaction.put_setting(f"{UNPLACED}{name}", text)
    names = dict.fromkeys([*_unplaced_names(transaction), name])
    transaction.put_setting(_UNPLACED_NAMES, " ".join(names))


def _unplaced_names(snapshot: Snapshot) -> list[str]:
    return snapshot.setting(_UNPLACED_NAMES).split()


def _case_here(snapshot: Snapshot, case_id: str) -> Case | None:
    """The case a change can be written to. Not a draft: the backup that was restored is older than its taking in, and
    the clerk still types into it; what was told of it is not lost by that."""
    try:
        case = snapshot.case(case_id)
    except KeyError:
        return None
    return None if case.status is CaseStatus.DRAFT else case


def _is_later(event: CaseEvent, change: Change, *, late: bool) -> bool:
    """Whether an event tells of something that happened after the change. The number alone does not say it, as a
    restored server counts from an older one on: what happened by its clock must be later, too. Of a change that was
    put aside meanwhile the number counts where a moment cannot be read."""
    if event.kind != _EVENT or int(event.detail["sequence"]) <= change.sequence:
        return False
    then, now = moment_told(event.detail["at"]), moment_told(change.at)
    return late if then is None or now is None else then >= now


def _comes_after_the_end(snapshot: Snapshot, case: Case, change: Change) -> bool:
    """Whether the other side goes on with a case that is over here, so that what it says moves nothing; somebody must
    talk. What happened before the withdrawal it crossed is over on both sides, however late it is heard; where either
    time cannot be read, nobody knows that, and it is told."""
    over = CLOSED | {CaseStatus.DELIVERED} if change.kind == CaseChange.CORRECTION_ASKED else CLOSED
    if change.kind not in _TOLD_KINDS or case.status not in over:
        return False
    if case.status not in _ENDED_BY_WITHDRAWAL:
        return True
    rows = snapshot.outbox_of_case(case.case_id)
    taken = [_taken_at(row) for row in rows if row.operation is Operation.WITHDRAW and row.receipt]
    said = moment_told(change.at)
    return said is None or all(moment is None or moment < said for moment in taken)


def _is_known(case: Case, change: Change, events: Sequence[CaseEvent]) -> bool:
    """Whether it says of a case that is over here only what was known when it ended: what was told before, and puts it
    where it stood then; or the way to a result that was handed over, which the other side repeats by habit."""
    ended = (event.from_status for event in reversed(events) if event.to_status is case.status is not event.from_status)
    stood = next(ended, None)
    if stood is CaseStatus.DELIVERED:
        return change.kind in _WAY_TO_DELIVERY
    said = {"change": change.kind, **said_in(change)}.items()
    return stood is TOLD[_TOLD_KINDS[change.kind]] and any(said <= event.detail.items() for event in events)


def _taken_at(row: OutboxRow) -> datetime | None:
    try:
        return moment_told(ActionAnswer.model_validate_json(row.receipt).taken_at)
    except ValidationError:
        return None


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
        accepted_at=moment_told(values.get("at") or change.at) or now,
        limit_date=values.get("limit_date") or case.limit_date,
        accepting_organ=values.get("organ") or case.accepting_organ,
        lookup_url=values.get("lookup_url") or case.lookup_url,
    )


def _order(change: Change) -> tuple[datetime, int]:
    return moment_told(change.at) or datetime.min.replace(tzinfo=UTC), change.sequence


def moment_told(text: str) -> datetime | None:
    """A moment as the other side writes it; None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
