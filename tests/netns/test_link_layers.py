"""Each trouble of the line, made in a real network, is told for what it is; and nothing is said to strangers."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic

import pytest

from tests.netns.dated_certificate import dated_certificate
from tests.netns.network import (
    COUNTY,
    HOST,
    PROVIDER,
    PROVIDERS_SIDE,
    ROUTER,
    STATION,
    WAY_IN,
    Network,
    need_namespaces,
)
from tests.netns.stranger import HANG_UP, Stranger
from tests.sync.test_engine import RealClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.http_line import Timeouts
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.messages import Messages
from villagedesk.domain.station import StationFile
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.station_file import Practice, make_practice
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.assembly import engine_for, link_probe
from villagedesk.sync.engine import SyncEngine
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.link import LinkKind, LinkState, LinkWatch
from villagedesk.sync.link_layers import Finding, LayerName, Mark
from villagedesk.sync.route_pins import ROUTE_PIN, RoutePins, accept_route
from villagedesk.sync.status import SyncStatus

MESSAGES = Messages.from_folder(Path(__file__).parents[2] / "resources/messages/zh_CN")
_PATIENCE_S = 60.0
_REACTION_S = 2.0
_IPV4 = 0x0800
_HOST6 = "fd00:41::21"
_SHORT = Timeouts(connect=2.0, read=2.0, answer=4.0)
_HTML = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: 20\r\nLocation: https://192.168.1.1/login\r\n\r\n"
_PAGE = b"<html>login</html>\r\n"
_PROBLEM = b'{"type":"about:blank","title":"no","status":403,"code":"blocked","message":"no"}'
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/problem+json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_PROBLEM),
    _PROBLEM,
)


@pytest.fixture
def network() -> Iterator[Network]:
    need_namespaces()
    made = Network()
    yield made
    made.close()


@pytest.fixture
def no_vpn() -> Iterator[Network]:
    need_namespaces()
    made = Network(vpn=False)
    yield made
    made.close()


class Window:
    """A station's store and road out, in its namespace; what the engine says is kept."""

    def __init__(self, network: Network, station: StationFile, folder: Path) -> None:
        self.network = network
        self.station = station
        (folder / "data").mkdir()
        key = DataKey.generate()
        self.store = EncryptedStore.create(folder / "data", key, RealClock())
        self._vault = PageVault(folder / "data" / VAULT_FOLDER, key.vault)
        self._moved = threading.Condition()
        self.status = SyncStatus()
        with network.inside(STATION):
            self.routes = RoutePins(self.store, station, link_probe())
            self.system = HttpAcceptanceSystem(
                station.address,
                station.ca_pem,
                lambda: stored_credential(self.store),
                station.division_code,
                guard=self.routes.guard,
                timeouts=_SHORT,
            )
        self._engine: SyncEngine | None = None

    def start(self) -> None:
        with self.network.inside(STATION):
            self._engine = engine_for(
                self.store,
                self._vault,
                self.system,
                self.station,
                RealClock(),
                abort=self.system.abort,
                publish=self._publish,
                routes=self.routes,
            )
            self._engine.start()

    def kick(self) -> None:
        assert self._engine is not None
        self._engine.kick()

    def close(self) -> None:
        if self._engine is not None:
            self._engine.stop()
        self.system.close()
        self.store.close()

    def pinned(self) -> bool:
        return self.store.read(lambda snapshot: snapshot.setting(ROUTE_PIN)) != ""

    def seconds_until(self, reached: Callable[[LinkState], bool]) -> float:
        """How long the link's state took to be so."""
        began = monotonic()
        with self._moved:
            so = self._moved.wait_for(lambda: reached(self.status.link), _PATIENCE_S)
        assert so, self.status.link
        return monotonic() - began

    def rules(self, finding: Finding) -> Callable[[LinkState], bool]:
        return lambda link: link.ruling is not None and link.ruling.finding is finding

    def _publish(self, status: SyncStatus) -> None:
        with self._moved:
            self.status = status
            self._moved.notify_all()


