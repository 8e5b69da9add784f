"""What the runner writes: each outcome is one transaction on rows read anew, because the clerk decides meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from villagedesk.acceptance.wire import CaseAnswer, ManifestEntry, RevisionPayload, sha256_hex
from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.clock import Clock
from villagedesk.domain.clock_stops import OVERTAKEN
from villagedesk.domain.life_cycle import TOLD, CaseChange, after, possible
from villagedesk.domain.outbox import (
    ENTERED_BY_HAND,
    HELD_STATES,
    PERHAPS_ENTERED,
    TRAY_STATES,
    UNSETTLED_STATES,
    Operation,
    OutboxRow,
    PageTransfer,
    SendingState,
    goes_by_hand,
)
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.sync.entry_begun import entries_begun
from villagedesk.sync.restored import begin_anew
from villagedesk.sync.row_steps import REGISTERED, note_step
from villagedesk.sync.rows import advance, answered_while_held, stands_for_its_case
from villagedesk.sync.table import Event

_UNDER_WAY = frozenset({SendingState.SENDING, SendingState.UPLOADING})
Also = Callable[[Transaction, OutboxRow], None]
_CLOSED_WITH_IT = frozenset({CaseStatus.WITHDRAWN, CaseStatus.RETURNED_TO_APPLICANT})
_TOLD_STATES = {change.value: status for change, status in TOLD.items()}


def manifest_of(row: OutboxRow) -> tuple[ManifestEntry, ...] | None:
    """The pages a frozen revision consists of, one entry for each content; None when the bytes are no revision."""
    try:
        entries = RevisionPayload.model_validate_json(row.payload).manifest
    except ValidationError:
        return None
    return tuple({entry.sha256: entry for entry in entries}.values())


class Ledger:
    """Writes the outcomes of the runner's acts."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @property
    def clock(self) -> Clock:
        """By which it writes."""
        return self._clock

    def row(self, action_id: str) -> OutboxRow:
        """As it stands now."""
        return self._store.read(lambda snapshot: snapshot.outbox_row(action_id))

    def freeze(self, row: OutboxRow) -> OutboxRow | None:
        """Its turn: commit the exact bytes before the first socket opens. None when the clerk was quicker."""

        def work(transaction: Transaction) -> OutboxRow | None:
            fresh = transaction.outbox_row(row.action_id)
            if fresh.state is not SendingState.QUEUED:
                return None
            if goes_by_hand(transaction.outbox_of_case(row.case_id)):
                # Entered by hand before: sent, it would be in the acceptance system twice (I2). It waits for the clerk.
                transaction.update_outbox(advance(fresh, Event.PAUSED, self._clock.now(), reason=ENTERED_BY_HAND))
                self._log(transaction, fresh, "held_by_hand", {})
                return None
            if fresh.operation is Operation.SUBMIT and row.case_id in entries_begun(transaction):
                # Perhaps it is there already, under a number that nobody wrote down here: the clerk looks first.
                transaction.update_outbox(advance(fresh, Event.PAUSED, self._clock.now(), reason=PERHAPS_ENTERED))
                self._log(transaction, fresh, "held_begun", {})
                return None
            if fresh.frozen_at is None:
                fresh = replace(fresh, payload_sha256=sha256_hex(fresh.payload))
            begun = advance(fresh, Event.TURN, self._clock.now())
            transaction.update_outbox(begun)
            return begun

        return self._store.write(work).result()

    def settle(
        self,
        row: OutboxRow,
        event: Event,
        *,
        wait: float | None = None,
        reason: str = "",
        raw: str = "",
        receipt: str = "",
        stalled: bool = False,
        progressed: bool = False,
        also: Sequence[Also] = (),
    ) -> OutboxRow | None:
        """Write what an event makes of a row, with what belongs to it, in one transaction.

        Args:
            row: as the runner knew it when it asked.
            progressed: earlier failures no longer count.
            also: further writes of the same transaction.

        Returns:
            The row as written; None when the clerk's decision came first and the event says nothing about it.
        """

        def work(transaction: Transaction) -> OutboxRow | None:
            now = self._clock.now()
            fresh = transaction.outbox_row(row.action_id)
            held = fresh.state in HELD_STATES and fresh.return_state is row.state
            if fresh.state is not row.state and not held:
                return None
            base = replace(fresh, state=row.state, return_state=row.return_state) if held else fresh
            if progressed:
                base = replace(base, attempts=0)
            settled = advance(base, event, now, wait=wait, reason=reason, raw=raw, receipt=receipt, stalled=stalled)
            if held:
                settled = answered_while_held(fresh, settled)
            transaction.update_outbox(settled)
            if settled.state in TRAY_STATES:
                moved = self._stands_again(transaction, settled)
                self._log(transaction, settled, settled.state, {"reason": reason, "said": raw}, *moved)
            else:
                trouble = "" if reason == fresh.reason_key else reason
                what = REGISTERED if event is Event.REGISTERED else trouble
                note_step(transaction, settled, what, raw, self._clock.now())
            for write in also:
                write(transaction, settled)
            return settled

        return self._store.write(work).result()

    def settle_found(
        self,
        row: OutboxRow,
        manifest: Sequence[ManifestEntry],
        answer: CaseAnswer | None,
        clock_skew: float | None,
    ) -> None:
        """Write what the server says it holds of a confirming row's revision.

        Args:
            manifest: the row's own.
            answer: about the whole case; None when the server does not know it.
        """
        revisions = answer.revisions if answer is not None else ()
        held = next((state for state in revisions if state.revision == row.revision), None)
        if held is None:
            self.settle(row, Event.FOUND_UNKNOWN)
            return
        if held.payload_sha256 != row.payload_sha256:
            self.settle(row, Event.FOUND_OTHER, reason="sync.reason.conflict", raw=held.model_dump_json())
            return
        own = frozenset(entry.sha256 for entry in manifest)
        receipt = held.receipt
        if receipt is not None and receipt.payload_sha256 == row.payload_sha256 and frozenset(receipt.pages) == own:
            also = [self.record_sent(clock_skew)]
            self.settle(row, Event.FOUND_COMMITTED, receipt=receipt.model_dump_json(), also=also)
        elif held.state == "rejected":
            self.settle(row, Event.FOUND_REJECTED, reason="sync.reason.refused", raw=held.model_dump_json())
        else:
            # Committed without a whole receipt reads as registered with what it names missing: the PUT is repeated.
            missing = frozenset(held.missing) & own
            self.settle(row, Event.FOUND_REGISTERED, also=[self.record_missing(manifest, missing)])

    def record_sent(self, clock_skew: float | None) -> Also:
        """The case's side of a receipt: submitted, with its event, in the receipt's own transaction (I3)."""

        def write(transaction: Transaction, row: OutboxRow) -> None:
            case = transaction.case(row.case_id)
            status = after(case.status, CaseChange.COMMITTED)
            transaction.put_case(replace(case, status=status, updated_at=self._clock.now()))
            detail = {"revision": str(row.revision), "payload_sha256": row.payload_sha256}
            if clock_skew is not None:
                detail["clock_skew_seconds"] = f"{clock_skew:.0f}"
            self._log(transaction, row, "sent", detail, case.status, status)

        return write

    def record_action(self, transaction: Transaction, row: OutboxRow) -> None:
        """The case's log of an action the server took. A withdrawal it took closes the case, unless the case is
        closed here already or was decided before the withdrawal came: then it stays as it is, and both are logged."""
        case = transaction.case(row.case_id)
        status = case.status
        if row.operation is Operation.WITHDRAW and CaseChange.WITHDRAWN in possible(case.status):
            status = after(case.status, CaseChange.WITHDRAWN)
            transaction.put_case(replace(case, status=status, updated_at=self._clock.now()))
        detail = {"operation": row.operation, "payload_sha256": row.payload_sha256}
        moved = (case.status, status) if status is not case.status else (None, None)
        self._log(transaction, row, "action_sent", detail, *moved)

    def _stands_again(self, transaction: Transaction, row: OutboxRow) -> tuple[CaseStatus | None, CaseStatus | None]:
        """A withdrawal that closed the case here and is refused: it was taken and then forgotten by the server, or the
        papers went back to the applicant before it was answered. The case stands where the server last said, so that
        both sides say the same. Gives from where to where it moved."""
        case = transaction.case(row.case_id)
        if row.operation is not Operation.WITHDRAW or case.status not in _CLOSED_WITH_IT:
            return None, None
        events = [event.detail for event in transaction.events(row.case_id) if OVERTAKEN not in event.detail]
        told = [_TOLD_STATES.get(said.get("change", "")) for said in events]
        status = next((one for one in reversed(told) if one is not None), CaseStatus.SUBMITTED)
        transaction.put_case(replace(case, status=status, updated_at=self._clock.now()))
        return case.status, status

    def record_missing(self, manifest: Sequence[ManifestEntry], missing: frozenset[str]) -> Also:
        """What the server says it still lacks becomes the pages' transfer rows."""

        def write(transaction: Transaction, _row: OutboxRow) -> None:
            for entry in manifest:
                known = transaction.page_transfer(entry.sha256)
                if entry.sha256 not in missing:
                    transaction.put_page_transfer(
                        PageTransfer(entry.sha256, "", entry.byte_count, entry.byte_count, True)
                    )
                elif known is None or known.done:
                    # Complete by our book, missing by theirs: theirs counts, and the page goes again from the start.
                    transaction.put_page_transfer(PageTransfer(entry.sha256, "", 0, entry.byte_count, False))

        return write

    def doubt_case(self, row: OutboxRow) -> bool:
        """The server knows nothing of the case that an action is about: what was sent of it becomes uncertain, as when
        reconciling finds it missing. Gives whether the action may be taken yet, because a submission is to go before
        it: what was sent, or one that was made while the action was under way."""

        def work(transaction: Transaction) -> bool:
            now = self._clock.now()
            rows = transaction.outbox_of_case(row.case_id)
            sent = [one for one in rows if one.state is SendingState.SENT and stands_for_its_case(one, rows)]
            for one in sent:
                transaction.update_outbox(advance(one, Event.RECONCILED_UNKNOWN, now, reason="sync.reason.forgotten"))
            to_go = (one for one in rows if one.operation is Operation.SUBMIT and one.state in UNSETTLED_STATES)
            return bool(sent) or any(to_go)

        return self._store.write(work).result()

    def make_due(self, rows: Sequence[OutboxRow]) -> None:
        """End the wait of these rows: its time is reached, or the link came back."""

        def work(transaction: Transaction) -> None:
            now = self._clock.now()
            for row in rows:
                fresh = transaction.outbox_row(row.action_id)
                if fresh.state is SendingState.WAITING:
                    transaction.update_outbox(advance(fresh, Event.DUE, now, reason=fresh.reason_key))
                elif fresh.next_try_at is not None:
                    transaction.update_outbox(replace(fresh, next_try_at=None))

        self._store.write(work).result()

    def start(self, token: Callable[[], str]) -> None:
        """The program starts: nobody knows what became of the requests under way; of a database that came from a
        backup, what became of anything (:mod:`villagedesk.sync.restored`).

        Args:
            token: makes a fresh secret.
        """

        def work(transaction: Transaction) -> None:
            now = self._clock.now()
            if begin_anew(transaction, now, token):
                return
            for row in transaction.outbox(_UNDER_WAY | HELD_STATES):
                if row.state in _UNDER_WAY:
                    transaction.update_outbox(advance(row, Event.STARTED, now))
                elif row.return_state in _UNDER_WAY:
                    held = advance(row, Event.STARTED, now, reason=row.reason_key, raw=row.reason_raw)
                    transaction.update_outbox(held)

        self._store.write(work).result()

    def _log(
        self,
        transaction: Transaction,
        row: OutboxRow,
        kind: str,
        detail: Mapping[str, str],
        before: CaseStatus | None = None,
        reached: CaseStatus | None = None,
    ) -> None:
        transaction.append_event(
            CaseEvent(
                case_id=row.case_id,
                at=self._clock.now(),
                actor=SYSTEM,
                kind=kind,
                from_status=before,
                to_status=reached,
                detail={"action_id": row.action_id, **detail},
            )
        )
