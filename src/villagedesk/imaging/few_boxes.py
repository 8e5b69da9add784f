"""Few boxes around all that is marked in a grid."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Sums = NDArray[np.int32]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


def few_boxes(marked: NDArray[np.bool_], head: int) -> list[Box]:
    """Few boxes around all marked tiles.

    One box is parted at its emptiest line as long as the parts cost less.

    Args:
        marked: height × width.
        head: what a box costs in itself, in tiles; beside that it costs its area.

    Returns:
        In tiles; none lies over another.
    """
    total = np.asarray(cv2.integral(marked.view(np.uint8)), np.int32)
    # Both ways round, so that what is read together lies together.
    return _parted(total, np.ascontiguousarray(total.T), head, (0, 0, marked.shape[1], marked.shape[0]))[0]


def _parted(by_row: Sums, by_column: Sums, head: int, box: Box) -> tuple[list[Box], int]:
    """The boxes, and what they cost.

    Args:
        by_row, by_column: how many are marked above and to the left of each place, and the same on its side.
    """
    left, top, right, bottom = box
    until_row = by_column[right, top : bottom + 1] - by_column[left, top : bottom + 1]
    marked = int(until_row[-1] - until_row[0])
    if marked == 0:
        return [], 0
    until_column = by_row[bottom, left : right + 1] - by_row[top, left : right + 1]
    in_rows, in_columns = until_row[1:] - until_row[:-1], until_column[1:] - until_column[:-1]
    rows, columns = in_rows.nonzero()[0], in_columns.nonzero()[0]
    first_row, last_row, first_column, last_column = int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
    left, right = left + first_column, left + last_column + 1
    top, bottom = top + first_row, top + last_row + 1
    whole = (left, top, right, bottom)
    wide, high = right - left, bottom - top
    cost = high * wide + head
    if cost <= marked + 2 * head:
        return [whole], cost  # no two parts could cost less
    upright = high >= wide
    counts = in_rows[first_row : last_row + 1] if upright else in_columns[first_column : last_column + 1]
    # Of equally empty lines the middle one is taken.
    cut = int((counts[1:] + _from_middle(len(counts))).argmin()) + 1
    here = top + cut if upright else left + cut
    first = (left, top, right, here) if upright else (left, top, here, bottom)
    second = (left, here, right, bottom) if upright else (here, top, right, bottom)
    (one, its_cost), (other, others_cost) = (_parted(by_row, by_column, head, part) for part in (first, second))
    return (one + other, its_cost + others_cost) if its_cost + others_cost < cost else ([whole], cost)


@cache
def _from_middle(count: int) -> NDArray[np.float64]:
    """How far each of so many lines but the first lies from the middle, 0 to 1."""
    return np.asarray(np.abs(np.linspace(-1, 1, count))[1:], np.float64)
