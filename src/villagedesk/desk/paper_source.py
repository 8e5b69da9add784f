"""All that a case's own papers are drawn from, read at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.items import Items
from villagedesk.domain.case import Case, CaseEvent, Material, Page
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
    visit_no: of the home visit it was begun for, "" where it was begun at the window.
    """

    case: Case
    pages: Sequence[Page]
    events: Sequence[CaseEvent]
    documents: Sequence[Document]
    jobs: Sequence[PrintJob]
    item: ServiceItem | None
    by_hand: bool
    visit_no: str = ""

    def told(self, change: CaseChange) -> CaseEvent | None:
        """The newest change of that kind that the acceptance system told."""
        return newest(self.events, change)


@dataclass(frozen=True)
class Supplement:
    """Papers that came after the application.

    Args:
        event: of the case's log, when they came.
        materials: those of the case.
    """

    event: CaseEvent
    materials: tuple[Material, ...]


def newest_supplement(source: PaperSource) -> Supplement | None:
    """What was brought last; None where nothing was brought later."""
    for event in reversed(source.events):
        if event.kind == "sent_again":
            named = frozenset(event.detail.get("papers", "").split("、"))
            found = tuple(one for one in source.case.materials if one.name in named)
        elif event.kind == "promised_brought":
            brought = event.detail.get("requirement", "")
            found = tuple(one for one in source.case.materials if one.requirement_id == brought)
        else:
            continue
        if found:
            return Supplement(event, found)
    return None


def paper_source(snapshot: Snapshot, items: Items, case_id: str) -> PaperSource:
    """Read it. Raises KeyError."""
    case, visit = snapshot.case(case_id), snapshot.visit_of_case(case_id)
    return PaperSource(
        case=case,
        pages=snapshot.pages(case_id),
        events=snapshot.events(case_id),
        documents=snapshot.documents(case_id),
        jobs=snapshot.print_jobs(case_id),
        item=bound_item(items, case),
        by_hand=goes_by_hand(snapshot.outbox_of_case(case_id)),
        visit_no=visit.visit_no if visit is not None else "",
    )
