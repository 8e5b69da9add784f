"""What the screen types into a draft, by the names of its fields: put in as it came, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from villagedesk.domain.case import Applicant, Case
from villagedesk.domain.form_check import FORM
from villagedesk.domain.identity import CheckedDocument, DocumentKind, check_document
from villagedesk.domain.party import ApplicantKind, Party, PartyRole
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.typed_text import fold_code

PRESENT = "present"
"""``agent.present`` and so on: ``yes`` says there is one before anything is typed, ``no`` that there is none."""

APPLICANT_FIELDS = frozenset(field.name for field in fields(Applicant))
PARTY_FIELDS = frozenset(field.name for field in fields(Party)) - {"role"}
LONGEST_LINE = 32_767
"""Characters a draft keeps of a person's field: as many as a line on screen holds, so that a text that is too long by
its own rule is kept as it was typed, with its trouble beside it."""
LONGEST_IN_FORM = 1_000_000
"""Of a field of the form; the longest are a cooperative's 200 members, as JSON."""
_LIKE_NOTHING = ("name", "document_number", "phone", "relation", "scope", "until")


@dataclass(frozen=True)
class PutIn:
    """A draft with what was typed.

    Args:
        changed: names of the values that changed it.
        refused: ``intake.too_long`` (``limit``, ``count``) for each field that was left as it was, because nobody
            types that much into it and it would be written again with every key.
        told: ``domain.identity.seen_as.*`` for each number that is of another kind of document than was chosen; the
            draft has the right kind now.
    """

    case: Case
    changed: tuple[str, ...]
    refused: tuple[InputProblem, ...]
    told: tuple[Problem, ...]


def put_in(case: Case, values: Mapping[str, str], form_fields: Set[str]) -> PutIn:
    """The draft with these values; one that cannot be kept holds up none of the others.

    Args:
        values: names are those of an applicant, ``<role>.<field>`` of a party, or ``form.<field>``.
        form_fields: names the item's form has; those the draft holds already are taken as well.

    Raises:
        ValueError: for a field, kind of applicant or document kind that does not exist.
    """
    refused = tuple(problem for name, value in values.items() if (problem := _too_long(name, str(value))))
    out = {problem.field for problem in refused}
    typed = {name: _storable(str(value)) for name, value in values.items() if name not in out}
    changed: list[str] = []
    applicant: dict[str, str] = {}
    parties: dict[PartyRole, dict[str, str]] = {}
    form = dict(case.form)
    told: list[Problem] = []
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
        before, after = case.applicant, _applicant(case.applicant, applicant, told)
        again = replace(again, applicant=after)
        changed += [name for name in APPLICANT_FIELDS if getattr(before, name) != getattr(after, name)]
    for role, given in parties.items():
        there = case.party(role)
        party = _party(there or Party(role), given, told)
        if party != there:
            changed += [f"{role}.{name}" for name in given]
        others = [one for one in again.parties if one.role is not role]
        again = replace(again, parties=_in_order([*others, party] if party else others))
    return PutIn(again, tuple(sorted(changed)), refused, tuple(told))


def of_kind(applicant: Applicant, kind: ApplicantKind) -> Applicant:
    """The applicant as a natural or legal person; the number of the other kind stays for the clerk to see and put
    right."""
    if kind is applicant.kind:
        return applicant
    document = DocumentKind.USCC if kind is ApplicantKind.LEGAL else DocumentKind.RESIDENT_ID
    return replace(applicant, kind=kind, document_kind=str(document))


def _applicant(old: Applicant, typed: Mapping[str, str], told: list[Problem]) -> Applicant:
    values: dict[str, Any] = dict(typed)
    old = of_kind(old, ApplicantKind(values.pop("kind", old.kind)))
    if "document_kind" in values:
        values["document_kind"] = str(DocumentKind(values["document_kind"]))
    again = replace(old, **values)
    if fold_code(again.document_number) != fold_code(old.document_number):
        # what only repeats the number goes with it: the next number says it anew, perhaps of somebody else
        said = _said(old.document_kind, old.document_number)
        if said is not None and said.birth_date and old.birth_date == said.birth_date.isoformat():
            again = replace(again, birth_date=typed.get("birth_date", ""))
        if said is not None and said.sex and old.sex == said.sex:
            again = replace(again, sex=typed.get("sex", ""))
    if again.kind is ApplicantKind.LEGAL:
        return again
    return replace(again, document_kind=_seen("document_number", again.document_kind, again.document_number, told))


def _said(kind: str, number: str) -> CheckedDocument | None:
    """What the number says as a document of that kind; None while it is not right. Whether its day has come yet is
    another matter."""
    try:
        return check_document(DocumentKind(kind), number, date.max, frozenset())
    except InputProblem:
        return None


def _seen(place: str, kind: str, number: str, told: list[Problem]) -> str:
    """The kind of document the number shows itself to be of, told where it is not the chosen one."""
    said = _said(kind, number)
    if said is None or said.kind == kind:
        return kind
    told.append(Problem(f"domain.identity.seen_as.{said.kind}", field=place))
    return str(said.kind)


def _party(old: Party, typed: Mapping[str, str], told: list[Problem]) -> Party | None:
    """The party, or None when nothing is left of it and nobody said that there is one."""
    values: dict[str, Any] = dict(typed)
    present = values.pop(PRESENT, "")
    if present == "no":
        return None
    if "document_kind" in values:
        values["document_kind"] = str(DocumentKind(values["document_kind"]))
    party = replace(old, **values)
    place = f"{party.role}.document_number"
    party = replace(party, document_kind=_seen(place, party.document_kind, party.document_number, told))
    return party if present or any(getattr(party, name).strip() for name in _LIKE_NOTHING) else None


def _in_order(parties: list[Party]) -> tuple[Party, ...]:
    order = list(PartyRole)
    return tuple(sorted(parties, key=lambda party: order.index(party.role)))


def _place(name: str) -> tuple[PartyRole, str]:
    role, _, field = name.partition(".")
    if role not in frozenset(PartyRole) or field not in PARTY_FIELDS | {PRESENT}:
        raise ValueError(f"no such field: {name}")
    return PartyRole(role), field


def _too_long(name: str, value: str) -> InputProblem | None:
    limit = LONGEST_IN_FORM if name.startswith(FORM) else LONGEST_LINE
    if len(value) <= limit:
        return None
    return InputProblem("intake.too_long", field=name, limit=limit, count=len(value))


def _storable(value: str) -> str:
    """Half a character, which some input methods give for one beyond the first plane, cannot be written as UTF-8."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value)
