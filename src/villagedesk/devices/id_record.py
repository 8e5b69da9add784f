"""The record a card reader's library hands over: 256 bytes, 128 UTF-16LE units, in four layouts (domain: section 11).

What a field holds is kept as it stands, also codes that are not known; only padding is taken off. Positions are counted
in UTF-16 units, as the readers' makers print them.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from villagedesk.devices.ports import IdCard
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.resident_id import Sex

RECORD_BYTES = 256
_KIND = (124, 125)
_NUMBER = re.compile(r"[0-9]{17}[0-9X]|[A-Z]{3}[0-9]{12}")
"""Resident cards, permits and permanent residence cards since 2023; those of 2017."""
_RESIDENT, _RESIDENCE_PERMIT, _PERMANENT_2017, _PERMANENT_2023 = "", "J", "I", "Y"
_PADDING = "\x00 \u3000"
_LONG_TERM = "\u957f\u671f"
"""Stands in the place of the last day on cards that do not expire."""
_SEXES = {"1": Sex.MALE, "2": Sex.FEMALE}
"""GB/T 2261.1; 0 and 9 say nothing."""


def parse(record: bytes, photo: bytes = b"") -> IdCard:
    """Read a record.

    Args:
        record: exactly 256 bytes.
        photo: the picture in the reader's packing (WLT), kept as it is.

    Returns:
        The card; ``warnings`` hold ``reader.unknown_kind`` for a flag that is not known (read as a resident card),
        ``reader.bad_date`` for a date that does not exist, ``reader.cut_off`` where a character was cut in two.

    Raises:
        InputProblem: ``reader.unreadable`` when the record has another length, or lacks name or number;
            ``reader.garbled`` when what stands there is no card's, so that it takes the place of nothing typed.
    """
    if len(record) != RECORD_BYTES:
        raise InputProblem("reader.unreadable")
    fields = _Fields(record)
    flag = fields.text(*_KIND)
    if flag == _PERMANENT_2017:
        card = _permanent_2017(fields, photo)
    elif flag == _PERMANENT_2023:
        card = _permanent_2023(fields, photo)
    else:
        if flag not in (_RESIDENT, _RESIDENCE_PERMIT):
            fields.warn("reader.unknown_kind")
        card = _resident(fields, photo, permit=flag == _RESIDENCE_PERMIT)
    if not card.name or not card.number:
        raise InputProblem("reader.unreadable")
    if _is_garbled(card):
        raise InputProblem("reader.garbled")
    return card


def _is_garbled(card: IdCard) -> bool:
    """Whether the number is none and the name does not speak for it; a name alone may be of any characters, a number of
    a kind not met yet of any shape."""
    if _NUMBER.fullmatch(card.number):
        return False
    return not card.number.isascii() or any(_is_no_character(char) for char in card.name)


def _is_no_character(char: str) -> bool:
    """Control characters, and Unicode's noncharacters such as U+FFFF: memory that was never written holds them."""
    no_character = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    return no_character or unicodedata.category(char) == "Cc"


class _Fields:
    """A record's fields, and what was strange about them."""

    def __init__(self, record: bytes) -> None:
        self._record = record
        self._warnings: list[str] = []

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def warn(self, key: str) -> None:
        if key not in self._warnings:
            self._warnings.append(key)

    def text(self, first: int, end: int, *more: tuple[int, int]) -> str:
        """Units ``first`` up to ``end``, and those it goes on with, without their padding; half of a surrogate pair is
        left out, with a warning."""
        parts = [self._record[2 * start : 2 * stop] for start, stop in ((first, end), *more)]
        raw = b"".join(parts).decode("utf-16-le", "surrogatepass")
        whole = "".join(char for char in raw if not 0xD800 <= ord(char) <= 0xDFFF)
        if whole != raw:
            self.warn("reader.cut_off")
        return whole.partition("\x00")[0].strip(_PADDING)

    def day(self, first: int, end: int) -> str:
        """A date as ISO, "" for none."""
        typed = self.text(first, end)
        if typed in ("", _LONG_TERM):
            return ""
        try:
            if not (len(typed) == 8 and typed.isascii() and typed.isdigit()):
                raise ValueError
            return date(int(typed[:4]), int(typed[4:6]), int(typed[6:])).isoformat()
        except ValueError:
            self.warn("reader.bad_date")
            return ""

    def sex(self, place: int) -> str:
        """A :class:`Sex` value, "" where the code says nothing."""
        return str(_SEXES.get(self.text(place, place + 1), ""))


def _resident(fields: _Fields, photo: bytes, *, permit: bool) -> IdCard:
    """The resident card, and the residence permit for Hong Kong, Macao and Taiwan, which has no ethnic group."""
    return IdCard(
        kind=DocumentKind.RESIDENCE_PERMIT_HMT if permit else DocumentKind.RESIDENT_ID,
        name=fields.text(0, 15),
        sex=fields.sex(15),
        ethnic_group="" if permit else fields.text(16, 18),
        birth_date=fields.day(18, 26),
        address=fields.text(26, 61),
        number=fields.text(61, 79),
        issuer=fields.text(79, 94),
        valid_from=fields.day(94, 102),
        valid_to=fields.day(102, 110),
        pass_number=fields.text(110, 119) if permit else "",
        issue_count=fields.text(119, 121) if permit else "",
        photo=photo,
        warnings=fields.warnings,
    )


def _permanent_2017(fields: _Fields, photo: bytes) -> IdCard:
    """A foreigner's permanent residence card of 2017; many bear no Chinese name."""
    latin = fields.text(0, 60)
    return IdCard(
        kind=DocumentKind.PERMANENT_RESIDENCE,
        name=fields.text(79, 94) or latin,
        other_name=latin,
        sex=fields.sex(60),
        number=fields.text(61, 76),
        nationality=fields.text(76, 79),
        valid_from=fields.day(94, 102),
        valid_to=fields.day(102, 110),
        birth_date=fields.day(110, 118),
        version=fields.text(118, 120),
        issuer=fields.text(120, 124),
        photo=photo,
        warnings=fields.warnings,
    )


def _permanent_2023(fields: _Fields, photo: bytes) -> IdCard:
    """A foreigner's permanent residence card of 2023; its Latin name goes on behind the dates."""
    latin = fields.text(26, 61, (110, 121))
    return IdCard(
        kind=DocumentKind.PERMANENT_RESIDENCE,
        name=fields.text(0, 15) or latin,
        other_name=latin,
        sex=fields.sex(15),
        issue_count=fields.text(16, 18),
        birth_date=fields.day(18, 26),
        number=fields.text(61, 79),
        valid_from=fields.day(94, 102),
        valid_to=fields.day(102, 110),
        nationality=fields.text(121, 124),
        photo=photo,
        warnings=fields.warnings,
    )
