"""What of a paper nobody can see in its photograph: corners and lines of text."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_truth import Pixels, TextLine, on_mesh

_WASHED_OUT = 100
"""So much glare (of 255) takes dark print away from white paper once the light has brightened that, too."""


class Hidden:
    """What lies over a paper, in a mask of a quarter of the picture's size.

    Args:
        width, height: of the picture, pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = np.array([width, height])
        self._mask = np.zeros((-(-height // 4), -(-width // 4)), np.uint8)
        self._flap: NDArray[np.float32] | None = None

    def under(self, mask: Pixels) -> None:
        """Something opaque lies there: a mask of a quarter of the picture's size, 255 where it is."""
        self._mask[mask > 127] = 255

    def washed_out(self, added: Pixels) -> None:
        """Glare: how much light was added, of 255, at a quarter of the picture's size."""
        self._mask[added > _WASHED_OUT] = 128

    def folded(self, outline: NDArray[np.float64]) -> None:
        """A corner is folded over: the outline of what is missing or covered, millimetres on the paper."""
        self._flap = np.asarray(cv2.convexHull(outline.astype(np.float32)), np.float32)

    def corners(self, corners: NDArray[np.float64]) -> set[int]:
        """Which corners (4 × 2 pixels) are outside the picture or under something; glare hides none."""
        return {index for index, seen in enumerate(self._at(corners)) if seen == 255}

    def lines(self, lines: Sequence[TextLine], mesh: NDArray[np.float64], size: tuple[float, float]) -> tuple[int, ...]:
        """Places of those lines of which more than a trifle cannot be seen."""
        gone = []
        for number, line in enumerate(lines):
            left, top, right, low = line.box
            x, y = np.meshgrid(np.linspace(left, right, max(4, round((right - left) / 2))), np.linspace(top, low, 3))
            points = np.column_stack([x.ravel(), y.ravel()])
            lost = self._at(on_mesh(mesh, size, points)) > 0
            if self._flap is not None:
                lost |= np.array(
                    [cv2.pointPolygonTest(self._flap, (float(px), float(py)), False) >= 0 for px, py in points]
                )
            if lost.mean() > 0.03:
                gone.append(number)
        return tuple(gone)

    def _at(self, places: NDArray[np.float64]) -> NDArray[np.uint8]:
        outside = ((places < -0.5) | (places > self._size - 0.5)).any(1)
        cells = np.clip((places / 4).astype(int), 0, np.array(self._mask.shape[::-1]) - 1)
        return np.where(outside, 255, self._mask[cells[:, 1], cells[:, 0]]).astype(np.uint8)
