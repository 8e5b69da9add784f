"""The bench would see what it is there to see; a simulated station asks what the program asks; and at a small size
nothing acknowledged is lost by a killed server."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.benchmarks import herd, herd_line
from tests.benchmarks.herd import Size, _county, _held
from tests.benchmarks.herd_line import Connection
from tests.benchmarks.herd_station import Station, Tally
from tests.needs import not_run
from tests.practice.postgresql_cluster import NotHere, programs
from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.test_engine import RealClock
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.http_line import Answer, HttpLine
from villagedesk.acceptance.port import NoConnection, Unanswered
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.station import StationFile
from villagedesk.practice.faults import Fault, FaultKind, FaultSetting, RouteKind, route_kind
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import ACTION_IDS, CASES, RECEIPTS, REVISIONS, STATIONS
from villagedesk.sync.assembly import engine_for
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.retry import RetryPolicy

_CREDENTIAL = "geheim"
_FAULTS = FaultSetting(
    faults=(
        Fault(kind=FaultKind.ERROR_BEFORE, routes=(RouteKind.HEALTH,), count=1),
        Fault(kind=FaultKind.BUSY_503, routes=(RouteKind.REVISION,), count=1, retry_after=1),
        Fault(kind=FaultKind.DROP_AFTER, routes=(RouteKind.REVISION,), count=1, skip=1),
        Fault(kind=FaultKind.HTML_PAGE, routes=(RouteKind.CASE,), count=1),
    )
)
_SOON = RetryPolicy(confirming=(2.0, 2.0, 2.0), busy_spread=0.2)
_CASES = 4


def held_by_two_cases(folder: Path) -> str:
    """A database with two committed cases; gives its URL."""
    url = f"sqlite:///{folder / 'acceptance.sqlite'}"
    Storage(url).close()
    station = {"division_code": "410421103207", "name": "", "change_count": 0}
    case: dict[str, Any] = {"state": "submitted", "round": 0, "item_code": "", "item_name": "", "first_seen_at": ""}
    case["division_code"] = station["division_code"]
    with create_engine(url).begin() as connection:
        connection.execute(STATIONS.insert(), station)
        for name in ("one", "two"):
            own = {"case_id": name, "payload_sha256": name, "revision": 1, "action_id": name}
            connection.execute(CASES.insert(), {**case, "case_id": name, "local_no": name})
            connection.execute(ACTION_IDS.insert(), own)
            connection.execute(
                REVISIONS.insert(), {**own, "payload": b"", "state": "committed", "reason": "", "registered_at": ""}
            )
            receipt = {"receipt_id": f"receipt {name}", "body": b"", "committed_at": "", "round": 0}
            connection.execute(RECEIPTS.insert(), {"case_id": name, "revision": 1, **receipt})
    return url


def told(receipts: dict[str, str]) -> Tally:
    """What stations would have been told."""
    return Tally(first_ack=dict.fromkeys(receipts, 1.0), receipts=receipts)


def test_what_is_missing_or_twice_in_the_database_is_counted(tmp_path: Path) -> None:
    url = held_by_two_cases(tmp_path)
    right = {"one": "receipt one", "two": "receipt two"}
    assert _held(url, told(right)) == {"lost": 0, "duplicates": 0}
    assert _held(url, told({**right, "three": "receipt three"}))["lost"] == 2, "neither registered nor committed"
    assert _held(url, told({**right, "two": "another receipt"}))["lost"] == 1
    assert _held(url, told({"one": "receipt one"}))["duplicates"] == 3, "a case, revision and receipt nobody sent"
    assert _held(url, told({"one": "receipt one"}), unheard=1)["duplicates"] == 0, "sent, and the run was over"
    with create_engine(url).begin() as connection:
        connection.execute(CASES.update().values(local_no="the same"))
    assert _held(url, told(right))["duplicates"] == 1


class Silent:
    """Tells nothing of the network."""

    def start(self, listener: Callable[[], None]) -> None:
        pass

    def stop(self, seconds: float) -> bool:
        return True


def asked_by_the_program(server: PracticeServer, monkeypatch: pytest.MonkeyPatch) -> list[RouteKind | None]:
    """What the whole engine asks, in its order, until all is sent. Long polls are another thread's."""
    asked: list[RouteKind | None] = []
    exchange = HttpLine.exchange

    def noted(self: HttpLine, method: str, path: str, *arguments: Any, **named: Any) -> Answer:
        asked.append(route_kind(method, path.partition("?")[0]))
        return exchange(self, method, path, *arguments, **named)

    monkeypatch.setattr(HttpLine, "exchange", noted)
    monkeypatch.setattr("villagedesk.sync.assembly._notices", lambda _probe, _address: Silent())
    station = StationFile.from_bytes((server.practice.folder / "station-file.json").read_bytes())
    store, vault = MemoryStore(), MemoryVault()
    system = HttpAcceptanceSystem(
        station.address, station.ca_pem, lambda: stored_credential(store), station.division_code
    )
    clerk = Clerk(store, vault, SimClock())
    for _ in range(_CASES):
        clerk.take_in([])
    engine = engine_for(
        store, vault, system, station, RealClock(), abort=system.abort, publish=lambda _status: None, retry=_SOON
    )
    moved, open_states = threading.Event(), frozenset(SendingState) - {SendingState.SENT}
    store.subscribe(moved.set)
    engine.start()
    try:
        while store.read(lambda snapshot: snapshot.outbox(open_states)):
            assert moved.wait(30)
            moved.clear()
    finally:
        assert engine.stop()
        system.close()
    return [kind for kind in asked if kind not in (RouteKind.CHANGES, RouteKind.ENROL)]


