"""Telephone numbers."""

from __future__ import annotations

import pytest

from villagedesk.domain.phone import check_phone
from villagedesk.domain.problems import InputProblem


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" \u3000", ""),
        ("13800000000", "13800000000"),
        ("138 0000 0000", "13800000000"),
        ("１９９－００００－００００", "19900000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("0086 13800000000", "13800000000"),
        # area codes: 010 Beijing and 02x have three digits, 0375 Pingdingshan four
        ("010-12345678", "010-12345678"),
        ("(0375) 2345678", "0375-2345678"),
        ("02112345678", "021-12345678"),
    ],
)
def test_right_numbers(typed: str, kept: str) -> None:
    assert check_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("1380000000", "domain.phone.mobile_length"),
        ("138000000000", "domain.phone.mobile_length"),
        ("12800000000", "domain.phone.mobile_prefix"),
        ("2345678", "domain.phone.landline"),
        ("0375-123", "domain.phone.landline"),
        ("0375-7654321-8", "domain.phone.landline"),
        ("138oooooooo", "domain.phone.character"),
        ("١٣٨٠٠٠٠٠٠٠٠", "domain.phone.character"),
    ],
)
def test_wrong_numbers(typed: str, key: str) -> None:
    with pytest.raises(InputProblem) as caught:
        check_phone(typed)
    assert (caught.value.key, caught.value.field) == (key, "phone")
