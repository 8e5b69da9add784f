"""The statistics of 10,000 cases against sums by plain SQL, which know nothing of the program's own rules."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from sqlalchemy import Connection

from tests.desk.cases_in_bulk import put_all, wander
from tests.desk.counter import Window, open_window
from villagedesk.desk.statistics_views import StatisticsQuery
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.service_item import ItemType, TimeUnit
from villagedesk.domain.statistics import Statistics

FIRST, LAST, TODAY = date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 23)
NOW = datetime.combine(TODAY, time(9), SHANGHAI)
COUNT = 10_000
_BEGIN = date(2026, 8, 3)

# What a line moved, its day in Shanghai, and of each case the line with which it ended, by window functions over the
# whole log: the last time it came from outside into one of the states in which it is through, or was given up.
VIEWS = """
CREATE TEMP TABLE moves AS SELECT case_id, seq, at, date(at, '+8 hours') AS day, from_status, to_status,
    json_extract(detail, '$."value.result"') AS said
  FROM case_events WHERE to_status IS NOT NULL AND to_status IS NOT from_status;
CREATE TEMP TABLE flags AS SELECT *,
    to_status IN ('concluded', 'result_waiting', 'delivered', 'archived') AS through,
    max(CASE WHEN to_status NOT IN ('archived', 'returned_to_applicant') THEN seq END)
        OVER (PARTITION BY case_id) AS open_at,
    max(CASE WHEN to_status NOT IN ('concluded', 'result_waiting', 'delivered', 'archived') THEN seq END)
        OVER (PARTITION BY case_id) AS outside_at
  FROM moves;
CREATE INDEX temp.flags_of_case ON flags (case_id, seq);
CREATE INDEX temp.moves_of_case ON moves (case_id, to_status);
CREATE TEMP TABLE refusals AS SELECT case_id, max(seq) AS seq FROM flags
  WHERE to_status = 'refused' AND seq = open_at GROUP BY case_id;
CREATE TEMP TABLE ends AS
  SELECT f.case_id, f.day, f.at, 'refused' AS outcome FROM flags f JOIN refusals r ON r.seq = f.seq
  UNION ALL
  SELECT case_id, day, at, to_status FROM flags WHERE to_status IN ('withdrawn', 'void', 'returned_to_applicant')
    AND case_id NOT IN (SELECT case_id FROM refusals)
  UNION ALL
  SELECT case_id, day, at, coalesce(said, 'concluded') FROM flags f WHERE through
    AND case_id NOT IN (SELECT case_id FROM refusals)
    AND seq = (SELECT min(seq) FROM flags g WHERE g.case_id = f.case_id AND g.through AND g.seq > g.outside_at);
