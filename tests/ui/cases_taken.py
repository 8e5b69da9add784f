"""Cases of any item, taken in without a screen and without photographs being flattened for them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from tests.desk.answers import none_needed
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import ADDRESS, ID_NUMBER, NAME, PHONE, Village, papers
from villagedesk.domain.case import MaterialState, Page
from villagedesk.domain.repositories import Transaction

APPLICANT = {"name": NAME, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}


def taken_in(
    village: Village, item: str, values: Mapping[str, str] | None = None, *, promised: Collection[str] = ()
) -> str:
    """A case with a page for each paper that is needed; gives its id.

    Args:
        values: what is typed besides the applicant, as of ``Intake.type``.
        promised: requirements that come later.
    """
    desk = desk_of(village)
    case_id = desk.intake.start(item).case.case_id
    view = desk.intake.type(case_id, APPLICANT | dict(values or {}), 4)
    pages: list[Page] = []
    for requirement in [line.requirement for line in view.checklist if line.needed]:
        name = requirement.requirement_id
        if name in promised:
            desk.intake.set_material(case_id, name, MaterialState.PROMISED)
        elif not requirement.min_pages:
            desk.intake.set_material(case_id, name, MaterialState.TAKEN)
        else:
            pages += [_page(village, case_id, name, order) for order in range(1, requirement.min_pages + 1)]

    def work(transaction: Transaction) -> None:
        for page in pages:
            transaction.add_page(page)

    village.store.write(work).result()
    none_needed(desk, case_id)
    desk.intake.take_in(case_id)
    return case_id


def _page(village: Village, case_id: str, requirement_id: str, order: int) -> Page:
    page_id = str(uuid.uuid4())
    data = papers(1)[0] + page_id.encode()  # what follows a JPEG's end is not looked at
    sha256 = village.vault.put(page_id, data)
    moment = desk_of(village).intake.view(case_id).saved_at
    return Page(page_id, case_id, requirement_id, order, sha256, len(data), "image/jpeg", 1600, 1200, 200, moment)