@pytest.fixture
def server(network: Network, tmp_path: Path) -> Iterator[PracticeServer]:
    with network.inside(COUNTY):
        made = PracticeServer(tmp_path / "practice", host=HOST)
        made.start()
    yield made
    made.stop()


@pytest.fixture
def window(network: Network, server: PracticeServer, tmp_path: Path) -> Iterator[Window]:
    """Enrolled over the VPN, and the way pinned."""
    made = Window(network, server.practice.station_file(), tmp_path)
    pinned = threading.Event()
    made.store.subscribe(lambda: pinned.set() if made.pinned() else None)
    made.start()
    made.seconds_until(lambda link: link.kind is LinkKind.ONLINE)
    assert pinned.wait(_PATIENCE_S), "nothing was pinned"
    yield made
    made.close()


def marks(link: LinkState) -> dict[str, str]:
    return {layer.name.value: layer.mark.value for layer in link.layers}


def told(link: LinkState) -> str:
    """What the clerk reads; every sentence of every layer is in the catalogue with its parameters."""
    for layer in link.layers:
        assert MESSAGES.text(f"link.means.{layer.finding}", **layer.params)
    ruling = link.ruling
    return MESSAGES.text(link.message_key, **({} if ruling is None else ruling.params))


def test_everything_works_over_the_vpn_and_the_way_is_pinned(window: Window) -> None:
    window.kick()
    window.seconds_until(lambda link: link.kind is LinkKind.ONLINE and link.pin is not None)
    link = window.status.link
    assert link.pin is not None
    assert (link.pin.network, link.pin.kind, link.pin.default) == ("10.41.4.0/24", "tunnel", False)
    assert marks(link)["cable"] == marks(link)["vpn"] == marks(link)["system"] == "ok"


def test_a_cable_pulled_is_told_within_two_seconds_and_so_is_its_return(window: Window, network: Network) -> None:
    network.hang_up()
    window.seconds_until(window.rules(Finding.VPN_DOWN_OR_LINE))
    network.ip(WAY_IN, "link", "set", "lan", "down")
    assert window.seconds_until(window.rules(Finding.CABLE_OUT)) < _REACTION_S
    assert "网线" in told(window.status.link)
    assert window.status.link.kind is LinkKind.NO_NETWORK
    network.ip(WAY_IN, "link", "set", "lan", "up")
    assert window.seconds_until(window.rules(Finding.VPN_DOWN_OR_LINE)) < _REACTION_S
    network.ip(STATION, "link", "set", "eth0", "down")
    assert window.seconds_until(window.rules(Finding.CARD_OFF)) < _REACTION_S
    network.plug_in()
    network.dial("ppp0")
    assert window.seconds_until(lambda link: link.kind is LinkKind.ONLINE) < _REACTION_S


def test_a_vpn_that_goes_is_told_within_two_seconds_and_dialled_again_under_another_number_it_is_the_same(
    window: Window, network: Network
) -> None:
    network.hang_up()
    assert window.seconds_until(window.rules(Finding.VPN_DOWN_OR_LINE)) < _REACTION_S
    assert "VPN" in told(window.status.link)
    assert window.status.link.kind is LinkKind.INTERNET_ONLY
    network.dial("ppp1")
    assert window.seconds_until(lambda link: link.kind is LinkKind.ONLINE) < _REACTION_S
    network.plug_in("192.168.1.77")
    window.kick()
    window.seconds_until(
        lambda link: link.kind is LinkKind.ONLINE and "192.168.1.77" in link.layers[1].params.get("address", "")
    )


