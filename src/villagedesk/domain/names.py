"""Names in any Han character: folding, notes for the clerk, and the grams they are found by (domain: section 8).

Lengths are counted in code points; nothing here knows planes but to say which characters are Han. A character is
never replaced by another in silence and never dropped without a note.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.typed_text import without_invisible

MAX_LENGTH = 60
FIELD = "name"
DOT = "\u00b7"

DOTS = dict.fromkeys(map(ord, "\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387"), DOT)
"""What is typed and copied for the middle dot."""
_FULL_WIDTH_LETTERS = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF07, 0xFF0C, 0xFF0D)
}
_MARKS = frozenset(DOT + " '\u2019-\u0f0b")  # the last is the Tibetan tsheg between syllables
_HAN_RANGES = (
    (0x3005, 0x3007),  # 々 〆 〇
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFD),  # planes 2 and 3 are ideographs only, later extensions included
)
_KEPT_BY_NFC = ((0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
"""Compatibility ideographs: NFC would put another character in a person's name."""

_LATER_HAN = {
    # Characters that early GB 18030 editions put into the private use area and later ones encoded
    # (GB 18030-2005 and -2022, mapping tables).
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE831: 0x215D7,
    0xE832: 0x9FB8,
    0xE83B: 0x2298F,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE855: 0x241FE,
    0xE864: 0x9FBB,
}
_GBK_PRIVATE = range(0xE815, 0xE865)


@dataclass(frozen=True)
class FoldedName:
    """A name as it is kept.

    Args:
        notes: what was changed, to be shown; nothing to answer.
        questions: private-use characters (from ID readers and old systems) the clerk must settle; each has params
            ``position`` and ``code``, and ``guess`` where the character is probably known.
    """

    name: str
    notes: tuple[Problem, ...] = ()
    questions: tuple[Problem, ...] = ()


def is_han(char: str) -> bool:
    """Whether a character is Han, by ranges: the Unicode data of the running Python may be older than the name."""
    code = ord(char)
    return any(first <= code <= last for first, last in _HAN_RANGES)


def fold_name(typed: str) -> FoldedName:
    """Fold a name as typed or read from a card.

    Raises:
        InputProblem: ``domain.name.empty``, ``.too_long`` (``count``, ``limit``), ``.digit``, ``.control``,
            ``.radical``, ``.character`` (each with ``position``, ``character``, ``code``); field ``name``.
    """
    notes: list[Problem] = []
    name = _without_zero_width(typed, notes)
    name = _nfc(name.translate(_FULL_WIDTH_LETTERS).translate(DOTS))
    name = _fold_spaces(_fold_full_stops(name), notes)
    if not name:
        raise InputProblem("domain.name.empty", field=FIELD)
    if len(name) > MAX_LENGTH:
        raise InputProblem("domain.name.too_long", field=FIELD, count=len(name), limit=MAX_LENGTH)
    questions = [question for index in range(len(name)) if (question := _look_at(name, index))]
    if not any(unicodedata.category(char) in ("Lo", "Ll", "Lu", "Lt", "Co") or is_han(char) for char in name):
        raise InputProblem("domain.name.empty", field=FIELD)
    for index in (0, len(name) - 1):
        if name[index] == DOT:  # it stands between two parts of a name
            raise InputProblem("domain.name.character", field=FIELD, position=index + 1, character=DOT, code="U+00B7")
    return FoldedName(name, tuple(notes), tuple(questions))


def private_use_guess(char: str) -> str:
    """The Han character a private-use character of GBK or GB 18030-2000 probably is, "" when not known.

    U+E863 gives 䶮.
    """
    code = ord(char)
    if code in _LATER_HAN:
        return chr(_LATER_HAN[code])
    if code not in _GBK_PRIVATE:
        return ""
    trail = 0x50 + code - _GBK_PRIVATE.start
    guess = bytes([0xFE, trail if trail < 0x7F else trail + 1]).decode("gb18030")
    return guess if is_han(guess) else ""


def _look_at(name: str, index: int) -> Problem | None:
    char = name[index]
    if is_han(char) or char in _MARKS:
        return None
    category = unicodedata.category(char)
    if category[0] == "L" or (category in ("Mn", "Mc") and index > 0):
        return None
    place = {"position": index + 1, "character": char, "code": f"U+{ord(char):04X}"}
    if category == "Co":
        guess = private_use_guess(char)
        key = "domain.name.private_use_guess" if guess else "domain.name.private_use"
        return Problem(key, field=FIELD, **place, **({"guess": guess} if guess else {}))
    if category == "Nd":
        raise InputProblem("domain.name.digit", field=FIELD, **place)
    if category in ("Cc", "Cf", "Cs"):
        raise InputProblem("domain.name.control", field=FIELD, position=index + 1, code=place["code"])
    if 0x2E80 <= ord(char) <= 0x2FDF:
        raise InputProblem("domain.name.radical", field=FIELD, **place)
    if char in ".," and index > 0 and name[index - 1].isalpha() and not is_han(name[index - 1]):
        return None  # an initial, J. Smith; and SMITH, JOHN as permanent residence cards print it
    raise InputProblem("domain.name.character", field=FIELD, **place)


def _without_zero_width(typed: str, notes: list[Problem]) -> str:
    kept = without_invisible(typed)
    if len(kept) < len(typed):
        notes.append(Problem("domain.name.zero_width_removed", field=FIELD, count=len(typed) - len(kept)))
    return kept


def _nfc(text: str) -> str:
    pieces: list[str] = []
    run: list[str] = []
    for char in text:
        if any(first <= ord(char) <= last for first, last in _KEPT_BY_NFC):
            pieces += [unicodedata.normalize("NFC", "".join(run)), char]
            run = []
        else:
            run.append(char)
    return "".join(pieces) + unicodedata.normalize("NFC", "".join(run))


def _fold_full_stops(name: str) -> str:
    """A full stop between Han characters is how many keyboards give the dot of minorities' names."""
    chars = list(name)
    for index in range(1, len(chars) - 1):
        if chars[index] in ".\uff0e" and is_han(chars[index - 1]) and is_han(chars[index + 1]):
            chars[index] = DOT
    return "".join(chars)


def _fold_spaces(name: str, notes: list[Problem]) -> str:
    """Outer blanks go, inner runs become one; one between two Han characters or beside the middle dot goes with a
    note."""
    words = name.split()
    joined = words[0] if words else ""
    removed = 0
    for word in words[1:]:
        none_there = (is_han(joined[-1]) and is_han(word[0])) or DOT in (joined[-1], word[0])
        removed += none_there
        joined += word if none_there else f" {word}"
    if removed:
        notes.append(Problem("domain.name.blank_removed", field=FIELD))
    return joined
