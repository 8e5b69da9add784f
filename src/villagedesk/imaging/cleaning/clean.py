"""Evens the light on a flat page and whitens its paper, and keeps pencil, seals, photographs and stains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.cleaning.dark_fields import dark_fields
from villagedesk.imaging.cleaning.faint import faint_colour, kept_faint
from villagedesk.imaging.cleaning.mode import PageMode
from villagedesk.imaging.cleaning.pictures import printed_pictures
from villagedesk.imaging.cleaning.whitening import EVENED, greyer, whiter
from villagedesk.imaging.few_boxes import Box, few_boxes
from villagedesk.imaging.smaller import EIGHTH, Smaller, smaller

Pixels = NDArray[np.uint8]
Planes = tuple[Pixels, Pixels, Pixels]
Level = TypeVar("Level", np.uint8, np.float32)

_PAPER_FROM = 0.945
"""Share of the local paper's brightness from which on a pixel is paper: pencil lies at 0.5–0.85, noise above 0.95."""
_LEAST_KNOWN = 0.08
_PHOTO_WHITE, _MOST_GAIN = 240, 1.8
_GREY_WITHIN = 7
"""Colour differences up to this (of 128) are the camera's, not the paper's."""
_TILE = 16
_OWN_HEAD = 200
"""Tiles that take as long as beginning with one box more."""


@dataclass(frozen=True)
class Light:
    """How the light lies on a page.

    Args:
        paper: the colour the empty paper would have at each place, height/8 × width/8 × 3.
        share: of the page that was seen to be empty paper or writing on it, 0 to 1.
    """

    paper: Pixels
    share: float


def clean(
    page: Pixels,
    light: Light | None = None,
    mode: PageMode = PageMode.COLOUR,
    small: Smaller | None = None,
    quarter_turns: int = 0,
    evened: Planes | None = None,
) -> Pixels:
    """A page with even light and white paper; a photo keeps its own ground.

    Args:
        page: height × width × 3, BGR, flat.
        light: what ``light_on`` found, if that is known.
        mode: what the page is kept as.
        small: the page in small, if it was made.
        quarter_turns: by which it is turned clockwise as well: of what has no colour only one channel need be.
        evened: what ``evened_quarter`` made of it, if it was made.

    Returns:
        The same size, turned; height × width alone for ``PageMode.GREY``.
    """
    if mode is PageMode.PHOTO:
        return quarter_turned(_as_taken(page), quarter_turns)
    small = small or smaller(page)
    paper = (light or light_on(page, small)).paper
    height, width = page.shape[:2]
    ground = _enlarged(_grey(paper), EIGHTH, width, height)
    levelled = _pixels(cv2.LUT(cv2.divide(_grey(page), ground, scale=EVENED), whiter(_PAPER_FROM)))
    turned = quarter_turned(levelled, quarter_turns)
    if mode is PageMode.GREY:
        return turned
    cleaned = _pixels(cv2.cvtColor(turned, cv2.COLOR_GRAY2BGR))
    as_it_lay = np.rot90(cleaned, quarter_turns)
    # Most of a written page has no colour.
    evened = evened or evened_quarter(small, paper)
    for box in few_boxes(_coloured(*evened[1:]), _OWN_HEAD):
        here = _place(box, page)
        _, red, blue = _planes(_evened(page[here], _ground(paper, box, page[here].shape)))
        merged = cv2.merge([levelled[here], cv2.LUT(red, greyer(_GREY_WITHIN)), cv2.LUT(blue, greyer(_GREY_WITHIN))])
        part = quarter_turned(_pixels(cv2.cvtColor(merged, cv2.COLOR_YCrCb2BGR)), quarter_turns)
        np.rot90(as_it_lay[here], -quarter_turns)[:] = part
    faint = faint_colour(*evened)
    for box in few_boxes(faint, _OWN_HEAD):
        here = _place(box, page)
        planes = _planes(_evened(page[here], _ground(paper, box, page[here].shape)))
        softly = _pixels(cv2.cvtColor(cv2.merge(kept_faint(*planes, levelled[here])), cv2.COLOR_YCrCb2BGR))
        part, where = (quarter_turned(one, quarter_turns) for one in (softly, _in_pixels(faint, box, softly.shape)))
        cv2.copyTo(part, where, np.rot90(as_it_lay[here], -quarter_turns))
    return cleaned


