"""A county comes back: 2,600 stations with 20 cases each see their link return in the same second.

One real practice server process over TLS on loopback, its data in a PostgreSQL of the bench's own (fsync on); stations
that run the program's real outbox runner, retry policy, link watch and HTTP adapter, each with its connection for
sending and its long poll, in one process (:mod:`tests.benchmarks.herd_station`). Every tenth station has a case with a
page. Three runs: as the program is; with chance taken out (every wait its longest, no spread after Retry-After or after
the link's return), the server being the same; and a smaller one in which the server is killed when a third of the
records are acknowledged. A run that takes longer than its limit ends, and what was not done is counted and said.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, select

from tests.benchmarks.herd_line import Connection
from tests.benchmarks.herd_station import Station, Tally
from tests.practice.postgresql_cluster import NotHere, own_cluster, programs
from tests.practice.village import page
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.practice.faults import RouteKind
from villagedesk.practice.station_file import Practice, make_practice
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import CASES, RECEIPTS, REVISIONS, STATIONS
from villagedesk.sync.retry import RetryPolicy

_ROOT = Path(__file__).parents[2]
_PAGE_BYTES = 60_000
_A_PAGE_EVERY = 10
_START_SECONDS = 30.0
_DOWN_SECONDS = 2.0
_SAY_EVERY = 15.0


@dataclass(frozen=True)
class Size:
    """How many stations, cases each, and stations in the run with the kill; seconds that the link was away, and that a
    run may take."""

    stations: int
    cases: int
    stations_killed: int
    outage: float
    limit: float = 300.0


FULL, QUICK = Size(2600, 20, 400, 3600.0, 2700.0), Size(80, 4, 30, 12.0)
_CALM = RetryPolicy(busy_spread=0.0, link_spread=0.0)


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """The three runs once for each seed; figures of the last seed, faults of all.

    Returns:
        ``seconds_all_records`` until the last record was acknowledged first (registered or committed); ``p99_ms`` of an
        acknowledged PUT; ``requests_per_record`` without long polls and pages; ``duplicates`` in the server's database;
        ``lost``: acknowledged, or receipt held, and not there. ``unfinished``: records without receipt when a run's
        time was over; ``seconds_all_records`` is None then. ``…_no_jitter`` the same with chance taken out.
    """
    try:
        programs()
    except NotHere as why:
        raise SystemExit(f"NOT RUN: {why}") from why
    size = QUICK if quick else FULL
    sums = dict.fromkeys(("lost", "duplicates", "unfinished"), 0)
    figures: dict[str, Any] = {"stations": size.stations, "cases_each": size.cases}
    for seed in seeds:
        chance = random.Random(seed)
        jitter = _said("as the program is", _county(size, size.stations, RetryPolicy(), chance.uniform))
        calm = _said("without jitter", _county(size, size.stations, _CALM, lambda _low, high: high))
        killed = _county(size, size.stations_killed, RetryPolicy(), chance.uniform, kill=True)
        for came in (jitter, calm, killed):
            for name in sums:
                sums[name] += came.pop(name)
        figures |= jitter | sums
        figures |= {f"{name}_no_jitter": value for name, value in calm.items()}
        kept = ("acknowledged_before", "unanswered", "no_connection", "seconds_all_records")
        figures |= {f"{name}_killed": killed[name] for name in kept}
    assert figures["acknowledged_before_killed"] > 0, figures
    return figures


def _said(name: str, figures: dict[str, Any]) -> dict[str, Any]:
    """A run of a quarter of an hour is told when it is over, not when all are."""
    print(f"herd, {name}: {json.dumps(figures)}", file=sys.stderr, flush=True)
    return figures


def _county(
    size: Size,
    stations: int,
    policy: RetryPolicy,
    uniform: Callable[[float, float], float],
    *,
    kill: bool = False,
) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="villagedesk-herd-") as folder,
        own_cluster("max_connections=60") as url,
        _no_collection(),
    ):
        practice = make_practice(Path(folder))
        codes = [f"41042{number:07d}" for number in range(stations)]
        credential = "credential-of-the-bench"
        _enrol(url, codes, credential)
        server = _Server(practice, url)
        tally = Tally()
        trust = ssl.create_default_context(cafile=str(practice.ca_path))
        made = [
            Station(
                code,
                credential,
                size.cases,
                [page(code, _PAGE_BYTES)] if number % _A_PAGE_EVERY == 0 else [],
                practice.address,
                lambda: Connection(practice.port, trust),
                policy,
                uniform,
                tally,
            )
            for number, code in enumerate(codes)
        ]
        try:
            server.start()
            killing = _Kill(server, tally, stations * size.cases // 3) if kill else None
            in_time = asyncio.run(_all(made, tally, killing, size))
            unfinished = sum(station.unsent() for station in made)
            assert not in_time or unfinished == 0, "a station ended before its cases were sent"
            assert len(tally.receipts) >= stations * size.cases - unfinished, "sent, and nobody was told so"
            load = server.load()
        finally:
            server.stop()
        figures = _figures(tally, load, stations * size.cases)
        figures["handshakes_per_record"] = sum(one.connections_opened for one in made) / (stations * size.cases)
        figures["unfinished"] = unfinished
        if killing is not None:
            figures["acknowledged_before"] = killing.acknowledged
        return figures | _held(url, tally, stations * size.cases - len(tally.first_ack))


async def _all(stations: list[Station], tally: Tally, killing: _Kill | None, size: Size) -> bool:
    """Gives whether all ended in time."""
    tally.began = time.monotonic()
    beside = [asyncio.create_task(_say(tally, len(stations) * size.cases))]
    if killing is not None:
        beside.append(asyncio.create_task(killing.watch()))
    try:
        async with asyncio.timeout(size.limit), asyncio.TaskGroup() as group:
            for station in stations:
                group.create_task(station.run(size.outage))
    except TimeoutError:
        return False
    finally:
        for task in beside:
            task.cancel()
        for came in await asyncio.gather(*beside, return_exceptions=True):
            if isinstance(came, Exception):
                raise came
    return True


async def _say(tally: Tally, records: int) -> None:
    """How far it is, now and then."""
    while True:
        await asyncio.sleep(_SAY_EVERY)
        away = tally.turned_away
        print(
            f"herd: {tally.seconds():.0f} s: {len(tally.first_ack)} of {records} records acknowledged, "
            f"{len(tally.receipts)} receipts; turned away {away[RouteKind.REVISION]} records, "
            f"{away[RouteKind.CHANGES]} polls; {sum(tally.failures.values())} calls without answer",
            file=sys.stderr,
            flush=True,
        )


class _Kill:
    """SIGKILL, once, when so many records were acknowledged; the server is back two seconds later."""

    def __init__(self, server: _Server, tally: Tally, after: int) -> None:
        self._server = server
        self._tally = tally
        self._after = after
        self._reached = asyncio.Event()
        self.acknowledged = 0
        tally.acknowledged = self._count

    def _count(self) -> None:
        if len(self._tally.first_ack) >= self._after:
            self._reached.set()

    async def watch(self) -> None:
        await self._reached.wait()
        self._server.kill()
        self.acknowledged = len(self._tally.first_ack)
        await asyncio.sleep(_DOWN_SECONDS)
        await asyncio.to_thread(self._server.start)


class _Server:
    """The practice server as its users start it, in a process of its own."""

    def __init__(self, practice: Practice, database_url: str) -> None:
        self._practice = practice
        self._command = [sys.executable, "-m", "villagedesk", "practice", "--folder", str(practice.folder)]
        self._command += ["--database-url", database_url]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it listens."""
        self._process = subprocess.Popen(self._command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                self.load()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the practice server did not start")

    def load(self) -> dict[str, Any]:
        """What it says of its load."""
        trust = ssl.create_default_context(cafile=str(self._practice.ca_path))
        with urllib.request.urlopen(f"{self._practice.address}/practice/load", timeout=5, context=trust) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()


def _enrol(url: str, codes: list[str], credential: str) -> None:
    storage = Storage(url)
    digest = sha256_hex(credential.encode())
    with storage.write() as connection:
        connection.execute(
            STATIONS.insert(), [{"division_code": code, "name": code, "credential_sha256": digest} for code in codes]
        )
    storage.close()


def _figures(tally: Tally, load: dict[str, Any], records: int) -> dict[str, Any]:
    requests, turned_away = tally.requests, tally.turned_away
    about_records = sum(requests[kind] for kind in (RouteKind.REVISION, RouteKind.CASE, RouteKind.HEALTH))
    latencies, moments = sorted(tally.latencies), sorted(tally.first_ack.values())
    return {
        "records": records,
        "seconds_all_records": moments[-1] if len(moments) == records else None,
        "seconds_half_records": moments[records // 2] if len(moments) > records // 2 else None,
        "requests_per_record": about_records / records,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[len(latencies) * 99 // 100] * 1000,
        "turned_away_share": turned_away[RouteKind.REVISION] / requests[RouteKind.REVISION],
        "busiest_second_requests": max(tally.arrivals.values()),
        "polls": requests[RouteKind.CHANGES],
        "polls_turned_away": turned_away[RouteKind.CHANGES],
        "worst_records_under_way": load["worst"]["records"],
        "worst_connections": load["worst_connections"],
        "unanswered": tally.failures["Unanswered"],
        "no_connection": tally.failures["NoConnection"],
        "server_errors": sum(count for status, count in tally.statuses.items() if status >= 500 and status != 503),
    }


def _held(url: str, tally: Tally, unheard: int = 0) -> dict[str, int]:
    """What the database has, compared with what the stations were told.

    Args:
        unheard: so many records may be there too, because the run ended before their answer.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        receipts = {row.case_id: row.receipt_id for row in connection.execute(select(RECEIPTS))}
        count = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (RECEIPTS, REVISIONS, CASES)
        }
        numbers = connection.execute(
            select(func.count()).select_from(select(CASES.c.division_code, CASES.c.local_no).distinct().subquery())
        ).scalar_one()
        known = {row.case_id for row in connection.execute(select(REVISIONS.c.case_id))}
    engine.dispose()
    assert tally.receipts, "nothing was acknowledged"
    cases = len(tally.first_ack)
    lost = sum(case_id not in known for case_id in tally.first_ack)
    lost += sum(receipts.get(case_id) != receipt for case_id, receipt in tally.receipts.items())
    lost += tally.forgotten
    doubled = sum(max(0, held - cases - unheard) for held in count.values()) + abs(count["cases"] - numbers)
    return {"lost": lost, "duplicates": doubled}


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of live objects: a collection would stop all stations at once, for longer than some of them wait for an
    answer, which no county does."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
