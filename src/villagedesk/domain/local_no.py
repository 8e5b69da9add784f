"""The 收件流水号 printed when papers are taken in: ``yyMMdd-E-NNNN-C``.

``E`` is the installation's epoch, which changes whenever counting could otherwise start again from an older state;
``NNNN`` counts the day's cases; ``C`` is the check character of ISO 7064 MOD 37,36 over the eleven before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.typed_text import fold_code

MAX_COUNT = 9999
EPOCHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""In the order they are used: a new installation begins with the first, every restore or recovery takes a later one."""
_LENGTH = 12
_EPOCH = re.compile(r"[0-9A-Z]")
_DIGIT_PLACES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 10)


@dataclass(frozen=True)
class LocalNo:
    """The parts of a local number; its text form is ``str(...)``.

    Args:
        epoch: one character of 0–9, A–Z.
        count: 1–9999 within the day and epoch.
    """

    epoch: str
    day: date
    count: int

    def __str__(self) -> str:
        return local_no(self.epoch, self.day, self.count)


def local_no(epoch: str, day: date, count: int) -> str:
    """The number of the day's ``count``-th case.

    Raises:
        Problem: ``domain.local_no.day_full`` beyond 9999; ``domain.local_no.year`` (``year``) outside of 2000 to 2099:
            the PC's clock is wrong.
        ValueError: when epoch or count cannot be in such a number at all.
    """
    if count > MAX_COUNT:
        raise Problem("domain.local_no.day_full", count=MAX_COUNT)
    if count < 1 or not _EPOCH.fullmatch(epoch):
        raise ValueError(f"no local number has epoch {epoch!r}, count {count}")
    if not 2000 <= day.year <= 2099:
        raise Problem("domain.local_no.year", year=day.year)
    stamp = f"{day:%y%m%d}"
    serial = f"{count:04d}"
    return f"{stamp}-{epoch}-{serial}-{_check_character(stamp + epoch + serial)}"


def parse_local_no(text: str) -> LocalNo:
    """Read a number as typed or scanned; full-width and lower-case forms, missing hyphens and blanks are folded.

    Raises:
        InputProblem: ``domain.local_no.length`` (``count``), ``domain.local_no.character`` (``position``,
            ``character``), ``domain.local_no.date``, ``domain.local_no.check_character``.
    """
    code = fold_code(text)
    if len(code) != _LENGTH:
        raise InputProblem("domain.local_no.length", field="local_no", count=len(code))
    for index, char in enumerate(code):
        allowed = "0" <= char <= "9" or (index not in _DIGIT_PLACES and "A" <= char <= "Z")
        if not allowed:
            raise InputProblem("domain.local_no.character", field="local_no", position=index + 1, character=char)
    if _check_character(code[:-1]) != code[-1]:
        raise InputProblem("domain.local_no.check_character", field="local_no")
    count = int(code[7:11])
    try:
        day = date(2000 + int(code[:2]), int(code[2:4]), int(code[4:6]))
    except ValueError:
        day = None
    if day is None or count == 0:
        raise InputProblem("domain.local_no.date", field="local_no")
    return LocalNo(code[6], day, count)


def is_local_no(text: str) -> bool:
    """Whether it is one, as :func:`parse_local_no` reads it."""
    try:
        parse_local_no(text)
    except InputProblem:
        return False
    return True


def next_epoch(used: Iterable[str]) -> str:
    """The first letter after the latest one used; never one between, which another copy of the data may have taken.

    Raises:
        InputProblem: ``domain.local_no.epochs_used_up`` after the last.
    """
    following = max((EPOCHS.index(epoch) for epoch in used), default=-1) + 1
    if following == len(EPOCHS):
        raise InputProblem("domain.local_no.epochs_used_up")
    return EPOCHS[following]


def _check_character(body: str) -> str:
    # stdnum's package takes 38 ms to import; nothing before the first window needs a check character
    from stdnum.iso7064 import mod_37_36  # noqa: PLC0415

    return str(mod_37_36.calc_check_digit(body))
