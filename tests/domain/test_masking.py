"""Masks: what must stay hidden stays hidden, counted by code points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.masking import mask_name, mask_number, mask_phone


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "110***********002X"),
        ("91350100M000100Y43", "913***********0Y43"),
        ("110105491231002", "110********1002"),
        ("E12345678", "E******78"),
        ("H12345678", "H******78"),
        ("12", "1*"),
        ("1", "*"),
        ("", ""),
    ],
)
def test_numbers(number: str, masked: str) -> None:
    assert mask_number(number) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13800005678", "138****5678"), ("0375-2345678", "0375-*****78"), ("010-12345678", "010-******78"), ("", "")],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("", ""),
        ("张", "*"),
        ("张三", "张*"),
        ("张三丰", "张*丰"),
        ("𰻞𬍛", "𰻞*"),
        ("王𬍛𠅤", "王*𠅤"),
        ("欧阳修远", "欧**远"),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(max_size=40))
def test_the_length_stays_and_at_most_half_is_readable(text: str) -> None:
    masked = mask_number(text.replace("*", ""))
    assert len(masked) == len(text.replace("*", ""))
    assert sum(char != "*" for char in masked) <= len(masked) / 2
