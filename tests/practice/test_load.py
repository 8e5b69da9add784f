"""The practice system under more than it can do: what it takes is kept, what it does not take it has not begun."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import create_engine, select
from starlette.types import Message, Receive, Scope, Send

from tests.practice.village import Village, creation, page, payload
from villagedesk.acceptance.wire import ChangesAnswer, RevisionPayload, sha256_hex
from villagedesk.practice.changes import changes_after
from villagedesk.practice.faults import RouteKind
from villagedesk.practice.load import Load, LoadLimits, Work
from villagedesk.practice.load_shedder import SERVED, LoadShedder
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import RECEIPTS, REVISIONS, STATIONS

_PATIENCE_S = 20.0
_SMALL = LoadLimits(
    most={Work.RECORDS: 4, Work.PAGES: 4, Work.LISTS: 2, Work.POLLS: 2},
    records_at_once=1,
    connections=60,
    most_connections=80,
)


@contextmanager
def small_server(folder: Path, limits: LoadLimits = _SMALL) -> Iterator[PracticeServer]:
    """One that is soon full, over plain HTTP."""
    server = PracticeServer(folder / "practice", tls=False, limits=limits)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def stalled_database(server: PracticeServer) -> Iterator[None]:
    """Nobody can write until the block ends."""
    engine = create_engine(f"sqlite:///{server.practice.folder / 'acceptance.sqlite'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.rollback()
    engine.dispose()


def load_of(village: Village) -> dict[str, Any]:
    answer: dict[str, Any] = village.call("GET", "/practice/load").json()
    return answer


def wait_for(reached: Callable[[], bool]) -> None:
    """Ask until something is so."""
    pause, end = threading.Event(), _PATIENCE_S
    while not reached():
        assert end > 0, "never reached"
        end -= 0.02
        pause.wait(0.02)


def rows(server: PracticeServer, table: Any) -> list[Any]:
    engine = create_engine(f"sqlite:///{server.practice.folder / 'acceptance.sqlite'}")
    with engine.connect() as connection:
        found = list(connection.execute(select(table)))
    engine.dispose()
    return found


def put_apart(server: PracticeServer, record: RevisionPayload) -> requests.Response:
    """Over a connection of its own."""
    with Village(server) as village:
        return village.put(record)


def test_what_is_over_the_limit_is_told_when_to_come_back_and_what_was_taken_is_kept(tmp_path: Path) -> None:
    records = [payload() for _ in range(12)]
    with small_server(tmp_path) as server, Village(server) as village, ThreadPoolExecutor(12) as pool:
        village.enrol()
        with stalled_database(server):
            first: list[Future[requests.Response]] = [pool.submit(put_apart, server, one) for one in records[:4]]
            wait_for(lambda: load_of(village)["under_way"]["records"] == 4)
            refused = [put_apart(server, one) for one in records[4:]]
            # What costs little and what ends an uncertainty is answered also now.
            assert village.call("GET", f"/v1/cases/{records[0].case_id}").json()["code"] == "unknown_case"
            assert village.call("GET", "/v1/health").json()["connections"] == 1
        taken = [future.result() for future in first]
        assert [answer.status_code for answer in taken] == [201] * 4
        for answer in refused:
            assert answer.status_code == 503
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["code"] == "busy"
            assert 1 <= int(answer.headers["Retry-After"]) <= 120
        assert {bytes(row.body) for row in rows(server, RECEIPTS)} == {answer.content for answer in taken}
        assert {row.case_id for row in rows(server, REVISIONS)} == {one.case_id for one in records[:4]}
        assert [village.put(one).status_code for one in records] == [201] * 12
        assert village.call("GET", "/v1/health").json()["connections"] >= 12
        assert load_of(village)["turned_away"]["records"] == 8


def test_a_refusal_leaves_the_connection_usable(tmp_path: Path) -> None:
    limits = replace(_SMALL, most={**_SMALL.most, Work.PAGES: 1})
    content = page("refused", 200_000)
    with small_server(tmp_path, limits) as server, Village(server) as village, Village(server) as other:
        village.enrol()
        other.call("GET", "/v1/health")
        with ThreadPoolExecutor(1) as pool, stalled_database(server):
            begun = pool.submit(other.call, "POST", "/v1/pages/", None, creation(len(content), sha256_hex(content)))
            wait_for(lambda: load_of(village)["under_way"]["pages"] == 1)
            connections = load_of(village)["connections"]
            assert village.patch("/v1/pages/any", 0, content).status_code == 503
            assert village.call("GET", "/v1/health").status_code == 200
            assert load_of(village)["connections"] == load_of(village)["worst_connections"] == connections
        assert begun.result().status_code == 201


def test_long_polls_go_first_and_those_that_wait_stay(tmp_path: Path) -> None:
    with small_server(tmp_path) as server, Village(server) as village, ThreadPoolExecutor(4) as pool:
        village.enrol()
        record = payload()
        village.put(record)

        def poll(seconds: float) -> requests.Response:
            with Village(server) as one:
                return one.call("GET", f"/v1/changes?wait={seconds}")

        with stalled_database(server):
            waiting = [pool.submit(poll, 30.0)]
            wait_for(lambda: load_of(village)["under_way"]["polls"] == 1)
            put = [pool.submit(put_apart, server, payload()) for _ in range(2)]
            wait_for(lambda: load_of(village)["under_way"]["records"] == 2)
            turned_away = poll(0.0)
            assert turned_away.status_code == 503
            assert 10 <= int(turned_away.headers["Retry-After"]) <= 31
        assert [future.result().status_code for future in put] == [201, 201]
        village.move(record.case_id, "accept")
        assert waiting[0].result().json()["changes"][0]["kind"] == "accepted"
        assert poll(0.0).status_code == 200


def test_a_slow_sender_keeps_nobody_waiting(tmp_path: Path) -> None:
    with small_server(tmp_path) as server, Village(server) as village:
        village.enrol()
        record = payload()
        body = record.to_bytes()
        head = (
            f"PUT /v1/cases/{record.case_id}/revisions/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: {village.session.headers['Authorization']!s}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", server.port), _PATIENCE_S) as slow:
            slow.sendall(head.encode() + body[:100])
            wait_for(lambda: load_of(village)["under_way"]["records"] == 1)
            assert village.put(payload()).status_code == 201
            slow.sendall(body[100:])
            assert slow.recv(64).startswith(b"HTTP/1.1 201")


def test_too_many_connections_are_answered_little_and_then_not_at_all(tmp_path: Path) -> None:
    limits = replace(_SMALL, connections=6, most_connections=9)
    with small_server(tmp_path, limits) as server, Village(server) as village:
        village.enrol()
        idle = [socket.create_connection(("127.0.0.1", server.port), _PATIENCE_S) for _ in range(7)]
        try:
            wait_for(lambda: load_of(village)["connections"] == 8)
            assert village.call("GET", "/v1/health").status_code == 200
            crowded = village.put(payload())
            assert (crowded.status_code, crowded.headers["Connection"]) == (503, "close")
            idle += [socket.create_connection(("127.0.0.1", server.port), _PATIENCE_S) for _ in range(3)]
            with contextlib.suppress(ConnectionResetError):
                assert idle[-1].recv(1) == b""
        finally:
            for one in idle:
                one.close()
        wait_for(lambda: village.call("GET", "/v1/health").status_code == 200)
        assert village.put(payload()).status_code == 201


def test_in_a_crowd_what_was_begun_is_ended_and_what_can_wait_waits(tmp_path: Path) -> None:
    content = page("begun", 5_000)
    with small_server(tmp_path, replace(_SMALL, connections=6)) as server, Village(server) as village:
        village.enrol()
        record = payload()
        village.put(record)
        path = village.begin(content)
        asked = (f"/v1/cases/{record.case_id}/revisions/1", f"/v1/cases/{record.case_id}/documents/none")
        assert [village.call("GET", address).status_code for address in asked] == [200, 404]
        idle = [socket.create_connection(("127.0.0.1", server.port), _PATIENCE_S) for _ in range(7)]
        try:
            wait_for(lambda: load_of(village)["connections"] == 8)
            assert village.patch(path, 0, content[:2_000]).status_code == 204
            for address in asked:
                refused = village.call("GET", address)
                assert (refused.status_code, refused.json()["code"]) == (503, "busy")
                wait_for(lambda: load_of(village)["connections"] == 8)
            assert village.call("POST", "/v1/pages/", None, creation(9, "0" * 64)).status_code == 503
            wait_for(lambda: load_of(village)["connections"] == 8)
            assert village.patch(path, 2_000, content[2_000:]).status_code == 204
        finally:
            for one in idle:
                one.close()
        wait_for(lambda: load_of(village)["connections"] == 1)
        assert village.put(payload(pages=(content,))).status_code == 201


def test_nobody_is_woken_by_a_case_that_came_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2,600 villages wait for changes; each record of each of them would make each of them look."""
    looks: list[str] = []

    def counted(storage: Storage, division_code: str, cursor: str) -> ChangesAnswer:
        looks.append(cursor)
        return changes_after(storage, division_code, cursor)

    monkeypatch.setattr("villagedesk.practice.case_routes.changes_after", counted)
    with small_server(tmp_path) as server, Village(server) as village, ThreadPoolExecutor(1) as pool:
        village.enrol()
        with Village(server) as waiting:
            answer = pool.submit(waiting.call, "GET", "/v1/changes?wait=30")
            wait_for(lambda: len(looks) == 1)
            records = [payload() for _ in range(5)]
            assert [village.put(record).status_code for record in records] == [201] * 5
            village.move(records[0].case_id, "accept")
            assert answer.result().json()["changes"][0]["kind"] == "accepted"
    assert len(looks) == 2


