"""What is looked at before an official number is kept: given already, one of ours, or plainly something else.

Its characters are never read for a meaning (domain: section 3), so nothing but a number given twice is refused; the
rest asks the clerk to look again.
"""

from __future__ import annotations

import json
import unicodedata

from villagedesk.domain.case import Case
from villagedesk.domain.local_no import is_local_no
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.typed_text import fold_code, fold_digits, without_invisible

LONGEST_NUMBER = 64
"""Characters of an official number or query code (domain: section 3)."""
_LENGTHS = "bridge.number_lengths"
_REMEMBERED = 5
_ENOUGH = 3
"""Numbers of one length, and of no other, before a number of another length is asked about."""
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
"""What an input method or a web page has for the hyphen of a number; a scanner types the plain one."""


def plain_number(typed: str) -> str:
    """A number without what a keyboard, an input method or a copied line brings along."""
    text = fold_digits(without_invisible(typed)).translate(_HYPHENS)
    return "".join(char for char in text if not char.isspace() and unicodedata.category(char)[0] != "C")


def refuse_taken(snapshot: Snapshot, case: Case, number: str) -> None:
    """A number is one case's; that of a scanner may differ in capitals from what was typed before.

    Raises:
        InputProblem: ``bridge.number_given`` (``local_no``, ``name``, ``item``) with the field ``number``.
    """
    for other in snapshot.cases_with_number(number):
        if other.case_id != case.case_id:
            params = {"local_no": other.local_no or "", "name": other.applicant.name, "item": other.item_name}
            raise InputProblem("bridge.number_given", field="number", **params)


def ask_to_look_again(snapshot: Snapshot, case: Case, number: str) -> None:
    """Typing mistakes that a number itself can show.

    Raises:
        InputProblem: with the field ``number``: ``bridge.number_like_ours`` (``number``); ``bridge.number_personal``
            when it is what was just copied from the case: somebody's document number or telephone;
            ``bridge.number_length`` (``count``, ``usual``) when all the last ones had another length.
    """
    if is_local_no(number):
        raise InputProblem("bridge.number_like_ours", field="number", number=number)
    own = [case.applicant.document_number, case.applicant.phone]
    own += [value for person in case.parties for value in (person.document_number, person.phone)]
    if fold_code(number) in {fold_code(value) for value in own if value}:
        raise InputProblem("bridge.number_personal", field="number")
    lengths = _lengths(snapshot)
    if len(lengths) >= _ENOUGH and len({*lengths}) == 1 and len(number) != lengths[0]:
        raise InputProblem("bridge.number_length", field="number", count=len(number), usual=lengths[0])


def remember_length(transaction: Transaction, number: str) -> None:
    """So that a digit too few is seen next time."""
    transaction.put_setting(_LENGTHS, json.dumps([*_lengths(transaction), len(number)][-_REMEMBERED:]))


def _lengths(snapshot: Snapshot) -> list[int]:
    lengths: list[int] = json.loads(snapshot.setting(_LENGTHS) or "[]")
    return lengths
