"""Lays a roughly known outline exactly along the paper's edges, and says how well they bear it out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.geometry import Quad

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

_STEP = 4
"""Pixels averaged on either side of an edge: thin rulings cancel out, a paper's edge does not."""
_ALONG = np.linspace(0.03, 0.97, 64)


@dataclass(frozen=True)
class Refined:
    """An outline laid along edges.

    Args:
        corners: 4 × 2, pixels.
        support: 4, for top, right, bottom, left the share of its length where an edge was found on the line.
        contrast: 4, how much lighter the paper is than what lies beside it, 0 to 255.
        sharpness: 4, how sudden that change is: near 1 for a paper's edge, near 0 for a soft shadow's.
    """

    corners: Quad
    support: Floats
    contrast: Floats
    sharpness: Floats


def lightness(pixels: Pixels) -> Pixels:
    """Paper-likeness by pixel: the mean of grey and the smallest channel, so that wood and coloured things are dark."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    blue, green, red = cv2.split(pixels)
    return cv2.addWeighted(grey, 0.5, cv2.min(cv2.min(blue, green), red), 0.5, 0).astype(np.uint8)


def refine(pixels: Pixels, quad: Quad, reach: int) -> Refined:
    """Move each side to the strongest paper-like edge within ``reach`` pixels.

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
    starts = quad
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.maximum(np.hypot(sides[:, 0], sides[:, 1]), 1e-6)
    inward = np.column_stack([-sides[:, 1], sides[:, 0]]) / lengths[:, None]
    points = starts[:, None, :] + _ALONG[None, :, None] * sides[:, None, :]
    grid = points[:, :, None, :] + offsets[None, None, :, None] * inward[:, None, None, :]
    flat = grid.reshape(4 * len(_ALONG), len(offsets), 2).astype(np.float32)
    seen = cv2.remap(pixels, flat[:, :, 0], flat[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profiles = lightness(np.asarray(seen, np.uint8)).astype(np.float64).reshape(4, len(_ALONG), len(offsets))
    inside_picture = (
        (points[:, :, 0] > 0) & (points[:, :, 0] < width - 1) & (points[:, :, 1] > 0) & (points[:, :, 1] < height - 1)
    )
    # Mean of the next _STEP samples minus mean of the last _STEP: entry k is the step between samples k+3 and k+4.
    summed = np.concatenate([np.zeros((4, len(_ALONG), 1)), profiles.cumsum(axis=2)], axis=2)
    means = (summed[:, :, _STEP:] - summed[:, :, :-_STEP]) / _STEP
    steps = means[:, :, _STEP:] - means[:, :, :-_STEP]
    middle = offsets[_STEP : -_STEP + 1] - 0.5
    within = np.abs(middle) <= reach + 0.5
    steps, middle = steps[:, :, within], middle[within]
    lines = np.empty((4, 3))
    support, contrast, sharpness = np.zeros(4), np.zeros(4), np.zeros(4)
    for side in range(4):
        best = np.clip(steps[side].argmax(axis=1), 1, len(middle) - 2)
        rows = np.arange(len(_ALONG))
        strength = steps[side][rows, best]
        before, after = steps[side][rows, best - 1], steps[side][rows, best + 1]
        bend = before - 2 * strength + after
        shift = np.where(np.abs(bend) > 1e-6, 0.5 * (before - after) / np.where(np.abs(bend) > 1e-6, bend, 1), 0)
        found = middle[best] + np.clip(shift, -0.5, 0.5)
        usable = (strength > 5.0) & inside_picture[side]
        at, slope, close = _straight(_ALONG, found, usable, tolerance=max(1.2, reach * 0.09))
        support[side] = float(close.mean())
        if close.any():
            contrast[side] = float(np.median(strength[close]))
            sharpness[side] = _suddenness(profiles[side][close], found[close], span)
        first = starts[side] + inward[side] * at
        second = starts[side] + sides[side] + inward[side] * (at + slope)
        lines[side] = np.cross(np.append(first, 1.0), np.append(second, 1.0))
    corners = np.empty((4, 2))
    for corner in range(4):
        meeting = np.cross(lines[corner - 1], lines[corner])
        if abs(meeting[2]) < 1e-9:
            return Refined(quad, support, contrast, sharpness)
        corners[corner] = meeting[:2] / meeting[2]
    if np.abs(corners - quad).max() > 3 * reach + 3:
        corners = quad
    return Refined(corners, support, contrast, sharpness)


def _straight(
    along: Floats, found: Floats, usable: NDArray[np.bool_], tolerance: float
) -> tuple[float, float, NDArray[np.bool_]]:
    """The straight line most findings agree on: its offset at the start, its rise over the side, and who agrees."""
    none = np.zeros(len(along), bool)
    if usable.sum() < 6:
        return 0.0, 0.0, none
    x, y = along[usable], found[usable]
    pairs_left = np.repeat(np.arange(len(x)), len(x)).reshape(len(x), len(x))
    chosen = (x[None, :] - x[:, None]) > 0.25
    left, right = pairs_left[chosen], pairs_left.T[chosen]
    if len(left) == 0:
        return 0.0, 0.0, none
    every = max(1, len(left) // 300)
    left, right = left[::every], right[::every]
    slopes = (y[right] - y[left]) / (x[right] - x[left])
    heights = y[left] - slopes * x[left]
    misses = np.abs(heights[:, None] + slopes[:, None] * x[None, :] - y[None, :])
    winner = int((np.minimum(misses, tolerance)).sum(axis=1).argmin())
    close = misses[winner] <= tolerance
    for _ in range(2):
        if close.sum() < 4:
            return 0.0, 0.0, none
        slope, at = np.polyfit(x[close], y[close], 1)
        close = np.abs(at + slope * x - y) <= tolerance
    result = none.copy()
    result[np.flatnonzero(usable)[close]] = True
    return float(at), float(slope), result


def _suddenness(profiles: Floats, found: Floats, span: int) -> float:
    """Share of the whole change about an edge that happens within two pixels of it."""
    rows = np.arange(len(profiles))
    at = np.clip(np.round(found).astype(int) + span, 7, profiles.shape[1] - 8)
    near = profiles[rows, at + 2] - profiles[rows, at - 2]
    far = np.maximum(profiles[rows, at + 7] - profiles[rows, at - 7], near)
    whole = float(np.median(far))
    return float(np.clip(np.median(near) / whole, 0, 1)) if whole > 1 else 0.0
