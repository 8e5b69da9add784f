"""A withdrawal and the officials' decisions cross in every order: the acceptance system decides, and both sides end in
the same state, which is what the clerk reads. The rules are the practice system's own, without the line between."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.sync.bench import Bench
from tests.sync.window import STATION
from villagedesk.acceptance.port import ActionTaken, Committed, NoConnection, Refused, Registered, Unanswered
from villagedesk.acceptance.wire import (
    ActionAnswer,
    ActionPayload,
    CaseAnswer,
    CaseListAnswer,
    ChangesAnswer,
    ReceiptAnswer,
    RegisteredAnswer,
    RevisionPayload,
)
from villagedesk.desk.acting import Acting
from villagedesk.desk.case_changes import CaseChanges
from villagedesk.desk.conflict_views import conflict_view
from villagedesk.desk.follow_up import FollowUp
from villagedesk.desk.snags import snag_of
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.domain.to_look_at import to_look_at
from villagedesk.domain.working_days import Calendar
from villagedesk.practice.changes import Bell, changes_after
from villagedesk.practice.lookups import MOST_CASES, case_answer, case_list
from villagedesk.practice.moves import Moves
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.records import Records
from villagedesk.practice.stations import Stations
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import CASES, STATIONS
from villagedesk.sync.changes import CURSOR

S = CaseStatus
STATES = {
    "submitted": S.SUBMITTED,
    "accepted": S.ACCEPTED,
    "refused": S.REFUSED,
    "correction_asked": S.RETURNED,
    "in_process": S.IN_PROCESS,
    "suspended": S.SUSPENDED,
    "concluded": S.CONCLUDED,
    "withdrawn": S.WITHDRAWN,
}
BEFORE = (
    (),
    ("accept",),
    ("accept", "in_process"),
    ("accept", "in_process", "suspend"),
    ("ask_correction",),
    ("refuse",),
    ("accept", "conclude"),
)
AFTER = ((), ("accept",), ("refuse",), ("conclude",), ("ask_correction",))
HEARD = ("before it asks", "after it asked", "in the end")
ANSWERS = ("comes", "is lost", "never left")


class County(Bench):
    """A bench whose server is the practice system's rules. The line is whole but for the answers a test takes away."""

    def __init__(self, storage: Storage) -> None:
        super().__init__()
        self.use(storage)
        self.answers = "comes"
        for name in ("put_revision", "put_action", "case", "cases", "changes"):
            setattr(self.server, name, getattr(self, f"_{name}"))
        with storage.read() as connection:  # what other crossings left behind is not heard again
            told = connection.execute(select(STATIONS.c.change_count)).scalar_one()
        self.store.write(lambda tx: tx.put_setting(CURSOR, str(told))).result()

    def use(self, storage: Storage) -> None:
        """The server goes on with that database."""
        self.storage = storage
        self.records = Records(storage, self.clock.now)
        self.moves = Moves(storage, self.clock.now, Bell(), "https://127.0.0.1:1")

    def _cases(self, after: str = "") -> Iterator[CaseListAnswer]:
        yield case_list(self.storage, STATION.division_code, after, MOST_CASES)

    def _put_revision(self, _case_id: str, _revision: int, payload: bytes) -> Registered | Committed:
        record = RevisionPayload.model_validate_json(payload)
        try:
            answer = self.records.put_revision(STATION.division_code, record, payload)
        except WireProblem as problem:
            raise Refused("sync.reason.refused", problem.message, problem.code) from None
        if answer.status == 202:
            registered = RegisteredAnswer.model_validate_json(answer.body)
            return Registered(registered.payload_sha256, tuple(registered.missing))
        receipt = ReceiptAnswer.model_validate_json(answer.body)
        return Committed(receipt.payload_sha256, tuple(receipt.pages), answer.body.decode())

    def _put_action(self, case_id: str, _action_id: str, payload: bytes) -> ActionTaken:
        if self.answers == "never left":
            self.answers = "comes"
            raise NoConnection("sync.reason.no_connection")
        action = ActionPayload.model_validate_json(payload)
        try:
            answer = self.records.put_action(STATION.division_code, case_id, action, payload)
        except WireProblem as problem:
            raise Refused("sync.reason.refused", problem.message, problem.code) from None
        if self.answers == "is lost":
            self.answers = "comes"
            raise Unanswered("sync.reason.cut")
        return ActionTaken(ActionAnswer.model_validate_json(answer.body).payload_sha256, answer.body.decode())

    def _case(self, case_id: str) -> CaseAnswer | None:
        try:
            return case_answer(self.storage, STATION.division_code, case_id)
        except WireProblem:
            return None

    def _changes(self, after: str, _wait: float) -> ChangesAnswer:
        return changes_after(self.storage, STATION.division_code, after)

    def official(self, case_id: str, *moves: str) -> None:
        """What of these is possible is done."""
        for move in moves:
            try:
                self.moves.move(case_id, move, {})
            except WireProblem as problem:
                assert problem.code == "move_not_possible"

    def takes_up(self, case_id: str) -> None:
        """The officials go on with what they have, and do not wait for the correction."""
        with self.storage.write() as connection:
            connection.execute(update(CASES).where(CASES.c.case_id == case_id).values(state="submitted"))

    def state(self, case_id: str) -> CaseStatus:
        """Where the case stands on the other side."""
        held = case_answer(self.storage, STATION.division_code, case_id)
        assert held.summary is not None
        return STATES[held.summary.state]


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    folder: Path = tmp_path_factory.mktemp("county")
    storage = opened(folder / "acceptance.sqlite")
    yield storage
    storage.close()


