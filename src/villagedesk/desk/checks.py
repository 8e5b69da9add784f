"""Is a draft right, and what still hinders taking it in: one answer for the steps of the screen and for intake."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from villagedesk.desk.views import FieldTrouble, Missing, Sentence
from villagedesk.domain.case import Applicant, Material, Page
from villagedesk.domain.identity import CheckedDocument, DocumentKind, check_document
from villagedesk.domain.names import fold_name
from villagedesk.domain.phone import check_phone
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.service_item import MaterialRequirement, Necessity, ServiceItem

APPLICANT_STEP = 2
MATERIAL_STEP = 3
TYPED_FIELDS = ("name", "document_kind", "document_number", "phone", "address")
_LONGEST = {"name": 100, "document_kind": 40, "document_number": 64, "phone": 40, "address": 200}


@dataclass(frozen=True)
class CheckedDraft:
    """A draft's applicant and papers against the rules.

    Args:
        applicant: folded as far as the fields are right.
        troubles: what is wrong or should be looked at, beside its field.
        missing: what hinders taking in; empty when ready.
    """

    applicant: Applicant
    birth_date: date | None
    sex: str
    troubles: tuple[FieldTrouble, ...]
    missing: tuple[Missing, ...]


def check_draft(
    applicant: Applicant, item: ServiceItem, pages: Sequence[Page], today: date, known_areas: Set[str]
) -> CheckedDraft:
    """Check everything anew from what was typed and photographed.

    Args:
        today: the date in Shanghai.
        known_areas: prefixes of area codes; unknown ones warn only.
    """
    troubles: list[FieldTrouble] = []
    missing: list[Missing] = []
    folded = applicant

    if not applicant.name.strip():
        missing.append(_empty("name"))
    else:
        try:
            name = fold_name(applicant.name)
        except InputProblem as problem:
            _wrong("name", problem, troubles, missing)
        else:
            folded = replace(folded, name=name.name)
            # a question about a private-use character warns: a name nobody can type is still a person's name
            troubles += (_warning("name", notice) for notice in (*name.notes, *name.questions))

    document: CheckedDocument | None = None
    if not applicant.document_number.strip():
        missing.append(_empty("document_number"))
    else:
        try:
            document = check_document(
                DocumentKind(applicant.document_kind), applicant.document_number, today, known_areas
            )
        except InputProblem as problem:
            _wrong("document_number", problem, troubles, missing)
        else:
            folded = replace(folded, document_kind=str(document.kind), document_number=document.number)
            troubles += (_warning("document_number", warning) for warning in document.warnings)
            if document.question is not None:
                # answered by typing the 18-digit number the clerk has settled on
                _wrong("document_number", document.question, troubles, missing)

    try:
        folded = replace(folded, phone=check_phone(applicant.phone), address=" ".join(applicant.address.split()))
    except InputProblem as problem:
        _wrong("phone", problem, troubles, missing)

    missing += missing_papers(item, pages)
    return CheckedDraft(
        folded,
        document.birth_date if document else None,
        str(document.sex) if document and document.sex else "",
        tuple(troubles),
        tuple(missing),
    )


def missing_papers(item: ServiceItem, pages: Sequence[Page]) -> list[Missing]:
    """Checklist lines with too few pages; a conditional line counts only once it has a page."""
    short: list[Missing] = []
    for requirement in item.materials:
        have = _page_count(requirement, pages)
        wanted = requirement.necessity is not Necessity.CONDITIONAL or have > 0
        if wanted and have < requirement.min_pages:
            params = {"name": requirement.name, "have": have, "need": requirement.min_pages}
            sentence = Sentence("intake.missing.pages", params, "bad")
            short.append(Missing(MATERIAL_STEP, sentence, requirement_id=requirement.requirement_id))
    return short


def materials_of(item: ServiceItem, pages: Sequence[Page]) -> tuple[Material, ...]:
    """The papers handed in: every required line, and conditional ones that have pages."""
    return tuple(
        Material(requirement.requirement_id, requirement.name, requirement.form, requirement.copies)
        for requirement in item.materials
        if requirement.necessity is not Necessity.CONDITIONAL or _page_count(requirement, pages) > 0
    )


def too_long(values: dict[str, str]) -> InputProblem | None:
    """A typed field beyond any real length: refused at once, so that a pasted novel is not saved with each key."""
    for name, value in values.items():
        if len(value) > _LONGEST[name]:
            return InputProblem("intake.too_long", field=name, limit=_LONGEST[name], count=len(value))
    return None


def _page_count(requirement: MaterialRequirement, pages: Sequence[Page]) -> int:
    return sum(page.requirement_id == requirement.requirement_id for page in pages)


def _empty(field: str) -> Missing:
    return Missing(APPLICANT_STEP, Sentence(f"intake.missing.{field}", {}, "bad"), field=field)


def _wrong(field: str, problem: Problem, troubles: list[FieldTrouble], missing: list[Missing]) -> None:
    sentence = Sentence(problem.key, problem.params, "bad")
    troubles.append(FieldTrouble(field, sentence))
    missing.append(Missing(APPLICANT_STEP, sentence, field=field))


def _warning(field: str, problem: Problem) -> FieldTrouble:
    return FieldTrouble(field, Sentence(problem.key, problem.params, "warn"), blocking=False)
