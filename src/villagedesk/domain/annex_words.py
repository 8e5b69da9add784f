"""The words of the annex form 基础设施和人员情况统计表, and what people write into its cells by hand.

The form is that of 平政务和大数据〔2019〕38号 (domain.md section 9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from villagedesk.domain.typed_text import fold_digits, without_invisible

TITLE = "党员群众综合服务中心基础设施和人员情况统计表"
HEADS: Mapping[str, str] = MappingProxyType(
    {
        "number": "序号",
        "township": "乡镇(街道)",
        "village": "村(社区)",
        "own_premises": "是否有独立场所",
        "window_set_up": "是否建立办事窗口",
        "window_possible": "是否具备建窗条件",
        "computers": "办公电脑数量",
        "printers": "打印机数量",
        "cameras": "高拍仪数量",
        "internet": "是否接通互联网",
        "wifi": "是否提供WIFI信号",
        "extranet": "是否接入电子政务外网",
        "staff": "固定工作人员量",
        "video_calls": "视频电话是否正常",
        "note": "备注",
    }
)
"""The fifteen columns in their order, by the names of :class:`villagedesk.domain.annex.AnnexRow`."""
COUNTY, FILLED_BY, STAMP = "县(市、区)：", "填表人：", "（盖章）"
FOOT = "注：第一行为例。“是否”各栏填“是”或“否”，各种数量填数字，没有的填 0。"
YES, NO = "是", "否"
SAMPLE = ("1", "XX乡", "XX村", "是", "否", "是", "2", "1", "0", "是", "否", "否", "2", "是", "")
_YES = frozenset(
    {
        "是",
        "有",
        "对",
        "已",
        "通",
        "能",
        "可",
        "√",
        "✓",
        "✔",
        "☑",
        "v",
        "y",
        "yes",
        "1",
        "已建",
        "已有",
        "已接通",
        "接通",
        "已接入",
        "接入",
        "已通",
        "正常",
        "具备",
        "提供",
        "已提供",
    }
)
_NO = frozenset(
    {
        "否",
        "无",
        "没",
        "不",
        "未",
        "×",
        "✗",
        "✘",
        "☒",
        "x",
        "n",
        "no",
        "0",
        "没有",
        "不是",
        "未建",
        "未接通",
        "未接入",
        "未通",
        "不通",
        "不正常",
        "不具备",
        "不提供",
        "未提供",
        "暂无",
    }
)
_NONE = frozenset({"无", "没有", "没", "暂无"})
_UNITS = re.compile("[台个部套人名]$")
_TOTALS = frozenset({"合计", "总计", "小计", "共计"})
_SAMPLE_PLACE = re.compile("[xX×＊*]{2,}")
_NAMES = re.compile(
    "(?:.*?[县市区旗])?(?P<township>[^县市区旗]{1,8}?(?:镇|乡|街道))?(?P<village>[^镇乡]{1,12}?(?:村|社区))"
)
_ENDINGS = re.compile("(?:便民服务站|便民服务点|党群服务中心|党员群众综合服务中心|服务站|服务中心)$")


def day_words(day: date) -> str:
    """A day as the form has it above its table."""
    return f"{day.year}年{day.month}月{day.day}日"


def folded(typed: str) -> str:
    """What was written with no blanks and in plain characters, for comparing."""
    return re.sub(r"\s", "", without_invisible(fold_digits(typed).replace("\u3000", ""))).casefold()


def head_of(typed: str) -> str:
    """The name of the column a cell is the head of, "" for none: brackets and blanks of either width, and what is added
    in brackets by hand, make no difference."""
    plain = _head(typed)
    return next((name for name, head in HEADS.items() if _head(head) == plain), "")


def read_yes_no(typed: str) -> bool | None:
    """The answer, None where it is neither yes nor no."""
    plain = folded(typed)
    return True if plain in _YES else False if plain in _NO else None


def read_count(typed: str) -> int | None:
    """The number, None where it is none: 2, ２台, 无."""
    plain = folded(typed)
    if plain in _NONE:
        return 0
    digits = _UNITS.sub("", plain)
    return int(digits) if re.fullmatch("[0-9]{1,4}", digits) else None


def is_total(typed: str) -> bool:
    """Whether a row begins as one that adds others up."""
    return folded(typed) in _TOTALS


def is_sample(township: str, village: str) -> bool:
    """Whether the names are those of the form's example."""
    return bool(_SAMPLE_PLACE.search(township) and (not village or _SAMPLE_PLACE.search(village)))


def names_in(station: str) -> tuple[str, str]:
    """Township and village as a station's name tells them, "" for what it does not."""
    found = _NAMES.match(_ENDINGS.sub("", station.strip()))
    return ("", "") if found is None else (found["township"] or "", found["village"] or "")


def _head(typed: str) -> str:
    plain = folded(typed)
    return re.sub(r"[()\[\]、,。:*?“”\"]", "", plain).replace("wi-fi", "wifi")