def settle(county: County) -> None:
    """Both roads to their end, whatever was put off."""
    for _ in range(5):
        county.settle()
        if not county.changes.pull(0):
            return
        county.clock.advance(timedelta(hours=1).total_seconds())
        county.runner.link_returned()
    raise AssertionError("never at rest")


@pytest.mark.parametrize("heard", HEARD)
@pytest.mark.parametrize("answers", ANSWERS)
def test_every_crossing_ends_in_one_truth(storage: Storage, heard: str, answers: str) -> None:
    ended: set[CaseStatus] = set()
    for number, (before, after) in enumerate(itertools.product(BEFORE, AFTER)):
        county = County(storage)
        county.clerk.prefix = f"{HEARD.index(heard)}-{ANSWERS.index(answers)}-{number}-"
        case, _ = county.clerk.take_in([])
        county.settle()
        county.official(case.case_id, *before)
        if heard == "before it asks":
            county.changes.pull(0)
        county.answers = answers
        withdrawal = county.clerk.act(case.case_id, Operation.WITHDRAW)
        if heard == "after it asked":
            county.changes.pull(0)
        county.runner.step()
        county.official(case.case_id, *after)
        settle(county)
        here, there = county.case(case.case_id).status, county.state(case.case_id)
        crossing = (before, after, heard, answers)
        assert here is there, crossing
        row = county.row(withdrawal)
        taken = SendingState.DONE if there is S.WITHDRAWN else SendingState.REJECTED
        assert row.state is taken, crossing
        assert bool(row.reason_raw) is (taken is SendingState.REJECTED), "the clerk reads why"
        ended.add(there)
    assert ended >= {S.WITHDRAWN, S.REFUSED, S.CONCLUDED}


@pytest.mark.parametrize("moves", [(), ("accept",), ("refuse",)])
def test_asked_before_the_submission_is_through_it_goes_behind_it(storage: Storage, moves: tuple[str, ...]) -> None:
    county = County(storage)
    county.clerk.prefix = f"early-{len(moves)}-{''.join(moves)}-"
    case, submission = county.clerk.take_in([])
    withdrawal = county.clerk.act(case.case_id, Operation.WITHDRAW)
    county.steps_until(lambda: county.row(submission).state is SendingState.SENT)
    county.official(case.case_id, *moves)
    settle(county)
    assert county.case(case.case_id).status is county.state(case.case_id)
    done = county.state(case.case_id) is S.WITHDRAWN
    assert county.row(withdrawal).state is (SendingState.DONE if done else SendingState.REJECTED)


