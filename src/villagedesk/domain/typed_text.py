"""Folding of numbers as people and input methods type them: full-width forms, blanks, hyphens, lower case."""

from __future__ import annotations

_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_DROPPED = dict.fromkeys(
    map(
        ord,
        " \t\r\n\u00a0\u3000\u2002\u2003\u2009"  # blanks, the ideographic one included
        "\u200b\u200c\u200d\u2060\ufeff"  # zero-width characters that come with copied text
        "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\uff3f_",  # hyphens, dashes, the low line
    )
)
_FOLD = {**_FULL_WIDTH, **_DROPPED}


def fold_code(typed: str) -> str:
    """A number or code in plain upper-case ASCII where it has such a form; blanks and hyphens are dropped.

    Characters without an ASCII form stay, so that the check after it can name them.
    """
    return "".join(char.upper() if "a" <= char <= "z" else char for char in typed.translate(_FOLD))


def fold_digits(typed: str) -> str:
    """Full-width characters as ASCII; nothing dropped and no change of case."""
    return typed.translate(_FULL_WIDTH)
