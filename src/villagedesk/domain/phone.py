"""Telephone numbers a villager can be reached at."""

from __future__ import annotations

import re

from villagedesk.domain.problems import InputProblem
from villagedesk.domain.typed_text import fold_code, fold_digits

FIELD = "phone"
_COUNTRY = re.compile(r"^(?:\+|00)86")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EXTENSION = re.compile(r"0[0-9]{2,3}[-\s]?[0-9]{7,8}[-\s][0-9]{1,6}")
_LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([1-9][0-9]{6,7})")


def check_phone(typed: str) -> str:
    """A mobile number of 11 digits, or a landline as ``0375-1234567``; "" stays "" (not everybody has one).

    Raises:
        InputProblem: ``domain.phone.character`` (``position``, ``character``), ``domain.phone.mobile_length``
            (``count``), ``domain.phone.mobile_prefix``, ``domain.phone.landline``.
    """
    number = _COUNTRY.sub("", fold_code(typed).replace("(", "").replace(")", ""))
    if not number:
        return ""
    for index, char in enumerate(number):
        if not "0" <= char <= "9":
            raise InputProblem("domain.phone.character", field=FIELD, position=index + 1, character=char)
    if _EXTENSION.fullmatch(fold_digits(typed).strip()):
        raise InputProblem("domain.phone.landline", field=FIELD)  # its digits would make another number
    landline = _LANDLINE.fullmatch(number)
    if landline:
        return f"{landline[1]}-{landline[2]}"
    if number[0] != "1":
        raise InputProblem("domain.phone.landline", field=FIELD)
    if len(number) != 11:
        raise InputProblem("domain.phone.mobile_length", field=FIELD, count=len(number))
    if not _MOBILE.fullmatch(number):
        raise InputProblem("domain.phone.mobile_prefix", field=FIELD)
    return number
