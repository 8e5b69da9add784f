"""What a page is kept as: covers as they are, faint colours in colour, print alone in grey."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.lit import A4, photographed, shadowed
from villagedesk.imaging.cleaning.clean import clean, light_on
from villagedesk.imaging.cleaning.mode import PageMode
from villagedesk.imaging.cleaning.mode_choice import mode_of

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
BLACK = (25, 25, 28)


def chosen(page: Pixels) -> PageMode:
    return mode_of(page, light_on(page), is_card=False)


def titled(ground: Colour, ink: Colour) -> Pixels:
    """Two large words and a line on one ground."""
    page = np.full((*A4, 3), ground, np.uint8)
    for y, text, size, thick in ((800, "REGISTER", 8.0, 22), (1900, "VILLAGE OFFICE", 3.0, 9)):
        cv2.putText(page, text, (200, y), cv2.FONT_HERSHEY_SIMPLEX, size, ink, thick, cv2.LINE_AA)
    return page


def printed() -> Pixels:
    page = np.full((*A4, 3), 246, np.uint8)
    for row in range(30):
        text, place = "Plain black print 0123456789", (200, 200 + row * 60)
        cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.2, BLACK, 2, cv2.LINE_AA)
    return page


@pytest.mark.parametrize(
    ("ground", "ink"),
    [
        ((40, 45, 110), (95, 180, 215)),
        ((60, 70, 30), (140, 210, 230)),
        ((170, 80, 40), (245, 245, 245)),
        ((44, 42, 42), (225, 228, 228)),
        ((40, 40, 205), BLACK),
    ],
    ids=["gold on maroon", "gold on green", "white on blue", "white on black", "black on red"],
)
def test_a_cover_keeps_its_ground_and_what_is_printed_on_it(ground: Colour, ink: Colour) -> None:
    seen = photographed(titled(ground, ink), 3)
    assert chosen(seen) is PageMode.PHOTO
    kept = clean(seen, mode=chosen(seen)).astype(int)
    title, beside = kept[600:820, 200:1450].reshape(-1, 3), np.median(kept[900:1100, 200:1450].reshape(-1, 3), axis=0)
    assert np.percentile(np.abs(title - beside).max(axis=1), 90) > 30, "the title is gone"


@pytest.mark.parametrize("ground", [(150, 240, 255), (205, 205, 250), (140, 215, 255)])
def test_print_on_pale_colours_and_in_a_bulbs_light_is_no_cover(ground: Colour) -> None:
    page = np.asarray(printed() * (np.array(ground) / 255), np.uint8)
    assert chosen(photographed(page, 2)) is not PageMode.PHOTO


def test_bars_of_shadow_on_a_white_page_make_no_cover_of_it() -> None:
    page = printed()
    for x in range(150, 1500, 160):
        page = shadowed(page, [(x, 0), (x + 70, 0), (x + 170, 2339), (x + 100, 2339)], 3, 0.45)
    assert chosen(photographed(page, 4)) is PageMode.GREY


def test_print_in_a_dim_room_is_no_cover() -> None:
    dim = np.asarray(photographed(printed(), 4).astype(np.float32) * 0.4, np.uint8)
    assert chosen(dim) is PageMode.GREY


def sealed(page: Pixels, strength: float) -> Pixels:
    """With a seal of 33 mm: a ring, a disk in its middle and strokes between, as faint as is asked."""
    seal = page.copy()
    cv2.circle(seal, (1100, 1600), 165, (60, 60, 210), 9, cv2.LINE_AA)
    cv2.circle(seal, (1100, 1600), 50, (60, 60, 210), -1, cv2.LINE_AA)
    for degrees in range(0, 360, 30):
        at = np.radians(degrees)
        ends = [(round(1100 + r * np.cos(at)), round(1600 + r * np.sin(at))) for r in (105, 140)]
        cv2.line(seal, ends[0], ends[1], (60, 60, 210), 5, cv2.LINE_AA)
    return np.asarray(page * (1 - strength) + seal * strength, np.uint8)


def redder(cleaned: Pixels, place: tuple[slice, slice]) -> float:
    colours = cleaned[place].astype(int)
    return float(np.mean(colours[:, :, 2] - colours[:, :, 1]))


RING, DISK, STROKES = np.s_[1596:1605, 931:940], np.s_[1580:1620, 1080:1120], np.s_[1598:1603, 1208:1237]


@pytest.mark.parametrize("strength", [0.12, 0.18, 0.25])
@pytest.mark.parametrize("sheet", [(246, 246, 246), (170, 215, 232)], ids=["white", "yellowed"])
def test_a_faint_seal_makes_a_page_coloured_and_stays_red(strength: float, sheet: Colour) -> None:
    page = np.asarray(printed() * (np.array(sheet) / 246), np.uint8)
    seen = photographed(sealed(page, strength), 5)
    assert chosen(seen) is PageMode.COLOUR
    for turns in (0, 1):
        cleaned = np.rot90(clean(seen, quarter_turns=turns), turns)
        for place in (RING, DISK, STROKES):
            assert redder(cleaned, place) > 40 * strength
        assert cleaned[2050:2250, 200:1400].min() > 250, "paper away from it is white"


@pytest.mark.parametrize("soft", [3, 14])
def test_a_pale_stain_and_pale_ink_are_kept_in_colour(soft: float) -> None:
    page, spot = printed().astype(np.float32), np.zeros(A4, np.float32)
    cv2.ellipse(spot, (700, 1500), (400, 320), 20, 0, 360, 1.0, -1)
    page *= 1 - cv2.GaussianBlur(spot, (0, 0), soft)[:, :, None] * np.array([0.14, 0.09, 0.05], np.float32)
    seen = photographed(np.asarray(page, np.uint8), 6)
    assert chosen(seen) is PageMode.COLOUR
    inside = np.median(clean(seen)[1350:1790, 600:800].reshape(-1, 3), axis=0)
    assert inside[2] - inside[0] > 8
    inked = np.full((*A4, 3), 246, np.uint8)
    for y in (300, 380, 460):
        cv2.putText(inked, "Wang Xiaoming 0123", (190, y), cv2.FONT_HERSHEY_SIMPLEX, 2, (225, 195, 175), 4, cv2.LINE_AA)
    assert chosen(photographed(inked, 6)) is PageMode.COLOUR


def in_lights_of_two_colours(page: Pixels) -> Pixels:
    across = np.linspace(0, 1, page.shape[1])[None, :, None]
    return np.asarray(
        page * (np.array([0.95, 0.95, 0.93]) * (1 - across) + np.array([0.8, 0.9, 0.95]) * across), np.uint8
    )


def with_the_lens_fringes(page: Pixels) -> Pixels:
    seen = page.copy()
    for channel, away in ((0, 0.2), (2, -0.2)):
        moved = np.array([[1, 0, away], [0, 1, away]], np.float32)
        size = (page.shape[1], page.shape[0])
        seen[:, :, channel] = cv2.warpAffine(page[:, :, channel], moved, size, borderMode=cv2.BORDER_REPLICATE)
    return seen


def with_blotches(page: Pixels) -> Pixels:
    rng = np.random.default_rng(3)
    blotches = cv2.resize(rng.normal(0, 6, (A4[0] // 8, A4[1] // 8, 3)), (A4[1], A4[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(page + blotches, 0, 255), np.uint8)


@pytest.mark.parametrize("camera", [in_lights_of_two_colours, with_the_lens_fringes, with_blotches])
def test_what_light_lens_and_sensor_colour_stays_grey(camera: Callable[[Pixels], Pixels]) -> None:
    assert chosen(camera(photographed(printed(), 7))) is PageMode.GREY


def test_a_thread_of_the_table_along_the_rim_is_no_colour_of_the_page() -> None:
    page = printed()
    page[:, :24] = (190, 215, 235)
    page[-20:] = (190, 215, 235)
    assert chosen(photographed(page, 7)) is PageMode.GREY
