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
_FAILED = "sync.not_reconciled"
_NOT_NOTED = -1
"""By a program older than this number, or in doubt since: it is older than any receipt, and asked anew."""


@dataclass(frozen=True)
class Reconciled:
    """The last reconciling that came whole.

    Args:
        asked_at: when this PC noted what it had receipts for, just before it asked.
        receipts: how many it had.
        forgotten: how many of those the acceptance system did not know; they go again.
        newest_receipt: the log's number of the newest receipt there was when it asked. A later one is not in what was
            told, whatever the PC's clock says of the two moments.
    """

    asked_at: datetime
    receipts: int
    forgotten: int
    newest_receipt: int


@dataclass(frozen=True)
class NotReconciled:
    """Why the list has not come, since it came last or was asked for last by the clerk.

    Args:
        since: when it failed so for the first time; a failure of another kind begins anew.
        reason: message key (``sync.reason.*``).
        refused: the acceptance system says itself that it has no such list.
    """

    since: datetime
    reason: str
    refused: bool


def put_not_reconciled(transaction: Transaction, failed: NotReconciled) -> None:
    """Keep it, unless it fails as it did before: a bad line would write for nothing with each try."""
    before = last_failure(transaction)
    if before is None or (before.reason, before.refused) != (failed.reason, failed.refused):
        kept = {"since": utc_text(failed.since), "reason": failed.reason, "refused": failed.refused}
        transaction.put_setting(_FAILED, json.dumps(kept))


def last_failure(snapshot: Snapshot) -> NotReconciled | None:
    """What keeps the list from coming; None where nothing does, as far as was tried."""
    text = snapshot.setting(_FAILED)
    if not text:
        return None
    kept = json.loads(text)
    return NotReconciled(moment_of(kept["since"]), kept["reason"], kept["refused"])


def forget_failure(transaction: Transaction) -> None:
    """It is asked for anew."""
    if transaction.setting(_FAILED):
        transaction.put_setting(_FAILED, "")


def put_reconciled(transaction: Transaction, outcome: Reconciled) -> None:
    """Keep it instead of the one before, and no failure."""
    forget_failure(transaction)
    kept = {
        "asked_at": utc_text(outcome.asked_at),
        "receipts": outcome.receipts,
        "forgotten": outcome.forgotten,
        "newest_receipt": outcome.newest_receipt,
    }
    transaction.put_setting(_KEPT, json.dumps(kept))


def doubt_reconciled(transaction: Transaction) -> None:
    """What it found lacking may not be all any more: it still tells when it was, and proves nothing."""
    text = transaction.setting(_KEPT)
    if text:
        transaction.put_setting(_KEPT, json.dumps({**json.loads(text), "newest_receipt": _NOT_NOTED}))


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
    return Reconciled(asked_at, kept["receipts"], kept["forgotten"], newest)
