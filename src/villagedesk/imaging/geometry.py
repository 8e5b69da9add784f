"""Plane geometry of four-cornered papers: order, area, and the paper's true shape seen at a slant."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Quad = NDArray[np.float64]
"""4 × 2: top left, top right, bottom right, bottom left, in pixels."""

_NEXT = [1, 2, 3, 0]
_SLANT_SEEN = 0.01
"""Below this slant a corner's error of one pixel makes the focal length meaningless (measured: shape then 10 % off)."""


def ordered(points: NDArray[np.float64]) -> Quad:
    """Four points in any order, made clockwise from the top left; the top side runs most nearly to the right.

    Args:
        points: 4 × 2.
    """
    points = np.asarray(points, np.float64).reshape(4, 2)
    around = points - points.mean(axis=0)
    points = points[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]
    sides = np.roll(points, -1, axis=0) - points
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    first = int(np.argmax(sides[:, 0] / np.maximum(lengths, 1e-9)))
    return np.roll(points, -first, axis=0)


def area(quad: Quad) -> float:
    """Area in square pixels, positive for clockwise corners (y runs down)."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad.tolist()
    return float((cx - ax) * (dy - by) - (cy - ay) * (dx - bx)) / 2


def is_convex(quad: Quad) -> bool:
    """Whether the corners go clockwise round a convex shape."""
    sides = quad[_NEXT] - quad
    following = sides[_NEXT]
    return bool(np.all(sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0] > 0))


def true_aspect(quad: Quad, width: int, height: int) -> float:
    """Width ÷ height of the rectangle that is seen as ``quad``.

    Zhang and He, "Whiteboard scanning and image enhancement" (Digital Signal Processing 17, 2007), section 3.2: the
    centre of the picture is taken as the optical axis; where the view is too straight to tell the focal length, 0.9
    of the longer side serves, and then it hardly matters.

    Args:
        quad: the corners in pixels.
        width, height: of the picture, pixels.
    """
    centre = np.array([width / 2, height / 2])
    m1, m2, m4, m3 = np.column_stack([quad - centre, np.ones(4)])
    k2 = _triple(m1, m4, m3) / _triple(m2, m4, m3)
    k3 = _triple(m1, m4, m2) / _triple(m3, m4, m2)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    longest = max(width, height)
    focal = 0.9 * longest
    if min(abs(n2[2]), abs(n3[2])) > _SLANT_SEEN:
        squared = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
        if (0.5 * longest) ** 2 < squared < (3 * longest) ** 2:
            focal = math.sqrt(squared)
    scale = np.array([1 / focal, 1 / focal, 1.0])
    return float(np.linalg.norm(n2 * scale) / np.linalg.norm(n3 * scale))


def _triple(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]) -> float:
    """(a × b) · c; np.cross takes ten times as long for one pair."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = a.tolist(), b.tolist(), c.tolist()
    return float((ay * bz - az * by) * cx + (az * bx - ax * bz) * cy + (ax * by - ay * bx) * cz)


def side_lengths(quad: Quad) -> tuple[float, float]:
    """Mean width and mean height in pixels."""
    sides = np.roll(quad, -1, axis=0) - quad
    top, right, bottom, left = np.hypot(sides[:, 0], sides[:, 1])
    return float(top + bottom) / 2, float(right + left) / 2


def turned(quad: Quad, quarter_turns: int) -> Quad:
    """The same corners named anew, as after turning the page clockwise ``quarter_turns`` times."""
    return np.roll(quad, quarter_turns % 4, axis=0)
