"""What there is to do, for the first screen: each with one place to do it, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.desk.bridge import waiting_rows
from villagedesk.desk.case_possible import returnable
from villagedesk.desk.catalogue_packages import not_looked_at
from villagedesk.desk.conflict_views import conflict_view, fields_differ
from villagedesk.desk.export_list import overdue_exports
from villagedesk.desk.handover_reading import PACKED_TOO_LONG_DAYS, batch_todo
from villagedesk.desk.law_clocks import Clocks
from villagedesk.desk.life_views import ConflictView
from villagedesk.desk.move_reading import count_undecided
from villagedesk.desk.unsent_correction import unsent_view
from villagedesk.desk.views import Sentence, Todo, TodoKind
from villagedesk.desk.wording import print_sentence
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.document import FOR_THE_APPLICANT, SCANNED_HERE
from villagedesk.domain.handover import OPEN_BATCHES
from villagedesk.domain.outbox import HELD_FOR_HANDS, OPEN_STATES, TRAY_STATES, SendingState, is_perhaps_entered
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.time_limits import ClockKind
from villagedesk.domain.to_look_at import to_look_at
from villagedesk.sync.decisions import queue_is_paused

ItemOf = Callable[[Case], ServiceItem | None]
MOST_TODOS = 50
"""More than that nobody reads; the rest is counted. Of each kind no more is read."""
_TONES = {"bad": 0, "warn": 1, "calm": 2, "time": 2, "good": 2}
_KINDS = (
    TodoKind.DUE,
    TodoKind.TRAY,
    TodoKind.CORRECTION,
    TodoKind.QUEUE,
    TodoKind.BY_HAND,
    TodoKind.TELL,
    TodoKind.CARRY,
    TodoKind.MOVE,
    TodoKind.CALL_BACK,
    TodoKind.CATALOGUE,
    TodoKind.EXPORTS,
    TodoKind.PRINT,
    TodoKind.PROMISED,
    TodoKind.RESULT,
    TodoKind.PAPERS,
    TodoKind.DRAFT,
    TodoKind.CALENDAR,
)
"""Which comes first where neither tone nor date tells."""
_ONCE = frozenset({TodoKind.DUE, TodoKind.TRAY, TodoKind.CORRECTION})
"""A case that is all of this stands there once, by the most urgent: they are done on the same page."""


@dataclass(frozen=True)
class _Kind:
    """What was read of a kind, and how many there are in all."""

    todos: Sequence[Todo]
    count: int


def todos(
    snapshot: Snapshot,
    clocks: Clocks,
    item_of: ItemOf,
    now: datetime,
    *,
    by_hand: bool = False,
    moved: Collection[str] = (),
) -> tuple[tuple[Todo, ...], int]:
    """The things to do, and how many more there are.

    Args:
        item_of: the item a case is bound to, for what its fields are called.
        now: aware, UTC.
        by_hand: the station has no interface: what waits is entered by hand.
        moved: codes of the items that are taken in by the acceptance system now.
    """
    kinds = [*_due(snapshot, clocks), _stuck(snapshot, item_of), _told(snapshot, item_of)]
    kinds += [*_refused(snapshot), _enter(snapshot, by_hand)]
    if not by_hand:  # nothing goes out by itself there, paused or not
        kinds.append(_queue(snapshot))
    kinds += [
        _documents(snapshot),
        _promised(snapshot, clocks),
        _results(snapshot, clocks),
        _prints(snapshot),
        _carry(snapshot, now.astimezone(SHANGHAI).date()),
        _moved(snapshot, moved),
        _call_backs(snapshot, now),
        _catalogue(snapshot),
        _saved(snapshot, now, by_hand),
    ]
    kinds += _lines(snapshot)
    found = sorted((todo for kind in kinds for todo in kind.todos), key=_urgency)
    once = list(_once(found))
    count = sum(kind.count for kind in kinds) - (len(found) - len(once))
    shown = once[:MOST_TODOS]
    return tuple(shown), count - len(shown)


def _once(found: Iterable[Todo]) -> Iterator[Todo]:
    seen: set[str] = set()
    for todo in found:
        if todo.kind not in _ONCE:
            yield todo
        elif todo.case_id not in seen:
            seen.add(todo.case_id)
            yield todo


def _urgency(todo: Todo) -> tuple[int, str, int]:
    return _TONES[todo.sentence.tone], todo.due or date.max.isoformat(), _KINDS.index(todo.kind)


def _due(snapshot: Snapshot, clocks: Clocks) -> Iterator[_Kind]:
    due = clocks.due(snapshot)
    found = [_of_clock(TodoKind.DUE, one.case, one.view.sentence, one.view.clock.due) for one in due.cases]
    yield _Kind(found, due.count)
    year = clocks.unknown_year(due)
    if year:
        # Next year's are nobody's hurry before a clock runs into them.
        tone = "warn" if year in due.no_calendar or year <= clocks.today().year else "calm"
        yield _Kind([Todo(TodoKind.CALENDAR, "", Sentence("life.todo.calendar", {"year": year}, tone))], 1)


def _stuck(snapshot: Snapshot, item_of: ItemOf) -> _Kind:
    rows = snapshot.outbox(TRAY_STATES)
    found = []
    for row in rows[:MOST_TODOS]:
        case = snapshot.case(row.case_id)
        params: dict[str, object] = {"name": case.applicant.name, "item": case.item_name}
        key = f"desk.todo.{row.state}"
        view = _conflict(snapshot, case, item_of) if row.state is SendingState.CONFLICT else None
        fields = None if view is None else fields_differ(view)
        if fields is not None:
            key, params = "conflict.todo.differs", {**params, "fields": fields}
        found.append(Todo(TodoKind.TRAY, case.case_id, Sentence(key, params, "bad")))
    return _Kind(found, len(rows))


def _told(snapshot: Snapshot, item_of: ItemOf) -> _Kind:
    """What the acceptance system changed in fields, said after the end of a case, or did not wait for: nothing
    waits for it in the queue, and the clerk must read it all the same."""
    left = list(to_look_at(snapshot))
    found: list[Todo] = []
    while left and len(found) < MOST_TODOS:
        case = snapshot.case(left.pop(0))
        sentence = _read_of(snapshot, case, item_of)
        if sentence is not None:
            found.append(Todo(TodoKind.TRAY, case.case_id, sentence))
    return _Kind(found, len(found) + len(left))


def _read_of(snapshot: Snapshot, case: Case, item_of: ItemOf) -> Sentence | None:
    """What is to be read of a case; None where all is read, or stands there as a conflict of its own."""
    params: dict[str, object] = {"name": case.applicant.name, "item": case.item_name}
    view = _conflict(snapshot, case, item_of)
    if view is not None and not view.submitted:
        if view.told_after_end is not None:
            return Sentence("conflict.todo.after_end", {**params, "what": view.told_after_end}, view.standing.tone)
        return Sentence("conflict.todo.changed", {**params, "fields": fields_differ(view)}, view.standing.tone)
    rows, events = snapshot.outbox_of_case(case.case_id), snapshot.events(case.case_id)
    unsent = unsent_view(snapshot, case, item_of(case), rows, events)
    if unsent is None or not unsent.unread:
        return None
    return Sentence("correction.unsent.todo", {**params, "fields": fields_differ(unsent)}, "warn")


def _conflict(snapshot: Snapshot, case: Case, item_of: ItemOf) -> ConflictView | None:
    rows, events = snapshot.outbox_of_case(case.case_id), snapshot.events(case.case_id)
    return conflict_view(snapshot, case, item_of(case), rows, events)


def _queue(snapshot: Snapshot) -> _Kind:
    """Nothing that waits goes out by itself: the clerk stopped it, or the station must be registered again."""
    by_hand = snapshot.count_paused(HELD_FOR_HANDS)  # nobody paused them: they are told among what is to be entered
    held = {
        "login": snapshot.count_outbox(frozenset({SendingState.LOGIN})),
        "paused": max(0, snapshot.count_outbox(frozenset({SendingState.PAUSED})) - by_hand),
    }
    tones = {"login": "bad", "paused": "warn", "all_paused": "warn"}
    if queue_is_paused(snapshot):
        held = {"login": held["login"], "all_paused": max(0, snapshot.count_outbox(OPEN_STATES) - by_hand)}
        found = [name for name in held if name == "all_paused" or held[name]]
    else:
        found = [name for name, count in held.items() if count]
    things = [
        Todo(TodoKind.QUEUE, "", Sentence(f"life.todo.queue_{name}", {"count": held[name]}, tones[name]))
        for name in found
    ]
    return _Kind(things, len(things))


def _enter(snapshot: Snapshot, by_hand: bool) -> _Kind:
    """One line for each, however many wait: those to be entered, and those to be looked up because they may have been;
    both stand on one page."""
    rows = waiting_rows(snapshot, by_hand=by_hand)
    look_up = 0 if by_hand else sum(map(is_perhaps_entered, rows))
    counts = {"bridge.todo": len(rows) - look_up, "bridge.todo_look_up": look_up}
    found = [
        Todo(TodoKind.BY_HAND, "", Sentence(key, {"count": count}, "warn")) for key, count in counts.items() if count
    ]
    return _Kind(found, len(found))


def _saved(snapshot: Snapshot, now: datetime, by_hand: bool) -> _Kind:
    """One line for all that was saved elsewhere to be entered, and is not needed there any more (I8)."""
    left = overdue_exports(snapshot, lambda: waiting_rows(snapshot, by_hand=by_hand), now)
    if not left:
        return _Kind([], 0)
    return _Kind([Todo(TodoKind.EXPORTS, "", Sentence("bridge.todo_exports", {"count": len(left)}, "warn"))], 1)


def _refused(snapshot: Snapshot) -> Iterator[_Kind]:
    """Applicants to be told of a refusal, then papers that lie here though nothing comes of them any more."""
    untold = snapshot.refused_untold(MOST_TODOS)
    yield _Kind([_of_papers(TodoKind.TELL, case) for case in untold], snapshot.count_refused_untold())
    left, count = snapshot.cases_with_papers_left(MOST_TODOS + len(untold))
    ids = {case.case_id for case in untold}
    found = [_of_papers(TodoKind.PAPERS, case) for case in left if case.case_id not in ids]
    yield _Kind(found[:MOST_TODOS], count - (len(left) - len(found)))


def _of_papers(kind: TodoKind, case: Case) -> Todo:
    papers = len(returnable(case))
    params = {"applicant": case.applicant.name, "item": case.item_name, "papers": papers}
    if kind is TodoKind.PAPERS:
        return Todo(kind, case.case_id, Sentence("life.todo.papers", params, "warn"))
    return Todo(kind, case.case_id, Sentence("life.todo.tell" if papers else "life.todo.tell_only", params, "bad"))


def _promised(snapshot: Snapshot, clocks: Clocks) -> _Kind:
    cases = snapshot.cases_with_promises(MOST_TODOS)
    found = []
    for case, views in zip(cases, clocks.of_cases(snapshot, cases), strict=True):
        waiting = [view for view in views if view.clock.kind is ClockKind.PROMISED_PAPER]
        if waiting:
            found.append(_of_clock(TodoKind.PROMISED, case, waiting[0].sentence, waiting[0].clock.due))
    count = len(found) if len(cases) < MOST_TODOS else snapshot.count_with_promises()
    return _Kind(found, count)


def _results(snapshot: Snapshot, clocks: Clocks) -> _Kind:
    cases = snapshot.cases_to_hand_out(MOST_TODOS)
    found = []
    for case, views in zip(cases, clocks.of_cases(snapshot, cases), strict=True):
        delivery = [view for view in views if view.clock.kind is ClockKind.DELIVERY]
        told = delivery[0].sentence if delivery else Sentence("life.todo.result", {}, "warn")
        documents = snapshot.documents(case.case_id)
        if any(one.is_here and one.origin in FOR_THE_APPLICANT for one in documents):
            told = Sentence("results.todo.came", {"clock": told}, told.tone)
        found.append(_of_clock(TodoKind.RESULT, case, told, delivery[0].clock.due if delivery else None))
    count = len(found) if len(cases) < MOST_TODOS else snapshot.count_to_hand_out()
    return _Kind(found, count)


def _documents(snapshot: Snapshot) -> _Kind:
    """Documents that do not come: only a call to the county helps."""
    wrong = [document for document in snapshot.documents_on_the_way() if document.is_given_up]
    found = []
    for document in wrong[:MOST_TODOS]:
        case = snapshot.case(document.case_id)
        params = {"applicant": case.applicant.name, "item": case.item_name, "document": document.name}
        key = "results.todo.lost_scan" if document.origin in SCANNED_HERE else "results.todo.wrong"
        found.append(Todo(TodoKind.RESULT, case.case_id, Sentence(key, params, "bad")))
    return _Kind(found, len(wrong))


def _of_clock(kind: TodoKind, case: Case, told: Sentence, due: date | None) -> Todo:
    whose = {"applicant": case.applicant.name, "item": case.item_name, "clock": told}
    sentence = Sentence("life.todo.of_case", whose, told.tone)
    return Todo(kind, case.case_id, sentence, due.isoformat() if due else "")


def _prints(snapshot: Snapshot) -> _Kind:
    jobs = [job for job in snapshot.print_jobs(open_only=True) if job.reason_key]
    found = [
        Todo(TodoKind.PRINT, job.case_id, print_sentence(job, snapshot.case(job.case_id))) for job in jobs[:MOST_TODOS]
    ]
    return _Kind(found, len(jobs))


def _carry(snapshot: Snapshot, today: date) -> _Kind:
    """One line for all papers that lie here for the township, and one for each batch somebody must look after."""
    found = []
    cases, count = snapshot.proxy_cases({CaseStatus.RECEIVED}, MOST_TODOS)
    oldest = min((case.received_at.astimezone(SHANGHAI).date() for case in cases if case.received_at), default=today)
    if count:
        days = (today - oldest).days
        tone = "warn" if days >= PACKED_TOO_LONG_DAYS else "calm"
        key = "handover.todo.carry" if days else "handover.todo.carry_today"
        found.append(Todo(TodoKind.CARRY, "", Sentence(key, {"count": count, "days": days}, tone)))
    for batch in snapshot.batches(OPEN_BATCHES, MOST_TODOS):
        sentence = batch_todo(batch, today)
        if sentence is not None:
            found.append(Todo(TodoKind.CARRY, "", sentence))
    return _Kind(found, len(found))


def _moved(snapshot: Snapshot, codes: Collection[str]) -> _Kind:
    """One line for all carried cases whose item is taken in by the acceptance system now."""
    count = count_undecided(snapshot, codes)
    if not count:
        return _Kind([], 0)
    return _Kind([Todo(TodoKind.MOVE, "", Sentence("mode_move.todo", {"count": count}, "warn"))], 1)


def _call_backs(snapshot: Snapshot, now: datetime) -> _Kind:
    """One line for all villagers to be called back: how many, and until when the first."""
    first = next(iter(snapshot.open_call_backs(1)), None)
    if first is None:
        return _Kind([], 0)
    today = now.astimezone(SHANGHAI).date()
    overdue, due = snapshot.count_call_backs(today), first.due_on
    params = {"count": snapshot.count_call_backs(), "overdue": overdue, "month": due.month, "day": due.day}
    key, tone = ("overdue", "bad") if overdue else ("today", "warn") if due == today else ("due", "calm")
    sentence = Sentence(f"evaluation.todo.{key}", params, tone)
    return _Kind([Todo(TodoKind.CALL_BACK, "", sentence, due.isoformat())], 1)


def _catalogue(snapshot: Snapshot) -> _Kind:
    arrived = not_looked_at(snapshot)
    if arrived is None:
        return _Kind([], 0)
    counts = {kind: len(getattr(arrived, kind)) for kind in ("added", "changed", "removed")}
    return _Kind([Todo(TodoKind.CATALOGUE, "", Sentence("items.todo", counts, "warn"))], 1)


def _lines(snapshot: Snapshot) -> Iterator[_Kind]:
    counts = snapshot.count_by_status()
    found = []
    for line in snapshot.case_lines(MOST_TODOS, status=CaseStatus.RETURNED):
        params = {"name": line.applicant_name, "item": line.item_name}
        found.append(Todo(TodoKind.CORRECTION, line.case_id, Sentence("desk.todo.correction", params, "bad")))
    yield _Kind(found, counts.get(CaseStatus.RETURNED, 0))
    found = []
    for line in snapshot.case_lines(MOST_TODOS, status=CaseStatus.DRAFT):
        key = "desk.todo.draft" if line.applicant_name else "desk.todo.draft_nameless"
        params = {"name": line.applicant_name, "item": line.item_name}
        found.append(Todo(TodoKind.DRAFT, line.case_id, Sentence(key, params)))
    yield _Kind(found, counts.get(CaseStatus.DRAFT, 0))
