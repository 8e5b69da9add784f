"""Results that were here and whose file is missing or damaged: noted, and fetched again by the next pull."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.document import LOST, Document
from villagedesk.domain.repositories import Store, Transaction

LOST_FILE = frozenset({"store.page_damaged", "store.page_missing"})
"""Keys of problems that say of a file that it is not what was put there; one that cannot be read now may be."""


def note_lost(store: Store, clock: Clock, page_ids: Collection[str]) -> int:
    """Note that the files of these pages are lost, where they are documents the acceptance system handed out: they are
    on their way again then, and their case's log says so. Pages of another kind, and what was noted before, stay.

    Returns:
        How many documents were noted.

    Raises:
        EnvironmentProblem: ``store.*``.
    """
    now = clock.now()

    def work(transaction: Transaction) -> int:
        expired: dict[str, frozenset[str]] = {}
        lost: list[Document] = []
        for document in transaction.documents_of_pages(page_ids):
            gone = expired.setdefault(document.case_id, transaction.expired_pages(document.case_id))
            if document.is_here and document.page_id not in gone:
                lost.append(document)
        for document in lost:
            transaction.put_document(replace(document, bytes_here=0, failures=0, reason_key=LOST))
            detail = {"document": document.name or document.document_id, "sha256": document.sha256}
            transaction.append_event(CaseEvent(document.case_id, now, SYSTEM, "document_lost", detail=detail))
        return len(lost)

    return store.write(work).result() if page_ids else 0
