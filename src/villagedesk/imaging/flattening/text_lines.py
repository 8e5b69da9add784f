"""Finds pieces of text lines on a flat page, and which way the lines run, without reading them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.levels import percentile

Pixels = NDArray[np.uint8]

_LOOKED_AT = 1170
"""Longer side that lines are looked for at: A4 at 100 dpi, where an 8-point character has 11 pixels."""
_LEAST, _MOST = 5, 130
"""Sizes a character can have there, pixels."""
_SAMPLE = 200
_PIECE = 5.0
"""A piece of a line is at most this many times as long as it is high: longer ones would be squeezed by the model."""


@dataclass(frozen=True)
class Lines:
    """What was seen of text.

    Args:
        across: −1 to 1: how surely the lines run across the page (left–right), below 0 for up–down; 0 is unknown.
        characters: about how many blobs of a character's size there are.
        size: their usual size, in the page's pixels; 0 where there are none.
        marks: height × width, 255 where something is written (ruled lines taken away), at a reduced size.
        contrast: the same size, how much darker each place is than the paper around: 0 to 255 for nothing to black.
        scale: pixels of ``marks`` per pixel of the page.
    """

    across: float
    characters: int
    size: float
    marks: Pixels
    contrast: Pixels
    scale: float


def reduction(page: Pixels) -> int:
    """How many times smaller a flat page is looked at."""
    return max(1, round(int(max(page.shape[:2])) / _LOOKED_AT))


def reduced(grey: Pixels) -> Pixels:
    """A flat page (height × width) as small as it is looked at."""
    factor = reduction(grey)
    if factor == 1:
        return grey
    height, width = grey.shape[0] // factor * factor, grey.shape[1] // factor * factor
    size = (width // factor, height // factor)
    return np.asarray(cv2.resize(grey[:height, :width], size, interpolation=cv2.INTER_AREA), np.uint8)


def look_for_lines(small: Pixels, factor: int, *, light_on_dark: bool = False) -> Lines:
    """Blobs of a character's size, and the direction in which they stand closest.

    Args:
        small: height × width, the flat page, :func:`reduced`.
        factor: how many times smaller than the page it is.
        light_on_dark: look for light print on a dark ground instead.
    """
    marks, contrast = _written(small, light_on_dark)
    boxes = _blobs(marks)
    if len(boxes) < 3:
        return Lines(0.0, len(boxes), 0.0, marks, contrast, 1 / factor)
    size = _usual_size(boxes)
    boxes = boxes[boxes[:, 2:4].max(axis=1) > 0.4 * size]
    return Lines(_direction(boxes, size), len(boxes), size * factor, marks, contrast, 1 / factor)


def pieces(lines: Lines, *, across: bool, most: int) -> NDArray[np.float64]:
    """The best pieces of lines that run in one direction, spread over the page.

    Args:
        lines: of a page.
        across: those that run left–right; else up–down.
        most: how many at most.

    Returns:
        n × 4: x, y, width, height in the page's pixels.
    """
    marks = lines.marks if across else np.asarray(cv2.transpose(lines.marks), np.uint8)
    size = lines.size * lines.scale
    if size <= 0:
        return np.zeros((0, 4))
    smeared = cv2.morphologyEx(
        marks, cv2.MORPH_CLOSE, np.ones((max(1, round(size * 0.18)) | 1, round(size * 0.9) | 1), np.uint8)
    )
    boxes = _components(np.asarray(smeared, np.uint8), 4).astype(np.float64)
    long, thick, filled = boxes[:, 2], boxes[:, 3], boxes[:, 4]
    good = (thick > max(_LEAST, 0.45 * size)) & (thick < 3.2 * size) & (long > 1.7 * thick)
    boxes = boxes[good & (filled > 0.28 * long * thick)]
    cut = [piece for box in boxes for piece in _cut(box)]
    if not cut:
        return np.zeros((0, 4))
    found = np.array(cut)
    # Long, large pieces tell most; two neighbours in one line tell little more than one.
    worth = np.minimum(found[:, 2] / found[:, 3], _PIECE) * np.minimum(found[:, 3], 2 * size)
    chosen = _spread(found, worth, most)
    margin = 0.12 * chosen[:, 3] + 1
    chosen = np.column_stack(
        [chosen[:, 0] - margin, chosen[:, 1] - margin, chosen[:, 2] + 2 * margin, chosen[:, 3] + 2 * margin]
    )
    if not across:
        chosen = chosen[:, [1, 0, 3, 2]]
    return np.asarray(chosen / lines.scale, np.float64)


def _written(small: Pixels, light_on_dark: bool) -> tuple[Pixels, Pixels]:
    """Marks by their contrast to the ground around, without ruled lines and frames; and that contrast."""
    smooth = np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.uint8)
    box = np.ones((29, 29), np.uint8)
    around = np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, box), np.uint8)
    if light_on_dark:
        ground = np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_OPEN, box), np.uint8)
        # The paper between dark strokes is light as well; print covers less than half of its ground.
        dark = cv2.compare(cv2.blur(smooth, (41, 41)), cv2.addWeighted(ground, 0.5, around, 0.5, 0), cv2.CMP_LT)
        depth = np.asarray(cv2.bitwise_and(cv2.subtract(smooth, ground), dark), np.uint8)
        share = np.asarray(cv2.divide(depth, smooth, scale=255), np.uint8)
    else:
        depth = np.asarray(cv2.subtract(around, smooth), np.uint8)
        share = np.asarray(cv2.divide(depth, around, scale=255), np.uint8)
    # Half of what the darkest stroke near has keeps characters apart; the floors are the paper's and sensor's grain.
    some = share[::4, ::4]
    usual = max(15.0, 2.2 * percentile(some, 50))
    # A card's printed ground is faint beside its text.
    standing = some[some > usual]
    faint = 0.35 * percentile(standing, 95) if len(standing) else 0.0
    nearby = np.asarray(cv2.dilate(share, np.ones((15, 15), np.uint8)), np.uint8)
    enough = np.maximum(nearby >> 1, np.uint8(round(max(usual, faint))))
    grain = percentile(np.asarray(cv2.absdiff(smooth[::3, 3::3], smooth[::3, :-3:3]), np.uint8), 50)
    _, deep = cv2.threshold(depth, int(max(6.0, 5.0 * grain)), 255, cv2.THRESH_BINARY)
    marks = np.asarray(cv2.bitwise_and(cv2.compare(share, enough, cv2.CMP_GT), deep), np.uint8)
    for length in ((41, 1), (1, 41)):
        ruled = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones(length[::-1], np.uint8))
        wider = cv2.dilate(ruled, np.ones((3, 3), np.uint8))
        # A thick field is a picture or a stroke of a large title, not a line; it is left.
        thick = cv2.dilate(cv2.erode(ruled, np.ones((7, 7), np.uint8)), np.ones((15, 15), np.uint8))
        marks = np.asarray(cv2.subtract(marks, cv2.subtract(wider, thick)), np.uint8)
    return marks, share


def _blobs(marks: Pixels) -> NDArray[np.int32]:
    """n × 5 statistics of the marks that a character or a part of one could be."""
    joined = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    boxes = _components(np.asarray(joined, np.uint8), 8)
    longest, shortest = boxes[:, 2:4].max(axis=1), boxes[:, 2:4].min(axis=1)
    kept = (longest >= _LEAST) & (longest <= _MOST) & (shortest >= 2) & (boxes[:, 4] >= 8)
    return np.asarray(boxes[kept & (longest < 9 * shortest)], np.int32)


def _components(marks: Pixels, connectivity: int) -> NDArray[np.int32]:
    """n × 5: x, y, width, height, area of what hangs together; the empty margins of a page are not gone through."""
    left, top, width, height = cv2.boundingRect(marks)
    # Whole blocks of 2 × 2, in which OpenCV counts.
    left, top = left // 2 * 2, top // 2 * 2
    inner = marks[top : top + height + 1, left : left + width + 1]
    if not width:
        return np.zeros((0, 5), np.int32)
    # Of eight neighbours this one takes half of the usual algorithm's time.
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(inner, connectivity, cv2.CV_32S, cv2.CCL_BBDT)
    return np.asarray(stats[1:] + np.array([left, top, 0, 0, 0]), np.int32)


def _usual_size(boxes: NDArray[np.int32]) -> float:
    """Median of the blobs' shorter sides, weighted: dots and strokes count little, words as their height."""
    order = np.argsort(boxes[:, 2:4].min(axis=1))
    weight = np.cumsum(np.sqrt(boxes[order, 2] * boxes[order, 3]).astype(np.float64))
    return float(boxes[order, 2:4].min(axis=1)[int(np.searchsorted(weight, weight[-1] / 2))])


