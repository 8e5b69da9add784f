"""Who applies and who else takes part: every person of a draft against the rules of domain.md section 3, and the facts
about them that an item's conditions hang on."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date

from villagedesk.desk.views import FieldTrouble, Missing, Sentence
from villagedesk.domain.case import Applicant, Case
from villagedesk.domain.dates import NoDate, full_years, read_date
from villagedesk.domain.ethnic_groups import ETHNIC_GROUPS, fold_ethnic_group
from villagedesk.domain.identity import CheckedDocument, DocumentKind, check_document
from villagedesk.domain.names import fold_name
from villagedesk.domain.organisation_names import fold_organisation_name
from villagedesk.domain.party import ApplicantKind, Party, PartyRole
from villagedesk.domain.phone import check_phone
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.resident_id import Sex
from villagedesk.domain.service_item import AgeRule, ServiceItem
from villagedesk.domain.typed_text import fold_code
from villagedesk.domain.uscc import check_uscc
from villagedesk.domain.when import NO, YES

PERSON_STEP = 2
FULL_AGE = 18
"""民法典 §17: who is younger is a minor, for whom a guardian acts (§27)."""

_LONGEST_LINE = 200
"""Characters of an address, and of what an agent may do."""
_SHOWN = 40
"""Characters of a text nobody can read as a date that its sentence repeats."""
_LEGAL_DOCUMENTS = frozenset({DocumentKind.USCC, DocumentKind.OTHER})


@dataclass(frozen=True)
class CheckedPersons:
    """A draft's persons.

    Args:
        applicant: folded as far as the fields are right, with birth date and sex as the number or the clerk says.
        parties: those that count, folded likewise; what was typed of others stays in the draft only.
        birth_date: of the applicant, None while unknown.
        facts: of the case (:data:`villagedesk.domain.when.FACTS`).
    """

    applicant: Applicant
    parties: tuple[Party, ...]
    birth_date: date | None
    facts: Mapping[str, str]
    troubles: tuple[FieldTrouble, ...]
    missing: tuple[Missing, ...]


def check_persons(case: Case, item: ServiceItem, today: date, known_areas: Set[str]) -> CheckedPersons:
    """Check everything anew from what was typed.

    Args:
        today: the date in Shanghai.
        known_areas: prefixes of area codes; unknown ones warn only.
    """
    return _Check(case, item, today, known_areas).done()


class _Check:
    def __init__(self, case: Case, item: ServiceItem, today: date, known_areas: Set[str]) -> None:
        self._case = case
        self._item = item
        self._today = today
        self._areas = known_areas
        self._troubles: list[FieldTrouble] = []
        self._missing: list[Missing] = []
        self._born: date | None = None

    def done(self) -> CheckedPersons:
        legal = self._case.applicant.kind is ApplicantKind.LEGAL
        applicant = self._applicant()
        age = None if self._born is None else full_years(self._born, self._today)
        minor = "" if age is None else (YES if age < FULL_AGE else NO)
        if legal:
            minor = NO
        elif age is not None:
            self._age(self._item.ages, age, applicant.sex)
        parties = self._parties(legal=legal, minor=minor == YES, number=applicant.document_number)
        roles = {party.role for party in parties}
        facts = {
            "agent": YES if PartyRole.AGENT in roles else NO,
            "guardian": YES if PartyRole.GUARDIAN in roles else NO,
            "minor": minor,
            "applicant_kind": str(applicant.kind),
            "sex": applicant.sex,
            "age": "" if age is None else str(age),
            "document_kind": applicant.document_kind,
        }
        return CheckedPersons(applicant, tuple(parties), self._born, facts, tuple(self._troubles), tuple(self._missing))

    def _applicant(self) -> Applicant:
        typed = self._case.applicant
        legal = typed.kind is ApplicantKind.LEGAL
        if typed.kind not in self._item.applicants:
            self._wrong("kind", InputProblem(f"intake.applicant_kind.not_{typed.kind}"))
        folded = replace(typed, name=self._name("name", typed.name, legal=legal))
        document = self._document("document_number", typed.document_kind, typed.document_number, legal=legal)
        if document is not None:
            folded = replace(folded, document_kind=str(document.kind), document_number=document.number)
        folded = replace(folded, phone=self._phone("phone", typed.phone), address=self._line("address", typed.address))
        if legal:
            return replace(folded, birth_date="", sex="", ethnic_group="")
        born = self._birth_date(typed.birth_date, document)
        if born is not None and born <= self._today:
            self._born = born
        return replace(
            folded,
            birth_date=typed.birth_date.strip() if born is None else born.isoformat(),
            sex=self._sex(typed.sex, document),
            ethnic_group=self._ethnic_group(typed.ethnic_group),
        )

    def _birth_date(self, typed: str, document: CheckedDocument | None) -> date | None:
        said = document.birth_date if document else None
        if not typed.strip():
            if document is not None and said is None:
                self._empty("birth_date")
            return said
        born = self._day("birth_date", typed)
        if born is not None and said is not None and born != said:
            self._wrong("birth_date", InputProblem("intake.birth_date_differs", date=said.isoformat()))
            return said
        if born is not None and born > self._today:
            self._wrong("birth_date", InputProblem("intake.birth_date_future"))
        return said or born

    def _sex(self, typed: str, document: CheckedDocument | None) -> str:
        said = document.sex if document else None
        if not typed.strip():
            ages = self._item.ages
            if document is not None and said is None and ages is not None and ages.least_female is not None:
                self._empty("sex")
            return str(said) if said else ""
        if typed not in frozenset(Sex):
            self._wrong("sex", InputProblem("intake.sex_unknown"))
        elif said is not None and typed != said:
            self._wrong("sex", InputProblem(f"intake.sex_differs.{said}"))
        return str(said or typed)

    def _ethnic_group(self, typed: str) -> str:
        code = fold_ethnic_group(typed)
        if code and code not in ETHNIC_GROUPS:
            self._warn("ethnic_group", Problem("intake.ethnic_group_unknown", code=code))
        return code

    def _age(self, rule: AgeRule | None, age: int, sex: str) -> None:
        if rule is None:
            return
        least = rule.least
        if sex == Sex.FEMALE and rule.least_female is not None:
            least = rule.least_female
        if (least is None or age >= least) and (rule.most is None or age <= rule.most):
            return
        if rule.strict:
            self._wrong("birth_date", InputProblem("intake.age_refused", words=rule.words, age=age))
        else:
            self._warn("birth_date", Problem("intake.age_warning", words=rule.words, age=age))

    def _parties(self, *, legal: bool, minor: bool, number: str) -> list[Party]:
        needed = {PartyRole.LEGAL_REPRESENTATIVE} if legal else {PartyRole.GUARDIAN} if minor else set()
        # a guardian belongs to a natural person, a legal representative to a legal one; what the other kind of
        # applicant had stays typed, and counts no more
        never = PartyRole.GUARDIAN if legal else PartyRole.LEGAL_REPRESENTATIVE
        found: list[Party] = []
        for role in PartyRole:
            party = self._case.party(role)
            if role is never:
                continue
            if party is not None:
                found.append(self._party(party, number))
            elif role in needed:
                self._missing.append(
                    Missing(PERSON_STEP, Sentence(f"intake.needs.{role}", {}, "bad"), field=f"{role}.name")
                )
        return found

    def _party(self, typed: Party, applicant_number: str) -> Party:
        role = typed.role
        party = replace(typed, name=self._name(f"{role}.name", typed.name, legal=False))
        phone, scope = self._phone(f"{role}.phone", typed.phone), self._line(f"{role}.scope", typed.scope)
        party = replace(party, phone=phone, scope=scope)
        if role is PartyRole.CONTACT:
            if not typed.phone.strip():
                self._empty(f"{role}.phone")
            return party
        place = f"{role}.document_number"
        document = self._document(place, typed.document_kind, typed.document_number, legal=False)
        if document is not None:
            party = replace(party, document_kind=str(document.kind), document_number=document.number)
            same = document.number == applicant_number
            minor = document.birth_date and full_years(document.birth_date, self._today) < FULL_AGE
            if role is PartyRole.GUARDIAN and (same or minor):
                self._wrong(place, InputProblem("intake.guardian.is_applicant" if same else "intake.guardian.is_minor"))
            elif same:
                self._warn(place, Problem("intake.same_person"))
            if minor and role is not PartyRole.GUARDIAN:
                self._warn(place, Problem("intake.party_is_minor"))
        if role in (PartyRole.AGENT, PartyRole.GUARDIAN) and not typed.relation.strip():
            self._empty(f"{role}.relation")
        if role is PartyRole.AGENT and typed.until.strip():
            until = self._day(f"{role}.until", typed.until)
            if until is not None:
                party = replace(party, until=until.isoformat())
                if until < self._today:
                    self._wrong(f"{role}.until", InputProblem("intake.authorization_over", date=until.isoformat()))
        return party

    def _name(self, place: str, typed: str, *, legal: bool) -> str:
        if not typed.strip():
            self._empty(place)
            return typed
        try:
            if legal:
                return fold_organisation_name(typed)
            name = fold_name(typed)
        except InputProblem as problem:
            self._wrong(place, problem)
            return typed
        # a question about a private-use character warns: a name nobody can type is still a person's name
        for notice in (*name.questions, *name.notes):
            self._warn(place, notice)
        return name.name

    def _document(self, place: str, kind: str, typed: str, *, legal: bool) -> CheckedDocument | None:
        """The number as far as it is right, or None."""
        if not typed.strip():
            self._empty(place)
            return None
        chosen = DocumentKind(kind)
        if legal != (chosen in _LEGAL_DOCUMENTS) and chosen is not DocumentKind.OTHER:
            self._wrong(place, InputProblem("intake.document_kind.legal" if legal else "intake.document_kind.natural"))
            return None
        try:
            document = check_document(chosen, typed, self._today, self._areas)
        except InputProblem as problem:
            self._wrong(place, problem if legal or not _is_uscc(typed) else self._code_of_organisation(place))
            return None
        for warning in document.warnings:
            self._warn(place, warning)
        if document.question is not None:
            # answered by typing the 18-digit number the clerk has settled on
            self._wrong(place, document.question)
        return document

    def _code_of_organisation(self, place: str) -> InputProblem:
        """An organisation's code in a person's place, and how to go on where the item is for organisations too."""
        other = place == "document_number" and ApplicantKind.LEGAL in self._item.applicants
        key = "intake.document_kind.code_of_organisation" if other else "intake.document_kind.code_not_of_person"
        return InputProblem(key)

    def _phone(self, place: str, typed: str) -> str:
        try:
            return check_phone(typed)
        except InputProblem as problem:
            self._wrong(place, problem)
            return typed

    def _line(self, place: str, typed: str) -> str:
        line = " ".join(typed.split())
        if len(line) > _LONGEST_LINE:
            self._wrong(place, InputProblem("intake.too_long", limit=_LONGEST_LINE, count=len(line)))
        return line

    def _day(self, place: str, typed: str) -> date | None:
        try:
            return read_date(typed)
        except NoDate as error:
            key = "intake.no_such_date" if error.typed else "intake.date_shape"
            self._wrong(place, InputProblem(key, typed=(error.typed or typed.strip())[:_SHOWN]))
            return None

    def _empty(self, place: str) -> None:
        self._missing.append(Missing(PERSON_STEP, Sentence(f"intake.missing.{place}", {}, "bad"), field=place))

    def _wrong(self, place: str, problem: Problem) -> None:
        sentence = Sentence(problem.key, problem.params, "bad")
        self._troubles.append(FieldTrouble(place, sentence))
        self._missing.append(Missing(PERSON_STEP, sentence, field=place))

    def _warn(self, place: str, problem: Problem) -> None:
        self._troubles.append(FieldTrouble(place, Sentence(problem.key, problem.params, "warn"), blocking=False))


def _is_uscc(typed: str) -> bool:
    try:
        check_uscc(fold_code(typed))
    except InputProblem:
        return False
    return True
