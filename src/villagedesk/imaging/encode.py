"""Pages and thumbnails as small JPEG files."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

TARGET_BYTES = 120_000
"""Goal for an A4 page at 200 dpi: a village line sends it in half a second at 2 Mbit/s."""
_BEST, _WORST = 62, 34
"""Quality range; below 34 the rings round 8-point characters begin to fill them (looked at, on the dense form)."""


def encode_page(page: Pixels) -> bytes:
    """A page as JPEG, at the best quality in the range that keeps it near ``TARGET_BYTES``.

    How large a page becomes is measured on strips of it, so that the whole page is coded once.

    Args:
        page: height × width × 3, BGR, cleaned.
    """
    budget = TARGET_BYTES * 0.93
    strips = _strips(page)
    share = strips.size / page.size
    quality = _BEST
    for candidate in (_BEST, 52, 43, _WORST):
        quality = candidate
        if len(_jpeg(strips, candidate, final=False)) / share <= budget:
            break
    return _jpeg(page, quality, final=True)


def thumbnail_of(page: Pixels, longest_side: int) -> bytes:
    """A small JPEG of a page.

    Args:
        page: height × width × 3, BGR.
        longest_side: pixels; a smaller picture is not enlarged.
    """
    factor = longest_side / max(page.shape[:2])
    if factor < 1:
        size = (max(1, round(page.shape[1] * factor)), max(1, round(page.shape[0] * factor)))
        page = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _jpeg(page, 80, final=False)


def encode_photograph(pixels: Pixels) -> bytes:
    """A whole photograph as JPEG that is as good as new for cutting pages out of it.

    Args:
        pixels: height × width × 3, BGR.
    """
    return _jpeg(pixels, 92, final=False)


def _strips(page: Pixels) -> Pixels:
    """Every fourth band of 64 rows, one below the other."""
    rows = np.arange(page.shape[0])
    chosen = (rows // 64) % 4 == 1
    return np.ascontiguousarray(page[chosen]) if chosen.sum() >= 64 else page


def _jpeg(page: Pixels, quality: int, *, final: bool) -> bytes:
    # Optimised tables and progressive order save a fifth; trials do without them and are a little larger for it.
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    if final:
        options += [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
    done, coded = cv2.imencode(".jpg", page, options)
    if not done:
        raise ValueError("OpenCV could not write a JPEG")
    return coded.tobytes()
