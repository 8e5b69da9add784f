"""Somebody who cannot exist, for the papers of the practice and the tests."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_VILLAGES = ("样张村", "示例村", "测试庄", "演示岭")
_AREAS = ("410402", "410411", "410421", "410422", "410423", "410425", "410481")


class Person:
    """Somebody impossible: a name from 测试 or 样张, and a number whose serial 000 is never given to anyone.

    Args:
        rng: what decides.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.nation = "汉"
        self.name = str(rng.choice(["测试", "样张", "示例"])) + str(rng.choice(list("甲乙丙丁戊己庚辛")))
        self.sex = "女"  # the serial's last digit, 0, is even
        self.year = int(rng.integers(1938, 2004))
        self.month, self.day = int(rng.integers(1, 13)), int(rng.integers(1, 29))
        body = f"{rng.choice(_AREAS)}{self.year:04}{self.month:02}{self.day:02}000"
        self.number = body + check_digit(body)
        self.village = str(rng.choice(_VILLAGES))
        self.address = f"河南省平顶山市样张县示例乡{self.village}{int(rng.integers(1, 99))}号"


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
