"""Proposes outlines that could be the paper's, on a small picture, best first."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.cues import Cues, Singles
from villagedesk.imaging.finding.segments import Lines, lines_in
from villagedesk.imaging.geometry import Quad, ordered

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

MIN_SHARE = 0.006
"""Of the picture: an identity card under a camera that has two A4 sheets in view takes up 1 %."""
_MOST_LINES = 27
_FROM_LINES = 120
"""So many of the outlines between lines are looked at closely."""
_ALONG = np.linspace(0.04, 0.96, 20)
_ASIDE = 3.0
"""Pixels from a side where inside and outside are compared."""
_BEYOND_CORNERS, _LEAST_BEYOND = np.array([0.05, 0.09, 0.13]), np.array([5.0, 9.0, 13.0])
"""Shares of a side, and pixels, beyond its ends where it is looked whether the edge runs on."""
_BEYOND = 0.3
"""A corner may lie this share of the picture's longer side outside of it."""


def candidates(prepared: Cues, count: int) -> list[Quad]:
    """Outlines worth a closer look.

    Straight lines among the edges are combined to quadrilaterals; areas that are closed by edges, or stand out by
    lightness or colour, are wrapped in one. All are judged by how different they are inside and outside along every
    side, whichever of the two is lighter.

    Args:
        prepared: the cues of a picture of about 500 pixels.
        count: how many at most.
    """
    height, width = prepared.raised.shape
    quads = np.concatenate([_from_lines(lines_in(prepared, _MOST_LINES), (height, width)), _from_areas(prepared)])
    if len(quads) == 0:
        return []
    scores = _scores(prepared, quads)
    chosen: list[Quad] = []
    for index in np.argsort(-scores):
        if len(chosen) == count or scores[index] < 0.2:
            break
        quad = ordered(quads[index])
        sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
        reach = max(4.0, 0.03 * float(sides.min()))
        if all(np.abs(quad - other).max() > reach for other in chosen):
            chosen.append(quad)
    return chosen


def _from_lines(lines: Lines, shape: tuple[int, int]) -> Floats:
    """n × 4 × 2 quadrilaterals between two pairs of lines, those on whose sides most edge was seen."""
    height, width = shape
    normals, rho = lines.normals, lines.rho
    theta = np.arctan2(normals[:, 1], normals[:, 0]) % np.pi
    centre_distance = rho - normals @ np.array([width / 2, height / 2])
    turn = np.abs(theta[:, None] - theta[None, :])
    turn = np.minimum(turn, np.pi - turn)
    # Two lines that look at each other across the paper lie apart where they pass the middle of the picture.
    sign = np.sign(normals @ normals.T)
    apart = np.abs(centre_distance[:, None] - sign * centre_distance[None, :])
    first, second = np.nonzero(np.triu((turn < np.radians(28)) & (apart > 0.05 * min(width, height)), 1))
    if len(first) == 0:
        return np.empty((0, 4, 2))
    one, two = np.nonzero(np.triu(np.ones((len(first), len(first)), bool), 1))
    keep = (turn[first[one], first[two]] > np.radians(58)) & (turn[second[one], second[two]] > np.radians(58))
    one, two = one[keep], two[keep]
    a, c, b, d = first[one], second[one], first[two], second[two]
    around = ((a, b), (b, c), (c, d), (d, a))
    quads = np.stack([_meet(rho, normals, *pair) for pair in around], axis=1)
    keep = _plausible(quads, width, height)
    quads = quads[keep]
    a, b, c, d = a[keep], b[keep], c[keep], d[keep]
    # Corner k is where sides k and k + 1 meet, so side k runs from corner k - 1 to corner k.
    borders = len(rho) - 4
    support = np.empty((4, len(quads)))
    for place, side in enumerate((a, b, c, d)):
        direction = np.column_stack([-normals[side, 1], normals[side, 0]])
        start = (quads[:, place - 1] * direction).sum(axis=1)
        end = (quads[:, place] * direction).sum(axis=1)
        support[place] = np.where(side >= borders, 0.3, lines.coverage(side, start, end))
    judged = 0.5 * support.min(axis=0) + 0.5 * support.mean(axis=0) + 0.2 * np.sqrt(_shares(quads, width, height))
    best = np.argsort(-judged)[:_FROM_LINES]
    return _clockwise(quads[best])


