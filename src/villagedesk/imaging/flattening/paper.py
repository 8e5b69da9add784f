"""Which paper a flat page is, as far as its shape tells, and so how large it really is."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

CARD_MM = (85.6, 53.98)
"""ISO/IEC 7810 ID-1: identity, bank and social-security cards."""
_CARD_CORNER_MM = 3.18
_CARD_TOLERANCE, _EXACT = 0.025, 0.006
"""A passbook's page (144 × 90 mm) is 0.9 % off a card's shape: without rounded corners it must be met better."""
_SMALL = 0.22
"""A card in a camera's view of A4 covers 7 %."""


class Paper(StrEnum):
    """A paper's kind by its shape."""

    A4 = "a4"
    CARD = "card"
    OTHER = "other"


def paper_of(page: Pixels, *, is_a4: bool, share: float) -> Paper:
    """Which paper this is.

    Args:
        page: height × width × 3, BGR, flat.
        is_a4: it has A4's shape.
        share: of the photograph that it covers.
    """
    if is_a4:
        return Paper.A4
    height, width = page.shape[:2]
    aspect = max(height, width) / min(height, width)
    off = abs(aspect / (CARD_MM[0] / CARD_MM[1]) - 1)
    if off > _CARD_TOLERANCE:
        return Paper.OTHER
    return Paper.CARD if has_round_corners(page) or (share < _SMALL and off < _EXACT) else Paper.OTHER


def has_round_corners(page: Pixels) -> bool:
    """Whether at three corners or more something else is seen outside a card's rounding."""
    longest = max(page.shape[:2])
    radius = _CARD_CORNER_MM / CARD_MM[0] * longest
    reach = max(6, round(radius))
    y, x = np.mgrid[0:reach, 0:reach].astype(np.float64)
    away = np.hypot(radius - x - 0.5, radius - y - 0.5)
    outside, inside = away > 1.12 * radius, (away < 0.9 * radius) & (x + y < 1.1 * reach)
    if outside.sum() < 4:
        return False
    round_ones = 0
    for turns in range(4):
        corner = np.rot90(page, turns)[:reach, :reach].astype(np.float64)
        tip, body = corner[outside].mean(axis=0), corner[inside].mean(axis=0)
        spread = corner[inside].std(axis=0).max() + corner[outside].std(axis=0).max()
        round_ones += bool(np.abs(tip - body).max() > max(14.0, 1.2 * float(spread)))
    return round_ones >= 3


def as_large_as(page: Pixels, longest: int) -> Pixels:
    """The page made smaller where its longer side has more than ``longest`` pixels."""
    factor = longest / max(page.shape[:2])
    if factor >= 1:
        return page
    size = (round(page.shape[1] * factor), round(page.shape[0] * factor))
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
