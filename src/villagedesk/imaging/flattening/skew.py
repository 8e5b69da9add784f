"""How far the text lines of a page lie askew, where its cut-out does not tell."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.flattening.text_lines import Lines

Pixels = NDArray[np.uint8]

MOST = 5.0
"""Degrees; more than this is not a slip of the hand."""
_LEAST = 0.25
_SIDE = 700


def skew_of(lines: Lines) -> float:
    """Degrees clockwise by which the lines run down to the right; 0 where that is not surely seen.

    The rows' sums of ink vary most when they run along the lines.

    Args:
        lines: of an upright page.
    """
    if lines.across < 0.5 or lines.characters < 25:
        return 0.0
    factor = min(1.0, _SIDE / max(lines.marks.shape))
    small = cv2.resize(lines.marks, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    coarse = np.arange(-MOST - 1, MOST + 1.01, 0.5)
    sharpness = np.array([_bands(np.asarray(small, np.uint8), angle) for angle in coarse])
    best = float(coarse[int(np.argmax(sharpness))])
    fine = np.arange(best - 0.5, best + 0.51, 0.1)
    exact = float(fine[int(np.argmax([_bands(np.asarray(small, np.uint8), angle) for angle in fine]))])
    clear = sharpness.max() > 1.25 * max(_bands(np.asarray(small, np.uint8), 0.0), float(np.median(sharpness)))
    return exact if clear and _LEAST <= abs(exact) <= MOST else 0.0


def straightened(page: Pixels, degrees: float) -> Pixels:
    """The page turned anticlockwise about its middle, its rim continued where nothing was."""
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    turned = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def _bands(marks: Pixels, degrees: float) -> float:
    """How unevenly the ink is spread over rows that run down to the right by that many degrees."""
    height, width = marks.shape
    slope = np.tan(np.radians(degrees))
    shear = np.array([[1, 0, 0], [-slope, 1, slope * width / 2]], np.float64)
    laid = cv2.warpAffine(marks, shear, (width, height), flags=cv2.INTER_LINEAR)
    rows = np.asarray(cv2.reduce(laid, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)).ravel()
    return float(np.square(np.diff(rows)).sum())
