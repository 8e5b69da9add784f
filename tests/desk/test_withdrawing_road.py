"""Withdrawing against a real practice server: taken, racing a decision, refused, and strictly behind a submission."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk.test_sending_road import Road
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.practice.faults import Fault, FaultKind, FaultSetting, RouteKind

S = CaseStatus
_NO_PAGES_YET = FaultSetting(faults=(Fault(kind=FaultKind.BUSY_503, routes=(RouteKind.PAGE_CREATE,), retry_after=1),))
_NO_ACTIONS_YET = FaultSetting(faults=(Fault(kind=FaultKind.BUSY_503, routes=(RouteKind.ACTION,), retry_after=1),))


@pytest.fixture(scope="module")
def one_road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """Opened, and closed in order. One for all: each test takes in cases of its own and looks at no others."""
    road = Road(tmp_path_factory.mktemp("road"))
    yield road
    road.close()


@pytest.fixture
def road(one_road: Road) -> Iterator[Road]:
    """Without a fault before and after."""
    yield one_road
    one_road.server.faults.set(FaultSetting())


def status(road: Road, case_id: str) -> CaseStatus:
    return road.desk.cases.case(case_id).case.status


def newest(road: Road, case_id: str) -> tuple[Operation, SendingState]:
    row = road.desk.cases.case(case_id).outbox[-1]
    return row.operation, row.state


def test_a_withdrawal_is_taken_and_the_case_ends_on_both_sides(road: Road) -> None:
    case_id = road.taken_in()
    road.until(lambda: status(road, case_id) is S.SUBMITTED)
    road.desk.changes.withdraw(case_id, "不办了")
    road.until(lambda: status(road, case_id) is S.WITHDRAWN)
    assert newest(road, case_id) == (Operation.WITHDRAW, SendingState.DONE)
    with pytest.raises(AssertionError, match="move_not_possible"):
        road.official(case_id, "accept")


def test_a_withdrawal_waits_for_the_submission_before_it(road: Road) -> None:
    road.server.faults.set(_NO_PAGES_YET)
    case_id = road.taken_in()
    road.until(lambda: newest(road, case_id)[1] is SendingState.WAITING)
    road.desk.changes.withdraw(case_id, "不办了")
    assert newest(road, case_id) == (Operation.WITHDRAW, SendingState.QUEUED)
    road.server.faults.set(FaultSetting())
    road.desk.sending.send_now()
    road.until(lambda: status(road, case_id) is S.WITHDRAWN)
    view = road.desk.cases.case(case_id)
    assert [row.state for row in view.outbox] == [SendingState.SENT, SendingState.DONE]
    assert [event.to_status for event in view.events if event.kind in ("sent", "action_sent")] == [
        S.SUBMITTED,
        S.WITHDRAWN,
    ]


@pytest.mark.parametrize("decided", [("accept",), ("accept", "in_process"), ("ask_correction",)])
def test_a_withdrawal_that_meets_a_decision_leaves_one_truth(road: Road, decided: tuple[str, ...]) -> None:
    case_id = road.taken_in()
    road.until(lambda: status(road, case_id) is S.SUBMITTED)
    road.server.faults.set(_NO_ACTIONS_YET)
    road.desk.changes.withdraw(case_id, "不办了")
    for move in decided:
        road.official(case_id, move)
    road.until(lambda: status(road, case_id) not in (S.SUBMITTED, S.RECEIVED))
    road.server.faults.set(FaultSetting())
    road.desk.sending.send_now()
    road.until(lambda: status(road, case_id) is S.WITHDRAWN)


def test_what_is_concluded_stays_so_and_the_clerk_is_told(road: Road) -> None:
    case_id = road.taken_in()
    road.until(lambda: status(road, case_id) is S.SUBMITTED)
    road.server.faults.set(_NO_ACTIONS_YET)
    road.desk.changes.withdraw(case_id, "不办了")
    for move in ("accept", "conclude"):
        road.official(case_id, move)
    road.server.faults.set(FaultSetting())
    road.desk.sending.send_now()
    road.until(lambda: newest(road, case_id)[1] is SendingState.REJECTED)
    road.until(lambda: status(road, case_id) is S.CONCLUDED)
    snag = road.desk.cases.case(case_id).snag
    assert snag is not None
    assert "已办结，不能撤回" in snag.raw
    road.desk.sending.drop(case_id, "照办")
    road.official(case_id, "result_ready")
    road.until(lambda: status(road, case_id) is S.RESULT_WAITING)
    road.desk.changes.deliver(case_id, "本人")
    road.until(lambda: newest(road, case_id) == (Operation.DELIVER, SendingState.DONE))
    road.desk.changes.archive(case_id)
    assert status(road, case_id) is S.ARCHIVED


def test_a_suspension_is_told_with_its_rule_and_ends(road: Road) -> None:
    case_id = road.taken_in()
    road.until(lambda: status(road, case_id) is S.SUBMITTED)
    for move in ("accept", "in_process", "suspend"):
        road.official(case_id, move)
    road.until(lambda: status(road, case_id) is S.SUSPENDED)
    told = [event.detail.get("value.stop") for event in road.desk.cases.case(case_id).events]
    assert "hearing" in told
    road.official(case_id, "resume")
    road.until(lambda: status(road, case_id) is S.IN_PROCESS)
