"""What the clerk entered into the acceptance system by hand never goes out as well, whatever comes after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sync.test_mended import Road
from tests.sync.test_mended import road as road  # a fixture
from villagedesk.domain.outbox import (
    ENTERED_BY_HAND,
    NOT_ENTERED,
    PERHAPS_ENTERED,
    SendingState,
    goes_by_hand,
    is_entered_by_hand,
)
from villagedesk.domain.restoring import RESTORED, Reason, Restoration
from villagedesk.sync import decisions
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.entry_begun import begin_entry, entries_begun
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.restored import begin_anew
from villagedesk.sync.standing import CREDENTIAL
from villagedesk.sync.table import NoSuchTransition

S = SendingState


def enter(road: Road, action_id: str) -> None:
    """The clerk's decision."""
    now = road.clock.now()
    road.store.write(lambda transaction: decisions.enter_by_hand(transaction, action_id, "李练习", now)).result()


def test_i2_what_was_entered_by_hand_is_never_sent_as_well(road: Road) -> None:
    entered, first = road.clerk.take_in([b"page" * 50])
    enter(road, first.action_id)
    correction = road.clerk.correct(entered.case_id, note="corrected")
    other, waits = road.clerk.take_in([b"another page" * 50])
    road.steps_until(lambda: road.row(waits).state is S.SENT and road.row(correction).state is not S.QUEUED)
    for _ in range(3):  # however often it is resumed
        held = road.row(correction)
        assert (held.state, held.return_state, held.reason_key) == (S.PAUSED, S.QUEUED, ENTERED_BY_HAND)
        assert held.frozen_at is None
        now = road.clock.now()
        road.store.write(lambda tx, now=now: decisions.resume(tx, correction.action_id, "李练习", now)).result()  # type: ignore[misc]
        road.steps_until(lambda: road.row(correction).state is not S.QUEUED)
    enter(road, correction.action_id)
    assert [row.state for row in map(road.row, (first, correction))] == [S.CANCELLED, S.CANCELLED]
    # compared with the server's list it is no case that the server lost
    assert Reconciler(road.store, road.system, road.runner.ledger).run() == 0
    road.steps_until(lambda: not road.runner.step().did)
    assert [case.case_id for answer in road.system.cases() for case in answer.cases] == [other.case_id]


def test_i5_entering_is_a_logged_decision_and_is_made_once(road: Road) -> None:
    case, row = road.clerk.take_in([])
    enter(road, row.action_id)
    last = road.store.read(lambda snapshot: snapshot.events(case.case_id))[-1]
    assert (last.kind, last.actor) == ("decision", "李练习")
    assert last.detail == {
        "action_id": row.action_id,
        "decision": "entered_by_hand",
        "from": "queued",
        "to": "cancelled",
    }
    with pytest.raises(NoSuchTransition):
        enter(road, row.action_id)


def test_i2_what_was_called_entered_and_was_not_waits_until_somebody_has_looked(road: Road) -> None:
    case, first = road.clerk.take_in([b"page" * 50])
    enter(road, first.action_id)
    anew = road.clerk.call_not_entered(first)
    other, waits = road.clerk.take_in([b"another page" * 50])
    road.steps_until(lambda: road.row(waits).state is S.SENT)
    now = road.clock.now()
    road.store.write(lambda tx: decisions.resume_queue(tx, "李练习", now)).result()
    road.steps_until(lambda: not road.runner.step().did)
    held = road.row(anew)
    assert (held.state, held.return_state, held.reason_key) == (S.PAUSED, S.QUEUED, PERHAPS_ENTERED)
    assert held.frozen_at is None
    assert (road.row(first).state, road.row(first).reason_key) == (S.CANCELLED, NOT_ENTERED)
    assert Reconciler(road.store, road.system, road.runner.ledger).run() == 0
    assert [case.case_id for answer in road.system.cases() for case in answer.cases] == [other.case_id]
    last = road.store.read(lambda snapshot: snapshot.events(case.case_id))[-1]
    assert (last.kind, last.actor, last.detail["decision"], last.detail["action_id"]) == (
        "decision",
        "李练习",
        "not_entered",
        first.action_id,
    )
    # somebody has looked, and it is not there: now it goes, and is there once
    road.store.write(lambda tx: decisions.resume(tx, anew.action_id, "李练习", now)).result()
    road.steps_until(lambda: road.row(anew).state is S.SENT)
    assert road.held(case.case_id) == [(2, "committed")]


def test_i2_a_correction_that_was_called_entered_goes_by_hand_only_however_often_it_is_resumed(road: Road) -> None:
    case, first = road.clerk.take_in([b"page" * 50])
    enter(road, first.action_id)
    correction = road.clerk.correct(case.case_id, note="corrected")
    enter(road, correction.action_id)
    anew = road.clerk.call_not_entered(correction)
    for _ in range(2):
        held = road.row(anew)
        assert (held.state, held.reason_key, held.frozen_at) == (S.PAUSED, ENTERED_BY_HAND, None)
        now = road.clock.now()
        road.store.write(lambda tx, now=now: decisions.resume(tx, anew.action_id, "李练习", now)).result()  # type: ignore[misc]
        road.steps_until(lambda: road.row(anew).state is not S.QUEUED)
    assert [case.case_id for answer in road.system.cases() for case in answer.cases] == []


