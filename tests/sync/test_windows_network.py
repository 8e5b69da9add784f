"""Windows' IP Helper by its documentation: structures laid out by the offsets of the 64-bit headers (``iptypes.h``,
``netioapi.h``), not by the code's own. Not on Windows."""

from __future__ import annotations

import ctypes
import socket
import struct
from dataclasses import dataclass, field

import pytest

from villagedesk.acceptance.pinned_route import InterfaceKind, RoutePin, Way
from villagedesk.sync.link_layers import Contact, Neighbour, layers_of, ruling
from villagedesk.sync.link_windows import WindowsLinkProbe
from villagedesk.sync.windows_network import Adapter, BestRoute, WindowsNetwork

HOST, GATEWAY = "10.41.4.21", "192.168.1.1"
_ADAPTER_SIZE, _UNICAST_SIZE = 448, 64
_TOO_SMALL, _NOT_FOUND, _UNREACHABLE = 111, 1168, 1231


@dataclass
class Card:
    """What the fake system has."""

    index: int
    name: str
    kind: int
    up: bool = True
    hardware: bool = True
    addresses: tuple[tuple[str, int], ...] = ()


def sockaddr(text: str) -> bytes:
    if ":" in text:
        return struct.pack("<HHI16sI", 23, 0, 0, socket.inet_pton(socket.AF_INET6, text), 0)
    return struct.pack("<HH4s8x", 2, 0, socket.inet_aton(text))


class IpHelper:
    """``iphlpapi``: writes what the documentation says to where it says.

    Args:
        routes: destination to (interface index, prefix length, next hop).
        neighbours: address to state.
    """

    def __init__(
        self, cards: list[Card], routes: dict[str, tuple[int, int, str]], neighbours: dict[str, int] | None = None
    ) -> None:
        self.cards, self.routes, self.neighbours = cards, routes, neighbours or {}
        self.sizes: list[int] = []
        self.least = 0
        self.fails = 0
        self.keep: list[object] = []

    def GetAdaptersAddresses(self, family, flags, reserved, buffer, size):  # type: ignore[no-untyped-def] # noqa: N802
        told = ctypes.cast(size, ctypes.POINTER(ctypes.c_uint32)).contents
        self.sizes.append(told.value)
        if self.fails:
            return self.fails
        if told.value < self.least:
            told.value = self.least
            return _TOO_SMALL
        base = ctypes.addressof(buffer)
        for number, card in enumerate(self.cards):
            at = base + number * _ADAPTER_SIZE
            following = base + (number + 1) * _ADAPTER_SIZE if number + 1 < len(self.cards) else 0
            _put(at, 0, struct.pack("<IIQ", _ADAPTER_SIZE, card.index, following))
            _put(at, 24, struct.pack("<Q", self._unicast(card.addresses)))
            _put(at, 72, struct.pack("<Q", self._kept(card.name.encode("utf-16-le") + b"\0\0")))
            _put(at, 100, struct.pack("<II", card.kind, 1 if card.up else 2))
        return 0

    def GetIfEntry2(self, row):  # type: ignore[no-untyped-def] # noqa: N802
        at = ctypes.addressof(row._obj)
        index = struct.unpack("<I", ctypes.string_at(at + 8, 4))[0]
        card = next(one for one in self.cards if one.index == index)
        _put(at, 1152, bytes([0x1 if card.hardware else 0x2]))
        return 0

    def GetBestRoute2(self, luid, index, source, target, options, row, chosen):  # type: ignore[no-untyped-def] # noqa: N802
        asked = ctypes.string_at(ctypes.addressof(target._obj), 28)
        route = next((one for place, one in self.routes.items() if asked.startswith(sockaddr(place)[:8])), None)
        if route is None:
            return _UNREACHABLE
        at = ctypes.addressof(row._obj)
        _put(at, 8, struct.pack("<I", route[0]))
        _put(at, 40, bytes([route[1]]))
        _put(at, 44, sockaddr(route[2]))
        return 0

    def GetIpNetEntry2(self, row):  # type: ignore[no-untyped-def] # noqa: N802
        at = ctypes.addressof(row._obj)
        asked = ctypes.string_at(at, 28)
        assert struct.unpack("<I", ctypes.string_at(at + 28, 4))[0] == 5, "on the card the router is at"
        state = next((one for place, one in self.neighbours.items() if asked.startswith(sockaddr(place)[:8])), None)
        if state is None:
            return _NOT_FOUND
        _put(at, 76, struct.pack("<I", state))
        return 0

    def _unicast(self, addresses: tuple[tuple[str, int], ...]) -> int:
        first = 0
        for text, prefix in reversed(addresses):
            raw = sockaddr(text)
            block = bytearray(_UNICAST_SIZE)
            struct.pack_into("<IIQQI", block, 0, _UNICAST_SIZE, 0, first, self._kept(raw), len(raw))
            block[56] = prefix
            first = self._kept(bytes(block))
        return first

    def _kept(self, raw: bytes) -> int:
        held = ctypes.create_string_buffer(raw, len(raw))
        self.keep.append(held)
        return ctypes.addressof(held)


def _put(at: int, offset: int, raw: bytes) -> None:
    ctypes.memmove(at + offset, raw, len(raw))


