"""How surely an outline is a paper's: what speaks for it, and what can veto it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.candidates import MIN_SHARE
from villagedesk.imaging.cues import lightness, separated
from villagedesk.imaging.edges import Refined
from villagedesk.imaging.geometry import Quad, area, is_convex

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

UNSURE_AT_MOST = 0.45
"""What is seen well but must be looked at by the clerk gets no more."""
_MAX_SIDES_RATIO = 14.0
"""Of the longest to the shortest side: a till receipt is up to ten times as long as wide."""
_OUTSIDE = 0.004
"""Of the picture's longer side: a corner that lies so little outside has lost nothing but blank rim."""
_STEPS = np.linspace(0.04, 0.96, 24)
_U, _V = (part.ravel() for part in np.meshgrid(_STEPS, _STEPS))
_WEIGHTS = np.stack([(1 - _U) * (1 - _V), _U * (1 - _V), _U * _V, (1 - _U) * _V], axis=-1)


@dataclass(frozen=True)
class Evidence:
    """The conditions, 0 to 1 each; every one can veto, so the confidence is their product.

    Args:
        edge: the sides lie on edges for most of their length.
        contrast: the steps there stand out from what is beside them.
        sharp: they are sudden, as a paper's are and a shadow's are not.
        alone: the edges stop at the corners; a tile's and a ruling's go on.
        square: the corners could be right angles seen at a slant.
        paper: the inside is mostly of one light colour.
        one_way: the inside is lighter on all sides, or darker on all.
        whole: all corners are in view; 0 where one is not.
    """

    edge: float = 0.0
    contrast: float = 0.0
    sharp: float = 0.0
    alone: float = 0.0
    square: float = 0.0
    paper: float = 0.0
    one_way: float = 0.0
    whole: float = 0.0

    def confidence(self) -> float:
        """0 to 1."""
        seen = self.edge * self.contrast * self.sharp * self.alone * self.square * self.one_way
        unlike = min(self.paper, self.whole)
        return float(seen * (UNSURE_AT_MOST + (1 - UNSURE_AT_MOST) * unlike))


def weigh(pixels: Pixels, refined: Refined) -> Evidence:
    """Look at everything that tells a paper.

    Args:
        pixels: height × width × 3, BGR, the picture that ``refined`` was laid on.
        refined: the outline.
    """
    quad = refined.corners
    height, width = pixels.shape[:2]
    if not is_convex(quad) or area(quad) < MIN_SHARE * width * height:
        return Evidence()
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    if lengths.max() > _MAX_SIDES_RATIO * lengths.min():
        return Evidence()
    in_view = refined.visible > 0.3
    if in_view.sum() < 2:
        return Evidence()
    support = refined.support[in_view]
    edge = float(support.min()) * 0.6 + float(support.mean()) * 0.4
    contrast, clearness = float(refined.contrast[in_view].min()), float(refined.clearness[in_view].min())
    outside = _OUTSIDE * max(width, height)
    inside = (quad > -outside) & (quad < np.array([width, height]) - 1 + outside)
    return Evidence(
        edge=_ramp(edge, 0.35, 0.85),
        contrast=_ramp(contrast, 1.5, 4.5) * _ramp(clearness, 1.2, 3.0),
        sharp=_ramp(float(np.sort(refined.sharpness[in_view])[1]), 0.2, 0.5),
        alone=1 - _ramp(edges_run_on(pixels, quad, refined.contrast), 0.12, 0.4),
        square=_squareness(sides, lengths),
        paper=paperness(pixels, quad),
        one_way=_one_way(refined.lighter[in_view]),
        whole=float(inside.all() and in_view.all()),
    )


def edges_run_on(pixels: Pixels, quad: Quad, contrast: Floats) -> float:
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
    goes_on = (steps > 0.4 * np.maximum(contrast, 5)[:, None, None]).mean(axis=2) > 0.7
    return float(goes_on[visible].mean())


def paperness(pixels: Pixels, quad: Quad) -> float:
    """Whether the inside looks like paper: mostly one light colour with little colour in it."""
    seen = _looked_at(pixels, quad)
    light = lightness(seen[:, None, :])[:, 0].astype(np.float64)
    level = float(np.percentile(light, 70))
    paper = seen[light > 0.8 * level].astype(np.float64)
    covered = len(paper) / light.size
    median = np.median(paper, axis=0)
    colour = float((median.max() - median.min()) / max(median.max(), 1.0))
    return _ramp(covered, 0.3, 0.55) * (1 - _ramp(colour, 0.34, 0.55)) * _ramp(level, 40, 70)


def ground(pixels: Pixels, quad: Quad) -> Floats:
    """What the inside is printed on: lightness, red against green, blue against yellow."""
    seen = separated(_looked_at(pixels, quad)[:, None, :])[:, 0].astype(np.float64)
    level = np.percentile(seen[:, 0], 70)
    return np.asarray(np.median(seen[seen[:, 0] >= 0.85 * level], axis=0), np.float64)


def _looked_at(pixels: Pixels, quad: Quad) -> Pixels:
    places = (_WEIGHTS @ quad).astype(np.float32)
    seen = cv2.remap(pixels, places[:, None, 0], places[:, None, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen[:, 0], np.uint8)


def _squareness(sides: Floats, lengths: Floats) -> float:
    """1 where the corners are near right angles, 0 where no rectangle could look like this."""
    unit = sides / lengths[:, None]
    cosines = np.abs((unit * np.roll(unit, -1, axis=0)).sum(axis=1))
    return 1 - _ramp(float(cosines.max()), 0.4, 0.65)


def _one_way(lighter: Floats) -> float:
    """A paper that lies partly on something lighter and partly on something darker is rare; print and joints are not."""
    told = lighter[np.abs(lighter) > 4]
    if len(told) == 0 or (told > 0).all() or (told < 0).all():
        return 1.0
    return 0.6


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
