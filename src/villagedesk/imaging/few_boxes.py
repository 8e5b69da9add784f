"""Few boxes around all that is marked in a grid."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

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
    total = cv2.integral(marked.astype(np.uint8))
    return _parted(np.asarray(total, np.int64), head, (0, 0, marked.shape[1], marked.shape[0]))


def _parted(total: NDArray[np.int64], head: int, box: Box) -> list[Box]:
    left, top, right, bottom = box
    by_row = np.diff(total[top : bottom + 1, right] - total[top : bottom + 1, left])
    rows = np.flatnonzero(by_row)
    if len(rows) == 0:
        return []
    by_column = np.diff(total[bottom, left : right + 1] - total[top, left : right + 1])
    columns = np.flatnonzero(by_column)
    first_row, last_row, first_column, last_column = int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
    left, right = left + first_column, left + last_column + 1
    top, bottom = top + first_row, top + last_row + 1
    whole = (left, top, right, bottom)
    wide, high = right - left, bottom - top
    if high * wide <= head or int(by_row.sum()) == high * wide:
        return [whole]
    upright = high >= wide
    counts = by_row[first_row : last_row + 1] if upright else by_column[first_column : last_column + 1]
    # Of equally empty lines the middle one is taken.
    leaning = counts + np.abs(np.linspace(-1, 1, len(counts)))
    cut = int(leaning[1:].argmin()) + 1
    if upright:
        parts = _parted(total, head, (left, top, right, top + cut))
        parts += _parted(total, head, (left, top + cut, right, bottom))
    else:
        parts = _parted(total, head, (left, top, left + cut, bottom))
        parts += _parted(total, head, (left + cut, top, right, bottom))
    return parts if _tiles(parts) + len(parts) * head < high * wide + head else [whole]


def _tiles(boxes: list[Box]) -> int:
    return sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
