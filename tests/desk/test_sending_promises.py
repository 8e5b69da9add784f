"""No sentence tells the clerk to do what the program cannot do."""

from __future__ import annotations

import pytest

from tests.domain.catalogue_of_messages import sentences

_NOT_THERE = (
    "放入站点",
    "重新扫描",
    "待处理",
    "登记结果",
    "会提醒",
    "核对两份",
    "修改后",
)


@pytest.mark.parametrize("promise", _NOT_THERE)
def test_nothing_is_promised_that_no_screen_does(promise: str) -> None:
    assert not [key for key, said in sentences().items() if promise in said]
