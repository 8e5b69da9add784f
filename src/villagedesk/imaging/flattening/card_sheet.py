"""An identity card's two sides on one A4 page, at their true size, as the paper files have them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.flattening.paper import CARD_MM

Pixels = NDArray[np.uint8]

SHEET_DPI = 300
"""Above the 200 of other pages: the card's print is 1.5 mm high, and most of the sheet is white and costs nothing."""
_A4_MM = (210.0, 297.0)
_GAP_MM = 20.0
_CORNER_MM = 3.18


def card_sheet(front: Pixels, back: Pixels | None = None, *, dpi: int = SHEET_DPI) -> Pixels:
    """Set one or two cards on a white A4 page, 85.6 × 54.0 mm each, one below the other in the upper half's middle.

    Args:
        front, back: height × width × 3, BGR, flat and upright; lying or standing.
        dpi: of the sheet.

    Returns:
        The sheet, BGR.
    """
    width, height = (round(side / 25.4 * dpi) for side in _A4_MM)
    sheet = np.full((height, width, 3), 255, np.uint8)
    cards = [front] if back is None else [front, back]
    top = round(297 * 0.2 / 25.4 * dpi)
    for card in cards:
        lying = card.shape[1] >= card.shape[0]
        wide, high = (round(side / 25.4 * dpi) for side in (CARD_MM if lying else CARD_MM[::-1]))
        shrinks = wide < card.shape[1]
        way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        placed = np.asarray(cv2.resize(card, (wide, high), interpolation=way), np.uint8)
        left = (width - wide) // 2
        shape = _rounded(wide, high, round(_CORNER_MM / 25.4 * dpi))[:, :, None].astype(np.uint16)
        under = sheet[top : top + high, left : left + wide]
        under[:] = ((placed * shape + under * (255 - shape) + 127) // 255).astype(np.uint8)
        top += high + round(_GAP_MM / 25.4 * dpi)
    return sheet


def _rounded(wide: int, high: int, radius: int) -> Pixels:
    """255 inside a card's outline: what lies outside its round corners is table."""
    mask = np.zeros((high, wide), np.uint8)
    cv2.rectangle(mask, (radius, 0), (wide - 1 - radius, high - 1), 255, -1)
    cv2.rectangle(mask, (0, radius), (wide - 1, high - 1 - radius), 255, -1)
    for x in (radius, wide - 1 - radius):
        for y in (radius, high - 1 - radius):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return mask
