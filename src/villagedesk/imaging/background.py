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
_MOST_PATCHES = 12
_MOST_SPECKS = 40
_OWN_HEAD = 3000
"""Pixels of mostly empty paper that cost as much as a picture's own head: less than that between two joins them."""


@dataclass(frozen=True)
class Background:
    """All but the inks.

    Args:
        coarse: the whole page at half its size, strokes filled from their surroundings.
        patches: where it is kept at its own size, with the place on the page.
        share: of the page that the patches cover, 0 to 1.
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
    boxes = _detailed(clear, np.asarray(behind, np.uint8))
    patches = tuple((box, np.ascontiguousarray(clear[box[1] : box[3], box[0] : box[2]])) for box in boxes)
    return Background(coarse, patches, sum(_area(box) for box in boxes) / (width * height))


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


def _detailed(page: Pixels, coarse: Pixels) -> list[Box]:
    """Where the coarse picture loses something that is to be seen."""
    height, width = page.shape[:2]
    lost = cv2.absdiff(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), cv2.cvtColor(coarse, cv2.COLOR_BGR2GRAY))
    largest = cv2.dilate(cv2.blur(lost, (3, 3)), np.ones((_TILE, _TILE), np.uint8))
    tiles = np.asarray(largest, np.uint8)[_TILE // 2 :: _TILE, _TILE // 2 :: _TILE]
    marked = cv2.dilate((tiles > _LOST_ABOVE).astype(np.uint8), np.ones((3, 3), np.uint8))
    count, _, found, _ = cv2.connectedComponentsWithStats(marked)
    while count > _MOST_SPECKS:
        # A texture; comparing all pairs of its specks would take longer than coding it.
        marked = cv2.dilate(marked, np.ones((3, 3), np.uint8))
        count, _, found, _ = cv2.connectedComponentsWithStats(marked)
    boxes = []
    for left, top, wide, high, _ in found[1:]:
        right, bottom = min((left + wide) * _TILE, width), min((top + high) * _TILE, height)
        boxes.append((int(left) * _TILE, int(top) * _TILE, int(right), int(bottom)))
    return _merged(boxes)


def _merged(boxes: list[Box]) -> list[Box]:
    """Few boxes: the pair is joined first that adds the least area."""
    boxes = sorted(boxes)
    while len(boxes) > 1:
        added, first, second = min(
            (_area(_around([one, other])) - _area(one) - _area(other), i, j)
            for i, one in enumerate(boxes)
            for j, other in enumerate(boxes[:i])
        )
        if len(boxes) <= _MOST_PATCHES and added > _OWN_HEAD:
            break
        joined = _around([boxes[first], boxes[second]])
        boxes = [box for place, box in enumerate(boxes) if place not in (first, second)] + [joined]
    return boxes


def _around(boxes: list[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
