"""Whether a thin dark line runs through an outline: the joint of two papers that touch or nearly touch."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.cues import lightness
from villagedesk.imaging.geometry import Quad, side_lengths

Pixels = NDArray[np.uint8]

_RIM = np.linspace(0.01, 0.026, 5)
_DOWN = np.concatenate([_RIM, np.linspace(0.03, 0.97, 38), 1 - _RIM[::-1]])
"""Where on a line it is looked, as shares of its length; more at its ends, where the paper's rim is."""
_WIDEST = 17
"""Pixels: a wider line is a gap and seen by :func:`villagedesk.imaging.finding.parted.parted`."""
_LEAST = 60
"""Pixels: an outline narrower than this is no two papers'."""
_MIDDLE = 0.15, 0.85
"""Of the outline: where the joint of two papers may lie."""
_MOVED = np.rint(np.arange(-12, 13)[:, None] * _DOWN).astype(np.intp)
"""Slopes × places: by how many pixels a line leaves the one it would be if it ran along the sides."""
_AT_RIM = 0.8
"""Of the places at the rim: a line that is there at fewer ends before it, as a ruling does."""
_FAINT, _THROUGH = 0.1, 0.98
"""Of the paper's lightness: so much darker, at so many places from one side to the other, it is a joint. A fold, and
the middle of an opened booklet, have 0.04 to 0.08."""
_STRONG, _FAR, _GAPLESS = 0.2, 0.36, 0.93
"""So much darker, it needs to run only so far from one side: turned a little, two papers leave a wedge of table."""


def seamed(pixels: Pixels, quad: Quad) -> bool:
    """Look for a straight dark line from one side to the opposite one, or a strong one from a side far inwards.

    Args:
        pixels: height × width × 3, BGR.
        quad: 4 × 2 corners in these pixels, clockwise.
    """
    width, height = side_lengths(quad)
    return _lined(pixels, quad, round(width)) or _lined(pixels, np.roll(quad, 1, axis=0), round(height))


def _lined(pixels: Pixels, quad: Quad, width: int) -> bool:
    """Whether such a line runs from the first side to the third."""
    if width < _LEAST:
        return False
    across = ((np.arange(width) + 0.5) / width)[:, None]
    first, third = (start + across * (end - start) for start, end in (quad[:2], quad[[3, 2]]))
    grid = (first + _DOWN[:, None, None] * (third - first)).astype(np.float32)
    seen = cv2.remap(pixels, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = lightness(np.asarray(seen, np.uint8))
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((1, _WIDEST), np.uint8))
    darker = cv2.dilate(cv2.subtract(closed, light), np.ones((1, 3), np.uint8))
    paper = float(np.quantile(light[::4], 0.8))
    through = _lines(darker > _FAINT * paper).mean(axis=1)
    if (through >= _THROUGH).any():
        return True
    strong = darker > _STRONG * paper
    return any(bool((_reach(_lines(way)) >= _FAR).any()) for way in (strong, strong[::-1]))


def _reach(lines: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How far each line from the first row on is dark almost without a gap, as a share of its length."""
    count = np.arange(1, lines.shape[1] + 1)[:, None]
    return np.asarray(np.where(lines.cumsum(axis=1) >= _GAPLESS * count, count, 0).max(axis=1) / len(count), np.float64)


def _lines(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Slopes × rows × starts: what lies on the lines that begin where it is dark at the first rows."""
    rows, width = dark.shape
    begins = np.flatnonzero(dark[: len(_RIM)].mean(axis=0) >= _AT_RIM)
    begins = begins[(begins >= _MIDDLE[0] * width) & (begins < _MIDDLE[1] * width)]
    columns = np.clip(begins + _MOVED[:, :, None], 0, width - 1)
    return np.asarray(dark[np.arange(rows)[:, None], columns], np.bool_)
