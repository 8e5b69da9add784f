"""Tells an empty page from one with as little as a signature on it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.flattening.text_lines import Lines

Pixels = NDArray[np.uint8]

_INK = 34
"""Contrast of ink and pencil (of 255); print that shows through from behind stays below, and so does a light stain."""
_SUDDEN = 18
"""Steps of a stroke's edge; what shows through or has soaked in is soft."""
_FULL = 0.01
_RIM = 0.035
_LEAST = 55
"""Area at 100 dpi: a two-digit page number has about 80, a short signature 150."""
_HOLES_WITHIN = 0.13


def is_blank(lines: Lines) -> bool:
    """Whether nothing is written, stamped or printed on a page; ruled lines and punched holes alone are nothing.

    Args:
        lines: as seen on the flat page.
    """
    contrast = lines.contrast
    # Most pages are full, and that is seen at once.
    if float(((contrast > 2 * _INK) & (lines.marks > 0)).mean()) > _FULL:
        return False
    height, width = contrast.shape
    ink = (contrast > _INK).astype(np.uint8)
    step = np.asarray(cv2.morphologyEx(contrast, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), np.uint8)
    sudden = step > _SUDDEN
    for length in ((1, 31), (31, 1)):
        ruled = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(length, np.uint8)), np.ones((3, 3), np.uint8))
        ink = np.asarray(cv2.subtract(ink, ruled), np.uint8)
    rim_x, rim_y = round(width * _RIM), round(height * _RIM)
    inner = ink[rim_y : height - rim_y, rim_x : width - rim_x]
    sudden = sudden[rim_y : height - rim_y, rim_x : width - rim_x]
    count, label, stats, centres = cv2.connectedComponentsWithStats(inner, connectivity=8)
    if count > 1500:
        return False
    sharp = np.bincount(label[sudden].ravel(), minlength=count)
    written = 0
    for index in range(1, count):
        _, _, wide, high, size = stats[index]
        longest, shortest = max(wide, high), min(wide, high)
        if size < 8 or sharp[index] < 0.3 * size:
            continue
        if shortest <= 3 and longest > 10:
            continue  # a rest of a ruled line
        x, y = centres[index] + (rim_x, rim_y)
        at_side = min(x, width - x) < _HOLES_WITHIN * width or min(y, height - y) < _HOLES_WITHIN * height
        if at_side and size > 0.68 * wide * high and longest < 1.5 * shortest and size > 120:
            continue  # a punched hole
        written += int(size)
    return written < _LEAST
