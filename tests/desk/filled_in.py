"""Right answers for any item's form and checklist, so that a test can take a case of any item in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from tests.desk.answers import none_needed
from tests.desk.counter import APPLICANT, Window, flat_page
from tests.domain.identity_numbers import resident, social_credit
from villagedesk.desk.views import DraftView
from villagedesk.domain.case import MaterialState, Page
from villagedesk.domain.form_field import FieldKind, FormField
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import ServiceItem

AGENT = {
    "agent.name": "代办试用",
    "agent.document_number": resident("41042219040229998"),
    "agent.relation": "child",
    "agent.phone": "13900008888",
}
LEGAL = {
    "kind": "legal",
    "document_kind": "uscc",
    "name": "样张种植专业合作社",
    "document_number": social_credit("93410421MA4000009"),
    "legal_representative.name": "理事试用",
    "legal_representative.document_number": resident("41042219040229997"),
}

_RIGHT: Mapping[FieldKind, str] = {
    FieldKind.TEXT: "样张",
    FieldKind.LONG_TEXT: "样张一句话",
    FieldKind.YES_NO: "yes",
    FieldKind.PERSON_NAME: "试用人",
    FieldKind.RESIDENT_ID: resident("41042219040229996"),
    FieldKind.USCC: social_credit("93410421MA4000009"),
    FieldKind.PHONE: "13900007777",
    FieldKind.BANK_ACCOUNT: "6200000000000000000",
}


_FITTING: Mapping[str, Mapping[str, str]] = {
    # five members, of whom four are farmers and the first presides; all of it adds up
    "VD-SC-002": {
        "member_total": "5",
        "farmer_total": "4",
        "unit_total": "1",
        "total_contribution": "5",
        "members": json.dumps(
            [
                {
                    "name": f"成员{number}",
                    "member_kind": "farmer" if number < 5 else "enterprise",
                    "resident_id": resident(f"4104221904022999{number}") if number < 5 else "",
                    "credit_code": social_credit("93410421MA4000009") if number == 5 else "",
                    "home": "柳林村",
                    "contribution_way": "money",
                    "contribution": "1",
                    "duty": "chair" if number == 1 else "member",
                }
                for number in range(1, 6)
            ],
            ensure_ascii=False,
        ),
    },
    "VD-MZ-009": {"card_number": resident("41042219040229996") + "11"},
}
"""What a form's rules want where its fields' own first values do not fit each other."""


def right_value(field: FormField) -> str:
    """A value the field's rule takes; of a choice the first."""
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return field.options[0].code
    if field.kind in (FieldKind.NUMBER, FieldKind.AMOUNT, FieldKind.AREA, FieldKind.DECIMAL):
        return str(field.least if field.least is not None else min(1, field.most or 1))
    if field.kind is FieldKind.DATE:
        # the applicants of tests were born in 1904, and it is 2026
        return "2026-11-23" if field.not_before.startswith("today") else "2020-02-03"
    if field.kind is FieldKind.ROWS:
        row = {column.name: right_value(column) for column in field.columns}
        return json.dumps([row] * int(field.least or 1), ensure_ascii=False)
    return _RIGHT[field.kind][: field.longest]


def right_form(item: ServiceItem) -> dict[str, str]:
    """All fields of an item's form, by the names they are typed under."""
    values = {**{field.name: right_value(field) for field in item.fields}, **_FITTING.get(item.code, {})}
    return {f"form.{name}": value for name, value in values.items()}


def add_pages(window: Window, case_id: str, requirement_id: str, count: int = 1) -> list[Page]:
    """Photographed pages of a paper, each of its own content, behind those that are there."""
    there = sum(page.requirement_id == requirement_id for page in window.desk.intake.view(case_id).pages)
    flat = flat_page()
    pages = []
    for order in range(there + 1, there + count + 1):
        page_id = str(uuid.uuid4())
        data = flat.data + page_id.encode()  # what follows the end of a page's file is not looked at
        sha256 = window.vault.put(page_id, data)
        place = (page_id, case_id, requirement_id, order, sha256, len(data), flat.media_type)
        pages.append(Page(*place, flat.width, flat.height, flat.dpi, window.clock.now()))

    def work(transaction: Transaction) -> None:
        for page in pages:
            transaction.add_page(page)

    window.store.write(work).result()
    return pages


def filled_draft(window: Window, code: str, more: Mapping[str, str] | None = None) -> str:
    """A draft of any item with everything it needs; gives its case_id."""
    desk = window.desk
    view = desk.intake.start(code)
    case_id = view.case.case_id
    person = APPLICANT if ApplicantKind.NATURAL in view.item.applicants else {**APPLICANT, **LEGAL}
    view = desk.intake.type(case_id, {**person, **right_form(view.item), **(more or {})}, 3)
    bring_papers(window, view)
    return case_id


def bring_papers(window: Window, view: DraftView) -> None:
    """Take every paper the checklist still waits for; what only the clerk can tell is not needed."""
    none_needed(window.desk, view.case.case_id)
    for line in view.checklist:
        if not line.needed or line.done:
            continue
        if line.requirement.min_pages:
            add_pages(window, view.case.case_id, line.requirement.requirement_id, line.requirement.min_pages)
        else:
            window.desk.intake.set_material(view.case.case_id, line.requirement.requirement_id, MaterialState.TAKEN)
