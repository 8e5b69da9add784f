"""What the link watch tells, from what can be seen of the network without asking a public address."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.sync.server_line import Fault
from tests.sync.server_model import ServerModel
from tests.sync.window import SimClock
from villagedesk.acceptance.pinned_route import InterfaceKind, Way
from villagedesk.acceptance.port import AcceptanceFailure, Busy, Unanswered
from villagedesk.acceptance.wire import Health
from villagedesk.domain.messages import Messages
from villagedesk.sync.link import LinkKind, LinkNotices, LinkWatch, Reach, Route
from villagedesk.sync.link_layers import Finding, Sight
from villagedesk.sync.link_linux import LinuxLinkProbe, NetlinkNotices
from villagedesk.sync.link_polling import PollingNotices
from villagedesk.sync.link_probe import SocketLinkProbe

MESSAGES = Messages.from_folder(Path(__file__).parents[2] / "resources/messages/zh_CN")


@dataclass
class FakeProbe:
    """Shows what a test wants to be seen."""

    route: Route = Route.DEFAULT
    reach: Reach = Reach.CONNECTED
    asked: threading.Event = field(default_factory=threading.Event)
    connects: int = 0

    def route_to(self, host: str) -> Route:
        route = self.route
        self.asked.set()
        return route

    def look(self, host: str) -> Sight:
        default = Way("", InterfaceKind.UNKNOWN, default=True)
        own = Way("", InterfaceKind.UNKNOWN, default=False)
        way = {Route.NONE: None, Route.DEFAULT: default, Route.OWN: own}[self.route]
        return Sight(default=None if self.route is Route.NONE else default, way=way, places=(host,))

    def way_to(self, peer: str, own: str) -> Way:
        return Way("", InterfaceKind.UNKNOWN, default=self.route is Route.DEFAULT)

    def connect(self, host: str, port: int, seconds: float, given_up: Callable[[], bool]) -> Reach:
        self.connects += 1
        return self.reach


def never() -> bool:
    """Nobody gives up."""
    return False


def watch(probe: FakeProbe, fault: Fault = Fault.NONE) -> LinkWatch:
    return LinkWatch(
        probe, ServerModel(lambda _call: fault), "https://10.1.2.3:8443", SimClock(), lambda _low, high: high
    )


@pytest.mark.parametrize(
    ("route", "reach", "fault", "kind"),
    [
        (Route.NONE, Reach.SILENT, Fault.NONE, LinkKind.NO_NETWORK),
        (Route.DEFAULT, Reach.SILENT, Fault.NONE, LinkKind.INTERNET_ONLY),
        (Route.DEFAULT, Reach.NAME_UNKNOWN, Fault.NONE, LinkKind.INTERNET_ONLY),
        (Route.OWN, Reach.SILENT, Fault.NONE, LinkKind.NO_ANSWER),
        (Route.DEFAULT, Reach.REFUSED, Fault.NONE, LinkKind.NO_ANSWER),
        (Route.OWN, Reach.CONNECTED, Fault.HTML, LinkKind.NO_ANSWER),
        (Route.DEFAULT, Reach.CONNECTED, Fault.ERROR_BEFORE, LinkKind.NO_ANSWER),
        (Route.DEFAULT, Reach.CONNECTED, Fault.NONE, LinkKind.ONLINE),
        (Route.OWN, Reach.CONNECTED, Fault.NONE, LinkKind.ONLINE),
    ],
)
def test_what_is_told(route: Route, reach: Reach, fault: Fault, kind: LinkKind) -> None:
    state = watch(FakeProbe(route, reach), fault).check()
    assert state.kind is kind
    assert MESSAGES.text(state.message_key)
    if state.reason:
        assert MESSAGES.text(state.reason)


def test_the_clocks_are_compared() -> None:
    state = watch(FakeProbe()).check()
    # The model's clock stands at 01:02:03.000004, this one at 01:00.
    assert state.clock_skew == pytest.approx(-123.000004)


def test_it_looks_again_soon_then_more_slowly_and_not_at_all_while_online() -> None:
    probe = FakeProbe(reach=Reach.REFUSED)
    link = watch(probe)
    waits = []
    for _ in range(30):
        link.check()
        waits.append(link.seconds_to_next() or 0.0)
    assert waits == sorted(waits)
    assert (waits[0], waits[11], waits[-1]) == (3.0, 15.0, 60.0)
    link.distrust_waits()
    assert link.seconds_to_next() == 2.0
    probe.reach = Reach.CONNECTED
    link.check()
    assert link.seconds_to_next() is None


def test_sockets_show_what_is_there() -> None:
    probe = SocketLinkProbe()
    assert probe.route_to("127.0.0.1") is Route.OWN
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert probe.connect("127.0.0.1", port, 2.0, never) is Reach.CONNECTED
    assert probe.connect("127.0.0.1", port, 2.0, never) is Reach.REFUSED
    assert probe.connect("no-such-host.invalid", 1, 2.0, never) is Reach.NAME_UNKNOWN


@pytest.mark.skipif(sys.platform != "linux", reason="netlink is Linux's")
def test_where_the_kernel_gives_no_netlink_sockets_show_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> object:
        raise OSError("no netlink here")

    monkeypatch.setattr("villagedesk.sync.netlink.links", refuse)
    probe = LinuxLinkProbe()
    way = probe.look("127.0.0.1").way
    assert way is not None
    assert way.kind is InterfaceKind.LOOPBACK
    assert probe.route_to("127.0.0.1") is Route.OWN


def test_polling_notices_a_new_route() -> None:
    probe, noticed = FakeProbe(Route.NONE), threading.Event()
    notices = PollingNotices(probe, "10.1.2.3", seconds=0.01)
    notices.start(noticed.set)
    assert probe.asked.wait(30)  # a route that changes before the first look is no change
    probe.route = Route.DEFAULT
    assert noticed.wait(30)
    assert notices.stop(30)


@pytest.mark.skipif(sys.platform != "linux", reason="netlink is Linux's")
def test_netlink_notices_start_and_stop_at_once() -> None:
    notices = NetlinkNotices()
    notices.start(lambda: None)
    assert notices.stop(30)


def polled() -> tuple[LinkNotices, Callable[[], object]]:
    probe = FakeProbe(Route.NONE)

    def change() -> None:
        assert probe.asked.wait(30)
        probe.route = Route.DEFAULT

    return PollingNotices(probe, "10.1.2.3", seconds=0.01), change


def told_by_the_kernel() -> tuple[LinkNotices, Callable[[], object]]:
    notices = NetlinkNotices()
    notices._netlink.close()
    notices._netlink, kernel = socket.socketpair()

    def change() -> None:
        with kernel:
            kernel.send(b"news")

    return notices, change


@pytest.mark.parametrize("kind", [polled, told_by_the_kernel])
def test_a_listener_at_work_holds_the_end_up_no_longer_than_was_said(
    kind: Callable[[], tuple[LinkNotices, Callable[[], object]]],
) -> None:
    notices, change = kind()
    at_work, go_on = threading.Event(), threading.Event()

    def listen() -> None:
        at_work.set()
        assert go_on.wait(30)

    notices.start(listen)
    try:
        change()
        assert at_work.wait(30)
        assert not notices.stop(0.05)
    finally:
        go_on.set()
    assert notices.stop(30)


def test_where_nothing_can_leave_nothing_is_tried() -> None:
    probe = FakeProbe(Route.NONE)
    link = watch(probe)
    assert link.glance() is not None
    assert link.check().kind is LinkKind.NO_NETWORK
    assert probe.connects == 0


def test_a_village_without_link_for_an_hour_asks_less_than_once_in_fifteen_seconds() -> None:
    probe = FakeProbe(reach=Reach.SILENT)
    link = LinkWatch(probe, ServerModel(), "https://10.1.2.3:8443", SimClock(), lambda low, _high: low)
    past, packets = 0.0, []
    while past < 3600:
        link.check()
        packets += [past, past + 1]  # the packet that asks, and its one repetition
        past += link.seconds_to_next() or 0.0
    late = [moment for moment in packets if moment > 600]
    assert len(late) <= 3000 / 15, "at the shortest waits that chance can give"


class BusyModel(ServerModel):
    """Says at each look what a test put there; None is well."""

    def __init__(self) -> None:
        super().__init__()
        self.says: AcceptanceFailure | None = Busy("sync.reason.busy", "503", 600.0)
        self.asked = 0

    def health(self) -> Health:
        self.asked += 1
        if self.says is not None:
            raise self.says
        return super().health()


def test_a_system_that_says_when_to_come_back_is_not_asked_before_whatever_the_network_does() -> None:
    model, clock, spread = BusyModel(), SimClock(), 30.0
    link = LinkWatch(FakeProbe(), model, "https://10.1.2.3:8443", clock, lambda low, _high: low)
    link.check()
    assert link.seconds_to_next() == 600.0
    late = LinkWatch(FakeProbe(), model, "https://10.1.2.3:8443", clock, lambda _low, high: high)
    late.check()
    assert late.seconds_to_next() == 600.0 + spread
    model.asked = 0
    for _ in range(5):
        clock.advance(100)
        link.distrust_waits()
        state = link.check()
        assert state.ruling is not None
        assert (state.ruling.finding, state.raw) == (Finding.SYSTEM_BUSY, "503")
    assert model.asked == 0
    model.says = None
    clock.advance(100)
    assert link.check().kind is LinkKind.ONLINE


def test_the_clerk_may_ask_a_busy_system_all_the_same() -> None:
    model = BusyModel()
    link = LinkWatch(FakeProbe(), model, "https://10.1.2.3:8443", SimClock(), lambda low, _high: low)
    link.check()
    model.says = None
    link.ask_anyway()
    assert link.check().kind is LinkKind.ONLINE


def test_a_system_that_takes_connections_and_fails_is_asked_ever_more_rarely() -> None:
    model = BusyModel()
    model.says = Unanswered("sync.reason.server_error", "500")
    link = LinkWatch(FakeProbe(), model, "https://10.1.2.3:8443", SimClock(), lambda low, _high: low)
    waits = []
    for _ in range(9):
        link.check()
        waits.append(link.seconds_to_next())
    assert waits == [2.5, 5, 10, 20, 40, 80, 150, 150, 150], "at the shortest that chance can give"
    model.says = Unanswered("sync.reason.not_ours", "a portal")
    link.check()
    assert (link.seconds_to_next() or 0) <= 15, "who is not the system need not be spared: the clerk logs in there"


def test_a_try_to_connect_is_given_up_and_begun_anew_when_the_network_changes() -> None:
    class Changing(FakeProbe):
        def connect(self, host: str, port: int, seconds: float, given_up: Callable[[], bool]) -> Reach:
            self.connects += 1
            if self.connects > 1:
                return Reach.CONNECTED
            assert not given_up()
            link.distrust_waits()
            assert given_up()
            return Reach.SILENT

    probe = Changing()
    link = watch(probe)
    assert link.check().kind is LinkKind.ONLINE
    assert probe.connects == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue is answered, not silent")
def test_a_silent_host_is_given_up_as_soon_as_that_is_wanted() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(full.getsockname())  # nobody takes them: the next one hears nothing
        asked: list[bool] = []

        def given_up() -> bool:
            asked.append(True)
            return len(asked) > 1

        assert SocketLinkProbe().connect("127.0.0.1", full.getsockname()[1], 3600.0, given_up) is Reach.SILENT
        assert len(asked) == 2
