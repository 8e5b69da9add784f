"""What is written and printed on a page, apart from its paper: one sharp layer of strokes, and their colours, coarse.

Seals and fingerprints are never taken for strokes: they keep their shades in the background. What has no clear edge
(faint pencil, stains, photographs) stays there too, so that nothing is lost by not being a stroke. No shape is ever put
in the place of another one that looks like it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.encoding.surroundings import from_around
from villagedesk.imaging.few_boxes import Box, few_boxes

Pixels = NDArray[np.uint8]

_FINER = 1.5
"""The layer is this much finer than the page (300 dpi for 200): the greys along a stroke's edge say where the edge is
to a part of a pixel, and small characters stay open."""
GRID = 8
"""Pixels of the page, each way, that share one colour of the strokes (1 mm). A page's sides must be whole multiples:
then all smaller pictures of it are averages of whole pixels, which OpenCV makes twelve times faster."""
_NEAR = 15
"""Pixels across within which a stroke is compared with its paper: wider than any stroke of running text (1.9 mm)."""
_LEAST_CONTRAST = 60
_SHARPER = 1.35
_EDGE, _PAPER = 128, 160
"""How the edge of strokes, and paper beside them, are written down."""
_OWN_HEAD = 300
"""Tiles of ``GRID`` that take as long as beginning with one box more."""
_SOFT_ABOVE, _WIDE = 0.075, (13, 13)
"""Share of the contrast, over so many places of ``GRID``: sharp print has 0.03, 3 pixels of blur 0.09."""
_ALL_SOFT_ABOVE, _SOME = 0.0455, 4.0
"""The same of all strokes but the sharpest tenth; where there is that much of them (of 255). Of 138 photographed pages
those below lost two characters in all by being coded in layers, the 9 above a tenth of theirs."""
_RED_FROM, _RED_DARK = 12, 90
"""What is redder than the first (Cr, of 128) is a seal's or a finger's, unless it is darker than the second: ink under
a seal."""
_PICTURE_BELOW = 170
_PICTURE_SHARE, _PICTURE_LEAST = 0.35, 12
"""Where so much of what lies between strokes is dark, and there is as much of it (of 255) at all."""


@dataclass(frozen=True)
class Strokes:
    """The strokes of a page.

    Args:
        box: what holds them all, pixels of the page.
        mask: 255 where there is one, finer than the page.
        colours: of the strokes, coarser than the page; continued where there is none.
    """

    box: Box
    mask: Pixels
    colours: Pixels


def strokes_of(page: Pixels) -> tuple[Strokes | None, Pixels] | None:
    """Find the strokes.

    Args:
        page: height × width × 3, BGR, cleaned, or height × width; its sides are multiples of ``GRID``.

    Returns:
        The strokes, None where there are none; and height × width with 255 where they hide the paper. None where they
        are soft all over the page: half of it in shapes, half in greys would be worse to read than either.
    """
    planes = _planes_of(page)
    light = _brightest(planes)
    highest = _pixels(cv2.dilate(light, _square(_NEAR)))
    lowest = _pixels(cv2.erode(light, _square(_NEAR)))
    contrast = _pixels(cv2.subtract(highest, lowest))
    clear = _over(contrast, _LEAST_CONTRAST)
    # Narrow gaps inside dense characters are grey in a photograph; sharpened they are paper again.
    sharp = cv2.addWeighted(light, 1 + _SHARPER, cv2.blur(light, (3, 3)), -_SHARPER, 0)
    # Half way between paper and ink is a stroke's edge.
    level = _pixels(cv2.addWeighted(sharp, 1.0, cv2.addWeighted(highest, 0.5, lowest, 0.5, 0), -1.0, _EDGE))
    stroke = _pixels(cv2.bitwise_and(cv2.threshold(level, _EDGE - 1, 255, cv2.THRESH_BINARY_INV)[1], clear))
    cores = [_core(plane) for plane in planes]
    core = cores[0] if page.ndim == 2 else _pixels(cv2.merge(cores))
    # What is no stroke after all is found at half the size.
    inked = _averaged(stroke)
    red = _red(core)
    green = planes[len(planes) // 2]
    other = _pixels(cv2.bitwise_or(_pictures(_averaged(green), inked, red), red))
    inked = _pixels(cv2.bitwise_and(inked, cv2.bitwise_not(other)))
    soft = _soft(_averaged(light), _halved(highest), _halved(contrast), _brightest(cores), inked)
    if soft is None:
        return None
    stroke = _pixels(cv2.bitwise_and(stroke, _doubled(_pixels(cv2.bitwise_not(cv2.bitwise_or(other, soft))))))
    # A stroke's soft edge, two pixels wide, would be a halo in the background. What is all dark around, the middle of
    # a stroke too wide to be one, hides nothing: the background draws it.
    hidden = _pixels(cv2.bitwise_and(cv2.dilate(stroke, _square(5)), clear))
    box = _around(stroke)
    if box is None:
        return None, stroke
    left, top, right, bottom = box
    here = np.s_[top:bottom, left:right]
    colours = _colours(core[top // 2 : bottom // 2, left // 2 : right // 2], _halved(stroke[here]))
    return Strokes(box, _finer(level[here], stroke[here]), colours), hidden


def _planes_of(page: Pixels) -> list[Pixels]:
    """Blue, green and red, or what there is."""
    return [page] if page.ndim == 2 else [_pixels(plane) for plane in cv2.split(page)]


def _brightest(planes: list[Pixels]) -> Pixels:
    """Of each pixel: a red seal is light in it; black, blue and pencil are dark."""
    return reduce(lambda one, other: _pixels(cv2.max(one, other)), planes)


def _core(plane: Pixels) -> Pixels:
    """At half the size the darkest nearby: of all planes together that is a stroke's middle and has its own colour."""
    rows = _pixels(cv2.erode(cv2.min(plane[::2], plane[1::2]), np.ones((1, 3), np.uint8)))
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return _pixels(cv2.resize(rows, size, interpolation=cv2.INTER_NEAREST))


