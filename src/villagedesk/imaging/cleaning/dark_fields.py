"""Even dark areas of a page: shadows, which go with the light, and printed fields, which stay."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Pixels = NDArray[np.uint8]

_LARGE = 0.002
"""Share of the page; the local light's course sees smaller fields itself."""
_DARKER = 0.85
"""Against what lies around; paper differs less from one side of a printed line or a fold to the other."""
_DARKEST_SHADOW = 0.24
_STEP, _BEYOND = 13, 25
"""Pixels: a hard step is smeared over half the first, and half the second reaches beyond it."""
_GAP = 41
_RECTANGLE = 0.9
"""Share of the box around it that a printed field fills: a page lies straight, a shadow does not."""
_WHITE_STANDS_OUT = 0.2
"""Of the ground's brightness, in strokes averaged over eight pixels."""
_STROKES = 9


def dark_fields(bright: NDArray[np.float32], even: Mask, plain: Pixels) -> tuple[Mask, Mask]:
    """Tell the even areas apart that are darker than what lies around them on all sides within the page.

    A shadow comes in from outside and so reaches the page's rim; what is printed is a rectangle. It may run off the
    paper too: its colours are the caller's matter, nothing black is a shadow, and in none the writing is lighter than
    its ground. What is neither remains open.

    Args:
        bright: height × width, of the paper without its strokes.
        even: the same size, 1 where it has no steps and about the paper's colour.
        plain: the same size, the page with its strokes.

    Returns:
        Masks: what is in shadow, and what is printed.
    """
    height, width = bright.shape
    shadow, printed = np.zeros(bright.shape, np.uint8), np.zeros(bright.shape, np.uint8)
    count, label, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    if count < 3:
        return shadow, printed
    paper = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    for index in range(1, count):
        x, y, wide, high, size = (int(one) for one in stats[index])
        if index == paper or size < _LARGE * bright.size:
            continue
        left, top = max(0, x - _BEYOND), max(0, y - _BEYOND)
        place = np.s_[top : y + high + _BEYOND, left : x + wide + _BEYOND]
        field = (label[place] == index).astype(np.uint8)
        step = cv2.dilate(field, np.ones((_STEP, _STEP), np.uint8))
        around = cv2.subtract(cv2.dilate(step, np.ones((_STEP, _STEP), np.uint8)), step) > 0
        inside = (field > 0) & (cv2.dilate(around.astype(np.uint8), np.ones((_BEYOND, _BEYOND), np.uint8)) > 0)
        if not around.any() or not inside.any():
            continue
        beyond, here = np.percentile(bright[place][around], 75), np.median(bright[place][inside])
        if here > _DARKER * beyond:
            continue
        at_rim = x <= 2 or y <= 2 or x + wide >= width - 2 or y + high >= height - 2
        whole = np.asarray(cv2.morphologyEx(field, cv2.MORPH_CLOSE, np.ones((_GAP, _GAP), np.uint8)), np.uint8)
        black = here <= _DARKEST_SHADOW * beyond
        if cv2.countNonZero(whole) > _RECTANGLE * wide * high and (
            not at_rim or black or _written_in_white(plain[place], whole)
        ):
            # with its rim, and what stands on it in white
            printed[place] |= np.asarray(cv2.dilate(whole, np.ones((_STEP, _STEP), np.uint8)), np.uint8)
        elif at_rim and not black:
            shadow[place] |= field
    return shadow, printed


def _written_in_white(plain: Pixels, field: Mask) -> bool:
    inner = cv2.erode(field, np.ones((5, 5), np.uint8)) > 0
    if not inner.any():
        return False
    box = np.ones((_STROKES, _STROKES), np.uint8)
    lighter = np.asarray(cv2.morphologyEx(plain, cv2.MORPH_TOPHAT, box), np.float32)[inner]
    darker = np.asarray(cv2.morphologyEx(plain, cv2.MORPH_BLACKHAT, box), np.float32)[inner]
    enough = _WHITE_STANDS_OUT * float(np.median(plain[inner]))
    return bool(np.percentile(lighter, 95) > max(enough, 2 * float(np.percentile(darker, 95))))