def test_a_move_wakes_the_station_it_concerns_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def counted(storage: Storage, division_code: str, cursor: str) -> ChangesAnswer:
        looks.append(division_code)
        return changes_after(storage, division_code, cursor)

    monkeypatch.setattr("villagedesk.practice.case_routes.changes_after", counted)
    other = "410421103208"
    with small_server(tmp_path) as server, Village(server) as village, ThreadPoolExecutor(2) as pool:
        village.enrol()
        own = server.practice.division_code
        with create_engine(f"sqlite:///{server.practice.folder / 'acceptance.sqlite'}").begin() as connection:
            digest = sha256_hex(b"of the other")
            connection.execute(STATIONS.insert().values(division_code=other, name="", credential_sha256=digest))
        record = payload()
        village.put(record)
        with Village(server) as waiting, Village(server, "of the other") as elsewhere:
            elsewhere.session.headers["Authorization"] = f"Bearer {other}.of the other"
            theirs = pool.submit(elsewhere.call, "GET", "/v1/changes?wait=2")
            answer = pool.submit(waiting.call, "GET", "/v1/changes?wait=30")
            wait_for(lambda: set(looks) == {own, other})
            began = time.monotonic()
            village.move(record.case_id, "accept")
            assert answer.result().json()["changes"][0]["kind"] == "accepted"
            assert time.monotonic() - began < 20.0, "woken, not at the end of its time"
            assert theirs.result().json()["changes"] == []
    assert looks.count(own) == 2
    assert looks.count(other) == 2, "when it began, and when its time was over"


