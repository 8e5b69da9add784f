"""Bank cards, passbooks and social-security cards: the account's number by its check digit, the bank where printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from stdnum import luhn

from villagedesk.domain.problems import Problem
from villagedesk.imaging.fields.numbers import person_numbers
from villagedesk.imaging.fields.persons import name_beside
from villagedesk.imaging.fields.spots import Spot, same_row
from villagedesk.imaging.fields.values import (
    Certainty,
    Knowledge,
    ReadField,
    ReadPaper,
    ReadValue,
    certainty_of,
)

BANK, BOOK, SOCIAL = "bank_card", "bank_book", "social_security_card"
_LIKE_DIGITS = str.maketrans("OoQDIl|ZSB", "0000111258")
_DIGITS = re.compile(r"[0-9OoQDIl|ZSB]{3,23}")
_SHORTEST, _LONGEST = 16, 19
"""ISO/IEC 7812 allows fewer; every card of a bank in China that is in use has 16 to 19 digits."""
_FIRST = "34569"
"""First digits of cards that pay; others are of airlines, shops and none at all."""
_BANK = re.compile(r"[\u4e00-\u9fff]{2,14}(?:银行|信用社|信用合作社|合作银行|农商行|商业银行)")
_NO_BANK = ("银联", "发卡", "服务", "热线", "网上", "手机", "中国人民银行", "开户")
_NAME, _STOPS = ("姓名",), ("社会保障", "性别", "卡号", "发卡", "社保卡", "民族")


def read_bank_card(spots: Sequence[Spot], kind: str) -> ReadPaper | None:
    """The front of a card, or a passbook's first page: number and bank."""
    number = _account(spots)
    if number is None:
        return None
    if kind == BOOK and number.certainty is not Certainty.CLEAR:
        # a passbook's account need not have a check digit, so nothing speaks for it, nor against it
        remarks = (Problem("reading.remark.book_account"),)
        number = replace(number, certainty=Certainty.CHECK, remarks=remarks)
    bank = _bank(spots)
    return ReadPaper(kind, (number,) if bank is None else (number, bank))


def read_social_card(spots: Sequence[Spot], knowledge: Knowledge) -> ReadPaper | None:
    """A social-security card: the person, and the account where its number is printed on the same side."""
    numbers = person_numbers(spots, knowledge)
    read = (
        name_beside(spots, _NAME, _STOPS, knowledge),
        numbers[0].value() if numbers else None,
        _account([spot for spot in spots if all(spot.outline not in _places(one.spots) for one in numbers)]),
        _bank(spots),
    )
    values = tuple(value for value in read if value is not None)
    return ReadPaper(SOCIAL, values) if values else None


def _account(spots: Sequence[Spot]) -> ReadValue | None:
    """The number whose check digit holds; else the longest run of digits, as one that cannot be believed."""
    best: ReadValue | None = None
    for run in _runs(spots):
        text = "".join(part.text.translate(_LIKE_DIGITS) for part in run)
        if not _SHORTEST <= len(text) <= _LONGEST:
            continue
        confidence = min(part.confidence for part in run)
        outlines = tuple(part.outline for part in run)
        if luhn.is_valid(text):
            mended = any(not part.text.isdigit() for part in run)
            # one in ten wrong numbers passes the check digit, so a doubtful reading stays doubtful
            certainty = certainty_of(confidence) if text[0] in _FIRST else Certainty.POOR
            if len(set(text)) > 3:
                remarks = (Problem("reading.remark.mended"),) if mended else ()
                return ReadValue(ReadField.BANK_ACCOUNT, text, confidence, outlines, certainty, remarks)
        if best is None or len(text) > len(best.text):
            remarks = (Problem("reading.remark.bank_check"),)
            best = ReadValue(ReadField.BANK_ACCOUNT, text, confidence, outlines, Certainty.POOR, remarks)
    return best


def _runs(spots: Sequence[Spot]) -> list[tuple[Spot, ...]]:
    """Digits in one row, the groups of four put together, longest first."""
    pieces = []
    for spot in spots:
        match = _DIGITS.search(spot.text)
        # the number stands alone in its line, but for a label before it
        if match and match.end() == len(spot.text):
            pieces.append(spot.part(match.start(), match.end()))
    runs: list[list[Spot]] = []
    for piece in sorted(pieces, key=lambda spot: spot.left):
        for run in runs:
            last = run[-1]
            if same_row(last, piece) and -0.3 * last.height <= piece.left - last.right <= 2.5 * last.height:
                run.append(piece)
                break
        else:
            runs.append([piece])
    return sorted((tuple(run) for run in runs), key=lambda run: -sum(len(spot.text) for spot in run))


def _bank(spots: Sequence[Spot]) -> ReadValue | None:
    """The tallest line that names a bank."""
    named = [
        (spot, match)
        for spot in spots
        if (match := _BANK.search(spot.text)) and not any(word in spot.text for word in _NO_BANK)
    ]
    if not named:
        return None
    spot, match = max(named, key=lambda one: one[0].height)
    place = spot.part(match.start(), match.end())
    return ReadValue(
        ReadField.BANK_NAME, match.group(), spot.confidence, (place.outline,), certainty_of(spot.confidence)
    )


def _places(spots: Sequence[Spot]) -> set[object]:
    return {spot.outline for spot in spots}
