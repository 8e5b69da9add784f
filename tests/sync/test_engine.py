"""The thread edge: wakes by itself, is never ended by an exception, and stops quickly."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.server_line import Fault
from tests.sync.server_model import ServerModel
from tests.sync.test_link import FakeProbe
from tests.sync.window import STATION, Clerk, SimClock
from villagedesk.acceptance.port import LoginNeeded, Unanswered
from villagedesk.acceptance.wire import ChangesAnswer, Health
from villagedesk.domain.document import PDF, Document
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot
from villagedesk.sync.changes import Changes
from villagedesk.sync.documents import DocumentPull
from villagedesk.sync.engine import SyncEngine
from villagedesk.sync.held import HeldPull
from villagedesk.sync.link import LinkKind, LinkWatch, Reach
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.row_exchange import Step
from villagedesk.sync.runner import Runner
from villagedesk.sync.status import SyncStatus
from villagedesk.sync.traffic import Traffic
from villagedesk.sync.uploader import ThreadedUploader

_PATIENCE_S = 30.0
_IN_AN_HOUR = RetryPolicy(first=3600.0, cap=3600.0, busy_spread=3600.0)


class RealClock:
    """The machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()


class SilentNotices:
    """Notices that a test gives itself."""

    listener: Callable[[], None] = staticmethod(lambda: None)

    def start(self, listener: Callable[[], None]) -> None:
        self.listener = listener

    def stop(self, seconds: float) -> bool:
        return True