def test_a_host_that_answers_on_the_internet_side_is_refused_and_named_and_hears_nothing(
    window: Window, network: Network
) -> None:
    port = int(window.station.address.rpartition(":")[2])
    network.stranger_takes_the_address()
    with network.inside(WAY_IN):
        stranger = Stranger(socket.create_server((HOST, port)))
    try:
        network.hang_up()
        window.seconds_until(window.rules(Finding.SYSTEM_ELSEWHERE))
        link = window.status.link
        assert link.refusal is not None
        assert (link.refusal.peer, link.refusal.way.interface, link.refusal.why) == (HOST, "eth0", "other_way")
        assert HOST in told(link)
        assert "eth0" in told(link)
        window.kick()
        stranger.wait_until_left(2)
        assert stranger.received == b""
        network.dial("ppp0")
        window.seconds_until(lambda link: link.kind is LinkKind.ONLINE)
        assert stranger.received == b"", "not a byte, not even of TLS"
    finally:
        stranger.close()


def test_without_the_pin_the_stranger_hears_tls_and_with_the_new_way_accepted_too(
    window: Window, network: Network
) -> None:
    """The stranger does hear what is said to it: else nothing heard would prove nothing."""
    port = int(window.station.address.rpartition(":")[2])
    network.stranger_takes_the_address()
    with network.inside(WAY_IN):
        stranger = Stranger(socket.create_server((HOST, port)), reply=_HTML % b"200 OK" + _PAGE)
    try:
        network.hang_up()
        window.seconds_until(window.rules(Finding.SYSTEM_ELSEWHERE))
        refusal = window.status.link.refusal
        assert refusal is not None
        window.store.write(
            lambda transaction: accept_route(transaction, window.station, refusal, "王会计", RealClock())
        ).result()
        window.kick()
        window.seconds_until(window.rules(Finding.SYSTEM_NOT_OURS))
        assert stranger.received.startswith(b"\x16\x03"), "a TLS hello"
        credential = stored_credential(window.store).encode()
        assert credential
        assert credential not in stranger.received
    finally:
        stranger.close()


@pytest.mark.parametrize("router", ["silent", "gone"])
def test_a_router_that_does_not_answer(network: Network, tmp_path: Path, router: str) -> None:
    network.hang_up()
    watch = watch_on(network, practice_of(tmp_path))
    if router == "silent":
        network.ip(WAY_IN, "link", "set", "lan", "arp", "off")
        network.ip(STATION, "neighbour", "flush", "dev", "eth0")
        wanted = Finding.ROUTER_SILENT
    else:
        network.ip(STATION, "route", "del", "default", "via", ROUTER)
        wanted = Finding.ROUTER_NONE
    link = look(network, watch, wanted)
    assert link.kind is LinkKind.NO_NETWORK
    assert marks(link)["address"] == "ok"
    assert "路由器" in told(link)


def test_no_address_was_given(network: Network, tmp_path: Path) -> None:
    network.hang_up()
    watch = watch_on(network, practice_of(tmp_path))
    network.ip(STATION, "address", "flush", "dev", "eth0")
    assert look(network, watch, Finding.ADDRESS_MISSING).kind is LinkKind.NO_NETWORK
    network.ip(STATION, "address", "add", "169.254.7.8/16", "dev", "eth0")
    assert "地址" in told(look(network, watch, Finding.ADDRESS_SELF))


def test_a_vpn_that_goes_is_told_apart_from_broadband_that_goes_without_asking_anybody_else(
    window: Window, network: Network
) -> None:
    network.broadband()
    with network.inside(PROVIDER):
        line = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_IPV4))
    try:
        network.hang_up()
        window.seconds_until(window.rules(Finding.VPN_DOWN))
        link = window.status.link
        assert marks(link)["internet"] == "ok"
        assert link.layers[3].params == {"address": PROVIDERS_SIDE}
        assert "VPN 软件" in told(link)
        network.broadband_breaks()
        window.kick()
        window.seconds_until(window.rules(Finding.INTERNET_DOWN))
        assert "光猫" in told(window.status.link)
        network.ip(WAY_IN, "link", "set", "lan", "down")
        assert window.seconds_until(window.rules(Finding.CABLE_OUT)) < _REACTION_S
        network.ip(WAY_IN, "link", "set", "lan", "up")
        # told at once by what this PC shows, and only then by what is heard
        assert window.seconds_until(window.rules(Finding.VPN_DOWN_OR_LINE)) < _REACTION_S
        network.dial("ppp0")
        window.seconds_until(lambda link: link.kind is LinkKind.ONLINE)
        assert destinations(line) == {HOST}, "nobody but the acceptance system was ever sent anything"
    finally:
        line.close()


