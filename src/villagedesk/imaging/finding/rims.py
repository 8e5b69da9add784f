"""What lies along an outline's sides and beyond its corners: whether it goes on there, and what that says."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.cues import lightness, separated
from villagedesk.imaging.finding.edges import ALONG

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

_NEXT, _ACROSS, _BEFORE = [1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2]
_LEAST_BEYOND = 120.0
"""Pixels: beyond the corners of a side shorter than this it is looked as far as beyond one so long."""
_NO_SHADOW = 60.0
"""Grey levels: a darker line than this is not the shadow at a paper's rim."""
_LINE = 0.15
"""Of its own step: where inside and outside differ by less, the edge is a line on one ground."""
_STEP_STAYS = 0.7
"""Of the step at an edge: so much is left some way from it where it is the edge of an area and no line's."""
_GAPS = ((0.03, 0.1, 0.16), (0.07, 0.2, 0.26))
"""Share of the sides, for the third largest, the second and the largest: fewer is nothing, more is surely a gap."""
_DISPLACED = 4
"""Of the 48 places: so many without an edge at the end of a side are more than a corner's roundness."""
_CLEAR = 20.0
"""Grey levels: where inside and outside differ so much, a gap between them shows."""


def _rim_weights() -> Floats:
    """4 sides × 11 depths × 48 × 4: places (``ALONG``) so far inside or outside of each side, as weights of corners."""
    back = 1 - ALONG
    rows = []
    for depth in (0.012, 0.022, 0.04, 0.08, 0.15, 0.21, 0.3, -0.02, -0.05, -0.07, -0.09):
        near, far = np.full(48, depth), np.full(48, 1 - depth)
        rows.append(((ALONG, near), (far, ALONG), (back, far), (near, back)))
    weights = [
        [np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=-1) for u, v in sides] for sides in rows
    ]
    return np.asarray(weights, np.float64).transpose(1, 0, 2, 3)


_RIM_WEIGHTS = _rim_weights()


def rims(
    pixels: Pixels, quads: Floats, contrast: Floats, lighter: Floats, seen_edge: NDArray[np.bool_]
) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Whether what lies just inside of every side goes on further in, and whether it nowhere goes on outside.

    The third is how many sides may be lines printed on one ground.

    Where it does not go on inside there is a strip of table, or half a page. Where it goes on outside, past a line of
    a strength that no paper's shadow has, that line is printed on the paper. Compared place by place, so that a
    shadow or a lamp on a part of the paper does no harm.
    """
    height, width = pixels.shape[:2]
    count = len(quads)
    places = _RIM_WEIGHTS @ quads[:, None, None]
    in_view = ((places >= 0) & (places <= (width - 1, height - 1))).all(axis=4)
    flat = np.clip(places, 0, (width - 1, height - 1)).astype(np.float32).reshape(count * 44, 48, 2)
    seen = cv2.remap(pixels, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR)
    colours = separated(np.asarray(seen, np.uint8)).reshape(count, 4, 11, 48, 3)
    # Three at the rim, because a certificate has a printed frame there.
    rim, further, beyond = colours[:, :, :3, None], colours[:, :, None, 4:7], colours[:, :, None, 7:]
    tolerance = np.maximum(0.2 * rim[..., :1], 10.0)
    alike = (np.abs(rim - further) < tolerance).all(axis=5).any(axis=(2, 3)).mean(axis=2)
    same = (np.abs(rim - beyond) < 0.6 * tolerance).all(axis=5).any(axis=2)
    # Two papers one on the other have gaps all round, or one large one, when they are taken for one; a thumb or a
    # dog's ear makes small ones. Where the edge is seen none the less, the paper lies on another as light.
    near, far = in_view[:, :, 7], in_view[:, :, 8:].all(axis=2)
    step = np.abs(lighter)
    apart = np.abs(colours[:, :, 1:4, :, 0] - colours[:, :, 7:8, :, 0])
    missing = (apart < 0.3 * step[:, :, None, None]).all(axis=2) & ~seen_edge
    shares = (missing & near).sum(axis=2) / np.maximum(near.sum(axis=2), 24)
    gaps = np.sort(np.where(step > _CLEAR, shares, 0.0), axis=1)[:, 1:]
    low, high = np.array(_GAPS)
    whole = 1 - np.clip((gaps - low) / (high - low), 0, 1).max(axis=1)
    whole[_displaced(missing & (step > _CLEAR)[..., None], same.any(axis=2), seen_edge)] = 0
    goes_on = (same[:, :, 1:].any(axis=2) & far).sum(axis=2)
    both = (goes_on > 0.7 * np.maximum(far.sum(axis=2), 24)) | (step < _LINE * contrast)
    printed = (both & (contrast > _NO_SHADOW)).sum(axis=1)
    # A frame has it on all sides; where it is on one only, and it is as dark beside the line, another paper lies there.
    printed[(printed == 1) & (lighter > _STEP_STAYS * contrast).all(axis=1)] = 0
    inside = alike.min(axis=1)
    return inside, whole, printed


def _displaced(
    missing: NDArray[np.bool_], on_paper: NDArray[np.bool_], seen_edge: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether some side is another sheet's, that looks out from under the paper or lies against it.

    Both sides that lead to it have no edge there: past the paper's own corner one shows table within, and the other
    runs through that sheet, or shows table, too. On a curled paper they only leave the line by a few pixels.
    """
    ahead, back = (np.logical_and.accumulate(~way, axis=2) for way in (seen_edge, seen_edge[:, :, ::-1]))
    back = back[:, :, ::-1]

    def share(of: NDArray[np.bool_], there: NDArray[np.bool_]) -> Floats:
        return np.asarray((of & there).sum(axis=2) / np.maximum(there.sum(axis=2), 1), np.float64)

    before, after = share(missing, back)[:, _BEFORE], share(missing, ahead)[:, _NEXT]
    other = missing | on_paper
    both = np.minimum(share(other, back)[:, _BEFORE], share(other, ahead)[:, _NEXT])
    long = np.minimum(back.sum(axis=2)[:, _BEFORE], ahead.sum(axis=2)[:, _NEXT]) >= _DISPLACED
    return np.asarray((long & (np.maximum(before, after) > 0.5) & (both > 0.5)).any(axis=1), np.bool_)


