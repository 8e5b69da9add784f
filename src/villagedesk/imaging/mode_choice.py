"""Chooses by its content how a page is kept."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.clean import Light, clean
from villagedesk.imaging.mode import PageMode

Pixels = NDArray[np.uint8]

_COLOURED = 16
"""A mean colour difference (of 128) over 4 × 4 pixels that no camera makes of black ink."""
_LEAST_COLOUR = 0.00012
"""Share of the page: a fingerprint has 0.4 %, a seal's ring 0.3 %, a word in blue ink 0.02 %."""
_LEAST_PAPER = 0.2


def mode_of(page: Pixels, light: Light, *, is_card: bool) -> PageMode:
    """The mode a page's content asks for.

    Args:
        page: height × width × 3, BGR, flat.
        light: how the light lies on it.
        is_card: it is an identity or bank card.
    """
    if is_card or light.share < _LEAST_PAPER:
        return PageMode.PHOTO
    return PageMode.COLOUR if _has_colour(page, light) else PageMode.GREY


def _has_colour(page: Pixels, light: Light) -> bool:
    """Whether something coloured stands on the paper; fringes of black print are averaged away."""
    whole = page[: page.shape[0] // 8 * 8, : page.shape[1] // 8 * 8]
    quarter = cv2.resize(whole, (whole.shape[1] // 4, whole.shape[0] // 4), interpolation=cv2.INTER_AREA)
    small = clean(np.asarray(quarter, np.uint8), light)
    colours = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2YCrCb), np.int16)[:, :, 1:]
    away = np.abs(colours - 128).max(axis=2)
    # At the rim a thread of the table may show.
    rim = max(2, small.shape[1] // 50)
    inner = away[rim:-rim, rim:-rim]
    return bool(inner.size and (inner > _COLOURED).mean() > _LEAST_COLOUR)
