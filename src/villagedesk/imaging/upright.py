"""Which way up a flat page is read: the direction of its text lines, then a vote of pieces of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.reading_model import upright_odds
from villagedesk.imaging.text_lines import Lines, look_for_lines, pieces

Pixels = NDArray[np.uint8]

_FEW, _MANY = 6, 12
"""Pieces that are asked about first, and where the answer is not clear."""
_CLEAR = 12.0
"""Sum of logarithmic odds from which on a vote is clear: three surely upright pieces."""
_RUNS = 0.45
"""Directions below this are not trusted alone."""
_DARK = 110


@dataclass(frozen=True)
class Reading:
    """How a page has to be turned to be read.

    Args:
        quarter_turns: clockwise, 0 to 3.
        confidence: 0 to 1; 0 when there is no text to go by, and then nothing is turned.
    """

    quarter_turns: int
    confidence: float


def reading_of(page: Pixels) -> Reading:
    """Find out by its text how a page has to be turned.

    Args:
        page: height × width × 3, BGR, flat.
    """
    # Of the channels green is the sharpest; red ink is dark in it too.
    grey = np.asarray(cv2.extractChannel(page, 1), np.uint8)
    lines = look_for_lines(grey)
    if abs(lines.across) >= _RUNS:
        odds = _vote(page, lines, lines.across > 0, _FEW)
        total, agreed = _summed(odds)
        if abs(total) >= _CLEAR and agreed >= 0.8:
            return Reading(_turns(lines.across > 0, total), _sure(total, agreed))
    return _asked_all_round(page, grey, lines)


def _asked_all_round(page: Pixels, grey: Pixels, lines: Lines) -> Reading:
    """Both directions, and light print on dark too: cards, short notes, photographs."""
    seen = [lines, look_for_lines(grey, light_on_dark=True)]
    best = (0.0, Reading(0, 0.0))
    for found in seen:
        for across in (True, False):
            odds = _vote(page, found, across, _MANY)
            total, agreed = _summed(odds)
            leaning = found.across if across else -found.across
            worth = abs(total) * (2 * agreed - 1) * (1 + leaning)
            if worth > best[0]:
                best = (worth, Reading(_turns(across, total), _sure(worth / (1 + leaning), agreed)))
    return best[1] if best[0] > 1.5 else Reading(0, 0.0)


def _vote(page: Pixels, lines: Lines, across: bool, most: int) -> NDArray[np.float64]:
    height, width = page.shape[:2]
    cut = []
    for x, y, wide, high in pieces(lines, across=across, most=most):
        piece = page[max(0, round(y)) : min(height, round(y + high)), max(0, round(x)) : min(width, round(x + wide))]
        if min(piece.shape[:2]) >= 6:
            cut.append(piece if across else np.ascontiguousarray(np.rot90(piece)))
    return upright_odds(cut)


def _summed(odds: NDArray[np.float64]) -> tuple[float, float]:
    """The votes' sum, none counting more than 4, and the share of their weight that agrees with it."""
    counted = np.clip(odds, -4, 4)
    weight = float(np.abs(counted).sum())
    total = float(counted.sum())
    return total, (weight + abs(total)) / 2 / weight if weight else 0.0


def _turns(across: bool, total: float) -> int:
    # Lines that run down the page were turned anticlockwise to be asked about.
    return (0 if total > 0 else 2) if across else (3 if total > 0 else 1)


def _sure(total: float, agreed: float) -> float:
    return round(float(min(1.0, abs(total) / 16) * max(0.0, 2 * agreed - 1)), 3)
