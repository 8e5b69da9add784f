"""Lays one small picture of a page's ink on another: corners found a little beside, and a paper that curls."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Places = NDArray[np.float64]

_BLOCK, _SHIFT = 28, 6
"""Pixels: side of the blocks that are looked for in the other picture, and how far beside their place."""
_PRINTED = 4.0
"""From this spread on (of 255, against the paper around) a block can be known again."""
_FOUND = 0.5
"""Correlation from which on a block was found."""
_NEAR = 1.5
"""Pixels beside where the others say it is: a line of print found in the line below it is farther away."""
_LEAST_KEPT = 0.3
"""Share of the blocks that must agree; of one page 0.75 do, where ruled lines can be found all along themselves."""
_TOO_FEW = 4
"""Blocks from which nothing is concluded."""
_FOR_SLANT, _FOR_CURL = 4, 16
"""Blocks from which on a slant, and a bend, is told from chance."""
_STEP = 16


def laid_on(ink: Floats, other: Floats, over: Pixels | None) -> Floats | None:
    """``other``, moved to where ``ink`` has the same: as a whole, with a slant and a bend.

    Args:
        ink, other: of one size.
        over: where nothing is to be compared, above 0; None when all is.

    Returns:
        None when they have next to nothing in common.
    """
    height, width = ink.shape
    blocks, places, moves = 0, [], []
    for top in range(_SHIFT, height - _BLOCK - _SHIFT + 1, _BLOCK):
        for left in range(_SHIFT, width - _BLOCK - _SHIFT + 1, _BLOCK):
            block = ink[top : top + _BLOCK, left : left + _BLOCK]
            if float(block.std()) < _PRINTED or _covered(over, top, left):
                continue
            blocks += 1
            around = other[top - _SHIFT : top + _BLOCK + _SHIFT, left - _SHIFT : left + _BLOCK + _SHIFT]
            fits = np.asarray(cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED), np.float32)
            _, best, _, (across, down) = cv2.minMaxLoc(fits)
            if best > _FOUND:
                places.append((left + _BLOCK / 2, top + _BLOCK / 2))
                moves.append((_peak(fits[down], across) - _SHIFT, _peak(fits[:, across], down) - _SHIFT))
    if blocks < _TOO_FEW:
        return other
    if len(places) < _LEAST_KEPT * blocks:
        return None
    terms = _terms(np.array(places), (width, height), len(places))
    fitted, kept = _fitted(terms, np.array(moves))
    return _moved(other, fitted, len(places)) if kept >= _LEAST_KEPT * blocks else None


def _covered(over: Pixels | None, top: int, left: int) -> bool:
    return over is not None and bool(over[top : top + _BLOCK, left : left + _BLOCK].any())


def _peak(fits: Floats, at: int) -> float:
    """Where between the pixels it fits best: the top of a parabola through three."""
    if not 0 < at < len(fits) - 1:
        return float(at)
    before, here, after = (float(one) for one in fits[at - 1 : at + 2])
    bend = before - 2 * here + after
    return at + (0.5 * (before - after) / bend if bend < 0 else 0.0)


def _terms(places: Places, size: tuple[int, int], known: int) -> Places:
    """What a move may depend on, by how many blocks are known."""
    x, y = (places / size - 0.5).T
    terms = [np.ones_like(x)]
    if known >= _FOR_SLANT:
        terms += [x, y]
    if known >= _FOR_CURL:
        terms += [x * y, x * x, y * y]
    return np.stack(terms, axis=-1)


def _fitted(terms: Places, moves: Places) -> tuple[Places, int]:
    """The moves as a whole, without those that stray; and how many do not."""
    near = np.abs(moves - np.median(moves, axis=0)).max(axis=1) < _SHIFT
    fitted, *_ = np.linalg.lstsq(terms, moves, rcond=None)
    for _ in range(3):
        if near.sum() < terms.shape[1]:
            return fitted, 0
        fitted, *_ = np.linalg.lstsq(terms[near], moves[near], rcond=None)
        near = np.abs(terms @ fitted - moves).max(axis=1) < _NEAR
    return fitted, int(near.sum())


def _moved(other: Floats, fitted: Places, known: int) -> Floats:
    height, width = other.shape
    down, across = np.mgrid[0:height:_STEP, 0:width:_STEP].astype(np.float64)
    coarse = _terms(np.stack([across.ravel(), down.ravel()], axis=-1), (width, height), known) @ fitted
    coarse = (coarse.reshape(*across.shape, 2) + np.stack([across, down], axis=-1)).astype(np.float32)
    back = np.array([[_STEP, 0, 0], [0, _STEP, 0]], np.float64)
    # the last cells reach beyond the coarse field's last column, where it goes on as before
    coarse = np.concatenate([coarse, 2 * coarse[:, -1:] - coarse[:, -2:-1]], axis=1)
    coarse = np.concatenate([coarse, 2 * coarse[-1:] - coarse[-2:-1]], axis=0)
    field = cv2.warpAffine(coarse, back, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.remap(other, field, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)  # type: ignore[call-overload]
