"""Submissions that somebody began to enter into the acceptance system by hand, and whose number is not known here.

Such a case may be in that system already: the PC was locked, switched off or restored from a backup between the last
box of the form and the number. So it is never sent by itself (I2), and whoever goes on with it is told to look first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.outbox import OPEN_STATES, Operation, OutboxRow
from villagedesk.domain.repositories import Snapshot, Transaction

_KEPT = "bridge.begun"
_BY_HAND = "bridge.by_hand"


def entries_begun(snapshot: Snapshot) -> Mapping[str, datetime | None]:
    """When each was begun, by case_id; aware, UTC; None where nobody here has seen it (:func:`begin_unseen`) or it was
    called entered and was not (:func:`doubt_entry`). Some of the cases may be closed meanwhile."""
    raw: dict[str, str] = json.loads(snapshot.setting(_KEPT) or "{}")
    return {case_id: moment_of(at) if at else None for case_id, at in raw.items()}


def begin_entry(transaction: Transaction, case_id: str, clerk: str, now: datetime) -> None:
    """Somebody begins to enter that case; logged the first time, and nothing is done after it.

    Args:
        clerk: the name that the log shows.
        now: aware, UTC.
    """
    note_by_hand(transaction)
    begun = entries_begun(transaction)
    if begun.get(case_id) is not None:
        return
    _keep(transaction, {**begun, case_id: now})
    transaction.append_event(CaseEvent(case_id, now, clerk, "entry_begun"))


def note_by_hand(transaction: Transaction) -> None:
    """Cases are entered by hand at this station, or were."""
    if not were_by_hand(transaction):
        transaction.put_setting(_BY_HAND, "yes")


def were_by_hand(snapshot: Snapshot) -> bool:
    """Whether a case was ever entered by hand here, or begun."""
    return snapshot.setting(_BY_HAND) == "yes"


def begin_unseen(transaction: Transaction, rows: Iterable[OutboxRow]) -> None:
    """The data came from a backup of a station without an interface: what waited when the backup was made may have been
    entered since, and nobody here knows."""
    begun = {row.case_id: None for row in rows if row.operation is Operation.SUBMIT and row.state in OPEN_STATES}
    _keep(transaction, {**begun, **entries_begun(transaction)})


def doubt_entry(transaction: Transaction, case_id: str) -> None:
    """It was called entered, and then not: whoever goes on with it looks first. That somebody begins to enter it is
    noted when it happens."""
    _keep(transaction, {**entries_begun(transaction), case_id: None})


def end_entry(transaction: Transaction, case_id: str) -> None:
    """Its number is known, or somebody looked and it is not in that system."""
    begun = entries_begun(transaction)
    if case_id in begun:
        _keep(transaction, {other: at for other, at in begun.items() if other != case_id})


def _keep(transaction: Transaction, begun: Mapping[str, datetime | None]) -> None:
    kept = {case_id: utc_text(at) if at is not None else "" for case_id, at in begun.items()}
    transaction.put_setting(_KEPT, json.dumps(kept))
