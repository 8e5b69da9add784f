"""Masks for numbers and names on screen, on paper and in exports (domain: section 8); counted in code points."""

from __future__ import annotations

STAR = "*"


def mask_number(number: str) -> str:
    """An identity or other document number with its first three and last four characters: ``410***********1234``.

    A short one keeps less: never more than half of it is readable.
    """
    length = len(number)
    if length >= 14:
        return _keep(number, 3, 4)
    return _keep(number, min(1, length // 2), min(2, max(0, length // 2 - 1)))


def mask_phone(phone: str) -> str:
    """A mobile number as ``138****5678``; of a landline only the area code and the last two digits."""
    if "-" in phone:
        area, number = phone.split("-", 1)
        return f"{area}-{_keep(number, 0, min(2, len(number) // 2))}"
    if len(phone) == 11:
        return _keep(phone, 3, 4)
    return mask_number(phone)


def mask_name(name: str) -> str:
    """A name with its first character, and its last where it has three or more: 张*, 张*丰, 欧**远.

    Combining marks and variation selectors count as they are stored: by code points, never by half a character.
    """
    return _keep(name, min(1, len(name) // 2), 1 if len(name) > 2 else 0) if len(name) > 1 else STAR * len(name)


def _keep(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    return text[:head] + STAR * hidden + (text[-tail:] if tail else "")
