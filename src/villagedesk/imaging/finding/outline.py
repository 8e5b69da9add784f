"""Finds the one paper in a photograph, or says that there is none."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.beyond import beyond
from villagedesk.imaging.finding.candidates import candidates
from villagedesk.imaging.finding.cues import cues, thin_cues
from villagedesk.imaging.finding.edges import Refined, around_frame, refine, refine_all
from villagedesk.imaging.finding.evidence import LIGHTER, UNSURE_AT_MOST, Evidence, hopeful, weigh
from villagedesk.imaging.finding.parted import parted
from villagedesk.imaging.finding.seam import seamed
from villagedesk.imaging.geometry import Quad, area, is_convex, ordered

Pixels = NDArray[np.uint8]

SURE = 0.5
"""From this confidence on a page may be cut out without asking; below it the clerk is asked to look."""
_SEEN = 0.0003
_GUESSED, _GUESSED_SUPPORT, _GUESSED_PAPER = 0.03, 0.7, 0.3
"""Unless it is so good a guess, an edge is seen on so much of its sides, and it looks so much like paper."""
_SEARCH_SIDE = 450
_REFINE_SIDE = 1000
_FINALISTS = (12, 18)
_FRAMES = 2
"""So many printed frames are looked round for the paper's own edge."""
_CONVERGED = 4.0
"""Pixels: two candidates whose corners came so near are one."""
_SAME = 0.9
"""Two outlines that overlap so much (Jaccard) are one paper's."""
_NEARLY = 0.96
"""Two that overlap so much are one, whatever else."""
_RIVAL = 0.55
"""A different outline that is borne out so nearly as well by its sides makes the best one unsure."""
_RIVAL_SIDES = 0.4
"""So well must each of its sides be seen, too: two outlines often share three sides, and the fourth decides."""
_OUTER_SIDES = 0.8
"""Likewise for the paper round a printed frame, or it would reach to the next joint of the table."""
_WHOLE_SIDES = 0.94
"""Share of a side on which an edge is seen where nothing lies on it."""
_GAP = 0.15
"""Of a side: when one further in has so much more edge, it may be the paper's, and the outer one another's beneath."""
_EDGE = 0.6
"""Of a side: where an edge is seen on less, a whole paper's outline is not taken to lie there."""
_ON_PAPER = 18.0
"""Grey levels: what lies within an outline whose ground differs by less from its own is print on the same paper."""


@dataclass(frozen=True)
class PageOutline:
    """Where the paper is.

    Args:
        corners: 4 × 2 in pixels, top left, top right, bottom right, bottom left (centre of the first pixel is 0, 0).
        confidence: 0 to 1; from ``SURE`` on it can be used unseen.
    """

    corners: Quad
    confidence: float


@dataclass(frozen=True, eq=False)
class _Finalist:
    refined: Refined
    evidence: Evidence

    @property
    def corners(self) -> Quad:
        return self.refined.corners

    @property
    def confidence(self) -> float:
        return self.evidence.confidence

    @property
    def rank(self) -> tuple[float, float]:
        """The more confident is the better one, and of two that are not sure the better guess."""
        return (self.confidence if self.confidence >= SURE else 0.0, self.evidence.guess)


def find_page(image: Pixels) -> PageOutline | None:
    """Find the paper.

    A paper is a convex four-cornered area that differs from what lies beside it along all its straight (or slightly
    bowed), sharp sides, that is of one light colour with little colour in it, and whose edges end at its corners.
    What has the edges but not the looks (a coloured cover, a dark card), what leaves the picture, and what has a rival
    is given with a confidence below ``SURE``. Where nothing is like that the answer is None.

    The same serves the live preview: a picture of at most 1,000 pixels takes some 80 ms of one core.

    Args:
        image: height × width × 3, BGR, the right way up as far as known.
    """
    height, width = image.shape[:2]
    if min(height, width) < 32:
        return None
    middle = _shrunk(image, _REFINE_SIDE)
    small = _to_size(middle, _SEARCH_SIDE)
    scale_middle = 1 / max(1, round(width / middle.shape[1]))
    scale_small = scale_middle * small.shape[1] / middle.shape[1]
    finalists = _finalists(middle, small, scale_small, scale_middle)
    if not finalists:
        return None
    best, confidence = _decided(middle, finalists)
    if confidence < _SEEN and not _is_guessed(best.evidence):
        return None
    corners = _rescaled(best.corners, scale_middle, 1.0)
    if middle is not image:
        exact = refine(image, corners, reach=max(4, round(2.5 / scale_middle)))
        if (exact.support > 0.5).all() and is_convex(exact.corners):
            corners = exact.corners
    corners = ordered(np.clip(corners, -0.5, (width - 0.5, height - 0.5)))
    return PageOutline(corners, round(float(confidence), 3))


def _is_guessed(evidence: Evidence) -> bool:
    borne_out = evidence.support >= _GUESSED_SUPPORT and evidence.paper >= _GUESSED_PAPER
    return borne_out and evidence.guess >= _GUESSED


