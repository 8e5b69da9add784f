"""Where the page is in a picture that comes out of a file: it may be a photograph of a table with a paper on it, or the
finished page already. A finished page must never be cut at a frame that is printed on it, so it is taken whole; where
nothing is sure, the clerk is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.files.foreign import Origin
from villagedesk.imaging.finding.outline import SURE, find_page
from villagedesk.imaging.geometry import Quad, area

Pixels = NDArray[np.uint8]

_PHOTOGRAPHED_SCAN = 0.7
"""From this confidence of the finder on, a page that is one picture may be a photograph after all."""
_NEARLY_ALL = 0.92
"""A paper that fills so much of the picture was cut out before."""
_LOOK_SIDE = 600
_RIM = (0.006, 0.022)
"""Where the rim is looked at, as shares of the longer side: scanners leave dark threads further out."""
_PAPER, _PAPER_STRICT = 0.88, 0.965
"""How light the rim is, against the lightest of the picture, where it is paper."""
_EVEN, _EVEN_STRICT = 0.07, 0.025
"""How much that may differ from place to place: a lamp over a table lights unevenly, a scanner does not."""
_LID, _EVEN_COLOUR = 0.25, 0.04
_LEAST_LIGHT = 130.0
_STRAIGHT = 0.0025
"""Slope of a side, about a seventh of a degree: no paper laid down by hand lies so straight on all four sides, but
every frame that is printed on a page does."""
_MOST_COLOUR = 40.0


@dataclass(frozen=True)
class Frame:
    """What to do with a picture.

    Args:
        corners: where the paper lies in it, pixels; None: all of it is the page.
        sure: whether that may be done without asking.
    """

    corners: Quad | None
    sure: bool


def frame_of(pixels: Pixels, origin: Origin) -> Frame:
    """Tell a photograph of a paper from a finished page.

    Args:
        pixels: height × width × 3, BGR, upright; 1,600 pixels are enough.
        origin: what the file says of it.
    """
    if origin is Origin.DRAWN:
        return Frame(None, True)
    found = find_page(pixels)
    rim = _rim_of(pixels)
    if found is None:
        return Frame(None, rim.is_paper(strictly=False) or origin is Origin.SCANNED)
    share = area(found.corners) / (pixels.shape[0] * pixels.shape[1])
    if origin is Origin.SCANNED:
        flat = rim.is_paper(strictly=False) or rim.is_printed or _is_straight(found.corners)
        if found.confidence >= _PHOTOGRAPHED_SCAN and share < _NEARLY_ALL and not flat:
            return Frame(found.corners, True)
        return Frame(None, rim.is_paper(strictly=False))
    if rim.is_paper(strictly=True) and origin is not Origin.PHOTOGRAPH:
        return Frame(None, True)
    if rim.is_paper(strictly=False):
        # white paper on a white table, or a grey scan of a form with a frame round it
        return Frame(found.corners, False) if origin is Origin.PHOTOGRAPH else Frame(None, False)
    printed = _is_straight(found.corners) or (rim.is_printed and origin is not Origin.PHOTOGRAPH)
    return Frame(found.corners, found.confidence >= SURE and not printed)


def _is_straight(corners: Quad) -> bool:
    sides = np.abs(np.roll(corners, -1, axis=0) - corners)
    return bool((sides.min(axis=1) <= _STRAIGHT * sides.max(axis=1)).all())


@dataclass(frozen=True)
class _Rim:
    """The outermost parts of a picture.

    Args:
        light: of the darkest part of it, against the lightest of the picture.
        uneven: how much the parts differ.
        colour: of the most coloured part.
        level: of the lightest of the picture, 0 to 255.
    """

    light: float
    uneven: float
    colour: float
    level: float

    @property
    def is_printed(self) -> bool:
        """Whether it is one colour all round, as evenly as only a scanner's light makes it: a certificate's border, a
        coloured form. What is nearly black may be a scanner's lid with something small before it."""
        return self.light >= _LID and self.uneven <= _EVEN_COLOUR * (self.light + self.uneven)

    def is_paper(self, *, strictly: bool) -> bool:
        """Whether the paper goes on to the edge of the picture on all sides."""
        least, most = (_PAPER_STRICT, _EVEN_STRICT) if strictly else (_PAPER, _EVEN)
        light = self.light >= least and self.level >= _LEAST_LIGHT
        return light and self.uneven <= most and self.colour <= _MOST_COLOUR


def _rim_of(pixels: Pixels) -> _Rim:
    factor = max(1.0, max(pixels.shape[:2]) / _LOOK_SIDE)
    size = (max(32, round(pixels.shape[1] / factor)), max(32, round(pixels.shape[0] / factor)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float64)
    colour = small.max(axis=2).astype(np.float64) - small.min(axis=2)
    level = float(np.percentile(grey, 95))
    first, last = (max(1, round(share * max(size))) for share in _RIM)
    last = max(last, first + 2)
    strips = (
        (slice(first, last), slice(first, -first)),
        (slice(-last, -first), slice(first, -first)),
        (slice(first, -first), slice(first, last)),
        (slice(first, -first), slice(-last, -first)),
    )
    lights: list[float] = []
    colours: list[float] = []
    for rows, columns in strips:
        parts = zip(_parts(grey[rows, columns]), _parts(colour[rows, columns]), strict=True)
        for light, coloured in parts:
            lights.append(float(np.median(light)))
            colours.append(float(np.median(coloured)))
    # a seal, a line or a hole may reach to the edge: of all parts a few may be what they like
    ordered = sorted(lights)
    few = len(ordered) // 8
    darkest, lightest = ordered[few], ordered[-1]
    top = max(level, 1.0)
    return _Rim(darkest / top, (lightest - darkest) / top, sorted(colours)[-1 - few], level)


def _parts(strip: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The strip in eight pieces along its longer side."""
    return np.array_split(strip, 8, axis=1 if strip.shape[1] >= strip.shape[0] else 0)
