"""What stands behind each tab of the statistics: the tiles, and of each part the figures its chart draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from villagedesk.desk.statistics_tables import (
    LATE_KINDS,
    SPANS,
    days_text,
    length_text,
    percent,
    span_text,
    spanned,
    times_of,
)
from villagedesk.desk.statistics_views import Part
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.statistics import LEVELS, POOR, SATISFIED, Statistics, median
from villagedesk.ui.sentences import Words
from villagedesk.ui.statistics.chart_data import Bar, ChartData, ColumnData, Series

_MOST_BARS = 8
"""The others are added up in words; the table names them all."""
_MOST_DAYS = 62
"""Days that have room as columns; of more only the last ones are drawn, and the table has all."""
_HOUR = 60


class Tab(StrEnum):
    """Its name is ``ui.statistics.tab.<value>`` in the message catalogue."""

    CASES = "cases"
    LIMITS = "limits"
    EVALUATIONS = "evaluations"
    OPEN = "open"


PARTS: Mapping[Tab, tuple[Part, ...]] = {
    Tab.CASES: (Part.TIMES, Part.ITEMS, Part.MODES, Part.OUTCOMES),
    Tab.LIMITS: (Part.FINISH, Part.OVER, Part.CORRECTIONS),
    Tab.EVALUATIONS: (Part.EVALUATIONS,),
    Tab.OPEN: (Part.DESK, Part.LINK),
}
COLUMNS = frozenset({Part.TIMES, Part.FINISH, Part.DESK, Part.LINK})
"""Parts whose chart has columns over a row of times."""


@dataclass(frozen=True)
class Tile:
    """One figure in large.

    Args:
        name: its words are ``statistics.tile.<name>`` in the message catalogue.
        tone: ``"bad"`` for what should not be, "" for anything else.
    """

    name: str
    shown: str
    tone: str = ""


def tiles_of(tab: Tab, figures: Statistics, words: Words) -> tuple[Tile, ...]:
    """The few figures somebody asks for first."""
    finish = figures.finish
    if tab is Tab.CASES:
        counts = (("taken_in", figures.taken_in), ("finished", figures.finished), ("delivered", figures.delivered))
        return tuple(Tile(name, words("statistics.cases", count=count)) for name, count in counts)
    if tab is Tab.LIMITS:
        over = sum(figures.over_now.values())
        return (
            Tile("days", days_text(median(finish.since_receipt), words)),
            Tile("acceptance_days", days_text(median(finish.since_acceptance), words)),
            Tile("in_time", percent(finish.share_in_time, words)),
            Tile("over", words("statistics.cases", count=over), "bad" if over else ""),
            Tile("corrections", words("ui.statistics.times", count=figures.corrections)),
        )
    if tab is Tab.EVALUATIONS:
        return (
            Tile("evaluations", words("ui.statistics.said", count=figures.evaluations)),
            Tile("satisfied", percent(figures.satisfied, words)),
            Tile("poor", words("ui.statistics.said", count=figures.poor), "bad" if figures.poor else ""),
        )
    days = figures.desk_days
    broken = sum(day.broken_off for day in days)
    watched = sum(day.watched_seconds for day in figures.link_days)
    up = sum(day.up_seconds for day in figures.link_days)
    return (
        Tile("open_days", words("statistics.count_days", count=len(days))),
        Tile("open_time", length_text(sum(day.minutes for day in days), words)),
        Tile("broken_off", words("statistics.count_days", count=broken), "bad" if broken else ""),
        Tile("link", percent(up / watched if watched else None, words)),
    )


def none_of(part: Part, figures: Statistics) -> str:
    """The key of what to say of a part that has nothing to draw; "" where it has."""
    if part is Part.LINK and figures.by_hand and not figures.link_days:
        return "ui.statistics.none.by_hand"
    there: Mapping[Part, object] = {
        Part.TIMES: figures.taken_in + figures.finished + figures.delivered,
        Part.ITEMS: figures.items,
        Part.MODES: figures.modes,
        Part.OUTCOMES: figures.ended,
        Part.FINISH: figures.finish.since_receipt or figures.finish.since_acceptance,
        Part.OVER: figures.finished + sum(figures.over_now.values()),
        Part.CORRECTIONS: figures.corrections,
        Part.EVALUATIONS: figures.evaluations,
        Part.DESK: figures.desk_days,
        Part.LINK: figures.link_days,
    }
    return "" if there[part] else f"ui.statistics.none.{part}"


def chart_of(part: Part, figures: Statistics, words: Words) -> ChartData:
    """What its chart draws."""
    return _CHARTS[part](figures, words)


def _times(figures: Statistics, words: Words) -> ChartData:
    times = times_of(figures, words)
    kinds = (
        ("taken_in", [time.figures.taken_in for time in times]),
        ("finished", [time.figures.finished for time in times]),
    )
    series = tuple(_counts(words(f"statistics.column.{name}"), values) for name, values in kinds)
    return ColumnData(tuple(time.short for time in times), series)


def _items(figures: Statistics, words: Words) -> ChartData:
    return _cut([(item.name, item.taken_in) for item in figures.items], words)


def _modes(figures: Statistics, words: Words) -> ChartData:
    return _cut([(words(f"register.mode.{mode}"), one.taken_in) for mode, one in figures.modes.items()], words)


def _outcomes(figures: Statistics, words: Words) -> ChartData:
    found = figures.outcomes.items()
    return _cut([(words(f"statistics.outcome.{outcome}"), count) for outcome, count in found], words)


def _finish(figures: Statistics, words: Words) -> ChartData:
    labels = tuple(span_text(first, last, words) for first, last in SPANS)
    kinds = (
        ("since_receipt", figures.finish.since_receipt),
        ("since_acceptance", figures.finish.since_acceptance),
    )
    series = tuple(
        _counts(words(f"statistics.column.{name}"), [spanned(counts, *span) for span in SPANS])
        for name, counts in kinds
    )
    return ColumnData(labels, series)


def _over(figures: Statistics, words: Words) -> ChartData:
    finish = figures.finish
    rows = [
        ("statistics.limit.in_time", finish.in_time, "good"),
        ("statistics.limit.late", finish.late, "bad"),
        ("statistics.limit.no_limit", finish.no_limit, "calm"),
        *((f"statistics.over.{kind}", figures.over_now.get(kind, 0), "bad") for kind in LATE_KINDS),
    ]
    return tuple(Bar(words(key), count, words("statistics.cases", count=count), tone) for key, count, tone in rows)


def _corrections(figures: Statistics, words: Words) -> ChartData:
    found = sorted((item for item in figures.items if item.corrections), key=lambda one: -one.corrections)
    return _cut([(item.name, item.corrections) for item in found], words, "ui.statistics.times")


def _evaluations(figures: Statistics, words: Words) -> ChartData:
    return tuple(
        Bar(
            words(f"statistics.level.{level}"),
            figures.levels.get(level, 0),
            words("ui.statistics.said", count=figures.levels.get(level, 0)),
            "good" if level >= SATISFIED else "bad" if level < POOR else "calm",
        )
        for level in LEVELS
    )


def _desk(figures: Statistics, words: Words) -> ChartData:
    minutes = {day.day: day.minutes for day in figures.desk_days}
    days = _days(figures)
    values = tuple(minutes[day] / _HOUR if day in minutes else None for day in days)
    shown = tuple(f"{value:.0f}" if value is not None else words("statistics.none") for value in values)
    labels = tuple(words("statistics.day_short", day=day.day) for day in days)
    return ColumnData(labels, (Series("", values, shown),), unit=words("ui.statistics.hours"))


def _link(figures: Statistics, words: Words) -> ChartData:
    shares = {day.day: day.share for day in figures.link_days}
    days = _days(figures)
    found = [shares.get(day) for day in days]
    values = tuple(None if share is None else share * 100 for share in found)
    shown = tuple(words("statistics.none") if value is None else f"{int(value)}" for value in values)
    labels = tuple(words("statistics.day_short", day=day.day) for day in days)
    return ColumnData(labels, (Series("", values, shown),), top=100, unit="%")


_CHARTS: Mapping[Part, Callable[[Statistics, Words], ChartData]] = {
    Part.TIMES: _times,
    Part.ITEMS: _items,
    Part.MODES: _modes,
    Part.OUTCOMES: _outcomes,
    Part.FINISH: _finish,
    Part.OVER: _over,
    Part.CORRECTIONS: _corrections,
    Part.EVALUATIONS: _evaluations,
    Part.DESK: _desk,
    Part.LINK: _link,
}


def _days(figures: Statistics) -> list[date]:
    """The last days of the time that are not to come."""
    last = min(figures.last, figures.read_at.astimezone(SHANGHAI).date())
    first = max(figures.first, last - timedelta(days=_MOST_DAYS - 1))
    return [first + timedelta(days=number) for number in range(max(0, (last - first).days + 1))]


def _counts(name: str, values: Sequence[int]) -> Series:
    return Series(name, tuple(float(value) for value in values), tuple(str(value) for value in values))


def _cut(rows: Sequence[tuple[str, int]], words: Words, key: str = "statistics.cases") -> tuple[Bar, ...]:
    found = sorted(((name, count) for name, count in rows if count), key=lambda row: -row[1])
    rest = found[_MOST_BARS:]
    bars = [Bar(name, count, words(key, count=count)) for name, count in found[:_MOST_BARS]]
    if rest:  # no bar: a long one would make the others short
        count = sum(count for _, count in rest)
        bars.append(Bar(words("ui.statistics.others", count=len(rest)), 0, words(key, count=count)))
    return tuple(bars)
