"""Evens the light on a flat page and whitens its paper, and keeps pencil, seals, photographs and stains."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_SHRINK = 8
_EVENED = 235
"""What empty paper is set to before whitening; the room above keeps gleaming spots from wrapping."""
_PAPER_FROM = 0.945
"""Share of the local paper's brightness from which on a pixel is paper: pencil lies at 0.5–0.85, noise above 0.95."""
_BLACK_TO = 0.06
_GREY_WITHIN = 7
"""Colour differences up to this (of 128) are the camera's, not the paper's."""


def clean(page: Pixels) -> Pixels:
    """A page with even light and white paper.

    Args:
        page: height × width × 3, BGR, flat.

    Returns:
        The same size.
    """
    paper = paper_light(page)
    background = cv2.resize(paper, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_LINEAR)
    evened = cv2.divide(page, background, scale=_EVENED)
    luminance = cv2.cvtColor(evened, cv2.COLOR_BGR2YCrCb)
    y, cr, cb = cv2.split(luminance)
    levelled = cv2.merge([cv2.LUT(y, _whiter()), cv2.LUT(cr, _greyer()), cv2.LUT(cb, _greyer())])
    return np.asarray(cv2.cvtColor(levelled, cv2.COLOR_YCrCb2BGR), np.uint8)


def paper_light(page: Pixels) -> Pixels:
    """The colour the empty paper would have at each place, at an eighth of the size.

    The local maximum stands for the paper where it looks like paper; where something large is printed (a photograph,
    a card, a black field) it is filled from the paper around, so that such areas are not bleached.

    Args:
        page: height × width × 3, BGR.

    Returns:
        height/8 × width/8 × 3.
    """
    size = (page.shape[1] // _SHRINK, page.shape[0] // _SHRINK)
    # A whole factor takes OpenCV's fast road; the few rows and columns left over do not matter here.
    whole = page[: size[1] * _SHRINK, : size[0] * _SHRINK]
    shrunk = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    small = np.asarray(cv2.medianBlur(shrunk, 3), np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
    local = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), (0, 0), 2).astype(np.float32)
    bright = local.max(axis=2)
    # The light's slow course over the page; what lies far below it or has another colour is not empty paper.
    course = _spread(np.asarray(cv2.dilate(bright, np.ones((25, 25), np.uint8)), np.float32), 12)
    tint = local / np.maximum(bright, 1)[:, :, None]
    lit = bright > 0.8 * course
    usual = np.median(tint[lit], axis=0) if lit.any() else np.ones(3, np.float32)
    other_colour = np.abs(tint - usual).max(axis=2) > 0.035
    flat = np.hypot(cv2.Sobel(bright, cv2.CV_32F, 1, 0), cv2.Sobel(bright, cv2.CV_32F, 0, 1)) < 0.12 * course
    known = ((bright > 0.72 * course) & ~other_colour & flat).astype(np.uint8)
    known = cv2.erode(known, np.ones((5, 5), np.uint8)).astype(np.float32)
    if known.mean() < 0.08:
        # Hardly any paper to go by (a picture over the whole page): even light only, no local correction.
        level = np.percentile(small.reshape(-1, 3), 95, axis=0)
        return np.broadcast_to(np.maximum(level, 1).astype(np.uint8), small.shape).copy()
    filled = local.copy()
    missing = known < 0.5
    for sigma in (6, 18, 60):
        if not missing.any():
            break
        weight = _spread(known, sigma)
        spread = _spread(local * known[:, :, None], sigma) / np.maximum(weight, 1e-6)[:, :, None]
        usable = missing & (weight > 0.02)
        filled[usable] = spread[usable]
        missing &= ~usable
    smooth = np.asarray(cv2.GaussianBlur(filled, (0, 0), 2))
    return np.asarray(np.clip(smooth, 1, 255), np.uint8)


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
