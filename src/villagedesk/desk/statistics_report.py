"""The month's statistics as the parts of the report on paper, in words."""

from __future__ import annotations

from villagedesk.desk.register_rows import Text
from villagedesk.desk.statistics_tables import LATE_KINDS, days_text, length_text, percent
from villagedesk.domain.statistics import LEVELS, Statistics, median
from villagedesk.papers.statistics_report import Figures

_MOST_ITEMS = 40
"""The others are added up in one line."""


def parts_of(figures: Statistics, text: Text) -> tuple[Figures, ...]:
    """Cases, items, limits, evaluations, hours and link; no desk hours day by day, which are in the workbook."""
    return (
        _cases(figures, text),
        _items(figures, text),
        _limits(figures, text),
        _evaluations(figures, text),
        _open(figures, text),
    )


def _cases(figures: Statistics, text: Text) -> Figures:
    counts = [("taken_in", figures.taken_in), ("finished", figures.finished), ("delivered", figures.delivered)]
    pairs = [(text(f"statistics.column.{name}"), _count(count, text)) for name, count in counts]
    pairs += [
        (text("statistics.taken_in_by", mode=text(f"register.mode.{mode}")), _count(one.taken_in, text))
        for mode, one in figures.modes.items()
    ]
    pairs += [
        (text("statistics.ended_as", outcome=text(f"statistics.outcome.{outcome}")), _count(count, text))
        for outcome, count in figures.outcomes.items()
    ]
    return Figures(text("statistics.report.cases"), tuple(pairs), note=text("statistics.how.times"))


def _items(figures: Statistics, text: Text) -> Figures:
    names = ("item", "taken_in", "finished", "days", "corrections", "late", "over")
    shown, rest = figures.items[:_MOST_ITEMS], figures.items[_MOST_ITEMS:]
    rows = [
        (
            item.name,
            *(_plain(count, text) for count in (item.taken_in, item.finished)),
            days_text(item.days, text),
            *(_plain(count, text) for count in (item.corrections, item.late, item.over)),
        )
        for item in shown
    ]
    if rest:
        sums = [
            _plain(sum(getattr(item, name) for item in rest), text)
            for name in ("taken_in", "finished", "corrections", "late", "over")
        ]
        named = text("statistics.report.other_items", count=len(rest))
        rows.append((named, *sums[:2], text("statistics.none"), *sums[2:]))
    heads = tuple(text(f"statistics.column.{name}") for name in names)
    return Figures(text("statistics.part.items"), heads=heads, rows=tuple(rows), note=text("statistics.how.items"))


def _limits(figures: Statistics, text: Text) -> Figures:
    finish = figures.finish
    pairs = [
        (text("statistics.report.days_receipt"), days_text(median(finish.since_receipt), text)),
        (text("statistics.report.days_acceptance"), days_text(median(finish.since_acceptance), text)),
        (text("statistics.report.share_in_time"), percent(finish.share_in_time, text)),
        (text("statistics.limit.late"), _count(finish.late, text)),
        (text("statistics.limit.no_limit"), _count(finish.no_limit, text)),
        (text("statistics.column.corrections"), _count(figures.corrections, text)),
    ]
    if finish.no_calendar:
        pairs.append((text("statistics.limit.no_calendar"), _count(finish.no_calendar, text)))
    pairs += [(text(f"statistics.over.{kind}"), _count(figures.over_now.get(kind, 0), text)) for kind in LATE_KINDS]
    return Figures(text("statistics.report.limits"), tuple(pairs), note=text("statistics.how.over"))


def _evaluations(figures: Statistics, text: Text) -> Figures:
    pairs = [(text("statistics.tile.satisfied"), percent(figures.satisfied, text))]
    pairs.append((text("statistics.report.poor"), _count(figures.poor, text)))
    pairs += [(text(f"statistics.level.{level}"), _count(figures.levels.get(level, 0), text)) for level in LEVELS]
    return Figures(text("statistics.part.evaluations"), tuple(pairs), note=text("statistics.how.evaluations"))


def _open(figures: Statistics, text: Text) -> Figures:
    days = figures.desk_days
    watched = sum(day.watched_seconds for day in figures.link_days)
    up = sum(day.up_seconds for day in figures.link_days)
    pairs = [
        (text("statistics.report.open_days"), text("statistics.count_days", count=len(days))),
        (text("statistics.report.open_time"), length_text(sum(day.minutes for day in days), text)),
        (
            text("statistics.report.broken_off"),
            text("statistics.count_days", count=sum(day.broken_off for day in days)),
        ),
    ]
    if figures.by_hand:
        pairs.append((text("statistics.report.link"), text("statistics.report.no_interface")))
    else:
        pairs.append((text("statistics.report.link"), percent(up / watched if watched else None, text)))
        pairs.append((text("statistics.report.watched"), length_text(watched // 60, text)))
    return Figures(text("statistics.report.open"), tuple(pairs), note=text("statistics.how.desk"))


def _count(count: int, text: Text) -> str:
    return text("statistics.cases", count=count) if count else text("statistics.none")


def _plain(count: int, text: Text) -> str:
    return str(count) if count else text("statistics.none")
