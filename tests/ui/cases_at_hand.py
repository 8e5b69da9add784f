"""Cases made without a screen, for tests of what is done with them afterwards."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.ui.desk_at_hand import ADDRESS, CLERK, ID_NUMBER, ITEM_WORDS, NAME, PHONE, Village, needed_papers, papers
from villagedesk.desk.desk import Desk
from villagedesk.domain.case import CaseEvent, CaseStatus, Page
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction


def desk_of(village: Village) -> Desk:
    """The open desk."""
    assert village.desk is not None
    return village.desk


def take_in(village: Village, name: str = NAME) -> tuple[str, str]:
    """A case with all its pages: its id and local number."""
    desk = desk_of(village)
    case_id = desk.intake.start(desk.items.search(ITEM_WORDS)[0].code).case.case_id
    desk.intake.type(case_id, {"name": name, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}, 3)
    photograph = village.folder / "paper.jpg"
    photograph.write_bytes(papers()[0])
    for requirement in needed_papers(desk, case_id):
        desk.scanning.keep(desk.scanning.import_file(case_id, requirement.requirement_id, photograph).proposal_id)
    return case_id, desk.intake.take_in(case_id).local_no


def take_in_quickly(village: Village, name: str = NAME) -> tuple[str, str]:
    """As :func:`take_in`, with pages that were put there and not photographed."""
    desk = desk_of(village)
    case_id = desk.intake.start(desk.items.search(ITEM_WORDS)[0].code).case.case_id
    desk.intake.type(case_id, {"name": name, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}, 3)
    data, pages = papers()[0], []
    for number, requirement in enumerate(needed_papers(desk, case_id)):
        page_id, content = str(uuid.uuid4()), data + bytes((number,))  # what follows a JPEG's end is not looked at
        place = (page_id, case_id, requirement.requirement_id, 1, village.vault.put(page_id, content), len(content))
        pages.append(Page(*place, "image/jpeg", 100, 100, 200, datetime.now(UTC)))

    def work(transaction: Transaction) -> None:
        for page in pages:
            transaction.add_page(page)

    village.store.write(work).result()
    return case_id, desk.intake.take_in(case_id).local_no


def kinds_logged(village: Village) -> list[str]:
    """The kinds of all lines of the station's log, oldest first; looks that still wait are written before."""
    log = desk_of(village).audit._log
    return [str(entry.kind) for entry in reversed(log.entries(10_000))]


def delivered_long_ago(village: Village, case_id: str, days: int = 500) -> None:
    """The case's journey is over: its receipt names every page, and it was delivered so many days ago."""
    at = datetime.now(UTC) - timedelta(days=days)

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        transaction.put_case(replace(case, status=CaseStatus.DELIVERED))
        receipt = json.dumps({"pages": [page.sha256 for page in transaction.pages(case_id)]})
        row = transaction.outbox_of_case(case_id)[-1]
        transaction.update_outbox(replace(row, state=SendingState.SENT, receipt=receipt))
        transaction.append_event(CaseEvent(case_id, at, CLERK, "status", case.status, CaseStatus.DELIVERED))

    village.store.write(work).result()


def told(village: Village, case_id: str, change: str, status: CaseStatus, **values: str) -> None:
    """What the acceptance system says of a case, as the sync writes it; with ``acceptance_no`` it is accepted."""
    detail = {"change": change, "sequence": "1", "at": datetime.now(UTC).isoformat(), "applied": "yes"}
    detail |= {f"value.{name}": value for name, value in values.items()}
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        moved = replace(case, status=status)
        if "acceptance_no" in values:
            moved = replace(moved, acceptance_no=values["acceptance_no"], query_code="731946", accepted_at=now)
            moved = replace(moved, accepting_organ=values.get("organ", "鲁山县医疗保障局"))
        transaction.put_case(moved)
        transaction.append_event(CaseEvent(case_id, now, "system", "change", case.status, status, detail))

    village.store.write(work).result()
