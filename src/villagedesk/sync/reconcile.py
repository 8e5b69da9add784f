"""Compare what was sent with what the server says it holds: a server restored to an older state forgets receipts."""

from __future__ import annotations

from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.domain.repositories import Store
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.table import Event


class Reconciler:
    """Finds what was sent and is not known there, or only registered; it goes again, with the same frozen bytes.

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
        keys = self._store.read(lambda snapshot: snapshot.settled_keys())
        revisions = {(key.case_id, key.revision): key.action_id for key in keys if key.revision}
        actions = {key.action_id for key in keys if not key.revision}
        for piece in self._acceptance.cases():
            for case in piece.cases:
                actions.difference_update(case.actions)
                for state in case.revisions:
                    if state.state != "registered":
                        revisions.pop((case.case_id, state.revision), None)
        forgotten = {*revisions.values(), *actions}
        for key in keys:
            if key.action_id in forgotten:
                row = self._store.read(lambda snapshot, name=key.action_id: snapshot.outbox_row(name))  # type: ignore[misc]
                self._ledger.settle(row, Event.RECONCILED_UNKNOWN, reason="sync.reason.forgotten")
        return len(forgotten)
