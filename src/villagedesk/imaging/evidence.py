"""How surely an outline is a paper's: what speaks for it, and what can veto it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.candidates import MIN_SHARE
from villagedesk.imaging.cues import Singles, lightness, separated
from villagedesk.imaging.edges import ALONG, Refined
from villagedesk.imaging.geometry import Quad, area, is_convex, true_aspect

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

UNSURE_AT_MOST = 0.45
"""What is seen well but must be looked at by the clerk gets no more."""
_IN_VIEW = 0.3
"""Share of a side that must be in the picture for it to be looked at."""
_NEXT, _BEFORE, _ACROSS = [1, 2, 3, 0], [3, 0, 1, 2], [2, 3, 0, 1]
_MAX_SIDES_RATIO = 14.0
"""Of the longest to the shortest side: a till receipt is up to ten times as long as wide."""
_OUTSIDE = 0.004
"""Of the picture's longer side: a corner that lies so little outside has lost nothing but blank rim."""
_ID1 = 85.6 / 53.98
_NO_SHADOW = 60.0
"""Grey levels: a darker line than this is not the shadow at a paper's rim."""
_LINE = 0.15
"""Of its own step: where inside and outside differ by less, the edge is a line on one ground."""
_GAPS = ((0.03, 0.1, 0.16), (0.07, 0.2, 0.26))
"""Share of the sides, for the third largest, the second and the largest: fewer is nothing, more is surely a gap."""
_CLEAR = 20.0
"""Grey levels: where inside and outside differ so much, a gap between them shows."""
LIGHTER = 2.0
"""Grey levels: what is lighter by less than what is beside it may be print on the same paper."""


def _rim_weights() -> Floats:
    """4 sides × 10 depths × 48 × 4: places so far inside or outside of each side, as weights of the corners."""
    along = ALONG
    rows = []
    for depth in (0.012, 0.022, 0.04, 0.08, 0.15, 0.21, -0.02, -0.05, -0.07, -0.09):
        near, far = np.full(48, depth), np.full(48, 1 - depth)
        rows.append(((along, near), (far, along), (along, far), (near, along)))
    weights = [
        [np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=-1) for u, v in sides] for sides in rows
    ]
    return np.asarray(weights, np.float64).transpose(1, 0, 2, 3)


_RIM_WEIGHTS = _rim_weights()


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
        lying: it is lighter than what is round it, or that is empty; and it is no frame printed on a paper.
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
        meant = _ramp(min(self.paper, self.written, self.lying, self.whole), 0.3, 0.8)
        # Of two that must be asked about, the one that is all in view is the better guess.
        seen = float(self.seen**2.5)
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
        )


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
    rims, whole_rims, printed = _rims(pixels, quads, contrast, lighter, edges)
    alone = _alone(pixels, quads, contrast)
    looks = _looks(np.stack([_flat(pixels, quad) for quad in quads]))
    for place, index in enumerate(kept):
        seen = (float(rims[place]), float(whole_rims[place]), int(printed[place]), float(alone[place]))
        evidence[index] = _weighed(pixels, outlines[index], seen, looks[place])
    return evidence


def _possible(refined: Refined, width: int, height: int) -> bool:
    """Whether it can be a paper at all."""
    quad = refined.corners
    if not is_convex(quad) or area(quad) < MIN_SHARE * width * height:
        return False
    sides = _following(quad) - quad
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    in_view = refined.visible > _IN_VIEW
    # Two edges that never meet are a plank's.
    return bool(lengths.max() <= _MAX_SIDES_RATIO * lengths.min() and (in_view & in_view[_BEFORE]).any())


