"""What the clerk at the window and the officials behind the acceptance system do in a history."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

from tests.faults.histories_documents import Documents
from tests.faults.histories_scene import NAME, UNSTORABLE
from villagedesk.acceptance.port import Conflicting
from villagedesk.acceptance.wire import RevisionPayload, sha256_hex
from villagedesk.desk.taking_back import cancel_what_waits, close_if_nothing_went
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import CaseChange, after, possible
from villagedesk.domain.outbox import CLOSED_STATES, OPEN_STATES, TRAY_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.sync import decisions

_MOST_ROWS = 9
_TELLS = (
    "accepted",
    "accepted",
    "correction_asked",
    "correction_asked",
    "in_process",
    "suspended",
    "resumed",
    "refused",
    "concluded",
    "result_ready",
    "something_new",
)


class Acts(Documents):
    """Every act is one that the desk offers; it writes through the store as the desk does, at any moment."""

    def at_the_window(self) -> list[tuple[float, Callable[[], None]]]:
        """What the clerk may do, with its weight."""
        return [
            (2.0 if len(self.enqueued) < _MOST_ROWS - 3 else 0.0, self._take_in),
            (1.6, self._follow_up),
            (1.5, self._edit),
            (0.8, self._hold),
            (0.25, self._hold_all),
            (0.4, self._put_first),
            (1.0, self._settle_tray),
            (0.3, self._take_back),
        ]

    def elsewhere_happens(self) -> list[tuple[float, Callable[[], None]]]:
        """What others may do, with its weight."""
        return [
            (2.5, self._official),
            (0.15, self._foreign),
            (0.15, self._forget),
            (0.4, self.server.restart),
            (0.1, self._lose_page),
        ]

    # -- the clerk --

    def _take_in(self) -> None:
        pages = [self._photograph() for _ in range(self.random.randint(0, 2))]
        case, row = self.clerk.take_in(pages)
        self._enqueued(row)
        if self.random.random() < 0.04:
            self.poor.add(case.case_id)
        for page in pages:
            if self.random.random() < 0.03:
                self.page_refused.add(sha256_hex(page))

    def _photograph(self) -> bytes:
        """A page; now and then one that another case has as well, or this one twice."""
        if self.photographed and self.random.random() < 0.12:
            return self.random.choice(self.photographed)
        page = self.random.randbytes(self.random.randint(1, 100))
        self.photographed.append(page)
        return page

    def _put_first(self) -> None:
        rows = [row for row in self.rows() if row.state in OPEN_STATES and row.state is not SendingState.PAUSED]
        if rows:
            row, now = self.random.choice(rows), self.clock.now()
            self.told.tried.pop(row.action_id, None)
            self.store.write(lambda tx: decisions.put_first(tx, row.action_id, NAME, now)).result()

    def _enqueued(self, row: OutboxRow) -> None:
        self.enqueued.append(row.action_id)
        self.told.saved[row.action_id] = row.payload_sha256

    def _follow_up(self) -> None:
        """A correction, rightly or not, or an action."""
        rows = self.rows()
        if not rows or len(rows) >= _MOST_ROWS:
            return
        case_id = self.random.choice(sorted({row.case_id for row in rows}))
        case = self.store.read(lambda snapshot: snapshot.case(case_id))
        withdrawing = any(row.case_id == case_id and row.operation is Operation.WITHDRAW for row in rows)
        kind = self.random.random()
        if kind < 0.4 or (case.status is CaseStatus.RETURNED and kind < 0.8):
            if not withdrawing and CaseChange.WITHDRAWN in possible(case.status):
                self._enqueued(self.clerk.correct(case_id, note=f"corrected {self.random.random()}"))
        elif kind < 0.9:
            self._enqueued(self.clerk.act(case_id, self.random.choice([Operation.EVALUATE, Operation.DELIVER])))
        elif not withdrawing and CaseChange.WITHDRAWN in possible(case.status):
            self._enqueued(self.clerk.act(case_id, Operation.WITHDRAW))

    def _edit(self) -> None:
        rows = [row for row in self.rows() if row.operation is Operation.SUBMIT and decisions.never_left(row)]
        if not rows:
            return
        row = self.random.choice(rows)
        note = f"edited {self.random.random()}"
        if self.random.random() < 0.5:
            self.clerk.edit(row, note)
        else:
            record = RevisionPayload.model_validate_json(row.payload)
            payload = record.model_copy(update={"form": {"note": note}}).to_bytes()
            now = self.clock.now()
            self.store.write(lambda tx: decisions.edit_unsent(tx, row.action_id, payload, NAME, now)).result()
        self.told.saved[row.action_id] = self.row(row.action_id).payload_sha256

    def _hold(self) -> None:
        open_rows = [row for row in self.rows() if row.state not in CLOSED_STATES | TRAY_STATES]
        if not open_rows:
            return
        row = self.random.choice(open_rows)
        now = self.clock.now()
        self.told.tried.pop(row.action_id, None)
        if row.state is SendingState.PAUSED:
            self.told.held.discard(row.action_id)
            self.store.write(lambda tx: decisions.resume(tx, row.action_id, NAME, now)).result()
        else:
            self.store.write(lambda tx: decisions.pause(tx, row.action_id, NAME, now)).result()
            self.told.held.add(row.action_id)

    def _hold_what_goes(self) -> None:
        """Hold a row while it is on its way."""
        going = [row for row in self.rows() if row.state in (SendingState.SENDING, SendingState.UPLOADING)]
        if going:
            row, now = self.random.choice(going), self.clock.now()
            self.store.write(lambda tx: decisions.pause(tx, row.action_id, NAME, now)).result()
            self.told.held.add(row.action_id)

    def _hold_all(self) -> None:
        now = self.clock.now()
        if self.store.read(decisions.queue_is_paused):
            self._let_all_go()
        else:
            self.store.write(lambda tx: decisions.pause_queue(tx, NAME, now)).result()
            self.told.queue_held = True
            for row in self.rows():
                if row.state is SendingState.PAUSED:
                    self.told.held.add(row.action_id)

    def _let_all_go(self) -> None:
        self.told.held.clear()
        self.told.tried.clear()
        self.told.queue_held = False
        now = self.clock.now()

        def work(transaction: Transaction) -> None:
            decisions.resume_queue(transaction, NAME, now)
            for row in transaction.outbox(frozenset({SendingState.PAUSED})):  # those held one by one
                decisions.resume(transaction, row.action_id, NAME, now)

        self.store.write(work).result()

    def _settle_tray(self) -> None:
        """Mend or drop what lies in the tray."""
        rows = self.rows()
        tray = [row for row in rows if row.state in TRAY_STATES]
        if not tray:
            return
        row = self.random.choice(tray)
        newest = max(other.revision for other in rows if other.case_id == row.case_id)
        mendable = row.operation is Operation.SUBMIT and row.revision == newest and len(rows) < _MOST_ROWS + 3
        if mendable and self.random.random() < 0.7:
            self._enqueued(self.clerk.mend(row, note=f"mended {self.random.random()}"))
            return
        now = self.clock.now()

        def give_up(transaction: Transaction) -> None:
            decisions.drop(transaction, row.action_id, NAME, now)
            close_if_nothing_went(transaction, row.case_id, NAME, now)

        self.store.write(give_up).result()

    def _take_back(self) -> None:
        """A case of which nothing left is taken back whole."""
        rows = self.rows()
        of_case: dict[str, list[OutboxRow]] = {}
        for row in rows:
            of_case.setdefault(row.case_id, []).append(row)
        here = [name for name, of in of_case.items() if all(decisions.never_left(row) for row in of)]
        here = [name for name in here if all(row.state in OPEN_STATES for row in of_case[name])]
        if not here:
            return
        case_id, now = self.random.choice(here), self.clock.now()

        def work(transaction: Transaction) -> None:
            cancel_what_waits(transaction, case_id, NAME, now)
            case = transaction.case(case_id)
            if CaseChange.WITHDRAWN not in possible(case.status):
                return
            status = after(case.status, CaseChange.WITHDRAWN)
            transaction.put_case(replace(case, status=status))
            transaction.append_event(CaseEvent(case_id, now, NAME, "withdrawn", case.status, status))

        self.store.write(work).result()

    # -- others --

    def _official(self) -> None:
        committed = sorted({key[0] for key, held in self.server.revisions.items() if held.state == "committed"})
        committed = [name for name in committed if self.server.standing_of.get(name) != "withdrawn"]
        if committed:
            at = f"2026-11-23T01:02:03.{len(self.server.told_ever):03d}{self.random.randrange(1000):03d}Z"
            kind = self.random.choice(_TELLS)
            number = len(self.server.changes_made) + 1
            said = (
                {"acceptance_no": f"2026-{number:04d}", "query_code": f"{1000 + number}"} if kind == "accepted" else {}
            )
            if self.random.random() < 0.12:
                self.unstorable, said[UNSTORABLE] = True, "yes"
            case_id = self.random.choice(committed)
            documents = self.some_documents(case_id) if self.random.random() < 0.5 else []
            self.server.tell(case_id, kind, at, documents, **said)

    def _foreign(self) -> None:
        """The server holds something else under a key of ours (a second window was set up from a copy)."""
        waiting = [row for row in self.rows() if row.operation is Operation.SUBMIT]
        if not waiting:
            return
        row = self.random.choice(waiting)
        if any(key[0] == row.case_id for key in self.server.revisions):
            return
        other = row.payload.replace(NAME.encode(), "王另窗".encode())
        with self._unwatched():
            self.server.enrolled.add("other window")
            with contextlib.suppress(Conflicting):
                # A late request of ours may be quicker.
                self.server.put_revision(row.case_id, row.revision, other)
                self.foreign[row.case_id] = sha256_hex(other)
            self.server.enrolled.discard("other window")
            self.server.seen[(row.case_id, row.revision)].discard(sha256_hex(other))

    def _unwatched(self) -> contextlib.AbstractContextManager[None]:
        """For a call that is not this PC's: no fault meets it, and nobody takes it for an arrival of ours."""
        raise NotImplementedError

    def _forget(self) -> None:
        names = sorted({row.case_id for row in self.rows()})
        if names:
            case_id = self.random.choice(names)
            self.forgotten.add(case_id)
            self.server.forget(case_id)

    def _lose_page(self) -> None:
        """A page's file goes bad on this PC."""
        names = sorted({row.case_id for row in self.rows()})
        pages = [page for name in names for page in self.store.read(lambda one, name=name: one.pages(name))]  # type: ignore[misc]
        pages = [page for page in pages if page.sha256 not in self.damaged]
        if pages:
            page = self.random.choice(pages)
            self.damaged.add(page.sha256)
            with contextlib.suppress(Exception):
                # Another PC of the station may have lost it already.
                self.durable.vault.remove(page.page_id, page.sha256)
