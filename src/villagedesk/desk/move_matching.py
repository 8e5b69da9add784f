"""Whether the township has entered a carried case into the acceptance system already: by its number, and by the person.

A number alone proves nothing (the township has numbers of its own, and a digit is soon mistyped); a person may have two
matters. What the acceptance system holds of the station and this PC lacks is listed by :mod:`villagedesk.sync.missing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from villagedesk.domain.case import Case
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.typed_text import fold_code
from villagedesk.sync.changes import moment_told
from villagedesk.sync.missing import MissingEntry, known_there


class Likeness(StrEnum):
    """What is known of a carried case in the acceptance system."""

    SAME = "same"
    """A case of that number and that person is there."""
    OTHER = "other"
    """The number is there, of another person."""
    PERSON = "person"
    """A case of that person is there, of a number nobody told here."""
    TOLD = "told"
    """The township told a number, and nothing is known of it there."""


@dataclass(frozen=True)
class Match:
    """What was found.

    Args:
        number: as the acceptance system has it, or as the township told it.
        sure: the person is known by the document number; else only by name.
        name: the applicant's there, "" where it is not there.
        item_name: the matter's there where it is called otherwise than here: then nobody knows whether it is this one.
    """

    likeness: Likeness
    number: str
    sure: bool = False
    name: str = ""
    item_name: str = ""


def strange_entries(snapshot: Snapshot, own: str = "") -> tuple[MissingEntry, ...]:
    """Cases with a number the acceptance system has, whose number no case here has.

    Args:
        own: the acceptance_no of the case that is looked at, which does not speak against itself.
    """
    found = [entry for entry in known_there(snapshot) if entry.acceptance_no.strip()]
    here = snapshot.numbers_here([entry.acceptance_no.strip() for entry in found]) - {own}
    return tuple(entry for entry in found if entry.acceptance_no.strip() not in here)


def match_of(case: Case, entries: Sequence[MissingEntry], number: str = "") -> Match | None:
    """What is known of a case; None when nothing says that it is there.

    Args:
        entries: of :func:`strange_entries`.
        number: looked for; "" for the one the township told.
    """
    told = number or case.acceptance_no or case.township_no
    if told:
        there = [entry for entry in entries if fold_code(entry.acceptance_no) == fold_code(told)]
        for entry in there:
            if is_same_person(case, entry):
                return _found(Likeness.SAME, entry)
        if there:
            return _found(Likeness.OTHER, there[0])
    his = [entry for entry in entries if _may_be(case, entry)] if not number else []
    alike = [entry for entry in his if entry.item_name == case.item_name]
    if len(alike) == 1:  # of two nobody knows which; each is told of in the list of what is missing
        return _found(Likeness.PERSON, alike[0])
    if alike:
        return Match(Likeness.PERSON, "", name=alike[0].applicant_name)
    if his:  # its library may call the matter otherwise, or this is another one: the township knows
        return Match(Likeness.PERSON, "", name=his[0].applicant_name, item_name=his[0].item_name)
    return Match(Likeness.TOLD, told) if told else None


def is_same_person(case: Case, entry: MissingEntry) -> bool:
    """By the document number, and by the name where the acceptance system keeps that to itself."""
    if entry.document_number.strip():
        return fold_code(entry.document_number) == fold_code(case.applicant.document_number)
    return _plain(entry.applicant_name) == _plain(case.applicant.name)


def _may_be(case: Case, entry: MissingEntry) -> bool:
    """The same person's case, not from before the papers came."""
    if not is_same_person(case, entry):
        return False
    at = moment_told(entry.received_at)
    if at is None or case.received_at is None:
        return True
    return at.astimezone(SHANGHAI).date() >= case.received_at.astimezone(SHANGHAI).date()


def _found(likeness: Likeness, entry: MissingEntry) -> Match:
    return Match(likeness, entry.acceptance_no.strip(), bool(entry.document_number.strip()), entry.applicant_name)


def _plain(name: str) -> str:
    return "".join(name.split())
