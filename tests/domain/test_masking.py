"""Masks: enough to know one's own line, too little to learn somebody else's data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.masking import mask_address, mask_name, mask_number, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王秀英", "王**"),
        ("欧阳试用", "欧***"),
        ("艾山·买买提", "艾*·买**"),
        ("𠮷田", "𠮷*"),
        ("葛\U000e0100三\U000e0101", "葛\U000e0100*"),
        ("王", "*"),
        ("", ""),
        ("·", "*"),
        ("阿·丁", "阿**"),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13900009999", "139****9999"), ("0375-2551234", "037*****1234"), ("2551234", "*****34"), ("12", "**"), ("", "")],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("河南省平顶山市湛河区柳林村3组15号", "河南省平顶山市湛河区柳林村****"),
        ("样张村一组", "样张村****"),
        ("柳林村１５号院东区", "柳林村****"),
        ("柳林村", "柳林村"),
        ("老槐树下第三家", "老槐****"),
        ("家", "****"),
        ("", ""),
    ],
)
def test_addresses(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@given(st.text(max_size=40))
def test_no_mask_fails_and_a_whole_number_is_never_told(text: str) -> None:
    mask_address(text)
    for mask in (mask_number, mask_phone, mask_name):
        assert mask(text) == "" or "*" in mask(text) or text == ""
