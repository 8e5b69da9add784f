"""The first act of the engine on a database that came from a backup, or was recovered: nothing in it is believed.

Whatever is on its way asks the acceptance system first, because the PC the backup came from may have gone on. What is
held because it was entered by hand, or may have been, stays so: nobody has looked, only because a backup came back. The
station's credential, which that PC still has, is to be replaced. All that the acceptance system ever told is asked for
again: of a recovered database the cursor may have come through, and what it stands for not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from villagedesk.domain.outbox import ENTERED_BY_HAND, OPEN_STATES, OutboxRow, is_held_for_hands
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import RESTORED, Restoration
from villagedesk.sync import missing
from villagedesk.sync.changes import CURSOR
from villagedesk.sync.decisions import never_left
from villagedesk.sync.entry_begun import begin_unseen, were_by_hand
from villagedesk.sync.last_word import forget_reconciled
from villagedesk.sync.rows import advance
from villagedesk.sync.standing import CREDENTIAL, KEPT, STATE, EnrolmentState, put_successors, successors
from villagedesk.sync.table import Event


def begin_anew(transaction: Transaction, now: datetime, token: Callable[[], str]) -> bool:
    """Take up what the restore left in the setting :data:`RESTORED`, which is empty afterwards.

    Args:
        token: makes the new credential.

    Returns:
        Whether there was anything.

    Raises:
        ValueError: when the setting is not what a restore writes; then nothing may be sent.
    """
    text = transaction.setting(RESTORED)
    if not text:
        return False
    Restoration.from_text(text)
    if were_by_hand(transaction) and not transaction.setting(CREDENTIAL):  # nothing ever went out by itself
        begin_unseen(transaction, transaction.outbox(OPEN_STATES))
    for row in transaction.outbox(OPEN_STATES):
        transaction.update_outbox(_anew(row, now))
    state = EnrolmentState(transaction.setting(STATE))
    if transaction.setting(CREDENTIAL) and state is not EnrolmentState.UNPREPARED:
        # A replacement that was under way when the backup was made may have come through: it is repeated first.
        put_successors(transaction, [*successors(transaction), token()])
        if state is not EnrolmentState.PREPARED:
            transaction.put_setting(STATE, EnrolmentState.REPLACING)
    missing.want(transaction)
    forget_reconciled(transaction)
    transaction.put_setting(CURSOR, "")
    transaction.put_setting(KEPT, text)
    transaction.put_setting(RESTORED, "")
    return True


def _anew(row: OutboxRow, now: datetime) -> OutboxRow:
    if not is_held_for_hands(row):
        return advance(row, Event.RESTORED, now)
    if row.reason_key == ENTERED_BY_HAND and never_left(row):
        return row  # no PC ever sends it: a case that was entered by hand stays one, there too
    return advance(row, Event.RESTORED, now, reason=row.reason_key, raw=row.reason_raw)
