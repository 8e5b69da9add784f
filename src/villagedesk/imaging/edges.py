"""Lays a roughly known outline exactly along the paper's edges, and says how well they bear it out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.cues import separated
from villagedesk.imaging.geometry import Quad

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

_STEP = 4
"""Pixels averaged on either side of an edge: thin rulings cancel out, a paper's edge does not."""
_ALONG = np.linspace(0.03, 0.97, 64)
_LEFT, _RIGHT = np.nonzero(_ALONG[None, :] - _ALONG[:, None] > 0.25)
_NOISE = 0.5
"""Grey levels: steps smaller than this are nothing even on the calmest table."""
_TOLD_BY_COLOUR = 3.0
"""Grey levels between inside and outside from which their difference says in which colour to look for the edge."""
_MOST_BENT = 0.035
"""Of a side's length: rise of an edge that is bent by a curled paper."""


@dataclass(frozen=True)
class Refined:
    """An outline laid along edges; 4 values each are for the top, right, bottom and left side.

    Args:
        corners: 4 × 2, pixels.
        support: share of its length in view where an edge was found on the line.
        contrast: how large the step from outside to inside is there, 0 to 255, whichever is lighter.
        clearness: that step as a multiple of the steps that are found beside the line.
        sharpness: how sudden the step is: near 1 for a paper's edge, near 0 for a soft shadow's.
        lighter: how much lighter it is inside than outside, grey levels; negative where it is darker.
        bent: rise of the side's middle over a straight line, as a share of its length.
        visible: share of the side that lies in the picture.
    """

    corners: Quad
    support: Floats
    contrast: Floats
    clearness: Floats
    sharpness: Floats
    lighter: Floats
    bent: Floats
    visible: Floats


