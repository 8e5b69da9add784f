"""Photographs printed on a page: rectangles of many tones, which no light makes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_ROUNDS = 6
_LIT = 0.7
"""Of the brightest: where the light is looked for at first."""
_DARKER = 0.92
"""Share of the paper's brightness: nothing of a printed photograph is lighter, but for its brightest spots."""
_LEAST_SIDE, _MOST_SHARE = 14, 0.75
"""Millimetres, and of the page."""
_FILLED = 0.88
"""Share of its upright bounding box: shadows lie as they like and have round ends."""
_RIM = 3
"""Millimetres at the rim that a shadow's own edge takes."""
_UNEVEN = 0.06
"""Standard deviation, as a share, from the evenest light that could lie there."""


def printed_pictures(bright: Floats) -> Pixels:
    """Where a photograph is printed, whatever its colours: 1, else 0.

    Args:
        bright: how bright the page is between its strokes, at an eighth of its size, about a pixel to a millimetre.
    """
    found = np.zeros(bright.shape, np.uint8)
    dark = (bright < _DARKER * _light_of_the_page(bright)).astype(np.uint8)
    dark = np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)), np.uint8)
    for outline in cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        left, top, wide, high = cv2.boundingRect(outline)
        if min(wide, high) < _LEAST_SIDE or wide * high > _MOST_SHARE * dark.size:
            continue
        place = np.s_[top : top + high, left : left + wide]
        part = np.zeros((high, wide), np.uint8)
        cv2.drawContours(part, [outline - (left, top)], -1, 1, cv2.FILLED)
        if part.mean() > _FILLED and _is_uneven(bright[place], part):
            found[place] |= part
    return np.asarray(cv2.dilate(found, np.ones((5, 5), np.uint8)), np.uint8)


def _is_uneven(bright: Floats, there: Pixels) -> bool:
    """Whether its tones go up and down as no light's do."""
    inner = cv2.erode(there, np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8), borderValue=0) > 0
    if inner.sum() < 64:
        return False
    terms = _terms(bright.shape, 6)
    even = terms @ np.linalg.lstsq(terms[inner], bright[inner], rcond=None)[0]
    return float((bright / np.maximum(even, 1.0))[inner].std()) > _UNEVEN


def _light_of_the_page(bright: Floats) -> Floats:
    """The light as a plane through what is not darker than it: a bow would follow a picture at the page's rim."""
    terms = _terms(bright.shape, 3)
    known, values = terms[::4, ::4].reshape(-1, 3), bright[::4, ::4].ravel()
    chosen = values > _LIT * np.percentile(values, 90)
    for _ in range(_ROUNDS):
        fitted = np.linalg.lstsq(known[chosen], values[chosen], rcond=None)[0]
        chosen = values > _DARKER * (known @ fitted)
    return np.asarray(terms @ fitted, np.float32)


def _terms(shape: tuple[int, ...], count: int) -> Floats:
    """height × width × count: 1, x, y, then their products."""
    rows, columns = (np.linspace(-1, 1, length, dtype=np.float32) for length in shape)
    y, x = np.meshgrid(rows, columns, indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * y, x * x, y * y][:count], axis=-1)
