"""A correction the clerk had begun, and could not send before its case went on without it.

What was typed stays kept beside the case (:meth:`villagedesk.domain.repositories.Snapshot.correction`): no typed text
is ever lost (I11), and both versions are kept (design: decision 15).
"""

from __future__ import annotations

from collections.abc import Mapping

from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.to_look_at import look_at

BEGUN = "correction_begun"
"""Kind of the event that notes that the clerk opened a case to correct it."""
UNSENT = "unsent_correction"
"""In the detail of the event that a case went on: a correction of it was not sent yet."""
UNSENT_SEEN = "unsent_seen"
"""Kind of the event that notes that the clerk has read what was not sent."""
CORRECTED_IN = frozenset({CaseStatus.RECEIVED, CaseStatus.HANDED_OVER, CaseStatus.SUBMITTED, CaseStatus.RETURNED})
"""States in which a correction can be sent, as soon as nothing of the case is on its way."""


def went_on(transaction: Transaction, before: Case, status: CaseStatus) -> Mapping[str, str]:
    """What the event of a change says of a correction that it leaves behind, which the clerk is to look at; empty where
    none was begun or it can still be sent.

    Args:
        before: the case as it stood until then.
        status: where the change puts it.
    """
    goes = status not in (before.status, CaseStatus.RETURNED) and before.status in CORRECTED_IN
    if not goes or transaction.correction(before.case_id) is None:
        return {}
    look_at(transaction, before.case_id)
    return {UNSENT: "yes"}
