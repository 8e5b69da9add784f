"""From photograph to page: shape, colour, size, warnings."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.measure import FONT, decoded
from villagedesk.demo.photographs import KINDS, TABLES, Generated, empty_table, photograph
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.cleaning.clean import clean
from villagedesk.imaging.page import FlattenedPage, make_page, thumbnail

ROOT = Path(__file__).parents[2]


@cache
def taken(kind: str, table: str = "dark", blur: float = 0.0, megapixels: float = 12.0) -> Generated:
    return photograph(41, kind, font=FONT, table=table, blur=blur, megapixels=megapixels)


@cache
def made(kind: str, table: str = "dark") -> FlattenedPage:
    return make_page(taken(kind, table).jpeg)


def likeness(page: NDArray[np.uint8], original: NDArray[np.uint8]) -> float:
    """Correlation of the ink on two pages after a little blur, 1 for the same print in the same place."""
    size = (original.shape[1] // 2, original.shape[0] // 2)
    ink = []
    for picture in (page, original):
        grey = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        ink.append(255 - np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.5), np.float64))
    return float(np.corrcoef(ink[0].ravel(), ink[1].ravel())[0, 1])


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_shows_what_was_drawn_in_its_place(kind: str) -> None:
    page = made(kind, TABLES[KINDS.index(kind) % len(TABLES)])
    original = taken(kind, TABLES[KINDS.index(kind) % len(TABLES)]).page
    assert abs(page.width / page.height / (original.shape[1] / original.shape[0]) - 1) < 0.02
    assert likeness(decoded(page.data), original) > 0.8


def test_an_a4_paper_becomes_a4_at_200_dpi() -> None:
    page = made("application_form")
    assert (page.width, page.height, page.dpi) == (1654, 2339, 200)
    assert decoded(page.data).shape == (2339, 1654, 3)


def test_paper_is_white_and_evenly_lit() -> None:
    pixels = decoded(made("notice_with_seal", "wood").data)
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    blocks = [np.median(block) for row in np.array_split(grey, 8) for block in np.array_split(row, 6, axis=1)]
    assert min(blocks) >= 250
    rim = np.concatenate([grey[:6].ravel(), grey[-6:].ravel(), grey[:, :6].ravel(), grey[:, -6:].ravel()])
    assert np.mean(rim < 128) < 0.005, "the table is seen along the rim"


@pytest.mark.parametrize("table", TABLES)
def test_a_seal_stays_red(table: str) -> None:
    page, original = decoded(made("notice_with_seal", table).data), taken("notice_with_seal", table).page

    def red(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
        scaled = cv2.resize(pixels, (827, 1170), interpolation=cv2.INTER_AREA).astype(int)[650:]
        return np.asarray((scaled[:, :, 2] > 120) & (scaled[:, :, 2] - scaled[:, :, :2].max(axis=2) > 60), bool)

    before, after = red(original), red(page)
    assert after.sum() > 0.6 * before.sum()
    assert np.mean(cv2.dilate(before.astype(np.uint8), np.ones((7, 7)))[after] > 0) > 0.95


def test_pencil_is_not_lost() -> None:
    generated = taken("handwritten_note", "light")
    page = decoded(made("handwritten_note", "light").data)
    original = generated.page
    page = np.asarray(cv2.resize(page, (original.shape[1], original.shape[0]), interpolation=cv2.INTER_AREA), np.uint8)
    spread = original.astype(int)
    pencil = (spread.max(axis=2) - spread.min(axis=2) < 12) & (spread.mean(axis=2) > 100) & (spread.mean(axis=2) < 150)
    pencil &= cv2.erode((original.mean(axis=2) < 165).astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    assert pencil.sum() > 300
    nearest = cv2.erode(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.ones((7, 7), np.uint8))
    assert np.median(nearest[pencil]) < 175


def test_a_large_dark_picture_on_the_paper_is_not_bleached() -> None:
    """A 40 × 50 mm photograph in uneven light: the paper goes white, the picture keeps its shade."""
    page = np.full((2339, 1654, 3), 235, np.uint8)
    page[600:1000, 500:820] = 95
    lit = (page * np.linspace(0.6, 1.0, 1654)[None, :, None]).astype(np.uint8)
    cleaned = clean(lit)
    assert np.median(cleaned[650:950, 550:770]) < 120
    assert np.median(cleaned[1500:2000, 100:1500]) == 255
    assert np.median(cleaned[600:1000, 850:900]) == 255, "beside the picture the paper is white too"


def test_size_is_near_the_goal_over_the_kinds() -> None:
    sizes = [len(made(kind, TABLES[index % len(TABLES)]).data) for index, kind in enumerate(KINDS)]
    assert np.median(sizes) <= 120_000
    assert max(sizes) <= 220_000


def test_turning_and_given_corners() -> None:
    generated = taken("medical_invoice")
    upright = make_page(generated.jpeg, corners=generated.corners)
    turned = make_page(generated.jpeg, corners=generated.corners, quarter_turns=1)
    assert upright.confidence == 1.0
    assert (turned.width, turned.height) == (upright.height, upright.width)
    expected = cv2.rotate(decoded(upright.data), cv2.ROTATE_90_CLOCKWISE)
    assert likeness(decoded(turned.data), np.asarray(expected, np.uint8)) > 0.98
    assert np.allclose(turned.corners[0], generated.corners[3])
    assert make_page(generated.jpeg, corners=generated.corners, quarter_turns=-3).data == turned.data


@pytest.mark.parametrize(
    "corners",
    [
        [[0, 0], [10, 0], [10, 10], [0, 10]],
        [[0, 0], [900, 900], [900, 0], [0, 900]],
        [[0, 0], [900, 0], [900, float("nan")], [0, 900]],
        [[0, 0], [900, 0], [900, 900]],
        [[900, 0], [0, 0], [0, 900], [900, 900]],
    ],
)
def test_corners_that_enclose_nothing_are_refused(corners: Any) -> None:
    with pytest.raises(InputProblem, match=r"imaging\.bad_corners"):
        make_page(taken("medical_invoice", megapixels=1).jpeg, corners=np.array(corners, float))


def test_no_paper_is_said() -> None:
    with pytest.raises(InputProblem, match=r"imaging\.no_paper"):
        make_page(empty_table(3, table="wood", megapixels=3))


def test_a_sharp_photograph_has_no_warnings_and_a_shaken_one_is_told() -> None:
    assert made("application_form").warnings == ()
    assert "imaging.warning.blurred" in make_page(taken("application_form", blur=3.5).jpeg).warnings


def test_too_few_pixels_are_told() -> None:
    warnings = make_page(taken("application_form", megapixels=3).jpeg).warnings
    assert "imaging.warning.low_resolution" in warnings
    assert "imaging.warning.blurred" not in warnings


def test_a_thumbnail_fits_and_is_never_larger_than_the_page() -> None:
    page = made("application_form")
    assert decoded(thumbnail(page.data, 240)).shape == (240, 170, 3)
    small = thumbnail(page.data, 240)
    assert decoded(thumbnail(small, 5000)).shape == (240, 170, 3)
    with pytest.raises(InputProblem):
        thumbnail(page.data[:1000], 240)


def test_every_key_has_its_sentence() -> None:
    messages = Messages.from_folder(ROOT / "resources" / "messages" / "zh_CN")
    keys = set()
    for file in (ROOT / "src" / "villagedesk" / "imaging").rglob("*.py"):
        keys |= set(re.findall(r'"(imaging\.[a-z_.]+)"', file.read_text(encoding="utf-8")))
    assert keys
    assert keys <= messages.keys()


def test_importing_the_package_loads_nothing_heavy() -> None:
    check = "import sys, villagedesk.imaging; sys.exit(any(m in sys.modules for m in ('numpy', 'cv2', 'PIL')))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
