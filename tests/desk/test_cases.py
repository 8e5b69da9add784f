"""What screens are shown: today, the list, one case, the queue, in words that never promise more than is so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk.answers import none_needed
from tests.desk.counter import APPLICANT, NAME, PROXY_ITEM, SYSTEM_ITEM, Window, taken_in
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.domain.case import Page
from villagedesk.domain.messages import Messages
from villagedesk.domain.outbox import OutboxRow, PageTransfer, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.status import SyncStatus


def filled(window: Window, count: int = 2) -> list[str]:
    """Cases taken in without photographs: the same pages named again, which spares the time to make them."""
    first = taken_in(window)
    pages = window.desk.cases.case(first).pages
    cases = [first]
    for _ in range(count - 1):
        case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
        window.desk.intake.type(case_id, APPLICANT, 4)
        _name_again(window, case_id, pages)
        none_needed(window.desk, case_id)
        window.desk.intake.take_in(case_id)
        cases.append(case_id)
    return cases


def _name_again(window: Window, case_id: str, pages: tuple[Page, ...]) -> None:
    def work(transaction: Transaction) -> None:
        for page in pages:
            transaction.add_page(replace(page, case_id=case_id))

    window.store.write(work).result()


def put_state(window: Window, case_id: str, **changes: object) -> OutboxRow:
    """Set the newest outbox row as sync would."""

    def work(transaction: Transaction) -> OutboxRow:
        row = replace(transaction.outbox_of_case(case_id)[-1], **changes)  # type: ignore[arg-type]
        transaction.update_outbox(row)
        return row

    return window.store.write(work).result()


def test_today_counts_what_was_taken_in_since_midnight_in_shanghai(window: Window) -> None:
    filled(window, 2)
    window.clock.forward(14 * 3600 + 59 * 60)  # 09:00 + 14:59 = 23:59 in Shanghai
    assert window.desk.cases.today().taken_in_today == 2
    window.clock.forward(120)
    today = window.desk.cases.today()
    assert today.taken_in_today == 0
    assert today.today.isoformat() == "2026-11-24"
    assert today.rows == ()
    assert len(today.before) == 2


def test_rows_and_the_case_say_waiting_until_there_is_a_receipt(window: Window) -> None:
    """Invariant I3, on the screen."""
    (case_id,) = filled(window, 1)
    window.desk.sending.view()
    shown = {window.desk.cases.today().rows[0].state.key}
    for state in (SendingState.SENDING, SendingState.UPLOADING, SendingState.CONFIRMING, SendingState.WAITING):
        put_state(window, case_id, state=state, return_state=SendingState.SENDING)
        shown.add(window.desk.cases.find("")[0].state.key)
        shown.add(getattr(window.desk.cases.case(case_id).sending, "key", ""))
        assert window.desk.sending.view().rows[0].state.key != "desk.sending.sent"
    assert not shown & {"sentence.submitted", "desk.sending.sent"}
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}', return_state=None)
    assert window.desk.cases.find("")[0].state.key == "sentence.submitted"
    sending = window.desk.cases.case(case_id).sending
    assert sending is not None
    assert (sending.key, sending.tone) == ("desk.sending.sent", "good")
    assert window.desk.sending.view().rows == ()


def test_the_queue_tells_count_size_and_progress(window: Window) -> None:
    cases = filled(window, 2)
    pages = window.desk.cases.case(cases[0]).pages
    # a page's bytes go once, however often it is named
    total = sum({page.sha256: page.byte_count for page in pages}.values())
    view = window.desk.sending.view()
    assert view.queue.params["count"] == 2
    assert [(row.bytes_done, row.bytes_total) for row in view.rows] == [(0, total), (0, total)]
    half = PageTransfer(pages[0].sha256, "somewhere", 1000, pages[0].byte_count, done=False)
    window.store.write(lambda transaction: transaction.put_page_transfer(half)).result()
    assert window.desk.sending.view().rows[0].bytes_done == 1000


def test_a_rejected_case_is_a_thing_to_do_and_stays_one(window: Window) -> None:
    (case_id,) = filled(window, 1)
    put_state(window, case_id, state=SendingState.REJECTED, reason_key="sync.reason.refused")
    again = window.reopened()
    try:
        (todo,) = again.desk.cases.today().todos
        assert (todo.case_id, todo.sentence.key, todo.sentence.params["name"]) == (case_id, "desk.todo.rejected", NAME)
        advice = again.desk.sending.view().advice
        assert advice is not None
        assert advice.key == "desk.sending.advice_tray"
        assert again.desk.sending.view().queue.key == "desk.sending.queue_empty"
    finally:
        again.desk.close()


def test_pausing_and_resuming_are_the_clerks_logged_decisions(window: Window) -> None:
    (case_id,) = filled(window, 1)
    action_id = window.desk.cases.case(case_id).outbox[0].action_id
    window.desk.sending.pause(action_id)
    assert window.desk.cases.case(case_id).outbox[0].state is SendingState.PAUSED
    with pytest.raises(InputProblem, match=r"desk\.sending\.cannot_pause"):
        window.desk.sending.pause(action_id)
    window.desk.sending.resume(action_id)
    assert window.desk.cases.case(case_id).outbox[0].state is SendingState.QUEUED
    assert [event.kind for event in window.desk.cases.case(case_id).events][-2:] == ["decision", "decision"]
    window.desk.sending.send_now()
    assert window.kicked == ["kick"]


def test_the_link_is_told_with_the_time_it_began(window: Window) -> None:
    heard: list[frozenset[str]] = []
    window.desk.news.subscribe(heard.append)
    link = window.desk.sending._link
    link.publish(SyncStatus(LinkState(LinkKind.INTERNET_ONLY)))
    window.clock.forward(3600)
    link.publish(SyncStatus(LinkState(LinkKind.INTERNET_ONLY)))
    view = window.desk.sending.view()
    assert (view.link.key, view.link.params["since"]) == ("desk.sending.link.internet_only", "09:00")
    assert not view.online
    assert view.advice is not None
    assert view.advice.key == "sync.link.internet_only"
    link.publish(SyncStatus(LinkState(LinkKind.ONLINE, clock_skew=-600.0)))
    view = window.desk.sending.view()
    assert view.online
    assert view.advice is not None
    assert (view.advice.key, view.advice.params["minutes"]) == ("desk.sending.advice_clock_behind", 10)
    # the queue's words hang on what the link is, not on each look at it
    assert heard == [frozenset({"link", "outbox"}), frozenset({"link"}), frozenset({"link", "outbox"})]


def test_every_commit_is_news_until_one_stops_listening(window: Window) -> None:
    heard: list[frozenset[str]] = []
    end = window.desk.news.subscribe(heard.append)
    window.desk.intake.start(PROXY_ITEM)
    window.store.write(lambda transaction: transaction.put_setting("a", "b")).result()
    assert frozenset({"cases", "outbox", "print"}) in heard
    end()
    count = len(heard)
    window.desk.intake.start(PROXY_ITEM)
    assert len(heard) == count


def test_every_sentence_of_the_views_can_be_said(window: Window) -> None:
    messages = Messages.from_folder(messages_folder(resources_folder()))
    (case_id,) = filled(window, 1)
    window.desk.intake.start(SYSTEM_ITEM)
    view = window.desk.cases.case(case_id)
    today, sending = window.desk.cases.today(), window.desk.sending.view()
    sentences = [view.business, view.sending, sending.link, sending.queue, sending.advice]
    sentences += [row.state for row in today.rows] + [row.state for row in sending.rows]
    sentences += [todo.sentence for todo in today.todos]
    sentences += [line.sentence for line in window.desk.devices()] + [paper.why_not for paper in view.papers]
    said = [messages.text(one.key, **one.params) for one in sentences if one is not None]
    assert len(said) >= 9
    assert not any("{" in words for words in said)


def test_the_time_line_leaves_out_typing(window: Window) -> None:
    case_id = taken_in(window)
    assert "typed" not in [event.kind for event in window.desk.cases.case(case_id).events]
    assert "typed" in [event.kind for event in window.store.read(lambda snapshot: snapshot.events(case_id))]


def test_a_number_nobody_has_finds_nothing(window: Window) -> None:
    assert window.desk.cases.by_number("261123-A-0001-P") is None
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.cases.case("no such case")


@pytest.mark.parametrize("mistyped", ["261123-A-0009-8", "261132A00099", "２６１１２３-a-0090-9"])
def test_a_mistyped_local_number_is_told_and_not_searched_for(window: Window, mistyped: str) -> None:
    with pytest.raises(InputProblem, match=r"domain\.local_no\.check_character"):
        window.desk.cases.by_number(mistyped)
