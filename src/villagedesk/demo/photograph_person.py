"""Somebody who cannot exist, for the papers of the practice and the tests."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_VILLAGES = ("样张村", "示例村", "测试庄", "演示岭")
_AREAS = ("410402", "410411", "410421", "410422", "410423", "410425", "410481")
_MORE_VILLAGES = ("样张村", "示例村", "测试庄", "演示岭", "样张西沟村", "示例前营村", "测试堡子村", "演示桥头村")
_PLACES = ("河南省平顶山市样张县示例乡", "样张省示例市测试区演示街道", "示例省样张县测试镇", "样张自治州示例县演示乡")
_GIVEN = "秀英桂兰玉梅凤霞红丽春花建国卫东志强永福长根小满立夏国庆海燕文静雪琴爱华淑珍翠萍"


class Person:
    """Somebody impossible: a name from 测试 or 样张, and a number whose serial 000 is never given to anyone.

    Args:
        rng: what decides.
        varied: longer names, other peoples and addresses, too.
    """

    def __init__(self, rng: np.random.Generator, *, varied: bool = False) -> None:
        self.nation = "汉"
        self.name = str(rng.choice(["测试", "样张", "示例"])) + str(rng.choice(list("甲乙丙丁戊己庚辛")))
        self.sex = "女"  # the serial's last digit, 0, is even
        self.year = int(rng.integers(1938, 2004))
        self.month, self.day = int(rng.integers(1, 13)), int(rng.integers(1, 29))
        body = f"{rng.choice(_AREAS)}{self.year:04}{self.month:02}{self.day:02}000"
        self.number = body + check_digit(body)
        self.village = str(rng.choice(_VILLAGES))
        self.address = f"河南省平顶山市样张县示例乡{self.village}{int(rng.integers(1, 99))}号"
        self.telephone = "000" + f"{self.year * 10_000 + self.month * 100 + self.day:08}"
        if varied:
            given = "".join(str(part) for part in rng.choice(list(_GIVEN), int(rng.integers(1, 3)), replace=False))
            self.name = self.name[:2] + given
            self.nation = str(rng.choice(["汉", "汉", "汉", "回", "满", "蒙古", "壮", "维吾尔", "土家"]))
            place = str(rng.choice(_PLACES))
            self.village = str(rng.choice(_MORE_VILLAGES))
            group = f"第{'一二三四五六七八九'[int(rng.integers(0, 9))]}村民组" if rng.random() < 0.5 else ""
            self.address = f"{place}{self.village}{group}{int(rng.integers(1, 999))}号"


def check_digit(body: str) -> str:
    """The 18th character of a resident number from its first 17 digits (GB 11643-1999, MOD 11-2)."""
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return "10X98765432"[total % 11]


def portrait(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A faceless grey figure in place of a photograph: 130 × 104 × 3, BGR."""
    picture = np.full((130, 104, 3), (236, 226, 214), np.uint8)
    shade = int(rng.integers(40, 90))
    cv2.ellipse(picture, (52, 128), (44, 44), 0, 180, 360, (shade, shade, shade + 10), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (52, 56), (22, 29), 0, 0, 360, (150, 172, 206), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (52, 42), (24, 22), 0, 180, 360, (34, 34, 38), -1, cv2.LINE_AA)
    return picture
