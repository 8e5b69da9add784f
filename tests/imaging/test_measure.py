"""The measure itself, against overlaps worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.measure import jaccard

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)


@pytest.mark.parametrize(
    ("other", "expected"),
    [(SQUARE, 1.0), (SQUARE + np.array([5, 0]), 50 / 150), (SQUARE + np.array([20, 0]), 0.0), (SQUARE * 0.5 + 2, 0.25)],
)
def test_overlap_of_squares(other: NDArray[np.float64], expected: float) -> None:
    assert jaccard(SQUARE, other) == pytest.approx(expected)
