"""What may never be so, at no moment and not in the end; looked up in the model server's own book."""

from __future__ import annotations

import json
from functools import lru_cache

from tests.faults.histories_documents import Documents
from tests.faults.histories_scene import Untruth, Verdict
from tests.sync.server_book import AT
from villagedesk.acceptance.wire import Change, RevisionPayload, sha256_hex
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock_stops import OVERTAKEN
from villagedesk.domain.life_cycle import CLOSED, CaseChange, possible
from villagedesk.domain.outbox import CLOSED_STATES, OPEN_STATES, TRAY_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.to_look_at import to_look_at
from villagedesk.domain.told_change import AFTER_END
from villagedesk.sync.changes import UNPLACED

_GIVEN_UP = frozenset({SendingState.CANCELLED, SendingState.SUPERSEDED})
_ENDS_A_HOLD = CLOSED_STATES | TRAY_STATES
_SAID = {
    "accepted": CaseStatus.ACCEPTED,
    "refused": CaseStatus.REFUSED,
    "correction_asked": CaseStatus.RETURNED,
    "in_process": CaseStatus.IN_PROCESS,
    "suspended": CaseStatus.SUSPENDED,
    "resumed": CaseStatus.IN_PROCESS,
    "concluded": CaseStatus.CONCLUDED,
    "result_ready": CaseStatus.RESULT_WAITING,
}
"""Where each thing that is told puts a case (the life of a case, domain.md section 4)."""


