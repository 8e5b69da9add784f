"""What a page looks like without its strokes: pictures at half the resolution, and finer ones where that loses detail.

Seals, fingerprints, photographs and faint pencil are such details: they are kept at the page's own resolution. White
paper needs no picture at all.
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
_WHITE_WITHIN = 8
_OWN_HEAD = 150
"""Tiles of empty paper that take as many bytes as a picture's own head: less than that between two joins them. Of the
coarse pictures it is four times as many."""


Piece = tuple[Box, Pixels]


@dataclass(frozen=True)
class Background:
    """All but the strokes, on white; each piece with the box of the page that it fills.

    Args:
        coarse: at half the page's size, strokes filled from their surroundings.
        fine: at the page's own size, to lie over the coarse ones.
        detailed: share of the page that loses something in a coarse picture, 0 to 1.
        coloured: share of the page that is not white paper, 0 to 1.
    """

    coarse: tuple[Piece, ...]
    fine: tuple[Piece, ...]
    detailed: float
    coloured: float


def background_of(page: Pixels, hidden: Pixels) -> Background:
    """Take the strokes off a page.

    Args:
        page: height × width × 3, BGR; its sides are multiples of ``GRID``.
        hidden: height × width, 255 where strokes hide the paper.
    """
    height, width = hidden.shape
    coarse = _filled(page, hidden)
    behind = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    clear = page.copy()
    cv2.copyTo(behind, hidden, clear)
    detailed = _detailed(clear, np.asarray(behind, np.uint8))
    boxes = _boxes(detailed, _OWN_HEAD)
    coloured = _coloured(coarse)
    toned = float(coloured.mean())
    for left, top, right, bottom in boxes:
        coloured[top:bottom, left:right] = False
    return Background(
        tuple(_piece(coarse, box, _TILE // 2) for box in _boxes(coloured, 4 * _OWN_HEAD)),
        tuple(_piece(clear, box, _TILE) for box in boxes),
        float(detailed.mean()),
        toned,
    )


def _piece(picture: Pixels, box: Box, tile: int) -> Piece:
    """What a picture with tiles of so many pixels has in a box of tiles."""
    left, top, right, bottom = (side * tile for side in box)
    right, bottom = min(right, picture.shape[1]), min(bottom, picture.shape[0])
    cut = np.ascontiguousarray(picture[top:bottom, left:right])
    left, top, right, bottom = (side * _TILE // tile for side in (left, top, right, bottom))
    return (left, top, right, bottom), cut


def _filled(page: Pixels, holes: Pixels) -> Pixels:
    """The page at half its size, averaged without the holes; where nothing is left it is taken from around."""
    height, width = holes.shape
    half = (width // 2, height // 2)
    paper = cv2.bitwise_not(holes)
    total = cv2.resize(cv2.copyTo(page, paper), half, interpolation=cv2.INTER_AREA)
    known = cv2.resize(paper, half, interpolation=cv2.INTER_AREA)
    mean = cv2.divide(total, cv2.merge([known, known, known]), scale=255)
    _, missing = cv2.threshold(known, 95, 255, cv2.THRESH_BINARY_INV)
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
    tiles = (_largest(cv2.blur(lost, (3, 3)), _TILE) > _LOST_ABOVE).astype(np.uint8)
    return np.asarray(cv2.dilate(tiles, np.ones((3, 3), np.uint8)), np.bool_)


def _coloured(coarse: Pixels) -> NDArray[np.bool_]:
    """By tiles, where the paper is not white."""
    blue, green, red = cv2.split(coarse)
    darkest = cv2.blur(cv2.bitwise_not(cv2.min(cv2.min(blue, green), red)), (3, 3))
    return np.asarray(_largest(darkest, _TILE // 2) > _WHITE_WITHIN)


def _largest(values: object, tile: int) -> Pixels:
    """The largest value in each tile."""
    picture = np.asarray(values, np.uint8)
    more = (-picture.shape[0] % tile, -picture.shape[1] % tile)
    whole = cv2.copyMakeBorder(picture, 0, more[0], 0, more[1], cv2.BORDER_REPLICATE)
    # OpenCV puts the middle of an even square behind its half.
    spread = np.asarray(cv2.dilate(whole, np.ones((tile, tile), np.uint8)), np.uint8)
    return spread[tile // 2 :: tile, tile // 2 :: tile]


def _boxes(marked: NDArray[np.bool_], head: int, left: int = 0, top: int = 0) -> list[Box]:
    """Few boxes (left, top, right, bottom in tiles) around all marked tiles.

    One box is parted at its emptiest line as long as the parts take less, each its area and ``head`` tiles.
    """
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if len(rows) == 0:
        return []
    inner = marked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    left, top = left + int(columns[0]), top + int(rows[0])
    high, wide = inner.shape
    whole = [(left, top, left + wide, top + high)]
    if high * wide <= head or inner.all():
        return whole
    counts = inner.sum(axis=1 if high >= wide else 0).astype(float)
    # Of equally empty lines the middle one is taken.
    counts += np.abs(np.linspace(-1, 1, len(counts)))
    cut = int(counts[1:].argmin()) + 1
    if high >= wide:
        parts = _boxes(inner[:cut], head, left, top) + _boxes(inner[cut:], head, left, top + cut)
    else:
        parts = _boxes(inner[:, :cut], head, left, top) + _boxes(inner[:, cut:], head, left + cut, top)
    return parts if _tiles(parts) + len(parts) * head < high * wide + head else whole


def _tiles(boxes: list[Box]) -> int:
    return sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