def refine(pixels: Pixels, quad: Quad, reach: int) -> Refined:
    """Move each side to the strongest edge within ``reach`` pixels, straight or a little bent.

    On each side it is first seen in what the paper differs from what lies beside it (lightness, or colour, and which
    way), and then the step in just that is looked for.

    Args:
        pixels: height × width × 3, BGR.
        quad: where the paper roughly is, in these pixels.
        reach: how far from there the true edge may lie.

    Returns:
        The new corners with their evidence; the old ones where the sides found do not meet.
    """
    height, width = pixels.shape[:2]
    span = reach + 2 * _STEP
    offsets = np.arange(-span, span + 1, dtype=np.float64)
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.maximum(np.hypot(sides[:, 0], sides[:, 1]), 1e-6)
    inward = np.column_stack([-sides[:, 1], sides[:, 0]]) / lengths[:, None]
    points = quad[:, None, :] + _ALONG[None, :, None] * sides[:, None, :]
    grid = points[:, :, None, :] + offsets[None, None, :, None] * inward[:, None, None, :]
    flat = grid.reshape(4 * len(_ALONG), len(offsets), 2).astype(np.float32)
    seen = cv2.remap(pixels, flat[:, :, 0], flat[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profiles = separated(np.asarray(seen, np.uint8)).reshape(4, len(_ALONG), len(offsets), 3)
    in_picture = (
        (points[:, :, 0] > 1) & (points[:, :, 0] < width - 2) & (points[:, :, 1] > 1) & (points[:, :, 1] < height - 2)
    )
    measured = [
        _side(profiles[side], in_picture[side], offsets, reach, float(lengths[side])) for side in range(4)
    ]
    lines = np.empty((4, 2, 3))
    for side, found in enumerate(measured):
        at, slope, bow = found.curve
        # Where two bent sides meet is told by how they run at their ends: the tangents there.
        for end, (first, second) in enumerate(((at, at + slope), (at - bow, at + slope + bow))):
            start = quad[side] + inward[side] * first
            stop = quad[side] + sides[side] + inward[side] * second
            lines[side, end] = np.cross(np.append(start, 1.0), np.append(stop, 1.0))
    corners = np.empty((4, 2))
    for corner in range(4):
        meeting = np.cross(lines[corner - 1, 1], lines[corner, 0])
        if abs(meeting[2]) < 1e-9:
            corners = quad
            break
        corners[corner] = meeting[:2] / meeting[2]
    if np.abs(corners - quad).max() > 3 * reach + 3:
        corners = quad
    return Refined(
        corners,
        *(
            np.array([getattr(found, name) for found in measured])
            for name in ("support", "contrast", "clearness", "sharpness", "lighter")
        ),
        np.array([found.curve[2] / 4 / length for found, length in zip(measured, lengths, strict=True)]),
        np.asarray(in_picture.mean(axis=1), np.float64),
    )


@dataclass(frozen=True)
class _Side:
    curve: tuple[float, float, float]
    support: float = 0.0
    contrast: float = 0.0
    clearness: float = 0.0
    sharpness: float = 0.0
    lighter: float = 0.0


def _side(
    profiles: NDArray[np.float32], in_picture: NDArray[np.bool_], offsets: Floats, reach: int, length: float
) -> _Side:
    """The edge on one side: where it runs (offset = at + slope t + bow t², t from 0 to 1), and its evidence."""
    rows = np.flatnonzero(in_picture)
    if len(rows) < 8:
        return _Side((0.0, 0.0, 0.0))
    span = reach + 2 * _STEP
    inner = np.median(profiles[rows][:, offsets > span - 2 * _STEP].reshape(-1, 3), axis=0)
    outer = np.median(profiles[rows][:, offsets < 2 * _STEP - span].reshape(-1, 3), axis=0)
    apart = inner - outer
    size = float(np.linalg.norm(apart))
    told = size > _TOLD_BY_COLOUR
    toward = apart / size if told else np.array([1.0, 0.0, 0.0])
    values = (profiles @ toward.astype(np.float32)).astype(np.float64)
    # Mean of the next _STEP samples minus mean of the last _STEP: entry k is the step between samples k+3 and k+4.
    summed = np.concatenate([np.zeros((len(values), 1)), values.cumsum(axis=1)], axis=1)
    means = (summed[:, _STEP:] - summed[:, :-_STEP]) / _STEP
    steps = means[:, _STEP:] - means[:, :-_STEP]
    middle = offsets[_STEP : -_STEP + 1] - 0.5
    within = np.abs(middle) <= reach + 0.5
    strengths, middle = steps[:, within], middle[within]
    if not told:
        # White paper on a white table: its rim is seen only by the thread of light or shadow there.
        strengths = np.abs(strengths)
    usual = float(np.median(np.abs(steps[rows])))
    best = np.clip(strengths.argmax(axis=1), 1, len(middle) - 2)
    every = np.arange(len(_ALONG))
    strength = strengths[every, best]
    before, after = strengths[every, best - 1], strengths[every, best + 1]
    bend = before - 2 * strength + after
    sharp = np.abs(bend) > 1e-6
    shift = np.where(sharp, 0.5 * (before - after) / np.where(sharp, bend, 1), 0)
    found = middle[best] + np.clip(shift, -0.5, 0.5)
    usable = (strength > max(1.2, 2.0 * usual + _NOISE)) & in_picture
    curve, close = _curve(found, usable, max(1.2, reach * 0.09), _MOST_BENT * 4 * length)
    if not close.any():
        return _Side((0.0, 0.0, 0.0))
    contrast = float(np.median(strength[close]))
    # What is beside the line, not on it: the steps further than one window from where it runs.
    run = curve[0] + curve[1] * _ALONG + curve[2] * _ALONG**2
    centres = offsets[_STEP : -_STEP + 1] - 0.5
    aside = np.abs(centres[None, :] - run[:, None]) > 1.5 * _STEP
    beside = np.abs(steps[rows])[aside[rows]]
    restless = float(np.percentile(beside, 75)) if beside.size else 0.0
    return _Side(
        curve,
        float(close.sum() / len(rows)),
        contrast,
        contrast / (restless + _NOISE),
        _suddenness(values[close], found[close], span),
        float(apart[0]),
    )


def _curve(
    found: Floats, usable: NDArray[np.bool_], tolerance: float, most_bow: float
) -> tuple[tuple[float, float, float], NDArray[np.bool_]]:
    """The line, or the slight bow where that explains clearly more, which most findings agree on, and who agrees."""
    none = np.zeros(len(_ALONG), bool)
    if usable.sum() < 6:
        return (0.0, 0.0, 0.0), none
    pair = np.flatnonzero(usable[_LEFT] & usable[_RIGHT])
    if len(pair) == 0:
        return (0.0, 0.0, 0.0), none
    pair = pair[:: max(1, len(pair) // 200)]
    left, right = _LEFT[pair], _RIGHT[pair]
    slopes = (found[right] - found[left]) / (_ALONG[right] - _ALONG[left])
    heights = found[left] - slopes * _ALONG[left]
    x, y = _ALONG[usable], found[usable]
    misses = np.minimum(np.abs(heights[:, None] + slopes[:, None] * x - y), tolerance).sum(axis=1)
    winner = int(misses.argmin())
    straight, agree = _settled(x, y, np.abs(heights[winner] + slopes[winner] * x - y) <= tolerance, tolerance, 1)
    if agree.sum() < 0.85 * len(_ALONG) and usable.sum() > 20:
        # Bows through three places; only such as a curled paper has.
        third = np.linspace(0, len(x) - 1, 12).round().astype(int)
        a, b, c = (part.ravel() for part in np.meshgrid(third, third, third, indexing="ij"))
        chosen = (x[b] - x[a] > 0.2) & (x[c] - x[b] > 0.2)
        a, b, c = a[chosen], b[chosen], c[chosen]
        if len(a):
            rise = (y[b] - y[a]) / (x[b] - x[a])
            bows = ((y[c] - y[b]) / (x[c] - x[b]) - rise) / (x[c] - x[a])
            slopes = rise - bows * (x[a] + x[b])
            heights = y[a] - slopes * x[a] - bows * x[a] ** 2
            run = heights[:, None] + slopes[:, None] * x + bows[:, None] * x**2
            misses = np.minimum(np.abs(run - y), tolerance).sum(axis=1)
            misses[np.abs(bows) > most_bow] = np.inf
            winner = int(misses.argmin())
            if np.isfinite(misses[winner]):
                bent, close = _settled(x, y, np.abs(run[winner] - y) <= tolerance, tolerance, 2)
                if close.sum() > agree.sum() + 0.1 * len(_ALONG) and abs(bent[2]) <= most_bow:
                    straight, agree = bent, close
    result = none.copy()
    result[np.flatnonzero(usable)[agree]] = True
    return straight, result


def _settled(
    x: Floats, y: Floats, close: NDArray[np.bool_], tolerance: float, degree: int
) -> tuple[tuple[float, float, float], NDArray[np.bool_]]:
    """Least squares through those that agree, twice."""
    powers = np.column_stack([x**power for power in range(degree + 1)])
    fit = np.zeros(3)
    for _ in range(2):
        if close.sum() < 4:
            return (0.0, 0.0, 0.0), np.zeros(len(x), bool)
        among = powers[close]
        fit[: degree + 1] = np.linalg.solve(among.T @ among + 1e-9 * np.eye(degree + 1), among.T @ y[close])
        close = np.abs(powers @ fit[: degree + 1] - y) <= tolerance
    return (float(fit[0]), float(fit[1]), float(fit[2])), close


def _suddenness(values: Floats, found: Floats, span: int) -> float:
    """Share of the whole change about an edge that happens within two pixels of it."""
    rows = np.arange(len(values))
    at = np.clip(np.round(found).astype(int) + span, 7, values.shape[1] - 8)
    near = np.abs(values[rows, at + 2] - values[rows, at - 2])
    far = np.maximum(np.abs(values[rows, at + 7] - values[rows, at - 7]), near)
    whole = float(np.median(far))
    return float(np.clip(np.median(near) / whole, 0, 1)) if whole > 1 else 0.0
