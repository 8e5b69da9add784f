"""A page's lines as places on a straight page: labels, and what stands beside and beneath them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from villagedesk.domain.typed_text import fold_digits, without_invisible
from villagedesk.imaging.recognising.page_text import Outline, PageText, Point, TextLine, turned_outline

_MOST_SKEW = 0.35
"""Radians, 20°: beyond it a line lies in another direction than the page."""
_SHORT_LABEL = 2
_NARROW = 0.55
"""Width of a digit or Latin letter in widths of a Chinese character."""


@dataclass(frozen=True)
class Spot:
    """One line, or a part of one.

    Args:
        text: folded: no blanks, full-width forms as ASCII.
        left, right, top, bottom: pixels of the upright, straightened page.
        outline: on the page as it is kept.
    """

    text: str
    confidence: float
    left: float
    right: float
    top: float
    bottom: float
    outline: Outline

    @property
    def height(self) -> float:
        """Of the characters, pixels."""
        return max(1.0, self.bottom - self.top)

    @property
    def middle(self) -> float:
        """Its height on the page, pixels from above."""
        return (self.top + self.bottom) / 2

    def part(self, start: int, end: int | None = None) -> Spot:
        """Some of its characters, with the place they have by their widths."""
        end = len(self.text) if end is None else end
        widths = [_NARROW if char.isascii() else 1.0 for char in self.text]
        whole = sum(widths) or 1.0
        low, high = sum(widths[:start]) / whole, sum(widths[:end]) / whole
        first, second, third, fourth = self.outline
        outline = (_between(first, second, low), _between(first, second, high), *_far(third, fourth, low, high))
        length = self.right - self.left
        return replace(
            self,
            text=self.text[start:end],
            left=self.left + length * low,
            right=self.left + length * high,
            outline=(outline[0], outline[1], outline[2], outline[3]),
        )


def spots_of(page: PageText) -> tuple[Spot, ...]:
    """The lines of a page, turned upright and straightened, from top to bottom."""
    turns = page.quarter_turns
    width, height = (page.width, page.height) if turns % 2 == 0 else (page.height, page.width)
    placed = [
        (line, [(x * width, y * height) for x, y in turned_outline(line.outline, turns)])
        for line in page.lines
        if folded(line.text)
    ]
    angle = _skew(corners for _, corners in placed)
    spots = [_spot(line, [_rotated(point, -angle) for point in corners]) for line, corners in placed]
    return tuple(sorted(spots, key=lambda spot: (spot.top, spot.left)))


def folded(text: str) -> str:
    """Without blanks, full-width forms as ASCII."""
    return "".join(fold_digits(without_invisible(text)).split())


def same_row(one: Spot, other: Spot) -> bool:
    """Whether two spots stand in one row, though their characters may differ in size."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared >= 0.4 * min(one.height, other.height)


def right_of(spot: Spot, spots: Iterable[Spot]) -> Spot | None:
    """The next spot to the right in the same row."""
    slack = 0.5 * spot.height
    beside = [one for one in spots if one is not spot and same_row(one, spot) and one.left >= spot.right - slack]
    return min(beside, key=lambda one: one.left, default=None)


def rows_of(spots: Sequence[Spot]) -> list[str]:
    """The text of each row, with what was printed far apart put together."""
    rows: list[list[Spot]] = []
    for spot in sorted(spots, key=lambda one: one.left):
        row = next((row for row in rows if same_row(row[-1], spot)), None)
        if row is None:
            rows.append([spot])
        else:
            row.append(spot)
    return ["".join(spot.text for spot in row) for row in rows if len(row) > 1]


def find_label(spots: Sequence[Spot], labels: Sequence[str]) -> tuple[Spot, Spot] | None:
    """Where a label stands: its own place, and what follows it in the same line (its text may be "").

    Args:
        labels: any of these, the best first. One that is printed with its characters far apart may have been read as
            separate lines.
    """
    for label in labels:
        for spot in spots:
            if spot.text.startswith(label):
                return _split(spot, 0, label)
        for spot in spots:
            place = spot.text.find(label)
            if place > 0:
                return _split(spot, place, label)
        for first in spots:
            for cut in range(1, len(label)):
                second = right_of(first, spots) if first.text == label[:cut] else None
                near = second is not None and second.left - first.right < 3 * first.height
                if second is not None and near and second.text.startswith(label[cut:]):
                    return _split(second, 0, label[cut:])
    return _half_read(spots, labels)


def _half_read(spots: Sequence[Spot], labels: Sequence[str]) -> tuple[Spot, Spot] | None:
    """A label of two characters of which only one was read, or read right, and nothing else."""
    for label in labels:
        for spot in spots if len(label) == _SHORT_LABEL else ():
            text = spot.text
            if text in (label[0], label[1]) or (len(text) == _SHORT_LABEL and _one_alike(text, label)):
                return spot, spot.part(len(text))
    return None


def _one_alike(text: str, label: str) -> bool:
    return (text[0] == label[0]) != (text[1] == label[1])


def value_beside(spots: Sequence[Spot], labels: Sequence[str], stops: Sequence[str]) -> Spot | None:
    """What stands behind a label: in the same line, or the next to the right.

    Args:
        stops: labels at which the value ends, where several were read as one line; a neighbour that is one of them
            means that there is no value.
    """
    found = find_label(spots, labels)
    if found is None:
        return None
    label, rest = found
    text = rest.text.lstrip(":.;,-")
    if text:
        return until(rest.part(len(rest.text) - len(text)), stops)
    beside = right_of(label, [one for one in spots if one.outline != label.outline])
    if beside is None or beside.left - label.right > 12 * max(label.height, beside.height):
        return None
    return until(beside, stops)


def until(spot: Spot, stops: Sequence[str]) -> Spot | None:
    """The spot up to the first of these words; None when nothing is left."""
    places = [place for stop in stops if (place := spot.text.find(stop)) >= 0]
    cut = spot.part(0, min(places)) if places else spot
    return cut if cut.text else None


def _split(spot: Spot, place: int, label: str) -> tuple[Spot, Spot]:
    return spot.part(place, place + len(label)), spot.part(place + len(label))


def _spot(line: TextLine, corners: Sequence[Point]) -> Spot:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    return Spot(
        folded(line.text),
        line.confidence,
        (x0 + x3) / 2,
        (x1 + x2) / 2,
        (y0 + y1) / 2,
        (y2 + y3) / 2,
        line.outline,
    )


def _skew(lines: Iterable[Sequence[Point]]) -> float:
    """The angle most long lines run at, radians."""
    angles = []
    for corners in lines:
        (x0, y0), (x1, y1), _, (x3, y3) = corners
        length = math.hypot(x1 - x0, y1 - y0)
        angle = math.atan2(y1 - y0, x1 - x0)
        if length > 3 * math.hypot(x3 - x0, y3 - y0) and abs(angle) < _MOST_SKEW:
            angles.append(angle)
    return median(angles) if angles else 0.0


def _rotated(point: Point, angle: float) -> Point:
    x, y = point
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _far(third: Point, fourth: Point, low: float, high: float) -> tuple[Point, Point]:
    return _between(fourth, third, high), _between(fourth, third, low)
