"""Persons that need not be typed: known from an earlier case, or read from a card."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date

from villagedesk.desk.intake_views import EarlierPersonView
from villagedesk.desk.typed_values import APPLICANT_FIELDS, PARTY_FIELDS
from villagedesk.desk.views import FieldTrouble, Replaced, Sentence
from villagedesk.devices.ports import IdCard
from villagedesk.domain.case import Applicant, Case
from villagedesk.domain.earlier_person import EarlierPerson, earlier_persons_of
from villagedesk.domain.masking import mask_number
from villagedesk.domain.party import ApplicantKind, Party, PartyRole
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.typed_text import fold_code

APPLICANT = "applicant"


def earlier_views(
    snapshot: Snapshot, text: str, limit: int, kinds: Set[ApplicantKind]
) -> tuple[EarlierPersonView, ...]:
    """Whom the clerk can choose from, newest first."""
    return tuple(
        EarlierPersonView(
            name=person.name,
            document_kind=person.document_kind,
            document_number=person.document_number,
            masked_number=mask_number(person.document_number),
            phone=person.phone,
            address=person.address,
            last_case_id=person.last_case_id,
            last_item=snapshot.case(person.last_case_id).item_name,
            last_at=person.last_at,
        )
        for person in snapshot.earlier_persons(text, limit, kinds)
    )


def earlier_person(snapshot: Snapshot, case_id: str, document_number: str) -> EarlierPerson | None:
    """The person with exactly that number in that case; a number is not always a word that can be searched for."""
    try:
        case = snapshot.case(case_id)
    except KeyError:
        return None
    return next((one for one in earlier_persons_of(case) if one.document_number == document_number), None)


def earlier_values(role: str, person: EarlierPerson, case: Case) -> Mapping[str, str]:
    """What is filled in for somebody known. What is not known of them stays as typed, unless it was another person's.

    Args:
        role: ``"applicant"`` or a party's.

    Raises:
        ValueError: for a role that does not exist.
    """
    values = {
        "name": person.name,
        "document_kind": person.document_kind,
        "document_number": person.document_number,
        "phone": person.phone,
    }
    if role != APPLICANT:
        party = case.party(PartyRole(role))
        other = party is not None and _another(party, person.name, person.document_number)
        return _of_party(role, values if other else _known(values))
    more = {
        "kind": str(person.kind),
        "birth_date": person.birth_date,
        "sex": person.sex,
        "ethnic_group": person.ethnic_group,
        "address": person.address,
    }
    other = _another(case.applicant, person.name, person.document_number)
    return {**values, **more} if other else _known({**values, **more})


def card_role(role: str, case: Case) -> str:
    """Whose fields an identity card fills in: an organisation has none, so beside one it is its representative's."""
    if role == APPLICANT and case.applicant.kind is ApplicantKind.LEGAL:
        return str(PartyRole.LEGAL_REPRESENTATIVE)
    return role


def replaced(role: str, name: str, number: str, case: Case) -> Replaced | None:
    """Whose values somebody of that name and number takes the place of; None where nobody else's stood there.

    Args:
        role: ``"applicant"`` or a party's.

    Raises:
        ValueError: for a role that does not exist.
    """
    there = case.applicant if role == APPLICANT else case.party(PartyRole(role))
    if there is None:
        return None
    name_before, number_before = there.name.strip(), fold_code(there.document_number)
    same_name, same_number = name_before == name, number_before == fold_code(number)
    if not (name_before or number_before) or (name_before and same_name) or (number_before and same_number):
        return None
    fields = APPLICANT_FIELDS if role == APPLICANT else PARTY_FIELDS
    values = {field: str(getattr(there, field)) for field in fields}
    values = values if role == APPLICANT else dict(_of_party(role, values))
    return Replaced(role, name_before or there.document_number.strip(), name or number, values)


def card_values(role: str, card: IdCard, case: Case) -> Mapping[str, str]:
    """What a card fills in; the address only where none was typed, because many live elsewhere than their card says.

    Args:
        role: ``"applicant"`` or a party's.

    Raises:
        ValueError: for a role that does not exist.
    """
    values = {"name": card.name, "document_kind": str(card.kind), "document_number": card.number}
    if role != APPLICANT:
        return _of_party(role, values)
    values["kind"] = str(ApplicantKind.NATURAL)
    said = {"birth_date": card.birth_date, "sex": card.sex, "ethnic_group": card.ethnic_group}
    # what another card said of another person must not stay beside this one's name
    values.update(said)
    if _another(case.applicant, card.name, card.number):
        values |= {"address": card.address, "phone": ""}
    elif card.address and not case.applicant.address.strip():
        values["address"] = card.address
    return values


def card_notices(role: str, card: IdCard, today: date) -> tuple[FieldTrouble, ...]:
    """What the clerk is told of the card itself, each with the field it is of.

    Args:
        role: whose fields the card was read into.
    """
    place = "" if role == APPLICANT else f"{role}."
    notices = [(key, Sentence(key, {}, "warn")) for key in card.warnings]
    if card.valid_to and card.valid_to < today.isoformat():
        notices.append(("", Sentence("intake.card_expired", {"date": card.valid_to}, "warn")))
    fields = {"reader.cut_off": "name"}
    return tuple(
        FieldTrouble(place + fields.get(key, "document_number"), told, blocking=False) for key, told in notices
    )


def _another(there: Applicant | Party, name: str, number: str) -> bool:
    """Whether the fields hold somebody else; a wrong digit beside the same name is the same person."""
    other_number = bool(there.document_number.strip()) and fold_code(there.document_number) != fold_code(number)
    return other_number and bool(there.name.strip()) and there.name.strip() != name


def _known(values: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in values.items() if value}


def _of_party(role: str, values: Mapping[str, str]) -> Mapping[str, str]:
    return {f"{PartyRole(role)}.{name}": value for name, value in values.items()}
