"""Tells a shaken or unfocused photograph from a sharp one: by how far its strokes are drawn out, against their size.

Only where something is written is looked at, so that much or little on a page, pictures and seals make no difference.
What is smeared in one direction keeps sharp edges along it, so the directions are looked at one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.flattening.text_lines import Lines
from villagedesk.imaging.levels import percentile

Pixels = NDArray[np.uint8]

_HARD_TO_READ = 1.55
"""Of :attr:`Softness.strain`. On 410 seeded pages rapidocr reads 4 % of the characters more wrongly from about here on;
sharp pages have 0.6 to 1.2."""
_SHARP_WIDTH = 4.7
"""An edge's width in the photograph's own pixels that good lenses stay below: what is wider on an enlarged page only
was seen from too far away."""
_TILE, _TILES = 128, 12
_LEAST_WRITTEN = 6
"""Of 255: how much of a tile is marked, for it to be looked at."""
_LEAST_CONTRAST = 24.0
_FEW_EDGES, _MANY_EDGES = 40, 600
_REACH = 10
"""Pixels to either side of an edge over which its contrast is taken."""
_DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))
_SMALL_PRINT, _LARGE_PRINT = 12.0, 32.0
"""Sizes of characters, pixels, that a page is judged by at least and at most: a page of large print has small print on
it as well, a stamp's or a form's own."""


@dataclass(frozen=True)
class Softness:
    """How strokes are drawn out on a page.

    Args:
        width: over how many pixels the sharper quarter of the edges rises, in the direction in which that is most.
        one_way: 0 to 1, how much more the strokes of one direction are lost than those across: near 0 for print and
            what is out of focus, above 0.4 for what is shaken.
        strain: on reading: 1 for usual print.
    """

    width: float
    one_way: float
    strain: float


def is_blurred(page: Pixels, lines: Lines, detail: float = 1.0) -> bool:
    """Whether the strokes on a flat page are too soft to be read well.

    Args:
        page: height × width × 3, BGR, before cleaning.
        lines: as seen on it.
        detail: photographed pixels per page pixel, at most 1: an enlarged page is soft without being shaken.
    """
    seen = softness(page, lines)
    if seen is None or seen.strain < _HARD_TO_READ:
        return False
    return seen.width * (1 + seen.one_way) * detail > _SHARP_WIDTH


def softness(page: Pixels, lines: Lines) -> Softness | None:
    """How strokes are drawn out; None where too little is written to tell.

    Args:
        page: height × width × 3, BGR.
        lines: as seen on it.
    """
    tiles, marks = _written_tiles(page, lines)
    if len(tiles) == 0 or lines.size <= 0:
        return None
    below = np.asarray(cv2.GaussianBlur(tiles, (3, 3), 0), np.uint8)
    widths = [width for along in _DIRECTIONS if (width := _width(below, *along)) is not None]
    if not widths:
        return None
    width, one_way = max(widths), _one_way(below, marks)
    size = float(np.clip(lines.size, _SMALL_PRINT, _LARGE_PRINT))
    return Softness(width, one_way, width * (1 + one_way / 2) / size**0.5)


def _written_tiles(page: Pixels, lines: Lines) -> tuple[Pixels, Pixels]:
    """The places with most print on them, one below the other, and their marks at the same size."""
    side = round(_TILE * lines.scale)
    down, across = min(lines.marks.shape[0] // side, page.shape[0] // _TILE), lines.marks.shape[1] // side
    across = min(across, page.shape[1] // _TILE)
    if down == 0 or across == 0:
        return np.zeros((0, _TILE), np.uint8), np.zeros((0, _TILE), np.uint8)
    marks = lines.marks[: down * side, : across * side]
    written = np.asarray(cv2.resize(marks, (across, down), interpolation=cv2.INTER_AREA), np.uint8).ravel()
    best = [int(one) for one in np.argsort(written, kind="stable")[::-1][:_TILES] if written[one] >= _LEAST_WRITTEN]
    cut, cut_marks = [np.zeros((0, _TILE), np.uint8)], [np.zeros((0, _TILE), np.uint8)]
    for one in best:
        y, x = divmod(one, across)
        # Green has the finest detail in a camera's picture.
        cut.append(page[y * _TILE : (y + 1) * _TILE, x * _TILE : (x + 1) * _TILE, 1])
        seen = lines.marks[y * side : (y + 1) * side, x * side : (x + 1) * side]
        cut_marks.append(np.asarray(cv2.resize(seen, (_TILE, _TILE), interpolation=cv2.INTER_NEAREST), np.uint8))
    return np.vstack(cut), np.vstack(cut_marks)


def _width(tiles: Pixels, down: int, across: int) -> float | None:
    """Over how many pixels an edge rises in one direction: its contrast by its steepest rise.

    Args:
        tiles: one below the other.
        down, across: one step in that direction.
    """
    height, width = tiles.shape
    left, right = max(0, across), max(0, -across)
    ahead = tiles[2 * down :, 2 * left : width - 2 * right]
    behind = tiles[: height - 2 * down, 2 * right : width - 2 * left]
    # over two pixels; its middle lies one step in
    rise: Any = np.asarray(cv2.absdiff(ahead, behind))
    usual = percentile(rise[::5, ::5], 99)
    highest = cv2.compare(rise, cv2.dilate(rise, np.ones((5, 5), np.uint8)), cv2.CMP_GE)
    _, steep = cv2.threshold(rise, max(4.0, 0.3 * usual), 255, cv2.THRESH_BINARY)
    found = cv2.findNonZero(cv2.bitwise_and(highest, steep))
    if found is None:
        return None
    x, y = np.asarray(found).reshape(-1, 2).T
    x, y = x + abs(across), y + down
    reach = round(_REACH / np.hypot(down, across))
    inside = (y % _TILE >= reach) & (y % _TILE < _TILE - reach) & (x >= reach) & (x < width - reach)
    x, y = x[inside], y[inside]
    every = max(1, len(x) // _MANY_EDGES)
    x, y = x[::every], y[::every]
    steps = np.arange(-reach, reach + 1) * (down * width + across)
    profile = tiles.ravel()[np.clip((y * width + x)[:, None] + steps, 0, tiles.size - 1)].astype(np.int16)
    if len(profile) < _FEW_EDGES:
        return None
    contrast = profile.max(axis=1) - profile.min(axis=1)
    rises = np.abs(profile[:, 2:] - profile[:, :-2])
    steepest = rises.max(axis=1)
    strong = percentile(contrast, 90)
    edges = (rises[:, reach - 1] >= steepest) & (contrast > 0.6 * strong)
    if strong < _LEAST_CONTRAST or edges.sum() < _FEW_EDGES:
        return None
    return float(np.percentile(contrast[edges] / steepest[edges], 25) * 2 * np.hypot(down, across))


def _one_way(tiles: Pixels, marks: Pixels) -> float:
    """How much of the strokes' steepness lies in one direction, the same all over the page."""
    # every second row tells as much
    gradients = (np.asarray(one, np.float32)[::2] for one in cv2.spatialGradient(tiles))
    across, down = (one.reshape(-1, _TILE * _TILE // 2) for one in gradients)
    written = np.asarray(cv2.dilate(marks, np.ones((5, 5), np.uint8)))[::2].reshape(across.shape) > 0
    squares = across * across, down * down
    energy = squares[0] + squares[1]
    # what is faint beside the strokes is noise, which has no direction
    least = 0.05 * np.percentile(energy[:, ::7], 98, axis=1)
    counted = (written & (energy > least[:, None])).astype(np.float32)
    total = np.maximum((energy * counted).sum(axis=1), 1.0)
    upright = ((squares[0] - squares[1]) * counted).sum(axis=1) / total
    slanting = 2 * (across * down * counted).sum(axis=1) / total
    return float(np.hypot(np.median(upright), np.median(slanting)))
