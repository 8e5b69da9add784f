"""Masks for document numbers on screen, on paper and in exports (domain: section 8); counted in code points."""

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


def _keep(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    return text[:head] + STAR * hidden + (text[-tail:] if tail else "")
