"""Pages that are hard to read for shake or defocus are told, sharp ones of any kind are not."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.lit import blank_sheet, drawn, photographed
from villagedesk.demo.photograph_kinds import SCENE_KINDS
from villagedesk.imaging.flattening.upright import seen_lines
from villagedesk.imaging.signs.sharpness import is_blurred, softness

Pixels = NDArray[np.uint8]

SMALL_PRINT = ("application_form", "medical_invoice", "household_register", "receipt")


def blurred(page: Pixels) -> bool:
    return is_blurred(page, seen_lines(page))


def unfocused(page: Pixels, radius: float) -> Pixels:
    side = 2 * math.ceil(radius) + 1
    y, x = np.mgrid[:side, :side] - side // 2
    disc = (np.hypot(x, y) <= radius).astype(np.float32)
    return np.asarray(cv2.filter2D(page, -1, disc / disc.sum()), np.uint8)


def shaken(page: Pixels, length: float, degrees: float) -> Pixels:
    side = math.ceil(length) | 1
    streak, middle = np.zeros((side, side), np.float32), side // 2
    for step in np.linspace(-length / 2, length / 2, 4 * side):
        x, y = (math.cos(math.radians(degrees)) * step, math.sin(math.radians(degrees)) * step)
        streak[round(middle + y), round(middle + x)] = 1
    return np.asarray(cv2.filter2D(page, -1, streak / streak.sum()), np.uint8)


def squeezed(page: Pixels, quality: int) -> Pixels:
    coded = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[pytest.mark.slow] if place % 3 else []) for place, kind in enumerate(SCENE_KINDS)],
)
def test_a_sharp_page_is_not_told_whatever_it_is_and_however_noisy_pale_or_squeezed(kind: str) -> None:
    page = drawn(kind, 3)
    pale = np.asarray(255 - (255 - page.astype(np.float32)) * 0.3, np.uint8)
    green = np.asarray(page * np.array([0.72, 0.95, 0.75]), np.uint8)
    plain = photographed(page, 3)
    seen = (plain, photographed(page, 3, noise=9), squeezed(plain, 40), photographed(pale, 3), photographed(green, 3))
    for one in seen:
        assert not blurred(one)


@pytest.mark.parametrize("kind", SMALL_PRINT)
def test_what_is_out_of_focus_is_told_and_a_little_softness_that_reads_well_is_not(kind: str) -> None:
    size = seen_lines(photographed(drawn(kind, 4), 4)).size
    assert blurred(photographed(unfocused(drawn(kind, 4), 0.42 * size), 4))
    assert not blurred(photographed(unfocused(drawn(kind, 4), 0.08 * size), 4))


@pytest.mark.parametrize(
    ("kind", "degrees"),
    [
        *zip(SMALL_PRINT, (0, 32, 45, 90), strict=True),
        *(pytest.param(*way, marks=pytest.mark.slow) for way in zip(SMALL_PRINT, (118, 90, 0, 160), strict=True)),
    ],
)
def test_what_is_shaken_is_told_in_any_direction_and_a_tremor_is_not(kind: str, degrees: float) -> None:
    size = seen_lines(photographed(drawn(kind, 4), 4)).size
    assert blurred(photographed(shaken(drawn(kind, 4), 0.8 * size, degrees), 4))
    assert not blurred(photographed(shaken(drawn(kind, 4), 0.15 * size, degrees), 4))


def test_shake_has_a_direction_and_defocus_has_none() -> None:
    page = drawn("application_form", 4)
    seen = [photographed(one, 4) for one in (page, unfocused(page, 5), shaken(page, 12, 32))]
    sharp, soft, moved = (softness(one, seen_lines(one)) for one in seen)
    assert sharp is not None and soft is not None and moved is not None
    assert max(sharp.one_way, soft.one_way) < 0.3 < 0.45 < moved.one_way
    assert soft.width > 1.6 * sharp.width


def test_a_few_words_are_enough_and_an_empty_or_pictured_page_says_nothing() -> None:
    few = blank_sheet()
    for row, words in enumerate(("Li Ming 410402", "He 5 boxes, 12 Mar", "Received, thanks")):
        cv2.putText(few, words, (300, 500 + 60 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40, 40, 40), 2, cv2.LINE_AA)
    assert not blurred(photographed(few, 1))
    assert blurred(photographed(unfocused(few, 9), 1))
    assert blurred(photographed(shaken(few, 22, 20), 1))
    clouds = cv2.resize(np.random.default_rng(1).integers(60, 220, (24, 17, 3), np.uint8), (1654, 2339))
    assert not blurred(photographed(blank_sheet(), 2))
    # One in ten seems to be written on somewhere, and is soft there.
    assert sum(blurred(photographed(np.asarray(clouds, np.uint8), seed)) for seed in range(6)) <= 1


def test_a_page_seen_from_too_far_away_is_not_called_shaken() -> None:
    page = photographed(drawn("application_form", 4), 4, noise=1)
    small = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    large = np.asarray(cv2.resize(small, page.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    assert not is_blurred(large, seen_lines(large), 0.5)
