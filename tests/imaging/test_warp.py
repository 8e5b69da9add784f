"""A picture drawn in tiles is the one that OpenCV draws as a whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from villagedesk.imaging.warp import warped


@pytest.mark.parametrize("seed", range(12))
def test_tiles_are_the_whole(seed: int) -> None:
    """Whatever the slant, the size and how far the corners lie outside the picture."""
    rng = np.random.default_rng(seed)
    rough = rng.integers(0, 256, (60, 80, 3), np.uint8)
    image = np.asarray(cv2.resize(rough, (800, 600), interpolation=cv2.INTER_CUBIC), np.uint8)
    corners = np.array([(0, 0), (799, 0), (799, 599), (0, 599)]) + rng.uniform(-150, 150, (4, 2))
    corners = np.roll(corners, seed, axis=0).astype(np.float32)
    width, height = (int(side) for side in rng.integers(64, 1300, 2))
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, flat)
    whole = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    drawn = warped(image, np.asarray(matrix, np.float64), (width, height))
    assert drawn.shape == whole.shape
    assert cv2.absdiff(drawn, whole).max() <= 1
