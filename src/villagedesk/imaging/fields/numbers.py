"""Numbers of persons on a page: found, mended only where the check digit proves it, checked by the domain's rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from villagedesk.domain.identity import CheckedDocument, DocumentKind, check_document
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.imaging.fields.spots import Spot, same_row
from villagedesk.imaging.fields.values import Certainty, Knowledge, ReadField, ReadValue

_LIKE_DIGITS = str.maketrans("OoQDIil|!ZzSsBGbg", "00001111122558669")
"""Letters that are read for digits in print; a resident number has no letters but an X at its end."""
_LIKE_X = str.maketrans("x\u00d7", "XX")
_CANDIDATE = re.compile(r"[0-9OoQDIil|!ZzSsBGbgXx\u00d7]{17,20}")
_DIGITS = re.compile(r"[0-9OoQDIil|Xx\u00d7]+")
_SURE = 0.80


@dataclass(frozen=True)
class PersonNumber:
    """A number of 18 characters that was found.

    Args:
        number: mended where that was proven; as it was read where it is wrong.
        checked: None when a check failed, then ``problem`` says which.
        mended: whether a letter was taken for the digit it looks like.
    """

    number: str
    spots: tuple[Spot, ...]
    checked: CheckedDocument | None
    problem: Problem | None
    mended: bool

    @property
    def confidence(self) -> float:
        """The least of its parts."""
        return min(spot.confidence for spot in self.spots)

    def value(self) -> ReadValue:
        """As it is proposed: clear only where every check holds."""
        outlines = tuple(spot.outline for spot in self.spots)
        if self.checked is None:
            wrong = () if self.problem is None else (self.problem,)
            return ReadValue(ReadField.NUMBER, self.number, self.confidence, outlines, Certainty.POOR, wrong)
        remarks = self.checked.warnings
        sure = self.confidence >= _SURE and not remarks
        if self.mended:
            remarks = (*remarks, Problem("reading.remark.mended"))
        certainty = Certainty.CLEAR if sure else Certainty.CHECK
        return ReadValue(ReadField.NUMBER, self.checked.number, self.confidence, outlines, certainty, remarks)


def person_numbers(spots: Sequence[Spot], knowledge: Knowledge) -> tuple[PersonNumber, ...]:
    """The numbers on a page, right ones first, each once."""
    found: dict[str, PersonNumber] = {}
    for run in (*((spot,) for spot in spots), *_broken(spots)):
        text = "".join(part.text for part in run)
        for match in _CANDIDATE.finditer(text):
            number = _checked(match.group(), _parts(run, match.start(), match.end()), knowledge)
            before = found.get(number.number)
            if before is None or (before.checked is None and number.checked is not None):
                found[number.number] = number
    right = [one for one in found.values() if one.checked is not None]
    # a wrong one that was read where a right one stands is a piece of it
    taken = {spot.outline for one in right for spot in one.spots}
    wrong = [one for one in found.values() if one.checked is None and not any(s.outline in taken for s in one.spots)]
    return (*right, *wrong)


def _checked(read: str, spots: tuple[Spot, ...], knowledge: Knowledge) -> PersonNumber:
    body, last = read[:-1].translate(_LIKE_DIGITS), read[-1].translate(_LIKE_X)
    number = body + (last if last == "X" else last.translate(_LIKE_DIGITS))
    mended = number != read.translate(_LIKE_X)
    try:
        checked = check_document(DocumentKind.RESIDENT_ID, number, knowledge.today, knowledge.areas)
    except InputProblem as problem:
        return PersonNumber(read, spots, None, problem.with_traceback(None), mended=False)
    return PersonNumber(checked.number, spots, checked, None, mended)


def _broken(spots: Sequence[Spot]) -> Iterator[tuple[Spot, ...]]:
    """Runs of digits in one row that were read as several lines."""
    digits = [spot for spot in spots if len(spot.text) >= 2 and _DIGITS.fullmatch(_tail(spot))]
    for first in digits:
        run = [first]
        for following in sorted(digits, key=lambda spot: spot.left):
            last = run[-1]
            if following.left >= last.right - 0.3 * last.height and same_row(last, following):
                if following.left - last.right > 1.5 * last.height or not _DIGITS.fullmatch(following.text):
                    break
                run.append(following)
        if len(run) > 1:
            yield tuple(run)


def _tail(spot: Spot) -> str:
    """The digits a line ends with, behind its label."""
    match = re.search(r"[0-9OoQDIil|Xx\u00d7]+$", spot.text)
    return match.group() if match else "-"


def _parts(run: Sequence[Spot], start: int, end: int) -> tuple[Spot, ...]:
    """The places of some characters of lines set behind each other."""
    parts = []
    passed = 0
    for spot in run:
        low, high = max(0, start - passed), min(len(spot.text), end - passed)
        if low < high:
            parts.append(spot if (low, high) == (0, len(spot.text)) else spot.part(low, high))
        passed += len(spot.text)
    return tuple(parts)
