"""Whether two small pictures show the same page: laid down again, moved, turned, in other light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.geometry import Quad, side_lengths
from villagedesk.imaging.likeness.page_overlay import laid_on
from villagedesk.imaging.signs.covered import covering

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_LONG = 640
"""Longer side of a view: 55 dpi of an A4 page, at which a written name covers some twenty pixels."""
_STROKE = 13
"""Pixels: darker places that are wider are no writing."""
_SOFT = 1.1
"""Pixels of blur, beside which a camera's own and the pixels' grid matter little."""
_SMALLEST = 48
"""Pixels of a view's shorter side, below which there is nothing to lay on each other."""
_WINDOW = (11, 9)
"""Pixels in which two pages are compared: one character of print, two digits."""
_PRINTED = 4.0
"""From this spread on (of 255, against the paper around) a place carries something."""
_PLAIN = 3.0
"""Spread that noise alone may have."""
_RIM = 14
"""Pixels: where corners were found a little beside, the table is seen there."""
_LEAST_ALIKE, _MOST_ALIKE, _TIMES = 0.6, 0.9, 20.0
"""A place is unlike when its correlation is so many times farther from 1 than that of most places, which says how sharp
both pictures are; within these bounds."""
_WORD = 100
"""Pixels that lie together. Measured on statements of 16 to 30 printed lines and six kinds of papers: one page seen
twice has up to 33, through a soft camera and JPEG 62; another eight digits have 196, another date 460, a signature
1,500. Not counted over the whole page: the more print there is, the more is strewn over it by chance."""

_MOST_COVERED = 0.5
"""Share of the page: of less than the other half nobody can say whose form it is."""
_CONTOUR = 9
"""Pixels of a covering's picture that its rim may reach beyond it."""


@dataclass(frozen=True)
class PageView:
    """What a page looks like from straight above, small, with the light taken out.

    Args:
        ink: height × width, how much lighter than the paper around: 0 down to about −160.
        over: the same size, 255 where a hand or an arm lies over the page; None when nothing does.
    """

    ink: Floats
    over: Pixels | None = None


def view_of(picture: Pixels, corners: Quad) -> PageView:
    """The page inside ``corners``.

    Args:
        picture: height × width × 3, BGR; some 600 to 1,000 pixels wide are enough.
        corners: 4 × 2 in its pixels, clockwise.
    """
    seen_width, seen_height = side_lengths(corners)
    scale = _LONG / max(seen_width, seen_height, 1.0)
    width, height = (max(_SMALLEST, round(side * scale)) for side in (seen_width, seen_height))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    flat = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    grey = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY).astype(np.float32)
    # Strokes only: a shadow's rim, a crease's and a gleam are none.
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((_STROKE, _STROKE), np.uint8))
    ink = ((grey - paper) * (160 / np.maximum(paper, 40))).astype(np.float32)
    over = covering(np.asarray(flat, np.uint8))
    return PageView(np.asarray(cv2.GaussianBlur(ink, (0, 0), _SOFT), np.float32), _with_rim(over, (width, height)))


def same_page(first: PageView, second: PageView) -> bool:
    """Whether both show the same page, whichever way round.

    Two papers on which nothing is to be seen count as the same; two forms of one kind, filled in for different
    people, do not. What an arm covers in either is not compared, unless too little is left.
    """
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(second.ink, turns))
        shape = np.array(turned.shape) / np.array(first.ink.shape)
        if shape.max() / shape.min() > 1.12:
            continue
        size = (first.ink.shape[1], first.ink.shape[0])
        other = cv2.resize(turned, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        over = _over_either(first.over, second.over, turns, size)
        if over is not None and float(np.count_nonzero(over)) > _MOST_COVERED * over.size:
            continue
        laid = laid_on(first.ink, other, over)
        if laid is not None and _alike_everywhere(first.ink, laid, over):
            return True
    return False


def _with_rim(over: Pixels | None, size: tuple[int, int]) -> Pixels | None:
    """In the view's size, with its contour and the deep shadow beside it."""
    if over is None:
        return None
    grown = cv2.dilate(over, np.ones((_CONTOUR, _CONTOUR), np.uint8))
    return np.asarray(cv2.resize(grown, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _over_either(first: Pixels | None, second: Pixels | None, turns: int, size: tuple[int, int]) -> Pixels | None:
    if second is None:
        return first
    turned = np.ascontiguousarray(np.rot90(second, turns))
    other = np.asarray(cv2.resize(turned, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return other if first is None else np.maximum(first, other)


def _alike_everywhere(ink: Floats, other: Floats, over: Pixels | None) -> bool:
    """Whether no word that is on either, and not covered, is missing on the other or is another one there."""
    likeness, spread = _likeness(ink, other)
    printed = spread > _PRINTED * _PRINTED
    printed[:_RIM], printed[-_RIM:], printed[:, :_RIM], printed[:, -_RIM:] = False, False, False, False
    if over is not None:
        around = cv2.dilate(over, np.ones((2 * _WINDOW[1] + 1, 2 * _WINDOW[0] + 1), np.uint8))
        printed &= around == 0
    if not printed.any():
        return True
    usual = float(np.median(likeness[printed]))
    least = min(_MOST_ALIKE, max(_LEAST_ALIKE, 1 - _TIMES * (1 - usual)))
    unlike = np.asarray(printed & (likeness < least), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(unlike, connectivity=8)
    return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0)) < _WORD


def _likeness(ink: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Correlation in a window round each pixel, the best of nine moves by a pixel; and the larger of both variances."""
    height, width = ink.shape
    mean = cv2.blur(ink, _WINDOW)
    variance = cv2.blur(cv2.multiply(ink, ink), _WINDOW) - mean * mean
    padded = np.asarray(cv2.copyMakeBorder(other, 1, 1, 1, 1, cv2.BORDER_REPLICATE), np.float32)
    means = cv2.blur(padded, _WINDOW)
    variances = cv2.blur(padded * padded, _WINDOW) - means * means
    least = np.float32(_PLAIN * _PLAIN)
    ours, theirs = np.maximum(variance, least), np.maximum(variances, least)
    best = np.full(ink.shape, -1.0, np.float32)
    for down in range(3):
        for right in range(3):
            moved = np.s_[down : down + height, right : right + width]
            common = cv2.blur(cv2.multiply(ink, padded[moved]), _WINDOW) - mean * means[moved]
            best = np.maximum(best, common / np.sqrt(ours * theirs[moved]))
    return best, np.maximum(variance, variances[1:-1, 1:-1])
