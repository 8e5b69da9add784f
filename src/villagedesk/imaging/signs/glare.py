"""Finds light mirrored by a page where it hides what is printed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.flattening.text_lines import Lines
from villagedesk.imaging.smaller import EIGHTH, Smaller, smaller

Pixels = NDArray[np.uint8]

_SATURATED = 249
_LEAST, _MOST = 0.0006, 0.5
"""Share of the page one gleaming spot can have; more is a picture taken too bright, not glare."""
_BRIGHTER = 10
"""How much a spot's rim must stand above the ground farther off: white paper in plain light does not."""
_GROUND, _RIM = 236, 240
"""Brightest that the ground and the rim are: round what is only lit too brightly the light falls off slowly."""
_BURNT_OUT, _CUT_INTO = 254, 4.0
"""A spot may have a hard rim, as a mirrored tube in a glossy sleeve has, where it is as white as it can be and there is
so much print, of 255, within a millimetre of its edge. White fields and labels on a tinted ground have a margin."""
_EMPTY_FROM = 4
"""Of 255: marks in a place from which on something is seen there."""
_VOID, _LEAST_VOID = 2.5, 0.15
"""Characters that a place where nothing is seen measures both ways at least, and its share of the spot."""
_INSIDE = 0.75
"""What of a small spot's own size is enough for that, when it is a character."""
_BESIDE, _CUT = 1.6, 5.0
"""Within so many characters round it there is so much print, of 255, that some must have been in it."""


def hides_text(page: Pixels, lines: Lines, small: Smaller | None = None) -> bool:
    """Whether a gleaming spot lies over print.

    Glare is saturated in all colours, has a narrow rim, is clearly brighter than the ground farther off, and has a
    place in it that is empty while print runs up to it.

    Args:
        page: height × width × 3, BGR, flat, before cleaning.
        lines: as seen on it.
        small: the page in small, if it was made.
    """
    blue, green, red = cv2.split((small or smaller(page)).eighth)
    darkest = np.asarray(cv2.min(cv2.min(blue, green), red), np.uint8)
    bright = (darkest >= _SATURATED).astype(np.uint8)
    if not bright.any() or lines.size <= 0:
        return False
    character = max(2.0, lines.size / EIGHTH)
    # Print that is still seen in a bright place belongs to it.
    spots = np.asarray(cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8)
    # Print on a white ground is seen as dots of contrast; the ground itself by its local brightest.
    ground = np.asarray(cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), np.uint8)
    written = np.asarray(cv2.resize(lines.marks, darkest.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    count, label, stats, _ = cv2.connectedComponentsWithStats(spots, connectivity=8)
    for index in range(1, count):
        share = stats[index][4] / spots.size
        if not _LEAST < share < _MOST:
            continue
        spot = (label == index).astype(np.uint8)
        reach = max(3, round(0.35 * np.sqrt(float(stats[index][4]))))
        near = _grown(spot, 2 + reach // 5) - _grown(spot, 1)
        far = _grown(spot, 3 * reach + 3) - _grown(spot, 2 * reach + 1)
        if not near.any() or not far.any():
            continue
        rim, beyond = ground[near > 0], ground[far > 0]
        off = float(np.median(beyond))
        edge = float(np.median(rim))
        if not (off < _GROUND and edge < _RIM):
            continue
        if edge <= off + _BRIGHTER and not _cuts_into_print(spot, darkest, written):
            continue
        empty = spot * (written < _EMPTY_FROM).astype(np.uint8)
        side = round(min(_VOID * character, _INSIDE * np.sqrt(float(stats[index][4])))) | 1
        if side < character:
            continue
        void = np.asarray(cv2.morphologyEx(empty, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)), np.uint8)
        if cv2.countNonZero(void) < _LEAST_VOID * float(stats[index][4]):
            continue
        beside = _grown(void, round(_BESIDE * character) + 1) - void
        if float(written[beside > 0].mean()) > _CUT:
            return True
    return False


def _cuts_into_print(spot: Pixels, darkest: Pixels, written: Pixels) -> bool:
    """Whether a spot is burnt out and print ends at its very edge."""
    if float(np.median(darkest[spot > 0])) < _BURNT_OUT:
        return False
    touching = _grown(spot, 1) - spot
    return float(written[touching > 0].mean()) > _CUT_INTO


def _grown(spot: Pixels, reach: int) -> Pixels:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(spot, disc), np.uint8)
