"""Is a draft right, and what still hinders taking it in: one answer for the steps of the screen and for intake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from villagedesk.desk.checklist import Borrowed, checklist_of, materials_of, missing_of, questions_of
from villagedesk.desk.forms import check_draft_form
from villagedesk.desk.intake_views import ChecklistLine, Question
from villagedesk.desk.persons import CheckedPersons
from villagedesk.desk.views import FieldTrouble, Missing
from villagedesk.domain.case import Applicant, Case, Material, Page
from villagedesk.domain.party import Party
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.service_item import ServiceItem


@dataclass(frozen=True)
class CheckedDraft:
    """A draft's persons, form and papers against the rules.

    Args:
        applicant, parties: folded as far as the fields are right.
        birth_date: of the applicant, None while unknown.
        form: what is sent of the form; ``form_shown`` names the fields on it.
        materials: what the case is taken in with.
        troubles: what is wrong or should be looked at, beside its field.
        missing: what hinders taking in, besides ``questions``: papers of which only the clerk can tell whether they are
            needed.
    """

    applicant: Applicant
    parties: tuple[Party, ...]
    birth_date: date | None
    form: Mapping[str, str]
    form_shown: tuple[str, ...]
    facts: Mapping[str, str]
    checklist: tuple[ChecklistLine, ...]
    materials: tuple[Material, ...]
    troubles: tuple[FieldTrouble, ...]
    missing: tuple[Missing, ...]
    questions: tuple[Question, ...]

    def put_into(self, case: Case) -> Case:
        """The case with what was checked, folded as it is kept."""
        return replace(case, applicant=self.applicant, parties=self.parties, form=self.form, materials=self.materials)

    def must_be_ready(self) -> None:
        """Raises InputProblem ``intake.not_ready`` (``count``, its field named), ``intake.unanswered`` (``count``)."""
        if self.missing:
            raise InputProblem("intake.not_ready", field=self.missing[0].field, count=len(self.missing))
        if self.questions:
            raise InputProblem("intake.unanswered", count=len(self.questions))


def check_draft(
    case: Case,
    item: ServiceItem,
    pages: Sequence[Page],
    persons: CheckedPersons,
    borrowed: Mapping[str, Borrowed],
    today: date,
    known_areas: Set[str],
) -> CheckedDraft:
    """Check everything anew from what was typed and photographed.

    Args:
        persons: of the draft, checked.
        borrowed: how its reused papers stand, by requirement.
        today: the date in Shanghai.
        known_areas: prefixes of area codes; unknown ones warn only.
    """
    form = check_draft_form(item, case.form, persons, today, known_areas)
    lines = checklist_of(item, case.materials, pages, form.facts, today, borrowed)
    return CheckedDraft(
        applicant=persons.applicant,
        parties=persons.parties,
        birth_date=persons.birth_date,
        form=form.values,
        form_shown=form.shown,
        facts=form.facts,
        checklist=lines,
        materials=materials_of(lines, case.materials),
        troubles=(*persons.troubles, *form.troubles),
        missing=(*persons.missing, *form.missing, *missing_of(lines, pages)),
        questions=questions_of(lines),
    )
