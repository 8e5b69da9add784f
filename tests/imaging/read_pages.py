"""Pages as a reader of text would give them, laid out like the papers they stand for. Nobody on them exists: serials
000 are never given out, and the cards' numbers begin with 0000 or end in a bank's own test range."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from stdnum import luhn

from villagedesk.demo.photograph_person import check_digit
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.imaging.recognising.page_text import Outline, PageCode, PageText, TextLine

Line = tuple[str, float, float, float]
"""Text, left, top and height, millimetres."""
CARD = (85.6, 54.0)
REGISTER = (143.0, 105.0)
NAME, SEX, GROUP, ADDRESS = "样张甲", "女", "满", "河南省平顶山市样张县示例乡测试庄29号院三单元东户"
BIRTH = (1979, 2, 17)
BODY = "41042219790217000"
NUMBER = BODY + check_digit(BODY)
BANK_NUMBER = "620000123456789012" + luhn.calc_check_digit("620000123456789012")
"""Nineteen digits; counted up like this they are nobody's."""


def page_of(
    lines: Sequence[Line],
    size: tuple[float, float],
    *,
    confidence: float = 0.99,
    codes: Sequence[PageCode] = (),
    turns: int = 0,
    rng: random.Random | None = None,
) -> PageText:
    """The page with these lines.

    Args:
        turns: how it lies: quarter turns clockwise it lacks to stand upright.
        rng: moves each line by up to a third of its height, and gives the lines in any order.
    """
    width, height = size
    read = []
    for text, left, top, tall in lines:
        long = sum(tall * (0.55 if char.isascii() else 1.0) for char in text)
        dx, dy = (rng.uniform(-0.3, 0.3) * tall, rng.uniform(-0.3, 0.3) * tall) if rng else (0.0, 0.0)
        corners = [
            (left + dx, top + dy),
            (left + dx + long, top + dy),
            (left + dx + long, top + dy + tall),
            (left + dx, top + dy + tall),
        ]
        shares = [(x / width, y / height) for x, y in corners]
        for _ in range((-turns) % 4):
            shares = [(1 - y, x) for x, y in shares]
        first, second, third, fourth = shares
        read.append(TextLine(text, confidence, (first, second, third, fourth)))
    if rng:
        rng.shuffle(read)
    across, down = round(width * 10), round(height * 10)
    if turns % 2:
        across, down = down, across
    return PageText(across, down, turns, tuple(read), tuple(codes))


@dataclass(frozen=True)
class Front:
    """What stands on a card's front; ``merged`` as a reader may give it, label and value in one line."""

    name: str = NAME
    sex: str = SEX
    group: str = GROUP
    birth: tuple[int, int, int] = BIRTH
    address: str = ADDRESS
    number: str = NUMBER
    merged: bool = False
    at: tuple[float, float] = field(default=(0.0, 0.0))

    def lines(self) -> list[Line]:
        """As GA 448 lays it out."""
        x, y = self.at
        year, month, day = self.birth
        born = f"{year}年{month}月{day}日"
        rows = [self.address[start : start + 11] for start in range(0, len(self.address), 11)]
        if self.merged:
            lines = [
                ("姓名" + self.name, 4.6, 5.4, 3.9),
                (f"性别{self.sex}民族{self.group}", 4.6, 12.8, 3.2),
                ("出生" + born, 4.6, 19.6, 3.2),
                ("住址" + rows[0], 4.6, 26.4, 3.2),
                ("公民身份号码" + self.number, 4.6, 45.4, 4.0),
            ]
        else:
            lines = [
                ("姓 名", 4.6, 6.0, 2.7),
                (self.name, 15.2, 5.4, 3.9),
                ("性别", 4.6, 13.2, 2.7),
                (self.sex, 15.2, 12.8, 3.2),
                ("民族", 24.0, 13.2, 2.7),
                (self.group, 33.0, 12.8, 3.2),
                ("出生", 4.6, 20.0, 2.7),
                (born, 15.2, 19.6, 3.2),
                ("住址", 4.6, 26.8, 2.7),
                (rows[0], 15.2, 26.4, 3.2),
                ("公民身份号码", 4.6, 46.0, 2.7),
                (self.number, 28.0, 45.2, 4.3),
            ]
        lines += [(row, 15.2, 26.4 + 4.7 * place, 3.2) for place, row in enumerate(rows[1:], start=1)]
        return [(text, x + left, y + top, tall) for text, left, top, tall in lines]


