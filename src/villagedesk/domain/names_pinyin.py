"""Pinyin of names and titles, for search. pypinyin has no reading of surnames as surnames, so that table is ours."""

from __future__ import annotations

import re

_SURNAMES = {
    # Surnames whose reading is not the character's usual one (现代汉语词典, 7th edition, entries marked 姓).
    "单": "shan",
    "曾": "zeng",
    "解": "xie",
    "仇": "qiu",
    "朴": "piao",
    "区": "ou",
    "查": "zha",
    "盖": "ge",
    "员": "yun",
    "缪": "miao",
    "种": "chong",
    "繁": "po",
    "秘": "bi",
    "折": "she",
    "召": "shao",
    "洗": "xian",
    "乜": "nie",
    "隗": "wei",
    "翟": "zhai",
    "覃": "qin",
    "乐": "yue",
    "牟": "mu",
    "祭": "zhai",
    "都": "du",
    "阚": "kan",
    "郇": "xun",
    "薄": "bo",
    "卜": "bu",
    "句": "gou",
    "能": "nai",
    "么": "yao",
    "藏": "zang",
}
_LETTERS = re.compile(r"[A-Za-z]+")


def syllables(text: str) -> tuple[str, ...]:
    """Syllables without tones, lower case, ü as v; words of Latin letters stay whole, all else is left out."""
    if text.isascii():
        return tuple(word.lower() for word in _LETTERS.findall(text))
    # pypinyin loads its dictionaries in 0.3 s: the first search pays, on a worker, not the start of the program
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return tuple(word.lower() for part in lazy_pinyin(text, errors=_latin_words) for word in part.split())


def name_syllables(name: str) -> tuple[str, ...]:
    """As :func:`syllables`, with the surname read as a surname: 单雄信 → shan xiong xin."""
    spoken = syllables(name)
    reading = _SURNAMES.get(name[:1])
    if reading is None or name.startswith("单于"):
        return spoken
    return (reading, *syllables(name[1:]))


def pinyin_initials(name: str) -> str:
    """First letters of a personal name, lower case: 单雄信 → ``sxx``. Characters without a reading are left out."""
    return "".join(syllable[0] for syllable in name_syllables(name))


def initials_forms(name: str) -> tuple[str, ...]:
    """The initials a name is found by, lower case.

    Where the surname has a reading of its own, the usual one is a form too: not every clerk knows that 解 is xiè.
    """
    usual = "".join(syllable[0] for syllable in syllables(name))
    return tuple(dict.fromkeys(form for form in (pinyin_initials(name), usual) if form))


def _latin_words(run: str) -> str:
    return " ".join(_LETTERS.findall(run))
