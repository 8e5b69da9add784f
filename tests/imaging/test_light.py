"""Even light and white paper, without losing what is on it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.lit import blank_sheet, drawn, photographed, shadowed
from villagedesk.imaging.cleaning.clean import clean, light_on
from villagedesk.imaging.cleaning.mode import PageMode
from villagedesk.imaging.cleaning.mode_choice import mode_of

Pixels = NDArray[np.uint8]
ARM = [(900, 2339), (1050, 1400), (1200, 900), (1420, 860), (1500, 1000), (1420, 1600), (1380, 2339)]
PENCIL = (150, 150, 152)
INK_RED = (50, 45, 205)


def pencil_on(page: Pixels, x: int, y: int) -> None:
    for step in range(5):
        cv2.line(page, (x + step * 30, y), (x + step * 30 + 20, y + 60), PENCIL, 2, cv2.LINE_AA)


def fingerprint_on(page: Pixels, x: int, y: int) -> None:
    for radius in range(4, 60, 8):
        cv2.ellipse(page, (x, y), (radius * 3 // 4, radius), 10, 0, 360, INK_RED, 3, cv2.LINE_AA)


def redness(pixels: Pixels) -> float:
    colours = pixels.astype(int)
    return float((colours[:, :, 2] - colours[:, :, :2].max(axis=2)).max())


@pytest.mark.parametrize("rim", [2.0, 8.0, 25.0])
@pytest.mark.parametrize("depth", [0.35, 0.6])
def test_under_an_arms_shadow_paper_is_white_and_pencil_and_fingerprint_stay(rim: float, depth: float) -> None:
    page = blank_sheet()
    pencil_on(page, 1150, 1700)
    fingerprint_on(page, 1230, 2000)
    cleaned = clean(photographed(shadowed(page, ARM, rim, depth), 4))
    grey = np.asarray(cv2.cvtColor(cleaned, cv2.COLOR_BGR2GRAY), np.uint8)
    blocks = [np.median(grey[y : y + 40, x : x + 40]) for y in range(40, 2280, 40) for x in range(40, 1600, 40)]
    assert np.mean(np.array(blocks) < 235) < 0.005, "the shadow is still seen"
    assert grey[1700:1760, 1150:1300].min() < 190, "the pencil is gone"
    assert redness(cleaned[1930:2070, 1170:1290]) > 80, "the fingerprint is gone"


def test_a_light_stain_and_a_punched_hole_stay() -> None:
    page = blank_sheet().astype(np.float32)
    stain = np.zeros(page.shape[:2], np.float32)
    cv2.circle(stain, (500, 1500), 120, 1.0, -1)
    page *= 1 - cv2.GaussianBlur(stain, (0, 0), 6)[:, :, None] * np.array([0.3, 0.18, 0.1], np.float32)
    holed = np.asarray(page, np.uint8)
    cv2.circle(holed, (90, 700), 24, (44, 46, 50), -1)
    cleaned = clean(photographed(holed, 6))
    brown = cleaned[1450:1550, 450:550].reshape(-1, 3).mean(axis=0)
    assert brown[2] - brown[0] > 8
    assert cleaned[690:710, 80:100].mean() < 90


def test_a_seal_over_print_keeps_both() -> None:
    page = blank_sheet()
    for row in range(6):
        cv2.putText(page, "2026 03 05 410402", (560, 1000 + row * 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (25, 25, 28), 3)
    seal = page.copy()
    cv2.circle(seal, (760, 1120), 165, INK_RED, 12)
    page = np.minimum(page, seal)
    cleaned = clean(photographed(page, 8))
    ring = cleaned[940:960, 740:780]
    assert redness(ring) > 90
    strokes = np.asarray(cv2.erode(cleaned.max(axis=2), np.ones((3, 3), np.uint8)), np.uint8)
    assert np.percentile(strokes[960:1300, 560:960], 1) < 80


def test_a_printed_dark_field_inside_the_page_is_no_shadow() -> None:
    page = blank_sheet()
    page[600:950, 400:750] = 110
    cleaned = clean(photographed(page, 9))
    assert np.median(cleaned[650:900, 450:700]) < 150


@pytest.mark.parametrize(("x", "y"), [(700, 1000), (8, 12), (1600, 2300)])
def test_one_thin_coloured_stroke_keeps_its_colour_and_the_print_round_it_is_black(x: int, y: int) -> None:
    """Colour is worked out only where there is some: also for a little, and up to the page's last pixels."""
    page = blank_sheet()
    for row in range(30):
        cv2.putText(page, "0123456789", (200, 200 + row * 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20,) * 3, 2)
    cv2.line(page, (x, y), (x + 40, y + 30), (200, 60, 40), 3, cv2.LINE_AA)
    cleaned = clean(photographed(page, 5))
    assert cleaned.shape == page.shape
    stroke = cleaned[y : y + 32, x : x + 42].astype(int)
    assert (stroke[:, :, 0] - stroke[:, :, 2]).max() > 90
    away = np.ptp(cleaned[1100:1500, 200:460].astype(int), axis=2)
    assert away.max() == 0, "print has no colour"


def test_modes_by_content() -> None:
    def chosen(page: Pixels, *, is_card: bool = False) -> PageMode:
        seen = photographed(page, 11)
        return mode_of(seen, light_on(seen), is_card=is_card)

    plain = blank_sheet()
    for row in range(30):
        cv2.putText(
            plain, "Plain black print 0123456789", (200, 200 + row * 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20,) * 3, 2
        )
    assert chosen(plain) is PageMode.GREY
    marked = plain.copy()
    fingerprint_on(marked, 1200, 2000)
    assert chosen(marked) is PageMode.COLOUR
    assert chosen(drawn("notice_with_seal", 1)) is PageMode.COLOUR
    assert chosen(drawn("id_card_front", 1), is_card=True) is PageMode.PHOTO
    rng = np.random.default_rng(1)
    view = cv2.resize(rng.uniform(10, 240, (11, 8, 3)).astype(np.uint8), (1654, 2339), interpolation=cv2.INTER_CUBIC)
    assert chosen(np.asarray(view, np.uint8)) is PageMode.PHOTO


def test_a_photo_keeps_its_ground_and_a_grey_page_has_no_colour() -> None:
    card = photographed(drawn("id_card_front", 2), 2)
    kept = clean(card, mode=PageMode.PHOTO)
    tint = [np.median(one.reshape(-1, 3), axis=0) / np.median(one) for one in (card, kept)]
    assert np.abs(tint[0] - tint[1]).max() < 0.03
    assert np.median(kept) < 252, "bleached"
    grey = clean(photographed(drawn("notice_with_seal", 2), 2), mode=PageMode.GREY)
    assert grey.ndim == 2
    assert np.median(grey) >= 254


@pytest.mark.parametrize("mode", PageMode)
@pytest.mark.parametrize("turns", range(4))
def test_a_page_is_turned_with_all_that_is_on_it(mode: PageMode, turns: int) -> None:
    """Coloured places too, also where the page's sides are no whole number of tiles."""
    page = np.full((1003, 709, 3), (205, 212, 216), np.uint8)
    page[100:180, 40:150] = (40, 30, 200)
    page[900:, 600:] = (160, 90, 40)
    expected = np.rot90(clean(page, mode=mode), -turns)
    assert (clean(page, mode=mode, quarter_turns=turns) == expected).all()
