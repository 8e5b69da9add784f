"""Turns the seen outline into a flat page of the paper's own shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.geometry import Quad, side_lengths, true_aspect

Pixels = NDArray[np.uint8]

A4_MM = (210.0, 297.0)
DPI = 200
"""DA/T 31-2017: at least 200 dpi for pages kept as pictures."""
_A4_TOLERANCE = 0.02
"""With corners to a pixel the measured shape is within 0.9 %; a household register is 3.7 % off A4."""
_RIM_MM = 0.4
"""Cut off at each side, so that no thread of table is left where the paper is not quite straight."""


@dataclass(frozen=True)
class FlatPage:
    """A page seen straight from above.

    Args:
        pixels: height × width × 3, BGR.
        dpi: resolution of ``pixels``; where the true size is not known and the paper not A4-like, an estimate that
            takes the longer side for A4's, because a photograph does not tell a paper's size.
        seen_dpi: how many of the photograph's pixels fell on an inch of paper (same estimate).
        is_a4: whether the paper has A4's shape, and its size where that is known.
    """

    pixels: Pixels
    dpi: int
    seen_dpi: float
    is_a4: bool


def flatten(image: Pixels, corners: Quad, *, trim: bool, dpi: float = 0.0) -> FlatPage:
    """Undo the slant of the view.

    Args:
        image: height × width × 3, BGR.
        corners: the paper's, in order.
        trim: cut off a thin rim (for corners that were found; corners that the clerk set are taken as they are).
        dpi: the picture's pixels on an inch of paper, where a scanner or a file tells it; 0 for a photograph.
    """
    height, width = image.shape[:2]
    seen_width, seen_height = side_lengths(corners)
    aspect = true_aspect(corners, width, height) if not dpi else seen_width / seen_height
    if not 0.5 < aspect / (seen_width / seen_height) < 2:
        aspect = seen_width / seen_height
    long_inches = A4_MM[1] / 25.4
    upright = A4_MM[0] / A4_MM[1]
    longest_seen = max(seen_width, seen_height)
    is_a4 = any(abs(aspect / shape - 1) < _A4_TOLERANCE for shape in (upright, 1 / upright))
    if dpi:
        true_inches = longest_seen / dpi
        is_a4 = is_a4 and abs(true_inches / long_inches - 1) < _A4_TOLERANCE
        if not is_a4:
            long_inches = true_inches
    if is_a4:
        aspect = upright if aspect < 1 else 1 / upright
        longest = round(long_inches * DPI)
    elif dpi:
        # A small paper's print is small as well: it may have as many pixels as A4.
        longest = max(64, min(round(longest_seen), round(max(long_inches, A4_MM[1] / 25.4) * DPI)))
    else:
        # As many pixels as an A4 page has: a till receipt's print would be lost at an A4 page's length.
        slim = max(1.0, max(aspect, 1 / aspect) * upright)
        longest = max(64, min(round(longest_seen), round(long_inches * DPI * math.sqrt(slim))))
    size = (longest, round(longest / aspect)) if aspect >= 1 else (round(longest * aspect), longest)
    size = (max(64, size[0]), max(64, size[1]))
    rim = _RIM_MM / 25.4 / long_inches * longest if trim else 0.0
    target = np.array(
        [(-rim, -rim), (size[0] + rim, -rim), (size[0] + rim, size[1] + rim), (-rim, size[1] + rim)], np.float32
    )
    # Corners lie on pixel centres' coordinates; the page's outer edge is half a pixel outside its first centre.
    source, source_corners = image, corners.astype(np.float32)
    shrink = longest_seen / longest
    if shrink > 1.7:
        # Far more pixels than needed: averaged first, or the warp would pick single noisy ones.
        factor = 1 / math.floor(shrink + 0.3)
        source = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        source_corners = ((corners + 0.5) * factor - 0.5).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source_corners, target - 0.5)
    flat = cv2.warpPerspective(source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return FlatPage(np.asarray(flat, np.uint8), round(longest / long_inches), longest_seen / long_inches, is_a4)
