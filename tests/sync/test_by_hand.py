"""What the clerk entered into the acceptance system by hand never goes out as well, whatever comes after it."""

from __future__ import annotations

import pytest

from tests.sync.test_mended import Road
from tests.sync.test_mended import road as road  # a fixture
from villagedesk.domain.outbox import ENTERED_BY_HAND, SendingState
from villagedesk.sync import decisions
from villagedesk.sync.reconcile import Reconciler
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
