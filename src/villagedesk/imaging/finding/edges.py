"""Lays a roughly known outline exactly along the paper's edges, and says how well they bear it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.cues import Singles, separated
from villagedesk.imaging.geometry import Quad

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

_STEP = 4
"""Pixels averaged on either side of an edge: thin rulings cancel out, a paper's edge does not."""
ALONG = np.linspace(0.03, 0.97, 48)
"""Where on a side, as a share of its length, it is looked at."""
_LEFT, _RIGHT = (places[::5] for places in np.nonzero(ALONG[None, :] - ALONG[:, None] > 0.25))
_THIRDS = np.array([(a, b, c) for a in range(0, 30, 4) for b in range(a + 10, 43, 4) for c in range(b + 10, 48, 4)]).T
_NOISE = 0.5
"""Grey levels: steps smaller than this are nothing even on the calmest table."""
_TOLD_BY_COLOUR = 3.0
"""Grey levels between inside and outside from which their difference says in which colour to look for the edge."""
_CRUMPLED = 0.25
"""Of the reach: how far a crumpled paper's edge may be off its line to be counted."""
_MOST_BENT = 0.035
"""Of a side's length: rise of an edge that is bent by a curled paper."""
_MARGINS = np.array([10.0, 18.0, 26.0, 36.0, 48.0])
"""Pixels from a printed frame where the paper's own edge is looked for, and how far beside each."""
_MARGIN_REACH = 6
_LEAST_EDGE, _LEAST_CLEAR = 0.6, 1.4
"""Support and clearness: a side on which less is seen is none."""
_STRAIGHT = 0.85
"""Where a straight line has so much of a side on it, no bow is looked for."""


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
        seen: 4 × places (``ALONG``), where an edge was found on the line.
    """

    corners: Quad
    support: Floats
    contrast: Floats
    clearness: Floats
    sharpness: Floats
    lighter: Floats
    bent: Floats
    visible: Floats
    seen: NDArray[np.bool_]


def refine(pixels: Pixels, quad: Quad, reach: int) -> Refined:
    """:func:`refine_all` for one outline."""
    return refine_all(pixels, quad[None], reach)[0]


def refine_all(pixels: Pixels, quads: NDArray[np.float64], reach: int) -> list[Refined]:
    """Move each side of each outline to the strongest edge within ``reach`` pixels, straight or a little bent.

    On each side it is first seen in what the paper differs from what lies beside it (lightness, or colour, and which
    way), and then the step in just that is looked for.

    Args:
        pixels: height × width × 3, BGR.
        quads: n × 4 × 2, where papers roughly are, in these pixels.
        reach: how far from there the true edges may lie.

    Returns:
        The new corners with their evidence; the old ones where the sides found do not meet.
    """
    height, width = pixels.shape[:2]
    span = reach + 2 * _STEP
    offsets = np.arange(-span, span + 1, dtype=np.float64)
    starts = quads.reshape(-1, 2)
    sides = (np.roll(quads, -1, axis=1) - quads).reshape(-1, 2)
    lengths = np.maximum(np.hypot(sides[:, 0], sides[:, 1]), 1e-6)
    inward = np.column_stack([-sides[:, 1], sides[:, 0]]) / lengths[:, None]
    points = starts[:, None, :] + ALONG[None, :, None] * sides[:, None, :]
    in_picture = (
        (points[:, :, 0] > 1) & (points[:, :, 0] < width - 2) & (points[:, :, 1] > 1) & (points[:, :, 1] < height - 2)
    )
    found = _steps(_profiles(pixels, points, inward, offsets), in_picture, offsets, reach, lengths)
    at, slope, bow = found.curves.T
    # Where two bent sides meet is told by how they run at their ends: the tangents there.
    first = _line(starts + inward * at[:, None], starts + sides + inward * (at + slope)[:, None])
    last = _line(starts + inward * (at - bow)[:, None], starts + sides + inward * (at + slope + bow)[:, None])
    meeting = np.cross(last.reshape(-1, 4, 3)[:, [3, 0, 1, 2]], first.reshape(-1, 4, 3))
    apart = np.where(np.abs(meeting[..., 2:]) > 1e-9, meeting[..., 2:], np.nan)
    moved = meeting[..., :2] / apart
    near = (np.abs(moved - quads) <= 3 * reach + 3).all(axis=(1, 2))
    refined = []
    for index, quad in enumerate(np.where(near[:, None, None], moved, quads)):
        own = slice(4 * index, 4 * index + 4)
        refined.append(
            Refined(
                quad,
                found.support[own],
                found.contrast[own],
                found.clearness[own],
                found.sharpness[own],
                found.lighter[own],
                bow[own] / 4 / lengths[own],
                np.asarray(in_picture[own].mean(axis=1), np.float64),
                found.seen[own],
            )
        )
    return refined


def around_frame(pixels: Pixels, frame: Refined) -> Refined | None:
    """The outline round a printed frame, each side as far off as an edge is seen; None where there is none.

    Args:
        pixels: height × width × 3, BGR.
        frame: what may be printed on the paper.
    """
    lines = _line(frame.corners, frame.corners[[1, 2, 3, 0]])
    lines /= np.hypot(lines[:, 0], lines[:, 1])[:, None]
    shifted = np.repeat(lines[None], len(_MARGINS), axis=0)
    shifted[:, :, 2] += _MARGINS[:, None]
    tried = refine_all(pixels, _corners(shifted), _MARGIN_REACH)
    support = np.stack([one.support for one in tried])
    told = (support >= _LEAST_EDGE) & (np.stack([one.clearness for one in tried]) > _LEAST_CLEAR)
    if not told.any(axis=0).all():
        return None
    # A frame may be of two lines; the paper's edge is the last there is.
    best = len(tried) - 1 - told[::-1].argmax(axis=0)
    sides = np.stack([_line(tried[k].corners[i], tried[k].corners[(i + 1) % 4]) for i, k in enumerate(best)])

    def of_each(name: str) -> NDArray[Any]:
        return np.stack([getattr(tried[k], name)[i] for i, k in enumerate(best)])

    measures = ("support", "contrast", "clearness", "sharpness", "lighter", "bent", "visible", "seen")
    return Refined(_corners(sides[None])[0], **{name: of_each(name) for name in measures})


def _corners(lines: Floats) -> Floats:
    """n × 4 × 2: where each of n × 4 lines (top, right, bottom, left) meets the one before it."""
    meeting = np.cross(np.roll(lines, 1, axis=-2), lines)
    return np.asarray(meeting[..., :2] / meeting[..., 2:], np.float64)


@dataclass(frozen=True)
class _Steps:
    """What was found on each of n sides; ``curves`` n × 3: offset = at + slope t + bow t², t from 0 to 1."""

    curves: Floats
    support: Floats
    contrast: Floats
    clearness: Floats
    sharpness: Floats
    lighter: Floats
    seen: NDArray[np.bool_]


def _profiles(pixels: Pixels, points: Floats, inward: Floats, offsets: Floats) -> Singles:
    """Sides × places × offsets × 3: the cues across each side."""
    grid = points[:, :, None, :] + offsets[None, None, :, None] * inward[:, None, None, :]
    flat = grid.reshape(-1, len(offsets), 2).astype(np.float32)
    seen = cv2.remap(pixels, flat[:, :, 0], flat[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return separated(np.asarray(seen, np.uint8)).reshape(*points.shape[:2], len(offsets), 3)


def _steps(profiles: Singles, in_picture: NDArray[np.bool_], offsets: Floats, reach: int, lengths: Floats) -> _Steps:
    span = reach + 2 * _STEP
    count = in_picture.sum(axis=1)
    apart = _middle(profiles[:, :, -2 * _STEP :].mean(axis=2) - profiles[:, :, : 2 * _STEP].mean(axis=2), in_picture)
    size = np.linalg.norm(apart, axis=1)
    told = size > _TOLD_BY_COLOUR
    toward = np.where(told[:, None], apart / np.maximum(size, 1e-6)[:, None], (1.0, 0.0, 0.0)).astype(np.float32)
    values = np.matmul(profiles, toward[:, None, :, None])[..., 0]
    # Mean of the next _STEP samples minus mean of the last _STEP: entry k is the step between samples k+3 and k+4.
    summed = np.zeros((*values.shape[:2], values.shape[2] + 1), np.float32)
    np.cumsum(values, axis=2, out=summed[:, :, 1:])
    means = (summed[:, :, _STEP:] - summed[:, :, :-_STEP]) / _STEP
    steps = means[:, :, _STEP:] - means[:, :, :-_STEP]
    middle = offsets[_STEP : -_STEP + 1] - 0.5
    within = np.abs(middle) <= reach + 0.5
    # White paper on a white table: its rim is seen only by the thread of light or shadow there, whichever it is.
    strengths = np.where(told[:, None, None], steps, np.abs(steps))[:, :, within]
    centres = middle[within]
    usual = np.median(np.abs(steps[:, ::3, ::2]).reshape(len(steps), -1), axis=1)
    best = np.clip(strengths.argmax(axis=2), 1, len(centres) - 2)[:, :, None]
    before, strength, after = (
        np.take_along_axis(strengths, best + shift, axis=2)[:, :, 0].astype(np.float64) for shift in (-1, 0, 1)
    )
    bend = before - 2 * strength + after
    sharp = np.abs(bend) > 1e-6
    shift = np.where(sharp, 0.5 * (before - after) / np.where(sharp, bend, 1), 0)
    found = centres[best[:, :, 0]] + np.clip(shift, -0.5, 0.5)
    usable = (strength > np.maximum(1.2, 2.0 * usual + _NOISE)[:, None]) & in_picture
    curves, close = _curves(found, usable, max(1.2, reach * 0.09), _MOST_BENT * 4 * lengths)
    run = curves @ np.stack([np.ones_like(ALONG), ALONG, ALONG**2])
    # A crumpled paper's edge is not quite on the curve.
    near = (np.abs(found - run) <= max(1.2, reach * _CRUMPLED)) & usable & close.any(axis=1)[:, None]
    agree = close.sum(axis=1)
    contrast = np.where(agree > 0, _middle(strength[:, :, None], close)[:, 0], 0.0)
    # What is beside the line, not on it: the steps further than one window from where it runs.
    aside = (np.abs(middle[None, None, :] - run[:, :, None]) > 1.5 * _STEP) & in_picture[:, :, None]
    beside = 1.4 * (np.abs(steps) * aside).sum(axis=(1, 2)) / np.maximum(aside.sum(axis=(1, 2)), 1)
    return _Steps(
        curves,
        near.sum(axis=1) / np.maximum(count, 1),
        contrast,
        contrast / (beside + _NOISE),
        _suddenness(values, found, close, span),
        apart[:, 0],
        close,
    )


def _line(first: Floats, second: Floats) -> Floats:
    """n × 3: homogeneous lines through n pairs of points."""
    ones = np.ones((*first.shape[:-1], 1))
    one, other = (np.concatenate([points, ones], axis=-1) for points in (first, second))
    return np.asarray(np.cross(one, other), np.float64)


def _middle(values: NDArray[np.floating[Any]], chosen: NDArray[np.bool_]) -> Floats:
    """Median over axis 1 of the chosen entries (n × places), for each of the last axis."""
    placed = np.sort(np.where(chosen[:, :, None], values, np.inf), axis=1)
    count = chosen.sum(axis=1)
    half = np.maximum(count - 1, 0) // 2
    median = np.take_along_axis(placed, half[:, None, None], axis=1)[:, 0]
    return np.where(count[:, None] > 0, median, 0.0)


def _curves(
    found: Floats, usable: NDArray[np.bool_], tolerance: float, most_bow: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """On each side the line, or the slight bow where it explains clearly more, that most findings agree on; and who."""
    x = ALONG
    slopes = (found[:, _RIGHT] - found[:, _LEFT]) / (x[_RIGHT] - x[_LEFT])
    heights = found[:, _LEFT] - slopes * x[_LEFT]
    curves, close = _best(found, usable, (heights, slopes), usable[:, _LEFT] & usable[:, _RIGHT], tolerance)
    bent = np.flatnonzero((close.sum(axis=1) < _STRAIGHT * len(x)) & (usable.sum(axis=1) > 20))
    if len(bent):
        # Bows through three places; only such as a curled paper has.
        a, b, c = _THIRDS
        y = found[bent]
        rise = (y[:, b] - y[:, a]) / (x[b] - x[a])
        bows = ((y[:, c] - y[:, b]) / (x[c] - x[b]) - rise) / (x[c] - x[a])
        slopes = rise - bows * (x[a] + x[b])
        heights = y[:, a] - slopes * x[a] - bows * x[a] ** 2
        seen = usable[bent]
        possible = seen[:, a] & seen[:, b] & seen[:, c] & (np.abs(bows) <= most_bow[bent, None])
        bowed, agree = _best(y, seen, (heights, slopes, bows), possible, tolerance)
        better = (agree.sum(axis=1) > close[bent].sum(axis=1) + 0.1 * len(x)) & (np.abs(bowed[:, 2]) <= most_bow[bent])
        curves[bent[better]], close[bent[better]] = bowed[better], agree[better]
    few = close.sum(axis=1) < 4
    curves[few], close[few] = 0.0, False
    return curves, close


def _best(
    found: Floats,
    usable: NDArray[np.bool_],
    tried: tuple[Floats, ...],
    possible: NDArray[np.bool_],
    tolerance: float,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Of the tried curves (coefficients, each sides × tries) the best, then fitted to those that agree with it."""
    powers = np.stack([ALONG**power for power in range(len(tried))]).astype(np.float32)
    coefficients = np.stack(tried, axis=2).astype(np.float32)
    misses = np.abs(coefficients @ powers - found.astype(np.float32)[:, None, :])
    np.minimum(misses, tolerance, out=misses)
    lost = np.where(possible, (misses * usable[:, None, :]).sum(axis=2), np.inf)
    winner = lost.argmin(axis=1)
    sides = np.arange(len(found))
    fit = coefficients[sides, winner].astype(np.float64)
    whole = powers.astype(np.float64)
    close = usable & (np.abs(fit @ whole - found) <= tolerance) & possible.any(axis=1)[:, None]
    for _ in range(2):
        weighted = close[:, None, :] * whole
        square = weighted @ whole.T + 1e-6 * np.eye(len(tried))
        fit = np.linalg.solve(square, (weighted @ found[:, :, None]))[:, :, 0]
        close = usable & (np.abs(fit @ whole - found) <= tolerance) & close.any(axis=1)[:, None]
    curves = np.zeros((len(found), 3))
    curves[:, : len(tried)] = fit
    return curves, close


def _suddenness(values: Singles, found: Floats, close: NDArray[np.bool_], span: int) -> Floats:
    """Share of the whole change about an edge that happens within two pixels of it, by side."""
    at = np.clip(np.round(found).astype(int) + span, 7, values.shape[2] - 8)[:, :, None]

    def change(reach: int) -> Singles:
        ahead, behind = (np.take_along_axis(values, at + way * reach, axis=2) for way in (1, -1))
        return np.asarray(np.abs(ahead - behind), np.float32)

    near = change(2)
    far = np.maximum(change(7), near)
    inner, whole = _middle(near, close)[:, 0], _middle(far, close)[:, 0]
    return np.where(whole > 1, np.clip(inner / np.maximum(whole, 1e-6), 0, 1), 0.0)