CREATE TEMP TABLE workdays (number INTEGER PRIMARY KEY, day TEXT UNIQUE);
"""
FINISHED = "('granted', 'denied', 'forwarded', 'concluded')"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """A window with ten thousand cases."""
    window = open_window(tmp_path_factory.mktemp("sums") / "data")
    window.clock.moment = NOW
    items = [one for one in window.desk.items.all() if one.item_type is ItemType.PROMISED and not one.stops]
    items = [
        one for one in items if (limit := one.promised_limit or one.legal_limit) and limit.unit is TimeUnit.WORKING_DAYS
    ]
    assert len(items) > 3
    days = (TODAY - _BEGIN).days
    numbers: dict[date, int] = {}
    wandered = []
    for seed in range(COUNT):
        day = _BEGIN + timedelta(days=seed * 7919 % days)
        numbers[day] = numbers.get(day, 0) + 1
        wandered.append(wander(seed, day, numbers[day], items[seed % len(items)], NOW))
    window.store.write(lambda transaction: put_all(transaction, wandered, 1)).result()

    def sums(transaction: Any) -> None:
        connection: Connection = transaction.connection
        for statement in VIEWS.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        every = [date(2026, 7, 1) + timedelta(days=number) for number in range(183)]
        worked = [(day.isoformat(),) for day in every if chinese_calendar.is_workday(day)]
        connection.exec_driver_sql("INSERT INTO workdays (day) VALUES (?)", worked)
        limits = [(one.code, (one.promised_limit or one.legal_limit).days) for one in items]  # type: ignore[union-attr]
        connection.exec_driver_sql("CREATE TEMP TABLE limits (code TEXT PRIMARY KEY, days INTEGER)")
        connection.exec_driver_sql("INSERT INTO limits VALUES (?, ?)", limits)

    window.store.write(sums).result()
    yield window
    window.desk.close()


@pytest.fixture(scope="module")
def figures(counted: Window) -> Statistics:
    return counted.desk.statistics.view(StatisticsQuery(FIRST, LAST)).figures


def sql(window: Window, statement: str) -> dict[Any, Any]:
    """Of the writing connection, which has the temporary tables: the first column to the second."""
    period = f"BETWEEN '{FIRST}' AND '{LAST}'"
    said = statement.replace("IN PERIOD", period)

    def ask(transaction: Any) -> dict[Any, Any]:
        return {row[0]: row[1] for row in transaction.connection.exec_driver_sql(said)}

    return window.store.write(ask).result()


def test_what_came_in_ended_and_was_delivered_by_day(counted: Window, figures: Statistics) -> None:
    received = sql(
        counted, "SELECT date(received_at, '+8 hours') AS d, count(*) FROM cases WHERE d IN PERIOD GROUP BY d"
    )
    assert {f"{day}": one.taken_in for day, one in figures.days.items() if one.taken_in} == received
    ended = sql(counted, f"SELECT day, count(*) FROM ends WHERE day IN PERIOD AND outcome IN {FINISHED} GROUP BY day")
    assert {f"{day}": one.finished for day, one in figures.days.items() if one.finished} == ended
    delivered = sql(
        counted,
        "SELECT day, count(*) FROM flags WHERE to_status = 'delivered' AND seq > outside_at"
        " AND day IN PERIOD GROUP BY day",
    )
    assert {f"{day}": one.delivered for day, one in figures.days.items() if one.delivered} == delivered
    assert min(sum(received.values()), sum(ended.values()), sum(delivered.values())) > 500


def test_how_they_ended_and_by_mode(counted: Window, figures: Statistics) -> None:
    outcomes = sql(counted, "SELECT outcome, count(*) FROM ends WHERE day IN PERIOD GROUP BY outcome")
    assert dict(figures.outcomes) == outcomes and len(outcomes) == 8
    came = sql(counted, "SELECT mode, count(*) FROM cases WHERE date(received_at, '+8 hours') IN PERIOD GROUP BY mode")
    assert {mode: one.taken_in for mode, one in figures.modes.items()} == came
    ended = sql(
        counted,
        "SELECT mode, count(*) FROM ends JOIN cases USING (case_id)"
        f" WHERE day IN PERIOD AND outcome IN {FINISHED} GROUP BY mode",
    )
    assert {mode: one.finished for mode, one in figures.modes.items()} == ended


def test_by_item_with_corrections(counted: Window, figures: Statistics) -> None:
    received = "SELECT item_code, count(*) FROM cases WHERE date(received_at, '+8 hours') IN PERIOD GROUP BY item_code"
    assert {one.code: one.taken_in for one in figures.items} == sql(counted, received)
    back = "FROM moves JOIN cases USING (case_id) WHERE to_status = 'returned_for_correction' AND day IN PERIOD"
    often = sql(counted, f"SELECT item_code, count(*) {back} GROUP BY item_code")
    assert {one.code: one.corrections for one in figures.items if one.corrections} == often
    cases = sql(counted, f"SELECT item_code, count(DISTINCT case_id) {back} GROUP BY item_code")
    assert {one.code: one.corrected for one in figures.items if one.corrected} == cases
    assert sum(often.values()) > sum(cases.values()) > 50


_WORKED = "(SELECT count(*) FROM workdays w WHERE w.day > {0} AND w.day <= {1})"


def test_how_long_they_took_and_whether_in_time(counted: Window, figures: Statistics) -> None:
    finished = f"FROM ends JOIN cases c USING (case_id) WHERE ends.day IN PERIOD AND outcome IN {FINISHED}"
    since = _WORKED.format("date(c.received_at, '+8 hours')", "ends.day")
    took = sql(counted, f"SELECT {since} AS n, count(*) {finished} GROUP BY n")
    assert dict(figures.finish.since_receipt) == took
    since = _WORKED.format("date(c.accepted_at, '+8 hours')", "ends.day")
    took = sql(counted, f"SELECT {since} AS n, count(*) {finished} AND c.accepted_at IS NOT NULL GROUP BY n")
    assert dict(figures.finish.since_acceptance) == took
    begun = (
        "CASE WHEN mode = 'on_the_spot' THEN date(c.received_at, '+8 hours') ELSE date(c.accepted_at, '+8 hours') END"
    )
    limit = "(SELECT days FROM limits WHERE code = c.item_code)"
    reached = f"(SELECT max(number) FROM workdays w WHERE w.day <= {begun})"
    due = f"(SELECT day FROM workdays d WHERE d.number = {reached} + {limit})"
    over = f"{due} < ends.day"
    word = f"CASE WHEN {begun} IS NULL THEN 'no_limit' WHEN {over} THEN 'late' ELSE 'in_time' END"
    told = sql(counted, f"SELECT {word} AS word, count(*) {finished} GROUP BY word")
    finish = figures.finish
    assert {"in_time": finish.in_time, "late": finish.late, "no_limit": finish.no_limit} == told
    late = sql(counted, f"SELECT item_code, count(*) {finished} AND {word} = 'late' GROUP BY item_code")
    assert {one.code: one.late for one in figures.items if one.late} == late and finish.late > 10


def test_the_median_of_an_item(counted: Window, figures: Statistics) -> None:
    since = _WORKED.format("date(c.received_at, '+8 hours')", "ends.day")
    said = f"SELECT group_concat({since}) FROM ends JOIN cases c USING (case_id) WHERE ends.day IN PERIOD"
    for item in figures.items:
        named = f"{said} AND outcome IN {FINISHED} AND item_code = '{item.code}'"
        (values,) = sql(counted, f"SELECT ({named}), 1")
        assert item.days == statistics.median(map(int, values.split(",")))


def test_what_is_over_now(counted: Window, figures: Statistics) -> None:
    came = (
        "(SELECT max(day) FROM moves m WHERE m.case_id = c.case_id AND to_status = 'received'"
        " AND from_status IN ('draft', 'returned_for_correction'))"
    )
    limit = "(SELECT days FROM limits WHERE code = c.item_code)"
    today = f"'{TODAY}'"
    worked = _WORKED.format(came, today)
    since_acceptance = _WORKED.format("date(accepted_at, '+8 hours')", today)
    correction = f"status IN ('received', 'submitted') AND mode <> 'on_the_spot' AND {worked} > 5"
    decision = (
        f"(status IN ('accepted', 'in_process') AND {since_acceptance} > {limit})"
        f" OR (status = 'received' AND mode = 'on_the_spot' AND {worked} > {limit})"
    )
    done = (
        "coalesce((SELECT max(day) FROM moves m WHERE m.case_id = c.case_id AND to_status = 'concluded'),"
        " (SELECT max(day) FROM moves m WHERE m.case_id = c.case_id AND to_status = 'result_waiting'))"
    )
    delivery = (
        "status IN ('concluded', 'result_waiting') AND mode IN ('system', 'proxy')"
        f" AND {_WORKED.format(done, today)} > 10"
    )
    kind = (
        f"CASE WHEN {correction} THEN 'correction' WHEN {decision} THEN 'decision' WHEN {delivery} THEN 'delivery' END"
    )
    told = sql(counted, f"SELECT {kind} AS kind, count(*) FROM cases c GROUP BY kind HAVING kind IS NOT NULL")
    assert dict(figures.over_now) == told and len(told) == 3
    by_item = sql(counted, f"SELECT item_code, count(*) FROM cases c WHERE {kind} IS NOT NULL GROUP BY item_code")
    assert {one.code: one.over for one in figures.items if one.over} == by_item


def test_what_villagers_said(counted: Window, figures: Statistics) -> None:
    levels = sql(counted, "SELECT level, count(*) FROM evaluations WHERE date(at, '+8 hours') IN PERIOD GROUP BY level")
    assert dict(figures.levels) == levels and len(levels) == 5
    shares = sql(counted, "SELECT 1, avg(level >= 4) FROM evaluations WHERE date(at, '+8 hours') IN PERIOD")
    assert figures.satisfied == pytest.approx(shares[1])
    assert figures.poor == levels[1] + levels[2]


def test_the_whole_of_it_is_in_the_workbook_and_on_paper(counted: Window, tmp_path: Path) -> None:
    """Whatever the sums: they are written without a fault, so many cases or none."""
    desk = counted.desk.statistics
    for query in (StatisticsQuery(FIRST, LAST), StatisticsQuery(date(2020, 1, 1), date(2020, 1, 31))):
        assert desk.save_workbook(query, tmp_path).file.stat().st_size > 5000
