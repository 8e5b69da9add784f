"""Compare what was sent with what the server says it holds: a server restored to an older state forgets receipts."""

from __future__ import annotations

from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.domain.repositories import Store
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.table import Event

_SETTLED = frozenset({SendingState.SENT, SendingState.DONE})


class Reconciler:
    """Finds what was sent and is not known there, or only registered; it goes again, with the same frozen bytes."""

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
        rows = self._store.read(lambda snapshot: snapshot.outbox(_SETTLED))
        cases = self._acceptance.cases().cases
        revisions = {
            (case.case_id, state.revision) for case in cases for state in case.revisions if state.state != "registered"
        }
        actions = {action_id for case in cases for action_id in case.actions}
        forgotten = [
            row
            for row in rows
            if (
                (row.case_id, row.revision) not in revisions
                if row.operation is Operation.SUBMIT
                else row.action_id not in actions
            )
        ]
        for row in forgotten:
            self._ledger.settle(row, Event.RECONCILED_UNKNOWN, reason="sync.reason.forgotten")
        return len(forgotten)
