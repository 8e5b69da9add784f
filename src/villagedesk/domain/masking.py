"""Masks for document numbers on screen, on paper and in exports (domain: section 8); counted in code points."""

from __future__ import annotations

import re
import unicodedata

STAR = "*"
_DOT = "\u00b7"
_HIDDEN = STAR * 4
_PLACE = re.compile("[省市县区乡镇村旗盟]")
# where the house begins: a digit of either width, or a Chinese numeral before the word for a group, house or lane
_HOUSE = re.compile("[0-9０-９]|[一二三四五六七八九十百]+[组号队排栋幢弄巷]")


def mask_number(number: str) -> str:
    """An identity or other document number with its first three and last four characters: ``410***********1234``.

    A short one keeps less: never more than half of it is readable.
    """
    length = len(number)
    if length >= 14:
        return _keep(number, 3, 4)
    return _keep(number, min(1, length // 2), min(2, max(0, length // 2 - 1)))


def _keep(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    return text[:head] + STAR * hidden + (text[-tail:] if tail else "")


def mask_name(name: str) -> str:
    """A person's name with its first character, and the first of each part between dots: ``王**``, ``艾*·买**``.

    What belongs to the first character stays with it (variation selectors). A name of one character is hidden whole.
    """
    characters = sum(not _joins(character) for character in name)
    if characters < 2:
        return STAR * characters
    masked = _DOT.join(_mask_part(part) for part in name.split(_DOT))
    return masked if STAR in masked else _mask_part(name)


def mask_phone(phone: str) -> str:
    """A telephone number with its first three and last four digits: ``139****9999``; a short one keeps less."""
    if len(phone) >= 11:
        return _keep(phone, 3, 4)
    return _keep(phone, 0, min(2, len(phone) // 3))


def mask_address(address: str) -> str:
    """An address down to its village, street committee or the like; group, house and who lives there are hidden.

    ``湛河区柳林村3组15号`` → ``湛河区柳林村****``. Where no such place is named, a third of it at most is kept.
    """
    house = _HOUSE.search(address)
    before = address if house is None else address[: house.start()]
    end = max((place.end() for place in _PLACE.finditer(before)), default=min(3, len(address) // 3))
    return address if end == len(address) else address[:end] + _HIDDEN


def _mask_part(part: str) -> str:
    head = 1
    while head < len(part) and _joins(part[head]):
        head += 1
    return part[:head] + STAR * sum(not _joins(character) for character in part[head:])


def _joins(character: str) -> bool:
    """Whether it is written onto the character before it: a mark or a variation selector."""
    return unicodedata.category(character).startswith("M")