def quarter_turned(pixels: Pixels, turns: int) -> Pixels:
    """Turned clockwise by so many quarters, 0 to 3."""
    way = (None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)[turns]
    return pixels if way is None else _pixels(cv2.rotate(pixels, way))


def evened_quarter(small: Smaller, paper: Pixels) -> Planes:
    """Brightness and colour (Y, Cr, Cb) of the page at a quarter of its size, its paper 235, 128 and 128."""
    height, width = small.quarter.shape[:2]
    return _planes(_evened(small.quarter, _enlarged(paper, 2, width, height)))


def whitened(luminance: Pixels, red: Pixels, blue: Pixels) -> Pixels:
    """The same, cleaned in colour."""
    levelled = cv2.merge(
        [
            cv2.LUT(luminance, whiter(_PAPER_FROM)),
            cv2.LUT(red, greyer(_GREY_WITHIN)),
            cv2.LUT(blue, greyer(_GREY_WITHIN)),
        ]
    )
    return _pixels(cv2.cvtColor(levelled, cv2.COLOR_YCrCb2BGR))


def lighter_than_paper(small: Smaller, light: Light) -> Pixels:
    """By how many hundredths of its paper's brightness each place is brighter, at a quarter of the page's size."""
    height, width = small.quarter.shape[:2]
    ground = _enlarged(_grey(light.paper), 2, width, height)
    return _pixels(cv2.divide(cv2.subtract(_grey(small.quarter), ground), ground, scale=100))


def _evened(page: Pixels, ground: Pixels) -> Pixels:
    """Brightness and colour (Y, Cr, Cb) of what stands on a ground, as if that were grey and everywhere the same."""
    return _pixels(cv2.cvtColor(cv2.divide(page, ground, scale=EVENED), cv2.COLOR_BGR2YCrCb))


