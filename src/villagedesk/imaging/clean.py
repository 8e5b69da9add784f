"""Evens the light on a flat page and whitens its paper, and keeps pencil, seals, photographs and stains."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.dark_fields import dark_fields
from villagedesk.imaging.mode import PageMode

Pixels = NDArray[np.uint8]

_SHRINK = 8
_EVENED = 235
"""What empty paper is set to before whitening; the room above keeps gleaming spots from wrapping."""
_PAPER_FROM = 0.945
"""Share of the local paper's brightness from which on a pixel is paper: pencil lies at 0.5–0.85, noise above 0.95."""
_BLACK_TO = 0.06
_LEAST_KNOWN = 0.08
_PHOTO_WHITE, _MOST_GAIN = 240, 1.8
_GREY_WITHIN = 7
"""Colour differences up to this (of 128) are the camera's, not the paper's."""


@dataclass(frozen=True)
class Light:
    """How the light lies on a page.

    Args:
        paper: the colour the empty paper would have at each place, height/8 × width/8 × 3.
        share: of the page that was seen to be empty paper or writing on it, 0 to 1.
    """

    paper: Pixels
    share: float


def clean(page: Pixels, light: Light | None = None, mode: PageMode = PageMode.COLOUR) -> Pixels:
    """A page with even light and white paper; a photo keeps its own ground.

    Args:
        page: height × width × 3, BGR, flat.
        light: what ``light_on`` found, if that is known.
        mode: what the page is kept as.

    Returns:
        The same size; three equal channels for ``PageMode.GREY``.
    """
    if mode is PageMode.PHOTO:
        return _as_taken(page)
    paper = (light or light_on(page)).paper
    if mode is PageMode.GREY:
        page, paper = (np.asarray(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), np.uint8) for one in (page, paper))
    background = _enlarged(paper, page.shape[1], page.shape[0])
    evened = cv2.divide(page, background, scale=_EVENED)
    if mode is PageMode.GREY:
        levelled = cv2.LUT(evened, _whiter())
        return np.asarray(cv2.merge([levelled, levelled, levelled]), np.uint8)
    luminance = cv2.cvtColor(evened, cv2.COLOR_BGR2YCrCb)
    y, cr, cb = cv2.split(luminance)
    levelled = cv2.merge([cv2.LUT(y, _whiter()), cv2.LUT(cr, _greyer()), cv2.LUT(cb, _greyer())])
    return np.asarray(cv2.cvtColor(levelled, cv2.COLOR_YCrCb2BGR), np.uint8)


