"""What the screen types into a draft, by the names of its fields: put in as it came, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import fields, replace
from typing import Any

from villagedesk.domain.case import Applicant, Case
from villagedesk.domain.form_check import FORM
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.party import ApplicantKind, Party, PartyRole
from villagedesk.domain.problems import InputProblem

PRESENT = "present"
"""``agent.present`` and so on: ``yes`` says there is one before anything is typed, ``no`` that there is none."""

APPLICANT_FIELDS = frozenset(field.name for field in fields(Applicant))
PARTY_FIELDS = frozenset(field.name for field in fields(Party)) - {"role"}
_LONGEST = {
    "name": 200,
    "kind": 40,
    "document_kind": 40,
    "document_number": 64,
    "phone": 40,
    "address": 200,
    "birth_date": 40,
    "sex": 40,
    "ethnic_group": 40,
    "relation": 40,
    "scope": 200,
    "until": 40,
    PRESENT: 3,
}
_LONGEST_IN_FORM = 20_000
"""A table of a family's members as JSON is the longest value a form has."""
_LIKE_NOTHING = ("name", "document_number", "phone", "relation", "scope", "until")


def put_in(case: Case, values: Mapping[str, str], form_fields: Set[str]) -> tuple[Case, tuple[str, ...]]:
    """The draft with these values, and the names of those that changed it.

    Args:
        values: names are those of an applicant, ``<role>.<field>`` of a party, or ``form.<field>``.
        form_fields: names the item's form has; those the draft holds already are taken as well.

    Raises:
        InputProblem: ``intake.too_long`` (``limit``, ``count``) for the field.
        ValueError: for a field, kind of applicant or document kind that does not exist.
    """
    typed = {name: _storable(str(value)) for name, value in values.items()}
    _refuse_too_long(typed)
    changed: list[str] = []
    applicant: dict[str, str] = {}
    parties: dict[PartyRole, dict[str, str]] = {}
    form = dict(case.form)
    for name, value in typed.items():
        if name in APPLICANT_FIELDS:
            applicant[name] = value
        elif name.startswith(FORM) and (field := name.removeprefix(FORM)) in form_fields | form.keys():
            if form.get(field, "") != value:
                changed.append(name)
                form[field] = value
        else:
            role, field = _place(name)
            parties.setdefault(role, {})[field] = value
    again = replace(case, form=form)
    if applicant:
        again = replace(again, applicant=_applicant(case.applicant, applicant))
        changed += [name for name in applicant if getattr(case.applicant, name) != getattr(again.applicant, name)]
    for role, given in parties.items():
        before = case.party(role)
        party = _party(before or Party(role), given)
        if party != before:
            changed += [f"{role}.{name}" for name in given]
        others = [one for one in again.parties if one.role is not role]
        again = replace(again, parties=_in_order([*others, party] if party else others))
    return again, tuple(sorted(changed))


def _applicant(old: Applicant, typed: Mapping[str, str]) -> Applicant:
    values: dict[str, str] = dict(typed)
    kind = ApplicantKind(values.pop("kind", old.kind))
    if kind is not old.kind and "document_kind" not in values:
        # the number of the other kind of applicant stays for the clerk to see and put right
        values["document_kind"] = DocumentKind.USCC if kind is ApplicantKind.LEGAL else DocumentKind.RESIDENT_ID
    if "document_kind" in values:
        values["document_kind"] = str(DocumentKind(values["document_kind"]))
    return replace(old, kind=kind, **values)


def _party(old: Party, typed: Mapping[str, str]) -> Party | None:
    """The party, or None when nothing is left of it and nobody said that there is one."""
    values: dict[str, Any] = dict(typed)
    present = values.pop(PRESENT, "")
    if present == "no":
        return None
    if "document_kind" in values:
        values["document_kind"] = str(DocumentKind(values["document_kind"]))
    party = replace(old, **values)
    return party if present or any(getattr(party, name).strip() for name in _LIKE_NOTHING) else None


def _in_order(parties: list[Party]) -> tuple[Party, ...]:
    order = list(PartyRole)
    return tuple(sorted(parties, key=lambda party: order.index(party.role)))


def _place(name: str) -> tuple[PartyRole, str]:
    role, _, field = name.partition(".")
    if role not in frozenset(PartyRole) or field not in PARTY_FIELDS | {PRESENT}:
        raise ValueError(f"no such field: {name}")
    return PartyRole(role), field


def _refuse_too_long(typed: Mapping[str, str]) -> None:
    """A typed field beyond any real length: refused at once, so that a pasted novel is not saved with each key."""
    for name, value in typed.items():
        limit = _LONGEST_IN_FORM if name.startswith(FORM) else _LONGEST.get(name.rpartition(".")[2], 40)
        if len(value) > limit:
            raise InputProblem("intake.too_long", field=name, limit=limit, count=len(value))


def _storable(value: str) -> str:
    """Half a character, which some input methods give for one beyond the first plane, cannot be written as UTF-8."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value)
