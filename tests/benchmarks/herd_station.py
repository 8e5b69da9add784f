"""One simulated village: the program's own outbox runner, link watch, pull of changes, reconciling and HTTP adapter, on
a store in memory, without a thread.

They ask the acceptance system by plain calls. Here such a call ends what was begun with :class:`Asked`; the request is
made, and what is begun again finds the answer waiting. They may be begun again, because they could be killed at any
call. What this file has of its own is only when each has its turn: as in :mod:`villagedesk.sync.engine`.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar, cast

from tests.benchmarks.herd_line import Connection
from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.serial_uploader import SerialUploader
from tests.sync.test_link import FakeProbe
from tests.sync.window import STATION, Clerk, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.http_line import Answer, HttpLine
from villagedesk.acceptance.port import AcceptanceFailure, Busy, NoConnection, PageWatch, Unanswered
from villagedesk.acceptance.tus import TusPages
from villagedesk.acceptance.wire import CaseAnswer, ReceiptAnswer, RevisionPayload, sha256_hex
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.practice.faults import RouteKind, route_kind
from villagedesk.sync.changes import Changes
from villagedesk.sync.engine import _LONG_POLL, _POLL_PAUSE
from villagedesk.sync.last_word import RECONCILE_EVERY
from villagedesk.sync.link import LinkKind, LinkWatch, Reach
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.row_exchange import Step
from villagedesk.sync.runner import Runner
from villagedesk.sync.turns import LOOK_AT_LEAST

T = TypeVar("T")


class SystemClock:
    """The machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass(frozen=True)
class Request:
    """What is to be asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    wait_seconds: float

    @property
    def key(self) -> tuple[str, str, bytes | None]:
        return self.method, self.path, self.body


class Asked(BaseException):
    """Whoever asked waits for the answer."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.path)
        self.request = request


class PagesWanted(BaseException):
    """The runner has nothing left but pages to send."""

    def __init__(self, rows: Sequence[OutboxRow]) -> None:
        super().__init__(len(rows))
        self.rows = rows


class _Line:
    """What the HTTP adapter takes for its line."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: dict[tuple[str, str, bytes | None], Answer | AcceptanceFailure] = {}

    def exchange(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        wait_seconds: float = 0.0,
        body_cap: int = 0,
        watch: PageWatch | None = None,
    ) -> Answer:
        request = Request(method, path, headers, body, wait_seconds)
        answer = self.answers.pop(request.key, None)
        if answer is None:
            raise Asked(request)
        if isinstance(answer, AcceptanceFailure):
            raise answer
        return answer


class _System(HttpAcceptanceSystem):
    """The program's adapter on such a line."""

    def __init__(self, line: _Line, credential: str, division_code: str) -> None:
        self._line = cast(HttpLine, line)
        self._credential = lambda: credential
        self._division_code = division_code
        self._pages = TusPages(self._line, "/v1/pages/", self._authorised)


class _StationsRunner(Runner):
    """Hands pages out instead of sending them from threads of its own."""

    def _upload(self, rows: Sequence[OutboxRow]) -> Step:
        raise PagesWanted(rows)


