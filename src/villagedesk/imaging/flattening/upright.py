"""Which way up a flat page is read: the direction of its text lines, then a vote of pieces of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.flattening.reading_model import upright_odds
from villagedesk.imaging.flattening.text_lines import Lines, look_for_lines, pieces, reduced, reduction
from villagedesk.imaging.smaller import Smaller

Pixels = NDArray[np.uint8]

_FEW = 6
"""Pieces that are asked about first, as they are."""
_AT_ONCE = 18.0
"""Sum of their logarithmic odds that needs no second look; a page of print says 20 and more."""
_MORE = (12, 24, 48)
"""Pieces that are asked about where that is not reached, each as it is and on its head."""
_CLEAR = 5.0
"""Sum of logarithmic odds, for the square root of the number of pieces, from which on no more are asked about: pieces
of handwriting or of poor print sway by about 2 each."""
_RUNS = 0.45
"""Directions below this are not trusted alone."""
_IN_COLUMNS = 1.2
"""Mean logarithmic odds of characters as they stand in lines that run down the page, from which on, where they agree
with those of the lines laid across, the page is written from top to bottom. The net takes a character turned
anticlockwise for upright and one turned clockwise for upside down: what agrees stands, what differs lies."""
_MARGIN, _PITCH = 0.1, 1.05
"""Of a piece's width: the margin it was cut with. Of a character's height: from one to the next."""
_LEAST_WORTH = 1.5
"""Below this nothing is turned."""


@dataclass(frozen=True)
class Reading:
    """How a page has to be turned to be read.

    Args:
        quarter_turns: clockwise, 0 to 3.
        confidence: 0 to 1; 0 when there is no text to go by, and then nothing is turned.
    """

    quarter_turns: int
    confidence: float


def reading_of(page: Pixels, lines: Lines | None = None, small: Smaller | None = None) -> Reading:
    """Find out by its text how a page has to be turned.

    Args:
        page: height × width × 3, BGR, flat.
        lines: what :func:`seen_lines` found on it, if that is known.
        small: the page in small, if it was made.
    """
    if lines is None:
        lines = seen_lines(page, small)
    best = _Answer()
    if abs(lines.across) >= _RUNS:
        best = _answer(page, lines, across=lines.across > 0, most=_MORE[-1])
        if best.clear:
            return best.judged()
    # Cards, short notes, photographs: light print on dark too, then the other direction.
    light = look_for_lines(*_to_look_at(page, small), light_on_dark=True)
    likelier = sorted(
        ((found, across) for found in (lines, light) for across in (True, False)),
        key=lambda way: -way[0].across if way[1] else way[0].across,
    )
    for found, across in likelier:
        answer = _answer(page, found, across=across, most=_MORE[0])
        best = max(best, answer, key=lambda one: one.worth)
        if best.clear:
            break
    # Of what is no text, as in a picture, some pieces always look like it one way up.
    return best.judged() if best.enough and best.worth > _LEAST_WORTH else Reading(0, 0.0)


def seen_lines(page: Pixels, small: Smaller | None = None) -> Lines:
    """Dark text on a flat page (BGR); ``small`` is the page in small, if it was made."""
    return look_for_lines(*_to_look_at(page, small))


def _to_look_at(page: Pixels, small: Smaller | None) -> tuple[Pixels, int]:
    """The page as lines are looked for in it, and how many times smaller it is there."""
    factor = reduction(page)
    # Green has the finest detail in a camera's picture, and red ink is dark in it too.
    if small is not None and factor == 2:
        return np.asarray(cv2.extractChannel(small.half, 1), np.uint8), factor
    return reduced(np.asarray(cv2.extractChannel(page, 1), np.uint8)), factor


@dataclass(frozen=True)
class _Answer:
    """What the pieces of one direction said.

    Args:
        total: sum of the logarithmic odds, none counting more than 4.
        agreed: the share of their weight that agrees with it.
        leaning: −1 to 1, how surely the lines run in this direction.
        enough: no more pieces need to be asked.
        across: the direction.
        cut: some of the pieces, as they stand on the page.
    """

    total: float = 0.0
    agreed: float = 0.0
    leaning: float = 0.0
    enough: bool = False
    across: bool = True
    cut: Sequence[Pixels] = ()

    @property
    def clear(self) -> bool:
        return self.enough and self.leaning > -_RUNS

    @property
    def worth(self) -> float:
        return abs(self.total) * max(0.0, 2 * self.agreed - 1) * (1 + self.leaning)

    def judged(self) -> Reading:
        """What follows from it; of lines that run down the page once their characters were asked about, too."""
        sure = round(float(min(1.0, abs(self.total) / 16) * max(0.0, 2 * self.agreed - 1)), 3)
        if self.across or self._in_columns():
            return Reading(0 if self.total > 0 else 2, sure)
        # They were turned anticlockwise to be asked about.
        return Reading(3 if self.total > 0 else 1, sure)

    def _in_columns(self) -> bool:
        # Two tell it of nearly every page that lies on its side.
        for asked in (self.cut[:2], self.cut):
            odds = upright_odds([_side_by_side(piece) for piece in asked])
            if not odds.size or float(odds.mean()) * np.sign(self.total) <= _IN_COLUMNS:
                return False
        return True


def _answer(page: Pixels, lines: Lines, *, across: bool, most: int) -> _Answer:
    """Few pieces say it of a page of print. Of others the net thinks more of one way up than of the other whatever
    stands there, so that each piece is shown to it both ways, and so many that chance evens out."""
    cut = _cut(page, lines, across=across, most=most)
    leaning = lines.across if across else -lines.across
    first = np.clip(upright_odds([_laid(piece, across) for piece in cut[:_FEW]]), -4, 4)
    if abs(first.sum()) >= _AT_ONCE:
        return _summed(first, leaning, cut, across=across, enough=True)
    odds = first[:0]
    enough = False
    for upto in _MORE:
        if enough:
            break
        asked = [_laid(piece, across) for piece in cut[odds.size : min(upto, most)]]
        if asked:
            on_their_heads = [np.asarray(cv2.rotate(piece, cv2.ROTATE_180), np.uint8) for piece in asked]
            odds = np.concatenate((odds, (upright_odds(asked) - upright_odds(on_their_heads)) / 2))
            enough = bool(abs(odds.sum()) > _CLEAR * np.sqrt(odds.size))
    return _summed(np.clip(odds, -4, 4), leaning, cut, across=across, enough=enough)


def _summed(odds: NDArray[np.float64], leaning: float, cut: Sequence[Pixels], *, across: bool, enough: bool) -> _Answer:
    weight, total = float(np.abs(odds).sum()), float(odds.sum())
    agreed = (weight + abs(total)) / 2 / weight if weight else 0.0
    return _Answer(total, agreed, leaning, enough, across, cut[:_FEW])


def _cut(page: Pixels, lines: Lines, *, across: bool, most: int) -> list[Pixels]:
    height, width = page.shape[:2]
    cut = []
    for x, y, wide, high in pieces(lines, across=across, most=most):
        piece = page[max(0, round(y)) : min(height, round(y + high)), max(0, round(x)) : min(width, round(x + wide))]
        if min(piece.shape[:2]) >= 6:
            cut.append(piece)
    return cut


def _laid(piece: Pixels, across: bool) -> Pixels:
    return piece if across else np.asarray(cv2.rotate(piece, cv2.ROTATE_90_COUNTERCLOCKWISE), np.uint8)


def _side_by_side(column: Pixels) -> Pixels:
    """The characters of a piece of a column, which are about as high as wide, as a line across."""
    height, width = column.shape[:2]
    margin = _MARGIN * width
    count = max(1, round((height - 2 * margin) / (width - 2 * margin) / _PITCH))
    cuts = np.linspace(margin, height - margin, count + 1)
    tiles = [column[max(0, round(top - margin / 2)) : round(low + margin / 2)] for top, low in pairwise(cuts)]
    return np.hstack([np.asarray(cv2.resize(tile, (width, width)), np.uint8) for tile in tiles])