def light_on(page: Pixels, small: Smaller | None = None) -> Light:
    """How the light lies on a page.

    The local maximum stands for the paper where it looks like paper; where something large is printed (a photograph,
    a card, a black field) it is filled from the paper around, so that such areas are not bleached. A dark area of the
    paper's own colour that reaches the page's rim is a shadow, and is paper too.

    Args:
        page: height × width × 3, BGR.
        small: the same in small, if it was made.
    """
    shrunk = np.asarray(cv2.medianBlur((small or smaller(page)).eighth, 3), np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
    stepped = np.asarray(cv2.morphologyEx(shrunk, cv2.MORPH_CLOSE, kernel), np.uint8)
    local = cv2.GaussianBlur(stepped, (0, 0), 2).astype(np.float32)
    bright = _largest(local)
    # The light's slow course over the page; what lies far below it or has another colour is not empty paper.
    course = _spread(np.asarray(cv2.dilate(bright, np.ones((25, 25), np.uint8)), np.float32), 12)
    tint = local / np.maximum(bright, 1)[:, :, None]
    lit = bright > 0.8 * course
    # A sixth of it tells as well as all.
    usual = np.median(tint[lit][::6], axis=0) if lit.any() else np.ones(3, np.float32)
    other = np.asarray(tint - usual, np.float32)
    away = _largest(np.abs(other))
    slope = np.asarray(
        cv2.magnitude(cv2.Sobel(bright, cv2.CV_32F, 1, 0), cv2.Sobel(bright, cv2.CV_32F, 0, 1)), np.float32
    )
    flat = slope < 0.12 * course
    seen = ((bright > 0.72 * course) & (away <= 0.035) & flat).astype(np.uint8)
    like_paper = _like_paper(other, away)
    # whole levels of a dark field are steps of their own
    even = (slope < np.maximum(0.12 * bright, 7)) & like_paper
    large, printed = dark_fields(bright, even.astype(np.uint8), _largest(shrunk))
    unprinted = ((printed | printed_pictures(bright)) == 0).astype(np.uint8)
    seen &= unprinted
    shadow = (_shadows(bright, course, like_paper & (unprinted > 0), slope, seen) | large) & unprinted
    known = np.asarray(cv2.erode(seen | shadow, np.ones((5, 5), np.uint8)), np.uint8)
    if shadow.any():
        # The shadow's own rim: paper on both sides of a narrow band.
        band = np.asarray(cv2.morphologyEx(seen | shadow, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), np.uint8)
        beside = np.asarray(cv2.dilate(shadow, np.ones((21, 21), np.uint8)), np.uint8)
        known |= band & beside & unprinted
    share = float(known.mean())
    if share < _LEAST_KNOWN:
        # Hardly any paper to go by (a picture over the whole page): even light only, no local correction.
        level = np.percentile(shrunk.reshape(-1, 3), 95, axis=0)
        return Light(np.broadcast_to(np.maximum(level, 1).astype(np.uint8), shrunk.shape).copy(), share)
    filled = local.copy()
    missing = known == 0
    for sigma in (6, 18, 60, 180):
        if not missing.any():
            break
        spread, weight = _spread_from(local, known, sigma)
        usable = missing & (weight > 0.02)
        filled[usable] = spread[usable]
        missing &= ~usable
    smooth = np.asarray(cv2.GaussianBlur(filled, (0, 0), 2))
    if shadow.any():
        # A smoothed step would leave a grey seam along a hard shadow's dark side.
        stepped = np.asarray(cv2.erode(stepped, np.ones((3, 3), np.uint8)), np.uint8)
        smooth = np.where((beside & known)[:, :, None] > 0, np.minimum(smooth, stepped), smooth)
    return Light(np.asarray(np.clip(smooth, 1, 255), np.uint8), share)


def _planes(picture: Pixels) -> Planes:
    first, second, third = cv2.split(picture)
    return _pixels(first), _pixels(second), _pixels(third)


def _coloured(red: Pixels, blue: Pixels) -> NDArray[np.bool_]:
    """By tiles of the page, where there may be colour on it, and one tile around."""
    height, width = red.shape
    least, most = cv2.min(red, blue), cv2.max(red, blue)
    seen = cv2.bitwise_or(
        cv2.threshold(most, 127 + _GREY_WITHIN, 1, cv2.THRESH_BINARY)[1],
        cv2.threshold(least, 128 - _GREY_WITHIN, 1, cv2.THRESH_BINARY_INV)[1],
    )
    side = _TILE // 4
    whole = cv2.copyMakeBorder(seen, 0, -height % side, 0, -width % side, cv2.BORDER_REPLICATE)
    grown = cv2.dilate(whole, np.ones((2 * side, 2 * side), np.uint8))[::side, ::side]
    return np.asarray(cv2.dilate(np.ascontiguousarray(grown), np.ones((3, 3), np.uint8)) > 0, np.bool_)


def _place(tiles: Box, page: Pixels) -> tuple[slice, slice]:
    """A box of tiles on the page; the last tiles have what is left of it as well."""
    left, top, right, bottom = tiles
    height, width = page.shape[:2]
    last_column, last_row = width // EIGHTH * EIGHTH, height // EIGHTH * EIGHTH
    below = height if bottom * _TILE >= last_row else bottom * _TILE
    beside = width if right * _TILE >= last_column else right * _TILE
    return np.s_[top * _TILE : below, left * _TILE : beside]


def _in_pixels(tiles: NDArray[np.bool_], box: Box, shape: tuple[int, ...]) -> Pixels:
    """A box of tiles as large as it is on the page, where it has that shape."""
    left, top, right, bottom = box
    part = tiles[top:bottom, left:right].astype(np.uint8)
    large = cv2.resize(part, (part.shape[1] * _TILE, part.shape[0] * _TILE), interpolation=cv2.INTER_NEAREST)
    return _enlarged(_pixels(large), 1, shape[1], shape[0])


def _ground(paper: Pixels, tiles: Box, shape: tuple[int, ...]) -> Pixels:
    """What lies under a box of tiles.

    Args:
        shape: of that part of the page: where the page ends it is another than the tiles'.
    """
    each = _TILE // EIGHTH
    left, top, right, bottom = (side * each for side in tiles)
    # One more all round, so that it is the same as in the enlargement of all.
    first_row, first_column = max(0, top - 1), max(0, left - 1)
    around = paper[first_row : bottom + 1, first_column : right + 1]
    before, beside = (top - first_row) * EIGHTH, (left - first_column) * EIGHTH
    return _enlarged(around, EIGHTH, beside + shape[1], before + shape[0])[before:, beside:]


def _enlarged(paper: Pixels, factor: int, width: int, height: int) -> Pixels:
    """Each pixel so many times as large, in a picture of that size: cut off, or its last rows and columns repeated."""
    wide, high = paper.shape[1] * factor, paper.shape[0] * factor
    large = cv2.resize(paper, (wide, high), interpolation=cv2.INTER_LINEAR)[:height, :width]
    right, below = max(0, width - wide), max(0, height - high)
    if not right and not below:
        return np.asarray(large, np.uint8)
    return np.asarray(cv2.copyMakeBorder(large, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8)


def _like_paper(other: NDArray[np.float32], away: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where the tint could be the paper's, lit from elsewhere.

    Args:
        other: by how much it differs from the usual, blue, green and red.
        away: the largest of the three.
    """
    # What lights a shadow is often the sky: bluer than the paper, by a good deal; a wooden table is redder.
    bluer = other[:, :, 0] - other[:, :, 2]
    return np.asarray((bluer > -0.09) & (bluer < 0.3) & (away < 0.26), np.bool_)


def _grey(page: Pixels) -> Pixels:
    return _pixels(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY))


def _pixels(picture: object) -> Pixels:
    return np.asarray(picture, np.uint8)


def _shadows(
    bright: NDArray[np.float32],
    course: NDArray[np.float32],
    like_paper: NDArray[np.bool_],
    slope: NDArray[np.float32],
    seen: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """Where paper lies in shadow: dark, of about the paper's colour, smooth, large, and reaching the page's rim.

    Printed pictures have colours and steps in them, and a margin of paper round them.
    """
    dark = ((seen == 0) & (bright <= 0.85 * course) & (bright > 0.18 * course) & like_paper).astype(np.uint8)
    dark &= (slope < 0.12 * np.maximum(bright, 1)).astype(np.uint8)
    found = np.zeros(dark.shape, np.uint8)
    height, width = dark.shape
    count, label, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    for index in range(1, count):
        x, y, wide, high, size = stats[index]
        at_rim = x <= 2 or y <= 2 or x + wide >= width - 2 or y + high >= height - 2
        if at_rim and size > 0.004 * dark.size:
            found[label == index] = 1
    return found


def _as_taken(page: Pixels) -> Pixels:
    """A picture in its own light, only made as bright as a well exposed one, all colours alike."""
    level = float(np.percentile(page[::8, ::8].max(axis=2), 98))
    gain = float(np.clip(_PHOTO_WHITE / max(level, 1.0), 1.0, _MOST_GAIN))
    return page if gain < 1.03 else np.asarray(cv2.convertScaleAbs(page, alpha=gain), np.uint8)


def _spread_from(
    local: NDArray[np.float32], known: NDArray[np.uint8], sigma: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The means of what is known around each place, and how much of the surroundings is. The farther around, the
    smaller a picture is enough."""
    factor = max(1, sigma // 6)
    height, width = known.shape
    weights = known.astype(np.float32)
    total = cv2.copyTo(local, known)
    if factor > 1:
        size = (-(-width // factor), -(-height // factor))
        total, weights = (
            np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.float32) for one in (total, weights)
        )
    side = sigma // factor
    weight = _spread(weights, side)
    spread = _spread(np.asarray(total, np.float32), side) / np.maximum(weight, 1e-6)[:, :, None]
    if factor == 1:
        return spread, weight
    wide, again = (
        np.asarray(cv2.resize(one, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        for one in (spread, weight)
    )
    return wide, again


def _largest(planes: NDArray[Level]) -> NDArray[Level]:
    """Of the three values of each pixel."""
    first, second, third = cv2.split(planes)
    return np.asarray(cv2.max(cv2.max(first, second), third), planes.dtype)


def _spread(values: NDArray[np.float32], sigma: int) -> NDArray[np.float32]:
    """Two box filters: close to a Gaussian of that sigma, at a cost that does not grow with it."""
    side = round(sigma * 2.4) | 1
    once = cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.blur(once, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)
