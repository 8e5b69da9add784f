"""The item's own form in a draft: checked, and told by the names its fields have on screen."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date

from villagedesk.desk.persons import PERSON_STEP, CheckedPersons
from villagedesk.desk.views import FieldTrouble, Missing, Sentence
from villagedesk.domain.form_check import FORM, Surroundings, check_form
from villagedesk.domain.problems import Problem
from villagedesk.domain.service_item import ServiceItem

_NAMES_ITS_FIELD = "domain.form."
"""Begins the keys of sentences with the field's label in them."""


@dataclass(frozen=True)
class CheckedDraftForm:
    """A form.

    Args:
        values: what is sent: the fields that are shown and filled in, folded where right.
        shown: names of the fields on the form, in order.
        facts: those of the case and the form's together, for the conditions of materials.
    """

    values: Mapping[str, str]
    shown: tuple[str, ...]
    facts: Mapping[str, str]
    troubles: tuple[FieldTrouble, ...]
    missing: tuple[Missing, ...]


def check_draft_form(
    item: ServiceItem, typed: Mapping[str, str], persons: CheckedPersons, today: date, known_areas: Set[str]
) -> CheckedDraftForm:
    """Check everything anew from what was typed.

    Args:
        typed: the draft's form, right or wrong, also of fields that are hidden now.
        today: the date in Shanghai.
        known_areas: prefixes of area codes; unknown ones warn only.
    """
    around = Surroundings(persons.facts, today, persons.birth_date, known_areas)
    checked = check_form(item.fields, typed, around, item.rules)
    values = {name: checked.values[name] for name in checked.shown if checked.values[name]}
    troubles: list[FieldTrouble] = []
    missing: list[Missing] = []
    for problem in checked.problems:
        sentence = _sentence(item, problem, "bad")
        missing.append(Missing(PERSON_STEP, sentence, field=problem.field))
        if problem.key != "domain.form.empty":
            troubles.append(FieldTrouble(problem.field, sentence))
    for problem in checked.warnings:
        sentence = _sentence(item, problem, "warn")
        troubles.append(FieldTrouble(problem.field, sentence, blocking=False))
    return CheckedDraftForm(values, checked.shown, {**persons.facts, **values}, tuple(troubles), tuple(missing))


def _sentence(item: ServiceItem, problem: Problem, tone: str) -> Sentence:
    """Why a value is wrong; of a table's cell also in which row and column it stands."""
    sentence = Sentence(problem.key, problem.params, tone)
    name, *place = problem.field.removeprefix(FORM).split(".")
    if len(place) != 2:
        return sentence
    row, column = place
    if problem.key.startswith(_NAMES_ITS_FIELD):
        return Sentence("domain.form.in_row", {"row": row, "what": sentence}, tone)
    label = next(one.label for one in item.field(name).columns if one.name == column)
    return Sentence("domain.form.in_cell", {"row": row, "label": label, "what": sentence}, tone)


def defaults_of(item: ServiceItem) -> dict[str, str]:
    """What a new draft's form holds."""
    return {field.name: field.default for field in item.fields if field.default}
