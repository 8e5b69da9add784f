"""How surely an outline is a paper's: what speaks for it, and what can veto it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.candidates import MIN_SHARE
from villagedesk.imaging.finding.cues import lightness
from villagedesk.imaging.finding.edges import Refined
from villagedesk.imaging.finding.looks import Looks, flattened, looks, print_in
from villagedesk.imaging.finding.ramp import ramp
from villagedesk.imaging.finding.rims import alone, rims
from villagedesk.imaging.geometry import Quad, area, is_convex, side_lengths, true_aspect

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

UNSURE_AT_MOST = 0.45
"""What is seen well but must be looked at by the clerk gets no more."""
_IN_VIEW = 0.3
"""Share of a side that must be in the picture for it to be looked at."""
_HOPELESS = 0.1
_WHITE_ON_WHITE = 40.0
"""Grey levels by which a white paper is lighter than a white table at most."""
_SIZED = 0.03, 0.06
"""Of the picture: where two A4 sheets are in view, a passbook covers 0.08 and a card 0.04."""
_MAX_SIDES_RATIO = 14.0
"""Of the longest to the shortest side: a till receipt is up to ten times as long as wide."""
_OUTSIDE = 0.004
"""Of the picture's longer side: a corner that lies so little outside has lost nothing but blank rim."""
_EVEN = 0.6, 0.75
"""Share of the places round a card: fewer are no darker than what is round them on wood and stone, more on papers."""
_PRINT_BESIDE = 0.06
"""Share of what lies beyond a side: so much is print of the same paper, and no stain or thing beside it."""
_ID1 = 85.6 / 53.98
LIGHTER = 2.0
"""Grey levels: what is lighter by less than what is beside it may be print on the same paper."""


@dataclass(frozen=True)
class Evidence:
    """The conditions, 0 to 1 each.

    Those of the first group say that something four-cornered lies there: every one can veto. Those of the second say
    that it can be taken for the paper that is meant without asking.

    Args:
        edge: the sides lie on edges for most of their length.
        contrast: the steps there stand out from what is beside them.
        sharp: they are sudden, as a paper's are and a shadow's are not.
        alone: the edges stop at the corners; a tile's and a ruling's go on.
        square: the corners could be right angles seen at a slant.
        rim: what lies just inside of each side is the same paper.
        one_way: the inside is lighter on all sides, or darker on all.
        paper: the inside is mostly of one light colour, or it has the shape of a bank card.
        card: it has that shape.
        written: there is print or writing on it; a small blank thing is a label or a note.
        lying: it is lighter than what is round it, or that is empty; it is no frame printed on a paper, nothing lies
            on a side of it, and it is not two papers.
        sized: it is as large as a paper under the camera, or has a card's shape; a card's chip and a ruler are smaller.
        whole: all sides and corners are in view; 0 where one is not.
        ground: what the inside is printed on: lightness, red against green, blue against yellow.
        printed: how many of its sides may be lines on one ground.
        support: share of the sides' length on which an edge was found.
        share: of the picture.
    """

    edge: float = 0.0
    contrast: float = 0.0
    sharp: float = 0.0
    alone: float = 0.0
    square: float = 0.0
    rim: float = 0.0
    one_way: float = 0.0
    paper: float = 0.0
    card: float = 0.0
    written: float = 0.0
    lying: float = 0.0
    sized: float = 0.0
    whole: float = 0.0
    ground: tuple[float, ...] = (0.0, 0.0, 0.0)
    printed: int = 0
    support: float = 0.0
    share: float = 0.0

    @property
    def outlined(self) -> float:
        """How surely its sides are edges of something."""
        return self.edge * self.contrast * self.sharp * self.square * self.rim

    @property
    def seen(self) -> float:
        """How surely something of its own lies there."""
        return self.outlined * self.alone * self.one_way

    @property
    def confidence(self) -> float:
        """0 to 1."""
        meant = ramp(min(self.paper, self.written, self.lying, self.sized, self.whole), 0.3, 0.8)
        # Of two that must be asked about, the one that is all in view is the better guess.
        seen = float(self.seen**5)
        return seen * (UNSURE_AT_MOST + (1 - UNSURE_AT_MOST) * meant) * (0.8 + 0.2 * self.whole)

    @property
    def framed(self) -> bool:
        """Whether it may be a frame printed on a paper, whose own edge lies further out."""
        return self.outlined > 0 and self.lying < 1 and self.printed > 1

    @property
    def guess(self) -> float:
        """What the clerk is shown first where nothing is sure: the greater the better.

        Nothing vetoes here. The weights are rounded from a fit to which of some thousand outlines overlap the paper
        best: that edges were seen at all, however weak, along all of it, and how large it is, tell more than how
        strong they are.
        """
        looks = max(self.paper * self.written, self.card)
        return float(
            (0.15 + self.support) ** 5
            * max(self.share, 0.003) ** 1.2
            * (0.15 + self.alone) ** 2
            * (0.15 + self.one_way)
            * (0.15 + self.square)
            * (0.15 + self.written) ** 1.3
            * (0.15 + looks) ** 0.8
            * (0.15 + self.lying) ** 0.15
            * (0.15 + self.whole) ** 0.1
            * 0.75**self.printed
        )


