"""Percentiles of whole grey levels, by counting: several times as fast as by sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def percentile(levels: NDArray[np.integer[Any]], percent: float) -> float:
    """What ``np.percentile`` gives.

    Args:
        levels: of any shape, at least one; whole numbers from 0 to some hundreds.
        percent: of them that lie below, 0 to 100.
    """
    upto = np.cumsum(np.bincount(levels.ravel()))
    last = int(upto[-1]) - 1
    place = last * (percent / 100)
    before = int(place)
    low, high = (int(one) for one in np.searchsorted(upto, (before, min(before + 1, last)), side="right"))
    beyond = place - before
    return low + (high - low) * beyond if beyond < 0.5 else high - (high - low) * (1 - beyond)
