"""Chooses by its content how a page is kept."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.cleaning.clean import Light, Planes, evened_quarter, lighter_than_paper, whitened
from villagedesk.imaging.cleaning.faint import faint_colour
from villagedesk.imaging.cleaning.mode import PageMode
from villagedesk.imaging.smaller import Smaller, smaller

Pixels = NDArray[np.uint8]

_COLOURED = 16
"""A mean colour difference (of 128) over 4 × 4 pixels that no camera makes of black ink."""
_LEAST_COLOUR = 0.00012
"""Share of the page: a fingerprint has 0.4 %, a seal's ring 0.3 %, a word in blue ink 0.02 %."""
_LEAST_PAPER = 0.2
_STRONG, _TINTED = 0.65, 0.4
"""How far the ground's weakest colour stays behind its strongest: white paper has 0.0–0.2, in a bulb's light 0.4, a
yellow carbon copy 0.4, covers in green 0.57, in maroon 0.64, in red 0.85."""
_DARK = 110
_LIGHTER, _STROKE = 20, 13
"""Per cent brighter than the ground, and pixels at a quarter of the size: twice a title's strokes."""
_LEAST_LIGHT = 0.01
"""Share of the page: a cover's title has 2–3 %; the rims of a shadow, where they are as fine, are on pale paper."""


def mode_of(
    page: Pixels, light: Light, *, is_card: bool, small: Smaller | None = None, evened: Planes | None = None
) -> PageMode:
    """The mode a page's content asks for.

    Args:
        page: height × width × 3, BGR, flat.
        light: how the light lies on it.
        is_card: it is an identity or bank card.
        small: the page in small, if it was made.
        evened: what ``evened_quarter`` made of it, if it was made.
    """
    if is_card or light.share < _LEAST_PAPER:
        return PageMode.PHOTO
    small = small or smaller(page)
    if _is_cover(small, light):
        return PageMode.PHOTO
    evened = evened or evened_quarter(small, light.paper)
    return PageMode.COLOUR if _has_colour(evened) else PageMode.GREY


def _is_cover(page: Smaller, light: Light) -> bool:
    """Whether the ground is a strong colour, or dark with lighter print on it: made white it would take that along."""
    ground = np.median(light.paper[::8, ::8].reshape(-1, 3), axis=0)
    strongest = float(ground.max())
    tint = 1 - float(ground.min()) / max(strongest, 1.0)
    if tint > _STRONG:
        return True
    if tint < _TINTED and strongest > _DARK:
        return False
    lighter = lighter_than_paper(page, light)
    strokes = cv2.morphologyEx(lighter, cv2.MORPH_TOPHAT, np.ones((_STROKE, _STROKE), np.uint8))
    return bool((np.asarray(strokes) > _LIGHTER).mean() > _LEAST_LIGHT)


def _has_colour(evened: Planes) -> bool:
    """Whether something coloured stands on the paper; fringes of black print are averaged away."""
    small = whitened(*evened)
    _, red, blue = cv2.split(cv2.cvtColor(small, cv2.COLOR_BGR2YCrCb))
    middle = np.full_like(red, 128)
    away = np.asarray(cv2.max(cv2.absdiff(red, middle), cv2.absdiff(blue, middle)), np.uint8)
    # At the rim a thread of the table may show.
    rim = max(2, small.shape[1] // 50)
    inner = away[rim:-rim, rim:-rim]
    if not inner.size:
        return False
    if (inner > _COLOURED).mean() > _LEAST_COLOUR:
        return True
    return bool(faint_colour(*(plane[rim:-rim, rim:-rim] for plane in evened)).any())
