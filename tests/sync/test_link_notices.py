"""The system's notices: told at once whatever the sync thread does, and by looking where the system gives none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from tests.sync.server_line import Fault
from tests.sync.test_engine import Running
from villagedesk.domain.outbox import SendingState
from villagedesk.sync.link import LinkKind, Route
from villagedesk.sync.link_windows import WindowsNotices


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    try:
        yield made
    finally:
        assert made.engine.stop()


def test_a_link_lost_and_found_in_the_middle_of_a_page_is_told_while_the_page_waits(running: Running) -> None:
    _case, row = running.clerk.take_in([b"page"])
    on_its_way, go_on = threading.Event(), threading.Event()

    def hold(call: str) -> Fault:
        if call == "send_chunk":
            on_its_way.set()
            assert go_on.wait(30)
        return Fault.NONE

    running.faults = hold
    running.engine.start()
    try:
        assert on_its_way.wait(30)
        running.probe.route = Route.NONE
        running.notices.listener()
        running.wait_for(lambda: running.engine.status.link.kind is LinkKind.NO_NETWORK)
        running.probe.route = Route.DEFAULT
        running.notices.listener()
        running.wait_for(lambda: running.engine.status.link.kind is LinkKind.ONLINE)
        assert running.state(row) is SendingState.UPLOADING
    finally:
        go_on.set()
    running.wait_for(lambda: running.state(row) is SendingState.SENT)


class Beside:
    """Notices that go on beside the system's."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[], None]] = []
        self.stopped = False

    def start(self, listener: Callable[[], None]) -> None:
        self.listeners.append(listener)

    def stop(self, seconds: float) -> bool:
        self.stopped = True
        return True


class SystemLibrary:
    """``iphlpapi`` as it is documented: three calls that register a callback, and one that ends each."""

    def __init__(self, refused: str = "") -> None:
        self.registered: list[object] = []
        self.cancelled = 0
        self.last_call_ended = threading.Event()
        self.last_call_ended.set()
        self.callback: Callable[[], None] = lambda: None
        for name in ("NotifyIpInterfaceChange", "NotifyUnicastIpAddressChange", "NotifyRouteChange2"):
            setattr(self, name, self._call(name, refused))
        self.CancelMibChangeNotify2 = self._cancel_call()

    def _call(self, name: str, refused: str) -> Callable[..., int]:
        def call(family: int, callback: Callable[..., None], context: None, initial: int, handle: object) -> int:
            assert (family, context, initial) == (0, None, 0)
            if name == refused:
                return 50
            self.registered.append(name)
            self.callback = lambda: callback(None, None, 1)
            return 0

        return call

    def _cancel_call(self) -> Callable[..., int]:
        def call(handle: object) -> int:
            assert self.last_call_ended.wait(30)
            self.cancelled += 1
            return 0

        return call


@pytest.mark.parametrize("refused", ["", "NotifyRouteChange2"])
def test_windows_notices_by_their_documentation(monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    """Not on Windows: that the calls are made and ended in pairs, and that what is refused harms nothing."""
    library, beside, heard = SystemLibrary(refused), Beside(), threading.Event()
    monkeypatch.setattr("ctypes.WinDLL", lambda name: library, raising=False)
    monkeypatch.setattr("ctypes.WINFUNCTYPE", lambda *kinds: lambda function: function, raising=False)
    notices = WindowsNotices(beside)
    notices.start(heard.set)
    library.callback()
    assert heard.is_set()
    assert len(library.registered) == (2 if refused else 3)
    assert notices.stop(30)
    assert library.cancelled == len(library.registered)
    assert beside.stopped


def test_a_system_without_those_calls_is_looked_at_from_time_to_time() -> None:
    beside = Beside()
    notices = WindowsNotices(beside)
    notices.start(lambda: None)
    assert len(beside.listeners) == 1
    assert notices.stop(30)
    assert beside.stopped


def test_a_listener_at_work_holds_the_end_of_windows_notices_up_no_longer_than_was_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = SystemLibrary()
    monkeypatch.setattr("ctypes.WinDLL", lambda name: library, raising=False)
    monkeypatch.setattr("ctypes.WINFUNCTYPE", lambda *_types: lambda callback: callback, raising=False)
    notices = WindowsNotices(Beside())
    notices.start(lambda: None)
    library.last_call_ended.clear()
    try:
        assert not notices.stop(0.05)
        assert not notices.stop(0.05)
    finally:
        library.last_call_ended.set()
    assert notices.stop(30)
    assert library.cancelled == len(library.registered) == 3