def back_lines(span: str = "2016.05.20-2036.05.20", issuer: str = "样张县公安局", at: float = 0.0) -> list[Line]:
    """A card's back."""
    return [
        ("中华人民共和国", 35.0, at + 7.0, 5.4),
        ("居民身份证", 36.0, at + 16.0, 7.2),
        ("签发机关", 16.0, at + 38.4, 2.7),
        (issuer, 33.6, at + 38.0, 3.1),
        ("有效期限", 16.0, at + 45.6, 2.7),
        (span, 33.6, at + 45.2, 3.1),
    ]


def register_lines(number: str = NUMBER, *, split_labels: bool = False) -> list[Line]:
    """A member's page of a household register."""
    labels = [
        ("姓名", NAME, "户主或与户主关系", "妻"),
        ("曾用名", "", "性别", SEX),
        ("出生地", "河南省样张县", "民族", GROUP + "族"),
        ("籍贯", "河南省样张县", "出生日期", "1979年2月17日"),
        ("本市（县）其他住址", "", "宗教信仰", ""),
        ("公民身份证件编号", number, "身高", "160"),
        ("文化程度", "初中", "婚姻状况", "有配偶"),
        ("服务处所", "测试庄村民委员会", "职业", "务农"),
    ]
    lines: list[Line] = [("常住人口登记卡", 45.0, 5.0, 5.2)]
    for row, (label, value, label2, value2) in enumerate(labels):
        y = 16.5 + row * 9.5
        for text, x, big in ((label, 8.0, 2.9), (label2, 73.5, 2.6)):
            if split_labels and len(text) == 2:
                lines += [(text[0], x, y, big), (text[1], x + 2.4 * big, y, big)]
            else:
                lines.append((text, x, y, big))
        lines += [(text, x, y - 0.5, 3.8) for text, x in ((value, 34.0), (value2, 98.0)) if text]
    return [*lines, ("登记日期 2008年6月25日", 80.0, 93.0, 2.9)]


def bank_lines(number: str = BANK_NUMBER, bank: str = "样张农村商业银行", *, grouped: bool = True) -> list[Line]:
    """A bank card's front, its number in groups of four."""
    lines: list[Line] = [(bank, 6.0, 6.0, 5.0), ("借记卡", 6.0, 13.0, 3.0), ("UnionPay", 65.0, 45.0, 4.0)]
    if not grouped:
        return [*lines, (number, 8.0, 29.0, 4.2)]
    groups = [number[start : start + 4] for start in range(0, len(number), 4)]
    return [*lines, *((group, 8.0 + place * 12.0, 29.0, 4.2) for place, group in enumerate(groups))]


def somewhere() -> Outline:
    """Any place on a page."""
    return ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.1, 0.3))


class ScriptedReader:
    """Reads every page as the same one, which the test may change; counts what it was asked."""

    def __init__(self, page: PageText | None = None) -> None:
        self.page = page_of(Front().lines(), CARD) if page is None else page
        self.problem: EnvironmentProblem | None = None
        self.asked = 0
        self.closed = False
        self.goes_on = threading.Event()
        """Cleared, a page in hand is not read to its end."""
        self.goes_on.set()

    def read(self, page: bytes) -> PageText:
        """The page the test set, or its problem."""
        assert page
        self.asked += 1
        assert self.goes_on.wait(110)
        if self.problem is not None:
            raise self.problem
        return self.page

    def close(self) -> None:
        """Noted."""
        self.closed = True
