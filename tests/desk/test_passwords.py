"""Password rules people can live with: what is refused and why, and what is taken."""

from __future__ import annotations

import pytest

from villagedesk.app.premises import common_passwords
from villagedesk.app.resources import resources_folder
from villagedesk.desk.passwords import check_new_password

CLERK, STATION = "王秀英", "柳林村便民服务站"
COMMON = common_passwords(resources_folder())


def refusal(password: str, clerk: str = CLERK) -> str:
    trouble = check_new_password(password, clerk, STATION, COMMON)
    return trouble.key.removeprefix("entry.password_") if trouble else ""


@pytest.mark.parametrize(
    "password",
    [
        "村口有棵老槐树1962",
        "老槐树下1962",
        "cun kou laohuai",
        "sunflower-82",
        "moonflower-82",
        "correct horse 7",
        "三月初八去赶集看大戏",
        "xiaohe1aodoumai",  # the example's own sentence in letters
        "王秀英家的黄狗爱吃西瓜",  # a name with a sentence beside it
        "19620815 赶集",
        "13579246",
        "𬍛霖𠮷野家的牛棚三间",
    ],
)
def test_taken(password: str) -> None:
    assert refusal(password) == ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "short"),
        ("老槐树下", "short"),
        ("1234567", "short"),
        ("12345678", "simple"),
        ("hgfedcba", "simple"),
        ("88888888", "simple"),
        ("王王王王王王王王", "simple"),
        ("12341234", "simple"),
        ("abcabcabc", "simple"),
        ("１２３４５６７８", "simple"),
        ("８８８８８８８８", "simple"),
        ("19620815", "date"),
        ("１９６２０８１５", "date"),
        ("20011231", "date"),
        ("password123", "common"),
        ("PassWord123", "common"),
        ("Ｐａｓｓｗｏｒｄ１２３", "common"),
        ("woaini1314", "common"),
        ("为人民服务 为人民服务", "simple"),
        ("全心全意 为人民服务", "common"),
        ("wangxiuying", "name"),
        ("WangXiuYing", "name"),
        ("wang xiu ying 88", "name"),
        ("wangxiuying1962", "name"),
        ("王秀英123456", "name"),
        ("wxy19620815", "name"),
        ("wxy123456", "name"),
        ("柳林村便民服务站", "name"),
        ("柳林村便民服务站1", "name"),
        ("liulincunbianminfuwuzhan", "name"),
    ],
)
def test_refused(password: str, why: str) -> None:
    assert refusal(password) == why


def test_a_surname_read_as_a_surname_and_as_written_is_the_name() -> None:
    assert (refusal("shanxiongxin8", "单雄信"), refusal("danxiongxin8", "单雄信")) == ("name", "name")


def test_without_a_name_only_the_password_is_looked_at() -> None:
    assert check_new_password("wangxiuying1962") is None


def test_the_short_one_is_told_with_numbers() -> None:
    trouble = check_new_password("三个字")
    assert trouble is not None
    assert (trouble.params, trouble.tone) == ({"least": 8, "count": 3}, "bad")


def test_the_list_is_there_and_no_line_of_it_is_needless() -> None:
    assert len(COMMON) > 200
    assert all(check_new_password(line) is None for line in COMMON)
