"""What there is to do, for the first screen: each with one place to do it, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from villagedesk.desk.catalogue_packages import not_looked_at
from villagedesk.desk.law_clocks import Clocks
from villagedesk.desk.views import Sentence, Todo, TodoKind
from villagedesk.desk.wording import print_sentence
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.outbox import TRAY_STATES
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.time_limits import ClockKind

MOST_TODOS = 50
"""More than that nobody reads; the rest is counted."""
_READ = 100
"""Of each kind."""
_TONES = {"bad": 0, "warn": 1, "calm": 2, "good": 2}
_KINDS = (
    TodoKind.DUE,
    TodoKind.TRAY,
    TodoKind.CORRECTION,
    TodoKind.CALENDAR,
    TodoKind.CATALOGUE,
    TodoKind.PRINT,
    TodoKind.PROMISED,
    TodoKind.RESULT,
    TodoKind.DRAFT,
)
"""Which comes first where neither tone nor date tells."""


def todos(snapshot: Snapshot, clocks: Clocks) -> tuple[tuple[Todo, ...], int]:
    """The things to do, and how many more there are at the least."""
    found = [*_due(snapshot, clocks), *_stuck(snapshot), *_promised(snapshot, clocks), *_results(snapshot, clocks)]
    found += [*_prints(snapshot), *_catalogue(snapshot), *_lines(snapshot)]
    counts = snapshot.count_by_status()
    unread = sum(max(0, counts.get(status, 0) - _READ) for status in (CaseStatus.RETURNED, CaseStatus.DRAFT))
    found.sort(key=_urgency)
    return tuple(found[:MOST_TODOS]), max(0, len(found) - MOST_TODOS) + unread


def _urgency(todo: Todo) -> tuple[int, str, int]:
    return _TONES[todo.sentence.tone], todo.due or date.max.isoformat(), _KINDS.index(todo.kind)


def _due(snapshot: Snapshot, clocks: Clocks) -> Iterator[Todo]:
    due = clocks.due(snapshot)
    for one in due:
        yield _of_clock(TodoKind.DUE, one.case, one.view.sentence, one.view.clock.due)
    year = clocks.unknown_year(due)
    if year:
        yield Todo(TodoKind.CALENDAR, "", Sentence("life.todo.calendar", {"year": year}, "warn"))


def _promised(snapshot: Snapshot, clocks: Clocks) -> Iterator[Todo]:
    for case in snapshot.cases_with_promises(_READ):
        waiting = [view for view in clocks.of_case(snapshot, case) if view.clock.kind is ClockKind.PROMISED_PAPER]
        if waiting:
            yield _of_clock(TodoKind.PROMISED, case, waiting[0].sentence, waiting[0].clock.due)


def _results(snapshot: Snapshot, clocks: Clocks) -> Iterator[Todo]:
    for case in snapshot.cases_to_hand_out(_READ):
        delivery = [view for view in clocks.of_case(snapshot, case) if view.clock.kind is ClockKind.DELIVERY]
        told = delivery[0].sentence if delivery else Sentence("life.todo.result", {}, "warn")
        yield _of_clock(TodoKind.RESULT, case, told, delivery[0].clock.due if delivery else None)


def _of_clock(kind: TodoKind, case: Case, told: Sentence, due: date | None) -> Todo:
    whose = {"applicant": case.applicant.name, "item": case.item_name, "clock": told}
    sentence = Sentence("life.todo.of_case", whose, told.tone)
    return Todo(kind, case.case_id, sentence, due.isoformat() if due else "")


def _stuck(snapshot: Snapshot) -> Iterator[Todo]:
    for row in snapshot.outbox(TRAY_STATES):
        case = snapshot.case(row.case_id)
        params = {"name": case.applicant.name, "item": case.item_name}
        yield Todo(TodoKind.TRAY, case.case_id, Sentence(f"desk.todo.{row.state}", params, "bad"))


def _prints(snapshot: Snapshot) -> Iterator[Todo]:
    for job in snapshot.print_jobs(open_only=True):
        if job.reason_key:
            yield Todo(TodoKind.PRINT, job.case_id, print_sentence(job, snapshot.case(job.case_id)))


def _catalogue(snapshot: Snapshot) -> Iterator[Todo]:
    arrived = not_looked_at(snapshot)
    if arrived is not None:
        counts = {kind: len(getattr(arrived, kind)) for kind in ("added", "changed", "removed")}
        yield Todo(TodoKind.CATALOGUE, "", Sentence("items.todo", counts, "warn"))


def _lines(snapshot: Snapshot) -> Iterator[Todo]:
    for line in snapshot.case_lines(_READ, status=CaseStatus.RETURNED):
        params = {"name": line.applicant_name, "item": line.item_name}
        yield Todo(TodoKind.CORRECTION, line.case_id, Sentence("desk.todo.correction", params, "bad"))
    for line in snapshot.case_lines(_READ, status=CaseStatus.DRAFT):
        key = "desk.todo.draft" if line.applicant_name else "desk.todo.draft_nameless"
        params = {"name": line.applicant_name, "item": line.item_name}
        yield Todo(TodoKind.DRAFT, line.case_id, Sentence(key, params))
