"""What charts show: numbers with their names, and each as it is to be read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """One kind of columns.

    Args:
        name: in the legend, "" where there is only one kind.
        values: one for each place; None where there is nothing to measure.
        shown: the same in words, over the columns.
    """

    name: str
    values: tuple[float | None, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True)
class ColumnData:
    """Columns side by side.

    Args:
        labels: beneath the places.
        series: of the same length each.
        top: the highest value the scale has room for; None to take it from the values.
        unit: behind the numbers of the scale.
    """

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    top: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar that lies.

    Args:
        shown: its value in words, at its end.
        tone: of :data:`villagedesk.ui.sentences.SHAPES`; "" for a plain one. Its shape stands before the name.
    """

    name: str
    value: float
    shown: str
    tone: str = ""


ChartData = ColumnData | tuple[Bar, ...]


def scale_top(highest: float) -> int:
    """The round number a scale ends with, so that its half is whole: 2, 4, 10, 20, 40, 100 …"""
    if highest <= 2:
        return 2
    step = int(10 ** math.floor(math.log10(highest)))
    tops = [factor * step for factor in (1, 2, 4, 6, 8, 10)]
    return next(top for top in tops if top >= highest and top % 2 == 0)


def every(count: int, room: float, width: float) -> int:
    """Each how-manieth of labels in a row can be drawn without touching the next.

    Args:
        room: from one to the next, in pixels.
        width: of the widest with its air.
    """
    return 1 if count <= 1 or room <= 0 else max(1, math.ceil(width / room))


def largest(bars: Sequence[Bar]) -> float:
    """The longest bar's value; 1 where there is none, so that it can be divided by."""
    return max((bar.value for bar in bars), default=0.0) or 1.0


def known(values: Sequence[float | None]) -> Iterator[float]:
    """Those that were measured."""
    return (value for value in values if value is not None)
