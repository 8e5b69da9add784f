"""The tables that make a page's paper white and its colours clear of the camera's own."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

EVENED = 235
"""What empty paper is set to before whitening; the room above keeps gleaming spots from wrapping."""
_BLACK_TO = 0.06


@cache
def whiter(paper_from: float) -> Pixels:
    """Brightness table: paper to white, ink a little darker, faint lines kept clearly off white.

    Args:
        paper_from: share of the paper's brightness from which on a pixel is paper.
    """
    share = np.arange(256) / EVENED
    stretched = (share - _BLACK_TO) / (paper_from - _BLACK_TO)
    return np.clip(np.clip(stretched, 0, 1) ** 1.15 * 255, 0, 255).astype(np.uint8)


@cache
def greyer(grey_within: float) -> Pixels:
    """Colour table: small differences become none, larger ones keep their strength and gain a little.

    Args:
        grey_within: differences (of 128) up to this are the camera's, not the paper's.
    """
    away = np.arange(256) - 128.0
    strength = np.abs(away)
    kept = np.where(strength < grey_within, 0, np.minimum((strength - grey_within) * 1.8, strength * 1.08))
    return np.asarray(np.clip(np.round(128 + np.sign(away) * kept), 0, 255), np.uint8)