def test_a_line_beyond_which_nobody_says_anything_is_told_as_not_known(network: Network, tmp_path: Path) -> None:
    """The router answers for itself and drops what goes out: the commonest outage there is."""
    network.hang_up()
    link = look(network, watch_on(network, practice_of(tmp_path)), Finding.VPN_SILENT_OR_LINE)
    assert marks(link)["router"] == "ok"
    assert marks(link)["internet"] == "unknown"
    assert "打不开" in told(link)


def test_a_vpn_that_stands_with_nobody_behind_it_and_broadband_that_breaks_under_it(
    network: Network, tmp_path: Path
) -> None:
    network.broadband()
    watch = watch_on(network, practice_of(tmp_path))
    network.ip(COUNTY, "link", "set", "tun0", "down")
    link = look(network, watch, Finding.SYSTEM_SILENT)
    assert marks(link)["internet"] == "ok"
    network.broadband_breaks()
    look(network, watch, Finding.INTERNET_DOWN)


def test_the_county_reached_by_no_vpn_at_first_contact(no_vpn: Network, tmp_path: Path) -> None:
    no_vpn.broadband()
    link = look(no_vpn, watch_on(no_vpn, practice_of(tmp_path)), Finding.VPN_SILENT)
    assert marks(link)["internet"] == "ok"
    assert link.kind is LinkKind.INTERNET_ONLY


@pytest.mark.parametrize(
    ("answers", "finding"),
    [
        ("closed", Finding.SYSTEM_CLOSED),
        ("silent", Finding.SYSTEM_SILENT),
        ("hanging", Finding.SYSTEM_HANGING),
        ("wrong certificate", Finding.SYSTEM_CERTIFICATE),
        ("certificate of tomorrow", Finding.SYSTEM_EARLY),
        ("certificate of yesterday", Finding.SYSTEM_LATE),
        ("hangs up in the handshake", Finding.SYSTEM_CUT),
        ("refuses by its own word", Finding.SYSTEM_REFUSES),
        ("portal by plain HTML", Finding.SYSTEM_NOT_OURS),
        ("portal by redirect", Finding.SYSTEM_NOT_OURS),
        ("portal by HTML", Finding.SYSTEM_NOT_OURS),
        ("proxy's 502", Finding.SYSTEM_ERROR),
    ],
)
def test_the_line_stands_and_the_acceptance_system_is_not_there(
    network: Network, tmp_path: Path, answers: str, finding: Finding
) -> None:
    practice = practice_of(tmp_path)
    dates = {"certificate of tomorrow": (1, 9), "certificate of yesterday": (-9, -1)}.get(answers)
    dated = None if dates is None else dated_certificate(HOST, *dates)
    watch = watch_on(network, practice, "" if dated is None else dated.ca_pem)
    stranger = None
    if answers == "silent":
        network.ip(COUNTY, "address", "del", f"{HOST}/32", "dev", "lo")
        network.ip(COUNTY, "route", "add", "blackhole", f"{HOST}/32")
    elif answers != "closed":
        context = tls_of(practice_of(tmp_path / "other") if answers == "wrong certificate" else practice)
        if dated is not None:
            context = dated.context
        reply = {
            "refuses by its own word": _FORBIDDEN,
            "hangs up in the handshake": HANG_UP,
            "proxy's 502": _HTML % b"502 Bad Gateway" + _PAGE,
            "portal by redirect": _HTML % b"302 Found" + _PAGE,
            "hanging": b"",
        }.get(answers, _HTML % b"200 OK" + _PAGE)
        with network.inside(COUNTY):
            listening = socket.create_server((HOST, practice.port))
            plain = answers in ("portal by plain HTML", "hangs up in the handshake")
            stranger = Stranger(listening, None if plain else context, reply)
    try:
        link = look(network, watch, finding)
        assert link.kind is LinkKind.NO_ANSWER
        assert {layer.name for layer in link.layers if layer.mark is Mark.BROKEN} == {LayerName.SYSTEM}
        assert MESSAGES.text(link.reason)
        assert told(link)
        if stranger is not None and "certificate" in answers:
            assert stranger.received == b"", "nothing was said under that certificate"
            assert "certificate" in link.raw, "the technician hears TLS's own words"
        if dates is not None:
            assert f"{datetime.now(SHANGHAI):%Y-%m-%d}" in told(link), "what the PC's clock shows"
            assert "右下角" in told(link)
    finally:
        if stranger is not None:
            stranger.close()


