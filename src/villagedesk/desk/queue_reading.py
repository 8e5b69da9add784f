"""The queue as it stands, read for a screen: a bounded number of rows whole, the others counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from villagedesk.desk.law_clocks import Clocks
from villagedesk.desk.sending_words import Around, Hold, Place, row_details
from villagedesk.desk.snags import sends_again
from villagedesk.desk.views import QueueRow, Sentence
from villagedesk.desk.wording import sending_sentence
from villagedesk.domain.case import Case, CaseEvent
from villagedesk.domain.outbox import (
    ENTERED_BY_HAND,
    HELD_STATES,
    OPEN_STATES,
    PERHAPS_ENTERED,
    TRAY_STATES,
    UNSETTLED_STATES,
    Operation,
    OutboxRow,
    SendingSize,
    SendingState,
    is_held_for_hands,
    is_perhaps_entered,
)
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.time_limits import ClockKind
from villagedesk.sync import decisions
from villagedesk.sync.rows import goes_before
from villagedesk.sync.standing import STATE, EnrolmentState

MOST_ROWS = 20
"""Rows a screen shows at first."""


@dataclass(frozen=True)
class Queue:
    """What is open or in the tray.

    Args:
        rows: those read whole, what needs the clerk before the others.
        states: how many stand in each state.
        open_cases: cases with a row on its way.
        bytes_left: of their pages.
        look_up: rows that are held until somebody has looked whether they are in the acceptance system.
        to_enter: rows that are held because their case goes by hand.
        paused: the clerk has stopped everything.
        login: the acceptance system does not accept the station's credential, whether anything waits or not.
    """

    rows: tuple[QueueRow, ...]
    states: Mapping[SendingState, int]
    open_cases: int
    bytes_left: int
    look_up: int
    to_enter: int
    paused: bool
    login: bool


def read_queue(snapshot: Snapshot, clocks: Clocks, around: Around, limit: int) -> Queue:
    """The queue.

    Args:
        around: its ``all_paused`` is read here.
        limit: rows to read whole.
    """
    paused = decisions.queue_is_paused(snapshot)
    around = replace(around, all_paused=paused)
    firsts = decisions.firsts(snapshot)
    states = snapshot.count_rows(UNSETTLED_STATES)
    sizes = snapshot.sending_sizes(OPEN_STATES)  # of what came back no size is told
    ordered = _ordered(snapshot, firsts, limit)
    shown = _whole(snapshot, clocks, around, ordered, _places(snapshot, ordered, sizes, firsts))
    left = sum(map(_left, sizes.values()))
    refused = snapshot.setting(STATE) == EnrolmentState.REFUSED
    login = refused or SendingState.LOGIN in states
    look_up, to_enter = (snapshot.count_paused(frozenset({reason})) for reason in (PERHAPS_ENTERED, ENTERED_BY_HAND))
    return Queue(shown, states, snapshot.count_outbox(OPEN_STATES), left, look_up, to_enter, paused, login)


def _ordered(snapshot: Snapshot, firsts: frozenset[str], limit: int) -> Sequence[OutboxRow]:
    """As many as are shown: what needs the clerk, then what the clerk put first, then the others, each oldest first.
    After weeks without a line there are thousands, whose bytes nobody wants to see."""
    back = snapshot.outbox(TRAY_STATES, limit)
    going = snapshot.outbox(OPEN_STATES, limit)
    known = {row.action_id for row in going}
    put_first = [row for name in firsts - known if (row := _row(snapshot, name)) is not None]
    put_first += [row for row in going if row.action_id in firsts]
    put_first.sort(key=lambda row: row.created_at)
    others = [row for row in going if row.action_id not in firsts]
    return [*back, *put_first, *others][:limit]


def _row(snapshot: Snapshot, action_id: str) -> OutboxRow | None:
    """One that is on its way; None when it is not, any more."""
    try:
        row = snapshot.outbox_row(action_id)
    except KeyError:
        return None
    return row if row.state in OPEN_STATES else None


def _places(
    snapshot: Snapshot, shown: Sequence[OutboxRow], sizes: Mapping[str, SendingSize], firsts: frozenset[str]
) -> dict[str, Place]:
    """Where each stands. The bytes before it are counted in the order shown: what the runner makes of the order is
    nearer to it than the rate is to a promise."""
    places, before = dict[str, Place](), 0
    for row in shown:
        size = sizes.get(row.case_id, SendingSize())
        others = [other for other in snapshot.outbox_of_case(row.case_id) if other.state in UNSETTLED_STATES]
        blocker = next((other.state for other in goes_before(row, others)), None)
        places[row.action_id] = Place(size, before, blocker, row.action_id in firsts)
        if row.state in OPEN_STATES - HELD_STATES and row.operation is Operation.SUBMIT:
            before += _left(size)
    return places


def _whole(
    snapshot: Snapshot, clocks: Clocks, around: Around, rows: Sequence[OutboxRow], places: Mapping[str, Place]
) -> tuple[QueueRow, ...]:
    cases = {case_id: snapshot.case(case_id) for case_id in {row.case_id for row in rows}}
    countdowns = _countdowns(snapshot, clocks, [*cases.values()])
    held = {row.case_id for row in rows if row.state is SendingState.PAUSED}
    logs = snapshot.logs(held)
    shown = []
    for row in rows:
        case, place = cases[row.case_id], places[row.action_id]
        if row.case_id in held:
            hold = _hold(row, logs.get(row.case_id, ()))
            place = Place(place.size, place.bytes_before, place.blocker, place.first, hold)
        again = row.state in TRAY_STATES and sends_again(case, snapshot.outbox_of_case(row.case_id))
        size = place.size
        shown.append(
            QueueRow(
                row=row,
                local_no=case.local_no or "",
                applicant_name=case.applicant.name,
                item_name=case.item_name,
                state=sending_sentence(
                    case.status,
                    row,
                    size.pages_done,
                    size.pages_total,
                    online=around.online,
                    paused=around.all_paused,
                    by_hand=around.by_hand,
                    held_up=around.held_up,
                ),
                bytes_done=size.bytes_done,
                bytes_total=size.bytes_total,
                details=row_details(row, place, around),
                clock=countdowns.get(row.case_id) if row.operation is Operation.SUBMIT else None,
                can_first=row.state in OPEN_STATES
                and not (place.first or around.all_paused or around.by_hand or is_held_for_hands(row)),
                can_send_again=again,
                corrected=again and snapshot.correction(row.case_id) is not None,
                look_up=is_perhaps_entered(row) and not around.by_hand,
                can_enter=row.operation is Operation.SUBMIT and is_held_for_hands(row) and not around.by_hand,
            )
        )
    return tuple(shown)


def _countdowns(snapshot: Snapshot, clocks: Clocks, cases: Sequence[Case]) -> dict[str, Sentence]:
    """Of each case the clock that runs from the papers' receipt, whatever the link does (I12)."""
    found = {}
    for case, views in zip(cases, clocks.of_cases(snapshot, cases), strict=True):
        for view in views:
            if view.clock.kind is ClockKind.CORRECTION:
                found[case.case_id] = view.sentence
    return found


def _hold(row: OutboxRow, events: Iterable[CaseEvent]) -> Hold | None:
    holds = [
        Hold(event.actor, event.at)
        for event in events
        if event.kind == "decision"
        and event.detail.get("action_id") == row.action_id
        and event.detail.get("decision") == "paused"
    ]
    return holds[-1] if holds else None


def _left(size: SendingSize) -> int:
    return max(0, size.bytes_total - size.bytes_done)
