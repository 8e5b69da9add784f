"""Documents an applicant can show, and the check of the number on each (domain: section 3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.resident_id import (
    FIELD,
    RESIDENCE_PERMIT_PREFIXES,
    Sex,
    age_warnings,
    birth_date_in,
    check_character,
    check_resident_number,
    lengthen,
    require_digits,
)
from villagedesk.domain.typed_text import fold_code, fold_digits, without_invisible
from villagedesk.domain.uscc import check_uscc


class DocumentKind(StrEnum):
    """Kinds of documents; their Chinese names are ``domain.document.<value>`` in the message catalogue."""

    RESIDENT_ID = "resident_id"
    PERMANENT_RESIDENCE = "permanent_residence"
    RESIDENCE_PERMIT_HMT = "residence_permit_hmt"
    HMT_PASS = "hmt_pass"
    TAIWAN_PASS = "taiwan_pass"
    PASSPORT = "passport"
    USCC = "uscc"
    OTHER = "other"


@dataclass(frozen=True)
class CheckedDocument:
    """A number that is right as far as it can tell.

    Args:
        kind: what the number shows it to be; a resident number beginning with 9 is a permanent residence card,
            81/82/830000 a residence permit, whatever was chosen.
        number: folded; this is what is kept.
        birth_date, sex: as the number says, None where it says nothing.
        warnings: sentences to show; they never block.
        question: to be asked before the number is kept (old 15-digit numbers of centenarians), or None.
        alternative: the other answer to the question, "" without one.
    """

    kind: DocumentKind
    number: str
    birth_date: date | None = None
    sex: Sex | None = None
    warnings: tuple[Problem, ...] = ()
    question: Problem | None = None
    alternative: str = ""


_HMT_PASS = re.compile(r"[HM](?:[0-9]{8}(?:[0-9]{2})?|A[0-9]{7})")
_TAIWAN_PASS = re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_OLD_PERMANENT = re.compile(r"[A-Z]{3}[0-9]{12}")
_MAX_OTHER = 64


def check_document(kind: DocumentKind, typed: str, today: date, known_areas: Set[str]) -> CheckedDocument:
    """Fold and check the number of a document.

    Args:
        today: the date in Shanghai.
        known_areas: area prefixes, see :func:`villagedesk.domain.resident_id.area_warnings`.

    Raises:
        InputProblem: ``domain.identity.*`` or ``domain.uscc.*`` with field ``document_number``, as near to the
            mistake as can be told.
    """
    if not fold_code(typed):
        raise InputProblem("domain.identity.empty", field=FIELD)
    if kind is DocumentKind.OTHER:
        return CheckedDocument(kind, _free_number(typed))
    number = fold_code(typed)
    if kind in (DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT_HMT):
        return _resident_shaped(kind, number, today, known_areas)
    if kind is DocumentKind.PERMANENT_RESIDENCE:
        return _permanent_residence(number, today)
    if kind is DocumentKind.USCC:
        number, warnings = check_uscc(number)
        return CheckedDocument(kind, number, warnings=warnings)
    return CheckedDocument(kind, _PATTERN_CHECKS[kind](number))


def _resident_shaped(kind: DocumentKind, number: str, today: date, known_areas: Set[str]) -> CheckedDocument:
    if len(number) == 15 and kind is DocumentKind.RESIDENT_ID:
        return _old_resident_card(number, today, known_areas)
    if len(number) != 18:
        raise InputProblem("domain.identity.length", field=FIELD, count=len(number))
    if number[0] == "9":
        return _seen_as(DocumentKind.PERMANENT_RESIDENCE, kind, _permanent_residence(number, today))
    checked = check_resident_number(number, today, known_areas)
    found = CheckedDocument(kind, checked.number, checked.birth_date, checked.sex, checked.warnings)
    is_permit = number.startswith(RESIDENCE_PERMIT_PREFIXES)
    return _seen_as(DocumentKind.RESIDENCE_PERMIT_HMT if is_permit else DocumentKind.RESIDENT_ID, kind, found)


def _seen_as(seen: DocumentKind, chosen: DocumentKind, found: CheckedDocument) -> CheckedDocument:
    if seen is chosen:
        return found
    notice = Problem(f"domain.identity.seen_as.{seen}", field=FIELD)
    return replace(found, kind=seen, warnings=(notice, *found.warnings))


def _old_resident_card(number: str, today: date, known_areas: Set[str]) -> CheckedDocument:
    require_digits(number, last_may_be_x=False)
    longer = lengthen(number)
    checked = check_resident_number(longer.number, today, known_areas)
    notice = Problem("domain.identity.lengthened", field=FIELD, number=longer.number)
    return CheckedDocument(
        DocumentKind.RESIDENT_ID,
        longer.number,
        checked.birth_date,
        checked.sex,
        (notice, *checked.warnings),
        longer.question,
        longer.alternative,
    )


def _permanent_residence(number: str, today: date) -> CheckedDocument:
    """Cards since 2023-12-01: 9 first, date in 7–14, MOD 11-2; older ones of 3 letters and 12 digits stay valid."""
    if _OLD_PERMANENT.fullmatch(number):
        return CheckedDocument(DocumentKind.PERMANENT_RESIDENCE, number)
    if len(number) not in (15, 18):
        raise InputProblem("domain.identity.permanent_length", field=FIELD, count=len(number))
    if len(number) == 15 or number[0] != "9":
        raise InputProblem("domain.identity.permanent_shape", field=FIELD)
    require_digits(number, last_may_be_x=True)
    born = birth_date_in(number, today)
    if check_character(number[:17]) != number[17]:
        raise InputProblem("domain.identity.check_digit", field=FIELD)
    return CheckedDocument(
        DocumentKind.PERMANENT_RESIDENCE, number, birth_date=born, warnings=age_warnings(born, today)
    )


def _hmt_pass(number: str) -> str:
    if not _HMT_PASS.fullmatch(number):
        raise InputProblem("domain.identity.hmt_pass", field=FIELD)
    return number


def _taiwan_pass(number: str) -> str:
    bare = number.replace("(", "").replace(")", "")  # old cards print the letter in brackets
    if not _TAIWAN_PASS.fullmatch(bare):
        raise InputProblem("domain.identity.taiwan_pass", field=FIELD)
    return bare


def _passport(number: str) -> str:
    if not _PASSPORT.fullmatch(number) or not any(char.isdigit() for char in number):
        raise InputProblem("domain.identity.passport", field=FIELD)
    return number


_PATTERN_CHECKS: dict[DocumentKind, Callable[[str], str]] = {
    DocumentKind.HMT_PASS: _hmt_pass,
    DocumentKind.TAIWAN_PASS: _taiwan_pass,
    DocumentKind.PASSPORT: _passport,
}


def _free_number(typed: str) -> str:
    number = " ".join(fold_digits(without_invisible(typed)).split())
    if not number:
        raise InputProblem("domain.identity.empty", field=FIELD)
    if len(number) > _MAX_OTHER:
        raise InputProblem("domain.identity.other_length", field=FIELD, count=len(number), limit=_MAX_OTHER)
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in number):
        raise InputProblem("domain.identity.other_character", field=FIELD)
    return number
