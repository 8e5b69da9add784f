"""Proposes outlines that could be the paper's, on a small picture, best first."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.edges import lightness
from villagedesk.imaging.geometry import Quad, ordered

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

_MAX_LINES = 26
_MIN_SHARE = 0.04
_ALONG = np.linspace(0.05, 0.95, 20)
_ASIDE = 4.0
"""Pixels from a side where inside and outside are compared."""


def candidates(small: Pixels, count: int) -> list[Quad]:
    """Outlines worth a closer look.

    Straight lines among the edges are combined to quadrilaterals, areas that are lighter than a few thresholds are
    wrapped in one; all are judged by how much lighter they are inside than outside, along every side.

    Args:
        small: height × width × 3, BGR, about 480 pixels long.
        count: how many at most.
    """
    light = lightness(small)
    # Closing takes print and rulings off the paper, so that their edges do not drown the paper's.
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (7, 7)))
    calm = np.asarray(cv2.GaussianBlur(closed, (0, 0), 1.2), np.uint8)
    quads = np.concatenate([_from_lines(calm), _from_areas(calm)])
    if len(quads) == 0:
        return []
    scores = _scores(calm, quads)
    chosen: list[Quad] = []
    reach = 0.02 * max(small.shape[:2])
    for index in np.argsort(-scores):
        if len(chosen) == count or scores[index] < 0.05:
            break
        quad = ordered(quads[index])
        if all(np.abs(quad - other).max() > reach for other in chosen):
            chosen.append(quad)
    return chosen


def _from_lines(calm: Pixels) -> Floats:
    """n × 4 × 2 quadrilaterals between two pairs of lines."""
    lines = _lines(calm)
    if len(lines) < 4:
        return np.empty((0, 4, 2))
    rho, theta = lines[:, 0], lines[:, 1]
    normals = np.column_stack([np.cos(theta), np.sin(theta)])
    height, width = calm.shape
    centre_distance = rho - normals @ np.array([width / 2, height / 2])
    turn = np.abs(theta[:, None] - theta[None, :])
    turn = np.minimum(turn, np.pi - turn)
    # Two lines that look at each other across the paper lie apart where they pass the middle of the picture.
    sign = np.sign(normals @ normals.T)
    apart = np.abs(centre_distance[:, None] - sign * centre_distance[None, :])
    first, second = np.nonzero(np.triu((turn < np.radians(24)) & (apart > 0.12 * min(width, height)), 1))
    if len(first) == 0:
        return np.empty((0, 4, 2))
    one, two = np.nonzero(np.triu(np.ones((len(first), len(first)), bool), 1))
    across = turn[first[one], first[two]]
    keep = (across > np.radians(60)) & (turn[second[one], second[two]] > np.radians(60))
    one, two = one[keep], two[keep]
    a, c, b, d = first[one], second[one], first[two], second[two]
    quads = np.stack([_meet(rho, normals, *pair) for pair in ((a, b), (b, c), (c, d), (d, a))], axis=1)
    return _plausible(quads, width, height)


def _lines(calm: Pixels) -> Floats:
    """n × 2 (rho, theta) of the straightest, longest edges, no two nearly the same."""
    gx = cv2.Sobel(calm, cv2.CV_16S, 1, 0)
    gy = cv2.Sobel(calm, cv2.CV_16S, 0, 1)
    strength = np.abs(gx.astype(np.int32)) + np.abs(gy.astype(np.int32))
    high = float(np.clip(np.percentile(strength, 96), 24, 160))
    edges = cv2.Canny(gx, gy, high * 0.4, high)
    found = cv2.HoughLines(edges, 1, np.pi / 270, max(24, round(0.1 * max(calm.shape))))
    if found is None:
        return np.empty((0, 2))
    kept: list[tuple[float, float]] = []
    for rho, theta in found.reshape(-1, found.shape[-1])[:600, :2].astype(np.float64):
        if all(not _same_line(rho, theta, *other) for other in kept):
            kept.append((float(rho), float(theta)))
            if len(kept) == _MAX_LINES:
                break
    return np.array(kept).reshape(-1, 2)


def _same_line(rho: float, theta: float, other_rho: float, other_theta: float) -> bool:
    turn = abs(theta - other_theta)
    if turn > np.pi / 2:
        turn, other_rho = np.pi - turn, -other_rho
    return turn < 0.05 and abs(rho - other_rho) < 7


def _meet(rho: Floats, normals: Floats, first: NDArray[np.intp], second: NDArray[np.intp]) -> Floats:
    n1, n2, r1, r2 = normals[first], normals[second], rho[first], rho[second]
    det = n1[:, 0] * n2[:, 1] - n1[:, 1] * n2[:, 0]
    x = (r1 * n2[:, 1] - r2 * n1[:, 1]) / det
    y = (n1[:, 0] * r2 - n2[:, 0] * r1) / det
    return np.column_stack([x, y])


def _plausible(quads: Floats, width: int, height: int) -> Floats:
    """Those inside the picture and large enough, clockwise."""
    x, y = quads[:, :, 0], quads[:, :, 1]
    inside = ((x > -4) & (x < width + 3) & (y > -4) & (y < height + 3)).all(axis=1)
    quads = quads[inside]
    x, y = quads[:, :, 0], quads[:, :, 1]
    areas = (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1) / 2
    quads = np.where((areas < 0)[:, None, None], quads[:, ::-1], quads)
    return np.asarray(quads[np.abs(areas) > _MIN_SHARE * width * height], np.float64)


def _from_areas(calm: Pixels) -> Floats:
    """n × 4 × 2 quadrilaterals round the areas lighter than a threshold."""
    height, width = calm.shape
    otsu, _ = cv2.threshold(calm, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    quads = []
    for level in (otsu, otsu * 0.82, otsu * 1.15, otsu * 1.3):
        mask = (calm > level).astype(np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
            if cv2.contourArea(contour) < _MIN_SHARE * width * height:
                continue
            hull = cv2.convexHull(contour)
            for share in (0.02, 0.04, 0.07):
                shape = cv2.approxPolyDP(hull, share * cv2.arcLength(hull, True), True)
                if len(shape) == 4:
                    quads.append(shape.reshape(4, 2).astype(np.float64))
                    break
            else:
                quads.append(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float64))
    return _plausible(np.array(quads).reshape(-1, 4, 2), width, height)


def _scores(calm: Pixels, quads: Floats) -> Floats:
    """How paper-like each outline is: light inside, darker outside, along all four sides; larger is a little better."""
    height, width = calm.shape
    sides = np.roll(quads, -1, axis=1) - quads
    lengths = np.maximum(np.linalg.norm(sides, axis=2, keepdims=True), 1e-6)
    inward = np.stack([-sides[:, :, 1], sides[:, :, 0]], axis=2) / lengths
    points = (quads[:, :, None, :] + _ALONG[None, None, :, None] * sides[:, :, None, :]).astype(np.float32)
    aside = (_ASIDE * inward[:, :, None, :]).astype(np.float32)
    values = calm.astype(np.float32)
    inside = _look(values, points + aside, width, height)
    outside = _look(values, points - aside, width, height)
    step = np.clip((inside - outside) / 24, -1, 1).mean(axis=2)
    x, y = quads[:, :, 0], quads[:, :, 1]
    share = np.abs((x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)) / 2 / (width * height)
    return np.asarray(0.5 * step.min(axis=1) + 0.5 * step.mean(axis=1) + 0.12 * np.sqrt(share), np.float64)


def _look(values: NDArray[np.float32], points: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    x = np.clip(np.rint(points[..., 0]), 0, width - 1).astype(np.int32)
    y = np.clip(np.rint(points[..., 1]), 0, height - 1).astype(np.int32)
    return np.asarray(values[y, x], np.float32)
