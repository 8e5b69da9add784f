"""Measures of a found outline against the truth, independent of the code under test, and the font to draw with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.encoding.page_pdf import read_pdf

FONT = Path(__file__).parents[2] / "resources" / "fonts" / "villagedesk-base.ttf"

TUNED = range(0, 10_000)
"""Seeds that may be looked at while the finder is changed."""
HELD_OUT = range(10_000, 20_000)
"""Seeds (with the table ``cloth``; of hard photographs with ``scene(…, held_out=True)``, which draws papers, tables and
lights of its own) that are only ever measured on, never tuned on."""


def jaccard(first: NDArray[np.floating[Any]], second: NDArray[np.floating[Any]]) -> float:
    """Intersection ÷ union of two convex quadrilaterals (SmartDoc 2015's measure), by clipping."""
    clipped: list[NDArray[Any]] = list(np.asarray(first, np.float64))
    other = np.asarray(second, np.float64)
    for start, end in zip(other, np.roll(other, -1, axis=0), strict=True):
        clipped = _kept(clipped, start, end)
    if len(clipped) < 3:
        return 0.0
    common = _area(np.array(clipped))
    union = _area(np.asarray(first, np.float64)) + _area(other) - common
    return common / union


def decoded(data: bytes) -> NDArray[np.uint8]:
    """A JPEG's pixels or a PDF page's at 200 dpi, height × width × 3, BGR."""
    if data.startswith(b"%PDF-"):
        return read_pdf(data)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def _kept(points: list[NDArray[Any]], start: NDArray[Any], end: NDArray[Any]) -> list[NDArray[Any]]:
    """Sutherland and Hodgman's clipping at one edge (y runs down, so inside is to the right of a clockwise edge)."""

    def side(point: NDArray[Any]) -> float:
        along, to = end - start, point - start
        return float(along[0] * to[1] - along[1] * to[0])

    kept: list[NDArray[Any]] = []
    for index, point in enumerate(points):
        previous = points[index - 1]
        here, before = side(point), side(previous)
        if here * before < 0:
            kept.append(previous + (point - previous) * (before / (before - here)))
        if here >= 0:
            kept.append(point)
    return kept


def _area(points: NDArray[Any]) -> float:
    x, y = points[:, 0], points[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