def asked_by_a_station(server: PracticeServer) -> list[RouteKind | None]:
    """The same of a simulated one."""
    asked: list[RouteKind | None] = []

    class Noting(Connection):
        async def exchange(self, method: str, path: str, *arguments: Any, **named: Any) -> Answer:
            asked.append(route_kind(method, path.partition("?")[0]))
            return await super().exchange(method, path, *arguments, **named)

    code, trust = server.practice.division_code, trusted(server)
    enrolled(server)
    station = Station(
        code,
        _CREDENTIAL,
        _CASES,
        [],
        server.address,
        lambda: Noting(server.port, trust),
        _SOON,
        lambda low, high: (low + high) / 2,
        Tally(),
    )
    asyncio.run(station.run(0.0))
    assert station.unsent() == 0
    return [kind for kind in asked if kind is not RouteKind.CHANGES]


def trusted(server: PracticeServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(server.practice.ca_path))


def enrolled(server: PracticeServer) -> None:
    """The practice station has a credential."""
    with create_engine(f"sqlite:///{server.practice.folder / 'acceptance.sqlite'}").begin() as connection:
        connection.execute(STATIONS.update().values(credential_sha256=sha256_hex(_CREDENTIAL.encode())))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    running = PracticeServer(tmp_path / "practice")
    running.start()
    yield running
    running.stop()


def test_a_simulated_station_asks_what_the_program_asks(
    server: PracticeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.faults.set(_FAULTS)
    by_station = asked_by_a_station(server)
    assert server.faults.report().struck == (1, 1, 1, 1)
    other = PracticeServer(tmp_path / "other", faults=_FAULTS)
    other.start()
    try:
        by_program = asked_by_the_program(other, monkeypatch)
        assert other.faults.report().struck == (1, 1, 1, 1)
    finally:
        other.stop()
    assert by_station == by_program
    assert RouteKind.CASES in by_station


async def health(connection: Connection, method: str = "GET", path: str = "/v1/health") -> Answer:
    headers: Mapping[str, str] = {"Authorization": f"Bearer 410421103207.{_CREDENTIAL}"}
    return await connection.exchange(method, path, headers)


def test_a_connection_is_kept_no_longer_than_by_the_program(
    server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def opened(kept_seconds: float) -> int:
        monkeypatch.setattr(herd_line, "KEPT_SECONDS", kept_seconds)
        connection = Connection(server.port, trusted(server))
        for _ in range(3):
            assert (await health(connection)).status == 200
        connection.close()
        return connection.opened

    assert asyncio.run(opened(60.0)) == 1
    assert asyncio.run(opened(0.0)) == 3


def test_a_connection_that_the_server_ended_is_opened_again(server: PracticeServer) -> None:
    async def opened() -> int:
        connection = Connection(server.port, trusted(server))
        await health(connection)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        assert (await health(connection)).status == 200
        connection.close()
        return connection.opened

    assert asyncio.run(opened()) == 2


def test_an_answer_that_does_not_come_whole_and_nobody_there_are_two_things(server: PracticeServer) -> None:
    async def failures() -> None:
        connection = Connection(server.port, trusted(server))
        for kind in (FaultKind.DROP_AFTER, FaultKind.CUT_ANSWER):
            server.faults.set(FaultSetting(faults=(Fault(kind=kind, routes=(RouteKind.HEALTH,)),)))
            with pytest.raises(Unanswered):
                await health(connection)
        await asyncio.to_thread(server.stop)
        with pytest.raises(NoConnection):
            await health(connection)
        assert not await connection.touch()

    asyncio.run(failures())


def test_a_packed_answer_is_unpacked(server: PracticeServer) -> None:
    enrolled(server)
    with create_engine(f"sqlite:///{server.practice.folder / 'acceptance.sqlite'}").begin() as connection:
        own = {"division_code": server.practice.division_code, "state": "submitted", "round": 0}
        rest = {"item_code": "", "item_name": "", "first_seen_at": ""}
        for number in range(50):
            connection.execute(CASES.insert(), {**own, **rest, "case_id": f"case {number}", "local_no": str(number)})

    async def listed() -> Answer:
        connection = Connection(server.port, trusted(server))
        answer = await health(connection, path="/v1/cases?station=&after=&limit=50")
        connection.close()
        return answer

    answer = asyncio.run(listed())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.body.count(b"case_id") == 50


@pytest.mark.slow
def test_the_bench_runs_whole_at_a_small_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL, with chance, without, and with a server that is killed in the middle."""
    try:
        programs()
    except NotHere as why:
        not_run(str(why))
    monkeypatch.setattr(herd, "QUICK", Size(stations=12, cases=2, stations_killed=12, outage=2.0))
    figures = herd.run(range(1), quick=True)
    assert all(figures[name] > 0 for name in ("seconds_all_records", "requests_per_record", "p99_ms"))
    assert all(figures[f"{name}_no_jitter"] > 0 for name in ("seconds_all_records", "requests_per_record", "p99_ms"))
    assert (figures["lost"], figures["duplicates"], figures["unfinished"]) == (0, 0, 0)
    assert 0 < figures["acknowledged_before_killed"] < 24


@pytest.mark.slow
def test_a_killed_server_loses_nothing_it_acknowledged() -> None:
    try:
        programs()
    except NotHere as why:
        not_run(str(why))
    size = Size(stations=20, cases=4, stations_killed=20, outage=8.0)
    came = _county(size, 20, RetryPolicy(), lambda low, high: (low + high) / 2, kill=True)
    assert 0 < came["acknowledged_before"] < came["records"] == 80
    assert came["unanswered"] + came["no_connection"] > 0
    assert (came["lost"], came["duplicates"]) == (0, 0)
