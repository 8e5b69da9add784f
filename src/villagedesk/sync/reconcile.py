"""Compare what was sent with what the server says it holds: a server restored to an older state forgets receipts, and
a PC restored to an older state forgets cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem, NoSuchCall, Refused, Unanswered
from villagedesk.acceptance.wire import CaseAnswer
from villagedesk.domain.outbox import SettledKey
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.sync.last_word import NotReconciled, Reconciled, put_not_reconciled, put_reconciled
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.missing import (
    MOST,
    Lack,
    MissingEntry,
    entry_of,
    is_wanted,
    not_by_name,
    put_missing,
    want_no_more,
)
from villagedesk.sync.rows import stands_for_its_case
from villagedesk.sync.table import Event

_STANDS = timedelta(hours=1)
_GOING = "sync.reason.stopped"


@dataclass
class _Begun:
    """A comparison under way: what was read of our side, less what the pieces so far hold.

    Args:
        at: when it began.
        last_at: when its last piece came.
        wanted: it was asked for already; what is asked for later is to cover what was sent until then.
        after: the cursor of the next piece.
        asked: all cursors so far.
        lacking: what is not here; ``numbered`` is here under its number only. A year's worth of each, as they came.
    """

    at: datetime
    last_at: datetime
    wanted: bool
    keys: Sequence[SettledKey]
    newest: int
    revisions: dict[tuple[str, int], SettledKey]
    actions: set[str]
    here: set[str]
    lacking: list[MissingEntry] = field(default_factory=list)
    numbered: list[MissingEntry] = field(default_factory=list)
    after: str = ""
    asked: set[str] = field(default_factory=lambda: {""})


class Reconciler:
    """Finds what was sent and is not known there, or only registered; it goes again, with the same frozen bytes. And
    what is known there and not here, which is listed for the clerk (:mod:`villagedesk.sync.missing`).

    The server's list comes in pieces, and of our side only names are held, so a station's tenth year costs little more
    memory than its first.
    """

    def __init__(self, store: Store, acceptance: AcceptanceSystem, ledger: Ledger) -> None:
        self._store = store
        self._acceptance = acceptance
        self._ledger = ledger
        self._begun: _Begun | None = None

    def run(self) -> int:
        """Ask and compare once, from the beginning to the end; gives how many rows go again.

        Raises:
            AcceptanceFailure: the list did not come whole; nothing was changed.
        """
        self._begun = None
        while (forgotten := self.step()) is None:
            pass
        return forgotten

    def step(self) -> int | None:
        """Ask for the next piece and compare it. What was cut goes on after the last piece that came; a list of which
        nothing came for an hour begins anew, for the server may hold something else by now.

        Returns:
            How many rows go again, once the list is whole; None when there is more to ask for.

        Raises:
            AcceptanceFailure: the piece did not come; nothing was changed.
        """
        now, wanted = self._ledger.clock.now(), self.is_wanted()
        if self._begun is None or abs(now - self._begun.last_at) > _STANDS or (wanted and not self._begun.wanted):
            self._begun = self._begin(now, wanted)
        begun = self._begun
        try:
            piece = next(iter(self._acceptance.cases(begun.after)))
        except Refused as refused:
            self._begun = None
            if isinstance(refused, NoSuchCall) and not begun.after:
                raise
            # Not that it has no such list: it takes the question amiss, or does not know the place in it any more.
            raise Unanswered("sync.reason.not_taken_now", refused.raw) from refused
        begun.last_at = self._ledger.clock.now()
        self._compare(begun, piece.cases)
        if not piece.next:
            self._begun = None
            return self._settle(begun)
        if piece.next in begun.asked:
            self._begun = None
            raise Unanswered("sync.reason.not_ours", "the list of cases goes round in a circle")
        begun.asked.add(piece.next)
        begun.after = piece.next
        return None

    def failed(self, failure: AcceptanceFailure) -> None:
        """Keep why the list has not come, for whoever waits for it; nobody waits for what a system does not have."""
        if failure.reason == _GOING:
            return
        refused = isinstance(failure, NoSuchCall)
        told = NotReconciled(self._ledger.clock.now(), failure.reason, refused)

        def work(transaction: Transaction) -> None:
            put_not_reconciled(transaction, told)
            if refused:
                want_no_more(transaction)

        self._store.write(work).result()

    def _begin(self, now: datetime, wanted: bool) -> _Begun:
        # Read before asking: what is sent while the answer travels is not missing from it.
        keys, newest = self._store.read(lambda snapshot: (snapshot.settled_keys(), snapshot.newest_receipt()))
        return _Begun(
            now,
            now,
            wanted,
            keys,
            newest,
            revisions={(key.case_id, key.revision): key for key in keys if key.revision},
            actions={key.action_id for key in keys if not key.revision},
            here={key.case_id for key in keys},
        )

    def _compare(self, begun: _Begun, cases: Sequence[CaseAnswer]) -> None:
        for case in cases:
            begun.actions.difference_update(case.actions)
            for state in case.revisions:
                key = (case.case_id, state.revision)
                ours = begun.revisions.get(key)
                # Other content is what a restored server was given in the place of ours.
                same = ours is not None and ours.payload_sha256 == state.payload_sha256
                # Rejected without a receipt: registered anew after it was forgotten, and a newer one came instead.
                if same and (state.state == "committed" or state.receipt is not None):
                    del begun.revisions[key]
        strange = [case for case in cases if case.case_id not in begun.here]
        if strange:
            told = [entry_of(case) for case in strange]
            for entry, lack in self._store.read(lambda snapshot: not_by_name(snapshot, told)):
                found = begun.numbered if lack is Lack.NUMBERED else begun.lacking
                if len(found) < MOST:
                    found.append(entry)

    def _settle(self, begun: _Begun) -> int:
        forgotten = {*self._go_again(begun.revisions.values()), *begun.actions}
        outcome = Reconciled(begun.at, len(begun.keys), len(forgotten), begun.newest)
        self._keep([*begun.lacking, *begun.numbered], outcome)
        for settled in begun.keys:
            if settled.action_id in forgotten:
                row = self._store.read(lambda snapshot, name=settled.action_id: snapshot.outbox_row(name))  # type: ignore[misc]
                self._ledger.settle(row, Event.RECONCILED_UNKNOWN, reason="sync.reason.forgotten")
        return len(forgotten)

    def _go_again(self, unknown: Iterable[SettledKey]) -> list[str]:
        """Of submissions that are not known there, those that no newer one of ours stands for."""

        def work(snapshot: Snapshot) -> list[str]:
            rows = ((snapshot.outbox_row(key.action_id), snapshot.outbox_of_case(key.case_id)) for key in unknown)
            return [row.action_id for row, of_case in rows if stands_for_its_case(row, of_case)]

        return self._store.read(work)

    def is_wanted(self) -> bool:
        """Whether a restored database waits to hear what it lacks."""
        return self._store.read(is_wanted)

    def _keep(self, strange: Sequence[MissingEntry], outcome: Reconciled) -> None:
        def work(transaction: Transaction) -> None:
            put_reconciled(transaction, outcome)
            put_missing(transaction, strange)

        self._store.write(work).result()
