"""A photograph printed without colour keeps its tones; the light on a page does not pass for one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from villagedesk.imaging.cleaning.clean import clean
from villagedesk.imaging.cleaning.mode import PageMode
from villagedesk.imaging.cleaning.pictures import printed_pictures

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 1654, 2339


def page_with(picture: Pixels | None, left: int = 0, top: int = 0) -> Pixels:
    """An A4 page at 200 dpi with lines of print, and a picture on it."""
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for line in range(14):
        for word in range(11):
            x, y = 180 + 120 * word, 260 + 60 * line
            cv2.putText(page, "abc", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 3, cv2.LINE_AA)
    if picture is not None:
        page[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return page


def house(width: int, height: int) -> Pixels:
    """A photograph of a house with a crack in its wall, in tones of grey."""
    scene = np.full((height, width), 190, np.float32)
    roof = np.array([(width * 0.1, height * 0.4), (width * 0.5, height * 0.1), (width * 0.9, height * 0.4)])
    cv2.fillConvexPoly(scene, roof.astype(np.int32), 75)
    cv2.rectangle(scene, (width // 7, round(height * 0.4)), (width * 6 // 7, round(height * 0.85)), 145, -1)
    cv2.rectangle(scene, (width * 2 // 5, height // 2), (width * 3 // 5, round(height * 0.85)), 60, -1)
    cv2.rectangle(scene, (0, round(height * 0.85)), (width, height), 110, -1)
    grain = cv2.resize(np.random.default_rng(2).normal(0, 8, (height // 40, width // 40)), (width, height))
    return np.asarray(np.clip(scene + grain, 0, 255), np.uint8)


def lit(page: Pixels, light: NDArray[np.float64]) -> Pixels:
    """The page as a camera sees it in that light, 0 to 1."""
    seen = page[:, :, None] * light[:, :, None] + np.random.default_rng(1).normal(0, 2, (*page.shape, 3))
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def falling() -> NDArray[np.float64]:
    """Light that falls off from left to right."""
    return np.tile(np.linspace(0.92, 0.78, WIDTH), (HEIGHT, 1))


@pytest.mark.parametrize(
    ("left", "top", "width", "height"), [(230, 1250, 1200, 850), (0, 1400, WIDTH, HEIGHT - 1400), (900, 1300, 754, 900)]
)
def test_a_photograph_on_the_page_keeps_its_tones(left: int, top: int, width: int, height: int) -> None:
    picture = house(width, height)
    cleaned = clean(lit(page_with(picture, left, top), falling()), mode=PageMode.GREY)
    kept = cleaned[top : top + height, left : left + width].astype(np.float32)
    inner = np.s_[40:-40, 40:-40]
    assert float(np.abs(kept[inner] - picture[inner]).mean()) < 22
    assert float((kept[inner] > 250).mean()) < 0.03
    beside = cleaned[120:220, 200:1400]
    assert float((beside > 250).mean()) > 0.99, "the paper above is white"


@pytest.mark.parametrize("rows", [slice(1300, HEIGHT), slice(900, 1500)])
def test_a_straight_shadow_over_print_is_no_picture(rows: slice) -> None:
    page, light = page_with(None), falling()
    light[rows] *= 0.55
    soft = np.asarray(cv2.GaussianBlur(light, (0, 0), 12), np.float64)
    cleaned = clean(lit(page, soft), mode=PageMode.GREY)
    middle = cleaned[1600:2200, 200:1400] if rows.stop == HEIGHT else cleaned[1150:1300, 200:1400]
    assert float((middle > 245).mean()) > 0.97


def test_neither_lamps_nor_grey_fields_are_pictures() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    lamp = 0.45 + 0.5 * np.exp(-(((x - 500) / 900) ** 2) - ((y - 800) / 900) ** 2)
    field = np.full((500, 1200), 200, np.uint8)
    for page, light in ((page_with(None), lamp), (page_with(field, 230, 1400), falling())):
        small = cv2.resize(lit(page, light), (WIDTH // 8, HEIGHT // 8), interpolation=cv2.INTER_AREA)
        bright = cv2.morphologyEx(small.max(axis=2), cv2.MORPH_CLOSE, np.ones((11, 11), np.uint8))
        assert not printed_pictures(bright.astype(np.float32)).any()
