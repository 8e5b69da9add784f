"""What the screen of statistics asks for and is shown: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from villagedesk.domain.statistics import Statistics


class Part(StrEnum):
    """A table of the statistics; its name is ``statistics.part.<value>`` in the message catalogue."""

    TIMES = "times"
    ITEMS = "items"
    MODES = "modes"
    OUTCOMES = "outcomes"
    FINISH = "finish"
    OVER = "over"
    CORRECTIONS = "corrections"
    EVALUATIONS = "evaluations"
    DESK = "desk"
    LINK = "link"


@dataclass(frozen=True)
class StatisticsQuery:
    """Of which days in Shanghai; both are counted in."""

    first: date
    last: date


@dataclass(frozen=True)
class FigureTable:
    """One table in words and numbers.

    Args:
        rows: words stay words, whole numbers are numbers.
    """

    part: Part
    heads: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True)
class StatisticsView:
    """The figures, and the tables they make; one without a row says by itself that there is nothing."""

    figures: Statistics
    tables: Sequence[FigureTable]

    def table(self, part: Part) -> FigureTable:
        """That one."""
        return next(table for table in self.tables if table.part is part)
