"""Compare what was sent with what the server says it holds: a server restored to an older state forgets receipts."""

from __future__ import annotations

from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.domain.repositories import Store
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.table import Event


class Reconciler:
    """Finds sent revisions the server does not know or only registered, and puts them on the way again with the same frozen bytes."""

    def __init__(self, store: Store, acceptance: AcceptanceSystem, ledger: Ledger) -> None:
        self._store = store
        self._acceptance = acceptance
        self._ledger = ledger

    def run(self) -> int:
        """Ask and compare once; gives how many rows go again.

        Raises:
            AcceptanceFailure: nothing is known; nothing was changed.
        """
        # Read before asking: what is sent while the answer travels is not missing from it.
        rows = self._store.read(lambda snapshot: snapshot.outbox(frozenset({SendingState.SENT})))
        held = {
            (case.case_id, state.revision)
            for case in self._acceptance.cases().cases
            for state in case.revisions
            if state.state != "registered"
        }
        forgotten = [
            row for row in rows if row.operation is Operation.SUBMIT and (row.case_id, row.revision) not in held
        ]
        for row in forgotten:
            self._ledger.settle(row, Event.RECONCILED_UNKNOWN, reason="sync.reason.forgotten")
        return len(forgotten)