def _meet(rho: Floats, normals: Floats, first: NDArray[np.intp], second: NDArray[np.intp]) -> Floats:
    n1, n2, r1, r2 = normals[first], normals[second], rho[first], rho[second]
    det = n1[:, 0] * n2[:, 1] - n1[:, 1] * n2[:, 0]
    x = (r1 * n2[:, 1] - r2 * n1[:, 1]) / det
    y = (n1[:, 0] * r2 - n2[:, 0] * r1) / det
    return np.column_stack([x, y])


def _shares(quads: Floats, width: int, height: int) -> Floats:
    x, y = quads[:, :, 0], quads[:, :, 1]
    areas = (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1) / 2
    return np.asarray(np.minimum(np.abs(areas) / (width * height), 1.0), np.float64)


def _plausible(quads: Floats, width: int, height: int) -> NDArray[np.bool_]:
    """Which are large enough and not far outside the picture."""
    beyond = _BEYOND * max(width, height)
    x, y = quads[:, :, 0], quads[:, :, 1]
    near = ((x > -beyond) & (x < width + beyond) & (y > -beyond) & (y < height + beyond)).all(axis=1)
    whole_picture = (_shares(quads, width, height) > 0.985) & near
    return np.asarray(near & ~whole_picture & (_shares(quads, width, height) > MIN_SHARE), np.bool_)


def _clockwise(quads: Floats) -> Floats:
    x, y = quads[:, :, 0], quads[:, :, 1]
    areas = (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)
    return np.where((areas < 0)[:, None, None], quads[:, ::-1], quads)


def _from_areas(prepared: Cues) -> Floats:
    """n × 4 × 2 quadrilaterals round areas that are closed by edges, or lie above or below a threshold."""
    height, width = prepared.raised.shape
    quads: list[Floats] = []
    for mask in _masks(prepared):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        sized = [(cv2.contourArea(contour), contour) for contour in contours if len(contour) >= 4]
        large = sorted((one for one in sized if one[0] > 0.7 * MIN_SHARE * width * height), key=lambda one: -one[0])
        for size, contour in large[:8]:
            hull = cv2.convexHull(contour)
            if size < 0.7 * cv2.contourArea(hull) or size > 0.97 * width * height:
                continue
            simple = cv2.approxPolyDP(hull, 0.01 * cv2.arcLength(hull, True), True)
            if len(simple) < 4:
                continue
            quad = np.asarray(cv2.minEnclosingConvexPolygon(simple.astype(np.float32), 4)[1], np.float64).reshape(-1, 2)
            if len(quad) == 4 and size > 0.8 * cv2.contourArea(quad.astype(np.float32)):
                quads.append(quad)
            if len(simple) > 4:
                quads.append(np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float64))
    gathered = np.array(quads).reshape(-1, 4, 2)
    return _clockwise(gathered[_plausible(gathered, width, height)])


def _masks(prepared: Cues) -> list[Pixels]:
    split = cv2.split(prepared.planes)
    light, red, blue = (
        cv2.convertScaleAbs(plane, beta=middle) for plane, middle in zip(split, (0, 128, 128), strict=True)
    )
    otsu, _ = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    levels = {round(otsu * factor) for factor in (0.82, 1.0, 1.2)} | set(_quantiles(light, (0.15, 0.5, 0.75, 0.9)))
    masks = [cv2.threshold(light, level, 1, cv2.THRESH_BINARY)[1] for level in levels]
    for colour in (red, blue):
        low, high = _quantiles(colour, (0.04, 0.96))
        if high - low > 10:
            masks += [
                cv2.threshold(colour, low + part * (high - low), 1, cv2.THRESH_BINARY)[1] for part in (0.35, 0.65)
            ]
    # Specks of a rough table are many, and no paper.
    masks = [cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) for mask in masks]
    masks += [(prepared.edges < level).astype(np.uint8) for level in (0.7, 1.2, 2.5)]
    return [np.asarray(mask, np.uint8) for mask in masks]