def hopeful(outlines: Sequence[Refined], width: int, height: int) -> list[bool]:
    """Which outlines can get a confidence that counts; of the others :func:`weigh` can only tell the best guess.

    Args:
        outlines: laid along edges.
        width, height: of the picture, pixels.
    """
    return [_possible(one, width, height) and _sides(one, width, height).worth >= _HOPELESS for one in outlines]


def weigh(pixels: Pixels, outlines: Sequence[Refined]) -> list[Evidence]:
    """Look at everything that tells a paper, for each outline.

    Args:
        pixels: height × width × 3, BGR, the picture that the outlines were laid on.
        outlines: laid along edges; what cannot be a paper's shape has the evidence 0 in all.
    """
    height, width = pixels.shape[:2]
    kept = [index for index, refined in enumerate(outlines) if _possible(refined, width, height)]
    evidence = [Evidence()] * len(outlines)
    if not kept:
        return evidence
    quads = np.stack([outlines[index].corners for index in kept])
    contrast = np.stack([outlines[index].contrast for index in kept])
    lighter = np.stack([outlines[index].lighter for index in kept])
    edges = np.stack([outlines[index].seen for index in kept])
    insides = looks(np.stack([flattened(pixels, quad) for quad in quads]))
    along = zip(*rims(pixels, quads, contrast, lighter, edges), *alone(pixels, quads, contrast), strict=True)
    for index, inside, (rim, gapless, printed, ends, under) in zip(kept, insides, along, strict=True):
        apart = 0.0 if under else float(gapless)
        evidence[index] = _weighed(pixels, outlines[index], (float(rim), apart, int(printed), float(ends)), inside)
    return evidence


def _possible(refined: Refined, width: int, height: int) -> bool:
    """Whether it can be a paper at all."""
    quad = refined.corners
    if not is_convex(quad) or area(quad) < MIN_SHARE * width * height:
        return False
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    in_view = refined.visible > _IN_VIEW
    # Two edges that never meet are a plank's.
    return bool(lengths.max() <= _MAX_SIDES_RATIO * lengths.min() and (in_view & np.roll(in_view, 1)).any())


@dataclass(frozen=True)
class _Sides:
    """What the sides alone tell, see ``Evidence``; ``small``: 1 for a small one, 0 for a large one."""

    edge: float
    contrast: float
    sharp: float
    square: float
    small: float

    @property
    def worth(self) -> float:
        return self.edge * self.contrast * self.sharp * self.square


def _sides(refined: Refined, width: int, height: int) -> _Sides:
    quad = refined.corners
    in_view = refined.visible > _IN_VIEW
    support = refined.support[in_view]
    least, mean = float(support.min()), float(support.mean())
    small = 1 - ramp(area(quad) / (width * height), 0.06, 0.12)
    contrast, clearness = float(refined.contrast[in_view].min()), float(refined.clearness[in_view].min())
    return _Sides(
        # Of a large paper a part may lie under a hand; a small one is seen whole or it is something else.
        edge=ramp(least * 0.6 + mean * 0.4, 0.35 + 0.15 * small, 0.78 + 0.1 * small),
        contrast=ramp(contrast, 1.5, 4.5) * ramp(clearness, 1.2, 3.0),
        sharp=ramp(float(np.sort(refined.sharpness[in_view])[1]), 0.2, 0.5),
        square=_squareness(quad),
        small=small,
    )


def _weighed(pixels: Pixels, refined: Refined, seen: tuple[float, float, int, float], inside: Looks) -> Evidence:
    rim, apart, printed, ends = seen
    quad = refined.corners
    height, width = pixels.shape[:2]
    sides = _sides(refined, width, height)
    small = sides.small
    in_view = refined.visible > _IN_VIEW
    # Of something small that reaches the rim more may be outside: a ruler's end looks like a card then.
    outside = _OUTSIDE * max(width, height) * (1 - 2 * small)
    whole = (quad > -outside) & (quad < np.array([width, height]) - 1 + outside)
    card = _card(quad, width, height)
    mean = side_lengths(quad)
    # Small and square is a note that sticks; small and blank a label. A large blank paper is a page like another.
    written = ramp(inside.written, 0.002, 0.008) * ramp(max(mean) / min(mean), 1.12, 1.27)
    lying = min(apart, 1.0 - min(printed, 1))
    share = min(area(quad) / (width * height), 1.0)
    return Evidence(
        edge=sides.edge,
        contrast=sides.contrast,
        sharp=sides.sharp,
        alone=ends,
        square=sides.square,
        rim=ramp(rim, 0.3, 0.55),
        one_way=_one_way(refined.lighter[in_view]),
        paper=max(inside.paper, card),
        card=card,
        written=max(1 - small, written),
        lying=min(lying, _calm(pixels, refined, card)) if lying > 0 else 0.0,
        sized=max(card, ramp(share, *_SIZED)),
        whole=float(whole.all() and in_view.all()),
        ground=inside.ground,
        printed=printed,
        support=float(refined.support.mean()),
        share=share,
    )