def _weighed(pixels: Pixels, refined: Refined, seen: tuple[float, float, int, float], looks: _Looks) -> Evidence:
    rim, whole_rim, printed, alone = seen
    quad = refined.corners
    height, width = pixels.shape[:2]
    share = area(quad) / (width * height)
    sides = _following(quad) - quad
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    in_view = refined.visible > _IN_VIEW
    support = refined.support[in_view]
    small = 1 - _ramp(share, 0.06, 0.12)
    # Of a large paper a part may lie under a hand; a small one is seen whole or it is something else.
    edge = _ramp(float(support.min()) * 0.6 + float(support.mean()) * 0.4, 0.35 + 0.15 * small, 0.78 + 0.1 * small)
    contrast, clearness = float(refined.contrast[in_view].min()), float(refined.clearness[in_view].min())
    # Of something small that reaches the rim more may be outside: a ruler's end looks like a card then.
    outside = _OUTSIDE * max(width, height) * (1 - 2 * small)
    inside = (quad > -outside) & (quad < np.array([width, height]) - 1 + outside)
    card = _card(quad, width, height)
    mean = (lengths[:2] + lengths[2:]) / 2
    # Small and square is a note that sticks; small and blank a label. A large blank paper is a page like another.
    written = _ramp(looks.written, 0.002, 0.008) * _ramp(float(mean.max() / mean.min()), 1.12, 1.27)
    return Evidence(
        edge=edge,
        contrast=_ramp(contrast, 1.5, 4.5) * _ramp(clearness, 1.2, 3.0),
        sharp=_ramp(float(np.sort(refined.sharpness[in_view])[1]), 0.2, 0.5),
        alone=alone,
        square=_squareness(sides, lengths),
        rim=rim,
        one_way=_one_way(refined.lighter[in_view]),
        paper=max(looks.paper, card),
        card=card,
        written=max(1 - small, written),
        lying=min(_calm(pixels, refined), whole_rim, 1 - _ramp(printed, 0.5, 2)),
        whole=float(inside.all() and in_view.all()),
        ground=looks.ground,
        printed=printed,
        support=float(refined.support.mean()),
        share=min(share, 1.0),
    )


def _following(quads: Floats) -> Floats:
    """Each corner's next, of one outline or of many."""
    return quads[..., _NEXT, :]


