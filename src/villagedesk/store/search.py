"""The words a case is found by: pieces and initials of its applicant's name, its numbers and their last four.

FTS5's trigram tokenizer cannot find two-character names (design: decision 10), so the index is a table of our own.
"""

from __future__ import annotations

import unicodedata

from sqlalchemy import ColumnElement, Select, and_, func, select, union

from villagedesk.domain.case import Case
from villagedesk.domain.names_pinyin import initials_forms
from villagedesk.store.schema import CASE_WORDS, CASES

_NAME = "n"
_INITIALS = "p"
_NUMBER = "d"
_MOST_PAIRS = 8


def fold(text: str) -> str:
    """Text as it is compared: compatibility forms and case folded, blanks and hyphens gone, one kind of middle dot."""
    plain = unicodedata.normalize("NFKC", text).upper().replace("\u2022", "\u00b7")
    return "".join(char for char in plain if not char.isspace() and char != "-")


def number_word(number: str) -> str:
    """The index word of a whole number."""
    return _NUMBER + fold(number)


def words_of(case: Case) -> frozenset[str]:
    """All index words of a case."""
    name = fold(case.applicant.name)
    words = {_NAME + char for char in name} | {_NAME + name[at : at + 2] for at in range(len(name) - 1)}
    words |= {_INITIALS + initials for initials in initials_forms(case.applicant.name)}
    numbers = (case.applicant.document_number, case.applicant.phone, case.acceptance_no)
    for number in (fold(number) for number in numbers):
        if number:
            words |= {_NUMBER + number, _NUMBER + number[-4:]}
    if case.local_no:
        local_no = fold(case.local_no)
        # Clerks call a case by the day's count alone, e.g. "0012".
        words |= {_NUMBER + local_no, _NUMBER + local_no[-5:-1]}
    return frozenset(words)


def matching(text: str) -> ColumnElement[bool] | None:
    """The condition on ``cases`` for a search text; None when the text holds nothing to search for.

    A case matches when its applicant's name contains the text, or the name's pinyin initials or one of its numbers
    begin with it, or the text is the last four of a number or the day's count of the local number.
    """
    folded = fold(text)
    if not folded:
        return None
    pairs = [folded[at : at + 2] for at in range(len(folded) - 1)] or [folded]
    hits = [_having(_NAME + pair) for pair in pairs[:_MOST_PAIRS]]
    named = and_(*(CASES.c.case_id.in_(hit) for hit in hits), func.instr(CASES.c.name_folded, folded) > 0)
    if not folded.isascii():
        return named
    by_name = select(CASES.c.case_id).where(named)
    return CASES.c.case_id.in_(union(by_name, _beginning(_NUMBER + folded), _beginning(_INITIALS + folded.lower())))


def _having(word: str) -> Select[tuple[str]]:
    return select(CASE_WORDS.c.case_id).where(CASE_WORDS.c.word == word)


def _beginning(word: str) -> Select[tuple[str]]:
    return select(CASE_WORDS.c.case_id).where(CASE_WORDS.c.word >= word, CASE_WORDS.c.word < word + "\x7f")