def _direction(boxes: NDArray[np.int32], size: float) -> float:
    """Votes of the blobs: is the next one nearer beside it or below it? Lines stand farther apart than characters."""
    rng = np.random.default_rng(0)
    chosen = boxes if len(boxes) <= _SAMPLE else boxes[rng.choice(len(boxes), _SAMPLE, replace=False)]
    left, top = boxes[:, 0].astype(np.float32), boxes[:, 1].astype(np.float32)
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    l0, t0 = chosen[:, 0:1].astype(np.float32), chosen[:, 1:2].astype(np.float32)
    r0, b0 = l0 + chosen[:, 2:3], t0 + chosen[:, 3:4]
    beside = np.maximum(left - r0, l0 - right)
    below = np.maximum(top - b0, t0 - bottom)
    far = 4 * size
    # The overlap asked for is part of a character's size, so that dots and strokes take part too.
    itself = (left == l0) & (top == t0)
    gap_x = np.where((below < -0.3 * size) & (beside > -0.2 * size) & ~itself, np.maximum(beside, 0), far)
    gap_y = np.where((beside < -0.3 * size) & (below > -0.2 * size) & ~itself, np.maximum(below, 0), far)
    nearest_x = np.minimum(gap_x.min(axis=1), far) + 0.08 * size
    nearest_y = np.minimum(gap_y.min(axis=1), far) + 0.08 * size
    votes = np.log(nearest_y / nearest_x)
    voting = np.minimum(nearest_x, nearest_y) < 1.5 * size
    # Characters that touch are a piece of a line themselves.
    wide, high = chosen[:, 2], chosen[:, 3]
    run = (np.maximum(wide, high) > 2.2 * np.minimum(wide, high)) & (np.minimum(wide, high) > 0.6 * size)
    votes[run] = 1.2 * np.sign(wide - high)[run]
    voting |= run
    if voting.sum() < 3:
        return 0.0
    return float(np.tanh(np.clip(votes[voting], -1.2, 1.2).mean() * 1.6))


def _cut(box: NDArray[np.float64]) -> list[tuple[float, float, float, float]]:
    """A line in pieces of at most ``_PIECE`` times its height."""
    x, y, long, thick = box[:4]
    parts = math.ceil(long / (_PIECE * thick))
    return [(x + long * part / parts, y, long / parts, thick) for part in range(parts)]


def _spread(found: NDArray[np.float64], worth: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """The most worthy, each chosen one making its neighbours less so."""
    worth = worth.copy()
    chosen: list[int] = []
    for _ in range(min(most, len(found))):
        best = int(np.argmax(worth))
        chosen.append(best)
        away = np.abs(found[:, :2] - found[best, :2]).sum(axis=1)
        worth *= 1 - 0.7 * np.exp(-away / (4 * found[best, 3]))
        worth[best] = -1
    return found[chosen]