def _alone(pixels: Pixels, quads: Floats, contrast: Floats) -> Floats:
    """Whether the edges stop at the corners: a tile's run on, and a check's, and those of a page cut at its fold."""
    height, width = pixels.shape[:2]
    count = len(quads)
    sides = _following(quads) - quads
    lengths = np.maximum(np.hypot(sides[..., 0], sides[..., 1]), 1e-6)
    inward = np.stack([-sides[..., 1], sides[..., 0]], axis=-1) / lengths[..., None]
    beyond = np.linspace(0.04, 0.14, 10)
    along = np.stack([-beyond, 1 + beyond])
    points = quads[:, :, None, None, :] + along[:, :, None] * sides[:, :, None, None, :]
    x, y = points[..., 0], points[..., 1]
    visible = ((x > 4) & (x < width - 5) & (y > 4) & (y < height - 5)).all(axis=3)
    # The joint between two tiles shifts the next one's edge by its own width, so it is looked for on both sides.
    offsets = np.arange(-15.0, 16.0)
    grid = points[..., None, :] + offsets[:, None] * inward[:, :, None, None, None, :]
    flat = grid.reshape(count * 80, len(offsets), 2).astype(np.float32)
    seen = cv2.remap(pixels, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = lightness(np.asarray(seen, np.uint8)).astype(np.float32)
    means = np.asarray(cv2.blur(light, (5, 1))).reshape(count, 4, 2, 10, len(offsets))
    # Straight on, and the same way round all along: what lies there by chance is not.
    steps = np.abs((means[..., 5:] - means[..., :-5])[..., 5:-5].mean(axis=3)).max(axis=3)
    goes_on = (steps > 0.4 * np.maximum(contrast, 5)[..., None]) & visible
    share = goes_on.sum(axis=(1, 2)) / np.maximum(visible.sum(axis=(1, 2)), 1)
    # Both sides that end at one side run on past it: the paper does, too.
    past = (goes_on[:, :, 1] & goes_on[:, _ACROSS, 0]).sum(axis=1)
    return np.where(past == 0, 1 - np.clip((share - 0.2) / 0.35, 0, 1), np.where(past == 1, 0.3, 0.25))


def _calm(pixels: Pixels, refined: Refined) -> float:
    """Whether it lies on something empty; a picture that is printed on a paper has print beside it.

    Asked only of what is not lighter than what is beside it: a paper on a darker table lies where it likes.
    """
    if (refined.lighter > LIGHTER).all() or _but_for_its_shadow(refined):
        return 1.0
    # Nor is it sure then what is the paper's edge, and what its shadow's.
    strong = _ramp(float(refined.contrast.min()), 12, 22)
    quad = refined.corners
    wide = quad.mean(axis=0) + (quad - quad.mean(axis=0)) * 1.9
    light = lightness(_flat(pixels, wide))
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    darker = (closed.astype(np.int16) - light) > np.maximum(0.12 * closed, 9)
    ring = np.ones(light.shape, bool)
    ring[18:-18, 18:-18] = False
    return min(strong, 1 - _ramp(float(darker[ring].mean()), 0.004, 0.012))


def _but_for_its_shadow(refined: Refined) -> bool:
    """Whether it is lighter on three sides, and the fourth is seen all along, as a white paper's on a white table is.

    There the shadow at its rim makes the table darker by as much as the paper is lighter; a frame is alike all round.
    """
    least = int(refined.lighter.argmin())
    return bool(
        (np.delete(refined.lighter, least) > LIGHTER).all()
        and refined.lighter[least] > -LIGHTER
        and refined.support[least] > 0.85
        and refined.contrast[least] > max(4.0, 0.2 * float(np.median(refined.contrast)))
    )


@dataclass(frozen=True)
class _Looks:
    """What the inside looks like: how much like paper, how much of it is written, what it is printed on."""

    paper: float
    written: float
    ground: tuple[float, ...]


def _looks(flats: Pixels) -> list[_Looks]:
    """Of each inside (n × 96 × 96 × 3): paper is mostly of one light colour with little colour in it."""
    count = len(flats)
    light = lightness(flats.reshape(-1, flats.shape[2], 3)).reshape(flats.shape[:3])
    some = np.ascontiguousarray(flats[:, 2::4, 2::4]).reshape(count, -1, 3)
    shades = light[:, 2::4, 2::4].reshape(count, -1).astype(np.float32)
    level = np.quantile(shades, 0.7, axis=1)
    bright = shades > 0.8 * level[:, None]
    covered = bright.mean(axis=1)
    median = _median_of(some.astype(np.float32), bright)
    colour = np.ptp(median, axis=1) / np.maximum(median.max(axis=1), 1.0)
    ground = _median_of(separated(some), shades >= 0.85 * level[:, None])
    return [
        _Looks(
            paper=_ramp(float(covered[one]), 0.3, 0.55)
            * (1 - _ramp(float(colour[one]), 0.34, 0.55))
            * _ramp(float(level[one]), 25, 50),
            written=_written(light[one]),
            ground=tuple(float(value) for value in ground[one]),
        )
        for one in range(count)
    ]


def _median_of(values: Singles, chosen: NDArray[np.bool_]) -> Floats:
    """n × 3: the median of the chosen of n × places × 3."""
    placed = np.sort(np.where(chosen[:, :, None], values, np.inf), axis=1)
    half = (chosen.sum(axis=1) - 1) // 2
    return np.asarray(np.take_along_axis(placed, half[:, None, None], axis=1)[:, 0], np.float64)


def _card(quad: Quad, width: int, height: int) -> float:
    """Whether it has the shape of a bank card, ISO/IEC 7810 ID-1; telephones, folders and calculators have not."""
    aspect = true_aspect(quad, width, height)
    return 1 - _ramp(abs(max(aspect, 1 / aspect) / _ID1 - 1), 0.025, 0.045)


def _written(light: Pixels) -> float:
    """Share of the inside that is darker than what is beside it, as print and writing are."""
    inner = light[6:-6, 6:-6]
    closed = cv2.morphologyEx(inner, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    darker = closed.astype(np.int16) - inner
    return float((darker > np.maximum(0.12 * closed, 9)).mean())


def _rims(
    pixels: Pixels, quads: Floats, contrast: Floats, lighter: Floats, seen_edge: NDArray[np.bool_]
) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Whether what lies just inside of every side goes on further in, and whether it nowhere goes on outside.

    The third is how many sides may be lines printed on one ground.

    Where it does not go on inside there is a strip of table, or half a page. Where it goes on outside, past a line of
    a strength that no paper's shadow has, that line is printed on the paper. Compared place by place, so that a
    shadow or a lamp on a part of the paper does no harm.
    """
    height, width = pixels.shape[:2]
    count = len(quads)
    places = _RIM_WEIGHTS @ quads[:, None, None]
    in_view = ((places >= 0) & (places <= (width - 1, height - 1))).all(axis=4)
    flat = np.clip(places, 0, (width - 1, height - 1)).astype(np.float32).reshape(count * 40, 48, 2)
    seen = cv2.remap(pixels, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR)
    colours = separated(np.asarray(seen, np.uint8)).reshape(count, 4, 10, 48, 3)
    # Three at the rim, because a certificate has a printed frame there.
    rim, further, beyond = colours[:, :, :3, None], colours[:, :, None, 3:6], colours[:, :, None, 6:]
    tolerance = np.maximum(0.2 * rim[..., :1], 10.0)
    alike = (np.abs(rim - further) < tolerance).all(axis=5).any(axis=(2, 3)).mean(axis=2)
    same = (np.abs(rim - beyond) < 0.6 * tolerance).all(axis=5).any(axis=2)
    # Two papers one on the other have gaps all round, or one large one, when they are taken for one; a thumb or a
    # dog's ear makes small ones. Where the edge is seen none the less, the paper lies on another as light.
    near, far = in_view[:, :, 6], in_view[:, :, 7:].all(axis=2)
    step = np.abs(lighter)
    apart = np.abs(colours[:, :, 1:4, :, 0] - colours[:, :, 6:7, :, 0])
    missing = (apart < 0.3 * step[:, :, None, None]).all(axis=2) & ~seen_edge
    shares = (missing & near).sum(axis=2) / np.maximum(near.sum(axis=2), 24)
    gaps = np.sort(np.where(step > _CLEAR, shares, 0.0), axis=1)[:, 1:]
    low, high = np.array(_GAPS)
    whole = 1 - np.clip((gaps - low) / (high - low), 0, 1).max(axis=1)
    goes_on = (same[:, :, 1:].any(axis=2) & far).sum(axis=2)
    both = (goes_on > 0.7 * np.maximum(far.sum(axis=2), 24)) | (step < _LINE * contrast)
    printed = (both & (contrast > _NO_SHADOW)).sum(axis=1)
    inside = np.clip((alike.min(axis=1) - 0.15) / 0.25, 0, 1)
    return inside, whole, printed


def _flat(pixels: Pixels, quad: Quad) -> Pixels:
    """The inside at 96 × 96."""
    side = 96
    target = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    return np.asarray(
        cv2.warpPerspective(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _squareness(sides: Floats, lengths: Floats) -> float:
    """1 where the corners are near right angles, 0 where no rectangle could look like this."""
    unit = sides / lengths[:, None]
    cosines = np.abs((unit * _following(unit)).sum(axis=1))
    return 1 - _ramp(float(cosines.max()), 0.4, 0.65)


def _one_way(lighter: Floats) -> float:
    """A paper that lies partly on something lighter, partly on something darker is rare; print and joints are not."""
    told = lighter[np.abs(lighter) > 4]
    if len(told) == 0 or (told > 0).all() or (told < 0).all():
        return 1.0
    return 0.6


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
