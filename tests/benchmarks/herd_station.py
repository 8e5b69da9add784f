"""One simulated village: the program's real outbox runner and retry policy, on a store in memory, without a thread.

The runner asks the acceptance system by plain calls. Here such a call ends the step with :class:`Awaited`; the request
is made, and the step begun again finds the answer waiting. It may do so, because it could be killed at any call.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from tests.benchmarks.herd_line import Connection
from tests.practice.village import creation, patching
from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.serial_uploader import SerialUploader
from tests.sync.window import STATION, Clerk, SimClock
from villagedesk.acceptance.http_answers import failure_of, model_of
from villagedesk.acceptance.http_line import Answer
from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem, Busy, Committed, Registered
from villagedesk.acceptance.wire import CaseAnswer, ReceiptAnswer, RegisteredAnswer, RevisionPayload, sha256_hex
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.row_exchange import Step
from villagedesk.sync.runner import Runner

POLL_SECONDS = 25.0
_POLL_PAUSE = 5.0


class SystemClock:
    """The machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class Awaited(BaseException):
    """The runner waits for the answer to this request."""

    def __init__(self, case_id: str, payload: bytes | None) -> None:
        super().__init__(case_id)
        self.case_id = case_id
        self.payload = payload


class PagesWanted(BaseException):
    """The runner has nothing left but pages to send."""

    def __init__(self, rows: Sequence[OutboxRow]) -> None:
        super().__init__(len(rows))
        self.rows = rows


class _Port:
    """What the runner takes for the acceptance system."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, bytes | None], Any] = {}

    def put_revision(self, case_id: str, _revision: int, payload: bytes) -> Registered | Committed:
        return cast(Registered | Committed, self._answer(case_id, payload))

    def case(self, case_id: str) -> CaseAnswer | None:
        return cast(CaseAnswer | None, self._answer(case_id, None))

    def _answer(self, case_id: str, payload: bytes | None) -> Any:
        if (case_id, payload) not in self.answers:
            raise Awaited(case_id, payload)
        answer = self.answers.pop((case_id, payload))
        if isinstance(answer, AcceptanceFailure):
            raise answer
        return answer


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
        arrivals: requests by whole second.
    """

    began: float = 0.0
    first_ack: dict[str, float] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    arrivals: Counter[int] = field(default_factory=Counter)
    acknowledged: Callable[[], None] = lambda: None

    def told(self, case_id: str, receipt: str = "") -> None:
        """The server said, in its answer or when asked, that it has the case; its receipt if committed."""
        self.first_ack.setdefault(case_id, time.monotonic() - self.began)
        if receipt:
            self.receipts[case_id] = receipt
        self.acknowledged()


def _put(row: OutboxRow, transaction: Transaction) -> None:
    transaction.update_outbox(row)


