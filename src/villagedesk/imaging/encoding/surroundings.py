"""Fills what is not known of a picture from what lies around it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def from_around(total: Pixels, known: Pixels) -> Pixels:
    """Averages over ever larger areas, as far as there is anything: the nearest counts most.

    Args:
        total: height × width (× 3), each pixel times its share in ``known``.
        known: height × width, 0 for nothing to 255 for all of the pixel.

    Returns:
        As ``total``, with a value everywhere; what is wholly known is kept.
    """
    shape = total.shape
    values, weights = total.reshape(*known.shape, -1).astype(np.float32), known.astype(np.float32) * np.float32(1 / 255)
    levels = [(values, weights)]
    while max(weights.shape) > 1:
        size = ((weights.shape[1] + 1) // 2, (weights.shape[0] + 1) // 2)
        values = np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)
        values = values.reshape(size[1], size[0], -1)  # of one channel OpenCV leaves the last axis out
        weights = np.asarray(cv2.resize(weights, size, interpolation=cv2.INTER_AREA), np.float32)
        levels.append((values, weights))
    filled: NDArray[np.float32] = levels[-1][0] / np.maximum(levels[-1][1], 1e-6)[:, :, None]
    for values, weights in reversed(levels[:-1]):
        wider = cv2.resize(filled, (weights.shape[1], weights.shape[0]), interpolation=cv2.INTER_LINEAR)
        trust = np.minimum(weights * 4, 1)
        share = (trust / np.maximum(weights, 1e-3))[:, :, None]
        filled = np.asarray(values * share + wider.reshape(values.shape) * (1 - trust)[:, :, None], np.float32)
    return np.clip(filled + 0.5, 0, 255).astype(np.uint8).reshape(shape)
