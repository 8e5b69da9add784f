"""How a page is kept: as writing in colour, as writing without colour, or as the picture it is."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_COLOURED = 16
"""A mean colour difference (of 128) over 4 × 4 pixels that no camera makes of black ink."""
_LEAST_COLOUR = 0.00012
"""Share of the page: a fingerprint has 0.4 %, a seal's ring 0.3 %, a word in blue ink 0.02 %."""
_LEAST_PAPER = 0.2


class PageMode(StrEnum):
    """What a page is kept as."""

    COLOUR = "colour"
    """Writing with something coloured: paper white, seals, fingerprints and coloured ink kept."""
    GREY = "grey"
    """Writing without colour."""
    PHOTO = "photo"
    """A card or picture: natural, its ground not whitened."""


def mode_of(*, is_card: bool, paper: float, cleaned: Pixels) -> PageMode:
    """The mode a page's content asks for.

    Args:
        is_card: it is an identity or bank card.
        paper: share of the page that is empty paper (see ``clean.Light``).
        cleaned: height × width × 3, BGR, even light and white paper.
    """
    if is_card or paper < _LEAST_PAPER:
        return PageMode.PHOTO
    return PageMode.COLOUR if has_colour(cleaned) else PageMode.GREY


def has_colour(cleaned: Pixels) -> bool:
    """Whether something coloured stands on a cleaned page (BGR); fringes of black print are not."""
    size = (max(1, cleaned.shape[1] // 4), max(1, cleaned.shape[0] // 4))
    small = cv2.resize(cleaned, size, interpolation=cv2.INTER_AREA)
    _, red, blue = cv2.split(cv2.cvtColor(small, cv2.COLOR_BGR2YCrCb))
    away = cv2.max(cv2.absdiff(red, 128.0), cv2.absdiff(blue, 128.0))
    # At the rim a thread of the table may show.
    rim = max(2, size[0] // 50)
    inner = np.asarray(away)[rim:-rim, rim:-rim]
    return float((inner > _COLOURED).mean()) > _LEAST_COLOUR if inner.size else False
