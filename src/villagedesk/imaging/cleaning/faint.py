"""Faint colour on a page: what no single pixel tells from the camera's noise, but many beside one another do."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.cleaning.whitening import greyer, whiter

Pixels = NDArray[np.uint8]
Tiles = NDArray[np.bool_]

TILE = 4
"""Pixels of the quarter picture: 2 mm of paper."""
_CERTAIN, _LIKELY = 5, 3
"""Mean colour difference (of 128) over a tile, against the page's usual: in itself, and not far from a certain one."""
_STEP, _AROUND = 4, 9
"""The same against the mean of so many tiles across: the light's colour changes slowly over the page, and is no ink."""
_LEAST = 0.008
"""Share of the page, with what lies close around: a faint fingerprint has 1.2 %, a seal 3 %."""
_CERTAINLY_UNEVEN, _LIKELY_UNEVEN = 6, 4
"""Times the usual difference, likewise: blotches of a dark photograph, lights of two colours."""
_NEAR, _SOME, _BESIDE = 41, 6, 5
"""Tiles across: a stain's middle from its rim, with so many certain ones; and a seal's letters from its rim."""
_LARGE, _CLEAR = 0.06, 0.3
"""Share of the page from which on an area must have so many certain tiles for one of its rim."""
_INK = 165
"""Darker (paper has 235) it is print, whose fringes are the lens's, or a colour that every pixel shows."""
_STRONG = 18
"""What every pixel shows."""
_GREY_WITHIN, _PAPER_FROM = 3, 0.985
"""The means of nine pixels of plain paper lie within these."""


def faint_colour(luminance: Pixels, red: Pixels, blue: Pixels) -> Tiles:
    """By tiles of a page, where something coloured stands that is not strong: a seal's rest, a stain, pale ink.

    Args:
        luminance, red, blue: Y, Cr and Cb at a quarter of the page's size, the paper 235, 128 and 128.
    """
    rows, columns = -(-luminance.shape[0] // TILE), -(-luminance.shape[1] // TILE)
    plain = cv2.threshold(cv2.erode(luminance, _square(3)), _INK, 255, cv2.THRESH_BINARY)[1]
    colours = [_pixels(cv2.copyTo(colour, plain, np.full_like(colour, 128))) for colour in (red, blue)]
    means = [_tiles(colour, rows, columns) for colour in colours]
    away = _largest_difference(means, [np.full_like(one, round(float(np.median(one[::2, ::2])))) for one in means])
    uneven = float(np.median(away[::2, ::2]))
    certain = away >= max(_CERTAIN, _CERTAINLY_UNEVEN * uneven)
    if certain.any():
        around = [_pixels(cv2.blur(one, (_AROUND, _AROUND))) for one in means]
        certain &= _largest_difference(means, around) >= _STEP
    if np.count_nonzero(certain) < _SOME:
        return np.zeros_like(certain)
    near = cv2.boxFilter(_marked(certain), cv2.CV_32F, (_NEAR, _NEAR), normalize=False) > _SOME - 0.5
    likely = _marked((away >= max(_LIKELY, _LIKELY_UNEVEN * uneven)) & near)
    strong = _largest_difference(colours, [np.full_like(colour, 128) for colour in colours])
    own = _tiles(_pixels(cv2.threshold(strong, _STRONG, 255, cv2.THRESH_BINARY)[1]), rows, columns)
    grown = _without_light(_pixels(cv2.dilate(likely, _square(_BESIDE))), certain)
    found = cv2.subtract(grown, cv2.dilate(own, _square(3))) > 0
    return np.asarray(found if found.mean() > _LEAST else np.zeros_like(found), np.bool_)


def _without_light(found: Pixels, certain: Tiles) -> Pixels:
    """Without large areas that have no clear rim."""
    count, label, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] > _LARGE * found.size
    large[0] = False
    if not large.any():
        return found
    rim = cv2.subtract(found, cv2.erode(found, _square(3))) > 0
    rims, clear = (np.bincount(label[one], minlength=count) for one in (rim, certain))
    return _pixels(cv2.subtract(found, _marked((large & (clear < _CLEAR * rims))[label])))


def _largest_difference(colours: list[Pixels], others: list[Pixels]) -> Pixels:
    red, blue = (cv2.absdiff(one, other) for one, other in zip(colours, others, strict=True))
    return _pixels(cv2.max(red, blue))


def _marked(tiles: object) -> Pixels:
    return np.asarray(tiles, np.bool_).view(np.uint8)


def kept_faint(luminance: Pixels, red: Pixels, blue: Pixels, levelled: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    """Brightness and colour of a place with faint colour, its paper white.

    Args:
        luminance, red, blue: Y, Cr and Cb, the paper 235, 128 and 128.
        levelled: brightness with white paper, in which what is faint is lost.
    """
    red, blue = (_pixels(cv2.LUT(cv2.blur(colour, (3, 3)), greyer(_GREY_WITHIN))) for colour in (red, blue))
    grey = np.full_like(red, 128)
    tinted = cv2.max(cv2.absdiff(red, grey), cv2.absdiff(blue, grey))
    # The middle of nine, not their mean: print beside it stays as thick as it is.
    shade = cv2.min(levelled, cv2.LUT(cv2.medianBlur(luminance, 3), whiter(_PAPER_FROM)))
    return _pixels(cv2.copyTo(shade, tinted, levelled.copy())), red, blue


def _tiles(plane: Pixels, rows: int, columns: int) -> Pixels:
    """The mean of each tile."""
    below, beside = rows * TILE - plane.shape[0], columns * TILE - plane.shape[1]
    if below or beside:
        plane = _pixels(cv2.copyMakeBorder(plane, 0, below, 0, beside, cv2.BORDER_REPLICATE))
    # Two means of four are quicker than one of sixteen.
    for size in ((columns * 2, rows * 2), (columns, rows)):
        plane = _pixels(cv2.resize(plane, size, interpolation=cv2.INTER_AREA))
    return plane


def _square(side: int) -> Pixels:
    return np.ones((side, side), np.uint8)


def _pixels(picture: object) -> Pixels:
    return np.asarray(picture, np.uint8)
