"""What came back is mended and sent as the next revision, runner against a real practice server: the refused one stays
refused, the mended one is committed, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.serial_uploader import SerialUploader
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.practice.server import PracticeServer
from villagedesk.sync import decisions
from villagedesk.sync.changes import Changes
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.runner import Runner

S = SendingState


class Road:
    """Runner and changes on a memory store, before a practice server; the test is the clerk and the official."""

    def __init__(self, folder: Path) -> None:
        self.store, self.vault, self.clock = MemoryStore(), MemoryVault(), SimClock()
        self.server = PracticeServer(folder, now=self.clock.now)  # what it keeps ages with what is kept here
        self.server.start()
        station = self.server.practice.station_file()
        self.clerk = Clerk(self.store, self.vault, self.clock)
        self.system = HttpAcceptanceSystem(
            station.address, station.ca_pem, lambda: stored_credential(self.store), station.division_code
        )
        self.runner = Runner(
            self.store,
            self.vault,
            self.system,
            self.clock,
            station,
            uniform=lambda _low, high: high,
            token=lambda: "token" * 8,
            uploader=SerialUploader(),
        )
        self.changes = Changes(self.store, self.system, self.clock)
        self.runner.start()

    def close(self) -> None:
        self.system.close()
        self.server.stop()

    def official(self, case_id: str, move: str) -> None:
        """What an official does on the practice system's page."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.server.practice.ca_path)
            answer = session.post(f"{self.server.address}/practice/cases/{case_id}/{move}", json={}, timeout=30)
        assert answer.status_code == 200, answer.text

    def steps_until(self, reached: Callable[[], bool]) -> None:
        for _ in range(60):
            if reached():
                return
            step = self.runner.step()
            if not step.did and step.until is not None:
                self.clock.advance(max(0.001, (step.until - self.clock.now()).total_seconds()))
        raise AssertionError("not reached")

    def row(self, row: OutboxRow) -> OutboxRow:
        return self.store.read(lambda snapshot: snapshot.outbox_row(row.action_id))

    def status(self, row: OutboxRow) -> CaseStatus:
        return self.store.read(lambda snapshot: snapshot.case(row.case_id)).status

    def held(self, case_id: str) -> list[tuple[int, str]]:
        """Revisions and their states, as the server has them."""
        case = self.system.case(case_id)
        assert case is not None
        return [(state.revision, state.state) for state in case.revisions]


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    made = Road(tmp_path / "practice")
    try:
        yield made
    finally:
        made.close()


def test_a_revision_refused_while_its_pages_travel_is_mended_and_committed(road: Road) -> None:
    case, first = road.clerk.take_in([b"front" * 50, b"back" * 50])
    road.steps_until(lambda: road.row(first).state is S.UPLOADING)
    road.official(case.case_id, "reject")
    road.steps_until(lambda: road.row(first).state is S.REJECTED)
    assert road.row(first).reason_raw.startswith("422 rejected")
    assert road.held(case.case_id) == [(1, "rejected")]

    second = road.clerk.mend(first, note="mended")
    assert road.row(first).state is S.SUPERSEDED
    road.steps_until(lambda: road.row(second).state is S.SENT)
    assert road.held(case.case_id) == [(1, "rejected"), (2, "committed")]
    assert road.row(first).state is S.SUPERSEDED
    assert not road.row(first).receipt
    assert second.payload_sha256 in road.row(second).receipt
    assert road.status(second) is CaseStatus.SUBMITTED
    assert Reconciler(road.store, road.system, road.runner.ledger).run() == 0


def test_a_correction_asked_for_after_the_commit_is_sent_as_the_next_revision(road: Road) -> None:
    case, first = road.clerk.take_in([b"page" * 50])
    road.steps_until(lambda: road.row(first).state is S.SENT)
    road.official(case.case_id, "ask_correction")
    assert road.changes.pull(0.0) == 1
    assert road.status(first) is CaseStatus.RETURNED

    second = road.clerk.correct(case.case_id, note="corrected")
    road.steps_until(lambda: road.row(second).state is S.SENT)
    assert road.held(case.case_id) == [(1, "committed"), (2, "committed")]
    assert road.row(first).receipt != road.row(second).receipt
    road.official(case.case_id, "accept")
    road.changes.pull(0.0)
    assert road.status(second) is CaseStatus.ACCEPTED


def test_a_revision_nobody_asked_for_ends_in_the_tray_and_can_be_given_up(road: Road) -> None:
    case, first = road.clerk.take_in([])
    second = road.clerk.correct(case.case_id, note="unasked")
    road.steps_until(lambda: road.row(second).state is S.CONFLICT)
    assert road.row(first).state is S.SENT
    road.store.write(lambda tx: decisions.drop(tx, second.action_id, "李练习", road.clock.now())).result()
    assert road.runner.step().did == ""
    assert road.held(case.case_id) == [(1, "committed")]
