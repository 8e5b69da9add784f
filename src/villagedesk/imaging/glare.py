"""Finds light mirrored by a page where it hides what is printed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.text_lines import Lines

Pixels = NDArray[np.uint8]

_SHRINK = 8
_SATURATED = 249
_LEAST, _MOST = 0.0006, 0.15
"""Share of the page one gleaming spot can have; more is a picture taken too bright, not glare."""
_BRIGHTER = 12
"""How much a spot must stand above the ground around it: white paper in plain light does not."""


def hides_text(page: Pixels, lines: Lines) -> bool:
    """Whether a gleaming spot lies over print.

    Glare is saturated in all colours, has a soft rim, is clearly brighter than the ground farther off, and print that
    stands around it is missing inside.

    Args:
        page: height × width × 3, BGR, flat, before cleaning.
        lines: as seen on it.
    """
    size = (page.shape[1] // _SHRINK, page.shape[0] // _SHRINK)
    small = cv2.resize(page[: size[1] * _SHRINK, : size[0] * _SHRINK], size, interpolation=cv2.INTER_AREA)
    darkest = np.asarray(small.min(axis=2), np.uint8)
    bright = (darkest >= _SATURATED).astype(np.uint8)
    if not bright.any():
        return False
    # Print that is still seen in a bright place belongs to it.
    spots = np.asarray(cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8)
    # Print on a white ground is seen as dots of contrast; the ground itself by its local brightest.
    ground = np.asarray(cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), np.uint8)
    written = np.asarray(cv2.resize(lines.marks, size, interpolation=cv2.INTER_AREA), np.uint8)
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
        stands_out = float(np.median(beyond)) < 255 - 2 * _BRIGHTER
        soft = float(np.median(rim)) > float(np.median(beyond)) + _BRIGHTER
        around = float(written[(far > 0) | (near > 0)].mean())
        inside = float(written[spot > 0].mean())
        if stands_out and soft and around > 8 and inside < 0.3 * around:
            return True
    return False


def _grown(spot: Pixels, reach: int) -> Pixels:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(spot, disc), np.uint8)
