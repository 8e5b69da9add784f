"""Whether an outline is two papers' that lie side by side: the table between them, or two colours that meet."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.cues import Singles, separated
from villagedesk.imaging.geometry import Quad

Pixels = NDArray[np.uint8]

_SIDE, _RIM = 160, 24
"""Pixels of the small flat picture, and how much of them shows what is round the outline on each side."""
_NEAR = 0.4
"""Of the difference between paper and table: what is nearer to the table's colour than this is taken for table."""
_UNLIKE = 22.0
"""Grey levels (with colour): a paper and a table that differ by less cannot be told apart here."""
_LEAST = 0.12
"""Of the outline: what lies on either side of the gap must have so much of it."""
_CELL, _LIGHTEST = 7, 12
"""Side of the places whose colours are compared, and how many of their 49 pixels tell it."""
_COLOURS = 16.0
"""Two grounds of one light differ by so much in colour when they are two papers', or a printed field's."""


def parted(pixels: Pixels, quad: Quad) -> bool:
    """Look whether table lies across the inside from one side to the other, or a second colour takes over there.

    A black stripe across a paper on a black table is told so, too; then the clerk is asked once too often.

    Args:
        pixels: height × width × 3, BGR.
        quad: 4 × 2 corners in these pixels, clockwise.
    """
    flat, outside = _flattened(pixels, quad)
    inside = flat[_RIM:-_RIM, _RIM:-_RIM]
    light = inside[:, :, 0]
    ground = np.asarray(np.median(inside[light >= np.quantile(light, 0.6)], axis=0), np.float32)
    gaps = [_across(_like(inside, ground, side)) for side in outside]
    return (sum(gaps) > 0 and 2 * sum(gaps) >= len(gaps)) or _two_colours(inside)


def _flattened(pixels: Pixels, quad: Quad) -> tuple[Singles, list[Singles]]:
    """The outline's inside with a rim round it in the finder's cues, and the median of each side's rim in view."""
    end = _SIDE - _RIM
    target = np.array([(_RIM, _RIM), (end, _RIM), (end, end), (_RIM, end)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    size = (_SIDE, _SIDE)
    flat = cv2.warpPerspective(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpPerspective(np.ones(pixels.shape[:2], np.uint8), matrix, size, flags=cv2.INTER_NEAREST) > 0
    cues = separated(np.asarray(flat, np.uint8))
    ring = slice(4, _RIM - 6)
    middle = slice(_RIM, -_RIM)
    sides = []
    for turn in range(4):
        strip, in_view = np.rot90(cues, turn)[ring, middle], np.rot90(seen, turn)[ring, middle]
        if in_view.mean() > 0.5:
            sides.append(np.asarray(np.median(strip[in_view], axis=0), np.float32))
    return cues, sides


def _like(inside: Singles, ground: NDArray[np.float32], table: Singles) -> NDArray[np.bool_]:
    apart = np.asarray(ground - table, np.float32)
    size = float(np.linalg.norm(apart))
    if size < _UNLIKE:
        return np.zeros(inside.shape[:2], bool)
    return np.asarray(np.linalg.norm(inside - table, axis=2) < _NEAR * size, np.bool_)


def _across(table: NDArray[np.bool_]) -> bool:
    """Whether what looks like table runs from one side to the opposite one, with much that does not on both hands."""
    mask = cv2.morphologyEx(table.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    for way in (mask, np.ascontiguousarray(mask.T)):
        labels = cv2.connectedComponents(way, connectivity=8)[1]
        through = set(labels[:3].ravel()) & set(labels[-3:].ravel()) - {0}
        for one in through:
            band = labels == one
            stats = cv2.connectedComponentsWithStats((~band).astype(np.uint8), connectivity=4)[2]
            large = np.sort(stats[1:, cv2.CC_STAT_AREA])[::-1]
            if len(large) > 1 and large[1] > _LEAST * band.size:
                return True
    return False


def _two_colours(inside: Singles) -> bool:
    """Whether left and right, or upper and lower part are of two colours that meet in a line all across."""
    rows, columns = (length // _CELL for length in inside.shape[:2])
    cells = inside[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL, 3)
    cells = cells.transpose(0, 2, 1, 3, 4).reshape(rows, columns, -1, 3)
    # What a paper is printed on is the lightest of each place.
    lightest = np.argpartition(cells[..., 0], -_LIGHTEST, axis=2)[:, :, -_LIGHTEST:, None]
    grounds = np.take_along_axis(cells, lightest, axis=2).mean(axis=2)[..., 1:]
    return _meet(grounds) or _meet(grounds.transpose(1, 0, 2))


def _meet(grounds: Singles) -> bool:
    step = grounds[:, 2:] - grounds[:, :-2]
    usual = np.median(step, axis=0)
    size = np.hypot(usual[:, 0], usual[:, 1])
    along = (step * usual).sum(axis=2) > 0.4 * size**2
    least = round(_LEAST * grounds.shape[1])
    inner = slice(max(0, least - 1), len(size) - max(0, least - 1))
    return bool(((size > _COLOURS) & (along.mean(axis=0) > 0.92))[inner].any())
