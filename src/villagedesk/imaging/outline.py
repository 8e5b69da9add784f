"""Finds the one paper in a photograph, or says that there is none."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.candidates import candidates
from villagedesk.imaging.edges import Refined, lightness, refine
from villagedesk.imaging.geometry import Quad, area, is_convex, ordered

Pixels = NDArray[np.uint8]

SURE = 0.5
"""From this confidence on a page may be cut out without asking; below it the clerk is asked to look."""
_SEEN = 0.2
"""Below this there is no paper."""
_SEARCH_SIDE = 500
_REFINE_SIDE = 1000
_FINALISTS = 5
_CLEAR = 0.9
"""A finalist this good ends the search: they come best first."""
_MIN_SHARE = 0.04
_MAX_SIDES_RATIO = 5.0


@dataclass(frozen=True)
class PageOutline:
    """Where the paper is.

    Args:
        corners: 4 × 2 in pixels, top left, top right, bottom right, bottom left (centre of the first pixel is 0, 0).
        confidence: 0 to 1; from ``SURE`` on it can be used unseen.
    """

    corners: Quad
    confidence: float


def find_page(image: Pixels) -> PageOutline | None:
    """Find the paper.

    A paper is a convex four-cornered area that is lighter than what lies beside it along all its straight, sharp
    sides, and has little colour. Where nothing is like that the answer is None, never a guess.

    Args:
        image: height × width × 3, BGR, the right way up as far as known.
    """
    height, width = image.shape[:2]
    middle = _shrunk(image, _REFINE_SIDE)
    small = _shrunk(middle, _SEARCH_SIDE)
    scale_middle = 1 / max(1, round(width / middle.shape[1]))
    scale_small = scale_middle / max(1, round(middle.shape[1] / small.shape[1]))
    best: tuple[float, Refined] | None = None
    for quad in candidates(small, _FINALISTS):
        refined = refine(middle, _rescaled(quad, scale_small, scale_middle), reach=10)
        confidence = _confidence(middle, refined)
        if best is None or confidence > best[0]:
            best = (confidence, refined)
        if confidence >= _CLEAR:
            break
    if best is None or best[0] < _SEEN:
        return None
    corners = _rescaled(best[1].corners, scale_middle, 1.0)
    exact = refine(image, corners, reach=max(4, round(2.5 / scale_middle)))
    if (exact.support > 0.5).all() and is_convex(exact.corners):
        corners = exact.corners
    corners = ordered(np.clip(corners, -0.5, (width - 0.5, height - 0.5)))
    return PageOutline(corners, round(float(best[0]), 3))


def _shrunk(image: Pixels, longest: int) -> Pixels:
    """The picture at about ``longest`` pixels. Whole factors only: OpenCV averages those five times faster."""
    factor = round(max(image.shape[:2]) / longest)
    if factor <= 1:
        return image
    height, width = image.shape[0] // factor * factor, image.shape[1] // factor * factor
    rows = image[:height, :width]
    if factor % 2 == 0 and factor >= 4:
        # Every other row is enough for a mean of eight or more pixels, and halves the memory read.
        rows = rows[::2]
    size = (width // factor, height // factor)
    return np.asarray(cv2.resize(rows, size, interpolation=cv2.INTER_AREA), np.uint8)


def _rescaled(quad: Quad, old: float, new: float) -> Quad:
    """Pixel coordinates of another resolution; centres of pixels are at whole numbers in both."""
    return (quad + 0.5) * (new / old) - 0.5


def _confidence(pixels: Pixels, refined: Refined) -> float:
    """How surely this is a paper: every condition can veto, so the product is taken."""
    quad = refined.corners
    height, width = pixels.shape[:2]
    share = area(quad) / (width * height)
    if not is_convex(quad) or share < _MIN_SHARE:
        return 0.0
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    if lengths.max() > _MAX_SIDES_RATIO * lengths.min():
        return 0.0
    support = float(refined.support.min()) * 0.6 + float(refined.support.mean()) * 0.4
    edge = _ramp(support, 0.35, 0.85)
    contrast = _ramp(float(refined.contrast.min()), 5, 16)
    sharp = _ramp(float(np.sort(refined.sharpness)[1]), 0.2, 0.5)
    alone = 1 - _ramp(_edges_run_on(pixels, quad, refined.contrast), 0.12, 0.4)
    return edge * contrast * sharp * alone * _paperness(pixels, quad) * _squareness(sides, lengths)


def _edges_run_on(pixels: Pixels, quad: Quad, contrast: NDArray[np.float64]) -> float:
    """Share of the sides' eight ends past which the edge goes on: a tile's do, and a check's; a paper's stop there."""
    height, width = pixels.shape[:2]
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.maximum(np.hypot(sides[:, 0], sides[:, 1]), 1e-6)
    inward = np.column_stack([-sides[:, 1], sides[:, 0]]) / lengths[:, None]
    beyond = np.linspace(0.04, 0.14, 10)
    along = np.stack([-beyond, 1 + beyond])
    points = quad[:, None, None, :] + along[None, :, :, None] * sides[:, None, None, :]
    visible = (
        (points[..., 0] > 4) & (points[..., 0] < width - 5) & (points[..., 1] > 4) & (points[..., 1] < height - 5)
    ).all(axis=2)
    if not visible.any():
        return 0.0
    # The joint between two tiles shifts the next one's edge by its own width, so it is looked for on both sides.
    offsets = np.arange(-15.0, 16.0)
    grid = points[..., None, :] + offsets[:, None] * inward[:, None, None, None, :]
    flat = grid.reshape(80, len(offsets), 2).astype(np.float32)
    seen = cv2.remap(pixels, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = lightness(np.asarray(seen, np.uint8)).astype(np.float64).reshape(4, 2, 10, len(offsets))
    means = np.asarray(cv2.blur(light.reshape(80, -1), (5, 1))).reshape(light.shape)
    steps = np.abs(means[..., 5:] - means[..., :-5])[..., 3:-3].max(axis=3)
    goes_on = (steps > 0.4 * np.maximum(contrast, 8)[:, None, None]).mean(axis=2) > 0.7
    return float(goes_on[visible].mean())


def _paperness(pixels: Pixels, quad: Quad) -> float:
    """Whether the inside looks like paper: mostly one light colour with little colour in it."""
    steps = np.linspace(0.04, 0.96, 24)
    u, v = np.meshgrid(steps, steps)
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=-1)
    places = (weights @ quad).astype(np.float32)
    seen = cv2.remap(pixels, places[:, :, 0], places[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = lightness(np.asarray(seen, np.uint8)).astype(np.float64)
    level = float(np.percentile(light, 70))
    paper = seen.reshape(-1, 3)[(light > 0.8 * level).ravel()].astype(np.float64)
    covered = len(paper) / light.size
    median = np.median(paper, axis=0)
    colour = float((median.max() - median.min()) / max(median.max(), 1.0))
    return _ramp(covered, 0.3, 0.55) * (1 - _ramp(colour, 0.34, 0.55)) * _ramp(level, 40, 70)


def _squareness(sides: NDArray[np.float64], lengths: NDArray[np.float64]) -> float:
    """1 where the corners are near right angles, 0 where no rectangle could look like this."""
    unit = sides / lengths[:, None]
    cosines = np.abs((unit * np.roll(unit, -1, axis=0)).sum(axis=1))
    return 1 - _ramp(float(cosines.max()), 0.4, 0.65)


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
