"""What is written and printed on a page, apart from its paper: one sharp layer of strokes, and their colours, coarse.

Seals and fingerprints are never taken for strokes: they keep their shades in the background. What has no clear edge
(faint pencil, stains, photographs) stays there too, so that nothing is lost by not being a stroke. No shape is ever put
in the place of another one that looks like it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.surroundings import from_around

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the page."""

_FINER = 1.5
"""The layer is this much finer than the page (300 dpi for 200): the greys along a stroke's edge say where the edge is
to a part of a pixel, and small characters stay open."""
GRID = 8
"""Pixels of the page, each way, that share one colour of the strokes (1 mm). A page's sides must be whole multiples:
then all smaller pictures of it are averages of whole pixels, which OpenCV makes twelve times faster."""
_NEAR = 15
"""Pixels across within which a stroke is compared with its paper: wider than any stroke of running text (1.9 mm)."""
_LEAST_CONTRAST = 60
_SOFT_ABOVE, _WIDE = 0.075, (13, 13)
"""Share of the contrast, over so many places of ``GRID``: sharp print has 0.03, 3 pixels of blur 0.09."""
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
        box: what holds them all.
        mask: 255 where there is one, finer than the page.
        colours: of the strokes, coarser than the page; continued where there is none.
    """

    box: Box
    mask: Pixels
    colours: Pixels


def strokes_of(page: Pixels) -> tuple[Strokes | None, Pixels]:
    """Find the strokes.

    Args:
        page: height × width × 3, BGR, cleaned; its sides are multiples of ``GRID``.

    Returns:
        The strokes, None where there are none; and height × width with 255 where they hide the paper.
    """
    blue, green, bright_red = cv2.split(page)
    # The brightest channel: a red seal is light in it; black, blue and pencil are dark.
    light = cv2.max(cv2.max(blue, green), bright_red)
    highest = cv2.dilate(light, _square(_NEAR))
    lowest = cv2.erode(light, _square(_NEAR))
    middle = _pixels(cv2.addWeighted(highest, 0.5, lowest, 0.5, 0))
    contrast = cv2.subtract(highest, lowest)
    clear = _over(contrast, _LEAST_CONTRAST)
    # Narrow gaps inside dense characters are grey in a photograph; sharpened they are paper again.
    sharp = _pixels(cv2.addWeighted(light, 2.0, cv2.GaussianBlur(light, (5, 5), 1.0), -1.0, 0))
    stroke = cv2.bitwise_and(cv2.compare(sharp, middle, cv2.CMP_LT), clear)
    # The darkest nearby is a stroke's middle, which has its own colour.
    core = _halved(_pixels(cv2.erode(page, _square(3))))
    red = _red(core)
    other = cv2.bitwise_or(_pictures(page, cv2.bitwise_or(stroke, red)), red)
    stroke = _pixels(cv2.bitwise_and(stroke, cv2.bitwise_not(other)))
    stroke = _pixels(cv2.bitwise_and(stroke, cv2.bitwise_not(_soft(light, highest, contrast, core, stroke))))
    # A stroke's soft edge, two pixels wide, would be a halo in the background. What is all dark around, the middle of
    # a stroke too wide to be one, hides nothing: the background draws it.
    hidden = _pixels(cv2.bitwise_and(cv2.dilate(stroke, _square(5)), clear))
    box = _around(stroke)
    if box is None:
        return None, stroke
    left, top, right, bottom = box
    here = np.s_[top:bottom, left:right]
    colours = _colours(core[top // 2 : bottom // 2, left // 2 : right // 2], _halved(stroke[here]))
    return Strokes(box, _finer(sharp[here], middle[here], stroke[here]), colours), hidden


def _around(stroke: Pixels) -> Box | None:
    left, top, width, height = cv2.boundingRect(stroke)
    if width == 0:
        return None
    left, top, right, bottom = left // GRID, top // GRID, -(-(left + width) // GRID), -(-(top + height) // GRID)
    return left * GRID, top * GRID, right * GRID, bottom * GRID


def _red(core: Pixels) -> Pixels:
    """255 where the middle of a stroke (given at half the size) is red and not dark."""
    _, redness, _ = cv2.split(cv2.cvtColor(core, cv2.COLOR_BGR2YCrCb))
    bright = _over(cv2.extractChannel(core, 2), _RED_DARK)
    red = cv2.bitwise_and(_over(redness, 128 + _RED_FROM), bright)
    return _pixels(cv2.resize(red, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST))


def _pictures(page: Pixels, known: object) -> Pixels:
    """255 where what lies between the known is not paper: photographs and dark fields, whose edges are no strokes."""
    size = (page.shape[1] // GRID, page.shape[0] // GRID)
    between = cv2.bitwise_not(cv2.dilate(np.asarray(known, np.uint8), _square(3)))
    light = _over(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), _PICTURE_BELOW)
    all_of_it, shade = (
        np.asarray(cv2.blur(cv2.resize(part, size, interpolation=cv2.INTER_AREA), (5, 5)), np.float32)
        for part in (between, cv2.bitwise_and(cv2.bitwise_not(light), between))
    )
    found = ((shade > _PICTURE_SHARE * all_of_it) & (shade > _PICTURE_LEAST)).astype(np.uint8) * 255
    wide = cv2.dilate(found, _square(5))
    return _pixels(cv2.resize(wide, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_NEAREST))


def _soft(light: object, highest: object, contrast: object, core: Pixels, stroke: Pixels) -> Pixels:
    """255 where strokes have no sharp edge (a shaken photograph, a paper out of focus): drawn sharp they would be other
    shapes than they were. Told by how far paper with sharp strokes on it is from what is there."""
    size = (core.shape[1], core.shape[0])
    seen, paper, between, inked = (
        cv2.resize(np.asarray(part), size, interpolation=cv2.INTER_AREA) for part in (light, highest, contrast, stroke)
    )
    blue, green, red = cv2.split(core)
    ink = cv2.max(cv2.max(blue, green), red)
    drawn = cv2.add(cv2.multiply(paper, cv2.bitwise_not(inked), scale=1 / 255), cv2.multiply(ink, inked, scale=1 / 255))
    apart = cv2.absdiff(cv2.blur(drawn, (3, 3)), cv2.blur(seen, (3, 3)))
    near = cv2.dilate(inked, _square(3))
    small = (size[0] * 2 // GRID, size[1] * 2 // GRID)
    error, all_of_it = (
        np.asarray(
            cv2.blur(cv2.resize(cv2.copyTo(part, near), small, interpolation=cv2.INTER_AREA).astype(np.float32), _WIDE)
        )
        for part in (apart, between)
    )
    found = (error > _SOFT_ABOVE * all_of_it).astype(np.uint8) * 255
    return _pixels(cv2.resize(found, (stroke.shape[1], stroke.shape[0]), interpolation=cv2.INTER_NEAREST))


def _finer(sharp: Pixels, middle: Pixels, stroke: Pixels) -> Pixels:
    """The strokes at the layer's resolution."""
    size = (round(stroke.shape[1] * _FINER), round(stroke.shape[0] * _FINER))
    here = cv2.resize(cv2.dilate(stroke, _square(3)), size, interpolation=cv2.INTER_NEAREST)
    edge = cv2.resize(middle, size, interpolation=cv2.INTER_LINEAR)
    fine = cv2.resize(sharp, size, interpolation=cv2.INTER_CUBIC)
    return _pixels(cv2.bitwise_and(cv2.compare(fine, edge, cv2.CMP_LT), here))


def _colours(core: Pixels, stroke: Pixels) -> Pixels:
    """The strokes' colours, each averaged over the stroke pixels of its place."""
    size = (stroke.shape[1] * 2 // GRID, stroke.shape[0] * 2 // GRID)
    total = cv2.resize(cv2.copyTo(core, stroke), size, interpolation=cv2.INTER_AREA)
    known = cv2.resize(stroke, size, interpolation=cv2.INTER_AREA)
    return from_around(_pixels(total), _pixels(known))


def _halved(picture: Pixels) -> Pixels:
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    return _pixels(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST))


def _square(side: int) -> Pixels:
    return np.ones((side, side), np.uint8)


def _over(picture: object, level: int) -> Pixels:
    """255 where it is brighter."""
    return _pixels(cv2.threshold(_pixels(picture), level, 255, cv2.THRESH_BINARY)[1])


def _pixels(picture: object) -> Pixels:
    return np.asarray(picture, np.uint8)