def _finalists(middle: Pixels, small: Pixels, scale_small: float, scale_middle: float) -> list[_Finalist]:
    """What may be the paper, laid along edges of ``middle`` and weighed."""
    height, width = middle.shape[:2]
    finalists: list[_Finalist] = []
    others: list[Refined] = []
    for prepare, count in zip((cues, thin_cues), _FINALISTS, strict=True):
        quads = candidates(prepare(small), count)
        if not quads:
            continue
        laid = refine_all(middle, _rescaled(np.array(quads), scale_small, scale_middle), reach=10)
        hopes = hopeful(laid, width, height)
        finalists = _with(finalists, middle, [one for one, hope in zip(laid, hopes, strict=True) if hope])
        others += [one for one, hope in zip(laid, hopes, strict=True) if not hope]
        if any(one.confidence >= SURE for one in finalists):
            return finalists
    finalists = _with(finalists, middle, others)
    framed = sorted((one for one in finalists if one.evidence.framed), key=lambda one: -one.evidence.guess)
    if framed:
        around = [outer for one in framed[:_FRAMES] if (outer := around_frame(middle, one.refined)) is not None]
        finalists = _with(finalists, middle, around)
    return finalists


def _with(finalists: list[_Finalist], middle: Pixels, laid: list[Refined]) -> list[_Finalist]:
    """Those and these, weighed; of two that came to the same the better one."""
    for one in map(_Finalist, laid, weigh(middle, laid)):
        if one.evidence.share == 0:
            continue
        same = [other for other in finalists if np.abs(one.corners - other.corners).max() < _CONVERGED]
        if all(one.rank > other.rank for other in same):
            finalists = [other for other in finalists if other not in same] + [one]
    return finalists


def _decided(middle: Pixels, finalists: list[_Finalist]) -> tuple[_Finalist, float]:
    """The one to show, and how sure it is."""
    best, confidence = _chosen(finalists)
    if confidence < SURE:
        return best, confidence
    further = beyond(middle, best.corners)
    if further.past:
        # In a coloured band or a picture: where the outline with it was found, that is shown first.
        wholes = [one for one in finalists if any(_goes_past(one, best, side) for side in further.past)]
        best, confidence = max(wholes or [best], key=lambda one: one.evidence.guess), UNSURE_AT_MOST
    elif parted(middle, best.corners) or seamed(middle, best.corners):
        # Which of the two is meant only the clerk knows, or that a shadow only made them look like two.
        sheets = [one for one in finalists if one is not best and one.confidence >= SURE and _within(one, best)]
        halves = [one for one in sheets if any(_overlap(one.corners, other.corners) < 0.02 for other in sheets)]
        best, confidence = max(halves or [best], key=lambda one: one.evidence.guess), UNSURE_AT_MOST
    elif further.covered:
        confidence = UNSURE_AT_MOST
    return best, confidence


def _goes_past(outer: _Finalist, inner: _Finalist, side: int) -> bool:
    """Whether it is the same outline but for this side, which lies further out, on an edge."""
    opposite = [(side + 2) % 4, (side + 3) % 4]
    same = np.abs(outer.corners - inner.corners)[opposite].max() < 2 * _CONVERGED
    return bool(same and outer.refined.support.min() > _EDGE and _within(inner, outer))


def _chosen(finalists: list[_Finalist]) -> tuple[_Finalist, float]:
    """The best, and how sure it is beside its rivals."""
    finalists = sorted(finalists, key=lambda one: one.rank, reverse=True)
    top = best = finalists[0]
    if top.confidence < SURE:
        return top, top.confidence
    for other in finalists[1:]:
        if _within(best, other) and _is_on(best, other, top):
            best = other
    rivals = [other for other in finalists if other is not best and _is_rival(best, other)]
    if not rivals:
        return best, best.confidence
    return max(best, *rivals, key=lambda one: one.evidence.guess), min(best.confidence, UNSURE_AT_MOST)


def _is_rival(best: _Finalist, other: _Finalist) -> bool:
    """Whether ``other`` may be the paper that is meant, or another one."""
    overlap = _overlap(best.corners, other.corners)
    inside = overlap < _NEARLY and min(other.evidence.seen, other.evidence.sized) > _RIVAL and _within(other, best)
    if (inside and (other.refined.support > best.refined.support + _GAP).any()) or _has_table_round(other, best):
        return True
    if overlap > _SAME:
        return False
    if overlap < 0.02:
        weight = other.evidence
        if weight.seen * min(weight.paper, weight.written) < SURE or not 0.2 < _share(other, best) < 5:
            return False
        # What leaves the picture is not what was laid there, unless it looks more like a paper.
        return weight.whole > 0 or weight.ground[0] > 1.2 * best.evidence.ground[0]
    if other.evidence.seen < _RIVAL * best.evidence.seen or not _as_clear(other, best, _RIVAL_SIDES):
        return False
    if _within(other, best):
        return not (_same_ground(other, best) or _share(other, best) < 0.5)
    if other.confidence < SURE and _has_table_round(best, other):
        # The same paper with a strip of table, up to the next joint.
        return False
    if not _within(best, other):
        return True
    # A paper on a folder or a tray, one on a table with lines, or what takes in a strip of a thing that lies beside it.
    lined = other.evidence.printed > 0 and best.evidence.printed == 0
    return not (lined or not _same_ground(other, best) or _all_clearer(best, other))


