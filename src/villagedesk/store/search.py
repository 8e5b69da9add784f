"""The words a case is found by, and what of them a typed word asks for.

FTS5's trigram tokenizer cannot find two-character names (design: decision 10), so the index is a table of our own. A
word begins with a letter that says what it is of. Pieces of names, and all beginnings of numbers and of what is spoken,
are words themselves: those that most cases share (their division code) cost next to nothing there (``case_words``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from villagedesk.domain.case import Case
from villagedesk.domain.case_query import QueryWord
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.names import DOT, DOTS, private_use_guess
from villagedesk.domain.names_pinyin import initials_forms, name_syllables, syllables
from villagedesk.domain.typed_text import without_invisible
from villagedesk.store.case_groups import group_words

WORDS_VERSION = "5"
"""Of the rules below; a database with words of another version gets all of them anew when it is opened."""

_NAME, _INITIALS, _SPOKEN, _NUMBER, _APPLICANT, _ITEM, _DAY, _CLERK = "n", "p", "s", "d", "a", "i", "t", "c"
TITLE = "b"
"""Of words that are whole titles: of the item, the papers, the organ; looked for by any part of theirs."""
_PIECE = 4
"""Longest piece of a name that is a word; longer ones are looked for by all their pieces, then compared."""
_BEGINNING = 64
"""Longest beginning that is a word; what is typed longer is cut there."""
_LEAST_SPOKEN = 3
_LEAST_TITLE = 2
_MASKED = re.compile(r"(?P<head>[0-9A-Z]{3})\*+(?P<tail>[0-9A-Z]{4})")
"""A number as lists and papers show it (:mod:`villagedesk.domain.masking`)."""
_DATES = (
    re.compile(r"(?P<y>[0-9]{4})[-/.\u5e74](?P<m>[0-9]{1,2})[-/.\u6708](?P<d>[0-9]{1,2})\u65e5?"),
    re.compile(r"(?P<y>20[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    re.compile(r"(?P<y>[0-9]{4})[-/.\u5e74](?P<m>[0-9]{1,2})\u6708?"),
    re.compile(r"(?P<m>[0-9]{1,2})\u6708(?P<d>[0-9]{1,2})\u65e5?"),
)


_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_ISO_DAY = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True)
class Wanted:
    """One way in which a case may fit a typed word.

    Args:
        words: all of these must be among the case's words.
        name_holds: and a name of the case holds this, for pieces too long to be a word.
        title_holds: or one of its titles holds this.
    """

    words: tuple[str, ...] = ()
    name_holds: str = ""
    title_holds: str = ""


def fold(text: str) -> str:
    """Text as it is compared: compatibility forms and case folded; blanks, hyphens, the middle dot of a name in any
    form, and what nobody can see are gone, because they are often left out; a private-use character is the one it
    probably is."""
    known = "".join(private_use_guess(char) or char for char in without_invisible(text))
    plain = unicodedata.normalize("NFKC", known).upper().translate(DOTS)
    return "".join(char for char in plain if not char.isspace() and char not in ("-", DOT))


def applicant_word(document_number: str) -> str:
    """The index word of cases whose applicant has exactly that number."""
    return _APPLICANT + fold(document_number)


def words_of(case: Case) -> frozenset[str]:
    """All index words of a case."""
    words = person_words(case.applicant.name, (case.applicant.document_number, case.applicant.phone))
    for party in case.parties:
        words |= person_words(party.name, (party.document_number, party.phone))
    words |= _number_words(case.acceptance_no) | _number_words(case.query_code, ends=False)
    words |= _number_words(case.township_no)
    if case.local_no:
        words |= _number_words(case.local_no, ends=False)
        # Clerks call a case by the day's count alone, e.g. "0012", or by what stands last on the receipt, "0012-K".
        words |= {_NUMBER + fold(case.local_no)[-5:-1], _NUMBER + fold(case.local_no)[-5:]}
    if fold(case.applicant.document_number):
        words.add(applicant_word(case.applicant.document_number))
    words |= {_ITEM + case.item_code} | _number_words(case.item_code, ends=False)
    titles = (case.item_name, case.accepting_organ, *(material.name for material in case.materials))
    words |= {TITLE + fold(title) for title in titles if fold(title)}
    words.add(_CLERK + fold(case.clerk))
    begun = (case.received_at or case.created_at).astimezone(SHANGHAI)
    words.add(f"{_DAY}{begun:%H%M}h")
    days = {f"{begun:%Y%m%d}"}
    if case.accepted_at is not None:
        days.add(f"{case.accepted_at.astimezone(SHANGHAI):%Y%m%d}")
    days |= {"".join(parts) for parts in _ISO_DAY.findall(case.limit_date)}
    for day in days:
        words |= {_DAY + day, _DAY + day[:6], _DAY + day[4:]}
    return frozenset(words | group_words(case))


def person_words(name: str, numbers: Iterable[str]) -> set[str]:
    """The words of one person: pieces and pinyin of the name, numbers."""
    words: set[str] = set()
    folded = fold(name)
    for length in range(1, _PIECE + 1):
        words |= {_NAME + folded[at : at + length] for at in range(len(folded) - length + 1)}
    for initials in initials_forms(name):
        words |= {_INITIALS + initials[:length] for length in range(1, len(initials) + 1)}
    for spoken in _spoken_forms(name):
        words |= {_SPOKEN + spoken[:length] for length in range(_LEAST_SPOKEN, min(_BEGINNING, len(spoken)) + 1)}
    for number in numbers:
        words |= _number_words(number)
    return words


def wanted_of(word: QueryWord) -> tuple[Wanted, ...]:
    """The ways in which a case may fit; none when the word holds nothing to search for."""
    folded = fold(word.text)
    if not folded:
        return ()
    ways = [Wanted(words=(_ITEM + code,)) for code in sorted(word.item_codes)]
    ways += [Wanted(words=(f"{_DAY}{day}",)) for day in _days(word.text)]
    if len(folded) >= _LEAST_TITLE and not folded.isascii():
        ways.append(Wanted(title_holds=folded))
    if len(folded) <= _PIECE:
        ways.append(Wanted(words=(_NAME + folded,)))
    else:
        pieces = dict.fromkeys(_NAME + folded[at : at + _PIECE] for at in range(len(folded) - _PIECE + 1))
        ways.append(Wanted(words=tuple(pieces), name_holds=folded))
    masked = _MASKED.fullmatch(folded)
    if masked is not None:
        ways.append(Wanted(words=(_NUMBER + masked["head"], _NUMBER + masked["tail"])))
    ways.append(Wanted(words=(_CLERK + folded,)))
    if folded.isascii():
        ways.append(Wanted(words=(_NUMBER + folded[:_BEGINNING],)))
        if folded.isalpha():
            ways.append(Wanted(words=(_INITIALS + folded.lower(),)))
            if len(folded) >= _LEAST_SPOKEN:
                ways.append(Wanted(words=(_SPOKEN + folded.lower()[:_BEGINNING],)))
    return tuple(ways)


def _number_words(number: str, *, ends: bool = True) -> set[str]:
    folded = fold(number)
    if not folded:
        return set()
    words = {_NUMBER + folded[:length] for length in range(1, min(_BEGINNING, len(folded)) + 1)}
    if ends:
        words.add(_NUMBER + folded[-4:])
    return words


def _spoken_forms(name: str) -> set[str]:
    return {form for form in ("".join(name_syllables(name)), "".join(syllables(name))) if form}


def _days(text: str) -> Iterator[str]:
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    for pattern in _DATES:
        found = pattern.fullmatch(plain)
        if found is not None:
            parts = found.groupdict()
            yield "".join(f"{int(parts[name]):02d}" for name in ("y", "m", "d") if parts.get(name))
    moment = _TIME.fullmatch(plain)
    if moment is not None:
        yield f"{int(moment[1]):02d}{moment[2]}h"