def _quantiles(plane: NDArray[Any], shares: tuple[float, ...]) -> list[int]:
    counts = cv2.calcHist([plane], [0], None, [256], [0, 256]).ravel().cumsum()
    return [int(np.searchsorted(counts, share * counts[-1])) for share in shares]


def _scores(prepared: Cues, quads: Floats) -> Floats:
    """How much of an outline's sides lie on edges between two unlike areas that end at its corners; one that is lighter
    inside, or else darker, on all sides is better, and a larger one."""
    height, width = prepared.raised.shape
    sides = np.roll(quads, -1, axis=1) - quads
    lengths = np.maximum(np.linalg.norm(sides, axis=2, keepdims=True), 1e-6)
    inward = np.stack([-sides[:, :, 1], sides[:, :, 0]], axis=2) / lengths
    aside = _ASIDE * inward[:, :, None, :]
    spread = np.asarray(cv2.dilate(prepared.edges, np.ones((3, 3), np.uint8)), np.float32)

    def looked_at(places: Floats) -> tuple[Singles, NDArray[np.bool_], NDArray[np.bool_]]:
        """At places along the sides: the change from outside to inside, whether an edge is there, and if in view."""
        points = quads[:, :, None, :] + places[..., None] * sides[:, :, None, :]
        x, y = points[..., 0], points[..., 1]
        visible = (x > 1) & (x < width - 2) & (y > 1) & (y < height - 2)
        change = _look(prepared.planes, points + aside) - _look(prepared.planes, points - aside)
        return change * visible[..., None], (_look(spread, points) > 1) & visible, visible

    change, edge, visible = looked_at(np.broadcast_to(_ALONG, (*quads.shape[:2], len(_ALONG))))
    count = np.maximum(visible.sum(axis=2), 1)
    usual = change.sum(axis=2) / count[..., None]
    size = np.linalg.norm(usual, axis=2)
    least = 0.35 * (size**2)[:, :, None]
    agrees = (((change * usual[:, :, None, :]).sum(axis=3) > least) & visible).sum(axis=2) / count
    side = edge.sum(axis=2) / count * (0.35 + 0.65 * agrees) * (0.4 + 0.6 * size / (size + 10))
    # What is not in view bears out nothing, nor does it speak against.
    side = np.where(visible.mean(axis=2) < 0.3, 0.3, side)
    # The sides of a tile, of a check and of a column of print run on; between them there are more outlines than places.
    beyond = np.maximum(_BEYOND_CORNERS, _LEAST_BEYOND / lengths)
    change, edge, _ = looked_at(np.concatenate([-beyond, 1 + beyond], axis=2))
    runs_on = (edge & (np.abs((change * usual[:, :, None, :]).sum(axis=3)) > least)).mean(axis=(1, 2))
    lighter, darker = (usual[:, :, 0] > 2).mean(axis=1), (usual[:, :, 0] < -2).mean(axis=1)
    score = 0.5 * side.min(axis=1) + 0.5 * side.mean(axis=1) + 0.12 * np.sqrt(_shares(quads, width, height))
    return np.asarray(score + 0.3 * lighter + 0.15 * darker - 0.85 * runs_on, np.float64)


def _look(values: Singles, points: Floats) -> Singles:
    height, width = values.shape[:2]
    x = np.clip(np.rint(points[..., 0]), 0, width - 1).astype(np.intp)
    y = np.clip(np.rint(points[..., 1]), 0, height - 1).astype(np.intp)
    return np.asarray(values[y, x], np.float32)
