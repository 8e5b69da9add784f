"""Papers that wait for a printer in a database which is not the newest state of itself: restored, or recovered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from villagedesk.domain.case import CaseEvent
from villagedesk.domain.printing import PERHAPS_PRINTED, PrintJobState
from villagedesk.domain.repositories import Transaction


def ask_about_waiting_papers(transaction: Transaction, at: datetime, clerk: str) -> None:
    """Have the clerk asked about every paper that waits, instead of letting it come out by itself.

    It may have come out after the backup was made, or after the state that a damaged file was read in: two receipts of
    one case are worse than a question. Belongs into the transaction that begins the new epoch, so that no database is
    ever put in place without it.

    Args:
        clerk: who restores or recovers, for the case's log.
    """
    for job in transaction.print_jobs(open_only=True):
        if job.state is not PrintJobState.WAITING or job.reason_key == PERHAPS_PRINTED:
            continue
        transaction.put_print_job(replace(job, reason_key=PERHAPS_PRINTED))
        detail = {"paper": str(job.kind), "reprint": str(job.reprint), "reason": PERHAPS_PRINTED}
        transaction.append_event(CaseEvent(job.case_id, at, clerk, "print_trouble", detail=detail))
