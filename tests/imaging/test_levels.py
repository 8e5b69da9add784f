"""Counted percentiles are numpy's."""

from __future__ import annotations

import numpy as np
import pytest

from villagedesk.imaging.levels import percentile


@pytest.mark.parametrize("seed", range(8))
def test_counted_is_sorted(seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, int(rng.integers(1, 256)), int(rng.integers(1, 3000))).astype(np.uint8)
    for percent in (0, 25, 50, 90, 99.5, 100):
        assert percentile(levels, percent) == float(np.percentile(levels, percent))