def _around(stroke: Pixels) -> Box | None:
    left, top, width, height = cv2.boundingRect(stroke)
    if width == 0:
        return None
    left, top, right, bottom = left // GRID, top // GRID, -(-(left + width) // GRID), -(-(top + height) // GRID)
    return left * GRID, top * GRID, right * GRID, bottom * GRID


def _red(core: Pixels) -> Pixels:
    """255 where the middle of a stroke (given at half the size) is red and not dark."""
    if core.ndim == 2:
        return np.zeros_like(core)
    redness = cv2.extractChannel(cv2.cvtColor(core, cv2.COLOR_BGR2YCrCb), 1)
    bright = _over(cv2.extractChannel(core, 2), _RED_DARK)
    return _pixels(cv2.bitwise_and(_over(redness, 128 + _RED_FROM), bright))


def _pictures(green: Pixels, inked: Pixels, red: Pixels) -> Pixels:
    """255 where what lies between the known is not paper: photographs and dark fields, whose edges are no strokes."""
    size = (green.shape[1] * 2 // GRID, green.shape[0] * 2 // GRID)
    between = cv2.bitwise_not(cv2.dilate(cv2.bitwise_or(_over(inked, 0), red), _square(3)))
    all_of_it, shade = (
        np.asarray(cv2.blur(cv2.resize(part, size, interpolation=cv2.INTER_AREA), (5, 5)), np.float32)
        for part in (between, cv2.bitwise_and(cv2.bitwise_not(_over(green, _PICTURE_BELOW)), between))
    )
    found = ((shade > _PICTURE_SHARE * all_of_it) & (shade > _PICTURE_LEAST)).astype(np.uint8) * 255
    return _spread(_pixels(cv2.dilate(found, _square(5))), green)


def _soft(seen: Pixels, paper: Pixels, contrast: Pixels, ink: Pixels, inked: Pixels) -> Pixels | None:
    """255 where strokes have no sharp edge (a shaken photograph, a paper out of focus): drawn sharp they would be other
    shapes than they were. Told by how far paper with sharp strokes on it is from what is there; all at half the size.
    None where that is so of the page as a whole."""
    drawn = cv2.subtract(paper, cv2.multiply(cv2.subtract(paper, ink), inked, scale=1 / 255))
    apart = cv2.absdiff(cv2.blur(drawn, (3, 3)), cv2.blur(seen, (3, 3)))
    near = cv2.dilate(inked, _square(3))
    small = (seen.shape[1] * 2 // GRID, seen.shape[0] * 2 // GRID)
    error, all_of_it = (
        np.asarray(
            cv2.blur(cv2.resize(cv2.copyTo(part, near), small, interpolation=cv2.INTER_AREA).astype(np.float32), _WIDE)
        )
        for part in (apart, contrast)
    )
    if _sharpest_tenth(error[::4, ::4], all_of_it[::4, ::4]) > _ALL_SOFT_ABOVE:
        return None
    found = (error > _SOFT_ABOVE * all_of_it).astype(np.uint8)
    return _spread(np.asarray(found * np.uint8(255), np.uint8), seen)


def _sharpest_tenth(error: NDArray[Any], all_of_it: NDArray[Any]) -> float:
    """How soft all strokes of a page are but the sharpest tenth (by their contrast), as a share of their contrast."""
    some = all_of_it > _SOME
    if not some.any():
        return 0.0
    weight = all_of_it[some]
    softness = error[some] / weight
    order = np.argsort(softness)
    below = np.cumsum(weight[order])
    return float(softness[order][int(np.searchsorted(below, below[-1] / 10))])


def _finer(level: Pixels, stroke: Pixels) -> Pixels:
    """The strokes at the layer's resolution; only where there are any is it worked out."""
    kept = _pixels(cv2.dilate(stroke, _square(3)))
    beside = cv2.threshold(kept, 0, _PAPER, cv2.THRESH_BINARY_INV)[1]
    level = _pixels(cv2.max(level, beside))
    height, width = stroke.shape
    fine = np.zeros((round(height * _FINER), round(width * _FINER)), np.uint8)
    tiles = cv2.resize(kept, (width // GRID, height // GRID), interpolation=cv2.INTER_AREA)
    for left, top, right, bottom in few_boxes(_pixels(tiles) > 0, _OWN_HEAD):
        # One tile more around, so that it is the same as if all were enlarged.
        first_row, first_column = max(0, top - 1), max(0, left - 1)
        part = level[first_row * GRID : (bottom + 1) * GRID, first_column * GRID : (right + 1) * GRID]
        size = (round(part.shape[1] * _FINER), round(part.shape[0] * _FINER))
        large = cv2.resize(part, size, interpolation=cv2.INTER_CUBIC)
        each = round(GRID * _FINER)
        above, before = (top - first_row) * each, (left - first_column) * each
        here = fine[top * each : bottom * each, left * each : right * each]
        inner = large[above:, before:][: here.shape[0], : here.shape[1]]
        cv2.threshold(inner, _EDGE - 1, 255, cv2.THRESH_BINARY_INV, dst=here)
    return fine


def _colours(core: Pixels, stroke: Pixels) -> Pixels:
    """The strokes' colours, each averaged over the stroke pixels of its place."""
    # Two means of four are quicker than one of sixteen.
    total, known = (_averaged(_averaged(_pixels(part))) for part in (cv2.copyTo(core, stroke), stroke))
    return from_around(total, known)


def _averaged(picture: Pixels) -> Pixels:
    """At half the size, each pixel the mean of four."""
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    return _pixels(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _doubled(picture: Pixels) -> Pixels:
    size = (picture.shape[1] * 2, picture.shape[0] * 2)
    return _pixels(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST))


def _spread(found: Pixels, over: Pixels) -> Pixels:
    """As large as another picture, in blocks."""
    return _pixels(cv2.resize(found, (over.shape[1], over.shape[0]), interpolation=cv2.INTER_NEAREST))


def _halved(picture: Pixels) -> Pixels:
    """At half the size, every other pixel."""
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    return _pixels(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST))


def _square(side: int) -> Pixels:
    return np.ones((side, side), np.uint8)


def _over(picture: object, level: int) -> Pixels:
    """255 where it is brighter."""
    return _pixels(cv2.threshold(_pixels(picture), level, 255, cv2.THRESH_BINARY)[1])


def _pixels(picture: object) -> Pixels:
    return np.asarray(picture, np.uint8)
