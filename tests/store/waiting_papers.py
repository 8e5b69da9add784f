"""Print jobs in every state one can be left in, and what has to become of them when their database is an older one."""

from __future__ import annotations

import uuid
from dataclasses import replace

from tests.store.fixtures import CLERK, OpenedStore
from villagedesk.domain.printing import PERHAPS_PRINTED, PaperKind, PrintJob, PrintJobState
from villagedesk.domain.repositories import Transaction
from villagedesk.store.database import EncryptedStore


def papers_in_every_state(opened: OpenedStore, case_id: str) -> list[PrintJob]:
    """Stored jobs of one case, one of them asked about already."""
    states = {
        "waits": (PrintJobState.WAITING, "", ""),
        "waits for the printer": (PrintJobState.WAITING, "", "printing.reason.offline"),
        "waits in the printer's queue": (PrintJobState.WAITING, "P", "printing.reason.in_queue"),
        "waits for its answer": (PrintJobState.WAITING, "", "printing.reason.printing"),
        "asked about": (PrintJobState.WAITING, "P", PERHAPS_PRINTED),
        "came out": (PrintJobState.DONE, "P", ""),
        "failed": (PrintJobState.FAILED, "", "printing.reason.broke"),
    }
    now = opened.clock.now()
    jobs = []
    for reprint, (name, (state, where, reason)) in enumerate(states.items()):
        page_id = str(uuid.uuid4())
        sha256 = opened.vault.put(page_id, name.encode())
        jobs.append(PrintJob(name, case_id, PaperKind.RECEIPT, reprint, page_id, sha256, state, now, where, reason))

    def work(transaction: Transaction) -> None:
        for job in jobs:
            transaction.put_print_job(job)

    opened.store.write(work).result()
    return jobs


def assert_waiting_papers_are_asked_about(store: EncryptedStore, before: list[PrintJob]) -> None:
    """Each that waited is a question to the clerk, with one line in its case's log; all others are as they were."""
    waited = [job for job in before if job.state is PrintJobState.WAITING]
    expected = [replace(job, reason_key=PERHAPS_PRINTED) if job in waited else job for job in before]
    case_id = before[0].case_id
    jobs, events = store.read(lambda snapshot: (snapshot.print_jobs(case_id), snapshot.events(case_id)))
    assert list(jobs) == expected
    lines = [(event.actor, dict(event.detail)) for event in events if event.kind == "print_trouble"]
    assert lines == [
        (CLERK, {"paper": "receipt", "reprint": str(job.reprint), "reason": PERHAPS_PRINTED})
        for job in waited
        if job.reason_key != PERHAPS_PRINTED
    ]