class Station:
    """One village.

    Args:
        division_code: known to the server, with ``credential``.
        connect: makes a connection.
        uniform: chance, or what stands in for it.
    """

    def __init__(
        self,
        division_code: str,
        credential: str,
        cases: int,
        pages: Sequence[bytes],
        connect: Callable[[], Connection],
        policy: RetryPolicy,
        uniform: Callable[[float, float], float],
        tally: Tally,
    ) -> None:
        self._code = division_code
        self._line, self._poll_line = connect(), connect()
        self._policy = policy
        self._uniform = uniform
        self._tally = tally
        self._headers = {"Authorization": f"Bearer {division_code}.{credential}", "Content-Type": "application/json"}
        self._port = _Port()
        self._store, vault = MemoryStore(), MemoryVault()
        self._bytes = {sha256_hex(page): page for page in pages}
        clerk = Clerk(self._store, vault, SimClock(), prefix=f"{division_code}-")
        for number in range(cases):
            _case, row = clerk.take_in(pages if number == 0 else [])
            record = RevisionPayload.model_validate_json(row.payload).model_copy(update={"station": division_code})
            data = record.to_bytes()
            own = replace(row, payload=data, payload_sha256=sha256_hex(data))
            self._store.write(partial(_put, own)).result()
        self._runner = _StationsRunner(
            self._store,
            vault,
            cast(AcceptanceSystem, self._port),
            cast(Clock, SystemClock()),
            replace(STATION, division_code=division_code),
            uniform=uniform,
            token=lambda: credential,
            uploader=SerialUploader(),
            retry=policy,
        )
        self._runner.start()
        self._runner.step()
        self._store.write(lambda transaction: transaction.put_setting("sync.enrolment", "enrolled")).result()

    async def run(self, seconds_away: float) -> None:
        """From the moment the link is back until every case is sent."""
        await self._see_the_link()
        left_alone = self._runner.link_returned(seconds_away)
        polling = asyncio.create_task(self._poll(left_alone))
        try:
            while True:
                step = await self._step()
                if step.failure is not None and not isinstance(step.failure, Busy):
                    self._tally.failures[type(step.failure).__name__] += 1
                    await self._see_the_link()
                if not step.did:
                    if step.until is None:
                        return
                    await asyncio.sleep(max(0.0, (step.until - datetime.now(UTC)).total_seconds()))
        finally:
            polling.cancel()
            self._line.close()
            self._poll_line.close()

    async def _see_the_link(self) -> None:
        """As the link watch: soon, and then more slowly, up to 15 s."""
        failures = 0
        while True:
            try:
                if (await self._ask("health", self._line, "GET", "/v1/health")).status == 200:
                    return
            except AcceptanceFailure:
                pass
            ceiling = min(15.0, 2.0 * 1.5**failures)
            failures += 1
            await asyncio.sleep(self._uniform(ceiling / 2, ceiling))

    async def _step(self) -> Step:
        while True:
            try:
                return self._runner.step()
            except Awaited as call:
                key = (call.case_id, call.payload)
                try:
                    self._port.answers[key] = await self._answer(call)
                except AcceptanceFailure as failure:
                    self._port.answers[key] = failure
            except PagesWanted as wanted:
                await self._send_pages(wanted.rows)

    async def _answer(self, call: Awaited) -> Registered | Committed | CaseAnswer | None:
        if call.payload is None:
            held = await self._ask("confirm", self._line, "GET", f"/v1/cases/{call.case_id}")
            if held.status == 404:
                return None
            if held.status != 200:
                raise failure_of(held)
            known = model_of(held, CaseAnswer)
            for revision in known.revisions:
                self._tally.told(call.case_id, revision.receipt.receipt_id if revision.receipt else "")
            return known
        began = time.monotonic()
        answer = await self._ask("put", self._line, "PUT", f"/v1/cases/{call.case_id}/revisions/1", call.payload)
        if answer.status not in (201, 202):
            raise failure_of(answer)
        self._tally.latencies.append(time.monotonic() - began)
        self._tally.told(call.case_id)
        if answer.status == 202:
            registered = model_of(answer, RegisteredAnswer)
            return Registered(registered.payload_sha256, tuple(registered.missing))
        receipt = model_of(answer, ReceiptAnswer)
        self._tally.told(call.case_id, receipt.receipt_id)
        return Committed(receipt.payload_sha256, tuple(receipt.pages), answer.body.decode())

    async def _send_pages(self, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            manifest = RevisionPayload.model_validate_json(row.payload).manifest
            try:
                for entry in manifest:
                    await self._send_page(self._bytes[entry.sha256])
            except AcceptanceFailure as failure:
                self._runner._failed(row, failure)
                return
            self._runner._pages_complete(row)

    async def _send_page(self, page: bytes) -> None:
        begun = await self._ask("page", self._line, "POST", "/v1/pages/", b"", creation(len(page), sha256_hex(page)))
        if begun.status != 201:
            raise failure_of(begun)
        sent = await self._ask("page", self._line, "PATCH", begun.headers["location"], page, patching(0))
        if sent.status != 204:
            raise failure_of(sent)

    async def _poll(self, left_alone: float) -> None:
        """The other thread of the program: one long poll after the other."""
        wait = left_alone
        while True:
            await asyncio.sleep(wait)
            try:
                path = f"/v1/changes?after=&wait={POLL_SECONDS:g}"
                answer = await self._ask("poll", self._poll_line, "GET", path, wait_seconds=POLL_SECONDS)
                failure = None if answer.status == 200 else failure_of(answer)
            except AcceptanceFailure as unanswered:
                failure = unanswered
            wait = self._runner.busy_wait(failure) if isinstance(failure, Busy) else _POLL_PAUSE if failure else 0.0

    async def _ask(
        self,
        what: str,
        line: Connection,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        wait_seconds: float = 0.0,
    ) -> Answer:
        self._tally.requests[what] += 1
        self._tally.arrivals[int(time.monotonic() - self._tally.began)] += 1
        answer = await line.exchange(method, path, {**self._headers, **(headers or {})}, body, wait_seconds)
        if answer.status == 503:
            self._tally.requests[f"{what} turned away"] += 1
        self._tally.statuses[answer.status] += 1
        return answer

    def all_sent(self) -> bool:
        """Whether every case has its receipt in the store."""
        rows = self._store.read(lambda snapshot: snapshot.outbox(frozenset(SendingState)))
        return all(row.state is SendingState.SENT and row.receipt for row in rows)
