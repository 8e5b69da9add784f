"""The queue of a station that entered by hand before: what may be in the acceptance system does not go unasked (I2)."""

from __future__ import annotations

import pytest

from tests.desk.counter import CLERK, Window, taken_in
from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.desk.views import QueueRow, Sentence, TodoKind
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import ENTERED_BY_HAND, PERHAPS_ENTERED, OutboxRow, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import RESTORED, Reason, Restoration
from villagedesk.sync.entry_begun import begin_entry
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.restored import begin_anew
from villagedesk.sync.standing import CREDENTIAL
from villagedesk.sync.status import SyncStatus


def newest(window: Window, case_id: str) -> OutboxRow:
    return window.desk.cases.case(case_id).outbox[-1]


def row_of(window: Window, case_id: str) -> QueueRow:
    (row,) = [row for row in window.desk.sending.view().rows if row.row.case_id == case_id]
    return row


def keys(row: QueueRow) -> list[str]:
    return [sentence.key for sentence in row.details]


def turn(window: Window, case_id: str) -> OutboxRow:
    """Its turn comes, as the runner has it."""
    assert Ledger(window.store, window.clock).freeze(newest(window, case_id)) is None
    return newest(window, case_id)


def perhaps(window: Window, case_id: str) -> OutboxRow:
    """Somebody began to enter it; the interface is granted, and its turn comes."""
    now = window.clock.now()
    window.store.write(lambda transaction: begin_entry(transaction, case_id, CLERK, now)).result()
    return turn(window, case_id)


def corrected_by_hand(window: Window) -> tuple[str, OutboxRow]:
    """Entered by hand, and its correction is queued after the interface was granted."""
    case_id = taken_in(window)
    perhaps(window, case_id)
    window.desk.official_numbers.enter(case_id, NumberGiven("1001"))
    window.desk.official_numbers.note(case_id, CaseChange.CORRECTION_ASKED, "请补照片")
    window.desk.sending.mend(case_id)
    return case_id, turn(window, case_id)


def listed(window: Window) -> Sentence:
    """What the list says of its newest case."""
    return window.desk.cases.find("")[0].state


def test_i2_what_may_be_entered_already_says_so_and_goes_only_when_it_was_looked_up(window: Window) -> None:
    case_id = taken_in(window)
    action_id = newest(window, case_id).action_id
    window.desk.sending.pause(action_id)  # earlier, and for another reason
    window.desk.sending.resume(action_id)
    held = perhaps(window, case_id)
    assert (held.state, held.reason_key) == (SendingState.PAUSED, PERHAPS_ENTERED)
    row = row_of(window, case_id)
    assert PERHAPS_ENTERED in keys(row)
    assert "sending_row.held_by" not in keys(row), "nobody paused it"
    assert row.state.key == "bridge.state.to_look_up"
    assert listed(window).key == "bridge.state.to_look_up", "nobody paused it"
    assert (row.can_first, row.look_up, row.can_enter) == (False, True, True)
    assert "sending_history.held_begun" in [line.sentence.key for line in window.desk.sending.history(action_id)]
    with pytest.raises(InputProblem, match=r"desk\.sending_first\.by_hand"):
        window.desk.sending.send_first(action_id)
    with pytest.raises(InputProblem, match=r"desk\.sending\.look_up_first"):
        window.desk.sending.resume(action_id)
    assert newest(window, case_id) == held
    assert window.kicked == []
    window.desk.sending.resume(action_id, looked_up=True)
    assert newest(window, case_id).state is SendingState.QUEUED
    assert row_of(window, case_id).can_first
    assert Ledger(window.store, window.clock).freeze(newest(window, case_id)) is not None, "the doubt is over"


def test_what_the_program_holds_is_not_told_as_paused_by_the_clerk(window: Window) -> None:
    window.link.publish(SyncStatus(link=LinkState(LinkKind.ONLINE)))
    perhaps(window, taken_in(window))
    advice = window.desk.sending.view().advice
    assert advice is not None
    assert (advice.key, advice.params) == ("desk.sending.advice_look_up", {"count": 1})
    (todo,) = [todo for todo in window.desk.cases.today().todos if todo.kind in (TodoKind.QUEUE, TodoKind.BY_HAND)]
    assert (todo.sentence.key, todo.sentence.params) == ("bridge.todo_look_up", {"count": 1})

    window.desk.sending.pause(newest(window, taken_in(window)).action_id)
    todos = {todo.sentence.key: todo.sentence.params for todo in window.desk.cases.today().todos}
    assert todos["life.todo.queue_paused"] == {"count": 1}
    window.desk.sending.pause_all()
    todos = {todo.sentence.key: todo.sentence.params for todo in window.desk.cases.today().todos}
    assert todos["life.todo.queue_all_paused"] == {"count": 1}


