"""When the acceptance system last told all it holds of this station, and what came of it: the proof that all is sent
rests on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.repositories import Snapshot, Transaction

RECONCILE_EVERY = timedelta(hours=24)
"""Between two comparisons that nobody asked for."""
_KEPT = "sync.reconciled"
_NOT_NOTED = -1
"""By a program older than this number: it is older than any receipt, and asked anew."""


@dataclass(frozen=True)
class Reconciled:
    """The last reconciling that came whole.

    Args:
        asked_at: when this PC noted what it had receipts for, just before it asked.
        receipts: how many it had.
        forgotten: how many of those the acceptance system did not know; they go again.
        lacking: cases it has of this station and this PC has not.
        newest_receipt: the log's number of the newest receipt there was when it asked. A later one is not in what was
            told, whatever the PC's clock says of the two moments.
    """

    asked_at: datetime
    receipts: int
    forgotten: int
    lacking: int
    newest_receipt: int


def put_reconciled(transaction: Transaction, outcome: Reconciled) -> None:
    """Keep it instead of the one before."""
    kept = {
        "asked_at": utc_text(outcome.asked_at),
        "receipts": outcome.receipts,
        "forgotten": outcome.forgotten,
        "lacking": outcome.lacking,
        "newest_receipt": outcome.newest_receipt,
    }
    transaction.put_setting(_KEPT, json.dumps(kept))


def forget_reconciled(transaction: Transaction) -> None:
    """The database came from a backup: what was told to the PC it was made on says nothing of this one."""
    transaction.put_setting(_KEPT, "")


def last_reconciled(snapshot: Snapshot) -> Reconciled | None:
    """The last one that came whole; None when there was none yet."""
    text = snapshot.setting(_KEPT)
    if not text:
        return None
    kept = json.loads(text)
    asked_at, newest = moment_of(kept["asked_at"]), kept.get("newest_receipt", _NOT_NOTED)
    return Reconciled(asked_at, kept["receipts"], kept["forgotten"], kept["lacking"], newest)