@dataclass
class Tally:
    """What all stations saw together.

    Args:
        began: when the link returned, ``time.monotonic``.
        first_ack: by case, seconds from then until the record's first acknowledgement.
        receipts: by case, the receipt as it came.
        latencies: seconds of each acknowledged PUT, connecting included.
        requests: by kind; ``turned_away`` those of them that were.
        arrivals: requests by whole second.
        forgotten: records that the list of a station's cases lacked although their receipt was there.
    """

    began: float = 0.0
    first_ack: dict[str, float] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    requests: Counter[RouteKind | None] = field(default_factory=Counter)
    turned_away: Counter[RouteKind | None] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    arrivals: Counter[int] = field(default_factory=Counter)
    forgotten: int = 0
    acknowledged: Callable[[], None] = lambda: None

    def seconds(self) -> float:
        """Since the link returned."""
        return time.monotonic() - self.began

    def told(self, case_id: str, receipt: str = "") -> None:
        """The server said, in its answer or when asked, that it has the case; its receipt if committed."""
        self.first_ack.setdefault(case_id, self.seconds())
        if receipt:
            self.receipts[case_id] = receipt
        self.acknowledged()

    def came(self, kind: RouteKind | None, path: str, answer: Answer, latency: float) -> None:
        """An answer came."""
        self.statuses[answer.status] += 1
        self.turned_away[kind] += answer.status == 503
        if answer.content_type != "application/json":
            return  # not the acceptance system's own word
        if kind is RouteKind.REVISION and answer.status in (201, 202):
            self.latencies.append(latency)
            receipt = ReceiptAnswer.model_validate_json(answer.body).receipt_id if answer.status == 201 else ""
            self.told(path.split("/")[3], receipt)
        elif kind is RouteKind.CASE and answer.status == 200:
            held = CaseAnswer.model_validate_json(answer.body)
            for revision in held.revisions:
                self.told(held.case_id, revision.receipt.receipt_id if revision.receipt else "")


def _put(row: OutboxRow, transaction: Transaction) -> None:
    transaction.update_outbox(row)