@pytest.mark.parametrize("moves", [(), ("accept",), ("refuse",), ("accept", "conclude")])
@pytest.mark.parametrize("heard", HEARD)
@pytest.mark.parametrize("answers", ANSWERS)
def test_papers_given_back_while_the_officials_go_on_leave_one_truth(
    storage: Storage, moves: tuple[str, ...], heard: str, answers: str
) -> None:
    """The case ends here at once, and its withdrawal is answered later."""
    county = County(storage)
    county.clerk.prefix = f"back-{HEARD.index(heard)}-{ANSWERS.index(answers)}-{'-'.join(moves)}-"
    case, _ = county.clerk.take_in([])
    county.settle()
    county.official(case.case_id, "ask_correction")
    county.changes.pull(0)
    follow_up = FollowUp(lambda: Calendar({}))
    desk = CaseChanges(county.store, county.clock, None, STATION, Acting("李练习"), follow_up)  # type: ignore[arg-type]
    if heard == "before it asks":
        desk.return_to_applicant(case.case_id, "不办了")
    county.takes_up(case.case_id)
    county.official(case.case_id, *moves)
    if heard != "before it asks":
        desk.return_to_applicant(case.case_id, "不办了")
    if heard != "in the end":
        county.changes.pull(0)
    assert county.case(case.case_id).status is S.RETURNED_TO_APPLICANT
    assert (county.store.read(to_look_at) != ()) is (bool(moves) and heard != "in the end")
    county.answers = answers
    settle(county)
    here, there = county.case(case.case_id).status, county.state(case.case_id)
    row = county.store.read(lambda one: one.outbox_of_case(case.case_id))[-1]
    if "refuse" in moves or "conclude" in moves:
        assert (here, row.state, bool(row.reason_raw)) == (there, SendingState.REJECTED, True)
        assert there in (S.REFUSED, S.CONCLUDED)
        snag = snag_of(county.case(case.case_id), [row], county.events(case.case_id))
        assert snag is not None and snag.advice.key == "life.snag.return_refused", "the papers are away"
        if heard != "in the end":
            view = county.store.read(
                lambda one: conflict_view(one, one.case(case.case_id), None, [row], one.events(case.case_id))
            )
            assert view is not None and view.standing.key == "conflict.goes_on"
    else:
        assert (here, there, row.state) == (S.RETURNED_TO_APPLICANT, S.WITHDRAWN, SendingState.DONE)
    if heard == "in the end":
        assert county.store.read(to_look_at) == (), "it is over on both sides, or stands where they say"


@pytest.mark.parametrize("moves", [("accept", "conclude"), ("refuse",)])
@pytest.mark.parametrize("heard", HEARD[:2])
def test_a_withdrawal_that_a_restored_server_forgot_and_refuses_now_leaves_one_truth(
    tmp_path: Path, moves: tuple[str, ...], heard: str
) -> None:
    """It was taken, and the backup of the server is older than that."""
    older, place = tmp_path / "older", tmp_path / "now.sqlite"
    first = opened(place)
    county = County(first)
    case, _row = county.clerk.take_in([])
    county.settle()
    first.close()
    shutil.copyfile(place, older)
    county.use(opened(place))
    withdrawal = county.clerk.act(case.case_id, Operation.WITHDRAW)
    county.settle()
    assert county.case(case.case_id).status is S.WITHDRAWN
    county.storage.close()
    shutil.copyfile(older, place)
    county.use(opened(place))
    county.official(case.case_id, *moves)
    if heard == "before it asks":
        county.changes.pull(0)
    assert county.reconciler.run() == 1
    settle(county)
    assert county.case(case.case_id).status is county.state(case.case_id)
    row = county.row(withdrawal)
    assert (row.state, bool(row.reason_raw)) == (SendingState.REJECTED, True)
    away = [event for event in county.events(case.case_id) if event.from_status is S.WITHDRAWN is not event.to_status]
    assert [event.kind for event in away] == ["rejected"]
    county.storage.close()


def opened(place: Path) -> Storage:
    storage = Storage(f"sqlite:///{place}")
    Stations(storage).invite(STATION.division_code, STATION.name, "once")
    return storage
