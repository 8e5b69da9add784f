"""All that a case's own papers are drawn from, read at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.items import Items
from villagedesk.domain.case import Case, CaseEvent, Page
from villagedesk.domain.document import Document
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import goes_by_hand
from villagedesk.domain.printing import PrintJob
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.told_change import newest


@dataclass(frozen=True)
class PaperSource:
    """Args:
    item: in the version the case was taken in with; None where that is not to be had.
    by_hand: the case is entered into the acceptance system by hand: what the organ issues is issued there.
    """

    case: Case
    pages: Sequence[Page]
    events: Sequence[CaseEvent]
    documents: Sequence[Document]
    jobs: Sequence[PrintJob]
    item: ServiceItem | None
    by_hand: bool

    def told(self, change: CaseChange) -> CaseEvent | None:
        """The newest change of that kind that the acceptance system told."""
        return newest(self.events, change)


def paper_source(snapshot: Snapshot, items: Items, case_id: str) -> PaperSource:
    """Read it. Raises KeyError."""
    case = snapshot.case(case_id)
    return PaperSource(
        case=case,
        pages=snapshot.pages(case_id),
        events=snapshot.events(case_id),
        documents=snapshot.documents(case_id),
        jobs=snapshot.print_jobs(case_id),
        item=bound_item(items, case),
        by_hand=goes_by_hand(snapshot.outbox_of_case(case_id)),
    )
