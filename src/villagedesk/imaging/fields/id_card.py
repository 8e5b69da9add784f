"""Resident identity cards 居民身份证, and residence permits of the same layout: front and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from villagedesk.domain.dates import months_later
from villagedesk.domain.problems import Problem
from villagedesk.imaging.fields.days import span_in
from villagedesk.imaging.fields.numbers import PersonNumber, person_numbers
from villagedesk.imaging.fields.persons import birth_of, group_of, name_beside, sex_of
from villagedesk.imaging.fields.spots import Spot, find_label, right_of, same_row, until, value_beside
from villagedesk.imaging.fields.values import (
    FOR_EVER,
    Certainty,
    Knowledge,
    ReadField,
    ReadPaper,
    ReadValue,
    certainty_of,
)

FRONT, BACK = "id_card_front", "id_card_back"
_NAME, _SEX, _GROUP, _BIRTH, _ADDRESS = ("姓名",), ("性别",), ("民族",), ("出生日期", "出生"), ("住址",)
_NUMBER = ("公民身份号码", "公民身份证号码", "身份号码", "身份证号码", "身份证号")
_STOPS = (*_SEX, *_GROUP, "出生", *_ADDRESS, "公民身份", "身份号码")
_ISSUER, _VALID = ("签发机关",), ("有效期限", "有效期")
_FOR_EVER = "长期"
_HOUSE_WORDS = frozenset("省市县区乡镇村街路号组队里巷")
_YEARS = (5, 10, 20)
"""居民身份证法 §5: by the age of the bearer; from 46 on for ever."""
_MOST_LINES_OF_ADDRESS = 4


def read_fronts(spots: Sequence[Spot], knowledge: Knowledge) -> tuple[ReadPaper, ...]:
    """Each front on a page; a couple's copy holds two."""
    numbers = person_numbers(spots, knowledge)
    right = [number for number in numbers if number.checked is not None]
    if len(right) < 2:
        number = numbers[0] if numbers else None
        values = _front(_around(number, spots) if number is not None else list(spots), number, knowledge)
        return (ReadPaper(FRONT, values),) if values else ()
    papers = [ReadPaper(FRONT, _front(_around(number, spots), number, knowledge)) for number in right]
    # a number that stands alone, e.g. written beneath the copy by hand, is no card
    return tuple(paper for paper in papers if paper.value(ReadField.NAME) or len(paper.values) > 2) or tuple(papers[:1])


def read_back(spots: Sequence[Spot], knowledge: Knowledge) -> ReadPaper | None:
    """Issuer and validity; of two backs on one page the upper one."""
    values: list[ReadValue] = []
    issuer = value_beside(spots, _ISSUER, _VALID)
    if issuer is not None and len(issuer.text) >= 4:
        certainty = certainty_of(issuer.confidence)
        values.append(ReadValue(ReadField.ISSUER, issuer.text, issuer.confidence, (issuer.outline,), certainty))
    valid = value_beside(spots, _VALID, ())
    span = span_in(valid.text, _FOR_EVER) if valid is not None else None
    if valid is None or span is None:
        # the label was not read: two days in one line stand nowhere else on a card
        valid = next((spot for spot in spots if span_in(spot.text, _FOR_EVER)), None)
        span = span_in(valid.text, _FOR_EVER) if valid is not None else None
    if valid is not None and span is not None:
        values += _validity(span, valid, knowledge.today)
    return ReadPaper(BACK, tuple(values)) if values else None


def _front(spots: Sequence[Spot], number: PersonNumber | None, knowledge: Knowledge) -> tuple[ReadValue, ...]:
    read = (
        name_beside(spots, _NAME, _STOPS, knowledge),
        sex_of(spots, _SEX, (*_GROUP, "出生"), number),
        group_of(spots, _GROUP, ("出生", *_ADDRESS)),
        birth_of(spots, _BIRTH, _ADDRESS, number),
        _address(spots, number),
        number.value() if number is not None else None,
    )
    return tuple(value for value in read if value is not None)


def _address(spots: Sequence[Spot], number: PersonNumber | None) -> ReadValue | None:
    """The line behind the label and those beneath it that begin where it begins."""
    found = find_label(spots, _ADDRESS)
    if found is None:
        return None
    label, rest = found
    first = rest if rest.text.lstrip(":") else right_of(label, [s for s in spots if s.outline != label.outline])
    if first is None or (first := until(first, _NUMBER)) is None:
        return None
    end = min((spot.top for spot in number.spots), default=None) if number is not None else None
    lines = [first]
    for spot in sorted(spots, key=lambda spot: spot.middle):
        last = lines[-1]
        beneath = last.middle + 0.6 * last.height < spot.middle < last.middle + 2.4 * last.height
        # where label and first line were read as one, it is not sure where the first begins
        begins = -1.6 * first.height < spot.left - first.left < 2.6 * first.height
        above_number = end is None or spot.middle < end
        if beneath and begins and above_number and not any(spot.text.startswith(word) for word in _STOPS):
            lines.append(spot)
        if len(lines) == _MOST_LINES_OF_ADDRESS:
            break
    text = "".join(line.text.lstrip(":") for line in lines)
    if len(text) < 4:
        return None
    confidence = min(line.confidence for line in lines)
    certainty = certainty_of(confidence)
    remarks: tuple[Problem, ...] = ()
    if not any(char in _HOUSE_WORDS for char in text):
        certainty, remarks = Certainty.POOR, (Problem("reading.remark.odd_address"),)
    return ReadValue(ReadField.ADDRESS, text, confidence, tuple(line.outline for line in lines), certainty, remarks)


def _around(number: PersonNumber, spots: Sequence[Spot]) -> list[Spot]:
    """The lines of the card a number stands on: its 18 characters take up 52 hundredths of the card's width, at a place
    that is always the same."""
    first, last = number.spots[0], number.spots[-1]
    width = (last.right - first.left) / 0.52
    left, right = first.left - 0.42 * width, first.left + 0.72 * width
    top, bottom = first.middle - 0.66 * width, first.middle + 0.10 * width
    own = [spot for spot in spots if left <= (spot.left + spot.right) / 2 <= right and top <= spot.middle <= bottom]
    # two cards above each other: what lies below another number's row is this card's
    return [spot for spot in own if spot.middle <= first.middle or same_row(spot, first)]


def _validity(span: tuple[str, str], valid: Spot, today: date) -> list[ReadValue]:
    begins, ends = span
    remarks: list[Problem] = []
    certainty = certainty_of(valid.confidence)
    first = date.fromisoformat(begins)
    if ends == _FOR_EVER:
        ends = FOR_EVER
        if first > today:
            remarks.append(Problem("reading.remark.odd_validity"))
    else:
        last = date.fromisoformat(ends)
        whole = last in {months_later(first, 12 * years) for years in _YEARS}
        if first > today or not whole:
            remarks.append(Problem("reading.remark.odd_validity"))
        elif last < today:
            remarks.append(Problem("reading.remark.expired", date=ends))
    if any(remark.key == "reading.remark.odd_validity" for remark in remarks):
        certainty = Certainty.POOR
    place = (valid.outline,)
    return [
        ReadValue(ReadField.VALID_FROM, begins, valid.confidence, place, certainty),
        ReadValue(ReadField.VALID_UNTIL, ends, valid.confidence, place, certainty, tuple(remarks)),
    ]
