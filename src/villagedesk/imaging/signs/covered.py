"""Finds a hand, an arm or a sleeve that lies over a flat page and hides what is written there."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Places = NDArray[np.intp]

_LOOKED_AT = 208
"""Longer side that a page is looked at: a finger over an A4 page is some 11 pixels wide, a stroke of print less than
one."""
_STROKE = 5
"""Print and ruled lines are thinner there, and are taken away."""
_OTHER_COLOUR = 0.1
"""Natural logarithm of how much red or blue, against green, must differ from the paper's: the palest skin is at 0.2 on
white paper, a shadow below 0.08."""
_VIVID = 0.75
"""The same of red: seals and red print; the darkest skin is at 0.5."""
_DARK = 0.33
"""Of the paper's brightness: an arm's shadow leaves more."""
_THINNEST, _CONTOUR = 7, 9
"""Pixels: what is thinner is a pen, a frame or a seal's ring; a finger on A4 is half as wide again. And how wide
the contour of a covering is left out, within which its own rim looks like writing."""
_DEEP = 0.08
"""Of the page's shorter side, from the nearest rim: a thumb's tip stays out of the text."""
_LARGE = 0.006
"""Share of the page: part of a line of writing."""
_HAND = 0.08
"""Share of the page from which on it need not be seen coming in: a white sleeve is like paper. A card's portrait is
smaller."""
_STEP, _STEP_SHARE = 0.13, 20
"""How much (logarithm) the colour must change over all but so many percent of the contour: what is printed in shades
and what the light does has soft rims somewhere."""
_STRAIGHT, _FOLDED = 0.025, 0.05
"""Of the shorter side, and share of the page: what is small and ends along one line is a folded corner, or table beside
the paper."""
_BOXED, _SLANT = 0.95, 0.12
"""Share of the contour that runs along the sides of the box around it: a printed field or band lies straight on the
page, an arm does not and ends in a hand. And how far beside them, as a share of the box's shorter side, at most."""
_BRIGHTER = 0.1
"""Logarithm: a lamp mirrored by a card is as much lighter than its ground."""
_WRITTEN = 0.12
"""How much darker than the ground print is."""
_MOST_WRITTEN, _AS_ELSEWHERE = 0.15, 0.4
"""Share of a place that print may cover, and how much of what it is elsewhere: print goes on under a stain."""
_STAINED = 0.5
"""Of the paper's brightness: what a stain leaves at least."""
_MOTLEY = 0.15
"""Share of the rest that may differ from the paper as much: in a printed picture nothing is the paper."""
_LOGARITHM = np.log(np.arange(256, dtype=np.float32) + 6)
"""Of each grey level; the addend keeps what is nearly black from having any colour."""
_RIM = 2
"""Pixels from the page's end within which something comes in from outside."""


def covering(page: Pixels) -> Mask | None:
    """What lies over a page and reaches far into it from its rim: unlike the paper in colour, or much darker, with a
    sharp contour that is no straight line, and nothing written on it.

    Args:
        page: height × width × 3, BGR, flat, before cleaning; some 200 pixels long or more.

    Returns:
        255 where it lies, at a reduced size; None when nothing does.
    """
    small = _reduced(page)
    ground = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_STROKE, _STROKE), np.uint8)), np.uint8)
    colour = _colours(np.asarray(cv2.GaussianBlur(ground, (3, 3), 0), np.uint8))
    paper = _paper(colour)
    unlike = _unlike(colour, paper)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_THINNEST, _THINNEST))
    opened = np.asarray(cv2.morphologyEx(unlike, cv2.MORPH_OPEN, disc), np.uint8)
    count, label, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    found = np.zeros(unlike.shape, np.uint8)
    for index in range(1, count):
        size = int(stats[index][cv2.CC_STAT_AREA])
        if size < _LARGE * unlike.size:
            continue
        place = np.asarray(label == index, np.uint8)
        inwards = _from_rim(unlike.shape)
        nearest, farthest, _, _ = cv2.minMaxLoc(inwards, place)
        if farthest < _DEEP * min(unlike.shape) or (nearest > _RIM and size < _HAND * unlike.size):
            continue
        inner = cv2.erode(place, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_CONTOUR, _CONTOUR)))
        # A finger is all contour; a dark sleeve has stripes, and no stain is as dark.
        if inner.any() and cv2.mean(colour, place)[2] > paper[2] + math.log(_STAINED):
            written = _written(small, ground)
            elsewhere = cv2.mean(written, 1 - place)[0]
            if cv2.mean(written, inner)[0] > max(_MOST_WRITTEN, _AS_ELSEWHERE * elsewhere):
                continue
        if cv2.mean(unlike, 1 - place)[0] > _MOTLEY or cv2.mean(colour, place)[2] > paper[2] + _BRIGHTER:
            continue
        edge = np.asarray(np.nonzero((_contour(place) > 0) & (inwards > _RIM)), np.intp)
        if _stands_out(colour, place, opened, edge) and not _ends_straight(place, edge):
            found[place > 0] = 255
    return found if found.any() else None


