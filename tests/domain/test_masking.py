"""Masks: what must stay hidden stays hidden, counted by code points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.masking import mask_number


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


@given(st.text(max_size=40))
def test_the_length_stays_and_at_most_half_is_readable(text: str) -> None:
    masked = mask_number(text.replace("*", ""))
    assert len(masked) == len(text.replace("*", ""))
    assert sum(char != "*" for char in masked) <= len(masked) / 2
