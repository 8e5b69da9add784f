"""What is typed into the search for items, as words: folded, and without what means nothing."""

from __future__ import annotations

import re
import unicodedata

from villagedesk.catalogue.variants import simplified

LONGEST = 60
"""Characters that are searched for: more than any name has, and the time a search takes stays bounded."""
_SOFT_WORDS = ("办理", "申请", "申领", "申报", "申办", "领取", "怎么", "如何", "我要", "我想")
SOFT = (*_SOFT_WORDS, "办", "领", "交", "缴", "要", "想", "的")
"""Words around what is meant, as in 办医保 or 低保申请, longest first."""
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_DASHES = "[-\u2010-\u2015\u2212_]"
_IN_CODE = re.compile(rf"(?<=[0-9a-z]){_DASHES}+(?=[0-9a-z])")
_APOSTROPHES = re.compile("(?<=[a-z])['\u2018\u2019`\u00b4](?=[a-z])")
_BLANK = " "
_LEAST_LEFT = 2


class _Marks(dict[int, str | None]):
    """Punctuation is a blank; what cannot be seen, and the tones over letters, are nothing."""

    def __missing__(self, point: int) -> str | None:
        kind = unicodedata.category(chr(point))
        told = None if kind in ("Cf", "Mn", "Cs") else _BLANK if kind[0] in "PSZC" else chr(point)
        self[point] = told
        return told


_MARKS = _Marks()


def folded(text: str) -> str:
    """One form for all ways to write it: width, case, tones, traditional characters; between words single blanks.

    Hyphens within codes and the apostrophe between syllables (``yi'liao``) are left out: ``VD-YB-001`` → ``vdyb001``.
    """
    plain = text.casefold() if text.isascii() else simplified(unicodedata.normalize("NFKD", text).casefold())
    plain = _APOSTROPHES.sub("", _IN_CODE.sub("", plain))
    return _BLANK.join(plain.translate(_MARKS).split())


def squeezed(text: str) -> str:
    """:func:`folded` without blanks: a name as it is looked through."""
    return folded(text).replace(_BLANK, "")


def typed_words(typed: str) -> tuple[str, ...]:
    """The words of the first :data:`LONGEST` characters; Latin ones stand by themselves."""
    return tuple(run for word in folded(typed.strip()[:LONGEST]).split() for run in _RUNS.findall(word))


def without_soft(word: str, soft: tuple[str, ...] = SOFT) -> str:
    """The word without soft ones before and behind, as long as something is left of it."""
    while True:
        for one in soft:
            if len(word) - len(one) < _LEAST_LEFT:
                continue
            if word.startswith(one):
                word = word[len(one) :]
                break
            if word.endswith(one):
                word = word[: -len(one)]
                break
        else:
            return word
