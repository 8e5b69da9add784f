"""Statistics as tables in words: the same on screen and in the workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from villagedesk.desk.register_rows import Text
from villagedesk.desk.statistics_views import FigureTable, Part
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.desk_hours import DeskDay
from villagedesk.domain.statistics import LEVELS, DayFigures, Statistics, median
from villagedesk.domain.time_limits import ClockKind

Cells = tuple[str | int, ...]
DAYS_SHOWN, MONTHS_SHOWN = 62, 36
"""Up to so many days they stand one by one, up to so many months these, and years after that."""
SPANS = ((0, 0), (1, 3), (4, 5), (6, 10), (11, 20), (21, None))
"""Working days, both ends counted in, by which cases are told apart."""
_HEADS: Mapping[Part, tuple[str, ...]] = {
    Part.TIMES: ("time", "taken_in", "finished", "delivered"),
    Part.ITEMS: ("item", "taken_in", "finished", "days", "corrections", "late", "over"),
    Part.MODES: ("mode", "taken_in", "finished"),
    Part.OUTCOMES: ("outcome", "cases", "share"),
    Part.FINISH: ("span", "since_receipt", "since_acceptance"),
    Part.OVER: ("limit", "cases"),
    Part.CORRECTIONS: ("item", "corrections", "corrected"),
    Part.EVALUATIONS: ("level", "count", "share"),
    Part.DESK: ("day", "opened", "closed", "people", "minutes", "remark"),
    Part.LINK: ("day", "watched", "up", "share"),
}
LATE_KINDS = (ClockKind.CORRECTION, ClockKind.DECISION, ClockKind.DELIVERY)


@dataclass(frozen=True)
class TimeFigures:
    """A day, a month or a year.

    Args:
        name: in a table; ``short`` beneath a column of a chart.
    """

    name: str
    short: str
    figures: DayFigures


def tables_of(figures: Statistics, text: Text) -> tuple[FigureTable, ...]:
    """All tables, in the order of :class:`Part`."""
    making = _Making(figures, text)
    return tuple(
        FigureTable(part, tuple(text(f"statistics.column.{name}") for name in _HEADS[part]), tuple(making.rows(part)))
        for part in Part
    )


def times_of(figures: Statistics, text: Text) -> tuple[TimeFigures, ...]:
    """Days, months or years by the length of the time, each with what happened, also where nothing did; none after
    the day it was counted."""
    first, last = figures.first, min(figures.last, figures.read_at.astimezone(SHANGHAI).date())
    count = (last - first).days + 1
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = "day" if count <= DAYS_SHOWN else "month" if months <= MONTHS_SHOWN else "year"
    sums: dict[date, DayFigures] = {}
    for number in range(count):
        day = first + timedelta(days=number)
        begin = day if step == "day" else day.replace(day=1) if step == "month" else day.replace(month=1, day=1)
        sums[begin] = _added(sums.get(begin, DayFigures()), figures.days.get(day, DayFigures()))
    return tuple(
        TimeFigures(_called(text, f"statistics.{step}", begin), _called(text, f"statistics.{step}_short", begin), sum_)
        for begin, sum_ in sums.items()
    )


def percent(share: float | None, text: Text) -> str:
    """A share of 0 to 1 with one decimal place; a dash where there is none. Never 100 % unless it is all of it."""
    if share is None:
        return text("statistics.none")
    shown = round(share * 100, 1)
    if share < 1:
        shown = min(shown, 99.9)
    if share > 0:
        shown = max(shown, 0.1)
    return text("statistics.percent", share=f"{shown:g}")


def days_text(days: float | None, text: Text) -> str:
    """A median of working days; a dash where there is none."""
    return text("statistics.none") if days is None else text("statistics.days", days=f"{days:g}")


def length_text(minutes: int, text: Text) -> str:
    """A length of time in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    return text("statistics.hours" if hours else "statistics.minutes", hours=hours, minutes=rest)


def remark_of(day: DeskDay, text: Text) -> str:
    """What is to be said of a day at the window; "" for nothing."""
    if day.broken_off:
        return text("statistics.broken_off")
    return text("statistics.open_now") if day.open_now else ""


