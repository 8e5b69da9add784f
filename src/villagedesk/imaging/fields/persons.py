"""What several papers say of a person in the same way: sex, ethnic group, day of birth, held against the number."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.domain.problems import Problem
from villagedesk.domain.resident_id import Sex
from villagedesk.imaging.fields.days import day_in
from villagedesk.imaging.fields.names import read_name
from villagedesk.imaging.fields.numbers import PersonNumber
from villagedesk.imaging.fields.spots import Spot, value_beside
from villagedesk.imaging.fields.values import Certainty, Knowledge, ReadField, ReadValue, certainty_of

_SEXES = {"男": Sex.MALE, "女": Sex.FEMALE}
_GROUP = "族"
_NO_GROUP = frozenset("男女无省市县")


def name_beside(
    spots: Sequence[Spot], labels: Sequence[str], stops: Sequence[str], knowledge: Knowledge
) -> ReadValue | None:
    """The name behind one of these labels."""
    spot = value_beside(spots, labels, stops)
    return None if spot is None else read_name(spot, knowledge)


def sex_of(
    spots: Sequence[Spot], labels: Sequence[str], stops: Sequence[str], number: PersonNumber | None
) -> ReadValue | None:
    """The sex behind one of these labels; clear where the number says the same."""
    spot = value_beside(spots, labels, stops)
    found = next(((at, _SEXES[char]) for at, char in enumerate(spot.text) if char in _SEXES), None) if spot else None
    if spot is None or found is None:
        return None
    at, sex = found
    place = spot.part(at, at + 1)
    said = number.checked.sex if number is not None and number.checked is not None else None
    certainty, remarks = _held_against(
        str(sex), str(said) if said is not None else None, spot.confidence, "reading.remark.sex_differs"
    )
    return ReadValue(ReadField.SEX, str(sex), spot.confidence, (place.outline,), certainty, remarks)


def birth_of(
    spots: Sequence[Spot], labels: Sequence[str], stops: Sequence[str], number: PersonNumber | None
) -> ReadValue | None:
    """The day of birth behind one of these labels; clear where the number says the same."""
    spot = value_beside(spots, labels, stops)
    day = day_in(spot.text) if spot is not None else ""
    if spot is None or not day:
        return None
    said = number.checked.birth_date if number is not None and number.checked is not None else None
    certainty, remarks = _held_against(
        day, said.isoformat() if said is not None else None, spot.confidence, "reading.remark.birth_differs"
    )
    return ReadValue(ReadField.BIRTH_DATE, day, spot.confidence, (spot.outline,), certainty, remarks)


def group_of(spots: Sequence[Spot], labels: Sequence[str], stops: Sequence[str]) -> ReadValue | None:
    """The ethnic group behind one of these labels, without its last word."""
    spot = value_beside(spots, labels, stops)
    if spot is None:
        return None
    text = "".join(char for char in spot.text if "\u4e00" <= char <= "\u9fff").removesuffix(_GROUP)
    if not text or len(text) > 5 or text[0] in _NO_GROUP:
        return None
    return ReadValue(ReadField.ETHNIC_GROUP, text, spot.confidence, (spot.outline,), certainty_of(spot.confidence))


def _held_against(
    read: str, said: str | None, confidence: float, differs: str
) -> tuple[Certainty, tuple[Problem, ...]]:
    """How sure a value is beside what the number, whose check digit holds, says of it."""
    if said is None:
        certainty = certainty_of(confidence)
        return (Certainty.CHECK if certainty is Certainty.CLEAR else certainty), ()
    if said == read:
        return Certainty.CLEAR, ()
    return Certainty.POOR, (Problem(differs),)