def test_a_correction_of_what_was_entered_by_hand_is_told_as_to_be_entered(window: Window) -> None:
    case_id, held = corrected_by_hand(window)
    assert (held.state, held.reason_key) == (SendingState.PAUSED, ENTERED_BY_HAND)
    row = row_of(window, case_id)
    assert "bridge.correct_by_hand" in keys(row)
    assert row.state.key == listed(window).key == "bridge.state.to_enter"
    assert (row.can_first, row.look_up, row.can_enter) == (False, False, True)
    assert window.desk.sending.view().advice is None, "it was not paused by anybody"
    with pytest.raises(InputProblem, match=r"desk\.sending_first\.by_hand"):
        window.desk.sending.send_first(held.action_id)


def test_when_everything_goes_on_what_was_held_singly_or_may_be_entered_stays(window: Window) -> None:
    one, two, three, doubtful = (taken_in(window) for _ in range(4))
    perhaps(window, doubtful)
    sending = window.desk.sending
    sending.pause(newest(window, one).action_id)
    sending.pause_all()
    sending.pause_all()  # once more changes nothing
    late, held_late = taken_in(window), taken_in(window)
    sending.pause(newest(window, held_late).action_id)
    still = sending.resume_all()
    assert still is not None
    assert (still.key, still.params) == ("desk.sending.still_held.both", {"singly": 2, "for_hands": 1})
    states = {case_id: newest(window, case_id).state for case_id in (one, two, three, late, held_late, doubtful)}
    assert [case_id for case_id, state in states.items() if state is SendingState.QUEUED] == [two, three, late]
    assert {states[case_id] for case_id in (one, held_late, doubtful)} == {SendingState.PAUSED}

    sending.resume(newest(window, one).action_id)
    sending.pause_all()  # what was held singly then is forgotten
    still = sending.resume_all()
    assert still is not None
    assert still.params == {"singly": 1, "for_hands": 1}
    assert newest(window, one).state is SendingState.QUEUED


def test_when_nothing_was_held_singly_everything_goes_on(window: Window) -> None:
    case_id = taken_in(window)
    window.desk.sending.pause_all()
    assert window.desk.sending.resume_all() is None
    assert newest(window, case_id).state is SendingState.QUEUED


def restored(window: Window, *, forgets: bool = False) -> None:
    """The data is brought back from a backup.

    Args:
        forgets: it was a recovery, and what was begun is lost.
    """
    now = window.clock.now()
    text = Restoration(now, now, Reason.BACKUP, "B", "an installation").to_text()

    def work(transaction: Transaction) -> None:
        transaction.put_setting(CREDENTIAL, "of a station with an interface")
        transaction.put_setting(RESTORED, text)
        if forgets:
            transaction.put_setting("bridge.begun", "")
        assert begin_anew(transaction, now, lambda: "token")

    window.store.write(work).result()


@pytest.mark.parametrize("forgets", [False, True])
def test_i2_after_a_restore_it_is_still_looked_up_first_and_its_number_can_be_given(
    window: Window, forgets: bool
) -> None:
    window.link.publish(SyncStatus(link=LinkState(LinkKind.ONLINE)))
    found, absent = taken_in(window), taken_in(window)
    for case_id in (found, absent):
        perhaps(window, case_id)
    restored(window, forgets=forgets)
    for case_id in (found, absent):
        row = row_of(window, case_id)
        assert (row.state.key, row.look_up, row.can_enter) == ("bridge.state.to_look_up", True, True)
        assert PERHAPS_ENTERED in keys(row)
        assert window.desk.bridge.sheet(case_id).look_first is not None
    advice = window.desk.sending.view().advice
    assert advice is not None
    assert (advice.key, advice.params) == ("desk.sending.advice_look_up", {"count": 2})
    todos = {todo.sentence.key: todo.sentence.params for todo in window.desk.cases.today().todos}
    assert todos["bridge.todo_look_up"] == {"count": 2}
    assert "life.todo.queue_paused" not in todos, "nobody paused it"

    window.desk.official_numbers.enter(found, NumberGiven("1001"))
    assert newest(window, found).state is SendingState.CANCELLED
    action_id = newest(window, absent).action_id
    with pytest.raises(InputProblem, match=r"desk\.sending\.look_up_first"):
        window.desk.sending.resume(action_id)
    window.desk.sending.resume(action_id, looked_up=True)
    assert newest(window, absent).state is SendingState.CONFIRMING, "the other PC may have sent it: it asks"


def test_after_a_restore_a_correction_of_what_was_entered_by_hand_is_still_to_be_entered(window: Window) -> None:
    case_id, held = corrected_by_hand(window)
    restored(window)
    assert newest(window, case_id) == held
    row = row_of(window, case_id)
    assert (row.state.key, row.look_up, row.can_enter) == ("bridge.state.to_enter", False, True)
    window.desk.official_numbers.enter(case_id, NumberGiven("1001"))
    assert newest(window, case_id).state is SendingState.CANCELLED
