"""The whole road with nothing faked: encrypted store and vault, engine, TLS, practice server with faults."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from tests.sync.test_engine import RealClock
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.station import StationFile
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.faults import Fault, FaultKind, FaultSetting, RouteKind
from villagedesk.practice.server import PracticeServer
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.assembly import engine_for
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.retry import RetryPolicy

FAULTS = FaultSetting(
    faults=(
        Fault(kind=FaultKind.DROP_AFTER, routes=(RouteKind.REVISION,), count=1),
        Fault(kind=FaultKind.HTML_PAGE, routes=(RouteKind.CASE,), count=1),
        Fault(kind=FaultKind.CUT_ANSWER, routes=(RouteKind.REVISION,), count=1, skip=2),
        Fault(kind=FaultKind.DROP_MIDWAY, routes=(RouteKind.PAGE_CHUNK,), count=2, after_bytes=20_000),
        Fault(kind=FaultKind.WRONG_HASH, routes=(RouteKind.REVISION,), count=1, skip=1),
    )
)


def test_two_cases_go_up_exactly_once_and_come_back_accepted(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path / "practice", faults=FAULTS, autopilot=AutopilotSetting(accept_after_seconds=0))
    station = StationFile.from_bytes((tmp_path / "practice" / "station-file.json").read_bytes())
    data = tmp_path / "data"
    data.mkdir()
    key = DataKey.generate()
    store = EncryptedStore.create(data, key, RealClock())
    vault = PageVault(data / VAULT_FOLDER, key.vault)
    clerk = Clerk(store, vault, SimClock())
    rows = [clerk.take_in([os.urandom(120_000) for _ in range(3)])[1] for _ in range(2)]
    moved = threading.Condition()

    def wake(_status: object = None) -> None:
        with moved:
            moved.notify_all()

    def wait_for(reached: Callable[[], bool]) -> None:
        with moved:
            while not reached():
                assert moved.wait(30), [state(row) for row in rows]

    def state(row: OutboxRow) -> tuple[SendingState, CaseStatus]:
        return store.read(
            lambda snapshot: (snapshot.outbox_row(row.action_id).state, snapshot.case(row.case_id).status)
        )

    system = HttpAcceptanceSystem(
        station.address, station.ca_pem, lambda: stored_credential(store), station.division_code
    )
    soon = RetryPolicy(first=0.2, cap=1.0, confirming=(0.1, 0.2, 0.3))
    engine = engine_for(store, vault, system, station, RealClock(), abort=system.abort, publish=wake, retry=soon)
    store.subscribe(wake)
    engine.start()
    try:
        wait_for(lambda: engine.status.link.kind == "no_answer")
        assert all(state(row) == (SendingState.QUEUED, CaseStatus.RECEIVED) for row in rows)
        server.start()
        wait_for(lambda: all(state(row) == (SendingState.SENT, CaseStatus.ACCEPTED) for row in rows))
        cases = [case for piece in system.cases() for case in piece.cases]
    finally:
        stopped = engine.stop()
        system.close()
        server.stop()
    assert stopped
    assert sum(server.faults.report().struck) >= 4, "faults that never strike prove nothing"
    assert {case.case_id for case in cases} == {row.case_id for row in rows}
    for row in rows:
        case = store.read(lambda snapshot, name=row.case_id: snapshot.case(name))  # type: ignore[misc]
        assert case.acceptance_no
        assert case.query_code
        held = next(held for held in cases if held.case_id == row.case_id)
        assert [(state.revision, state.state) for state in held.revisions] == [(1, "committed")]
        receipt = held.revisions[0].receipt
        assert receipt is not None
        assert receipt.payload_sha256 == row.payload_sha256
        manifest = RevisionPayload.model_validate_json(row.payload).manifest
        assert set(receipt.pages) == {entry.sha256 for entry in manifest}
        kept = store.read(lambda snapshot, name=row.action_id: snapshot.outbox_row(name))  # type: ignore[misc]
        assert receipt.receipt_id in kept.receipt
    assert store.verify_chain() is None
    store.close()
