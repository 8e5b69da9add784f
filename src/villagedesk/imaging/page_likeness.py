"""Whether two small pictures show the same page: laid down again, moved, turned, in other light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.covered import covering
from villagedesk.imaging.geometry import Quad, side_lengths

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_LONG = 640
"""Longer side of a view: 55 dpi of an A4 page, at which a written name covers some twenty pixels."""
_BLOCK = 14
_SHIFT = 5
"""How far, in pixels of a view, corners found anew may lie beside the old ones."""
_PRINTED = 4.0
"""From this spread on (of 255, against the paper around) a block carries something."""
_ALIKE = 0.7
"""Correlation of a block with its own place in another picture of the page is above 0.83 for all but 1 % of the blocks
(measured on six kinds of papers, moved and in other light); of forms of two persons some 2 % lie below 0.6."""
_FEW, _SMALL_SHARE = 3, 0.01
"""Fewer unlike blocks than this are a gleam or a crease."""

_MOST_COVERED = 0.5
"""Share of the page: of less than the other half nobody can say whose form it is."""
_CONTOUR = 9
"""Pixels of a covering's picture that its rim may reach beyond it."""


@dataclass(frozen=True)
class PageView:
    """What a page looks like from straight above, small, with the light taken out.

    Args:
        ink: height × width, how much darker than the paper around, about −128 to 128.
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
    width, height = (max(_BLOCK * 2, round(side * scale)) for side in (seen_width, seen_height))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    flat = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    grey = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY).astype(np.float32)
    paper = cv2.GaussianBlur(grey, (0, 0), 3)
    ink = ((grey - paper) * (160 / np.maximum(paper, 40))).astype(np.float32)
    over = covering(np.asarray(flat, np.uint8))
    return PageView(np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.8), np.float32), _with_rim(over, (width, height)))


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
        # What is on one must be on the other, and the other way round.
        if _found(first.ink, other, over) and _found(other, first.ink, over):
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


def _found(ink: Floats, other: Floats, over: Pixels | None) -> bool:
    """Whether nearly all that is on ``ink``, and not covered, is found near the same place of ``other``."""
    height, width = ink.shape
    places = [
        (top, left)
        for top in range(_SHIFT, height - _BLOCK - _SHIFT + 1, _BLOCK)
        for left in range(_SHIFT, width - _BLOCK - _SHIFT + 1, _BLOCK)
        if float(ink[top : top + _BLOCK, left : left + _BLOCK].std()) >= _PRINTED
        and (over is None or not over[top : top + _BLOCK, left : left + _BLOCK].any())
    ]
    most = max(_FEW, _SMALL_SHARE * len(places))
    unlike = 0
    for top, left in places:
        block = ink[top : top + _BLOCK, left : left + _BLOCK]
        around = other[top - _SHIFT : top + _BLOCK + _SHIFT, left - _SHIFT : left + _BLOCK + _SHIFT]
        unlike += float(cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED).max()) < _ALIKE
        if unlike >= most:
            return False
    return True
