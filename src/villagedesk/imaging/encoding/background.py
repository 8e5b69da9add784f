"""What a page looks like without its strokes: pictures at half the resolution, and finer ones where that loses detail.

Seals, fingerprints, photographs and faint pencil are such details: they are kept at the page's own resolution. White
paper needs no picture at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.encoding.inks import GRID
from villagedesk.imaging.encoding.surroundings import from_around
from villagedesk.imaging.few_boxes import Box, few_boxes

Pixels = NDArray[np.uint8]

_TILE = 16
_LOST_ABOVE = 16
"""Brightness (of 255) by which a spot of 3 × 3 pixels may differ from the coarse picture before it is kept finer."""
_AROUND = 8
"""Tiles; beginning at whole multiples of it, the means of a part's surroundings are nearly those of the whole
page's."""
_WHITE_WITHIN = 8
_OWN_HEAD = 150
"""Tiles of empty paper that take as many bytes as a picture's own head: less than that between two joins them. Of the
coarse pictures it is four times as many."""


Piece = tuple[Box, Pixels]


@dataclass(frozen=True)
class Background:
    """All but the strokes, on white; each piece with the box of the page that it fills.

    Args:
        coarse: at half the page's size, strokes filled from their surroundings.
        fine: at the page's own size, to lie over the coarse ones.
        detailed: share of the page that loses something in a coarse picture, 0 to 1.
        coloured: share of the page that is not white paper, 0 to 1.
    """

    coarse: tuple[Piece, ...]
    fine: tuple[Piece, ...]
    detailed: float
    coloured: float


def background_of(page: Pixels, hidden: Pixels) -> Background:
    """Take the strokes off a page.

    Args:
        page: height × width × 3, BGR, or height × width; its sides are multiples of ``GRID``.
        hidden: height × width, 255 where strokes hide the paper.
    """
    grey = _grey(page)
    detailed = _detailed(grey, hidden, _filled(grey, hidden))
    boxes = few_boxes(detailed, _OWN_HEAD)
    coloured = _coloured(page, hidden)
    toned = float(coloured.mean())
    for left, top, right, bottom in boxes:
        coloured[top:bottom, left:right] = False
    return Background(
        tuple(_coarse(page, hidden, box) for box in few_boxes(coloured, 4 * _OWN_HEAD)),
        tuple(_clear(page, hidden, box) for box in boxes),
        float(detailed.mean()),
        toned,
    )