def alone(pixels: Pixels, quads: Floats, contrast: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Whether the edges stop at the corners: a tile's run on, and a check's, and those of a page cut at its fold.

    The second is whether one side may be the edge of a thing that lies on it, or of what it lies on.
    """
    height, width = pixels.shape[:2]
    count = len(quads)
    sides = quads[:, _NEXT] - quads
    lengths = np.maximum(np.hypot(sides[..., 0], sides[..., 1]), 1e-6)
    inward = np.stack([-sides[..., 1], sides[..., 0]], axis=-1) / lengths[..., None]
    beyond = np.linspace(0.04, 0.14, 10)
    # What sticks out from under something is small, and ends at that thing's much longer edge.
    beyond = beyond * np.maximum(1, _LEAST_BEYOND / lengths)[..., None]
    along = np.stack([-beyond, 1 + beyond], axis=2)
    points = quads[:, :, None, None, :] + along[..., None] * sides[:, :, None, None, :]
    x, y = points[..., 0], points[..., 1]
    visible = ((x > 4) & (x < width - 5) & (y > 4) & (y < height - 5)).all(axis=3)
    # The joint between two tiles shifts the next one's edge by its own width, so it is looked for on both sides.
    offsets = np.arange(-15.0, 16.0)
    grid = points[..., None, :] + offsets[:, None] * inward[:, :, None, None, None, :]
    flat = grid.reshape(count * 80, len(offsets), 2).astype(np.float32)
    seen = cv2.remap(pixels, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = lightness(np.asarray(seen, np.uint8)).astype(np.float32)
    means = np.asarray(cv2.blur(light, (5, 1))).reshape(count, 4, 2, 10, len(offsets))
    # Straight on, and the same way round all along: what lies there by chance is not.
    jumps = np.abs((means[..., 5:] - means[..., :-5])[..., 5:-5].mean(axis=3))
    steps, straight = jumps.max(axis=3), jumps[..., 4:-4].max(axis=3)
    goes_on = (steps > 0.4 * np.maximum(contrast, 5)[..., None]) & visible
    share = goes_on.sum(axis=(1, 2)) / np.maximum(visible.sum(axis=(1, 2)), 1)
    # Both sides that end at one side run on past it: the paper does, too.
    past = (goes_on[:, :, 1] & goes_on[:, _ACROSS, 0]).sum(axis=1)
    # One side that runs on at both its ends is the edge of a thing that lies on it, or of another paper beneath.
    small = lengths.min(axis=1, keepdims=True) < _LEAST_BEYOND
    weakly = (
        np.where(small[..., None], steps, straight) > np.maximum(np.where(small, 0.17, 0.25) * contrast, 8)[..., None]
    )
    on = weakly & visible
    # A side much fainter than the others, past which a neighbour runs on, is the edge of a shadow on the paper.
    faint = contrast < 0.4 * np.median(contrast, axis=1, keepdims=True)
    shadow = faint & (on[:, _BEFORE, 1] | on[:, _NEXT, 0])
    under = (on.all(axis=2) | shadow).any(axis=1)
    ends = np.where(past == 0, 1 - np.clip((share - 0.2) / 0.35, 0, 1), np.where(past == 1, 0.3, 0.25))
    return ends, under
