"""Straight lines in a small picture, with where along them an edge was seen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.cues import Cues

Floats = NDArray[np.float64]

_MOST_SEGMENTS = 250
_SHORTEST = 9.0
_OFF_LINE = 2.4
"""Pixels: pieces of one edge lie this near to a common line, also on a paper that is a little bent."""
_TURNED = np.radians(5.0)
_SPARE = 6
"""So many lines more are gathered than are kept: many short pieces may outweigh a long one."""
_SEEN_AT = np.linspace(0.1, 0.9, 7)


@dataclass(frozen=True)
class Lines:
    """Lines x·n = rho.

    Args:
        normals: n × 2, of unit length.
        rho: n.
        covered: n × bins, running total of pixels along the line on which an edge was seen; bin k is the place
            ``k - shift`` along the direction (-n_y, n_x).
        shift: see ``covered``.
    """

    normals: Floats
    rho: Floats
    covered: Floats
    shift: float

    def coverage(self, line: NDArray[np.intp], start: Floats, end: Floats) -> Floats:
        """Share of the way from ``start`` to ``end`` (places along the lines) where an edge was seen."""
        low, high = np.minimum(start, end) + self.shift, np.maximum(start, end) + self.shift
        last = self.covered.shape[1] - 1
        first = np.clip(np.rint(low), 0, last).astype(np.intp)
        second = np.clip(np.rint(high), 0, last).astype(np.intp)
        seen = self.covered[line, second] - self.covered[line, first]
        return np.asarray(seen / np.maximum(second - first, 1), np.float64)


def lines_in(prepared: Cues, most: int) -> Lines:
    """The lines with the longest and strongest edges on them, and the four borders of the picture, which come last.

    Args:
        prepared: the picture's cues.
        most: how many lines besides the borders.
    """
    height, width = prepared.raised.shape
    pieces, strength = _pieces(prepared)
    directions = pieces[:, 2:] - pieces[:, :2]
    lengths = np.maximum(np.hypot(directions[:, 0], directions[:, 1]), 1e-6)
    weights = lengths * np.sqrt(np.clip(strength, 0.5, 6.0))
    straight = np.sin(_TURNED) * lengths + 0.8
    starts, ends = pieces[:, :2], pieces[:, 2:]
    free = np.ones(len(pieces), bool)
    shift = float(np.hypot(width, height))
    bins = int(2 * shift) + 2
    found: list[tuple[float, Floats, float, Floats]] = []
    for index in np.argsort(-weights):
        if len(found) == most + _SPARE:
            break
        if not free[index]:
            continue
        middle, along = (pieces[index, :2] + pieces[index, 2:]) / 2, directions[index] / lengths[index]
        for _ in range(2):
            normal = np.array([along[1], -along[0]])
            level = float(middle @ normal)
            off = np.maximum(np.abs(starts @ normal - level), np.abs(ends @ normal - level))
            members = (off < _OFF_LINE) & (np.abs(directions @ normal) < straight)
            members[index] = True
            if members.sum() == 1:
                break
            middle, along = _through(pieces[members], lengths[members])
        free &= ~members
        normal = np.array([along[1], -along[0]])
        marks = np.zeros(bins)
        places = np.sort(np.column_stack([pieces[members, :2] @ along, pieces[members, 2:] @ along]), axis=1) + shift
        for low, high in places:
            marks[max(0, int(low)) : int(high) + 1] = 1.0
        found.append((float(weights[members].sum()), normal, float(middle @ normal), marks.cumsum()))
    found.sort(key=lambda one: -one[0])
    found = found[:most]
    borders = ((1.0, 0.0, -0.5), (0.0, 1.0, -0.5), (1.0, 0.0, width - 0.5), (0.0, 1.0, height - 0.5))
    normals = np.array([one[1] for one in found] + [border[:2] for border in borders])
    rho = np.array([one[2] for one in found] + [border[2] for border in borders])
    covered = np.array([one[3] for one in found] + [np.zeros(bins)] * 4)
    return Lines(normals, rho, covered, shift)


def _pieces(prepared: Cues) -> tuple[Floats, Floats]:
    """n × 4 (x1, y1, x2, y2) straight pieces of edges, and how strong each is."""
    height, width = prepared.raised.shape
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE, 0.8).detect(prepared.raised)[0]
    if found is None:
        return np.empty((0, 4)), np.empty(0)
    pieces = np.asarray(found, np.float64).reshape(-1, 4)
    lengths = np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1])
    pieces = pieces[lengths >= _SHORTEST]
    places = pieces[:, None, :2] * (1 - _SEEN_AT[:, None]) + pieces[:, None, 2:] * _SEEN_AT[:, None]
    x = np.clip(np.rint(places[:, :, 0]), 0, width - 1).astype(np.intp)
    y = np.clip(np.rint(places[:, :, 1]), 0, height - 1).astype(np.intp)
    strength = np.median(prepared.edges[y, x], axis=1)
    # Raising the contrast makes a slope beside every strong edge, which is none in the picture itself.
    real = strength > 0.6
    pieces, strength = pieces[real], strength[real].astype(np.float64)
    longest = np.argsort(-np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]))[:_MOST_SEGMENTS]
    return pieces[longest], strength[longest]


def _through(pieces: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """A point on and the direction of the line that lies best through these pieces."""
    points = np.concatenate([pieces[:, :2], pieces[:, 2:]])
    shares = np.concatenate([weights, weights])
    middle = (points * shares[:, None]).sum(axis=0) / shares.sum()
    around = points - middle
    spread = (around * shares[:, None]).T @ around
    turn = 0.5 * np.arctan2(2 * spread[0, 1], spread[0, 0] - spread[1, 1])
    return middle, np.array([np.cos(turn), np.sin(turn)])