class Running:
    """An engine on memory store and model, in real time; a row's own wait is longer than any test."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.vault = MemoryVault()
        self.stopping = threading.Event()
        self.faults: Callable[[str], Fault] = lambda _call: Fault.NONE
        self.server = ServerModel(lambda call: self.faults(call))
        self.server.changes = self._changes  # type: ignore[method-assign]
        self.probe = FakeProbe()
        self.notices = SilentNotices()
        self.clerk = Clerk(self.store, self.vault, SimClock())
        self.published: list[SyncStatus] = []
        self.moved = threading.Condition()
        clock, traffic = RealClock(), Traffic()
        self.runner = Runner(
            self.store,
            self.vault,
            self.server,
            clock,
            STATION,
            uniform=lambda _low, high: high,
            token=lambda: "token" * 8,
            uploader=ThreadedUploader(traffic),
            retry=_IN_AN_HOUR,
            traffic=traffic,
        )
        self.engine = SyncEngine(
            self.runner,
            Changes(self.store, self.server, clock),
            Reconciler(self.store, self.server, self.runner.ledger),
            LinkWatch(self.probe, self.server, STATION.address, clock, lambda _low, high: high),
            self.notices,
            documents=DocumentPull(self.store, self.vault, self.server, clock, lambda _low, high: high),
            held=HeldPull(self.store, self.server, clock, lambda _low, high: high),
            abort=self.stopping.set,
            publish=self._publish,
        )

    def wait_for(self, reached: Callable[[], bool]) -> None:
        """Until something is so."""
        with self.moved:
            assert self.moved.wait_for(reached, _PATIENCE_S), self.engine.status

    def until(self, reached: Callable[[], bool]) -> None:
        """Until something is so that is not published: each commit is looked at."""
        met = threading.Event()
        hear_no_more = self.store.subscribe(lambda: met.set() if reached() else None)
        try:
            assert reached() or met.wait(_PATIENCE_S), self.engine.status
        finally:
            hear_no_more()

    def state(self, row: OutboxRow) -> SendingState:
        """Of a row, as stored."""
        return self.store.read(lambda snapshot: snapshot.outbox_row(row.action_id)).state

    def _publish(self, status: SyncStatus) -> None:
        with self.moved:
            self.published.append(status)
            self.moved.notify_all()

    def _changes(self, after: str, wait_seconds: float) -> ChangesAnswer:
        self.stopping.wait(wait_seconds)
        return ServerModel.changes(self.server, after, wait_seconds)


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    try:
        yield made
    finally:
        assert made.engine.stop()


def test_what_waits_goes_by_itself_and_a_commit_wakes_it(running: Running) -> None:
    _case, first = running.clerk.take_in([bytes([number]) * 100 for number in range(6)])
    running.engine.start()
    running.wait_for(lambda: running.state(first) is SendingState.SENT)
    _case, second = running.clerk.take_in([])
    running.wait_for(lambda: running.state(second) is SendingState.SENT)
    assert running.engine.status.link.kind is LinkKind.ONLINE


def test_what_waits_to_be_sent_has_the_connection_that_stands(running: Running) -> None:
    """The long poll for changes took it, and the first record greeted anew, on a line where that takes seconds."""
    polled = threading.Event()
    order: list[str] = []

    def changes(after: str, wait_seconds: float) -> ChangesAnswer:
        order.append("changes")
        polled.set()
        return ServerModel.changes(running.server, after, wait_seconds)

    step = running.runner.step

    def late() -> Step:
        if "step" not in order:
            polled.wait(0.2)
            order.append("step")
        return step()

    while not running.runner.is_enrolled():
        running.runner.step()
    running.server.changes = changes  # type: ignore[method-assign]
    running.runner.step = late  # type: ignore[method-assign]
    running.engine.start()
    assert polled.wait(_PATIENCE_S)
    assert order[:2] == ["step", "changes"]


def test_nothing_is_asked_while_the_link_is_down_and_a_notice_wakes_it(running: Running) -> None:
    running.probe.reach = Reach.SILENT
    _case, row = running.clerk.take_in([])
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.INTERNET_ONLY)
    assert running.server.calls == []
    assert running.state(row) is SendingState.QUEUED
    running.probe.reach = Reach.CONNECTED
    running.notices.listener()
    running.wait_for(lambda: running.state(row) is SendingState.SENT)


def test_changes_that_fail_while_the_link_is_well_are_asked_for_ever_more_rarely(running: Running) -> None:
    """2,600 villages that all ask every five seconds keep a poor server down."""
    asked = threading.Semaphore(0)
    met: list[int] = []

    def failing(after: str, wait_seconds: float) -> ChangesAnswer:
        asked.release()
        raise Unanswered("sync.reason.server_error", "500")

    def wait(failures: int) -> float:
        met.append(failures)
        return 0.0 if failures < 1 else 3600.0

    running.server.changes = failing  # type: ignore[method-assign]
    running.runner.network_wait = wait  # type: ignore[method-assign]
    _case, row = running.clerk.take_in([])
    running.engine.start()
    running.wait_for(lambda: running.state(row) is SendingState.SENT)
    for _ in range(2):
        assert asked.acquire(timeout=_PATIENCE_S)
    running.wait_for(lambda: met == [0, 1])
    assert running.engine.status.link.kind is LinkKind.ONLINE


def test_a_link_that_dies_without_a_word_is_noticed_though_nobody_asks_anything(running: Running) -> None:
    """A station whose login is not accepted sends and hears nothing; what it shows is to be so all the same."""

    def login(after: str, wait_seconds: float) -> ChangesAnswer:
        raise LoginNeeded("sync.reason.login", "403")

    running.server.changes = login  # type: ignore[method-assign]
    running.runner.unheard_wait = lambda: 0.2  # type: ignore[method-assign]
    running.server.knows_replace = False
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.ONLINE)
    running.probe.reach = Reach.SILENT
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.INTERNET_ONLY)


def test_send_now_ends_the_waits(running: Running) -> None:
    _case, row = running.clerk.take_in([])
    busy = [Fault.BUSY]
    running.faults = lambda call: busy.pop() if call == "put_revision" and busy else Fault.NONE
    running.engine.start()
    running.wait_for(lambda: running.engine.status.failure_key == "sync.reason.busy")
    assert running.state(row) is SendingState.WAITING
    running.engine.kick()
    running.wait_for(lambda: running.state(row) is SendingState.SENT)
    assert running.engine.status.failure_key == ""


def test_a_clock_that_is_set_back_makes_no_wait_longer(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an hour is less than the longest wait, so the stored moment alone could be a true one."""
    monkeypatch.setattr(running.runner, "retry", RetryPolicy(first=1.0, cap=1.0))
    _case, row = running.clerk.take_in([])
    _case, other = running.clerk.take_in([])
    answers = [Fault.NO_CONNECTION, Fault.CUT_BEFORE]
    running.faults = lambda call: answers.pop() if call == "put_revision" and answers else Fault.NONE
    clock, real = running.runner.clock, running.runner.clock.now

    def publish(status: SyncStatus) -> None:
        if status.failure_key:
            monkeypatch.setattr(clock, "now", lambda: real() - timedelta(minutes=30))
        told(status)

    told = running.engine._told._publish
    monkeypatch.setattr(running.engine._told, "_publish", publish)
    running.engine.start()
    running.wait_for(lambda: running.state(row) is running.state(other) is SendingState.SENT)


