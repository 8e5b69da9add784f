"""The threat model says what the code does: its numbers are the code's own, and both languages name the same gaps."""

from __future__ import annotations

import math
import re

import pytest

from villagedesk.app.resources import resources_folder
from villagedesk.domain.roles import RIGHTS, Right, Role
from villagedesk.reports.archive_package import PASSPHRASE_SIGNS, make_passphrase
from villagedesk.store.keys import PasswordCost
from villagedesk.store.lockout import FREE_TRIES, delay_after
from villagedesk.ui.window import IDLE_MINUTES

_PAGE = (resources_folder() / "help" / "threat-model.md").read_text(encoding="utf-8")


def test_its_numbers_are_the_programs() -> None:
    cost = PasswordCost()
    assert f"{cost.memory_kib // 1024} MiB 内存、{cost.time_cost} 遍" in _PAGE
    assert f"{cost.memory_kib // 1024} MiB, {cost.time_cost} passes" in _PAGE
    assert f"{IDLE_MINUTES} 分钟没人动自动锁屏" in _PAGE
    assert FREE_TRIES == 4 and "密码前四次" in _PAGE
    delays = [delay_after(failures) for failures in (4, 5, 100)]
    assert delays == [30.0, 60.0, 1800.0] and "30 秒、60 秒……最长半小时" in _PAGE
    bits = int(len(make_passphrase().replace("-", "")) * math.log2(len(PASSPHRASE_SIGNS)))
    assert bits == 118 and "118 位" in _PAGE and "118 bits" in _PAGE


def test_what_it_says_of_roles_is_so() -> None:
    assert Right.SEE_PERSONS not in RIGHTS[Role.TECHNICIAN]
    assert RIGHTS[Role.VILLAGE_HEAD] == {Right.SEE_PERSONS, Right.SEE_LOG}


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("木马", "malware"),
        ("休眠", "hibernation"),
        ("打印队列", "spooler"),
        ("lockout.json", "lock-out counter"),
        ("时钟拨快", "clock set forward"),
        ("旧备份", "old backups"),
        ("从不更换", "never rotates"),
        ("登记凭据", "station credential"),
        ("换人以前的备份", "before an account was removed"),
        ("几天前的样子", "rollback"),
        ("同一把数据密钥", "opens the same key"),
        ("操作日志 `.xlsx`", "exported as `.xlsx`"),
        ("最多晚 2 秒", "last two seconds"),
        ("恢复私钥丢了或被偷", "recovery key"),
        ("看屏幕", "looking at the screen"),
        ("站点文件", "station file"),
        ("BitLocker", "BitLocker"),
    ],
)
def test_both_languages_name_the_same_gaps(chinese: str, english: str) -> None:
    first, _, summary = _PAGE.partition("## English summary")
    assert chinese in first and english in summary


def test_it_is_a_page_of_text_alone() -> None:
    """It is shown as Markdown: nothing in it is loaded from elsewhere."""
    assert not re.search(r"!\[|<[a-zA-Z]|https?://", _PAGE)
    assert len(_PAGE) < 16_000
