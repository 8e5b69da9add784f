"""A small picture of a page's ink, and whether two of them are of the same page.

Two forms of one print, filled in for two people, and two identity cards differ in a few words only: so the pictures
are laid on each other place by place, and the worst places decide, not the sum.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.flattening.text_lines import Lines
from villagedesk.imaging.levels import percentile

Pixels = NDArray[np.uint8]
Ink = NDArray[np.float32]

_SIDE = 440
"""Cells along the longer side: 0.7 mm of an A4 page, so that a character has some twenty cells."""
_LEVELS = 15
_BLOCK, _REACH, _FREE = 44, 9, 4
"""Side of the blocks laid on each other; cells a whole page and, beyond that, a block may be moved."""
_WINDOW = (11, 15)
_SAME = 0.7
"""Likeness that even the worst places of one page photographed twice keep."""
_MOST_UNLIKE = 90
"""Cells: one page taken twice has 0, seldom 150 (a shadow); another name alone has about 400, another person 2,000."""


def fingerprint_of(lines: Lines, quarter_turns: int = 0) -> bytes:
    """A page's ink in small.

    Args:
        lines: as seen on the flat page.
        quarter_turns: clockwise, until the page is upright.

    Returns:
        Some kilobytes.
    """
    # Strokes only: a shadow's soft edge is no ink.
    strokes = cv2.morphologyEx(lines.contrast, cv2.MORPH_TOPHAT, np.ones((13, 13), np.uint8))
    for length in ((1, 35), (35, 1)):
        # Ruled lines are the same on every form; beside them a word would count little.
        ruled = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, np.ones(length, np.uint8))
        strokes = cv2.subtract(strokes, cv2.dilate(ruled, np.ones((3, 3), np.uint8)))
    contrast = np.ascontiguousarray(np.rot90(np.asarray(strokes, np.uint8), -quarter_turns))
    factor = _SIDE / max(contrast.shape)
    size = (max(8, round(contrast.shape[1] * factor)), max(8, round(contrast.shape[0] * factor)))
    # The darkest ink gives the scale, so that light and camera do not matter.
    strong = max(40.0, percentile(contrast[::3, ::3], 99.5))
    clear = cv2.LUT(contrast, np.clip(np.arange(256, dtype=np.float32) - 12, 0, strong))
    small = np.asarray(cv2.resize(clear, size, interpolation=cv2.INTER_AREA), np.float32)
    levels = np.round(np.sqrt(small / max(1.0, float(small.max()))) * _LEVELS).astype(np.uint8)
    if levels.size % 2:
        levels = np.pad(levels.ravel(), (0, 1))
    flat = levels.ravel()
    packed = ((flat[::2] << 4) | flat[1::2]).tobytes()
    return struct.pack("<HH", size[0], size[1]) + zlib.compress(packed, 6)


def same_page(one: bytes, other: bytes) -> bool:
    """Whether two fingerprints are of the same page: photographed again, moved, turned or in another light.

    Args:
        one, other: what ``fingerprint_of`` gave.
    """
    first, second = _unpacked(one), _unpacked(other)
    if not first.any() or not second.any():
        return False
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(second, turns))
        if abs(np.log(turned.shape[1] / turned.shape[0] * first.shape[0] / first.shape[1])) > np.log(1.05):
            continue
        laid = cv2.resize(turned, (first.shape[1], first.shape[0]), interpolation=cv2.INTER_AREA)
        if _roughly_alike(first, laid) and _alike_everywhere(first, np.asarray(laid, np.float32)):
            return True
    return False


def _unpacked(data: bytes) -> Ink:
    width, height = struct.unpack("<HH", data[:4])
    packed = np.frombuffer(zlib.decompress(data[4:]), np.uint8)
    levels = np.stack([packed >> 4, packed & 15], axis=1).ravel()[: width * height]
    return np.asarray(levels.reshape(height, width), np.float32)


def _roughly_alike(first: Ink, second: Any) -> bool:
    ours, theirs = (np.asarray(cv2.GaussianBlur(one, (0, 0), 3.0), np.float64)[::3, ::3] for one in (first, second))
    return float(np.corrcoef(ours.ravel(), theirs.ravel())[0, 1]) > 0.35


def _alike_everywhere(first: Ink, second: Ink) -> bool:
    """Laid on each other block by block; then no word's place may be unlike."""
    matched = _laid_on(first, second)
    if matched is None:
        return False
    ours, theirs = (_details(one) for one in (first, matched))
    likeness, inked = _likeness(ours, theirs)
    if not inked.any():
        return False
    # A crease, a shadow's edge or a fold spoils single windows; another word spoils a whole one's surroundings.
    worst = np.asarray(cv2.erode(inked.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    unlike = (likeness < _SAME) & worst
    usual = float(np.median(likeness[inked]))
    return usual > _SAME and int(unlike.sum()) < _MOST_UNLIKE


def _details(ink: Ink) -> Any:
    """The strokes without the bands that any two lines of print have in common."""
    soft = cv2.GaussianBlur(ink, (0, 0), 0.8)
    return soft - cv2.blur(soft, (9, 1))


def _laid_on(first: Ink, second: Ink) -> Ink | None:
    """``second`` moved place by place to where ``first`` has the same; None when it nowhere fits."""
    second = _shifted(first, second)
    height, width = first.shape
    rows, columns = max(1, round(height / _BLOCK)), max(1, round(width / _BLOCK))
    moves = np.full((rows, columns, 2), np.nan)
    padded = cv2.copyMakeBorder(second, _FREE, _FREE, _FREE, _FREE, cv2.BORDER_CONSTANT, value=0)
    for row in range(rows):
        for column in range(columns):
            top, left = height * row // rows, width * column // columns
            low, right = height * (row + 1) // rows, width * (column + 1) // columns
            block = first[top:low, left:right]
            if (block > 2).mean() < 0.04 or block.std() < 0.7:
                continue
            field = padded[top : low + 2 * _FREE, left : right + 2 * _FREE]
            found = cv2.matchTemplate(field, block, cv2.TM_CCOEFF_NORMED)
            _, value, _, place = cv2.minMaxLoc(found)
            if value > 0.5:
                moves[row, column] = (place[0] - _FREE, place[1] - _FREE)
    fitting = ~np.isnan(moves[:, :, 0])
    if fitting.sum() < 1:
        return None
    smooth = _evened(moves, fitting)
    field = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR).reshape(height, width, 2)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(cv2.remap(second, x + field[..., 0], y + field[..., 1], cv2.INTER_LINEAR), np.float32)


def _evened(moves: NDArray[np.float64], fitting: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Each block's move, taken from the whole page's (turned, stretched) where it fits nothing or strays from that."""
    rows, columns = fitting.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    terms = np.stack([np.ones_like(x), x, y], axis=-1)
    kept = fitting.copy()
    whole = np.broadcast_to(np.median(moves[fitting], axis=0), moves.shape).copy()
    for _ in range(2):
        if kept.sum() < 6:
            break
        fitted, *_ = np.linalg.lstsq(terms[kept], moves[kept], rcond=None)
        whole = terms @ fitted
        kept = fitting & (np.abs(np.nan_to_num(moves, nan=99.0) - whole).max(axis=2) < 1.6)
    return np.where(kept[:, :, None], np.nan_to_num(moves), whole).astype(np.float32)


def _shifted(first: Ink, second: Ink) -> Ink:
    """``second`` moved as a whole: in a table each row's block would fit the next row as well."""
    height, width = first.shape
    inner = first[_REACH : height - _REACH, _REACH : width - _REACH]
    found = cv2.matchTemplate(second, inner, cv2.TM_CCOEFF_NORMED)
    _, _, _, place = cv2.minMaxLoc(found)
    move = np.array([[1, 0, _REACH - place[0]], [0, 1, _REACH - place[1]]], np.float64)
    return np.asarray(cv2.warpAffine(second, move, (width, height), flags=cv2.INTER_NEAREST), np.float32)


def _likeness(ours: Any, theirs: Any) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Correlation in a window round each cell, the best of nine small moves; and where there is ink to compare."""
    shape = _WINDOW[::-1]
    mean = cv2.blur(ours, shape)
    variance = cv2.blur(ours * ours, shape) - mean * mean
    best = np.full(ours.shape, -1.0, np.float32)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            moved = np.roll(theirs, (down, right), axis=(0, 1))
            other = cv2.blur(moved, shape)
            spread = cv2.blur(moved * moved, shape) - other * other
            common = cv2.blur(ours * moved, shape) - mean * other
            best = np.maximum(best, common / np.sqrt(np.maximum(variance, 0.1) * np.maximum(spread, 0.1)))
    other = cv2.blur(theirs, shape)
    spread = cv2.blur(theirs * theirs, shape) - other * other
    inked = np.maximum(variance, spread) > 0.6
    rim = max(_WINDOW)
    inked[:rim], inked[-rim:], inked[:, :rim], inked[:, -rim:] = False, False, False, False
    return best, np.asarray(inked, np.bool_)
