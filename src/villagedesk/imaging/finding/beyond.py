"""What goes on past the corners of an outline: the paper, in a coloured band or a picture that runs off its rim, or the
edge of a thing that lies on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.cues import Singles, separated

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

_NEXT, _ACROSS, _BEFORE = [1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2]
_PLACES = 0.015 + 0.185 * np.linspace(0, 1, 48) ** 1.6
"""Past the corners, as shares of the neighbouring side's length; the more of them the nearer, for narrow bands."""
_LEAST_LENGTH = 240.0
"""Pixels: past a side shorter than this it is looked as far as past one so long."""
_OFFSETS = np.arange(-16.0, 17.0)
_MEAN = 4
"""Pixels averaged on either side of where an edge may be."""
_APART = 5
"""Pixels: steps so far off are what is usual there."""
_FURTHER, _STAYS = np.arange(9, 14), 0.35
"""Pixels from an edge where so much of its step must be left: else it is a joint's between two planks."""
_ALIKE = -0.3
"""Cosine: where the change from table to band is the other way round past the other corner, it is no band's."""
_ON_LINE, _NEAR_LINE = 1.5, 2.5
"""Pixels by which an edge may leave the neighbouring side's line, and one that is strong."""
_WEAK, _STRONG = 6.0, 22.0
"""Grey levels (with colour): a weaker edge is none; and one that is strong."""
_WINDOWS = ((0.05, 3.0, 3.0), (0.1, 2.5, 2.0), (0.2, 2.8, 2.0))
"""So far past the corner (as the places) by how much an edge, and a strong one, stands out from what is usual there."""
_LONG = 0.1
"""Of the neighbouring side: the edge of a thing that lies over a paper goes on at least so far past both corners."""
_BLOCK, _AGREES, _MOST = 3, 0.4, 0.7
"""Each three places together; of the mean edge so much must be there, and in so many of them."""


@dataclass(frozen=True)
class Beyond:
    """What edges that run straight on past the corners say, however weak they are.

    Args:
        past: the sides past which both neighbouring sides run on: the paper does, too.
        covered: one side runs on past both its ends: it is the edge of a thing that lies on what is outlined.
    """

    past: tuple[int, ...]
    covered: bool


def beyond(pixels: Pixels, quad: Floats) -> Beyond:
    """Look past the corners of an outline.

    Beside a white paper the edge of a dark band against a dark table is nothing, and that of a folder on a table of
    another colour little; so it is compared with what lies beside it there, and not with the paper's own edge. Two
    joints of the table may lie in line with the sides, too, but they are lines: the table is the same on both hands.

    Args:
        pixels: height × width × 3, BGR.
        quad: 4 × 2 corners in these pixels, clockwise.
    """
    height, width = pixels.shape[:2]
    # For each side first the one before it, past their common corner, then the one after it.
    along = np.stack([quad - quad[_BEFORE], quad[_NEXT] - quad[_ACROSS]], axis=1)
    lengths = np.maximum(np.linalg.norm(along, axis=2), 1e-6)[..., None]
    along /= lengths
    inward = np.stack([-along[..., 1], along[..., 0]], axis=2) * np.array([1, -1])[None, :, None]
    corners = np.stack([quad, quad[_NEXT]], axis=1)
    far = (_PLACES * np.maximum(lengths, _LEAST_LENGTH))[..., None]
    points = corners[:, :, None] + far * along[:, :, None]
    visible = ((points > 3) & (points < (width - 4, height - 4))).all(axis=3)
    grid = (points[:, :, :, None] + _OFFSETS[:, None] * inward[:, :, None, None]).astype(np.float32)
    grid = grid.reshape(-1, len(_OFFSETS), 2)
    seen = cv2.remap(pixels, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    values = separated(np.asarray(seen, np.uint8)).reshape(8, len(_PLACES), len(_OFFSETS), 3)
    summed = np.zeros((8, len(_PLACES), len(_OFFSETS) + 1, 3), np.float32)
    np.cumsum(values, axis=2, out=summed[:, :, 1:])
    means = (summed[:, :, _MEAN:] - summed[:, :, :-_MEAN]) / _MEAN
    steps = means[:, :, _MEAN + 1 :] - means[:, :, : -_MEAN - 1]
    past, covered = np.zeros(4, bool), np.zeros(4, bool)
    for share, least, strongly in _WINDOWS:
        count = int(np.searchsorted(_PLACES, share)) // _BLOCK * _BLOCK
        profile = values[:, :count].mean(axis=1)
        in_view = visible.reshape(8, -1)[:, :count].mean(axis=1) > _MOST
        for reach, weakest, stands_out in ((_ON_LINE, _WEAK, least), (_NEAR_LINE, _STRONG, strongly)):
            found, toward = _edges(steps[:, :count], profile, reach, weakest, stands_out)
            first, last = toward.reshape(4, 2, 3).transpose(1, 0, 2)
            there = (found & in_view).reshape(4, 2)
            past |= there.all(axis=1) & ((first * last).sum(axis=1) > _ALIKE)
            if share >= _LONG:
                covered |= there[_NEXT, 0] & there[_BEFORE, 1]
    return Beyond(tuple(int(side) for side in np.flatnonzero(past)), bool(covered.any()))


def _edges(
    steps: Singles, profile: Singles, reach: float, weakest: float, least: float
) -> tuple[NDArray[np.bool_], Singles]:
    """Of n × places × offsets × 3: whether a straight edge stands out in the middle, the same way round all along.

    ``profile``: n × offsets × 3, the mean colours from outside to inside. The second is how they differ, of length 1.
    """
    usual = steps.mean(axis=1)
    size = np.linalg.norm(usual, axis=2)
    centres = _OFFSETS[_MEAN:-_MEAN]
    near = np.flatnonzero(np.abs(centres) <= reach)
    best = near[size[:, near].argmax(axis=1)]
    each = np.arange(len(steps))
    step = size[each, best]
    away = np.abs(centres - centres[best][:, None]) >= _APART
    beside = (size * away).sum(axis=1) / away.sum(axis=1)
    toward = usual[each, best] / np.maximum(step, 1e-6)[:, None]
    blocks = steps[each, :, best].reshape(len(steps), -1, _BLOCK, 3).mean(axis=2)
    agrees = ((blocks * toward[:, None]).sum(axis=2) > _AGREES * step[:, None]).mean(axis=1)
    # From one area to another, and not a dark line in one.
    inner, outer = (profile[each[:, None], best[:, None] + _MEAN + way * _FURTHER].mean(axis=1) for way in (1, -1))
    stays = ((inner - outer) * toward).sum(axis=1) > _STAYS * step
    return (step > weakest) & (step > least * (beside + 1)) & stays & (agrees >= _MOST), np.asarray(toward, np.float32)
