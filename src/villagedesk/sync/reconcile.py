"""Compare what was sent with what the server says it holds: a server restored to an older state forgets receipts, and
a PC restored to an older state forgets cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.acceptance.wire import CaseAnswer
from villagedesk.domain.outbox import SettledKey
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.sync.last_word import Reconciled, put_reconciled
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.missing import MOST, MissingEntry, entry_of, is_taken_in, is_wanted, missing_cases, put_missing
from villagedesk.sync.rows import stands_for_its_case
from villagedesk.sync.table import Event


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

    def run(self) -> int:
        """Ask and compare once; gives how many rows go again.

        Raises:
            AcceptanceFailure: the list did not come whole; nothing was changed.
        """
        # Read before asking: what is sent while the answer travels is not missing from it.
        asked_at = self._ledger.clock.now()
        keys, newest = self._store.read(lambda snapshot: (snapshot.settled_keys(), snapshot.newest_receipt()))
        revisions = {(key.case_id, key.revision): key for key in keys if key.revision}
        actions = {key.action_id for key in keys if not key.revision}
        here = {key.case_id for key in keys}
        lacking: list[MissingEntry] = []
        for piece in self._acceptance.cases():
            for case in piece.cases:
                actions.difference_update(case.actions)
                for state in case.revisions:
                    key = (case.case_id, state.revision)
                    ours = revisions.get(key)
                    # Other content is what a restored server was given in the place of ours.
                    same = ours is not None and ours.payload_sha256 == state.payload_sha256
                    # Rejected without a receipt: registered anew after it was forgotten, and a newer one came instead.
                    if same and (state.state == "committed" or state.receipt is not None):
                        del revisions[key]
            lacking += self._lacking([case for case in piece.cases if case.case_id not in here], MOST - len(lacking))
        forgotten = {*self._go_again(revisions.values()), *actions}
        self._keep(lacking, Reconciled(asked_at, len(keys), len(forgotten), len(lacking), newest))
        for settled in keys:
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

    def _lacking(self, cases: Sequence[CaseAnswer], room: int) -> list[MissingEntry]:
        def not_taken_in(snapshot: Snapshot) -> list[MissingEntry]:
            here = snapshot.statuses([case.case_id for case in cases])
            strange = (case for case in cases if not is_taken_in(here, case.case_id))
            return [entry_of(case) for case in islice(strange, room)]

        if not cases or room <= 0:
            return []
        return self._store.read(not_taken_in)

    def _keep(self, lacking: Sequence[MissingEntry], outcome: Reconciled) -> None:
        def work(transaction: Transaction) -> None:
            put_reconciled(transaction, outcome)
            if lacking or is_wanted(transaction) or missing_cases(transaction):
                put_missing(transaction, lacking)

        self._store.write(work).result()