def _coarse(page: Pixels, hidden: Pixels, tiles: Box) -> Piece:
    """What the page has in a box of tiles, at half its size, without the strokes."""
    place, _ = _place(hidden, tiles)
    # What is filled is filled from around: from as far as that matters.
    wider = (tiles[0] // _AROUND * _AROUND, tiles[1] // _AROUND * _AROUND)
    (left, top, _, _), here = _place(hidden, (*wider, tiles[2] + _AROUND // 2, tiles[3] + _AROUND // 2))
    cut = [(end - start) // 2 for end, start in zip(place, (left, top, left, top), strict=True)]
    return place, np.ascontiguousarray(_filled(page[here], hidden[here])[cut[1] : cut[3], cut[0] : cut[2]])


def _clear(page: Pixels, hidden: Pixels, tiles: Box) -> Piece:
    """What the page has in a box of tiles, and its paper where strokes hide it."""
    place, coarse = _coarse(page, hidden, tiles)
    _, here = _place(hidden, tiles)
    cut = page[here].copy()
    behind = cv2.resize(coarse, (cut.shape[1], cut.shape[0]), interpolation=cv2.INTER_LINEAR)
    cv2.copyTo(behind, hidden[here], cut)
    return place, cut


def _place(hidden: Pixels, tiles: Box) -> tuple[Box, tuple[slice, slice]]:
    """A box of tiles in pixels of the page, as far as that goes."""
    left, top, right, bottom = (side * _TILE for side in tiles)
    right, bottom = min(right, hidden.shape[1]), min(bottom, hidden.shape[0])
    return (left, top, right, bottom), np.s_[top:bottom, left:right]


def _filled(page: Pixels, holes: Pixels) -> Pixels:
    """The page at half its size, averaged without the holes; where nothing is left it is taken from around."""
    height, width = holes.shape
    half = (width // 2, height // 2)
    paper = cv2.bitwise_not(holes)
    total = cv2.resize(cv2.copyTo(page, paper), half, interpolation=cv2.INTER_AREA)
    known = cv2.resize(paper, half, interpolation=cv2.INTER_AREA)
    mean = cv2.divide(total, known if page.ndim == 2 else cv2.merge([known, known, known]), scale=255)
    _, missing = cv2.threshold(known, 95, 255, cv2.THRESH_BINARY_INV)
    if cv2.countNonZero(missing):
        size = (width // GRID, height // GRID)
        around = from_around(
            *_lighter(
                *(np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8) for part in (total, known))
            )
        )
        cv2.copyTo(cv2.resize(around, half, interpolation=cv2.INTER_LINEAR), missing, mean)
    return np.asarray(mean, np.uint8)


def _lighter(total: Pixels, known: Pixels) -> tuple[Pixels, Pixels]:
    """The same with what is light counting for more: paper is lighter than what is on it, and the inside of what is
    too wide to be a stroke is not what its rim lies on."""
    brightest = total
    if total.ndim == 3:
        blue, green, red = cv2.split(total)  # what is red, or another colour, is as good a ground
        brightest = np.asarray(cv2.max(cv2.max(blue, green), red), np.uint8)
    light = cv2.divide(brightest, known, scale=255)
    weight = cv2.multiply(light, light, scale=1 / 255)
    every = weight if total.ndim == 2 else cv2.merge([weight, weight, weight])
    first, second = cv2.multiply(total, every, scale=1 / 255), cv2.multiply(known, weight, scale=1 / 255)
    return np.asarray(first, np.uint8), np.asarray(second, np.uint8)


def _detailed(grey: Pixels, hidden: Pixels, coarse: Pixels) -> NDArray[np.bool_]:
    """By tiles, where the coarse picture loses something that is to be seen, and one tile around it."""
    height, width = hidden.shape
    behind = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    lost = cv2.subtract(cv2.absdiff(grey, behind), hidden)
    seen = cv2.threshold(cv2.blur(lost, (3, 3)), _LOST_ABOVE, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.dilate(_any_of(seen, _TILE).astype(np.uint8), np.ones((3, 3), np.uint8)), np.bool_)


def _coloured(page: Pixels, hidden: Pixels) -> NDArray[np.bool_]:
    """By tiles, where the paper is not white."""
    size = (page.shape[1] // 2, page.shape[0] // 2)
    half = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    if page.ndim == 3:
        blue, green, red = cv2.split(half)
        half = cv2.min(cv2.min(blue, green), red)
    near = cv2.dilate(cv2.resize(hidden, size, interpolation=cv2.INTER_NEAREST), np.ones((3, 3), np.uint8))
    darkest = cv2.blur(cv2.subtract(cv2.bitwise_not(half), near), (3, 3))
    return _any_of(cv2.threshold(darkest, _WHITE_WITHIN, 255, cv2.THRESH_BINARY)[1], _TILE // 2)


def _any_of(seen: object, tile: int) -> NDArray[np.bool_]:
    """By tiles, whether any pixel of theirs is 255.

    Args:
        tile: its side; the picture's sides are multiples of half of it.
    """
    picture = np.asarray(seen, np.uint8)
    # One of 64 is still seen in their mean, also by three means of four, which are quicker.
    while tile > 2:
        size = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture, tile = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), tile // 2
    quarters = picture > 0
    even = np.pad(quarters, ((0, quarters.shape[0] % 2), (0, quarters.shape[1] % 2)))
    return np.asarray(even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2], np.bool_)


def _grey(picture: Pixels) -> Pixels:
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
