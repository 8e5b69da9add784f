"""What the rules find on a page: values, their places, how sure they are, and what the clerk should know of them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from villagedesk.domain.problems import Problem
from villagedesk.imaging.recognising.page_text import Outline


class ReadField(StrEnum):
    """What a value is; words ``reading.field.<value>`` in the message catalogue."""

    NAME = "name"
    SEX = "sex"
    """A :class:`villagedesk.domain.resident_id.Sex` value."""
    ETHNIC_GROUP = "ethnic_group"
    """As it is printed, without the word for group."""
    BIRTH_DATE = "birth_date"
    """ISO."""
    ADDRESS = "address"
    NUMBER = "number"
    """Of the person: resident number, or that of a permit of the same shape."""
    ISSUER = "issuer"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    """ISO; :data:`FOR_EVER` for a card that does not expire."""
    RELATION = "relation"
    """To the head of the household, as printed."""
    BANK_ACCOUNT = "bank_account"
    """Number of a bank card, digits only."""
    BANK_NAME = "bank_name"


FOR_EVER = "for_ever"


class Certainty(StrEnum):
    """How far a value can be believed; words ``reading.certainty.<value>``."""

    CLEAR = "clear"
    CHECK = "check"
    POOR = "poor"


@dataclass(frozen=True)
class ReadValue:
    """One value that was read.

    Args:
        confidence: 0 to 1, the least of the lines it was read from.
        outlines: where it stands on the page, a place for each line.
        remarks: ``reading.remark.*`` and ``domain.identity.*``: what a check found, or what to look at closely.
    """

    field: ReadField
    text: str
    confidence: float
    outlines: tuple[Outline, ...]
    certainty: Certainty
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ReadPaper:
    """One paper on a page; a copy of an identity card holds two, a couple's copy four.

    Args:
        kind: as ``resources/recognition/papers.toml`` names it.
        values: each field at most once.
    """

    kind: str
    values: tuple[ReadValue, ...]

    def value(self, wanted: ReadField) -> ReadValue | None:
        """The value of that field."""
        return next((one for one in self.values if one.field is wanted), None)


@dataclass(frozen=True)
class Knowledge:
    """What the rules know besides the page.

    Args:
        today: in Shanghai.
        areas: area prefixes, as of :func:`villagedesk.domain.resident_id.area_warnings`.
        lookalikes: character as it is often misread → rarer ones of names that look like it.
    """

    today: date
    areas: Set[str] = frozenset()
    lookalikes: Mapping[str, str] = field(default_factory=dict)


_CLEAR, _CHECK = 0.97, 0.80


def certainty_of(confidence: float) -> Certainty:
    """By the reader's confidence alone. It is over-confident: a value no check speaks for is never more than this."""
    if confidence >= _CLEAR:
        return Certainty.CLEAR
    return Certainty.CHECK if confidence >= _CHECK else Certainty.POOR
