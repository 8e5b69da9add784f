"""An older state restored on a new PC, on real stores and a practice server over TLS: nothing lost, nothing doubled,
the old PC refused until a new station file lets it come again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests

from tests.store.fixtures import CHEAP
from tests.sync.test_engine import RealClock
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.wire import CaseAnswer
from villagedesk.app.sync_road import SyncRoad
from villagedesk.domain.case import Case
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.station import StationFile
from villagedesk.practice.server import PracticeServer
from villagedesk.store.backup.look import look
from villagedesk.store.backup.restore import Wish, restore
from villagedesk.store.backup.writer import Source, back_up
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey, create_keys, unlock
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync import decisions
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.missing import missing_cases
from villagedesk.sync.retry import RetryPolicy

_CLERK, _PASSWORD = "李练习", "a password of the test"
_SOON = RetryPolicy(first=0.2, cap=1.0, confirming=(0.1, 0.2, 0.3))
_PATIENCE_S = 60.0


@dataclass
class Pc:
    """A PC with its data folder open and its engine running."""

    folder: Path
    station: StationFile
    key: DataKey
    prefix: str
    rows: list[OutboxRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._moved = threading.Condition()
        self.store = EncryptedStore.open(self.folder, self.key, RealClock())
        self.vault = PageVault(self.folder / VAULT_FOLDER, self.key.vault)
        self.clerk = Clerk(self.store, self.vault, SimClock(), self.prefix, numbered=True)
        self.road = SyncRoad(self.store, self.vault, RealClock(), self.station, self._wake, _SOON)
        self.store.subscribe(self._wake)
        self.road.start()

    def take_in(self) -> Case:
        """A case with a page."""
        case, row = self.clerk.take_in([os.urandom(20_000)])
        self.rows.append(row)
        return case

    def row(self, row: OutboxRow) -> OutboxRow:
        """As it is stored now."""
        return self.store.read(lambda snapshot: snapshot.outbox_row(row.action_id))

    def until(self, reached: Callable[[], bool]) -> None:
        """Wait for commits and statuses until it is so."""
        with self._moved:
            while not reached():
                assert self._moved.wait(_PATIENCE_S), [(row.state, row.reason_key) for row in map(self.row, self.rows)]

    def all_sent(self) -> bool:
        """Whether every row has its receipt."""
        return all(self.row(row).state is SendingState.SENT for row in self.rows)

    def hold(self, *, held: bool) -> None:
        """The clerk stops the queue, or lets it go on."""
        decide = decisions.pause_queue if held else decisions.resume_queue
        self.store.write(lambda transaction: decide(transaction, _CLERK, RealClock().now())).result()

    def close(self) -> None:
        """As the program ends."""
        self.road.stop()
        self.store.close()

    def _wake(self, _status: object = None) -> None:
        with self._moved:
            self._moved.notify_all()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    """Running, over TLS."""
    running = PracticeServer(tmp_path / "practice")
    running.start()
    yield running
    running.stop()


def held_by(server: PracticeServer, pc: Pc) -> dict[str, CaseAnswer]:
    """What the server has of the station, as that PC is told."""
    station = pc.station
    system = HttpAcceptanceSystem(
        station.address, station.ca_pem, lambda: stored_credential(pc.store), station.division_code
    )
    try:
        return {case.case_id: case for piece in system.cases() for case in piece.cases}
    finally:
        system.close()


def code_from_the_county(server: PracticeServer) -> str:
    """A new one-time code for the station."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(server.practice.ca_path)
        asked = {"division_code": server.practice.division_code, "name": server.practice.name}
        answer = session.post(f"{server.address}/practice/stations", json=asked)
    return str(answer.json()["one_time_code"])


def test_an_older_backup_restored_on_a_new_pc(server: PracticeServer, tmp_path: Path) -> None:
    station = server.practice.station_file()
    folder = tmp_path / "old"
    key = create_keys(folder, _CLERK, _PASSWORD, station.recovery_public_key, "clerk", CHEAP)
    EncryptedStore.create(folder, key, RealClock()).close()
    old = Pc(folder, station, key, "old-")
    pcs = [old]
    try:
        settled = [old.take_in() for _ in range(2)]
        old.until(old.all_sent)
        old.hold(held=True)
        on_the_way = [old.take_in() for _ in range(2)]
        (tmp_path / "stick").mkdir()
        back_up(Source(folder, old.store, old.vault, key, station), tmp_path / "stick", SimClock())
        in_backup = list(old.rows)
        old.hold(held=False)
        later = [old.take_in() for _ in range(2)]
        old.until(old.all_sent)

        found = look(tmp_path / "stick")[0]
        wish = Wish(found.folder, tmp_path / "new", _CLERK, later[-1].local_no)
        restored = restore(wish, _PASSWORD, SimClock())
        new = Pc(tmp_path / "new", station, unlock(tmp_path / "new", _CLERK, _PASSWORD), "new-", in_backup)
        pcs.append(new)
        new.hold(held=False)
        new.until(lambda: new.all_sent() and bool(new.store.read(missing_cases)))

        assert stored_credential(new.store) != stored_credential(old.store)
        for row in in_backup:
            assert new.row(row).receipt == old.row(row).receipt, "found by asking, not sent again"
        missing = {entry.case_id: entry for entry, _draft in new.store.read(missing_cases)}
        assert {name: (entry.local_no, entry.applicant_name) for name, entry in missing.items()} == {
            case.case_id: (case.local_no, case.applicant.name) for case in later
        }
        after = new.take_in()
        new.until(new.all_sent)
        held = held_by(server, new)
        expected = [*settled, *on_the_way, *later, after]
        assert sorted(held) == sorted(case.case_id for case in expected)
        assert all([state.state for state in case.revisions] == ["committed"] for case in held.values())
        numbers = [case.local_no or "" for case in expected]
        assert len(set(numbers)) == len(numbers)
        letters = [parse_local_no(number).epoch for number in numbers]
        assert letters[:-1] == ["A"] * 6
        assert letters[-1] == restored.epoch != "A"

        # The old PC was not switched off: it is refused, keeps all it has, and comes again with a new station file.
        late = old.take_in()
        old.until(lambda: old.row(old.rows[-1]).reason_key == "sync.reason.station_file_needed")
        assert old.row(old.rows[-1]).state is SendingState.LOGIN
        assert late.case_id not in held_by(server, new)
        old.road.renew(replace(station, one_time_code=code_from_the_county(server)))
        old.until(old.all_sent)
        assert late.case_id in held_by(server, old)
        queued = new.take_in()
        new.until(lambda: new.row(new.rows[-1]).state is SendingState.LOGIN)
        assert queued.case_id not in held_by(server, old)
        assert new.store.verify_chain() is None
        assert old.store.verify_chain() is None
    finally:
        for pc in pcs:
            pc.close()
