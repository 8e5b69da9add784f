"""Household registers 居民户口簿: a member's page 常住人口登记卡, and the household's own page."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.imaging.fields.numbers import person_numbers
from villagedesk.imaging.fields.persons import birth_of, group_of, name_beside, sex_of
from villagedesk.imaging.fields.spots import Spot, value_beside
from villagedesk.imaging.fields.values import Knowledge, ReadField, ReadPaper, ReadValue, certainty_of

MEMBER, HOUSEHOLD = "household_register", "household_page"
_NAME, _HEAD_NAME = ("姓名",), ("户主姓名",)
_RELATION = ("户主或与户主关系", "与户主关系", "户主或与")
_SEX, _GROUP, _BIRTH, _ADDRESS = ("性别",), ("民族",), ("出生日期", "出生年月"), ("住址",)
_STOPS = (
    *("户主或与", "与户主关系", "曾用名", "性别", "出生地", "民族", "籍贯", "出生日期", "本市", "宗教信仰", "公民身份"),
    *("身份证", "证件编号", "身高", "血型", "文化程度", "婚姻状况", "兵役状况", "服务处所", "职业", "何时", "登记日期"),
)
_NO_RELATION = frozenset("曾用名性别")
_LONGEST_RELATION = 8


def read_member(spots: Sequence[Spot], knowledge: Knowledge) -> ReadPaper | None:
    """A member's page; of an open register with two such pages the one whose name comes first."""
    numbers = person_numbers(spots, knowledge)
    number = numbers[0] if len(numbers) == 1 else None
    read = (
        name_beside(spots, _NAME, _STOPS, knowledge),
        _relation(spots),
        sex_of(spots, _SEX, (*_GROUP, "出生", "籍贯"), number),
        group_of(spots, _GROUP, ("籍贯", "出生", "性别")),
        birth_of(spots, _BIRTH, ("本市", "籍贯"), number),
        number.value() if number is not None else None,
    )
    values = tuple(value for value in read if value is not None)
    return ReadPaper(MEMBER, values) if values else None


def read_household(spots: Sequence[Spot], knowledge: Knowledge) -> ReadPaper | None:
    """The household's page: its head and address."""
    head = name_beside(spots, _HEAD_NAME, ("户号", "户别", "住址"), knowledge)
    address = value_beside(spots, _ADDRESS, ("户号", "户别", "户主", "省级", "承办人"))
    values = [] if head is None else [head]
    if address is not None and len(address.text) >= 4:
        certainty = certainty_of(address.confidence)
        values.append(ReadValue(ReadField.ADDRESS, address.text, address.confidence, (address.outline,), certainty))
    return ReadPaper(HOUSEHOLD, tuple(values)) if values else None


def _relation(spots: Sequence[Spot]) -> ReadValue | None:
    spot = value_beside(spots, _RELATION, ("曾用名", "性别", "民族", "出生"))
    if spot is None:
        return None
    text = spot.text.removeprefix("户主关系").removeprefix("关系")
    if not 1 <= len(text) <= _LONGEST_RELATION or text[0] in _NO_RELATION:
        return None
    place = spot.part(len(spot.text) - len(text))
    return ReadValue(ReadField.RELATION, text, spot.confidence, (place.outline,), certainty_of(spot.confidence))
