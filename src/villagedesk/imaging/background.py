"""What a page looks like without its inks: one picture at half the resolution, and finer ones where that loses detail.

Seals, fingerprints, photographs and faint pencil are such details: they are kept at the page's own resolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.inks import GRID, Box
from villagedesk.imaging.surroundings import from_around

Pixels = NDArray[np.uint8]

_TILE = 16
_LOST_ABOVE = 16
"""Brightness (of 255) by which a spot of 3 × 3 pixels may differ from the coarse picture before it is kept finer."""
_OWN_HEAD = 150
"""Tiles of empty paper that take as many bytes as a picture's own head: less than that between two joins them."""


@dataclass(frozen=True)
class Background:
    """All but the inks.

    Args:
        coarse: the whole page at half its size, strokes filled from their surroundings.
        patches: where it is kept at its own size, with the place on the page.
        share: of the page that is lost in the coarse picture, 0 to 1.
    """

    coarse: Pixels
    patches: tuple[tuple[Box, Pixels], ...]
    share: float


def background_of(page: Pixels, covered: Pixels) -> Background:
    """Take the inks off a page.

    Args:
        page: height × width × 3, BGR; its sides are multiples of ``GRID``.
        covered: height × width, 255 where there is a stroke.
    """
    height, width = covered.shape
    # A stroke's soft edge reaches two pixels beyond it, and would be a halo in the background.
    holes = np.asarray(cv2.dilate(covered, np.ones((5, 5), np.uint8)), np.uint8)
    coarse = _filled(page, holes)
    behind = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    clear = page.copy()
    cv2.copyTo(behind, holes, clear)
    marked = _detailed(clear, np.asarray(behind, np.uint8))
    patches = []
    for tiles in _boxes(marked):
        left, top, right, bottom = (side * _TILE for side in tiles)
        box = (left, top, min(right, width), min(bottom, height))
        patches.append((box, np.ascontiguousarray(clear[box[1] : box[3], box[0] : box[2]])))
    return Background(coarse, tuple(patches), float(marked.mean()))


def _filled(page: Pixels, holes: Pixels) -> Pixels:
    """The page at half its size, averaged without the holes; where nothing is left it is taken from around."""
    height, width = holes.shape
    half = (width // 2, height // 2)
    paper = cv2.bitwise_not(holes)
    total = cv2.resize(cv2.copyTo(page, paper), half, interpolation=cv2.INTER_AREA)
    known = cv2.resize(paper, half, interpolation=cv2.INTER_AREA)
    mean = cv2.divide(total, cv2.merge([known, known, known]), scale=255)
    missing = cv2.compare(known, 96, cv2.CMP_LT)
    if cv2.countNonZero(missing):
        size = (width // GRID, height // GRID)
        around = from_around(
            np.asarray(cv2.resize(total, size, interpolation=cv2.INTER_AREA), np.uint8),
            np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.uint8),
        )
        cv2.copyTo(cv2.resize(around, half, interpolation=cv2.INTER_LINEAR), missing, mean)
    return np.asarray(mean, np.uint8)


def _detailed(page: Pixels, coarse: Pixels) -> NDArray[np.bool_]:
    """By tiles, where the coarse picture loses something that is to be seen, and one tile around it."""
    lost = cv2.absdiff(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), cv2.cvtColor(coarse, cv2.COLOR_BGR2GRAY))
    rows, columns = -(-page.shape[0] // _TILE) * _TILE, -(-page.shape[1] // _TILE) * _TILE
    whole = cv2.copyMakeBorder(
        cv2.blur(lost, (3, 3)), 0, rows - page.shape[0], 0, columns - page.shape[1], cv2.BORDER_REPLICATE
    )
    # OpenCV puts the middle of an even square behind its half.
    largest = np.asarray(cv2.dilate(whole, np.ones((_TILE, _TILE), np.uint8)), np.uint8)
    tiles = (largest[_TILE // 2 :: _TILE, _TILE // 2 :: _TILE] > _LOST_ABOVE).astype(np.uint8)
    return np.asarray(cv2.dilate(tiles, np.ones((3, 3), np.uint8)), np.bool_)


def _boxes(marked: NDArray[np.bool_], left: int = 0, top: int = 0) -> list[Box]:
    """Few boxes (left, top, right, bottom in tiles) around all marked tiles.

    One box is parted at its emptiest line as long as the parts take fewer bytes.
    """
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if len(rows) == 0:
        return []
    inner = marked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    left, top = left + int(columns[0]), top + int(rows[0])
    high, wide = inner.shape
    whole = [(left, top, left + wide, top + high)]
    if high * wide <= 2 * _OWN_HEAD or inner.all():
        return whole
    counts = inner.sum(axis=1 if high >= wide else 0).astype(float)
    # Of equally empty lines the middle one is taken.
    counts += np.abs(np.linspace(-1, 1, len(counts)))
    cut = int(counts[1:].argmin()) + 1
    if high >= wide:
        parts = _boxes(inner[:cut], left, top) + _boxes(inner[cut:], left, top + cut)
    else:
        parts = _boxes(inner[:, :cut], left, top) + _boxes(inner[:, cut:], left + cut, top)
    return parts if _bytes(parts) < _bytes(whole) else whole


def _bytes(boxes: list[Box]) -> int:
    return sum((right - left) * (bottom - top) + _OWN_HEAD for left, top, right, bottom in boxes)