def test_only_what_was_called_entered_is_called_not_entered(road: Road) -> None:
    _, row = road.clerk.take_in([])
    with pytest.raises(ValueError, match="entered by hand"):
        road.clerk.call_not_entered(row)
    enter(road, row.action_id)
    road.clerk.call_not_entered(row)
    with pytest.raises(ValueError, match="entered by hand"):
        road.clerk.call_not_entered(row)


def begin(road: Road, case_id: str) -> None:
    """The clerk copies its first box."""
    now = road.clock.now()
    road.store.write(lambda transaction: begin_entry(transaction, case_id, "李练习", now)).result()


def test_i2_what_somebody_began_to_enter_waits_for_whoever_looks_first(road: Road) -> None:
    case, begun = road.clerk.take_in([b"page" * 50])
    begin(road, case.case_id)
    other, waits = road.clerk.take_in([b"another page" * 50])
    road.steps_until(lambda: road.row(waits).state is S.SENT and road.row(begun).state is not S.QUEUED)
    held = road.row(begun)
    assert (held.state, held.reason_key, held.frozen_at) == (S.PAUSED, PERHAPS_ENTERED, None)
    now = road.clock.now()
    road.store.write(lambda tx: decisions.resume_queue(tx, "李练习", now)).result()
    assert road.row(begun).state is S.PAUSED
    assert [case.case_id for answer in road.system.cases() for case in answer.cases] == [other.case_id]
    road.store.write(lambda tx: decisions.resume(tx, begun.action_id, "李练习", now)).result()
    road.steps_until(lambda: road.row(begun).state is S.SENT)
    assert road.row(begun).reason_key == ""


def test_i2_what_waited_in_the_backup_of_a_station_without_an_interface_is_held(road: Road) -> None:
    """Entered after the backup was made, it is in the acceptance system, and nothing here knows of it."""
    _, entered = road.clerk.take_in([b"another page" * 50])
    enter(road, entered.action_id)
    case, row = road.clerk.take_in([b"page" * 50])
    now = road.clock.now()
    text = Restoration(now, now, Reason.BACKUP, "B", "an installation").to_text()
    credential = stored_credential(road.store)
    road.store.write(lambda tx: tx.put_setting(CREDENTIAL, "")).result()
    road.store.write(lambda tx: tx.put_setting(RESTORED, text)).result()
    assert road.store.write(lambda tx: begin_anew(tx, now, lambda: "token")).result()
    assert road.store.read(entries_begun) == {case.case_id: None}
    road.store.write(lambda tx: tx.put_setting(CREDENTIAL, credential)).result()
    road.steps_until(lambda: road.row(row).state is S.PAUSED)
    assert road.row(row).reason_key == PERHAPS_ENTERED
    assert [case.case_id for answer in road.system.cases() for case in answer.cases] == []


@pytest.mark.parametrize("resumed", [False, True])
def test_what_was_held_for_hands_and_given_up_is_not_entered_by_hand(road: Road, *, resumed: bool) -> None:
    """Else the mark, on which hangs that nothing of a case is sent, would be set by giving up."""
    case, first = road.clerk.take_in([b"page" * 50])
    enter(road, first.action_id)
    correction = road.clerk.correct(case.case_id, note="corrected")
    enter(road, correction.action_id)
    anew = road.clerk.call_not_entered(correction)
    now = road.clock.now()
    if resumed:  # and before its turn comes
        road.store.write(lambda tx: decisions.resume(tx, anew.action_id, "李练习", now)).result()
        assert road.row(anew).state is S.QUEUED
    road.store.write(lambda tx: decisions.withdraw_unsent(tx, anew.action_id, "李练习", now)).result()
    assert (road.row(anew).state, road.row(anew).reason_key) == (S.CANCELLED, "")
    rows = road.store.read(lambda snapshot: snapshot.outbox_of_case(case.case_id))
    assert [row.revision for row in rows if is_entered_by_hand(row)] == [1]
    assert goes_by_hand(rows)


@pytest.mark.parametrize(
    ("reason", "kept"), [(ENTERED_BY_HAND, ""), (PERHAPS_ENTERED, ""), ("sync.refused", "sync.refused")]
)
def test_what_is_dropped_from_the_tray_keeps_only_what_the_system_said(road: Road, reason: str, kept: str) -> None:
    _, row = road.clerk.take_in([])
    stuck = replace(row, state=S.REJECTED, reason_key=reason, frozen_at=road.clock.now())
    road.store.write(lambda tx: tx.update_outbox(stuck)).result()
    now = road.clock.now()
    road.store.write(lambda tx: decisions.drop(tx, row.action_id, "李练习", now)).result()
    assert (road.row(row).state, road.row(row).reason_key) == (S.CANCELLED, kept)
