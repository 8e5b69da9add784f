"""A carried case that went over to the acceptance system arrives there once, and so does what the villager said of it:
against a real practice server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk.counter import SYSTEM_ITEM
from tests.desk.test_sending_road import Road
from villagedesk.desk.item_views import LocalChoice
from villagedesk.desk.move_views import Decision
from villagedesk.domain.evaluation import Level, PoorReason, Stage
from villagedesk.domain.mode_move import Way
from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.domain.service_item import HandlingMode


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    opened = Road(tmp_path)
    yield opened
    opened.close()


def test_a_case_that_went_over_is_there_once_with_its_evaluation(road: Road) -> None:
    desk = road.desk
    desk.items.choose(SYSTEM_ITEM, LocalChoice(mode=HandlingMode.PROXY))
    case_id = road.taken_in()
    desk.evaluations.record(case_id, Stage.INTAKE, Level.POOR, [PoorReason.TRIPS])
    assert road.states(case_id) == [], "a carried case tells nobody"
    desk.items.choose(SYSTEM_ITEM, replace(desk.items.choice(SYSTEM_ITEM), mode=HandlingMode.SYSTEM))
    desk.mode_moves.compare()
    assert desk.mode_moves.carry_out([Decision(case_id, Way.ENTER)]).entered == 1
    assert desk.mode_moves.carry_out([Decision(case_id, Way.ENTER)]).entered == 0
    road.until(lambda: road.states(case_id) == [(1, SendingState.SENT), (0, SendingState.DONE)])
    rows = road.store.read(lambda snapshot: snapshot.outbox_of_case(case_id))
    assert [row.operation for row in rows] == [Operation.SUBMIT, Operation.EVALUATE]
    undone = desk.mode_moves.undo(SYSTEM_ITEM)
    assert undone.back == 0 and len(undone.left) == 1
    case = road.store.read(lambda snapshot: snapshot.case(case_id))
    assert case.mode is HandlingMode.SYSTEM