def test_an_acceptance_system_and_a_router_by_ipv6(network: Network, tmp_path: Path) -> None:
    network.ip(COUNTY, "address", "add", f"{_HOST6}/128", "dev", "lo")
    for where, card, address in (
        (STATION, "ppp0", "fd00:3::9/64"),
        (COUNTY, "tun0", "fd00:3::1/64"),
        (STATION, "eth0", "fd00:2::35/64"),
        (WAY_IN, "lan", "fe80::1/64"),
    ):
        network.ip(where, "-6", "address", "add", address, "dev", card, "nodad")
    network.ip(STATION, "-6", "route", "add", "fd00:41::/64", "dev", "ppp0")
    network.ip(STATION, "-4", "address", "flush", "dev", "eth0")
    network.ip(STATION, "-6", "route", "add", "default", "via", "fe80::1", "dev", "eth0")
    practice = make_practice(tmp_path / "practice", 21443, host=_HOST6)
    watch = watch_on(network, practice)
    link = look(network, watch, Finding.SYSTEM_CLOSED)
    assert marks(link)["vpn"] == "ok"
    with network.inside(COUNTY):
        listening = socket.create_server((_HOST6, practice.port), family=socket.AF_INET6)
        stranger = Stranger(listening, tls_of(practice), _HTML % b"200 OK" + _PAGE)
    look(network, watch, Finding.SYSTEM_NOT_OURS)
    stranger.close()
    network.hang_up()
    link = look(network, watch, Finding.VPN_SILENT_OR_LINE)
    assert marks(link)["router"] == "ok", "asked for on its own link, where alone its address means anything"


def practice_of(folder: Path) -> Practice:
    """Certificate and port of an acceptance system that is not started."""
    folder.mkdir(exist_ok=True)
    return make_practice(folder / "practice", 21443, host=HOST)


def tls_of(practice: Practice) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(practice.server_certificate_path, practice.server_key_path)
    return context


def watch_on(network: Network, practice: Practice, ca_pem: str = "") -> LinkWatch:
    """A watch that is asked by the test itself, of a station that has pinned nothing yet."""
    station = practice.station_file()
    ca_pem = ca_pem or station.ca_pem
    with network.inside(STATION):
        system = HttpAcceptanceSystem(station.address, ca_pem, str, station.division_code, timeouts=_SHORT)
        return LinkWatch(
            link_probe(), system, station.address, RealClock(), lambda _low, high: high, connect_seconds=1.0
        )


def destinations(line: socket.socket) -> set[str]:
    """Of the IPv4 packets that came by on a wire and were not the provider's own."""
    line.setblocking(False)
    found = set()
    with contextlib.suppress(BlockingIOError):
        while packet := line.recv(65536):
            source, destination = (socket.inet_ntoa(packet[at : at + 4]) for at in (12, 16))
            if source != PROVIDERS_SIDE:
                found.add(destination)
    return found


def look(network: Network, watch: LinkWatch, wanted: Finding) -> LinkState:
    """Look until that is found; the kernel needs some seconds to give a router up."""
    end = monotonic() + _PATIENCE_S
    while monotonic() < end:
        with network.inside(STATION):
            link = watch.check()
        if link.ruling is not None and link.ruling.finding is wanted:
            return link
    raise AssertionError(f"{wanted} was not found: {link}")
