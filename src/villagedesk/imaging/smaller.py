"""A flat page at a half, a quarter and an eighth of its size, made once for all that need to see no more of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

EIGHTH = 8


@dataclass(frozen=True)
class Smaller:
    """One page in small, each pixel the mean of those it stands for. The few rows and columns that do not fill a pixel
    of the smallest are left out of all three.

    Args:
        half, quarter, eighth: height × width × 3, BGR.
    """

    half: Pixels
    quarter: Pixels
    eighth: Pixels


def smaller(page: Pixels) -> Smaller:
    """Make them, each of the one before.

    Args:
        page: height × width × 3, at least 8 × 8.
    """
    whole = page[: page.shape[0] // EIGHTH * EIGHTH, : page.shape[1] // EIGHTH * EIGHTH]
    half = _halved(whole)
    quarter = _halved(half)
    return Smaller(half, quarter, _halved(quarter))


def _halved(page: Pixels) -> Pixels:
    # Exactly two by two takes OpenCV's fast road.
    size = (page.shape[1] // 2, page.shape[0] // 2)
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