LAN = Card(5, "以太网", 6, addresses=(("192.168.1.35", 24), ("fe80::1", 64)))
VPN = Card(21, "政务外网", 23, hardware=False, addresses=(("10.200.3.9", 32),))
LOOP = Card(1, "Loopback Pseudo-Interface 1", 24, hardware=False, addresses=(("127.0.0.1", 8),))
DEFAULT = (5, 0, GATEWAY)


def probe(helper: IpHelper) -> WindowsLinkProbe:
    return WindowsLinkProbe(WindowsNetwork(helper))


def test_cards_are_read_with_their_chinese_names_and_addresses() -> None:
    helper = IpHelper([LAN, VPN, LOOP], {})
    assert WindowsNetwork(helper).adapters() == [
        Adapter(5, "以太网", 6, True, True, ("192.168.1.35/24", "fe80::1/64")),
        Adapter(21, "政务外网", 23, True, False, ("10.200.3.9/32",)),
        Adapter(1, "Loopback Pseudo-Interface 1", 24, True, False, ("127.0.0.1/8",)),
    ]


def test_a_buffer_that_is_too_small_is_made_as_large_as_the_system_says() -> None:
    helper = IpHelper([LAN], {})
    helper.least = 100_000
    assert len(WindowsNetwork(helper).adapters()) == 1
    assert helper.sizes[-1] == 100_000


def test_a_route_is_read_and_none_is_an_error() -> None:
    network = WindowsNetwork(
        IpHelper([], {HOST: (21, 24, "0.0.0.0"), "192.0.2.1": DEFAULT, "fd00:41::21": (7, 64, "fe80::9")})
    )
    assert network.route_to(HOST) == BestRoute(21, 24, "")
    assert network.route_to("192.0.2.1", "192.168.1.35") == BestRoute(5, 0, GATEWAY)
    assert network.route_to("fd00:41::21") == BestRoute(7, 64, "fe80::9")
    with pytest.raises(OSError, match="no route"):
        network.route_to("8.8.8.8")


def test_all_well_over_a_vpn_is_seen_as_on_linux() -> None:
    helper = IpHelper([LAN, VPN, LOOP], {HOST: (21, 24, "0.0.0.0"), "192.0.2.1": DEFAULT}, {GATEWAY: 5})
    sight = probe(helper).look(HOST)
    assert [(one.name, one.kind, one.carrier) for one in sight.interfaces or ()] == [
        ("以太网", InterfaceKind.WIRED, True),
        ("政务外网", InterfaceKind.TUNNEL, True),
    ]
    assert sight.default == Way("以太网", InterfaceKind.WIRED, default=True, gateway=GATEWAY)
    assert sight.way == Way("政务外网", InterfaceKind.TUNNEL, default=False)
    assert sight.router is Neighbour.ANSWERS
    assert probe(helper).way_to(HOST, "10.200.3.9") == sight.way


@dataclass
class Trouble:
    cards: list[Card]
    routes: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    neighbours: dict[str, int] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("trouble", "finding"),
    [
        (Trouble([Card(5, "以太网", 6, up=False)]), "cable_out"),
        (Trouble([Card(9, "WLAN", 71, up=False)]), "wireless_off"),
        # the adapters of virtual machines and VPNs are no cable
        (Trouble([Card(30, "VMware Network Adapter VMnet8", 6, hardware=False)]), "cable_none"),
        (Trouble([Card(5, "以太网", 6, addresses=(("169.254.3.4", 16),))]), "address_self"),
        (Trouble([LAN]), "router_none"),
        (Trouble([LAN], {HOST: DEFAULT, "192.0.2.1": DEFAULT}, {GATEWAY: 0}), "router_silent"),
        (Trouble([LAN], {HOST: DEFAULT, "192.0.2.1": DEFAULT}, {GATEWAY: 4}), "vpn_down_or_line"),
    ],
)
def test_each_trouble_is_told_apart(trouble: Trouble, finding: str) -> None:
    pin = RoutePin("a", "i", "10.41.4.0/24", "", InterfaceKind.TUNNEL, False)
    sight = probe(IpHelper(trouble.cards, trouble.routes, trouble.neighbours)).look(HOST)
    layer = ruling(layers_of(sight, Contact(), pin))
    assert layer is not None
    assert layer.finding == finding


def test_where_the_system_refuses_sockets_show_what_they_can() -> None:
    helper = IpHelper([LAN], {})
    helper.fails = 50
    sight = probe(helper).look("127.0.0.1")
    assert sight.interfaces is None
    assert sight.way is not None
    assert sight.way.kind is InterfaceKind.LOOPBACK
    assert WindowsLinkProbe(None).look("127.0.0.1") == sight
    assert probe(helper).way_to("127.0.0.1", "127.0.0.1").kind is InterfaceKind.LOOPBACK


def test_a_pin_of_the_time_when_nothing_was_shown_still_counts_and_holds_the_route() -> None:
    pin = RoutePin("a", "i", "10.41.4.0/24", "", InterfaceKind.UNKNOWN, False)
    assert pin.goes(Way("政务外网", InterfaceKind.TUNNEL, default=False))
    assert not pin.goes(Way("以太网", InterfaceKind.WIRED, default=True))
