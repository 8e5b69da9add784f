"""Numbers with their source, and the standards' own tables written out: never computed by the code under test.

All people made up here are impossible or invented; check characters come from the weights printed in the standards.
"""

from __future__ import annotations

GB11643_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11643-1999, table of weights W(i) for i = 18 … 2."""
GB11643_CHARACTERS = "10X98765432"
"""GB 11643-1999: check character by remainder 0 … 10."""

GB32100_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GB32100_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""GB 32100-2015, tables of character values and of weights 3^(i-1) mod 31."""


def resident(body: str) -> str:
    """17 digits with their check character by the weights of GB 11643."""
    remainder = sum(int(digit) * weight for digit, weight in zip(body, GB11643_WEIGHTS, strict=True)) % 11
    return body + GB11643_CHARACTERS[remainder]


def social_credit(body: str) -> str:
    """17 characters with their check character by the weights of GB 32100."""
    total = sum(GB32100_CHARACTERS.index(c) * weight for c, weight in zip(body, GB32100_WEIGHTS, strict=True))
    return body + GB32100_CHARACTERS[(31 - total % 31) % 31]