def _all_clearer(inner: _Finalist, outer: _Finalist) -> bool:
    """Whether the sides of ``inner`` are seen all along, and each more clearly than that of ``outer``, which is not.

    A fold, a printed frame, or the edge of a paper on another as light is fainter than what it is taken for.
    """
    whole = inner.refined.support.min() >= _WHOLE_SIDES > outer.refined.support.min()
    return bool(whole and _as_clear(inner, outer, _OUTER_SIDES))


def _has_table_round(inner: _Finalist, outer: _Finalist) -> bool:
    """Whether ``inner`` is lighter than what lies between it and ``outer``: that may be table, and no margin."""
    return (
        inner.evidence.seen > _RIVAL
        and 0.5 < _overlap(inner.corners, outer.corners) < _NEARLY
        and _within(inner, outer)
        and inner.evidence.printed < 2
        and bool((inner.refined.lighter > np.maximum(8, 0.4 * inner.refined.contrast)).all())
        and bool((inner.refined.support > outer.refined.support - 0.05).all())
        and _as_clear(inner, outer, _RIVAL_SIDES)
    )


def _is_on(inner: _Finalist, outer: _Finalist, top: _Finalist) -> bool:
    """Whether ``inner`` is printed on ``outer``: frames, pictures and lines of writing have good edges too."""
    small = _share(inner, outer) < 0.7 and outer.evidence.whole > 0
    if small and outer.evidence.card > 0.5 and outer.evidence.seen > 0.5:
        return True
    if small and inner.evidence.lying < 0.5 and outer.evidence.outlined > 0.8 * inner.evidence.outlined:
        return True
    if outer.confidence < 0.8 * top.confidence:
        return False
    if top.confidence < SURE:
        return outer.evidence.whole >= inner.evidence.whole
    return _same_ground(inner, outer) and (_is_print(inner) or _as_clear(outer, inner, _OUTER_SIDES))


def _as_clear(one: _Finalist, other: _Finalist, share: float) -> bool:
    """Whether each side of ``one`` is seen nearly as well as the same one of ``other``."""
    own, others = (sides.contrast * sides.support for sides in (one.refined, other.refined))
    return bool((own >= share * others).all())


def _is_print(inner: _Finalist) -> bool:
    """Whether it could be a frame or a picture printed on a paper: then it is not lighter than what is round it."""
    return bool((inner.refined.lighter < LIGHTER).any())


def _same_ground(one: _Finalist, other: _Finalist) -> bool:
    apart = np.subtract(one.evidence.ground, other.evidence.ground)
    return float(np.abs(apart).max()) < _ON_PAPER


def _within(inner: _Finalist, outer: _Finalist) -> bool:
    """Whether nearly all of ``inner`` lies in ``outer``, and is smaller."""
    common = cv2.intersectConvexConvex(inner.corners.astype(np.float32), outer.corners.astype(np.float32))[0]
    return common > 0.96 * area(inner.corners) and area(inner.corners) < area(outer.corners)


def _share(inner: _Finalist, outer: _Finalist) -> float:
    return area(inner.corners) / area(outer.corners)


def _overlap(first: Quad, second: Quad) -> float:
    """Intersection ÷ union."""
    common = cv2.intersectConvexConvex(first.astype(np.float32), second.astype(np.float32))[0]
    return float(common / max(area(first) + area(second) - common, 1e-6))


def _to_size(image: Pixels, longest: int) -> Pixels:
    """The picture at about ``longest`` pixels, or as it is when it is smaller."""
    scale = longest / max(image.shape[:2])
    if scale < 1 / 1.5:
        return _shrunk(image, longest)
    if scale >= 1:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _shrunk(image: Pixels, longest: int) -> Pixels:
    """The picture at about ``longest`` pixels. Whole factors only: OpenCV averages those five times faster."""
    factor = round(max(image.shape[:2]) / longest)
    if factor <= 1:
        return image
    height, width = image.shape[0] // factor * factor, image.shape[1] // factor * factor
    rows = image[:height, :width]
    if factor % 2 == 0 and factor >= 4:
        # Every other row is enough for a mean of eight or more pixels, and halves the memory read.
        rows = rows[::2]
    size = (width // factor, height // factor)
    return np.asarray(cv2.resize(rows, size, interpolation=cv2.INTER_AREA), np.uint8)


def _rescaled(quad: Quad, old: float, new: float) -> Quad:
    """Pixel coordinates of another resolution; centres of pixels are at whole numbers in both."""
    return (quad + 0.5) * (new / old) - 0.5
