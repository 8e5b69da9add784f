"""Cases of which the acceptance system said something the clerk must read, though nothing of them is in the outbox's
tray: fields it changed, and what it said after the end of a case."""

from __future__ import annotations

from villagedesk.domain.repositories import Snapshot, Transaction

_CASES = "sync.to_look_at"


def to_look_at(snapshot: Snapshot) -> tuple[str, ...]:
    """Their case_ids, the first told first."""
    return tuple(snapshot.setting(_CASES).split())


def look_at(transaction: Transaction, case_id: str) -> None:
    """The clerk must look at this case."""
    _put(transaction, dict.fromkeys([*to_look_at(transaction), case_id]))


def looked_at(transaction: Transaction, case_id: str) -> None:
    """The clerk has."""
    _put(transaction, {name: None for name in to_look_at(transaction) if name != case_id})


def _put(transaction: Transaction, names: dict[str, None]) -> None:
    text = " ".join(names)
    if text != transaction.setting(_CASES):
        transaction.put_setting(_CASES, text)