class Judge(Documents):
    """Raises :class:`Untruth` for what may never be, and counts what is lost or doubled in the end."""

    def arrived(self, case_id: str, revision: int) -> None:
        """A revision reaches the server for the first time."""
        if case_id in self.shared:
            return
        for row in self.store.read(lambda snapshot: snapshot.outbox_of_case(case_id)):
            if row.receipt:
                continue  # a late request can meet a server that forgot what it gave a receipt for
            if row.operation is Operation.SUBMIT and row.revision < revision and row.state not in CLOSED_STATES:
                raise Untruth(f"revision {revision} of {case_id} overtook {row.revision}, which is {row.state}")

    def leaving(self, action_id: str, digest: str) -> None:
        """Bytes of an action are about to leave this PC."""
        try:
            row = self.row(action_id)
        except KeyError:
            raise Untruth(f"{action_id} leaves and was never enqueued") from None
        if row.frozen_at is None or row.payload_sha256 != digest:
            raise Untruth(f"bytes of {action_id} leave that are not frozen")
        if action_id in self.told.doubtful:
            raise Untruth(f"{action_id} goes again, and nobody asked what became of it")
        held_since = row.return_state is SendingState.SENDING and action_id in self.told.begun
        if row.state is not SendingState.SENDING and not held_since:
            raise Untruth(f"{action_id} leaves and is {row.state}")
        if self.told.queue_held and action_id not in self.told.begun:
            raise Untruth(f"{action_id} leaves, and the clerk holds back everything")
        now = self.clock.monotonic()
        before, asked_away = self.told.tried.get(action_id, (-1.0, 0.0))
        if before == now:
            raise Untruth(f"{action_id} goes again in the moment in which it failed")
        if now < asked_away:
            raise Untruth(f"{action_id} goes {asked_away - now:.1f} s before the system wants to hear of it")
        if action_id not in self.told.left:
            self._judge_turn(row)
            self.told.left.add(action_id)

    def _judge_turn(self, row: OutboxRow) -> None:
        """An action goes the first time only when all that was enqueued for its case before is settled. What a restored
        server forgot was settled once, and this one may be on its way since then."""
        if row.operation is Operation.SUBMIT or row.case_id in self.shared:
            return
        for name in self.enqueued[: self.enqueued.index(row.action_id)]:
            other = self.row(name)
            unsettled = other.state in OPEN_STATES | TRAY_STATES and not other.receipt
            if other.case_id == row.case_id and unsettled:
                raise Untruth(f"{row.action_id} leaves before {name}, which is {other.state}")

    def page_begins(self, sha256: str) -> None:
        """The upload of a page is asked for: nothing that was acknowledged goes again."""
        known = self.store.read(lambda snapshot: snapshot.page_transfer(sha256))
        if known is None:
            return
        if known.done and sha256 in self.server.pages:
            raise Untruth(f"page {sha256[:8]} is there whole, and goes again")
        upload = self.server.uploads.get(known.location)
        if upload is not None and upload.data:
            raise Untruth(f"page {sha256[:8]} is begun anew, and {len(upload.data)} bytes of it are there")

    def judge_now(self) -> None:
        """What may never be so, not even for a moment."""
        for key, digests in self.server.seen.items():
            if len(digests) > 1 and key[0] not in self.shared:
                raise Untruth(f"frozen bytes of {key} changed")
        on_the_way = False
        for row in self.rows():
            on_the_way |= row.state in (SendingState.UPLOADING, SendingState.SENDING)
            if self.told.judged.get(row.action_id) != row:
                self._judge_row(row)
                self.told.judged[row.action_id] = row
                self.told.seen.append(f"{row.action_id} {row.state} {row.return_state} {row.updated_at}")
        if on_the_way:
            self._judge_pages()
        self.judge_documents()

    def _judge_row(self, row: OutboxRow) -> None:
        told, name = self.told, row.action_id
        if row.payload_sha256 != told.saved[name]:
            raise Untruth(f"{name} has other bytes than were saved")
        if row.frozen_at is not None and told.frozen.setdefault(name, row.payload_sha256) != row.payload_sha256:
            raise Untruth(f"frozen bytes of {name} changed here")
        if name in told.frozen and row.frozen_at is None:
            raise Untruth(f"{name} was frozen and is no more")
        if row.receipt:
            settled = row.state in (SendingState.SENT, SendingState.DONE)
            if name not in told.proven and not settled and row.case_id not in self.forgotten:
                raise Untruth(f"{name} has its receipt and is {row.state}")
            told.proven.add(name)
        elif name in told.proven:
            raise Untruth(f"the receipt of {name} is gone")
        if name in told.held and row.state is not SendingState.PAUSED:
            if row.state not in _ENDS_A_HOLD:
                raise Untruth(f"{name} is held back by the clerk and is {row.state}")
            told.held.remove(name)
        if row.state in _GIVEN_UP and not self._is_decided(row):
            raise Untruth(f"{name} is {row.state} and no clerk decided it")
        if row.state in TRAY_STATES or row.state is SendingState.WAITING:
            self._judge_reason(row)
        if row.state is SendingState.SENT:
            self._judge_sent(row)
        if row.state is SendingState.DONE and name not in self.server.actions_ever:
            raise Untruth(f"{name} is called done and is not")

    def _is_decided(self, row: OutboxRow) -> bool:
        said = [event.detail for event in self._events(row.case_id) if event.kind == "decision"]
        own = [detail for detail in said if detail.get("action_id") == row.action_id]
        return bool(own) and own[-1].get("to") == row.state

    def _judge_reason(self, row: OutboxRow) -> None:
        """Whoever waits or lies in the tray says why; what the acceptance system said is there raw as well."""
        if not row.reason_key:
            raise Untruth(f"{row.action_id} is {row.state}, and nobody is told why")
        if row.state in TRAY_STATES and not row.reason_raw and not _pages_of(row) & self.damaged:
            raise Untruth(f"{row.action_id} is {row.state}, and what was said is not kept")

    def _judge_sent(self, row: OutboxRow) -> None:
        if row.payload_sha256 not in self.server.committed_ever.get((row.case_id, row.revision), []):
            raise Untruth(f"{row.action_id} is called sent and was never committed")
        receipt = json.loads(row.receipt or "{}")
        pages = _pages_of(row)
        if receipt.get("payload_sha256") != row.payload_sha256 or set(receipt.get("pages", ())) != pages:
            raise Untruth(f"{row.action_id} is called sent without its receipt")
        case, events = self.store.read(lambda snapshot: (snapshot.case(row.case_id), snapshot.events(row.case_id)))
        if not any(event.kind == "sent" and event.detail.get("action_id") == row.action_id for event in events):
            raise Untruth(f"{row.action_id} is sent and the case's log does not say so")
        if case.status is CaseStatus.RECEIVED:
            raise Untruth(f"{row.action_id} is sent and its case is not")

    def _judge_pages(self) -> None:
        """A page is called transferred only when the server has, or had, all of it."""
        names = {entry for row in self.rows() for entry in _pages_of(row)}
        lacking = sorted(names - self.server.pages_ever)
        transfers = self.store.read(lambda snapshot: [snapshot.page_transfer(name) for name in lacking])
        if any(transfer is not None and transfer.done for transfer in transfers):
            raise Untruth("a page is called transferred that never arrived")

    # -- the end --

    def judge_end(self, verdict: Verdict) -> None:
        """Every case ends in a state that says the truth, and what is done is done once."""
        rows = self.rows()
        for row in rows:
            if row.state in (SendingState.SENT, SendingState.DONE):
                verdict.acknowledged += 1
                if row.case_id not in self.shared & self.forgotten:
                    self._judge_held(row, rows)
            elif row.state not in _GIVEN_UP and not self._rightly_in_tray(row, rows):
                verdict.lost += 1
                verdict.why = f"{row.action_id} ended {row.state}: {row.reason_key} {row.reason_raw}"
        asked = {row.action_id for row in rows} | self.elsewhere
        strange = [action_id for action_id in self.server.actions_ever if action_id not in asked]
        several = [
            key
            for key, digests in self.server.committed_ever.items()
            if len(set(digests) - {self.foreign.get(key[0])}) > 1 and key[0] not in self.shared & self.forgotten
        ]
        if strange or several:
            verdict.doubled += len(strange) + len(several)
            verdict.why = f"taken more than once: {strange or several}"
        self._judge_saved(rows, verdict)
        self._judge_changes(verdict)

    def _judge_saved(self, rows: list[OutboxRow], verdict: Verdict) -> None:
        """What the clerk was told is saved is here whole, sent or not; but for what chance took from this PC's disk."""
        for case_id in sorted({row.case_id for row in rows}):
            for page in self.store.read(lambda snapshot, name=case_id: snapshot.pages(name)):  # type: ignore[misc]
                if page.sha256 not in self.damaged and not self.durable.vault.verify(page.page_id, page.sha256):
                    verdict.lost += 1
                    verdict.why = f"page {page.sha256[:8]} of {case_id} was saved and cannot be read"

    def _judge_held(self, row: OutboxRow, rows: list[OutboxRow]) -> None:
        """What is called sent is there now, also where a server was restored meanwhile; or the case lies in the tray
        with the correction that was to take its place."""
        if row.operation is not Operation.SUBMIT:
            there = row.action_id in self.server.actions
        else:
            held = self.server.revisions.get((row.case_id, row.revision))
            there = held is not None and held.receipt is not None and sha256_hex(held.payload) == row.payload_sha256
            # A server restored to before the receipt may have taken a newer revision since, which closes the older.
            there = there or any(
                key[0] == row.case_id and key[1] > row.revision and other.state == "committed"
                for key, other in self.server.revisions.items()
            )
            there = there or any(
                other.case_id == row.case_id and other.revision > row.revision and other.state in TRAY_STATES
                for other in rows
                if row.case_id in self.forgotten
            )
        if not there:
            raise Untruth(f"{row.action_id} ended {row.state} and is not there")

    def _rightly_in_tray(self, row: OutboxRow, rows: list[OutboxRow]) -> bool:
        digest = row.payload_sha256
        if row.state is SendingState.REJECTED:
            unusable = self.damaged | self.page_refused
            if digest in self.server.refused_ever:
                return True
            if row.operation is Operation.SUBMIT:
                return bool(_pages_of(row) & unusable)
            # Unknown there: rightly, unless it had been called sent before.
            earlier = rows[: rows.index(row)]
            return not any(one.case_id == row.case_id and one.state is SendingState.SENT for one in earlier)
        if row.state is SendingState.CONFLICT:
            held = self.server.revisions.get((row.case_id, row.revision))
            key = (row.case_id, row.revision)
            ever = {*self.server.committed_ever.get(key, ()), *self.server.seen.get(key, ())}
            other = bool(ever - {digest}) or (held is not None and sha256_hex(held.payload) != digest)
            return other or digest in self.server.conflicted_ever or row.case_id in self.foreign
        blocked = row.state is SendingState.QUEUED
        return blocked and any(other.case_id == row.case_id and other.state in TRAY_STATES for other in rows)

    def _events(self, case_id: str) -> list[CaseEvent]:
        return list(self.store.read(lambda snapshot: snapshot.events(case_id)))

    def is_here(self, case_id: str) -> bool:
        """Whether this PC has the case."""
        return case_id in self.store.read(lambda snapshot: snapshot.statuses([case_id]))

    def _judge_changes(self, verdict: Verdict) -> None:
        logs: dict[str, list[CaseEvent]] = {}
        for change in self.server.changes_made:
            if not self.is_here(change.case_id):
                if self._put_aside(change) != change:
                    verdict.lost += 1
                    verdict.why = f"change {change.sequence} of a case that is not here was not put aside"
                continue
            events = logs.setdefault(change.case_id, self._events(change.case_id))
            mark = (str(change.sequence), change.kind, change.at)
            found = [one for one in events if tuple(map(one.detail.get, ("sequence", "change", "at"))) == mark]
            if not found:
                verdict.lost += 1
                verdict.why = f"change {change.sequence} never arrived"
            if len(found) > 1:
                verdict.doubled += 1
                verdict.why = f"change {change.sequence} was written {len(found)} times"
        self.judge_fetched(verdict, [change for change in self.server.changes_made if change.case_id in logs])
        for case_id, events in logs.items():
            if case_id not in self.shared:
                self._judge_standing(case_id, events)

    def _put_aside(self, change: Change) -> Change | None:
        # A server that was restored counts anew: the second of a number has its digest in the name as well.
        digest = sha256_hex(change.model_dump_json().encode())[:12]
        names = (f"{UNPLACED}{change.sequence}-{digest}", f"{UNPLACED}{change.sequence}")
        kept = next(filter(None, self.store.read(lambda snapshot: [snapshot.setting(name) for name in names])), "")
        return Change.model_validate_json(kept) if kept else None

    def _judge_number(self, case: Case, events: list[CaseEvent]) -> None:
        """The case carries the number and the query code it was given last, of all that arrived here."""
        arrived = {(event.detail.get("sequence"), event.detail.get("at")) for event in events}
        given = [
            one
            for one in self.server.told_ever
            if (one.case_id, one.kind) == (case.case_id, "accepted") and (str(one.sequence), one.at) in arrived
        ]
        if given:
            wanted = given[-1].values["acceptance_no"], given[-1].values["query_code"]
            if wanted != (case.acceptance_no, case.query_code):
                raise Untruth(f"{case.case_id} was given {wanted}, and has {case.acceptance_no}, {case.query_code}")

    def _judge_after_end(self, case: Case, events: list[CaseEvent]) -> None:
        """What was said of a case that is over here lies before the clerk, unless it happened before the withdrawal
        that was taken, or was said before."""
        kinds = [event.detail.get("change") for event in events]
        anew = [
            event for place, event in enumerate(events) if kinds[place] in _SAID and kinds[place] not in kinds[:place]
        ]
        said = [event for event in anew if event.from_status in CLOSED]
        if not said or case.status not in CLOSED:
            return
        rows = self.store.read(lambda snapshot: snapshot.outbox_of_case(case.case_id))
        taken = any(row.operation is Operation.WITHDRAW and row.receipt for row in rows)
        known = {OVERTAKEN, AFTER_END}
        missed = [one for one in said if known.isdisjoint(one.detail) and not (taken and one.detail["at"] <= AT)]
        if missed:
            raise Untruth(f"{case.case_id} is over here, and nobody reads {missed[0].detail['change']}")
        if any(AFTER_END in one.detail for one in said) and case.case_id not in self.store.read(to_look_at):
            raise Untruth(f"{case.case_id} goes on there after its end, and nobody is to look at it")

    def _judge_standing(self, case_id: str, events: list[CaseEvent]) -> None:
        """The case stands where the server's last word, and what was done here after it, put it."""
        case = self.store.read(lambda snapshot: snapshot.case(case_id))
        self._judge_number(case, events)
        withdrawn_there = self.server.standing_of.get(case_id) == "withdrawn" and case_id not in self.forgotten
        if withdrawn_there and _was_withdrawable(events) and case.status is not CaseStatus.WITHDRAWN:
            raise Untruth(f"{case_id} is withdrawn there and {case.status} here")
        moves = [event for event in events if event.to_status is not None]
        if moves and moves[-1].to_status is not case.status:
            raise Untruth(f"{case_id} is {case.status}, and its log ends with {moves[-1].to_status}")
        self._judge_after_end(case, events)
        if case.status is CaseStatus.WITHDRAWN:
            # A server restored to before the withdrawal may have gone on; then the withdrawal lies in the tray.
            if self.server.standing_of.get(case_id) == "concluded" and case_id not in self.forgotten | set(
                self.foreign
            ):
                raise Untruth(f"{case_id} is withdrawn here and concluded there")
            return
        told = [place for place, event in enumerate(events) if event.detail.get("change") in _SAID]
        if self.was_put_back:
            told = [place for place in told if OVERTAKEN not in events[place].detail][-1:]  # numbers are given anew
        newest = max(told, key=lambda place: int(events[place].detail["sequence"]), default=None)
        if newest is None:
            return
        # One that the store refused when it came is written later, and says nothing against those that came after it.
        others = [event for event in events[newest + 1 :] if event.detail.get("change") not in _SAID]
        said = _SAID[events[newest].detail["change"]]
        if case.status is not said and not any(event.to_status for event in others):
            raise Untruth(f"{case_id} is {case.status}, and the last that was told is {said}")


def _was_withdrawable(events: list[CaseEvent]) -> bool:
    """Whether the case could be withdrawn when the system took its withdrawal; what was decided here before that stays
    as it is, and both are logged."""
    status = CaseStatus.DRAFT
    for event in events:
        if event.kind == "action_sent" and event.detail["operation"] == Operation.WITHDRAW:
            return CaseChange.WITHDRAWN in possible(status)
        status = event.to_status or status
    return False


def _pages_of(row: OutboxRow) -> frozenset[str]:
    return _pages(row.payload) if row.operation is Operation.SUBMIT else frozenset()


@lru_cache(maxsize=256)
def _pages(payload: bytes) -> frozenset[str]:
    return frozenset(entry.sha256 for entry in RevisionPayload.model_validate_json(payload).manifest)
