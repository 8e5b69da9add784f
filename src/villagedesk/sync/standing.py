"""What this PC keeps of the station's standing with the acceptance system: names of settings and their values."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from villagedesk.domain.repositories import Snapshot, Transaction

CREDENTIAL = "sync.credential"
STATE = "sync.enrolment"
CODE = "sync.enrolment_code_sha256"
KEPT = "sync.restored"
"""What the last restore or recovery said of itself (``villagedesk.domain.restoring.Restoration``)."""
_SUCCESSORS = "sync.next_credentials"


class EnrolmentState(StrEnum):
    """How far it is, as the setting ``sync.enrolment`` keeps it.

    REPLACING: the credential came with a backup, and another is to take its place.
    """

    UNPREPARED = ""
    PREPARED = "prepared"
    REPLACING = "replacing"
    ENROLLED = "enrolled"
    REFUSED = "refused"


def successors(snapshot: Snapshot) -> tuple[str, ...]:
    """Credentials that are to replace the present one, one after the other; the last is to stay."""
    return tuple(snapshot.setting(_SUCCESSORS).split())


def put_successors(transaction: Transaction, credentials: Sequence[str]) -> None:
    """Keep them before any of them is sent, so that a repeated call says the same."""
    transaction.put_setting(_SUCCESSORS, " ".join(credentials))
