"""The support bundle: what the county's technician needs to help, and nothing that names a person (I8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.audit import AuditDesk
from villagedesk.domain.audit import Deed
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right
from villagedesk.sync.changes import unplaced
from villagedesk.sync.decisions import queue_is_paused

Pack = Callable[[Path, Mapping[str, int]], Path]
"""Puts the bundle into a folder, with counts that only the open database knows; gives the file.

Raises EnvironmentProblem ``store.disk_full``, ``store.write_failed``.
"""


class Support:
    """Makes the bundle. Calls block."""

    def __init__(self, pack: Pack, store: Store, audit: AuditDesk, acting: Acting) -> None:
        self._pack = pack
        self._store = store
        self._audit = audit
        self._acting = acting

    def bundle(self, folder: Path) -> Path:
        """Put one file into the folder; logged. Gives its path.

        Raises:
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; nothing was left in the folder then.
        """
        self._acting.need(Right.SAFEGUARD)
        file = self._pack(folder, self._store.read(_counts))
        self._audit.note(Deed.BUNDLE_MADE)
        return file


def _counts(snapshot: Snapshot) -> dict[str, int]:
    """How many cases stand where, by state; no case is named."""
    counts = {f"cases {status}": count for status, count in snapshot.count_by_status().items()}
    unsettled = frozenset(SendingState) - {SendingState.SENT, SendingState.DONE}
    rows = Counter(str(row.state) for row in snapshot.outbox(unsettled))
    counts |= {f"outbox {state}": count for state, count in sorted(rows.items())}
    counts["outbox settled"] = len(snapshot.settled_keys())
    counts["print jobs open"] = len(snapshot.print_jobs(open_only=True))
    counts["changes not placed"] = unplaced(snapshot)
    counts["queue paused"] = int(queue_is_paused(snapshot))
    return counts