def _reduced(page: Pixels) -> Pixels:
    scale = _LOOKED_AT / max(page.shape[:2])
    size = tuple(max(4 * _STROKE, round(side * scale)) for side in page.shape[1::-1])
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)


def _colours(ground: Pixels) -> Floats:
    """Red and blue against green, and green: logarithms, in which light and shade only add to the third."""
    blue, green, red = cv2.split(cv2.LUT(ground, _LOGARITHM))
    return np.asarray(cv2.merge([cv2.subtract(red, green), cv2.subtract(blue, green), green]), np.float32)


def _paper(colour: Floats) -> Floats:
    """What most of the page's brighter half is."""
    some = colour[::4, ::4].reshape(-1, 3)
    bright = some[some[:, 2] >= np.median(some[:, 2])]
    return np.asarray(np.median(bright, axis=0), np.float32)


def _unlike(colour: Floats, paper: Floats) -> Mask:
    """1 where the page differs from its paper."""
    redness, blueness, light = cv2.split(colour)
    away = cv2.magnitude(redness - paper[0], blueness - paper[1])
    coloured = (away > _OTHER_COLOUR) & (redness < paper[0] + _VIVID)
    return np.asarray(coloured | (light < paper[2] + math.log(_DARK)), np.uint8)


def _from_rim(shape: tuple[int, ...]) -> Floats:
    """How far each pixel lies from the page's nearest rim."""
    down, across = np.arange(shape[0], dtype=np.float32), np.arange(shape[1], dtype=np.float32)
    return np.minimum(np.minimum(down, down[::-1])[:, None], np.minimum(across, across[::-1])[None, :])


def _written(small: Pixels, ground: Pixels) -> Mask:
    """1 where something is written."""
    plain, without = (cv2.cvtColor(one, cv2.COLOR_BGR2GRAY) for one in (small, ground))
    return np.asarray(cv2.subtract(without, plain) > _WRITTEN * np.maximum(without, 20), np.uint8)


def _stands_out(colour: Floats, place: Mask, unlike: Mask, edge: Places) -> bool:
    """Whether the colour changes all along the contour towards the paper; between two fingers there is none of it."""
    box = np.ones((5, 5), np.uint8)
    within, beyond = cv2.erode(place, np.ones((3, 3), np.uint8)), cv2.dilate(place, box)
    inner, outer = within - cv2.erode(within, box), cv2.subtract(cv2.dilate(beyond, box), cv2.max(beyond, unlike))
    inside, outside = (_mean_near(edge, colour, np.asarray(ring, np.uint8)) for ring in (inner, outer))
    step = np.linalg.norm(inside - outside, axis=1)
    step = step[np.isfinite(step)]
    return len(step) > 0 and float(np.percentile(step, _STEP_SHARE)) > _STEP


def _mean_near(edge: Places, colour: Floats, ring: Mask) -> Floats:
    """For each place the mean colour of those pixels of a ring that are near; not a number where there are none."""
    size = (9, 9)
    share = cv2.blur(ring.astype(np.float32), size)[tuple(edge)]
    total = cv2.blur(cv2.copyTo(colour, ring), size)[tuple(edge)]
    share[share < 0.01] = np.nan
    return np.asarray(total / share[:, None], np.float32)


def _contour(place: Mask) -> Mask:
    return np.asarray(cv2.subtract(cv2.dilate(place, np.ones((3, 3), np.uint8)), place), np.uint8)


def _ends_straight(place: Mask, edge: Places) -> bool:
    """Whether it ends as what is printed or folded over does: along the page's own directions, or along one line."""
    near = _STRAIGHT * min(place.shape)
    if edge.shape[1] < 3:
        return True
    first, last = edge.min(axis=1, keepdims=True), edge.max(axis=1, keepdims=True)
    beside = min(near, _SLANT * min(cv2.boundingRect(place)[2:]))
    if float((np.minimum(edge - first, last - edge).min(axis=0) <= beside).mean()) > _BOXED:
        return True
    points = edge.T - edge.mean(axis=1)
    across = np.linalg.eigh(points.T @ points)[1][:, 0]
    straight = float(np.percentile(np.abs(points @ across), 75)) < near
    return straight and cv2.countNonZero(place) < _FOLDED * place.size