def test_a_link_that_falls_in_mid_work_is_told_and_the_row_goes_on(running: Running) -> None:
    _case, row = running.clerk.take_in([b"page"])
    down = threading.Event()

    def fall(call: str) -> Fault:
        if call == "create_upload" and not down.is_set():
            down.set()
            running.probe.reach = Reach.SILENT
        return Fault.NO_CONNECTION if running.probe.reach is Reach.SILENT else Fault.NONE

    running.faults = fall
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.INTERNET_ONLY)
    assert running.state(row) is SendingState.WAITING
    running.probe.reach = Reach.CONNECTED
    running.notices.listener()
    # The row's own wait is an hour; the link that returned ends it.
    running.wait_for(lambda: running.state(row) is SendingState.SENT)


def test_i11_a_bug_or_a_full_disk_does_not_end_it_and_tells_no_personal_data(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("villagedesk.sync.turns._AFTER_TROUBLE", 0.01)
    caplog.set_level(logging.ERROR, "villagedesk.sync.engine")
    step, troubles = running.runner.step, [KeyError("张不存 11010119000101001X"), EnvironmentProblem("store.disk_full")]

    def failing() -> Step:
        if troubles:
            raise troubles.pop()
        return step()

    monkeypatch.setattr(running.runner, "step", failing)
    _case, row = running.clerk.take_in([])
    running.engine.start()
    running.wait_for(lambda: running.state(row) is SendingState.SENT)
    assert any(status.problem_key == "store.disk_full" for status in running.published)
    assert running.engine.status.problem_key == ""
    assert "KeyError" in caplog.text
    assert "张不存" not in caplog.text


def test_i11_a_disk_that_cannot_even_be_read_for_a_while_does_not_end_it(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("villagedesk.sync.turns._AFTER_TROUBLE", 0.01)
    read, broken = running.store.read, threading.Event()

    def reading(work: Callable[[Snapshot], object]) -> object:
        if broken.is_set():
            raise EnvironmentProblem("store.unreadable")
        return read(work)

    monkeypatch.setattr(running.store, "read", reading)
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.ONLINE)
    broken.set()
    running.engine.kick()
    running.wait_for(lambda: running.engine.status.problem_key == "store.unreadable")
    broken.clear()
    running.wait_for(lambda: running.engine.status.problem_key == "")
    _case, row = running.clerk.take_in([])
    running.wait_for(lambda: running.state(row) is SendingState.SENT)


def test_i11_a_screen_that_fails_while_it_is_told_does_not_end_it(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("villagedesk.sync.turns._AFTER_TROUBLE", 0.01)
    caplog.set_level(logging.ERROR, "villagedesk.sync.engine")
    publish, failures = running.engine._told._publish, [RuntimeError("a screen that is gone")] * 3

    def failing(status: SyncStatus) -> None:
        if failures:
            raise failures.pop()
        publish(status)

    monkeypatch.setattr(running.engine._told, "_publish", failing)
    _case, row = running.clerk.take_in([])
    running.engine.start()
    running.wait_for(lambda: running.state(row) is SendingState.SENT)
    assert not failures


def test_what_was_lost_comes_again_while_the_changes_are_waited_for(running: Running) -> None:
    """The clerk who finds that a result's file is gone stands before the neighbour it is for."""
    polling, answered = threading.Event(), threading.Event()

    def changes(after: str, wait_seconds: float) -> ChangesAnswer:
        answer = ServerModel.changes(running.server, after, 0.0)
        if not answer.changes:
            polling.set()
            running.stopping.wait(wait_seconds)
            answered.set()
        return answer

    running.server.changes = changes  # type: ignore[method-assign]
    case, row = running.clerk.take_in([])
    running.engine.start()
    running.wait_for(lambda: running.state(row) is SendingState.SENT)
    assert polling.wait(_PATIENCE_S)
    content = b"%PDF-1.7 what was decided" * 9000
    record = running.server.hand_out(case.case_id, "result", content)
    announced = Document(case.case_id, "result", record.name, PDF, len(content), record.sha256, datetime.now(UTC))

    def here() -> bool:
        found = running.store.read(lambda snapshot: snapshot.documents(case.case_id))
        return [one.is_here for one in found] == [True]

    running.store.write(lambda transaction: transaction.put_document(announced)).result()
    running.until(here)
    (document,) = running.store.read(lambda snapshot: snapshot.documents(case.case_id))
    assert running.vault.get(document.page_id, document.sha256) == content
    assert not answered.is_set()


def test_a_login_that_is_refused_is_not_tried_again_until_the_sync_thread_has_acted_on_it(running: Running) -> None:
    """Which may take minutes, while it drains pages or looks at the link: all stations of a revoked county would ask as
    fast as the line goes."""
    asked: list[float] = []
    busy, go_on = threading.Event(), threading.Event()
    step = running.runner.step

    def at_length() -> Step:
        if asked and not go_on.is_set():
            busy.set()
            assert go_on.wait(_PATIENCE_S)
        return step()

    def refused() -> bool:
        asked.append(monotonic())
        running.engine.kick()
        assert busy.wait(_PATIENCE_S)
        raise LoginNeeded("sync.reason.login", "401")

    held: HeldPull = vars(running.engine)["_held"]
    held.run = refused  # type: ignore[method-assign]
    running.runner.step = at_length  # type: ignore[method-assign]
    running.engine.start()
    try:
        assert busy.wait(_PATIENCE_S)
        for _ in range(50):
            running.clerk.take_in([])  # news, at which it would ask again
            assert not running.stopping.wait(0.005)
        assert len(asked) == 1
    finally:
        held.run = lambda: False  # type: ignore[method-assign]
        go_on.set()


def test_it_stops_at_once_in_the_middle_of_a_long_poll(running: Running) -> None:
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.ONLINE)
    began = monotonic()
    assert running.engine.stop()
    assert monotonic() - began < _PATIENCE_S / 3, "the poll itself would have taken 25 s"


@pytest.mark.parametrize("call", ["send_chunk", "put_revision", "case"])
def test_a_call_that_hangs_holds_its_end_up_no_longer_than_was_said(running: Running, call: str) -> None:
    _case, row = running.clerk.take_in([b"page"])
    if call == "case":
        asked = replace(row, state=SendingState.CONFIRMING, frozen_at=row.created_at)
        running.store.write(lambda transaction: transaction.update_outbox(asked)).result()
    on_its_way, go_on = threading.Event(), threading.Event()

    def hang(what: str) -> Fault:
        if what == call:
            on_its_way.set()
            assert go_on.wait(_PATIENCE_S)
        return Fault.NONE

    running.faults = hang
    running.engine.start()
    try:
        assert on_its_way.wait(_PATIENCE_S)
        began = monotonic()
        assert not running.engine.stop(0.2)
        assert monotonic() - began < _PATIENCE_S / 3
    finally:
        go_on.set()


def test_a_record_that_waits_for_its_share_of_the_line_waits_no_longer_when_all_ends(running: Running) -> None:
    slow = threading.Event()

    def limit() -> float:
        slow.set()
        return 1.0

    vars(running.runner.traffic.pace)["_read_limit"] = limit
    _case, row = running.clerk.take_in([])
    running.engine.start()
    running.wait_for(lambda: slow.is_set() and running.state(row) is SendingState.SENDING)
    assert running.engine.stop(_PATIENCE_S / 3)
    assert running.server.calls.count("put_revision") == 1, (
        "it goes where calls are broken off, and is asked about later"
    )


def test_an_engine_that_ended_is_let_go_by_the_store(running: Running) -> None:
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.ONLINE)
    assert running.store.listening == 1
    assert running.engine.stop()
    assert running.store.listening == 0


def test_what_was_advised_to_a_whole_county_at_once_holds_for_minutes_only(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RetryPolicy, "advice", staticmethod(lambda _uniform: 0.0))
    crowded, heard = running.server.health(), threading.Event()
    asked = 0

    def health() -> Health:
        nonlocal asked
        asked += 1
        if asked > 1:
            heard.set()
        return crowded.model_copy(update={"connections": 1 if asked == 1 else 8})

    monkeypatch.setattr(running.server, "health", health)
    running.engine.start()
    assert heard.wait(_PATIENCE_S), "the link answers all the time, so nothing else has it asked again"
    running.wait_for(lambda: running.engine._link.connections == 8)
    assert running.engine.status.link.connections == 1, "it was not taken for a link that came back"


def test_a_system_that_gives_no_advice_now_is_not_taken_for_a_broken_link(running: Running) -> None:
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.ONLINE)
    running.faults = lambda call: Fault.CUT_BEFORE if call == "health" else Fault.NONE
    assert running.engine._link.hear_advice() is None
    assert running.engine.status.link.kind is LinkKind.ONLINE
