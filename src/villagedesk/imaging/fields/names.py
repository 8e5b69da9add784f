"""Names of persons as they were read. A reader knows only the characters it was taught, and is as sure of a wrong one:
䶮 is read as 龚 at 0.9. So no name is ever called clear, and what may hide a rarer one is marked."""

from __future__ import annotations

from villagedesk.domain.names import DOT, DOTS, fold_name, is_han
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.imaging.fields.spots import Spot
from villagedesk.imaging.fields.values import Certainty, Knowledge, ReadField, ReadValue, certainty_of

_LEAST_SURE = 0.95
_LONGEST = 30


def read_name(spot: Spot, knowledge: Knowledge) -> ReadValue | None:
    """A name; None where nothing like one was read.

    Args:
        spot: what stands behind the label.
    """
    text = "".join(char for char in spot.text.translate(DOTS) if is_han(char) or char == DOT).strip(DOT)
    if len(text) < 2 or len(text) > _LONGEST:
        return None
    try:
        name = fold_name(text).name
    except InputProblem:
        return None
    remarks: list[Problem] = []
    alike = [(char, knowledge.lookalikes[char]) for char in name if char in knowledge.lookalikes]
    if alike:
        read, perhaps = alike[0]
        remarks.append(Problem("reading.remark.lookalike", read=read, perhaps=perhaps))
    rare = next((char for char in name if char != DOT and not _is_common(char)), None)
    if rare is not None:
        remarks.append(Problem("reading.remark.rare", character=rare))
    if spot.confidence < _LEAST_SURE and not remarks:
        remarks.append(Problem("reading.remark.unsure_name"))
    certainty = certainty_of(spot.confidence)
    certainty = Certainty.CHECK if certainty is Certainty.CLEAR else certainty
    return ReadValue(ReadField.NAME, name, spot.confidence, (spot.outline,), certainty, tuple(remarks))


def _is_common(char: str) -> bool:
    """Whether GB 2312 has the character, with its 6,763 of 1980."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
