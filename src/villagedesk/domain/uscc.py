"""Unified social credit codes 统一社会信用代码 of legal persons (GB 32100-2015)."""

from __future__ import annotations

from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.resident_id import FIELD

LENGTH = 18
_CHARACTERS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
_LOOKALIKES = {"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U"}
_AREA = range(2, 8)
_AUTHORITIES = frozenset("123456789ANY")
"""登记管理部门: 1 机构编制 … 5 民政 … 9 市场监管, A 中央军委, N 农业农村 (N2 村级集体经济组织), Y 其他."""


def check_uscc(number: str) -> tuple[str, tuple[Problem, ...]]:
    """Check a folded code; gives it back with warnings.

    Raises:
        InputProblem: ``domain.uscc.length`` (``count``), ``domain.uscc.letter`` (``position``, ``character``,
            ``instead``: a letter the code never has), ``domain.uscc.character``, ``domain.uscc.check_character``.
    """
    if len(number) != LENGTH:
        raise InputProblem("domain.uscc.length", field=FIELD, count=len(number))
    for index, char in enumerate(number):
        position = index + 1
        if char in _LOOKALIKES:
            raise InputProblem(
                "domain.uscc.letter", field=FIELD, position=position, character=char, instead=_LOOKALIKES[char]
            )
        if char not in _CHARACTERS or (index in _AREA and not "0" <= char <= "9"):
            raise InputProblem("domain.uscc.character", field=FIELD, position=position, character=char)
    # stdnum refuses authorities with letters in front, so only its check character is used; imported late because
    # the package takes 38 ms
    from stdnum.cn import uscc  # noqa: PLC0415

    if uscc.calc_check_digit(number[:17]) != number[17]:
        raise InputProblem("domain.uscc.check_character", field=FIELD)
    if number[0] not in _AUTHORITIES:
        return number, (Problem("domain.uscc.authority", field=FIELD, character=number[0]),)
    return number, ()
