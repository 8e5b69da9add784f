"""The state × event table against the design's, line by line; the expected values are copied from its page."""

from __future__ import annotations

import pytest

from villagedesk.domain.outbox import CLOSED_STATES, OPEN_STATES, TRAY_STATES, SendingState
from villagedesk.sync.table import TABLE, Event, NoSuchTransition, next_state, transition

S, E = SendingState, Event

DESIGN: list[tuple[SendingState, Event, SendingState]] = [
    (S.QUEUED, E.TURN, S.SENDING),
    (S.QUEUED, E.EDITED, S.QUEUED),
    (S.QUEUED, E.WITHDRAWN, S.CANCELLED),
    (S.SENDING, E.REGISTERED, S.UPLOADING),
    (S.UPLOADING, E.PAGES_DONE, S.SENDING),
    (S.UPLOADING, E.PAGE_FAILED, S.UPLOADING),
    (S.UPLOADING, E.UPLOAD_GONE, S.UPLOADING),
    (S.SENDING, E.COMMITTED, S.SENT),
    (S.SENDING, E.UNANSWERED, S.CONFIRMING),
    (S.SENDING, E.NO_CONNECTION, S.WAITING),
    (S.UPLOADING, E.NO_CONNECTION, S.WAITING),
    (S.CONFIRMING, E.NO_CONNECTION, S.WAITING),
    (S.SENDING, E.BUSY, S.WAITING),
    (S.UPLOADING, E.BUSY, S.WAITING),
    (S.CONFIRMING, E.BUSY, S.WAITING),
    (S.CONFIRMING, E.FOUND_COMMITTED, S.SENT),
    (S.CONFIRMING, E.FOUND_REGISTERED, S.UPLOADING),
    (S.CONFIRMING, E.FOUND_UNKNOWN, S.QUEUED),
    (S.CONFIRMING, E.FOUND_OTHER, S.CONFLICT),
    (S.SENDING, E.CONFLICTING, S.CONFLICT),
    (S.SENDING, E.REFUSED, S.REJECTED),
    (S.REJECTED, E.MENDED, S.SUPERSEDED),
    (S.CONFLICT, E.MENDED, S.SUPERSEDED),
    (S.REJECTED, E.DROPPED, S.CANCELLED),
    (S.CONFLICT, E.DROPPED, S.CANCELLED),
    (S.SENDING, E.STARTED, S.CONFIRMING),
    (S.UPLOADING, E.STARTED, S.CONFIRMING),
    (S.SENT, E.RECONCILED_UNKNOWN, S.CONFIRMING),
    # Beyond the design: a fault of the program itself is read as an unanswered request.
    (S.QUEUED, E.FAULT, S.QUEUED),
    (S.SENDING, E.FAULT, S.CONFIRMING),
    (S.UPLOADING, E.FAULT, S.UPLOADING),
    (S.CONFIRMING, E.FAULT, S.CONFIRMING),
    (S.SENDING, E.ACTION_TAKEN, S.DONE),
    # Beyond the design: a station without an interface; neither sent nor done, which a server's list could undo.
    *((state, E.ENTERED_BY_HAND, S.CANCELLED) for state in OPEN_STATES | TRAY_STATES),
    (S.CANCELLED, E.NOT_ENTERED, S.CANCELLED),
    *((state, E.LOGIN_NEEDED, S.LOGIN) for state in OPEN_STATES - {S.LOGIN, S.PAUSED}),
    *((state, E.PAUSED, S.PAUSED) for state in OPEN_STATES - {S.PAUSED}),
    *((state, E.RESTORED, S.CONFIRMING) for state in OPEN_STATES - {S.PAUSED}),
    (S.PAUSED, E.RESTORED, S.PAUSED),
]


@pytest.mark.parametrize(("state", "event", "expected"), sorted(DESIGN))
def test_each_line_of_the_design(state: SendingState, event: Event, expected: SendingState) -> None:
    assert next_state(state, event) is expected


@pytest.mark.parametrize(("state", "event"), [(S.WAITING, E.DUE), (S.LOGIN, E.ENROLLED), (S.PAUSED, E.RESUMED)])
@pytest.mark.parametrize("came_from", [S.QUEUED, S.SENDING, S.UPLOADING, S.CONFIRMING])
def test_what_is_held_goes_back_where_it_came_from(state: SendingState, event: Event, came_from: SendingState) -> None:
    assert next_state(state, event, came_from) is came_from
    with pytest.raises(NoSuchTransition):
        next_state(state, event)


def test_what_is_not_in_the_table_cannot_happen() -> None:
    known = {(state, line.event) for line in TABLE for state in line.states}
    for state in SendingState:
        for event in Event:
            if (state, event) not in known:
                with pytest.raises(NoSuchTransition):
                    transition(state, event)


def test_no_two_lines_contradict_each_other() -> None:
    pairs = [(state, line.event) for line in TABLE for state in line.states]
    assert len(pairs) == len(set(pairs))


def test_i5_a_row_is_closed_by_a_receipt_or_a_clerks_decision_only() -> None:
    closing = {line.event for line in TABLE if line.next in CLOSED_STATES}
    by_receipt = {E.COMMITTED, E.FOUND_COMMITTED, E.ACTION_TAKEN}
    by_decision = {E.WITHDRAWN, E.MENDED, E.DROPPED, E.ENTERED_BY_HAND, E.NOT_ENTERED}
    assert closing == by_receipt | by_decision


def test_nothing_leaves_a_closed_state_but_a_server_that_forgot() -> None:
    lines = [line for line in TABLE if line.next not in CLOSED_STATES]
    leaving = {(state, line.event) for line in lines for state in line.states if state in CLOSED_STATES}
    assert leaving == {(S.SENT, E.RECONCILED_UNKNOWN), (S.DONE, E.RECONCILED_UNKNOWN)}


def test_only_the_clerk_empties_the_tray() -> None:
    events = {line.event for line in TABLE for state in line.states if state in TRAY_STATES}
    assert events == {E.MENDED, E.DROPPED, E.ENTERED_BY_HAND}
