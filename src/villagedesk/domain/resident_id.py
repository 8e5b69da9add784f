"""Resident identity numbers 公民身份号码 (GB 11643): check, birth date, sex, 15 to 18 digits, area warning.

The area table is only ever a warning: most old people carry a code that was abolished since.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from villagedesk.domain.problems import InputProblem, Problem

FIELD = "document_number"
"""The input field the sentences of identity numbers belong beside."""

RESIDENCE_PERMIT_PREFIXES = ("810000", "820000", "830000")
"""First six digits of 港澳台居民居住证: Hong Kong, Macao, Taiwan."""

_OLDEST_PLAUSIBLE_YEARS = 120


class Sex(StrEnum):
    """As the 17th digit says: odd male, even female."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class ResidentNumber:
    """What an 18-digit number says.

    Args:
        number: 18 characters, upper-case X.
        warnings: sentences the clerk should read; they never block.
    """

    number: str
    birth_date: date
    sex: Sex
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Lengthened:
    """A 15-digit number made into 18.

    Args:
        number: with 19 inserted, the rule.
        question: set for serials 996–999, which were given to centenarians when 15 digits were in use: the clerk is
            asked which of ``number`` and ``alternative`` is the person.
        alternative: with 18 inserted, "" when there is nothing to ask.
    """

    number: str
    question: Problem | None = None
    alternative: str = ""


def check_character(body: str) -> str:
    """The 18th character for the first 17 digits: ISO 7064 MOD 11-2, X for ten."""
    # stdnum's package takes 38 ms to import; nothing before the first window needs a check character
    from stdnum.iso7064 import mod_11_2  # noqa: PLC0415

    return str(mod_11_2.calc_check_digit(body))


def lengthen(number: str) -> Lengthened:
    """Make 18 digits of 15.

    Args:
        number: 15 ASCII digits.
    """
    rule = _with_century(number, "19")
    if number[12:] < "996":
        return Lengthened(rule)
    alternative = _with_century(number, "18")
    question = Problem(
        "domain.identity.which_century",
        field=FIELD,
        early=f"18{number[6:8]}",
        late=f"19{number[6:8]}",
        number=rule,
        alternative=alternative,
    )
    return Lengthened(rule, question, alternative)


def require_digits(number: str, *, last_may_be_x: bool) -> None:
    """Refuse the first character that is no digit.

    Raises:
        InputProblem: ``domain.identity.character`` (``position`` from 1, ``character``).
    """
    for index, char in enumerate(number):
        if "0" <= char <= "9" or (last_may_be_x and index == len(number) - 1 and char == "X"):
            continue
        raise InputProblem("domain.identity.character", field=FIELD, position=index + 1, character=char)


def birth_date_in(number: str, today: date) -> date:
    """The date in characters 7–14.

    Raises:
        InputProblem: ``domain.identity.date``, ``domain.identity.date_future`` (``year``, ``month``, ``day``).
    """
    year, month, day = number[6:10], number[10:12], number[12:14]
    typed = {"year": year, "month": month, "day": day}
    try:
        born = date(int(year), int(month), int(day))
    except ValueError:
        raise InputProblem("domain.identity.date", field=FIELD, **typed) from None
    if born > today:
        raise InputProblem("domain.identity.date_future", field=FIELD, **typed)
    return born


def age_warnings(born: date, today: date) -> tuple[Problem, ...]:
    """A sentence when nobody is that old: the year is probably mistyped, in spite of the check digit."""
    years = today.year - born.year
    if years > _OLDEST_PLAUSIBLE_YEARS:
        return (Problem("domain.identity.very_old", field=FIELD, years=years),)
    return ()


def area_warnings(number: str, known_areas: Set[str]) -> tuple[Problem, ...]:
    """A sentence when the area code is unknown or abolished.

    Args:
        known_areas: prefixes of two (province), four (prefecture) and six (county) digits. A level is looked at only
            where the list holds that level for the area, so a list of one prefecture says nothing about the others.
    """
    code = number[:6]
    for length in (2, 4, 6):
        prefix = code[:length]
        siblings = (known for known in known_areas if len(known) == length and known.startswith(code[: length - 2]))
        listed = length == 2 or any(True for _ in siblings)
        if not listed:
            return ()
        if prefix not in known_areas:
            return (Problem("domain.identity.area_unknown", field=FIELD, area=code),)
    return ()


def check_resident_number(number: str, today: date, known_areas: Set[str]) -> ResidentNumber:
    """Check 18 folded characters of a resident card or a residence permit.

    Args:
        number: 18 characters, folded (:func:`villagedesk.domain.typed_text.fold_code`).
        today: the date in Shanghai; a birth after it is refused.

    Raises:
        InputProblem: ``domain.identity.character``, ``.date``, ``.date_future``, ``.check_digit``.
    """
    require_digits(number, last_may_be_x=True)
    born = birth_date_in(number, today)
    if check_character(number[:17]) != number[17]:
        raise InputProblem("domain.identity.check_digit", field=FIELD)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    area = () if number.startswith(RESIDENCE_PERMIT_PREFIXES) else area_warnings(number, known_areas)
    return ResidentNumber(number, born, sex, area + age_warnings(born, today))


def _with_century(number: str, century: str) -> str:
    body = number[:6] + century + number[6:]
    return body + check_character(body)
