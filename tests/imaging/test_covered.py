"""A hand or an arm over the text is told; what is printed, stamped, folded or in shadow at the page's rim is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.lit import blank_sheet, drawn, photographed, shadowed
from tests.imaging.measure import FONT
from villagedesk.demo.photograph_kinds import SCENE_KINDS
from villagedesk.demo.photographs import photograph
from villagedesk.imaging.files.decode import decode
from villagedesk.imaging.page import COVERED, make_page
from villagedesk.imaging.signs.covered import covering

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

_PALE, _BROWN, _DARK_SKIN = (172, 196, 232), (112, 150, 202), (46, 66, 104)
_BLUE_SLEEVE, _BLACK_SLEEVE = (140, 80, 40), (34, 32, 32)


def arm_over(page: Pixels, tip: tuple[float, float], skin: Colour, sleeve: Colour | None = None) -> Pixels:
    """A forearm with four fingers from the lower right, the tip at shares of the width and height."""
    seen = page.copy()
    height, width = page.shape[:2]
    thick = round(0.24 * min(width, height))
    hand = np.array(tip) * (width, height) + 0.7 * thick
    out = np.array([0.75, 0.66])

    def line(first: NDArray[np.float64], second: NDArray[np.float64], colour: Colour, wide: int) -> None:
        ends = (tuple(int(v) for v in first), tuple(int(v) for v in second))
        cv2.line(seen, ends[0], ends[1], colour, wide, cv2.LINE_AA)

    line(hand, hand + out * 3 * width, skin, thick)
    for aside in (-0.36, -0.12, 0.12, 0.36):
        base = hand + np.array([-out[1], out[0]]) * aside * thick
        line(base, base - out * 0.7 * thick, skin, thick // 5)
    if sleeve is not None:
        line(hand + out * thick, hand + out * 3 * width, sleeve, round(1.1 * thick))
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 1.0), np.uint8)


def small(page: Pixels, seed: int = 1) -> Pixels:
    """A quarter of its size, in a camera's light."""
    quarter = np.asarray(cv2.resize(page, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8)
    return photographed(quarter, seed)


@pytest.mark.parametrize(
    ("skin", "sleeve"), [(_PALE, None), (_BROWN, _BLUE_SLEEVE), (_DARK_SKIN, None), (_PALE, _BLACK_SLEEVE)]
)
@pytest.mark.parametrize("kind", ["application_form", "household_register", "id_card_front"])
def test_an_arm_over_the_text_is_told_and_where(kind: str, skin: Colour, sleeve: Colour | None) -> None:
    page = small(drawn(kind, 2))
    over = covering(arm_over(page, (0.5, 0.45), skin, sleeve))
    assert over is not None
    height, width = over.shape
    assert over[round(0.75 * height), round(0.8 * width)] == 255
    assert not over[: height // 5].any()


@pytest.mark.parametrize("kind", SCENE_KINDS)
def test_a_page_with_nothing_over_it_is_left_alone(kind: str) -> None:
    assert covering(small(drawn(kind, 1))) is None


def test_a_thumb_at_the_rim_is_left_alone() -> None:
    page = small(drawn("application_form", 2))
    height, width = page.shape[:2]
    for deep in (0.06, 0.2):
        held = page.copy()
        cv2.ellipse(held, (width, height // 2), (round(deep * width), round(0.05 * width)), 0, 0, 360, _BROWN, -1)
        assert (covering(held) is not None) is (deep > 0.1)


def test_shadows_with_print_in_them_are_left_alone() -> None:
    """An arm's shadow, with a hard and with a soft rim."""
    page = small(drawn("application_form", 2))
    height, width = page.shape[:2]
    place = [(width // 2, height // 2), (width * 2 // 3, height // 3), (width, height // 2), (width, height)]
    for rim in (1, 10):
        assert covering(shadowed(page, place, rim, 0.55)) is None


def test_print_that_reaches_the_rim_is_left_alone() -> None:
    """A coloured band, a field, a black border, a seal across the rim; and a corner folded over."""
    form = np.asarray(cv2.resize(drawn("application_form", 2), (1654, 2339), interpolation=cv2.INTER_AREA), np.uint8)
    band, field, border, seal, corner = (form.copy() for _ in range(5))
    cv2.rectangle(band, (0, 0), (1654, 420), (150, 60, 20), -1)
    cv2.rectangle(field, (300, 0), (900, 400), (60, 120, 230), -1)
    cv2.rectangle(border, (0, 0), (1653, 2338), (12, 12, 12), 100)
    for radius, thick in ((165, 9), (55, -1)):
        cv2.circle(seal, (1654, 1200), radius, (60, 60, 205), thick)
    cv2.fillPoly(corner, [np.array([(0, 0), (480, 0), (0, 420)], np.int32)], (70, 90, 110))
    for name, page in {"band": band, "field": field, "border": border, "seal": seal, "corner": corner}.items():
        assert covering(small(page)) is None, name
    assert covering(small(blank_sheet())) is None


def test_a_page_under_an_arm_is_asked_about() -> None:
    taken = decode(photograph(3, "household_register", font=FONT, megapixels=1.5).jpeg)
    assert COVERED not in make_page(taken).warnings
    assert COVERED in make_page(arm_over(taken, (0.5, 0.5), _BROWN)).warnings