class Moment:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def middle(low: float, high: float) -> float:
    return (low + high) / 2


def test_those_turned_away_are_spread_over_the_time_their_work_takes() -> None:
    moment = Moment()
    load = Load(LoadLimits(most={**dict.fromkeys(Work, 1000), Work.RECORDS: 1}), moment, middle)
    for _ in range(10):  # 100 a second are got done
        for _ in range(100):
            load._rates[Work.RECORDS].count()
        moment.seconds += 1.0
    load.under_way[Work.RECORDS] = 1
    asked = [load.seconds_away(RouteKind.REVISION) for _ in range(2000)]
    told = Counter(asked)
    assert None not in told
    assert max(count for seconds, count in told.items() if seconds is not None and 2 <= seconds <= 15) <= 220
    assert len([seconds for seconds in told if seconds is not None and seconds <= 20]) >= 15
    moment.seconds += 3600
    load.under_way[Work.RECORDS] = 0
    assert load.seconds_away(RouteKind.REVISION) is None


def test_polls_turned_away_come_back_one_after_the_other() -> None:
    moment = Moment()
    load = Load(LoadLimits(most={**dict.fromkeys(Work, 1000), Work.POLLS: 1}), moment, middle)
    load.under_way[Work.POLLS] = 1
    told = Counter(load.seconds_away(RouteKind.CHANGES) for _ in range(700))
    assert None not in told
    assert max(told.values()) <= 15
    assert min(seconds for seconds in told if seconds is not None) == 10