def _calm(pixels: Pixels, refined: Refined, card: float) -> float:
    """Whether it lies on something empty, or a card on what is no paper; a picture printed on one has print beside it.

    Asked only of what is not lighter than what is beside it: a paper on a darker table lies where it likes.
    """
    if (refined.lighter > np.maximum(LIGHTER, 0.1 * refined.contrast)).all() or _but_for_its_shadow(refined):
        return 0.0 if _ruled(pixels, refined) else 1.0
    # Nor is it sure then what is the paper's edge, and what its shadow's.
    strong = ramp(float(refined.contrast.min()), 20, 40)
    if strong == 0 or (np.abs(refined.lighter) < np.maximum(6, 0.25 * refined.contrast)).sum() >= 3:
        # Or it is a line on one ground.
        return 0.0
    light = lightness(_wide(pixels, refined.corners))
    ring = np.ones(light.shape, bool)
    ring[18:-18, 18:-18] = False
    empty = 1 - ramp(float(print_in(light)[ring].mean()), 0.004, 0.012)
    return min(strong, max(empty, min(card, _restless(light, ring))))


def _ruled(pixels: Pixels, refined: Refined) -> bool:
    """Whether one side is a line much darker than the other edges, with print beyond: a ruling, perhaps at a fold."""
    most = int(refined.contrast.argmax())
    usual = float(np.median(np.delete(refined.contrast, most)))
    if refined.contrast[most] < 2 * usual or refined.lighter[most] > 0.35 * refined.contrast[most]:
        return False
    beyond = np.rot90(print_in(lightness(_wide(pixels, refined.corners))), most)[3:20, 23:-23]
    return bool(beyond.mean() > _PRINT_BESIDE)


def _wide(pixels: Pixels, quad: Quad) -> Pixels:
    """It with nearly half as much again round it on each side, at 96 × 96: its own sides are 23 pixels from the rim."""
    return flattened(pixels, quad.mean(axis=0) + (quad - quad.mean(axis=0)) * 1.9)


def _restless(light: Pixels, there: NDArray[np.bool_]) -> float:
    """Whether it is grained or speckled all over, as wood and stone are: a paper is even between its print."""
    calm = cv2.medianBlur(light, 3)
    closed = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    even = (closed.astype(np.int16) - calm)[there] < 0.04 * closed[there]
    return 1 - ramp(float(even.mean()), *_EVEN)


def _but_for_its_shadow(refined: Refined) -> bool:
    """Whether it is lighter on three sides, and the fourth is seen all along, as a white paper's on a white table is.

    There the shadow at its rim makes the table darker by as much as the paper is lighter; a frame is alike all round.
    """
    least = int(refined.lighter.argmin())
    plainly = refined.lighter > np.maximum(LIGHTER, 0.18 * refined.contrast)
    return bool(
        np.delete(plainly, least).all()
        and np.median(refined.lighter) < _WHITE_ON_WHITE
        and refined.lighter[least] > -LIGHTER
        and refined.support[least] > 0.85
        and refined.contrast[least] > max(4.0, 0.2 * float(np.median(refined.contrast)))
    )


def _card(quad: Quad, width: int, height: int) -> float:
    """Whether it has the shape of a bank card, ISO/IEC 7810 ID-1; telephones, folders and calculators have not."""
    aspect = true_aspect(quad, width, height)
    return 1 - ramp(abs(max(aspect, 1 / aspect) / _ID1 - 1), 0.025, 0.045)


def _squareness(quad: Quad) -> float:
    """1 where the corners are near right angles, 0 where no rectangle could look like this."""
    x, y = (quad[[1, 2, 3, 0]] - quad).T
    lengths = np.hypot(x, y)
    x, y = x / lengths, y / lengths
    cosines = np.abs(x * x[[1, 2, 3, 0]] + y * y[[1, 2, 3, 0]])
    return 1 - ramp(float(cosines.max()), 0.4, 0.65)


def _one_way(lighter: Floats) -> float:
    """A paper that lies partly on something lighter, partly on something darker is rare; print and joints are not."""
    told = lighter[np.abs(lighter) > 4]
    if len(told) == 0 or (told > 0).all() or (told < 0).all():
        return 1.0
    return 0.6
