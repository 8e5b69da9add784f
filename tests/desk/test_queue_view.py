"""The queue as a screen reads it: bounded, what needs the clerk first, with holds, countdowns and history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.desk.counter import CLERK, Window, taken_in
from tests.desk.test_cases import put_state
from villagedesk.domain.case import Case, CaseEvent
from villagedesk.domain.outbox import OutboxRow, PageTransfer, SendingSize, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.standing import STATE, EnrolmentState
from villagedesk.sync.status import SyncStatus
from villagedesk.sync.table import Event


def newest(window: Window, case_id: str) -> OutboxRow:
    return window.desk.cases.case(case_id).outbox[-1]


def many(window: Window, case_id: str, count: int) -> list[str]:
    """That many more cases like this one, each with a row of its own; gives their case_ids."""
    row, case = newest(window, case_id), window.desk.cases.case(case_id).case

    def work(transaction: Transaction) -> list[str]:
        made = []
        for number in range(count):
            name = f"{number:08d}-0000-4000-8000-000000000000"
            twin: Case = replace(case, case_id=name, local_no=None)
            transaction.put_case(twin)
            transaction.add_outbox(replace(row, action_id=f"action-{number:08d}", case_id=name))
            made.append(name)
        return made

    return window.store.write(work).result()


def test_a_bounded_number_is_read_and_the_others_are_counted(window: Window) -> None:
    case_id = taken_in(window)
    many(window, case_id, 60)
    view = window.desk.sending.view()
    assert (len(view.rows), view.more) == (20, 41)
    assert view.queue.params["count"] == 61
    view = window.desk.sending.view(100)
    assert (len(view.rows), view.more) == (61, 0)
    bottom_line = window.desk.sending.view(0)
    assert (bottom_line.rows, bottom_line.more) == ((), 0)
    assert bottom_line.queue == view.queue


def test_what_needs_the_clerk_stands_first_then_what_was_put_first(window: Window) -> None:
    first, second, third, fourth = (taken_in(window) for _ in range(4))
    put_state(window, fourth, state=SendingState.REJECTED)
    window.desk.sending.send_first(newest(window, third).action_id)
    assert window.kicked == ["kick"]
    view = window.desk.sending.view()
    assert [row.row.case_id for row in view.rows] == [fourth, third, first, second]
    assert [row.can_first for row in view.rows] == [False, False, True, True]
    assert [row.can_send_again for row in view.rows] == [True, False, False, False]
    assert view.advice is not None
    assert view.advice.key == "desk.sending.advice_tray"


def test_time_left_counts_what_goes_before_and_leaves_out_what_is_held(window: Window) -> None:
    first, second, third = (taken_in(window) for _ in range(3))
    window.desk.sending.pause(newest(window, first).action_id)
    sizes = {row.row.case_id: row.bytes_total for row in window.desk.sending.view().rows}
    rate = float(sizes[second])
    link = LinkState(LinkKind.ONLINE)
    window.desk.sending._link.publish(SyncStatus(link=link, bytes_per_second=rate / 600))
    left = {
        row.row.case_id: sentence.params["time"]
        for row in window.desk.sending.view().rows
        for sentence in row.details
        if sentence.key == "sending_row.left.about"
    }
    assert first not in left
    assert [left[second].params, left[third].params] == [{"minutes": 10}, {"minutes": 20}]  # type: ignore[attr-defined]


def test_a_held_row_says_who_and_when_and_goes_first_when_asked_for(window: Window) -> None:
    case_id = taken_in(window)
    action_id = newest(window, case_id).action_id
    window.desk.sending.pause(action_id)
    window.clock.forward(3600)
    (row,) = window.desk.sending.view().rows
    held = [sentence.params for sentence in row.details if sentence.key == "sending_row.held_by"]
    assert held == [{"clerk": CLERK, "time": "09:00"}]
    window.desk.sending.send_first(action_id)
    assert newest(window, case_id).state is SendingState.QUEUED
    decisions = [e.detail["decision"] for e in window.desk.cases.case(case_id).events if e.kind == "decision"]
    assert decisions == ["paused", "resumed", "first"]
    (row,) = window.desk.sending.view().rows
    assert "sending_row.first" in [sentence.key for sentence in row.details]


def test_nothing_goes_first_while_the_queue_is_stopped_or_when_it_is_gone(window: Window) -> None:
    case_id = taken_in(window)
    action_id = newest(window, case_id).action_id
    window.desk.sending.pause_all()
    assert not window.desk.sending.view().rows[0].can_first
    with pytest.raises(InputProblem, match=r"desk\.sending_first\.all_paused"):
        window.desk.sending.send_first(action_id)
    assert newest(window, case_id).state is SendingState.PAUSED
    window.desk.sending.resume_all()
    put_state(window, case_id, state=SendingState.SENT, receipt="{}")
    for name in (action_id, "unknown"):
        with pytest.raises(InputProblem, match=r"desk\.sending_first\.cannot"):
            window.desk.sending.send_first(name)


def test_an_unsent_case_shows_the_countdown_from_the_receipt_of_its_papers(window: Window) -> None:
    """行政许可法 §32: five working days from the receipt; taken in on Monday 2026-11-23, so until the 30th."""
    case_id = taken_in(window)
    window.clock.forward(timedelta(days=2).total_seconds())
    (row,) = window.desk.sending.view().rows
    assert row.clock is not None
    assert row.clock.key == "clock.correction.left_working_days"
    assert (row.clock.params["left"], row.clock.params["month"], row.clock.params["day"]) == (3, 11, 30)
    assert row.row.case_id == case_id


def test_bytes_and_pages_are_counted_once_for_each_content(window: Window) -> None:
    case_id = taken_in(window)
    pages = window.desk.cases.case(case_id).pages
    one = pages[0]

    def work(transaction: Transaction) -> None:
        transaction.put_page_transfer(PageTransfer(one.sha256, "x", one.byte_count, one.byte_count, True))
        twin = replace(one, page_id="00000000-0000-4000-8000-000000000009", order=9)
        transaction.add_page(twin)

    window.store.write(work).result()
    total = sum(page.byte_count for page in pages)
    sizes = window.store.read(lambda snapshot: snapshot.sending_sizes(frozenset({SendingState.QUEUED})))
    assert sizes == {case_id: SendingSize(one.byte_count, total, 1, len(pages))}
    (row,) = window.desk.sending.view().rows
    assert (row.bytes_done, row.bytes_total) == (one.byte_count, total)
    assert window.store.read(lambda snapshot: snapshot.sending_sizes(frozenset({SendingState.SENT}))) == {}


def test_the_history_of_a_row_tells_attempts_decisions_and_answers_in_their_order(window: Window) -> None:
    case_id = taken_in(window)
    ledger = Ledger(window.store, window.clock)
    row = newest(window, case_id)
    window.clock.forward(60)
    begun = ledger.freeze(row)
    assert begun is not None
    window.clock.forward(60)
    waiting = ledger.settle(begun, Event.BUSY, wait=60.0, reason="sync.reason.busy", raw="503 overloaded")
    assert waiting is not None
    window.clock.forward(60)
    window.desk.sending.send_first(row.action_id)
    window.clock.forward(60)
    standing = window.desk.sending.history(row.action_id)[-1]
    assert (standing.sentence.key, standing.sentence.params["count"]) == ("sending_history.still", 1)
    assert standing.raw == "503 overloaded"
    ledger.settle(newest(window, case_id), Event.REFUSED, reason="sync.reason.refused", raw="422 内容不符")
    lines = window.desk.sending.history(row.action_id)
    assert [(line.sentence.key, line.actor, line.raw) for line in lines] == [
        ("sending_history.queued", "", ""),
        ("sending_history.begun", "", ""),
        ("sync.reason.busy", "", "503 overloaded"),
        ("sending_history.decided.first", CLERK, ""),
        ("sending_history.because", "acceptance_system", "422 内容不符"),
    ]
    minutes = [(line.at - lines[0].at).total_seconds() / 60 for line in lines]
    assert minutes == [0, 1, 2, 3, 4]
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.sending.history("unknown")


def test_the_history_keeps_its_order_when_the_clock_was_wrong_for_a_while(window: Window) -> None:
    year = 365 * 24 * 3600.0
    case_id = taken_in(window)
    ledger = Ledger(window.store, window.clock)
    row = newest(window, case_id)
    window.clock.forward(year)
    begun = ledger.freeze(row)
    assert begun is not None
    waiting = ledger.settle(begun, Event.BUSY, wait=60.0, reason="sync.reason.busy")
    assert waiting is not None
    window.clock.forward(60 - year)
    window.desk.sending.send_first(row.action_id)
    told = [line.sentence.key for line in window.desk.sending.history(row.action_id)]
    assert told == [
        "sending_history.queued",
        "sending_history.begun",
        "sync.reason.busy",
        "sending_history.decided.first",
        "sending_history.still",
    ]


def test_a_credential_that_is_not_accepted_is_told_whatever_stands_above_it_in_the_queue(window: Window) -> None:
    case_id = taken_in(window)
    waits = many(window, case_id, 21)[-1]
    assert not window.desk.sending.view().login
    for number in range(20):
        put_state(window, f"{number:08d}-0000-4000-8000-000000000000", state=SendingState.REJECTED)
    put_state(window, waits, state=SendingState.LOGIN, return_state=SendingState.QUEUED)
    view = window.desk.sending.view()
    assert SendingState.LOGIN not in {row.row.state for row in view.rows}
    assert view.login
    put_state(window, waits, state=SendingState.QUEUED, return_state=None)
    assert not window.desk.sending.view(0).login
    window.store.write(lambda transaction: transaction.put_setting(STATE, EnrolmentState.REFUSED)).result()
    assert window.desk.sending.view(0).login, "also while nothing waits: no state, no number and no result comes"


def test_another_rows_steps_are_not_told(window: Window) -> None:
    case_id = taken_in(window)
    row = newest(window, case_id)
    detail = {"action_id": "another", "reason": "sync.reason.cut"}
    event = CaseEvent(case_id, window.clock.now(), "program", "sending", detail=detail)
    window.store.write(lambda transaction: transaction.append_event(event)).result()
    assert [line.sentence.key for line in window.desk.sending.history(row.action_id)] == ["sending_history.queued"]