class Station:
    """One village.

    Args:
        division_code: known to the server, with ``credential``.
        address: of the server.
        connect: makes a connection.
        uniform: chance, or what stands in for it.
    """

    def __init__(
        self,
        division_code: str,
        credential: str,
        cases: int,
        pages: Sequence[bytes],
        address: str,
        connect: Callable[[], Connection],
        policy: RetryPolicy,
        uniform: Callable[[float, float], float],
        tally: Tally,
    ) -> None:
        self._own_line, self._poll_line = connect(), connect()
        self._tally = tally
        self._line = _Line(address)
        self._system = _System(self._line, credential, division_code)
        self._store, vault, clock = MemoryStore(), MemoryVault(), cast(Clock, SystemClock())
        self._bytes = {sha256_hex(page): page for page in pages}
        clerk = Clerk(self._store, vault, SimClock(), prefix=f"{division_code}-")
        for number in range(cases):
            _case, row = clerk.take_in(pages if number == 0 else [])
            data = row.payload.replace(STATION.division_code.encode(), division_code.encode())
            own = replace(row, payload=data, payload_sha256=sha256_hex(data))
            self._store.write(partial(_put, own)).result()
        self._runner = _StationsRunner(
            self._store,
            vault,
            self._system,
            clock,
            replace(STATION, division_code=division_code),
            uniform=uniform,
            token=lambda: credential,
            uploader=SerialUploader(),
            retry=policy,
        )
        self._changes = Changes(self._store, self._system, clock)
        self._reconciler = Reconciler(self._store, self._system, self._runner.ledger)
        self._probe = FakeProbe()
        self._link = LinkWatch(self._probe, self._system, address, clock, uniform)
        self._look = asyncio.Event()
        self._look.set()
        self._away_since: float | None = None
        self._left_alone_until = self._reconcile_at = 0.0
        self._runner.start()
        self._runner.step()
        self._store.write(lambda transaction: transaction.put_setting("sync.enrolment", "enrolled")).result()

    async def run(self, seconds_away: float) -> None:
        """From the moment the link is back until every case is sent."""
        self._away_since = time.monotonic() - seconds_away
        polling = asyncio.create_task(self._listen())
        try:
            await self._send()
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
            self._own_line.close()
            self._poll_line.close()

    async def _send(self) -> None:
        """The engine's turns, one after the other."""
        while True:
            if self._look.is_set():
                self._look.clear()
                await self._check_link()
            wait = self._link.seconds_to_next()
            if wait is not None:
                await self._rest(wait)
                self._look.set()
                continue
            step = await self._step()
            if step.did:
                if isinstance(step.failure, NoConnection | Unanswered):
                    self._look.set()
            elif await self._reconcile():
                continue
            elif step.until is None:
                return
            else:
                await self._rest(min(LOOK_AT_LEAST, (step.until - datetime.now(UTC)).total_seconds()))

    async def _rest(self, seconds: float) -> None:
        """So long, or until somebody noticed that the link moved."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._look.wait()
        except TimeoutError:
            return

    async def _check_link(self) -> None:
        before = self._link.state.kind
        self._probe.reach = Reach.CONNECTED if await self._own_line.touch() else Reach.REFUSED
        state = await self._call(self._link.check, self._own_line)
        now = time.monotonic()
        if state.kind is not LinkKind.ONLINE:
            self._away_since = self._away_since or now
        elif before is not LinkKind.ONLINE:
            away = 0.0 if self._away_since is None else now - self._away_since
            self._away_since = None
            self._left_alone_until = now + self._runner.link_returned(away)

    async def _listen(self) -> None:
        """The engine's other thread: one long poll after the other."""
        while True:
            if self._link.state.kind is not LinkKind.ONLINE:
                await asyncio.sleep(_POLL_PAUSE)
                continue
            asked = time.monotonic()
            if asked < self._left_alone_until:
                await asyncio.sleep(self._left_alone_until - asked)
                continue
            try:
                came = await self._call(partial(self._changes.pull, _LONG_POLL), self._poll_line)
            except Busy as failure:
                await asyncio.sleep(self._runner.busy_wait(failure))
                continue
            except AcceptanceFailure:
                self._link.distrust_waits()
                self._look.set()
                await asyncio.sleep(_POLL_PAUSE)
                continue
            if not came:
                await asyncio.sleep(max(0.0, _POLL_PAUSE - (time.monotonic() - asked)))

    async def _reconcile(self) -> bool:
        """Once, when there is nothing else to do for the first time; gives whether there is now."""
        now = time.monotonic()
        if now < max(self._left_alone_until, self._reconcile_at):
            return False
        self._reconcile_at = now + RECONCILE_EVERY.total_seconds()
        try:
            forgotten = await self._call(self._reconciler.run, self._own_line)
        except Busy as failure:
            self._reconcile_at = now + self._runner.busy_wait(failure)
            return False
        except AcceptanceFailure:
            return False
        self._tally.forgotten += forgotten
        return forgotten > 0

    async def _step(self) -> Step:
        while True:
            try:
                return await self._call(self._runner.step, self._own_line)
            except PagesWanted as wanted:
                await self._send_pages(wanted.rows)

    async def _send_pages(self, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            manifest = RevisionPayload.model_validate_json(row.payload).manifest
            try:
                for entry in manifest:
                    page = self._bytes[entry.sha256]
                    begin = partial(self._system.create_upload, entry.sha256, len(page), entry.media_type)
                    location = await self._call(begin, self._own_line)
                    await self._call(partial(self._system.send_chunk, location, 0, page), self._own_line)
            except AcceptanceFailure as failure:
                self._runner._failed(row, failure)
                return
            self._runner._pages_complete(row)

    async def _call(self, work: Callable[[], T], line: Connection) -> T:
        """What asks the acceptance system, begun again with each answer."""
        while True:
            try:
                return work()
            except Asked as asked:
                request = asked.request
                try:
                    self._line.answers[request.key] = await self._exchange(request, line)
                except AcceptanceFailure as failure:
                    self._tally.failures[type(failure).__name__] += 1
                    self._line.answers[request.key] = failure

    async def _exchange(self, request: Request, line: Connection) -> Answer:
        kind = route_kind(request.method, request.path.partition("?")[0])
        began = time.monotonic()
        self._tally.requests[kind] += 1
        self._tally.arrivals[int(self._tally.seconds())] += 1
        answer = await line.exchange(request.method, request.path, request.headers, request.body, request.wait_seconds)
        self._tally.came(kind, request.path, answer, time.monotonic() - began)
        return answer

    @property
    def connections_opened(self) -> int:
        """TLS handshakes begun."""
        return self._own_line.opened + self._poll_line.opened

    def unsent(self) -> int:
        """Cases without their receipt in the store."""
        rows = self._store.read(lambda snapshot: snapshot.outbox(frozenset(SendingState)))
        return sum(row.state is not SendingState.SENT or not row.receipt for row in rows)
