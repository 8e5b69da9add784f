"""Pixels that were read out of a foreign file, coded by ourselves: what is held from here on is no foreign file."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_MOST_MEGAPIXELS = 12
"""A scan of A4 at 300 dpi has 9; above that a lossless file takes seconds."""


def packed(pixels: Pixels, *, photographed: bool) -> tuple[bytes, str]:
    """The file and its media type: without any loss for a finished page, with one nobody sees for a photograph.

    Args:
        pixels: height × width × 3, BGR.
        photographed: a photograph's noise would make a lossless file some ten times as large.
    """
    if photographed or pixels.size > _MOST_MEGAPIXELS * 3_000_000:
        options = [cv2.IMWRITE_JPEG_QUALITY, 96, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
        return _coded(".jpg", pixels, options), "image/jpeg"
    return _coded(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1]), "image/png"


def _coded(kind: str, pixels: Pixels, options: list[int]) -> bytes:
    done, coded = cv2.imencode(kind, pixels, options)
    if not done:
        raise ValueError("OpenCV could not write a picture")
    return coded.tobytes()
