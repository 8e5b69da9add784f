"""For whom a paper's values are: the applicant, somebody else of the case, a person in the form, the form itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.case import Case
from villagedesk.domain.form_check import FORM
from villagedesk.domain.form_field import FieldKind, FormField
from villagedesk.domain.party import ApplicantKind, PartyRole
from villagedesk.domain.service_item import MaterialRequirement, ServiceItem
from villagedesk.domain.typed_text import fold_code
from villagedesk.imaging.fields.bank_card import BANK, BOOK, SOCIAL
from villagedesk.imaging.fields.household_register import HOUSEHOLD, MEMBER
from villagedesk.imaging.fields.id_card import FRONT
from villagedesk.imaging.fields.values import ReadField, ReadPaper

APPLICANT = "applicant"
IN_FORM = "form"
_BANK_NAME = "bank_name"
_OF_PERSON = {
    ReadField.NAME: "name",
    ReadField.NUMBER: "document_number",
    ReadField.SEX: "sex",
    ReadField.ETHNIC_GROUP: "ethnic_group",
    ReadField.BIRTH_DATE: "birth_date",
    ReadField.ADDRESS: "address",
}


@dataclass(frozen=True)
class Target:
    """Somebody, or something, with fields of the draft.

    Args:
        places: field of the draft for each field that was read.
        number: that stands there now, folded.
    """

    name: str
    who: Sentence
    places: Mapping[ReadField, str]
    number: str = ""


def targets_of(
    paper: ReadPaper,
    case: Case,
    item: ServiceItem,
    requirement: MaterialRequirement | None,
    roles: Mapping[str, Sequence[str]],
) -> tuple[Target, ...]:
    """Whom the paper can be for, the likeliest first; none for a paper that only tells.

    Args:
        requirement: the checklist line the page is for.
        roles: parts of requirements' names → ``applicant``, or a party's role.
    """
    if paper.kind in (BANK, BOOK):
        return _account(item)
    if paper.kind == HOUSEHOLD:
        return (_applicant_address(),) if case.applicant.kind is ApplicantKind.NATURAL else ()
    if paper.kind not in (FRONT, MEMBER, SOCIAL):
        return ()
    people = _people(case, item)
    if paper.kind == SOCIAL:
        accounts = _account(item)
        extra = accounts[0].places if accounts else {}
        people = [Target(one.name, one.who, {**one.places, **extra}, one.number) for one in people]
    read = paper.value(ReadField.NUMBER)
    number = fold_code(read.text) if read is not None else ""
    wanted = _wanted(requirement, roles, item)
    # whose number stands on the paper is sure; else what the checklist line is called
    order = sorted(people, key=lambda one: (not (number and one.number == number), one.name != wanted))
    return tuple(order)


def _people(case: Case, item: ServiceItem) -> list[Target]:
    legal = case.applicant.kind is ApplicantKind.LEGAL
    found = []
    if not legal:
        places = dict(_OF_PERSON)
        who = Sentence("ui.applicant.title")
        found.append(Target(APPLICANT, who, places, fold_code(case.applicant.document_number)))
    roles = [PartyRole.AGENT, PartyRole.LEGAL_REPRESENTATIVE if legal else PartyRole.GUARDIAN]
    for role in roles:
        party = case.party(role)
        places = {ReadField.NAME: f"{role}.name", ReadField.NUMBER: f"{role}.document_number"}
        number = fold_code(party.document_number) if party is not None else ""
        found.append(Target(str(role), Sentence(f"ui.party.{role}"), places, number))
    return found + _in_form(case, item)


def _in_form(case: Case, item: ServiceItem) -> list[Target]:
    """Persons the form asks for by a name and a resident number next to each other, e.g. the husband or wife."""
    found = []
    section = ""
    before: FormField | None = None
    for field in item.fields:
        section = field.section or section
        if field.kind is FieldKind.PERSON_NAME:
            before = field
        elif field.kind is FieldKind.RESIDENT_ID and before is not None and _same_person(before, field):
            places = {ReadField.NAME: f"{FORM}{before.name}", ReadField.NUMBER: f"{FORM}{field.name}"}
            number = fold_code(case.form.get(field.name, ""))
            who = Sentence("reading.in_form", {"section": section or before.label, "label": before.label})
            found.append(Target(f"{FORM}{before.name}", who, places, number))
            before = None
    return found


def _same_person(name: FormField, number: FormField) -> bool:
    return name.name.partition("_")[0] == number.name.partition("_")[0]


def _account(item: ServiceItem) -> tuple[Target, ...]:
    account = next((one for one in item.fields if one.kind is FieldKind.BANK_ACCOUNT), None)
    if account is None:
        return ()
    places = {ReadField.BANK_ACCOUNT: f"{FORM}{account.name}"}
    bank = next((one for one in item.fields if one.kind is FieldKind.TEXT and _BANK_NAME in one.name), None)
    if bank is not None:
        places[ReadField.BANK_NAME] = f"{FORM}{bank.name}"
    return (Target(IN_FORM, Sentence("reading.form"), places),)


def _applicant_address() -> Target:
    return Target(APPLICANT, Sentence("ui.applicant.title"), {ReadField.ADDRESS: "address"})


def _wanted(requirement: MaterialRequirement | None, roles: Mapping[str, Sequence[str]], item: ServiceItem) -> str:
    """The target the checklist line's name speaks of, as the first of these words that stands in it says."""
    if requirement is None:
        return APPLICANT
    for role, names in roles.items():
        if any(name in requirement.name for name in names):
            if role in (APPLICANT, *PartyRole):
                return role
            # a person in the form, by the beginning of the field's name
            return next((f"{FORM}{one.name}" for one in item.fields if one.name.startswith(f"{role}_name")), APPLICANT)
    return APPLICANT
