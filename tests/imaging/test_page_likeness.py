"""The same page laid down again is known; another form of the same kind is not taken for it."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.measure import FONT, decoded
from tests.imaging.small_pictures import HEIGHT, WIDTH, laid_down, paper
from villagedesk.demo.photograph_papers import A4, PAPERS
from villagedesk.demo.photograph_sheet import Sheet
from villagedesk.imaging.likeness.page_likeness import PageView, same_page, view_of

Pixels = NDArray[np.uint8]


@cache
def seen(kind: str, page_seed: int, seed: int, turn: float = 0.0, light: float = 1.0) -> PageView:
    """The view of a paper laid down; corners are known to a pixel and a half, as a finder knows them."""
    picture, corners = laid_down(paper(kind, page_seed), seed, turn=turn, light=light)
    return view_of(picture, corners + np.random.default_rng(seed).uniform(-1.5, 1.5, (4, 2)))


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize(
    ("turn", "light"),
    [(-4, 0.6), (268, 1.0), *(pytest.param(*way, marks=pytest.mark.slow) for way in ((7, 1.0), (180, 1.0), (90, 0.9)))],
)
def test_the_same_page_is_known(kind: str, turn: float, light: float) -> None:
    """Moved, in other light, and whichever way round."""
    assert same_page(seen(kind, 1, 10), seen(kind, 1, 11, turn, light))


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("other", [2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (3, 4))])
def test_another_paper_of_the_same_kind_is_another_page(kind: str, other: int) -> None:
    """Two neighbours' forms differ by names, numbers and writing alone."""
    assert not same_page(seen(kind, 1, 10), seen(kind, other, 12))


def test_a_page_and_its_empty_back_differ_both_ways() -> None:
    """What is on one only counts, whichever was seen first."""
    blank = np.full((2339, 1654, 3), 245, np.uint8)
    picture, corners = laid_down(blank, 20)
    back, front = view_of(picture, corners), seen("application_form", 1, 10)
    assert not same_page(front, back)
    assert not same_page(back, front)
    again, corners = laid_down(blank, 21, turn=5)
    assert same_page(back, view_of(again, corners))


_WORDS = "本人郑重声明所填写的各项内容和提交材料真实完整有效如有虚假愿意承担相应法律责任并退回待遇特此承诺家庭成员收入"
_MINE = {"number": "000000197003150006", "date": "2026年3月5日", "signed": "王秀英"}
_ANOTHERS = {"number": "000000198311020004", "date": "2026年11月28日", "signed": "李建国"}


@cache
def statement(lines: int, another: str = "") -> Pixels:
    """A sheet full of print, with a number, a date and a signature below; one of them ``another`` person's."""
    said = _MINE | ({another: _ANOTHERS[another]} if another else {})
    sheet = Sheet(*A4, FONT, np.random.default_rng(4 if another == "signed" else 3))
    sheet.text(105, 20, "低收入家庭情况声明书（样张）", 7, anchor="mt")
    print_of_all = np.random.default_rng(7)
    for line in range(lines):
        text = "".join(print_of_all.choice(list(_WORDS), 42))
        sheet.text(20, 36 + line * 200 / lines, text, min(4.0, 124 / lines))
    sheet.text(20, 246, f"身份证号：{said['number']}", 4.0)
    sheet.text(120, 246, f"日期：{said['date']}", 4.0)
    sheet.text(20, 262, "声明人（签名）：", 4.0)
    sheet.handwriting(60, 258, said["signed"], 9)
    return sheet.pixels()


def statement_seen(page: Pixels, seed: int, how: str = "") -> PageView:
    """The view of a sheet laid down; ``how`` says what is worse than usual."""
    turn, shift = (3.0, (15.0, 8.0)) if how == "moved" else (0.0, (0.0, 0.0))
    picture, corners = laid_down(page, seed, turn=turn, light=0.4 if how == "dark" else 1.0, shift=shift)
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    deep = (down - corners[:, 1].min()) / np.ptp(corners[:, 1])
    if how == "curled":
        across = (across + 14 * deep * (1 - deep) * (deep > 0) * (deep < 1)).astype(np.float32)
        picture = cv2.remap(picture, across, down, cv2.INTER_LINEAR).astype(np.uint8)
    elif how == "creased":
        bright = 1 + 0.12 * np.tanh((deep - 0.37) * 200)[:, :, None]
        picture = np.clip(picture * bright, 0, 255).astype(np.uint8)
    elif how == "gleam":
        place = np.exp(-((down - 300) ** 2 + (across - 480) ** 2) / 60**2)[:, :, None]
        picture = np.clip(picture + 30 * place, 0, 255).astype(np.uint8)
    elif how == "noisy":
        noise = np.random.default_rng(seed).normal(0, 5, picture.shape)
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    elif how == "soft":
        soft = cv2.GaussianBlur(picture, (0, 0), 0.9)
        picture = decoded(cv2.imencode(".jpg", soft, [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes())
    return view_of(picture, corners + np.random.default_rng(seed).uniform(-1.5, 1.5, (4, 2)))


@pytest.mark.parametrize("lines", [10, 16, 22, 30])
@pytest.mark.parametrize("another", _ANOTHERS)
def test_one_signature_number_or_date_makes_another_page_however_much_is_printed(lines: int, another: str) -> None:
    """Else the next one's statement is never photographed: the table says that this one was taken."""
    assert not same_page(statement_seen(statement(lines), 30), statement_seen(statement(lines, another), 31, "moved"))


@pytest.mark.parametrize("how", ["moved", "dark", "curled", "creased", "gleam", "noisy", "soft"])
@pytest.mark.parametrize("lines", [16, *(pytest.param(lines, marks=pytest.mark.slow) for lines in (10, 22, 30))])
def test_a_dense_page_is_known_however_it_is_seen_again(lines: int, how: str) -> None:
    """Pushed, in little light, bent up, with a crease or a gleam, through a noisy or a soft camera."""
    assert same_page(statement_seen(statement(lines), 30), statement_seen(statement(lines), 32, how))
