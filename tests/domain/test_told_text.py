"""What other systems say is kept and shown without what would lead a reader astray."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.told_text import MOST_TOLD, tamed, web_address


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("请补交户口簿首页\n原件", "请补交户口簿首页\n原件"),
        ("\u202e1234\u2066通过\u2069", "1234通过"),
        ("零\u200b宽\ufeff\u00ad", "零宽"),
        ("响\a\x1b[31m红\0", "响[31m红"),
        ("一\u2028二\u2029三\r\n四\t五", "一\n二\n三\n四 五"),
        ("半\ud800个", "半个"),
        ("𮝋·买买提 葛󠄀", "𮝋·买买提 葛󠄀"),
        ("\U000e0041标签", "标签"),
    ],
)
def test_marks_that_mislead_are_dropped_and_nothing_else(told: str, kept: str) -> None:
    assert tamed(told) == kept


def test_megabytes_become_a_label() -> None:
    assert tamed("长" * 4_000_000) == "长" * (MOST_TOLD - 1) + "…"
    assert len(tamed("\u200b" * 4_000_000 + "x")) <= MOST_TOLD


@given(st.text())
def test_what_is_tamed_is_short_printable_and_stays_as_it_is(told: str) -> None:
    kept = tamed(told, 40)
    assert len(kept) <= 40 and tamed(kept, 40) == kept
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in kept.replace("\n", ""))


@pytest.mark.parametrize(
    "address",
    [
        "https://zwfw.example.gov.cn/query?no=1&k=%E5%8A%9E",
        "http://10.1.2.3:8080/q",
        "HTTPS://例子.中国/查询",
        "https://[::1]/q",
    ],
)
def test_an_address_of_the_web_is_given_to_the_villager(address: str) -> None:
    assert web_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://example.gov.cn",
        "//example.gov.cn/q",
        "https://",
        "https:///path",
        "https://office.gov.cn@evil.example/q",
        "https://example.gov.cn:99999/",
        "https://[::1",
        "https://example.gov.cn/a b",
        "https://example.gov.cn/\nSet",
        "https://example.gov.cn/\u202egpj",
        'https://example.gov.cn/"><b>',
        "https://example.gov.cn/\ud800",
        "https://example.gov.cn/" + "长" * 400,
        "weixin://scan",
    ],
)
def test_what_is_no_address_of_the_web_is_not(address: str) -> None:
    assert web_address(address) == ""