def light_on(page: Pixels) -> Light:
    """How the light lies on a page.

    The local maximum stands for the paper where it looks like paper; where something large is printed (a photograph,
    a card, a black field) it is filled from the paper around, so that such areas are not bleached. A dark area of the
    paper's own colour that reaches the page's rim is a shadow, and is paper too.

    Args:
        page: height × width × 3, BGR.
    """
    size = (page.shape[1] // _SHRINK, page.shape[0] // _SHRINK)
    # A whole factor takes OpenCV's fast road; the few rows and columns left over do not matter here.
    whole = page[: size[1] * _SHRINK, : size[0] * _SHRINK]
    shrunk = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    small = np.asarray(cv2.medianBlur(shrunk, 3), np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
    stepped = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), np.uint8)
    local = cv2.GaussianBlur(stepped, (0, 0), 2).astype(np.float32)
    bright = local.max(axis=2)
    # The light's slow course over the page; what lies far below it or has another colour is not empty paper.
    course = _spread(np.asarray(cv2.dilate(bright, np.ones((25, 25), np.uint8)), np.float32), 12)
    tint = local / np.maximum(bright, 1)[:, :, None]
    lit = bright > 0.8 * course
    usual = np.median(tint[lit], axis=0) if lit.any() else np.ones(3, np.float32)
    other = tint - usual
    away = np.abs(other).max(axis=2)
    slope = np.hypot(cv2.Sobel(bright, cv2.CV_32F, 1, 0), cv2.Sobel(bright, cv2.CV_32F, 0, 1))
    flat = slope < 0.12 * course
    seen = ((bright > 0.72 * course) & (away <= 0.035) & flat).astype(np.uint8)
    like_paper = _like_paper(other)
    # whole levels of a dark field are steps of their own
    even = (slope < np.maximum(0.12 * bright, 7)) & like_paper
    large, printed = dark_fields(bright, even.astype(np.uint8), np.asarray(small.max(axis=2), np.uint8))
    seen &= 1 - printed
    shadow = _shadows(bright, course, like_paper & (printed == 0), slope, seen) | large
    known = np.asarray(cv2.erode(seen | shadow, np.ones((5, 5), np.uint8)), np.uint8)
    if shadow.any():
        # The shadow's own rim: paper on both sides of a narrow band.
        band = np.asarray(cv2.morphologyEx(seen | shadow, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), np.uint8)
        beside = np.asarray(cv2.dilate(shadow, np.ones((21, 21), np.uint8)), np.uint8)
        known |= band & beside
    share = float(known.mean())
    if share < _LEAST_KNOWN:
        # Hardly any paper to go by (a picture over the whole page): even light only, no local correction.
        level = np.percentile(small.reshape(-1, 3), 95, axis=0)
        return Light(np.broadcast_to(np.maximum(level, 1).astype(np.uint8), small.shape).copy(), share)
    weights = known.astype(np.float32)
    filled = local.copy()
    missing = known == 0
    for sigma in (6, 18, 60):
        if not missing.any():
            break
        weight = _spread(weights, sigma)
        spread = _spread(local * weights[:, :, None], sigma) / np.maximum(weight, 1e-6)[:, :, None]
        usable = missing & (weight > 0.02)
        filled[usable] = spread[usable]
        missing &= ~usable
    smooth = np.asarray(cv2.GaussianBlur(filled, (0, 0), 2))
    if shadow.any():
        # A smoothed step would leave a grey seam along a hard shadow's dark side.
        stepped = np.asarray(cv2.erode(stepped, np.ones((3, 3), np.uint8)), np.uint8)
        smooth = np.where((beside & known)[:, :, None] > 0, np.minimum(smooth, stepped), smooth)
    return Light(np.asarray(np.clip(smooth, 1, 255), np.uint8), share)


def _enlarged(paper: Pixels, width: int, height: int) -> Pixels:
    """Each pixel of ``paper`` a whole number of times as large, the last ones a little more."""
    factor = width // paper.shape[1]
    whole = (paper.shape[1] * factor, paper.shape[0] * factor)
    large = cv2.resize(paper, whole, interpolation=cv2.INTER_LINEAR)
    right, below = width - whole[0], height - whole[1]
    return np.asarray(cv2.copyMakeBorder(large, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8)


def _like_paper(other: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where the tint could be the paper's, lit from elsewhere.

    Args:
        other: by how much it differs from the usual, blue, green and red.
    """
    # What lights a shadow is often the sky: bluer than the paper, by a good deal; a wooden table is redder.
    bluer = other[:, :, 0] - other[:, :, 2]
    return np.asarray((bluer > -0.09) & (bluer < 0.3) & (np.abs(other).max(axis=2) < 0.26), np.bool_)


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


def _spread(values: NDArray[np.float32], sigma: int) -> NDArray[np.float32]:
    """Two box filters: close to a Gaussian of that sigma, at a cost that does not grow with it."""
    side = round(sigma * 2.4) | 1
    once = cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.blur(once, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)


def _whiter() -> Pixels:
    """Brightness table: paper to white, ink a little darker, faint lines kept clearly off white."""
    share = np.arange(256) / _EVENED
    stretched = (share - _BLACK_TO) / (_PAPER_FROM - _BLACK_TO)
    return np.clip(np.clip(stretched, 0, 1) ** 1.15 * 255, 0, 255).astype(np.uint8)


def _greyer() -> Pixels:
    """Colour table: small differences become none, larger ones keep their strength and gain a little."""
    away = np.arange(256) - 128.0
    strength = np.abs(away)
    kept = np.where(strength < _GREY_WITHIN, 0, np.minimum((strength - _GREY_WITHIN) * 1.8, strength * 1.08))
    return np.asarray(np.clip(np.round(128 + np.sign(away) * kept), 0, 255), np.uint8)
