"""Whether all that is called sent can be proved: each such row holds its receipt (invariant I3)."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.store.schema import OUTBOX

_SENT = select(OUTBOX.c.receipt, OUTBOX.c.payload_sha256).where(
    OUTBOX.c.state == SendingState.SENT.value, OUTBOX.c.operation == Operation.SUBMIT.value
)
_ECHO = "payload_sha256"


def sent_and_unproven(connection: Connection) -> tuple[int, int]:
    """How many submissions are called sent, and how many of those lack a receipt that echoes their own payload's hash.

    One row at a time, so that memory does not grow with the cases.
    """
    sent = unproven = 0
    for receipt, payload_sha256 in connection.execute(_SENT):
        sent += 1
        unproven += not _proves(receipt, payload_sha256)
    return sent, unproven


def _proves(receipt: str, payload_sha256: str) -> bool:
    try:
        told = json.loads(receipt)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get(_ECHO) == payload_sha256