def test_only_newcomers_tell_how_fast_others_can_be_let_in() -> None:
    """A village that is in comes at once with its next record: its place is not free before its last."""

    async def away(records_each: int) -> int | None:
        moment = Moment()
        load = Load(LoadLimits(most={**dict.fromkeys(Work, 1000), Work.RECORDS: 1}), moment, middle)

        async def carried_out(_scope: Scope, _receive: Receive, _send: Send) -> None:
            pass

        shedder = LoadShedder(carried_out, load)
        for _ in range(6):
            for _village in range(1000 // records_each):
                state: dict[str, Any] = {SERVED: set()}
                for _record in range(records_each):
                    scope = {"type": "http", "method": "PUT", "path": "/v1/cases/a/revisions/1", "state": state}
                    await shedder(scope, no_message, no_answer)
            moment.seconds += 1.0
        load.under_way[Work.RECORDS] = 1
        return [load.seconds_away(RouteKind.REVISION) for _ in range(1000)][-1]

    assert asyncio.run(away(1)) == 1
    assert asyncio.run(away(20)) == 20


async def no_message() -> Message:
    raise AssertionError("nobody asks for the body")


async def no_answer(_message: Message) -> None:
    raise AssertionError("nobody answers")


def test_a_slow_database_makes_the_line_shorter() -> None:
    moment = Moment()

    async def in_turn(load: Load) -> None:
        async with load.records_turn():
            pass

    async def line() -> list[int | None]:
        load = Load(LoadLimits(records_at_once=1, longest_wait=4.0), moment, middle)
        told = []
        async with load.records_turn():
            told.append(load.seconds_away(RouteKind.REVISION))
            waiting = asyncio.create_task(in_turn(load))
            for _ in range(3):
                await asyncio.sleep(0)
                told.append(load.seconds_away(RouteKind.REVISION))
                moment.seconds += 2.5
        await waiting
        told.append(load.seconds_away(RouteKind.REVISION))
        return told

    told = asyncio.run(line())
    assert [seconds is None for seconds in told] == [True, True, True, False, True]


def test_no_upload_begins_where_only_those_that_began_can_end() -> None:
    load = Load(LoadLimits(most={**dict.fromkeys(Work, 8)}), uniform=middle)
    load.under_way[Work.PAGES] = 6
    assert load.seconds_away(RouteKind.PAGE_CREATE) is not None
    assert load.seconds_away(RouteKind.PAGE_OFFSET) is not None
    assert load.seconds_away(RouteKind.PAGE_CHUNK) is None
    load.under_way[Work.PAGES] = 8
    assert load.seconds_away(RouteKind.PAGE_CHUNK) is not None


@pytest.mark.parametrize("kind", [RouteKind.DOCUMENT, RouteKind.HELD_REVISION, RouteKind.CASES])
def test_fetching_stands_with_the_lists(kind: RouteKind) -> None:
    load = Load(uniform=middle)
    assert load.seconds_away(kind) is None
    load.under_way[Work.LISTS] = load.limits.most[Work.LISTS]
    assert load.seconds_away(kind) is not None
    assert load.seconds_away(RouteKind.REVISION) is None


def test_advice_falls_with_the_load() -> None:
    load = Load(uniform=middle)
    told = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0, 1.5):
        load.under_way[Work.RECORDS] = int(load.limits.most[Work.RECORDS] * share)
        told.append(load.advised_connections())
    assert told == [16, 12, 8, 4, 1, 1]
