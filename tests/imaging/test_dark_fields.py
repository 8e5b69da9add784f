"""Large dark fields that are printed stay as they are; shadows of the same darkness go."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.lit import blank_sheet, photographed, shadowed
from villagedesk.imaging.cleaning.clean import clean

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]

BLACK, GREY, NAVY, RED = (35, 35, 35), (150, 150, 150), (110, 50, 25), (50, 40, 190)
BAR: Box = (100, 300, 1554, 420)
BLOCK: Box = (200, 500, 1100, 1400)
ALL_OVER: Box = (0, 0, 1654, 500)


def sheet(colour: tuple[int, int, int] | None = None, box: Box = BLOCK, *, words: bool = False) -> Pixels:
    """Lines of text over all the page, and a field over them."""
    page = blank_sheet()
    for y in range(120, 2250, 52):
        for x in range(120, 1500, 300):
            cv2.putText(page, "Text 123 abc", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (40, 40, 40), 2, cv2.LINE_AA)
    left, top, right, bottom = box
    if colour is not None:
        cv2.rectangle(page, (left, top), (right, bottom), colour, -1)
        for y in range(top + 60, bottom - 20, 90) if words else ():
            for x in range(left + 30, right - 200, 330):
                cv2.putText(page, "WHITE", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (245, 245, 245), 4, cv2.LINE_AA)
    return page


@pytest.mark.parametrize(
    ("colour", "box", "words"),
    [
        (BLACK, BAR, True), (BLACK, BLOCK, False), (BLACK, ALL_OVER, False), (BLACK, ALL_OVER, True),
        (GREY, BAR, True), (GREY, BLOCK, False), (GREY, BLOCK, True), (GREY, (100, 200, 1554, 1500), False),
        (NAVY, BLOCK, False), (RED, ALL_OVER, False),
    ],
)  # fmt: skip
def test_a_printed_field_stays_as_dark_as_it_is(colour: tuple[int, int, int], box: Box, words: bool) -> None:
    left, top, right, bottom = box
    cleaned = clean(photographed(sheet(colour, box, words=words), 3))
    field = cleaned[top + 12 : bottom - 12, max(left, 12) + 12 : min(right, 1642) - 12].astype(float)
    usual = np.median(field, axis=(0, 1))
    # White words brighten what lies between them a little.
    assert np.abs(usual - colour).max() < (55 if words else 45)
    if not words:
        coarse = cv2.resize(field, (8, 8), interpolation=cv2.INTER_AREA)
        assert np.abs(coarse - usual).max() < 40, "as dark in its middle as at its rim"
    beside = np.r_[cleaned[1700:2200, 200:1400].reshape(-1, 3)]
    assert np.percentile(beside, 60) == 255


@pytest.mark.parametrize("rim", [3, 15, 40])
@pytest.mark.parametrize(
    "area",
    [
        [(0, 0), (900, 0), (700, 1100), (0, 1400)],
        [(600, 700), (1200, 700), (1654, 1500), (1654, 2339), (900, 2339)],
        [(500, 0), (1000, 0), (1000, 2339), (500, 2339)],
    ],
    ids=["corner", "hand", "stripe"],
)
def test_a_shadow_goes_from_its_middle_too(area: list[tuple[int, int]], rim: float) -> None:
    page = shadowed(sheet(), area, rim, 0.5)
    cleaned = clean(photographed(page, 3))
    inside = np.zeros(page.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.array(area, np.int32)], 255)
    inner = cv2.erode(inside, np.ones((161, 161), np.uint8), borderValue=0) > 0
    assert (cleaned[inner].min(axis=1) > 235).mean() > 0.8
