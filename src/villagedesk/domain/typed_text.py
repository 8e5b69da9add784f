"""Folding of numbers and words as people and input methods type them: full-width forms, blanks, hyphens, lower case."""

from __future__ import annotations

import unicodedata

INVISIBLE = frozenset(
    "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # soft hyphen, joiners, direction marks
    "\u115f\u1160\u3164\uffa0"  # the fillers of Hangul
) | {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""What comes along with copied text and nobody can see."""
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_DROPPED = dict.fromkeys(
    map(
        ord,
        " \t\r\n\u00a0\u3000\u2002\u2003\u2009"  # blanks, the ideographic one included
        "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\uff3f_",  # hyphens, dashes, the low line
    )
) | dict.fromkeys(map(ord, INVISIBLE))
_LIKE_X = dict.fromkeys(map(ord, "\u00d7\u2169\u2179\u0425\u0445\u03a7\u03c7"), "X")
"""The sign of multiplication, the Roman ten, the Cyrillic and the Greek letter: what is found for X on a keyboard."""
_FOLD = {**_FULL_WIDTH, **_DROPPED, **_LIKE_X}


def fold_code(typed: str) -> str:
    """A number or code in plain upper-case ASCII where it has such a form; blanks, hyphens and what cannot be seen are
    dropped.

    Characters without an ASCII form stay, so that the check after it can name them.
    """
    return "".join(char.upper() if "a" <= char <= "z" else char for char in typed.translate(_FOLD))


def one_line(typed: str) -> str:
    """Words as they are kept and logged: one line, no blank twice and none at an end, characters composed (NFC)."""
    return unicodedata.normalize("NFC", " ".join(typed.split()))


def without_invisible(typed: str) -> str:
    """The text without what nobody can see."""
    return "".join(char for char in typed if char not in INVISIBLE)


def fold_digits(typed: str) -> str:
    """Full-width characters as ASCII; nothing dropped and no change of case."""
    return typed.translate(_FULL_WIDTH)