class _Making:
    """Rows of the tables of one statistics."""

    def __init__(self, figures: Statistics, text: Text) -> None:
        self._figures = figures
        self._text = text

    def rows(self, part: Part) -> Iterator[Cells]:
        rows: Iterator[Cells] = getattr(self, f"_{part}")()
        return rows

    def _times(self) -> Iterator[Cells]:
        for time in times_of(self._figures, self._text):
            yield time.name, time.figures.taken_in, time.figures.finished, time.figures.delivered

    def _items(self) -> Iterator[Cells]:
        for item in self._figures.items:
            days = days_text(item.days, self._text)
            yield item.name, item.taken_in, item.finished, days, item.corrections, item.late, item.over

    def _modes(self) -> Iterator[Cells]:
        for mode, one in self._figures.modes.items():
            yield self._text(f"register.mode.{mode}"), one.taken_in, one.finished

    def _outcomes(self) -> Iterator[Cells]:
        for outcome, count in self._figures.outcomes.items():
            share = percent(count / self._figures.ended, self._text)
            yield self._text(f"statistics.outcome.{outcome}"), count, share

    def _finish(self) -> Iterator[Cells]:
        finish = self._figures.finish
        if not finish.since_receipt and not finish.since_acceptance:
            return
        for first, last in SPANS:
            counts = (spanned(finish.since_receipt, first, last), spanned(finish.since_acceptance, first, last))
            yield span_text(first, last, self._text), *counts
        medians = (days_text(median(one), self._text) for one in (finish.since_receipt, finish.since_acceptance))
        yield self._text("statistics.median"), *medians

    def _over(self) -> Iterator[Cells]:
        finish = self._figures.finish
        for name, count in (("in_time", finish.in_time), ("late", finish.late), ("no_limit", finish.no_limit)):
            yield self._text(f"statistics.limit.{name}"), count
        if finish.no_calendar:
            yield self._text("statistics.limit.no_calendar"), finish.no_calendar
        for kind in LATE_KINDS:
            yield self._text(f"statistics.over.{kind}"), self._figures.over_now.get(kind, 0)

    def _corrections(self) -> Iterator[Cells]:
        found = sorted((item for item in self._figures.items if item.corrections), key=lambda one: -one.corrections)
        for item in found:
            yield item.name, item.corrections, item.corrected

    def _evaluations(self) -> Iterator[Cells]:
        if not self._figures.evaluations:
            return
        for level in LEVELS:
            count = self._figures.levels.get(level, 0)
            yield self._text(f"statistics.level.{level}"), count, percent(count / self._figures.evaluations, self._text)

    def _desk(self) -> Iterator[Cells]:
        for day in self._figures.desk_days:
            closed = self._text("statistics.none") if day.closed is None else _time(day.closed, day.day)
            people = self._text("ui.value.between").join(day.people)
            length = length_text(day.minutes, self._text)
            yield f"{day.day}", _time(day.opened, day.day), closed, people, length, remark_of(day, self._text)

    def _link(self) -> Iterator[Cells]:
        for day in self._figures.link_days:
            watched, up = (length_text(seconds // 60, self._text) for seconds in (day.watched_seconds, day.up_seconds))
            yield f"{day.day}", watched, up, percent(day.share, self._text)


def spanned(counts: Mapping[int, int], first: int, last: int | None) -> int:
    """How many cases took from ``first`` to ``last`` working days."""
    return sum(count for days, count in counts.items() if first <= days and (last is None or days <= last))


def span_text(first: int, last: int | None, text: Text) -> str:
    """That span in words."""
    if last is None:
        return text("statistics.span.more", days=first - 1)
    return text("statistics.span.same_day" if last == 0 else "statistics.span.days", first=first, last=last)


def _added(one: DayFigures, other: DayFigures) -> DayFigures:
    delivered = one.delivered + other.delivered
    return DayFigures(one.taken_in + other.taken_in, one.finished + other.finished, delivered)


def _called(text: Text, key: str, day: date) -> str:
    return text(key, year=day.year, month=day.month, day=day.day)


def _time(moment: datetime, day: date) -> str:
    """Hours and minutes; the midnight at a day's end is 24:00."""
    local = moment.astimezone(SHANGHAI)
    return f"{local:%H:%M}" if local.date() == day else "24:00"
