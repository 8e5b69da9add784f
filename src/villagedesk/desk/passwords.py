"""What a new password must not be. No rules about kinds of characters, no forced change: length and no easy guess.

After NIST SP 800-63B, section 5.1.1.2: at least eight characters, compared against a list of common passwords and
against what everybody in the village knows (the clerk's name, its pinyin, the station).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator
from itertools import pairwise

from villagedesk.desk.views import Sentence
from villagedesk.domain.names_pinyin import initials_forms, name_syllables, syllables

LEAST = 8
_FEW_SIGNS = 4
_BESIDE_A_NAME = 5
"""So many characters besides a name make a password: a name with a year is a guess, with a sentence it is none."""


def fold(text: str) -> str:
    """As passwords are compared, never as they are used: full-width signs as plain ones, small letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_common(text: str) -> frozenset[str]:
    """The list of common passwords: one a line, ``#`` begins a remark; gives them folded."""
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(folded for line in lines if (folded := fold(line)))


def check_new_password(
    password: str, clerk: str = "", station_name: str = "", common: Container[str] = frozenset()
) -> Sentence | None:
    """What is wrong with a new password, None when it will do.

    Args:
        password: as typed; every character counts, in any writing.
        clerk: whose password it is going to be, "" when not known yet.
        common: passwords everybody thinks of, folded.

    Returns:
        ``entry.password_short`` (``least``, ``count``), ``entry.password_simple``, ``entry.password_date``,
        ``entry.password_common``, ``entry.password_name``.
    """
    if len(password) < LEAST:
        return Sentence("entry.password_short", {"least": LEAST, "count": len(password)}, "bad")
    plain = fold(password)
    if len(set(plain)) < _FEW_SIGNS or _is_a_run(plain) or _is_repeated(plain):
        return Sentence("entry.password_simple", {}, "bad")
    if _is_a_date(plain):
        return Sentence("entry.password_date", {}, "bad")
    if plain in common:
        return Sentence("entry.password_common", {}, "bad")
    if any(_is_hardly_more_than(plain, known) for known in _known_words(clerk, station_name)):
        return Sentence("entry.password_name", {}, "bad")
    return None


def _is_a_run(plain: str) -> bool:
    """Whether each character follows the one before it, as in 12345678 or abcdefgh, or backwards."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def _is_repeated(plain: str) -> bool:
    """Whether it is a short piece again and again, as 12341234 is."""
    sizes = (size for size in range(1, len(plain) // 2 + 1) if len(plain) % size == 0)
    return any(plain == plain[:size] * (len(plain) // size) for size in sizes)


def _is_a_date(plain: str) -> bool:
    """A year of our time, month and day: a birthday stands in every case that person ever applied for."""
    if len(plain) != 8 or not plain.isdecimal() or not plain.isascii():
        return False
    return 1900 <= int(plain[:4]) < 2100 and 1 <= int(plain[4:6]) <= 12 and 1 <= int(plain[6:]) <= 31


def _known_words(clerk: str, station_name: str) -> Iterator[str]:
    if clerk:
        yield fold(clerk)
        yield "".join(name_syllables(clerk))
        yield "".join(syllables(clerk))
        yield from initials_forms(clerk)
    if station_name:
        yield fold(station_name)
        yield "".join(syllables(station_name))


def _is_hardly_more_than(plain: str, known: str) -> bool:
    """Whether the password is that word with nothing beside it that would have to be guessed."""
    if len(known) < 2 or known not in plain:
        return False
    rest = plain.replace(known, "", 1)
    return len(rest) < _BESIDE_A_NAME or len(set(rest)) < _FEW_SIGNS or _is_a_run(rest) or _is_a_date(rest)
