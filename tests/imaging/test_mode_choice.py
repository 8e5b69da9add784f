"""What a page is kept as: covers as they are, faint colours in colour, print alone in grey."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.lit import A4, photographed, shadowed
from villagedesk.imaging.clean import clean, light_on
from villagedesk.imaging.mode import PageMode
from villagedesk.imaging.mode_choice import mode_of

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
